//! Small builders for the JSON Schemas of actions.
//!
//! Only the frame that all of them share: draft-07, an object, closed. What stands in it is each action's own.

use serde_json::{Map, Value, json};

const DRAFT: &str = "http://json-schema.org/draft-07/schema#";

/// A closed object schema for the input or the output of an action.
pub(crate) fn closed(properties: Value, required: &[&str]) -> Value {
    let mut schema = object(properties, required);
    if let Some(map) = schema.as_object_mut() {
        map.insert("$schema".to_owned(), DRAFT.into());
    }
    schema
}

/// A schema for an input that has one of several forms.
pub(crate) fn any_of(forms: Vec<Value>) -> Value {
    json!({ "anyOf": forms, "$schema": DRAFT })
}

/// A closed object schema inside another.
pub(crate) fn object(properties: Value, required: &[&str]) -> Value {
    let mut schema = Map::new();
    schema.insert("type".to_owned(), "object".into());
    schema.insert("properties".to_owned(), properties);
    if !required.is_empty() {
        schema.insert("required".to_owned(), required.iter().copied().map(Value::from).collect());
    }
    schema.insert("additionalProperties".to_owned(), false.into());
    Value::Object(schema)
}

/// Properties of several groups as one object, in order.
pub(crate) fn merged(groups: impl IntoIterator<Item = Value>) -> Value {
    let mut all = Map::new();
    for group in groups {
        if let Value::Object(group) = group {
            all.extend(group);
        }
    }
    Value::Object(all)
}

/// A text.
pub(crate) fn text(description: &str) -> Value {
    json!({ "type": "string", "description": description })
}

/// True or false.
pub(crate) fn flag(description: &str) -> Value {
    json!({ "type": "boolean", "description": description })
}

/// True or false with what is taken when nothing is said.
pub(crate) fn flag_or(default: bool, description: &str) -> Value {
    json!({ "type": "boolean", "description": description, "default": default })
}

/// A number.
pub(crate) fn number(description: &str) -> Value {
    json!({ "type": "number", "description": description })
}

/// A list of texts.
pub(crate) fn texts(description: &str) -> Value {
    json!({ "type": "array", "items": { "type": "string" }, "description": description })
}

/// An object with any keys.
pub(crate) fn any_object(description: &str) -> Value {
    json!({ "type": "object", "additionalProperties": {}, "description": description })
}

/// One of a few words.
pub(crate) fn word(words: &[&str], description: &str) -> Value {
    json!({ "type": "string", "enum": words, "description": description })
}
