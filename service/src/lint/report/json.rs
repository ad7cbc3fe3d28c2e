//! Findings for programs.

use serde_json::{Value, json};

use super::rule_url;
use crate::lint::finding::Finding;
use crate::lint::rule::Level;
use crate::lint::run::Report;
use crate::lint::source::{Place, Position};

/// The report as one JSON object. `version` changes when a field changes its meaning.
pub fn json(report: &Report) -> Value {
    json!({
        "version": 1,
        "templates": report.templates,
        "errors": report.count(Level::Error),
        "warnings": report.count(Level::Warning),
        "notes": report.count(Level::Note),
        "findings": report.findings.iter().map(finding).collect::<Vec<_>>(),
    })
}

fn finding(finding: &Finding) -> Value {
    let mut value = json!({
        "rule": finding.rule.id,
        "level": finding.level.word(),
        "file": finding.place.source.name,
        "start": position(finding.place.start()),
        "end": position(finding.place.end()),
        "message": finding.message,
        "mend": finding.mend,
        "url": rule_url(finding.rule),
    });
    if let (Some(fix), Some(map)) = (&finding.fix, value.as_object_mut()) {
        let edit = |edit: &crate::lint::finding::Edit| {
            let place = Place::new(&finding.place.source, edit.range.clone());
            json!({ "start": position(place.start()), "end": position(place.exact_end()), "text": edit.text })
        };
        map.insert("fix".to_owned(), fix.edits.iter().map(edit).collect());
    }
    value
}

fn position(position: Position) -> Value {
    json!({ "line": position.line, "column": position.column })
}
