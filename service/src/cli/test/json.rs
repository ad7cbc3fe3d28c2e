//! The outcome of cases for programs.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Ran, Report};
use crate::cases::Finding;

/// Prints everything as one document.
pub(super) fn print(report: &Report<'_>, took: Duration) {
    let document = json!({
        "cases": report.ran.iter().map(case).collect::<Vec<_>>(),
        "findings": report.apart.iter().map(finding).collect::<Vec<_>>(),
        "removed": report.removed,
        "passed": report.ran.len() - report.failed(),
        "failed": report.failed(),
        "milliseconds": milliseconds(took),
    });
    println!("{document:#}");
}

fn case(ran: &Ran<'_>) -> Value {
    let template = ran.entry.case.as_ref().ok().map(|(subject, _)| subject.name());
    let description = ran.entry.case.as_ref().ok().and_then(|(_, case)| case.description.as_deref());
    let written = ran.outcome.written.map(
        |written| json!({ "added": written.added, "changed": written.changed, "removed": written.removed }),
    );
    json!({
        "template": template,
        "case": ran.entry.name,
        "file": ran.entry.file,
        "description": description,
        "passed": ran.outcome.passed(),
        "milliseconds": milliseconds(ran.outcome.took),
        "findings": ran.outcome.findings.iter().map(finding).collect::<Vec<_>>(),
        "snapshot": written,
    })
}

fn finding(finding: &Finding) -> Value {
    json!({
        "file": finding.place.file,
        "line": finding.place.line,
        "column": finding.place.column,
        "message": finding.message,
        "diff": finding.diff,
    })
}

fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}
