//! The keys that Backstage's search makes of an entity.
//!
//! Two keys that differ only in letter case make the entity fail at the very end, after every schema has said
//! yes. Only that clash is looked for; values are not.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::Report;

/// What search leaves out.
const SKIPPED: [&str; 6] =
    ["relations", "status", "metadata.name", "metadata.namespace", "metadata.uid", "metadata.etag"];

/// Reports every key that is the same as an earlier one but for letter case.
pub(super) fn check(root: &Map<String, Value>, report: &mut Report) {
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    for (key, value) in root {
        visit(key.clone(), value, &mut |found| {
            let first = seen.entry(found.to_lowercase()).or_insert_with(|| found.to_owned());
            if first != found {
                let message = format!(
                    "`{}` and `{}` differ only in letter case, which the catalog's search cannot hold; keep one \
                     spelling",
                    first.escape_debug(),
                    found.escape_debug()
                );
                report.add(found, "search.case-clash", message);
            }
        });
    }
}

fn visit(path: String, value: &Value, found: &mut impl FnMut(&str)) {
    if SKIPPED.contains(&path.as_str()) {
        return;
    }
    match value {
        Value::Array(items) => {
            for item in items {
                visit(path.clone(), item, found);
                if let Value::String(text) = item {
                    found(&format!("{path}.{text}"));
                }
            }
        }
        Value::Object(fields) => {
            for (key, value) in fields {
                visit(format!("{path}.{key}"), value, found);
            }
        }
        _ => found(&path),
    }
}
