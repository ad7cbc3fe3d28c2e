//! Checks values and secrets against a template's JSON Schemas, and reports faults in the shape of the
//! `jsonschema` npm package, which Backstage answers with.
//!
//! The answer is that package's answer: the same verdict, words and order, held by a table of its own
//! answers in the tests. Keywords it does not know (`ui:*`) are looked over. Where the package gives up on a
//! schema that makes no sense, the value is refused here with a violation of its own. Nothing is rendered,
//! nothing is fetched: `$ref` stays inside the schema. The invariant: the work is bounded, whatever schema
//! and value say.

mod assert;
mod check;
mod declared;
mod defaults;
mod format;
mod javascript;
mod pattern;
mod resolve;
mod told;

use serde::Serialize;
use serde_json::{Value, json};

pub(crate) use declared::declared;
pub use defaults::with_defaults;
pub(crate) use pattern::Patterns;
pub(crate) use told::{describe, fault, parameters, unknown_names};

use super::Template;

/// One violation, field by field as Backstage's clients know it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SchemaViolation {
    /// Keys and indexes down to the value.
    pub path: Vec<Value>,
    /// The same as text: `instance.a.b` or `secrets.a`.
    pub property: String,
    /// For example `requires property "name"`.
    pub message: String,
    /// The schema that was broken, or its `$id`.
    pub schema: Value,
    /// The value that broke it (`{}` for secrets); none where a value is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance: Option<Value>,
    /// The failed keyword.
    pub name: String,
    /// The keyword's argument, for the keywords that tell it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub argument: Option<Value>,
    /// `property` and `message`.
    pub stack: String,
}

/// Checks `values` against each parameter page on its own; the first failing page answers, with every
/// violation it has.
pub fn validate_values(template: &Template, values: &Value) -> Result<(), Vec<SchemaViolation>> {
    template.spec.pages.iter().try_for_each(|page| verdict(check::check(page, values, &template.patterns)))
}

/// Every violation of every page, and of the secrets: for our own doors, where nobody fills in page by page.
pub fn all_violations(template: &Template, values: &Value, secrets: &Value) -> Vec<SchemaViolation> {
    let pages = template.spec.pages.iter().flat_map(|page| check::check(page, values, &template.patterns));
    let mut found: Vec<SchemaViolation> = pages.collect();
    found.extend(validate_secrets(template, secrets).err().into_iter().flatten());
    found
}

/// Checks the caller's secrets against `spec.secrets.schema`; values never appear in the answer.
pub fn validate_secrets(template: &Template, secrets: &Value) -> Result<(), Vec<SchemaViolation>> {
    let Some(schema) = &template.spec.secrets_schema else { return Ok(()) };
    let found = check::check(schema, secrets, &template.patterns);
    verdict(found.into_iter().map(about_secrets).collect())
}

/// Checks any value against one schema (used for action input); property starts with `instance`.
pub fn validate_against(schema: &Value, value: &Value) -> Result<(), Vec<SchemaViolation>> {
    verdict(check::check(schema, value, &Patterns::default()))
}

fn verdict(found: Vec<SchemaViolation>) -> Result<(), Vec<SchemaViolation>> {
    if found.is_empty() { Ok(()) } else { Err(found) }
}

/// The violation in the words for secrets: the value is blanked, and so is what an argument holds of it.
fn about_secrets(violation: SchemaViolation) -> SchemaViolation {
    let below = violation.property.strip_prefix("instance").unwrap_or_default();
    let property = format!("secrets{below}");
    let message = match (violation.name.as_str(), &violation.argument) {
        ("required", Some(name)) => format!("secrets.{} is required", javascript::text(name)),
        ("required", None) => format!("{property} is required"),
        _ => format!("{property} {}", violation.message),
    };
    let argument = violation.argument.map(|argument| match argument {
        Value::Object(mut map) if map.contains_key("valid") && violation.name == "allOf" => {
            map.insert("valid".to_owned(), json!({}));
            Value::Object(map)
        }
        argument => argument,
    });
    SchemaViolation { property, message, argument, instance: Some(json!({})), ..violation }
}

#[cfg(test)]
mod tests;
