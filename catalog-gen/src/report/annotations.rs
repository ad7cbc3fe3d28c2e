//! Findings as commands to a workflow of GitHub Actions.

use std::fmt::Write as _;

use super::{Level, Report};

/// One line for each finding.
pub(super) fn annotations(report: &Report) -> String {
    let mut out = String::new();
    for finding in &report.findings {
        let command = match finding.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "notice",
        };
        let note = finding.note.as_ref().map(|note| format!("\n{note}")).unwrap_or_default();
        let text = format!("{}\n{}{note}", finding.message, finding.mend);
        let (start, end) = (finding.start, finding.end);
        let _ = write!(out, "::{command} file={},line={}", property(&finding.file), start.line);
        let _ = write!(out, ",col={},endLine={},endColumn={}", start.column, end.line, end.column);
        let _ = writeln!(out, ",title={}::{}", property(finding.rule.id), data(&text));
    }
    out
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_workflow_would_take_for_its_own_is_escaped() {
        assert_eq!(data("50%\n::error::x"), "50%25%0A::error::x");
        assert_eq!(property("a:b,c"), "a%3Ab%2Cc");
    }
}
