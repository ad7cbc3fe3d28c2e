//! Findings as SARIF 2.1.0, for code scanning.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::rule_url;
use crate::lint::finding::{Edit, Finding};
use crate::lint::page::section;
use crate::lint::rule::Rule;
use crate::lint::run::Report;
use crate::lint::source::{Place, Position};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// The report as a SARIF log. Paths are those of the command line, so run it at the root of the repository.
pub fn sarif(report: &Report) -> Value {
    let rules: Vec<&Rule> = crate::lint::rules().collect();
    let index: BTreeMap<&str, usize> =
        rules.iter().enumerate().map(|(index, rule)| (rule.id, index)).collect();
    let results: Vec<Value> = report
        .findings
        .iter()
        .map(|finding| result(finding, index.get(finding.rule.id).copied().unwrap_or_default()))
        .collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "stagecraft",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": rules.into_iter().map(descriptor).collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn descriptor(rule: &Rule) -> Value {
    json!({
        "id": rule.id,
        "shortDescription": { "text": format!("{}.", rule.title) },
        "fullDescription": { "text": rule.text },
        "help": { "text": rule.text, "markdown": section(rule) },
        "helpUri": rule_url(rule),
        "defaultConfiguration": { "level": rule.level.word() },
        "properties": { "tags": [rule.area.title()] },
    })
}

fn result(finding: &Finding, rule_index: usize) -> Value {
    let mut result = json!({
        "ruleId": finding.rule.id,
        "ruleIndex": rule_index,
        "level": finding.level.word(),
        "message": { "text": format!("{}: {}", finding.message, finding.mend) },
        "locations": [{ "physicalLocation": {
            "artifactLocation": location(&finding.place),
            "region": region(finding.place.start(), finding.place.end()),
        } }],
    });
    if let (Some(fix), Some(map)) = (&finding.fix, result.as_object_mut()) {
        let replacements: Vec<Value> = fix.edits.iter().map(|edit| replacement(finding, edit)).collect();
        let change = json!({ "artifactLocation": location(&finding.place), "replacements": replacements });
        let fix = json!({ "description": { "text": finding.mend }, "artifactChanges": [change] });
        map.insert("fixes".to_owned(), json!([fix]));
    }
    result
}

fn replacement(finding: &Finding, edit: &Edit) -> Value {
    let place = Place::new(&finding.place.source, edit.range.clone());
    let mut replacement = Map::new();
    replacement.insert("deletedRegion".to_owned(), region(place.start(), place.exact_end()));
    if !edit.text.is_empty() {
        replacement.insert("insertedContent".to_owned(), json!({ "text": edit.text }));
    }
    Value::Object(replacement)
}

fn region(start: Position, end: Position) -> Value {
    json!({
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
    })
}

fn location(place: &Place) -> Value {
    json!({ "uri": uri(&place.source.name) })
}

/// A path as a relative reference, or as a `file:` URI.
fn uri(path: &str) -> String {
    let mut out = String::from(if path.starts_with('/') { "file://" } else { "" });
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte))
            }
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_uris() {
        assert_eq!(uri("a b/${{x}}.yaml"), "a%20b/%24%7B%7Bx%7D%7D.yaml");
        assert_eq!(uri("/a/b"), "file:///a/b");
    }
}
