//! The parts of a request and an answer, each against its schema.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::deviations;
use super::operation::{Operation, Param};
use super::{Description, keys};

/// Answers that GitHub gives to anything, whatever the description says of the operation.
const ANYWHERE: [u16; 5] = [301, 302, 304, 307, 308];

/// The parameters in the path.
pub(super) fn path(
    description: &Description,
    operation: &Operation,
    found: &[(&'static str, String)],
) -> Vec<String> {
    let params = &operation.parts(description).params;
    let known = found.iter().filter_map(|(name, text)| {
        let param = params.iter().find(|param| param.place == "path" && param.name == *name)?;
        Some(value_faults(description, param, text))
    });
    known.flatten().collect()
}

/// The parameters in the query.
pub(super) fn query(
    description: &Description,
    operation: &Operation,
    query: &BTreeMap<String, String>,
) -> Vec<String> {
    let params: Vec<_> =
        operation.parts(description).params.iter().filter(|param| param.place == "query").collect();
    let missing = params.iter().filter(|param| param.required && !query.contains_key(param.name));
    let mut faults: Vec<_> =
        missing.map(|param| format!("the query has no `{}`, which is required", param.name)).collect();
    for (name, text) in query {
        match params.iter().find(|param| param.name == name) {
            Some(param) => faults.extend(value_faults(description, param, text)),
            None => faults.push(format!("the query's `{name}` is not named by the description")),
        }
    }
    faults
}

/// The body of a request.
pub(super) fn body(description: &Description, operation: &Operation, body: &Value) -> Vec<String> {
    let Some(described) = &operation.parts(description).body else {
        // An empty object says nothing; clients send it where others send no body.
        let nothing = body.is_null() || body.as_object().is_some_and(serde_json::Map::is_empty);
        return if nothing {
            Vec::new()
        } else {
            vec!["it has a body, and the description knows none".to_owned()]
        };
    };
    let Some(schema) = &described.schema else { return Vec::new() };
    if body.is_null() {
        let missing = described.required && !schema.faults(&description.registry, &json!({})).is_empty();
        return if missing { vec!["it has no body, which is required".to_owned()] } else { Vec::new() };
    }
    let mut faults = schema.faults(&description.registry, body);
    let unnamed = keys::unnamed(description, schema.source, body);
    faults.extend(unnamed.into_iter().map(|at| format!("`{at}` is not named by the description")));
    faults
}

/// An answer.
pub(super) fn answer(
    description: &Description,
    operation: &Operation,
    status: u16,
    body: Option<&Value>,
) -> Vec<String> {
    let answers = &operation.parts(description).answers;
    let described = answers.get(status.to_string().as_str());
    match (described, body) {
        (None, _) if ANYWHERE.contains(&status) => Vec::new(),
        (None, Some(body)) if status >= 400 => error_faults(body),
        (None, None) if status >= 400 => Vec::new(),
        (None, _) => vec!["the description does not know this status".to_owned()],
        (Some(None), Some(_)) if status == 204 => vec!["it has a body".to_owned()],
        (Some(None), _) => Vec::new(),
        (Some(Some(_)), None) if status == 304 => Vec::new(),
        (Some(Some(_)), None) => vec!["it has no body".to_owned()],
        (Some(Some(schema)), Some(body)) => {
            let mut faults = schema.faults(&description.registry, body);
            if status < 400 {
                let unnamed = keys::unnamed(description, schema.source, body);
                faults
                    .extend(unnamed.into_iter().map(|at| format!("`{at}` is not named by the description")));
            }
            faults
        }
    }
}

/// Takes out of an answer the keys that no schema names.
pub(super) fn prune(description: &Description, operation: &Operation, status: u16, body: &mut Value) {
    let described = operation.parts(description).answers.get(status.to_string().as_str());
    let Some(Some(schema)) = described else { return };
    for at in keys::unnamed(description, schema.source, body) {
        let Some((parent, key)) = at.rsplit_once('/') else { continue };
        if deviations::is_permission(key) {
            continue;
        }
        if let Some(object) = body.pointer_mut(parent).and_then(Value::as_object_mut) {
            object.shift_remove(key);
        }
    }
}

/// An error of a status that the operation does not list: it must have the form that all of them have.
fn error_faults(body: &Value) -> Vec<String> {
    let text = |key: &str| body.get(key).is_some_and(Value::is_string);
    let missing = ["message", "documentation_url"].into_iter().filter(|key| !text(key));
    missing.map(|key| format!("an error has no `{key}`")).collect()
}

/// A text in a path or a query against the schema of its parameter.
fn value_faults(description: &Description, param: &Param, text: &str) -> Vec<String> {
    let value = read(description, param.schema.source, text);
    let faults = param.schema.faults(&description.registry, &value);
    faults.into_iter().map(|fault| format!("the {}'s `{}`: {fault}", param.place, param.name)).collect()
}

/// A text as what its schema asks for; as text if it is nothing else.
fn read(description: &Description, schema: &'static Value, text: &str) -> Value {
    let schema = description.resolved(schema);
    let string = || Value::String(text.to_owned());
    let parsed = || serde_json::from_str(text).ok();
    match schema.get("type").and_then(Value::as_str) {
        Some("integer" | "number") => parsed().filter(Value::is_number).unwrap_or_else(string),
        Some("boolean") => parsed().filter(Value::is_boolean).unwrap_or_else(string),
        Some("array") => text.split(',').map(|item| Value::String(item.to_owned())).collect(),
        Some(_) => string(),
        None => {
            let branches = ["oneOf", "anyOf"].into_iter().filter_map(|kind| schema.get(kind)?.as_array());
            let read = branches.flatten().map(|branch| read(description, branch, text));
            read.into_iter().find(|value| !value.is_string()).unwrap_or_else(string)
        }
    }
}
