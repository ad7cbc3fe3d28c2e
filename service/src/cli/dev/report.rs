//! What `stagecraft dev` prints: the tree once, then what is different each time, and what is wrong.
//!
//! It only makes text. The invariant: however much changes, it stays on a few screens, and no file can move the
//! cursor of a terminal.

use std::fmt::Write as _;
use std::path::PathBuf;

use crate::cli::console::{draw, duration, size};
use crate::preview::{Change, ChangeKind, Excerpt, FileDiff, Finding, Level, LineKind, Run, Shown};
use crate::task::StepEnd;

/// Lines of the tree.
const MOST_TREE: usize = 60;
/// Changed files that are named.
const MOST_FILES: usize = 20;
/// Lines of a diff, for one file and for all.
const MOST_LINES: usize = 12;
const MOST_LINES_OF_ALL: usize = 60;
/// Findings.
const MOST_FINDINGS: usize = 20;
/// A longer line is cut.
const LONGEST_LINE: usize = 160;

/// Makes the text of one state after the other.
pub(super) struct Report {
    folder: PathBuf,
    drawn: bool,
}

impl Report {
    /// `folder` is the template's, as it was given.
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder, drawn: false }
    }

    /// The text of a state.
    pub(super) fn text(&mut self, shown: &Shown) -> String {
        let mut out = String::from("\n");
        let run = shown.run.as_deref().filter(|_| shown.current);
        if let Some(run) = run {
            match (self.drawn, run.unchanged) {
                (false, _) => tree(run, &mut out),
                (true, false) => changes(run, &mut out),
                (true, true) => {}
            }
            self.drawn = true;
        }
        findings(&shown.findings, &self.folder, &mut out);
        let took = duration(shown.took);
        let _ = match run {
            None => writeln!(out, "not rendered; {took}"),
            Some(run) => writeln!(out, "{}{}{}; {took}", steps(run), size(&run.files), summary(run)),
        };
        out
    }
}

fn tree(run: &Run, out: &mut String) {
    let drawn = draw(&run.files);
    let lines = drawn.lines().count();
    drawn.lines().take(MOST_TREE).for_each(|line| push(out, "", line));
    if lines > MOST_TREE {
        let _ = writeln!(out, "… {} more", lines - MOST_TREE);
    }
}

fn changes(run: &Run, out: &mut String) {
    let mut left = MOST_LINES_OF_ALL;
    for change in run.changes.iter().take(MOST_FILES) {
        let Change { path, kind } = change;
        push(out, mark(*kind), path.as_str());
        if *kind == ChangeKind::Changed {
            diff(&run.diff(path), &mut left, out);
        }
    }
    if run.changes.len() > MOST_FILES {
        let _ = writeln!(out, "… {} more files", run.changes.len() - MOST_FILES);
    }
}

fn diff(diff: &FileDiff, left: &mut usize, out: &mut String) {
    let hunks = match diff {
        FileDiff::Same => return,
        FileDiff::Opaque(why) => return push(out, "    ", why),
        FileDiff::Lines(hunks) => hunks,
    };
    let all: usize = hunks.iter().map(|hunk| hunk.lines.len()).sum();
    let allowed = MOST_LINES.min(*left);
    let mut printed = 0;
    for hunk in hunks {
        if printed >= allowed {
            break;
        }
        let _ = writeln!(out, "    @@ -{} +{} @@", hunk.start.0, hunk.start.1);
        for line in hunk.lines.iter().take(allowed - printed) {
            let mark = match line.kind {
                LineKind::Same => "     ",
                LineKind::Added => "    +",
                LineKind::Removed => "    -",
            };
            push(out, mark, &line.text);
            printed += 1;
        }
    }
    if all > printed {
        let _ = writeln!(out, "    … {} more lines", all - printed);
    }
    *left -= printed;
}

fn findings(findings: &[Finding], folder: &std::path::Path, out: &mut String) {
    for finding in findings.iter().take(MOST_FINDINGS) {
        let level = match finding.level {
            Level::Error => "error: ",
            Level::Values => "values: ",
            Level::Warning => "warning: ",
        };
        let place = finding.location().map(|place| folder.join(place).display().to_string() + ": ");
        for (number, line) in finding.message.lines().enumerate() {
            let head = if number == 0 {
                level.to_owned() + &place.clone().unwrap_or_default()
            } else {
                "  ".to_owned()
            };
            push_uncut(out, &head, line);
        }
        if let (Some(excerpt), Some((at, _))) = (&finding.excerpt, finding.place) {
            source(excerpt, at, out);
        }
    }
    if findings.len() > MOST_FINDINGS {
        let _ = writeln!(out, "… {} more", findings.len() - MOST_FINDINGS);
    }
}

fn source(excerpt: &Excerpt, at: usize, out: &mut String) {
    for (number, line) in (excerpt.first..).zip(&excerpt.lines) {
        let pointer = if number == at { ">" } else { " " };
        push(out, &format!("  {pointer} {number:>4} │ "), line);
    }
}

/// Which steps did not run to their end.
fn steps(run: &Run) -> String {
    let failed = run.steps.iter().filter(|step| step.end == Some(StepEnd::Failed)).count();
    if failed == 0 {
        return String::new();
    }
    format!("{failed} of {} steps failed; ", run.steps.len())
}

fn summary(run: &Run) -> String {
    if run.first {
        return String::new();
    }
    if run.unchanged {
        return "; nothing changed".to_owned();
    }
    let count = |kind: ChangeKind| run.changes.iter().filter(|change| change.kind == kind).count();
    let counts = [
        (count(ChangeKind::Added), "added"),
        (count(ChangeKind::Changed), "changed"),
        (count(ChangeKind::Removed), "removed"),
    ];
    let parts: Vec<String> =
        counts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
    format!("; {}", parts.join(", "))
}

fn mark(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Added => "+ ",
        ChangeKind::Changed => "~ ",
        ChangeKind::Removed => "- ",
    }
}

/// A line that a file gave, cut and without anything that a terminal would obey.
fn push(out: &mut String, head: &str, line: &str) {
    let cut = match line.char_indices().nth(LONGEST_LINE) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line.to_owned(),
    };
    push_uncut(out, head, &cut);
}

fn push_uncut(out: &mut String, head: &str, line: &str) {
    out.push_str(head);
    out.extend(line.chars().map(|c| match c {
        '\t' => ' ',
        c if c.is_control() => '\u{fffd}',
        c => c,
    }));
    out.push('\n');
}

#[cfg(test)]
mod tests;
