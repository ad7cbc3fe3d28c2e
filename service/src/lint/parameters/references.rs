//! `$ref`: whether it leads somewhere, and not in a circle.

use std::collections::HashSet;

use serde_json::Value;

use super::schemas::Schema;
use super::table::{REF_CYCLE, REF_UNRESOLVED};
use crate::lint::finding::Findings;
use crate::lint::node::Node;

/// The most schemas of a circle that are gone through.
const MAX_CIRCLE: usize = 200;

/// Looks at the references of a page.
pub(super) fn check(page: Node<'_>, all: &[Schema<'_>], findings: &mut Findings) {
    for schema in all {
        let Some(reference) = schema.node.get("$ref") else { continue };
        let Some(written) = reference.text() else { continue };
        let Some(target) = resolve(page.value, written) else {
            let message = if written.starts_with('#') {
                format!("nothing stands at `{written}` in this page")
            } else {
                format!("`{written}` is not in this page, and nothing else is looked for")
            };
            let mend =
                "write the schema under `definitions` of the same page, and `$ref: '#/definitions/name'`";
            findings.add(&REF_UNRESOLVED, reference.place(), message, mend);
            continue;
        };
        if leads_back(page.value, target, schema.node.value) {
            let message = format!("`{written}` leads back to itself, so the form has no end");
            findings.add(
                &REF_CYCLE,
                reference.place(),
                message,
                "write out one of the schemas of the circle",
            );
        }
    }
}

/// What a reference leads to inside of its page.
pub(super) fn follow<'d>(page: Node<'d>, path: &str) -> Option<Node<'d>> {
    resolve(page.value, path)?;
    let mut node = page;
    for part in path.trim_start_matches(['#', '/']).split('/').filter(|part| !part.is_empty()) {
        let part = part.replace("%20", " ").replace("~1", "/").replace("~0", "~");
        node = match part.parse::<usize>() {
            Ok(index) if node.value.is_array() => node.items().nth(index)?,
            _ => node.get(&part)?,
        };
    }
    Some(node)
}

/// The value that a reference leads to.
fn resolve<'v>(page: &'v Value, path: &str) -> Option<&'v Value> {
    page.pointer(&path.strip_prefix('#')?.replace("%20", " "))
}

/// Whether references and branches alone lead from `start` to `goal`: both speak of the same value, so nothing
/// ever ends the circle. A list of items of its own kind is none.
fn leads_back(page: &Value, start: &Value, goal: &Value) -> bool {
    let mut seen: HashSet<*const Value> = HashSet::new();
    let mut open = vec![start];
    while let Some(schema) = open.pop() {
        if std::ptr::eq(schema, goal) {
            return true;
        }
        if seen.len() >= MAX_CIRCLE || !seen.insert(std::ptr::from_ref(schema)) {
            continue;
        }
        let reference = schema.get("$ref").and_then(Value::as_str);
        open.extend(reference.and_then(|path| resolve(page, path)));
        let branches = ["oneOf", "anyOf", "allOf"].into_iter().filter_map(|key| schema.get(key)?.as_array());
        open.extend(branches.flatten());
    }
    false
}
