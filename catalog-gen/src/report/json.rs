//! Findings for programs.

use serde_json::{Value, json};

use super::{Finding, Level, Report};

/// The report as one JSON object. `version` changes when a field changes its meaning.
pub(super) fn json(report: &Report) -> Value {
    json!({
        "version": 1,
        "errors": report.count(Level::Error),
        "warnings": report.count(Level::Warning),
        "notes": report.count(Level::Note),
        "findings": report.findings.iter().map(finding).collect::<Vec<_>>(),
    })
}

fn finding(finding: &Finding) -> Value {
    let mut value = json!({
        "rule": finding.rule.id,
        "level": finding.level,
        "file": finding.file,
        "start": finding.start,
        "end": finding.end,
        "entity": finding.entity,
        "field": finding.field,
        "message": finding.message,
        "mend": finding.mend,
        "note": finding.note,
    });
    if let Some(map) = value.as_object_mut() {
        map.retain(|key, value| !(value.is_null() || key == "field" && value == ""));
    }
    value
}
