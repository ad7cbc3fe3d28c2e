//! Findings as SARIF 2.1.0, for code scanning.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Finding, Report, Rule, rules};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// The report as a SARIF log.
pub(super) fn sarif(report: &Report) -> Value {
    let index: BTreeMap<&str, usize> =
        rules().iter().enumerate().map(|(index, rule)| (rule.id, index)).collect();
    let results = report.findings.iter();
    let results =
        results.map(|finding| result(finding, index.get(finding.rule.id).copied().unwrap_or_default()));
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "catalog-gen",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": rules().iter().map(descriptor).collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "results": results.collect::<Vec<_>>(),
        }],
    })
}

fn descriptor(rule: &Rule) -> Value {
    json!({
        "id": rule.id,
        "shortDescription": { "text": format!("{}.", rule.title) },
        "fullDescription": { "text": rule.text },
        "help": { "text": rule.text },
        "defaultConfiguration": { "level": rule.level.word() },
    })
}

fn result(finding: &Finding, rule_index: usize) -> Value {
    let (start, end) = (finding.start, finding.end);
    let note = finding.note.as_ref().map(|note| format!(" ({note})")).unwrap_or_default();
    let mut location = json!({ "physicalLocation": {
        "artifactLocation": { "uri": uri(&finding.file) },
        "region": {
            "startLine": start.line, "startColumn": start.column,
            "endLine": end.line, "endColumn": end.column,
        },
    } });
    if let (Some(entity), Some(map)) = (&finding.entity, location.as_object_mut()) {
        map.insert("logicalLocations".to_owned(), json!([{ "fullyQualifiedName": entity }]));
    }
    json!({
        "ruleId": finding.rule.id,
        "ruleIndex": rule_index,
        "level": finding.level.word(),
        "message": { "text": format!("{}: {}{note}", finding.message, finding.mend) },
        "locations": [location],
    })
}

/// A path as a relative reference.
fn uri(path: &str) -> String {
    path.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}
