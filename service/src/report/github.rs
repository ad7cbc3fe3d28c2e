//! Remarks as commands to a workflow of GitHub Actions, which shows them beside the lines.

use std::fmt::Write as _;

use super::Remark;

/// One line for each remark.
pub(crate) fn github(remarks: &[Remark<'_>]) -> String {
    let mut out = String::new();
    for remark in remarks {
        let command = if remark.level == "note" { "notice" } else { remark.level };
        let text = format!("{}\n{}\n{}", remark.message, remark.mend, remark.url);
        let _ = write!(out, "::{command} file={},line={}", property(remark.file), remark.start.line);
        if let Some(column) = remark.start.column {
            let _ = write!(out, ",col={column}");
        }
        if let Some(end) = remark.end {
            let _ = write!(out, ",endLine={}", end.line);
            if let Some(column) = end.column {
                let _ = write!(out, ",endColumn={column}");
            }
        }
        let _ = writeln!(out, ",title={}::{}", property(remark.rule), data(text.trim_end()));
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
