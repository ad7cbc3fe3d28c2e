//! Findings for people: what, where, the line itself, and what to do.

use std::fmt::Write as _;

use crate::lint::finding::Finding;
use crate::lint::rule::Level;
use crate::lint::run::Report;

/// The most characters of a line that are shown.
const SHOWN_CHARS: usize = 160;

/// The report; `colours` only for a terminal.
pub fn terminal(report: &Report, colours: bool) -> String {
    let paint = Paint { on: colours };
    let mut out = String::new();
    for finding in &report.findings {
        one(finding, &paint, &mut out);
    }
    let _ = writeln!(out, "{}", summary(report));
    out
}

struct Paint {
    on: bool,
}

impl Paint {
    fn with(&self, code: &str, text: &str) -> String {
        if self.on { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    fn level(&self, level: Level, text: &str) -> String {
        self.with(
            match level {
                Level::Error => "1;31",
                Level::Warning => "1;33",
                Level::Note => "1;36",
            },
            text,
        )
    }
}

fn one(finding: &Finding, paint: &Paint, out: &mut String) {
    let (start, end) = (finding.place.start(), finding.place.end());
    let head = paint.level(finding.level, &format!("{}[{}]", finding.level, finding.rule.id));
    let _ = writeln!(out, "{head}: {}", finding.message);
    let place = format!("{}:{}:{}", visible(&finding.place.source.name), start.line, start.column);
    let margin = start.line.to_string().len();
    let bar = paint.with("34", "|");
    let _ = writeln!(out, "{:margin$}{} {place}", "", paint.with("34", "-->"));
    let line = finding.place.source.line(start.line);
    if !line.trim().is_empty() {
        let (text, marks) =
            excerpt(line, start.column, if end.line == start.line { end.column } else { usize::MAX });
        let number = paint.with("34", &start.line.to_string());
        let _ = writeln!(out, "{:margin$} {bar}", "");
        let _ = writeln!(out, "{number} {bar} {text}");
        let _ = writeln!(out, "{:margin$} {bar} {}", "", paint.level(finding.level, &marks));
    }
    let fixable = if finding.fix.is_some() { " (`--fix` does)" } else { "" };
    let _ = writeln!(out, "{:margin$} = {}{fixable}", "", finding.mend);
    out.push('\n');
}

/// The part of a line around the columns from `start` to `end`, and marks below them.
fn excerpt(line: &str, start: usize, end: usize) -> (String, String) {
    let chars: Vec<char> = visible(line.trim_end()).chars().collect();
    let first =
        if start > SHOWN_CHARS / 2 && chars.len() > SHOWN_CHARS { start - SHOWN_CHARS / 2 } else { 0 };
    let shown: String = chars.iter().skip(first).take(SHOWN_CHARS).collect();
    let from = start.saturating_sub(1).saturating_sub(first);
    let to = end.saturating_sub(1).saturating_sub(first).min(shown.chars().count()).max(from + 1);
    (shown, format!("{}{}", " ".repeat(from), "^".repeat(to - from)))
}

/// Control characters would let a file write into a terminal. Each stays one character wide.
fn visible(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn summary(report: &Report) -> String {
    let count = |number: usize, word: &str| {
        let plural = if number == 1 { "" } else { "s" };
        format!("{number} {word}{plural}")
    };
    let templates = count(report.templates, "template");
    if report.findings.is_empty() {
        return format!("{templates}: nothing to say");
    }
    let levels = [Level::Error, Level::Warning, Level::Note].map(|level| (report.count(level), level));
    let said: Vec<String> = levels
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, level)| count(number, level.word()))
        .collect();
    let fixable = report.findings.iter().filter(|finding| finding.fix.is_some()).count();
    let fix = if fixable > 0 { format!("; `--fix` mends {fixable}") } else { String::new() };
    format!("{templates}: {}{fix}", said.join(", "))
}
