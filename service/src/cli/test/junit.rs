//! The outcome of cases as JUnit XML, which the pages of most build services show.
//!
//! A suite is a folder with its templates, a case a case; what is wrong beside the cases is a case of its own. The
//! invariant: what is written is well-formed XML 1.0, whatever a file or a message holds.

use std::fmt::Write;
use std::path::Path;
use std::time::Duration;

use super::{Ran, Report};
use crate::cases::Finding;
use crate::cli::error::CommandError;

/// Name of the suite that holds what is wrong beside the cases.
const APART: &str = "templates";

/// Writes the file; folders above it are made.
pub(super) fn write(report: &Report<'_>, took: Duration, file: &Path) -> Result<(), CommandError> {
    let failed = |error: std::io::Error| {
        CommandError::unavailable(format!("`{}` cannot be written: {error}", file.display()))
    };
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    std::fs::write(file, document(report, took)).map_err(failed)
}

fn document(report: &Report<'_>, took: Duration) -> String {
    let mut suites: Vec<(&str, Vec<&Ran<'_>>)> = Vec::new();
    for ran in &report.ran {
        let name = if ran.suite.shown.is_empty() { "." } else { ran.suite.shown.as_str() };
        match suites.last_mut() {
            Some((last, members)) if *last == name => members.push(ran),
            _ => suites.push((name, vec![ran])),
        }
    }
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let (tests, failures) = (report.ran.len() + report.apart.len(), report.failed() + report.apart.len());
    open(&mut out, "testsuites", "stagecraft test", (tests, failures, took));
    for (name, members) in suites {
        let failures = members.iter().filter(|ran| !ran.outcome.passed()).count();
        let took = members.iter().map(|ran| ran.outcome.took).sum();
        open(&mut out, "testsuite", name, (members.len(), failures, took));
        members.iter().for_each(|ran| case(&mut out, ran));
        out.push_str("  </testsuite>\n");
    }
    if !report.apart.is_empty() {
        open(&mut out, "testsuite", APART, (report.apart.len(), report.apart.len(), Duration::ZERO));
        for finding in &report.apart {
            let name = finding.place.to_string();
            let _ =
                writeln!(out, "    <testcase name=\"{}\" classname=\"{APART}\" time=\"0\">", escaped(&name));
            failure(&mut out, std::slice::from_ref(finding));
            out.push_str("    </testcase>\n");
        }
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

fn open(out: &mut String, tag: &str, name: &str, (tests, failures, took): (usize, usize, Duration)) {
    let indent = if tag == "testsuites" { "" } else { "  " };
    let _ = writeln!(
        out,
        "{indent}<{tag} name=\"{}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" time=\"{:.3}\">",
        escaped(name),
        took.as_secs_f64()
    );
}

fn case(out: &mut String, ran: &Ran<'_>) {
    let template = ran.entry.case.as_ref().map_or(ran.suite.shown.as_str(), |(subject, _)| subject.name());
    let _ = write!(
        out,
        "    <testcase name=\"{}\" classname=\"{}\" file=\"{}\" time=\"{:.3}\"",
        escaped(&ran.entry.name),
        escaped(template),
        escaped(&ran.entry.file),
        ran.outcome.took.as_secs_f64()
    );
    if ran.outcome.passed() {
        out.push_str("/>\n");
        return;
    }
    out.push_str(">\n");
    failure(out, &ran.outcome.findings);
    out.push_str("    </testcase>\n");
}

/// One element for all findings: some readers take the first one only.
fn failure(out: &mut String, findings: &[Finding]) {
    let Some((first, more)) = findings.split_first() else { return };
    let message = match more.len() {
        0 => first.to_string(),
        more => format!("{first} (and {more} more)"),
    };
    let text: Vec<String> = findings
        .iter()
        .map(|finding| format!("{finding}\n{}", finding.diff.as_deref().unwrap_or_default()))
        .collect();
    let _ = writeln!(
        out,
        "      <failure message=\"{}\" type=\"finding\">{}</failure>",
        escaped(&message),
        escaped(&text.concat())
    );
}

/// Text as XML takes it, in content and in attributes; characters that XML cannot hold are written as `\u{…}`.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            // As it is it would be a blank in an attribute.
            '\n' => out.push_str("&#10;"),
            '\t' => out.push_str("&#9;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_cannot_hold_is_escaped() {
        assert_eq!(
            escaped("a<b> & \"c\"\n\u{1b}[0m\u{0}\u{ffff}ü"),
            "a&lt;b&gt; &amp; &quot;c&quot;&#10;\\u{1b}[0m\\u{0}\\u{ffff}ü"
        );
    }
}
