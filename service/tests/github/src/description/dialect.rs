//! From the dialect of OpenAPI 3.0 to JSON Schema.
//!
//! Two things differ: `nullable: true` is a type or an alternative `null`, and references to components are given the
//! name under which the document stands in the registry.

use serde_json::{Value, json};

use super::URN;

/// Rewrites a document in place.
pub(super) fn translate(node: &mut Value) {
    match node {
        Value::Array(list) => list.iter_mut().for_each(translate),
        Value::Object(object) => {
            object.values_mut().for_each(translate);
            if let Some(Value::String(reference)) = object.get_mut("$ref")
                && reference.starts_with("#/")
            {
                *reference = format!("{URN}{reference}");
            }
            if object.get("nullable") == Some(&Value::Bool(true)) {
                object.shift_remove("nullable");
                nullable(node);
            }
        }
        _ => {}
    }
}

/// A schema that takes `null` as well.
fn nullable(schema: &mut Value) {
    let Value::Object(object) = schema else { return };
    if let Some(Value::Array(values)) = object.get_mut("enum")
        && !values.contains(&Value::Null)
    {
        values.push(Value::Null);
    }
    match object.get("type").cloned() {
        Some(Value::String(kind)) => {
            object.insert("type".to_owned(), json!([kind, "null"]));
        }
        // Without a type anything goes, unless alternatives are listed.
        _ if object.keys().any(|key| matches!(key.as_str(), "allOf" | "anyOf" | "oneOf" | "$ref")) => {
            *schema = json!({ "anyOf": [schema.take(), { "type": "null" }] });
        }
        _ => {}
    }
}
