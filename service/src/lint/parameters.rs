//! Forms: which parameters there are, whether anybody uses them, and whether their schemas make sense.

mod declared;
mod keywords;
mod patterns;
mod references;
mod schemas;
mod table;
mod unused;
mod words;

use std::collections::BTreeSet;

use serde_json::Value;

use super::finding::Findings;
use super::linted::Linted;
use super::node::Node;
use crate::template::validate_against;

pub(super) use declared::Declared;
pub(super) use schemas::{Place as SchemaPlace, Schema, schemas};
pub(super) use table::RULES;
use table::{DEFAULT_INVALID, REQUIRED_WITHOUT_PROPERTY};

/// Looks at the form, and at the schema of the secrets.
pub(super) fn check(template: &Linted<'_>, findings: &mut Findings) {
    let declared = Declared::of(template);
    let secrets = template.spec.and_then(|spec| spec.find(&["secrets", "schema"]));
    for page in template.pages.iter().copied().chain(secrets) {
        let all = schemas(page);
        for schema in &all {
            keywords::check(schema, findings);
            words::check(schema, findings);
            patterns::check(schema, findings);
            default(schema, findings);
        }
        references::check(page, &all, findings);
        required(&declared, &all, findings);
    }
    unused::check(template, &declared, findings);
}

/// A default has to fit the schema that it stands in.
fn default(schema: &Schema<'_>, findings: &mut Findings) {
    let Some(default) = schema.node.get("default") else { return };
    // References begin at the page's root, which is not at hand here; an empty text stands for nothing yet.
    if default.is_placeholder() || default.text() == Some("") || holds_reference(schema.node.value) {
        return;
    }
    let Err(violations) = validate_against(schema.node.value, default.value) else { return };
    // Members that are still to be filled in are no fault of the default.
    let Some(violation) = violations.iter().find(|violation| violation.name != "required") else { return };
    let message = format!("the default does not fit its own schema: it {}", violation.message);
    findings.add(&DEFAULT_INVALID, default.place(), message, "correct the default, or the schema beside it");
}

fn holds_reference(value: &Value) -> bool {
    match value {
        Value::Object(map) => map.contains_key("$ref") || map.values().any(holds_reference),
        Value::Array(items) => items.iter().any(holds_reference),
        _ => false,
    }
}

/// What is required has to be a property, of the schema itself or of a branch of it.
fn required(declared: &Declared<'_>, all: &[Schema<'_>], findings: &mut Findings) {
    let work = declared::Work::new();
    let asking: BTreeSet<usize> = all
        .iter()
        .filter(|schema| schema.node.get("required").is_some())
        .map(|schema| schema.level)
        .collect();
    for (index, level) in all.iter().enumerate().filter(|(_, schema)| asking.contains(&schema.order)) {
        let own = declared::Properties::of(level.node, level.page, &work);
        if own.open || own.named.is_empty() {
            continue;
        }
        let same_level = all.iter().skip(index).take_while(|schema| schema.order < level.end);
        for schema in same_level.filter(|schema| schema.level == level.order) {
            for name in schema.node.get("required").into_iter().flat_map(Node::items) {
                let Some(text) = name.text() else { continue };
                let elsewhere = level.is_page() && declared.has(text);
                if own.named.contains_key(text) || elsewhere {
                    continue;
                }
                let message =
                    format!("`{text}` is required, and no property has this name, so no value ever fits");
                let near = super::slip::meant(text, own.named.keys().copied());
                let mend = super::slip::question(near, "declare the property, or take it out of `required`");
                findings.add(&REQUIRED_WITHOUT_PROPERTY, name.place(), message, mend);
            }
        }
    }
}
