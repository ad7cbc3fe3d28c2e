//! Findings as commands to a workflow of GitHub Actions, which shows them beside the lines.

use std::fmt::Write as _;

use super::rule_url;
use crate::lint::rule::Level;
use crate::lint::run::Report;

/// One line for each finding.
pub fn github(report: &Report) -> String {
    let mut out = String::new();
    for finding in &report.findings {
        let (start, end) = (finding.place.start(), finding.place.end());
        let command = match finding.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "notice",
        };
        let text = format!("{}\n{}\n{}", finding.message, finding.mend, rule_url(finding.rule));
        let file = property(&finding.place.source.name);
        let _ = write!(out, "::{command} file={file},line={},col={}", start.line, start.column);
        let _ = write!(out, ",endLine={},endColumn={}", end.line, end.column);
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
