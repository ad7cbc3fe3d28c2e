//! Our own rule: every key of an object is named by its schema.
//!
//! A schema is here the list of schemas that apply to a value at once: itself, what it refers to, all of `allOf`, and of
//! `oneOf` and `anyOf` those branches that the value fits (all of them if it fits none, since then another check
//! complains). An object whose schemas name no key at all, or that allow further ones in so many words, is free.

use serde_json::{Map, Value};

use super::{Description, deviations};

/// The places of the keys that no schema names.
pub(super) fn unnamed(description: &Description, schema: &'static Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    walk(description, &[schema], value, "", &mut found);
    found
}

fn walk(
    description: &Description,
    schemas: &[&'static Value],
    value: &Value,
    at: &str,
    found: &mut Vec<String>,
) {
    let mut applying = Vec::new();
    for schema in schemas {
        gather(description, schema, value, &mut applying);
    }
    match value {
        Value::Object(object) => object_keys(description, &applying, object, at, found),
        Value::Array(list) => {
            let items: Vec<_> = applying.iter().filter_map(|schema| schema.get("items")).collect();
            for (place, item) in list.iter().enumerate() {
                walk(description, &items, item, &format!("{at}/{place}"), found);
            }
        }
        _ => {}
    }
}

fn object_keys(
    description: &Description,
    schemas: &[&'static Value],
    object: &Map<String, Value>,
    at: &str,
    found: &mut Vec<String>,
) {
    let properties: Vec<_> =
        schemas.iter().filter_map(|schema| schema.get("properties")?.as_object()).collect();
    let further: Vec<_> = schemas.iter().filter_map(|schema| schema.get("additionalProperties")).collect();
    let closed = further.contains(&&Value::Bool(false));
    let free =
        (properties.is_empty() && !closed) || further.iter().any(|schema| **schema != Value::Bool(false));
    let permissions = description.document.pointer(deviations::OF_APPS);
    let of_app =
        permissions.is_some_and(|permissions| schemas.iter().any(|one| std::ptr::eq(*one, permissions)));
    for (key, value) in object {
        if of_app && deviations::is_permission(key) {
            continue;
        }
        let mut named: Vec<_> = properties.iter().filter_map(|properties| properties.get(key)).collect();
        let at = format!("{at}/{key}");
        if named.is_empty() {
            named.extend(&further);
            if !free {
                found.push(at);
                continue;
            }
        }
        walk(description, &named, value, &at, found);
    }
}

/// The schemas that apply to a value at once.
fn gather(description: &Description, schema: &'static Value, value: &Value, into: &mut Vec<&'static Value>) {
    let schema = description.resolved(schema);
    into.push(schema);
    for part in branches(schema, "allOf") {
        gather(description, part, value, into);
    }
    for kind in ["oneOf", "anyOf"] {
        let fitting: Vec<_> =
            branches(schema, kind).filter(|branch| fits(description, branch, value)).collect();
        if fitting.is_empty() {
            branches(schema, kind).for_each(|branch| gather(description, branch, value, into));
        } else {
            fitting.into_iter().for_each(|branch| gather(description, branch, value, into));
        }
    }
}

fn branches(schema: &'static Value, kind: &str) -> impl Iterator<Item = &'static Value> {
    schema.get(kind).and_then(Value::as_array).into_iter().flatten()
}

/// Whether a value could be of this schema, by its type, its required keys and its listed values.
fn fits(description: &Description, schema: &'static Value, value: &Value) -> bool {
    let schema = description.resolved(schema);
    let of_kind = match schema.get("type") {
        Some(Value::String(kind)) => is(value, kind),
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).any(|kind| is(value, kind)),
        _ => true,
    };
    let listed = schema.get("enum").and_then(Value::as_array).is_none_or(|values| values.contains(value));
    of_kind
        && listed
        && branches(schema, "allOf").all(|part| fits(description, part, value))
        && ["oneOf", "anyOf"].iter().all(|kind| {
            let mut any = branches(schema, kind).peekable();
            any.peek().is_none() || any.any(|branch| fits(description, branch, value))
        })
        && inside_fits(description, schema, value)
}

fn inside_fits(description: &Description, schema: &'static Value, value: &Value) -> bool {
    match value {
        Value::Object(object) => {
            let mut required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
            let properties = schema.get("properties").and_then(Value::as_object);
            required.all(|key| key.as_str().is_some_and(|key| object.contains_key(key)))
                && properties.into_iter().flatten().all(|(key, property)| {
                    object.get(key).is_none_or(|value| fits(description, property, value))
                })
        }
        Value::Array(list) => {
            schema.get("items").is_none_or(|items| list.iter().all(|item| fits(description, items, item)))
        }
        _ => true,
    }
}

fn is(value: &Value, kind: &str) -> bool {
    match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => true,
    }
}
