//! Findings for people: what, where, the line itself, and what to do.

use std::fmt::Write as _;

use super::{Finding, Level, Report, one_line};

/// The most characters of a line that are shown.
const SHOWN_CHARS: usize = 160;

/// The report; `colours` only for a terminal.
pub(super) fn text(report: &Report, colours: bool) -> String {
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
        let code = match level {
            Level::Error => "1;31",
            Level::Warning => "1;33",
            Level::Note => "1;36",
        };
        self.with(code, text)
    }
}

fn one(finding: &Finding, paint: &Paint, out: &mut String) {
    let (start, end) = (finding.start, finding.end);
    let head = paint.level(finding.level, &format!("{}[{}]", finding.level, finding.rule.id));
    let _ = writeln!(out, "{head}: {}", finding.message);
    let margin = start.line.to_string().len();
    let place = format!("{}:{}:{}", one_line(&finding.file), start.line, start.column);
    let _ = writeln!(out, "{:margin$}{} {place}", "", paint.with("34", "-->"));
    let bar = paint.with("34", "|");
    if !finding.line.trim().is_empty() {
        let (line, marks) = excerpt(&finding.line, start.column, end.column);
        let _ = writeln!(out, "{:margin$} {bar}", "");
        let _ = writeln!(out, "{} {bar} {line}", paint.with("34", &start.line.to_string()));
        let _ = writeln!(out, "{:margin$} {bar} {}", "", paint.level(finding.level, &marks));
    }
    let _ = writeln!(out, "{:margin$} = {}", "", finding.mend);
    if let Some(note) = &finding.note {
        let _ = writeln!(out, "{:margin$} = {note}", "");
    }
    out.push('\n');
}

/// The part of a line around the columns from `start` to `end`, and marks below them.
fn excerpt(line: &str, start: usize, end: usize) -> (String, String) {
    let chars: Vec<char> = one_line(line.trim_end()).chars().collect();
    let long = start > SHOWN_CHARS / 2 && chars.len() > SHOWN_CHARS;
    let first = if long { (start - SHOWN_CHARS / 2).min(chars.len()) } else { 0 };
    let shown: String = chars.iter().skip(first).take(SHOWN_CHARS).collect();
    let from = start.saturating_sub(1).saturating_sub(first).min(SHOWN_CHARS);
    let to = end.saturating_sub(1).saturating_sub(first).min(shown.chars().count()).max(from + 1);
    (shown, format!("{}{}", " ".repeat(from), "^".repeat(to - from)))
}

fn summary(report: &Report) -> String {
    if report.findings.is_empty() {
        return "nothing to say".to_owned();
    }
    let levels = [Level::Error, Level::Warning, Level::Note].map(|level| (report.count(level), level));
    let said = levels.into_iter().filter(|(number, _)| *number > 0);
    let said: Vec<String> = said
        .map(|(number, level)| format!("{number} {level}{}", if number == 1 { "" } else { "s" }))
        .collect();
    said.join(", ")
}
