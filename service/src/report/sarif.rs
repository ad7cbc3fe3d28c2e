//! Remarks as SARIF 2.1.0, for code scanning.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{Explained, Remark, Replacement, Spot};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// The remarks as a SARIF log. Paths are those of the command line, so run it at the root of the repository.
pub(crate) fn sarif(rules: &[Explained<'_>], remarks: &[Remark<'_>]) -> Value {
    let index: BTreeMap<&str, usize> =
        rules.iter().enumerate().map(|(index, rule)| (rule.id, index)).collect();
    let results: Vec<Value> =
        remarks.iter().map(|remark| result(remark, index.get(remark.rule).copied())).collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "stagecraft",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": rules.iter().map(descriptor).collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn descriptor(rule: &Explained<'_>) -> Value {
    json!({
        "id": rule.id,
        "shortDescription": { "text": format!("{}.", rule.title) },
        "fullDescription": { "text": rule.text },
        "help": { "text": rule.text, "markdown": rule.markdown },
        "helpUri": rule.url,
        "defaultConfiguration": { "level": rule.level },
        "properties": { "tags": [rule.tag] },
    })
}

fn result(remark: &Remark<'_>, rule_index: Option<usize>) -> Value {
    let mut result = json!({
        "ruleId": remark.rule,
        "ruleIndex": rule_index.unwrap_or_default(),
        "level": remark.level,
        "message": { "text": format!("{}: {}", remark.message, remark.mend) },
        "locations": [{ "physicalLocation": {
            "artifactLocation": { "uri": uri(remark.file) },
            "region": region(remark.start, remark.end),
        } }],
    });
    let Some(map) = result.as_object_mut() else { return result };
    if rule_index.is_none() {
        map.remove("ruleIndex");
    }
    if !remark.replacements.is_empty() {
        let replacements: Vec<Value> = remark.replacements.iter().map(replacement).collect();
        let change = json!({ "artifactLocation": { "uri": uri(remark.file) }, "replacements": replacements });
        let fix = json!({ "description": { "text": remark.mend }, "artifactChanges": [change] });
        map.insert("fixes".to_owned(), json!([fix]));
    }
    result
}

fn replacement(edit: &Replacement<'_>) -> Value {
    let mut replacement = Map::new();
    replacement.insert("deletedRegion".to_owned(), region(edit.start, Some(edit.end)));
    if !edit.text.is_empty() {
        replacement.insert("insertedContent".to_owned(), json!({ "text": edit.text }));
    }
    Value::Object(replacement)
}

fn region(start: Spot, end: Option<Spot>) -> Value {
    let mut region = Map::new();
    let mut put = |key: &str, number: Option<usize>| {
        if let Some(number) = number {
            region.insert(key.to_owned(), number.into());
        }
    };
    put("startLine", Some(start.line));
    put("startColumn", start.column);
    put("endLine", end.map(|end| end.line));
    put("endColumn", end.and_then(|end| end.column));
    Value::Object(region)
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
