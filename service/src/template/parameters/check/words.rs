//! How a violation names schemas and places.

use serde_json::Value;

use crate::template::parameters::javascript::{fields, quoted, text, truthy};

/// About how many bytes a value takes.
pub(super) fn weight(value: &Value) -> usize {
    const EACH: usize = 32;
    EACH + match value {
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(weight).sum(),
        Value::Object(map) => map.iter().map(|(key, value)| key.len() + EACH + weight(value)).sum(),
        _ => 0,
    }
}

pub(super) fn object_fields(value: Option<&Value>) -> Vec<(&String, &Value)> {
    value.and_then(Value::as_object).map(fields).unwrap_or_default()
}

/// What a schema calls itself.
pub(super) fn id_of(schema: &Value) -> Option<&Value> {
    ["$id", "id"].into_iter().filter_map(|key| schema.get(key)).find(|id| truthy(id))
}

/// A wanted type as a message shows it.
pub(super) fn type_name(wanted: &Value) -> Value {
    match (wanted, id_of(wanted)) {
        (_, Some(id)) => Value::String(format!("<{}>", text(id))),
        (wanted, None) if truthy(wanted) => Value::String(text(wanted)),
        _ => Value::Null,
    }
}

pub(super) fn subschema_names(branches: &[Value], bracket_ids: bool) -> Vec<String> {
    branches.iter().enumerate().map(|(index, branch)| subschema_name(branch, index, bracket_ids)).collect()
}

pub(super) fn subschema_name(schema: &Value, index: usize, bracket_ids: bool) -> String {
    if let Some(id) = id_of(schema) {
        return if bracket_ids { format!("<{}>", text(id)) } else { text(id) };
    }
    if let Some(title) = schema.get("title").filter(|title| truthy(title)) {
        return title.to_string();
    }
    match schema.get("$ref").filter(|reference| truthy(reference)) {
        Some(reference) => format!("<{}>", text(reference)),
        None => format!("[subschema {index}]"),
    }
}

/// One step of a path as text: `.key`, `[0]` or `["a key"]`.
pub(super) fn suffix(key: &str) -> String {
    let awkward = key.chars().any(|c| c.is_whitespace() || matches!(c, '.' | '[' | ']' | '\u{feff}'));
    if !awkward && !key.starts_with(|c: char| c.is_ascii_digit()) {
        return format!(".{key}");
    }
    if key.bytes().all(|byte| byte.is_ascii_digit()) {
        format!("[{key}]")
    } else {
        format!("[{}]", quoted(key))
    }
}
