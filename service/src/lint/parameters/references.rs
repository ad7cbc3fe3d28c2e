//! `$ref`: whether it leads somewhere, and not in a circle.

use super::schemas::Schema;
use super::table::{REF_CYCLE, REF_UNRESOLVED};
use crate::lint::finding::Findings;
use crate::lint::node::Node;

/// Looks at the references of a page.
pub(super) fn check(page: Node<'_>, all: &[Schema<'_>], findings: &mut Findings) {
    for schema in all {
        let Some(reference) = schema.node.get("$ref") else { continue };
        let Some(written) = reference.text() else { continue };
        let Some(target) = follow(page, written) else {
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
        if leads_back(page, target, schema.node) {
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
    let pointer = path.strip_prefix('#')?;
    if pointer.is_empty() {
        return Some(page);
    }
    let mut node = page;
    for part in pointer.strip_prefix('/')?.split('/') {
        let part = part.replace("%20", " ").replace("~1", "/").replace("~0", "~");
        node = match part.parse::<usize>() {
            Ok(index) if node.value.is_array() => node.items().nth(index)?,
            _ => node.get(&part)?,
        };
    }
    Some(node)
}

/// Whether references and branches alone lead from `start` to `goal`: both speak of the same value, so nothing
/// ever ends the circle. A list of items of its own kind is none.
fn leads_back(page: Node<'_>, start: Node<'_>, goal: Node<'_>) -> bool {
    let mut seen: Vec<std::ops::Range<usize>> = Vec::new();
    let mut open = vec![start];
    while let Some(node) = open.pop() {
        if same(node, goal) {
            return true;
        }
        if seen.len() > 1_000 || seen.contains(&node.range()) {
            continue;
        }
        seen.push(node.range());
        open.extend(node.get("$ref").and_then(|path| path.text()).and_then(|path| follow(page, path)));
        for key in ["oneOf", "anyOf", "allOf"] {
            open.extend(node.get(key).into_iter().flat_map(Node::items));
        }
    }
    false
}

fn same(a: Node<'_>, b: Node<'_>) -> bool {
    std::ptr::eq(a.value, b.value)
}
