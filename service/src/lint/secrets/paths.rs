//! Values of users that reach a path or an address without having been checked.

use std::collections::BTreeSet;

use nunjucks::Reference;

use super::table::UNVALIDATED_PATH;
use crate::lint::finding::Findings;
use crate::lint::linted::{Expression, Linted, Part};
use crate::lint::node::Node;
use crate::lint::parameters::Declared;

/// Inputs that name a file, a folder or a repository.
const PATHS: [&str; 14] = [
    "url",
    "repoUrl",
    "repoContentsUrl",
    "catalogInfoUrl",
    "catalogInfoPath",
    "targetPath",
    "sourcePath",
    "outputPath",
    "filePath",
    "path",
    "paths",
    "files",
    "from",
    "to",
];
/// Filters that leave a text as it is, as far as paths go.
const NEUTRAL: [&str; 9] =
    ["lower", "upper", "trim", "string", "safe", "capitalize", "title", "default", "d"];
/// Keywords that say which texts are allowed.
const CHECKS: [&str; 6] = ["pattern", "enum", "const", "format", "oneOf", "anyOf"];

/// Looks at every expression that stands in a path. A parameter is told once, where it is used first, and
/// those of one expression together.
pub(super) fn check(template: &Linted<'_>, findings: &mut Findings) {
    let declared = Declared::of(template);
    let mut told = BTreeSet::new();
    for expression in &template.expressions {
        let Some(input) = path_input(template, expression) else { continue };
        let Some(found) = expression.found() else { continue };
        if found.filters.iter().any(|filter| !NEUTRAL.contains(&filter.name.as_str())) {
            continue;
        }
        let references = found.references.iter().filter(|reference| !reference.guarded);
        let open: Vec<(&Reference, &str)> = references
            .filter_map(|reference| Some((reference, parameter(reference)?)))
            .filter(|(_, name)| {
                let properties = declared.properties.named.get(name);
                properties.is_some_and(|all| all.iter().all(|property| is_unchecked(property.schema)))
            })
            .filter(|(_, name)| told.insert((*name).to_owned()))
            .collect();
        let Some((first, _)) = open.first() else { continue };
        let names = open.iter().map(|(_, name)| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let becomes = if open.len() == 1 { "becomes" } else { "become" };
        let message = format!("{names} can be any text, and {becomes} part of `{input}`");
        let pattern = if input.to_lowercase().ends_with("url") {
            "^[A-Za-z0-9][A-Za-z0-9._-]*$"
        } else {
            "^[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$"
        };
        let mend = format!("give {names} a `pattern` or `enum`, for example `pattern: '{pattern}'`");
        findings.add(&UNVALIDATED_PATH, expression.place(first.range.clone()), message, mend);
    }
}

/// The input that the expression stands in, if it is a path.
fn path_input<'e>(template: &Linted<'_>, expression: &Expression<'e>) -> Option<&'e str> {
    if expression.part != Part::Input {
        return None;
    }
    let step = template.steps.get(expression.step?)?;
    let action = step.action_id()?;
    // What templates are given is text, and what a request asks for is not ours.
    if expression.path.first() == Some(&"values") || action.starts_with("http:") {
        return None;
    }
    let name = expression.path.iter().rev().find(|key| **key != "[]")?;
    let depth = expression.path.iter().filter(|key| **key != "[]").count();
    let is_file_list = expression.path.first() == Some(&"files");
    (PATHS.contains(name) && (depth == 1 || is_file_list)).then_some(*name)
}

/// The parameter that a reference reads as a whole.
fn parameter(reference: &Reference) -> Option<&str> {
    match reference.path.as_slice() {
        [only] if reference.root == "parameters" => only.key.as_deref(),
        _ => None,
    }
}

/// A text that may be anything.
fn is_unchecked(schema: Node<'_>) -> bool {
    let kind = schema.get("type").and_then(|kind| kind.text());
    // Pickers give what has a form of its own, and fields of one's own check what they like.
    kind == Some("string")
        && schema.get("ui:field").is_none()
        && CHECKS.iter().all(|check| schema.get(check).is_none())
}
