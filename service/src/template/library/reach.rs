//! Which folders of its source a template can read.
//!
//! A source may hold much that no template reads (build output, packages of other tools); none of it has to be
//! looked at. Where an expression decides the whole URL, anything may be read. The invariant: every folder that a
//! URL without expressions leads to is part of the answer.

use std::collections::BTreeSet;

use catalog_gen::TreePath;
use serde_json::Value;

use crate::template::Template;
use crate::template::source::{Reach, beside, is_absolute};

/// Marks that begin an expression, a statement or a comment.
const MARKS: [&str; 3] = ["${{", "{%", "{#"];

/// The template's own folder, and those that its steps name; none where that can be any. The root is empty.
pub(super) fn reach(template: &Template, path: &TreePath) -> Reach {
    let own = path.parent().map(|folder| folder.as_str().to_owned()).unwrap_or_default();
    let mut folders = BTreeSet::from([own]);
    let inputs = template.spec.steps.iter().filter_map(|step| step.input.as_ref()).flatten();
    for url in inputs.filter(|(key, _)| *key == "url").filter_map(|(_, value)| Value::as_str(value)) {
        if is_absolute(url) {
            continue;
        }
        let literal = MARKS.iter().filter_map(|mark| url.find(mark)).min();
        let url = match literal {
            // Up to the last whole segment in front of the expression.
            Some(end) => url.get(..end)?.rsplit_once('/')?.0,
            None => url,
        };
        let url = if literal.is_some() && url.is_empty() { "/" } else { url };
        if let Ok(found) = beside(path.as_str(), url) {
            folders.insert(found.map(|folder| folder.as_str().to_owned()).unwrap_or_default());
        }
    }
    Some(folders)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn reached(urls: &[&str]) -> Reach {
        let steps: Vec<Value> =
            urls.iter().map(|url| json!({"action": "fetch:plain", "input": {"url": url}})).collect();
        let entity = json!({
            "apiVersion": "scaffolder.backstage.io/v1beta3",
            "kind": "Template",
            "metadata": {"name": "t"},
            "spec": {"type": "service", "steps": steps},
        });
        reach(
            &Template::from_entity(entity, "t", None).unwrap(),
            &TreePath::parse("a/b/template.yaml").unwrap(),
        )
    }

    fn folders(names: &[&str]) -> Reach {
        Some(names.iter().map(|name| (*name).to_owned()).collect())
    }

    #[test]
    fn a_template_reads_its_own_folder_and_what_its_steps_name() {
        assert_eq!(reached(&["./skeleton", "https://example.com/x"]), folders(&["a/b", "a/b/skeleton"]));
        assert_eq!(reached(&["../shared", "/docs"]), folders(&["a/b", "a/shared", "docs"]));
        assert_eq!(reached(&["../../.."]), folders(&["a/b"]));
    }

    #[test]
    fn the_part_in_front_of_an_expression_counts() {
        assert_eq!(reached(&["./${{ parameters.kind }}/x"]), folders(&["a/b", "a/b"]));
        assert_eq!(reached(&["../x-${{ parameters.kind }}"]), folders(&["a/b", "a"]));
        assert_eq!(reached(&["/${{ parameters.kind }}"]), folders(&["a/b", ""]));
    }

    #[test]
    fn an_expression_alone_may_read_anything() {
        assert_eq!(reached(&["${{ parameters.url }}"]), None);
        assert_eq!(reached(&["x${{ parameters.url }}"]), None);
    }
}
