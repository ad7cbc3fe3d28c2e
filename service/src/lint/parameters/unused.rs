//! Parameters that nobody reads.
//!
//! Told only where everything that could read them is at hand: not of fields of one's own, which may only show
//! something, and not where parts of the template lie in other files.

use std::collections::BTreeSet;

use serde_json::Value;

use super::declared::{Declared, Property};
use super::table::UNUSED_PARAMETER;
use crate::lint::finding::Findings;
use crate::lint::linted::Linted;
use crate::lint::node::Node;

/// Fields of Backstage that give a value and do nothing else.
const PLAIN_FIELDS: [&str; 10] = [
    "EntityPicker",
    "MultiEntityPicker",
    "EntityNamePicker",
    "EntityTagsPicker",
    "OwnerPicker",
    "OwnedEntityPicker",
    "MyGroupsPicker",
    "RepoOwnerPicker",
    "RepoBranchPicker",
    "Secret",
];

/// Looks for parameters that nobody reads.
pub(super) fn check(template: &Linted<'_>, declared: &Declared<'_>, findings: &mut Findings) {
    let Some(mut used) = used(template) else { return };
    used.extend(used_in_form(template));
    for (name, properties) in &declared.properties.named {
        let Some(first) = properties.first() else { continue };
        if used.contains(*name) || properties.iter().any(|property| is_spared(property)) {
            continue;
        }
        let key = first.schema.place_at(first.key_range.clone());
        let message = format!("nothing uses the parameter `{name}`, which people are asked for");
        let mend = format!("use `parameters.{name}` in a step, or remove the property");
        findings.add(&UNUSED_PARAMETER, key, message, mend);
    }
}

/// The parameters that expressions read; nothing if some expression may read any.
fn used<'t>(template: &'t Linted<'_>) -> Option<BTreeSet<&'t str>> {
    let parts_elsewhere = template.spec.is_some_and(|spec| {
        ["steps", "output", "parameters"].iter().filter_map(|key| spec.get(key)).any(holds_placeholder)
    });
    if parts_elsewhere || template.steps.is_empty() {
        return None;
    }
    let mut used = BTreeSet::new();
    for expression in &template.expressions {
        let Some(found) = expression.found() else {
            // What cannot be read may name any; look for the names themselves.
            used.extend(words(expression.text));
            continue;
        };
        for reference in &found.references {
            match (reference.root.as_str(), reference.path.first()) {
                ("parameters" | "secrets", Some(segment)) => {
                    used.insert(segment.key.as_deref()?);
                    if let Some(end) = reference.dashed {
                        used.extend(expression.text.get(segment.range.start..end));
                    }
                }
                ("parameters", None) => return None,
                _ => {}
            }
        }
    }
    Some(used)
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-'))
}

/// Fields of one's own, and what only shows something or leaves no choice.
fn is_spared(property: &Property<'_>) -> bool {
    let text = |key: &str| property.schema.get(key).and_then(|value| value.text());
    let shows = text("type") == Some("null")
        || property.schema.get("type").is_some_and(|kind| kind.value.is_null())
        || property.schema.get("const").is_some()
        || property.schema.get("enum").is_some_and(|choices| choices.items().count() == 1)
        || text("ui:widget") == Some("hidden");
    shows
        || text("ui:field").is_some_and(|field| !PLAIN_FIELDS.contains(&field))
        || property.schema.get("$ref").is_some()
}

/// Parameters that other parts of the form depend on, or that a field of the form takes from there.
fn used_in_form<'d>(template: &Linted<'d>) -> BTreeSet<&'d str> {
    let mut used = BTreeSet::new();
    for schema in template.pages.iter().flat_map(|page| super::schemas(*page)) {
        let named = ["dependencies", "dependentSchemas", "dependentRequired"].map(|key| schema.node.get(key));
        let asked = schema.node.find(&["if", "properties"]);
        used.extend(confirmations(schema.node));
        for names in named.into_iter().flatten().chain(asked) {
            used.extend(names.members().map(|member| member.key));
        }
    }
    template.pages.iter().for_each(|page| mentioned(page.value, &mut used));
    used
}

/// Boxes that have to be ticked: whoever ticks one confirms something, and that is its use.
fn confirmations<'d>(schema: Node<'d>) -> impl Iterator<Item = &'d str> {
    let required = schema.get("required").into_iter().flat_map(Node::items).filter_map(|name| name.text());
    required.filter(move |name| {
        let kind = schema.find(&["properties", name, "type"]);
        kind.and_then(|kind| kind.text()) == Some("boolean")
    })
}

/// Names behind `parameters.` and the like in the texts of a value.
fn mentioned<'d>(value: &'d Value, used: &mut BTreeSet<&'d str>) {
    match value {
        Value::String(text) => {
            for before in ["parameters.", "formData.", "formContext."] {
                let behind =
                    text.match_indices(before).filter_map(|(at, found)| text.get(at + found.len()..));
                used.extend(behind.filter_map(|rest| words(rest).next()));
            }
        }
        Value::Array(items) => items.iter().for_each(|item| mentioned(item, used)),
        Value::Object(map) => map.values().for_each(|member| mentioned(member, used)),
        _ => {}
    }
}

fn holds_placeholder(node: Node<'_>) -> bool {
    node.is_placeholder()
        || node.items().any(holds_placeholder)
        || node.members().any(|member| holds_placeholder(member.node))
}
