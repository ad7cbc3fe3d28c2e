//! What a newer version of the API changes, put into force.
//!
//! A place in the description may carry `x-github-breaking-changes`: a list of patches, each with the version that it
//! belongs to, as a JSON merge patch or as a list of JSON patch operations. The patches may speak of what is left out
//! of our copy (texts, examples): those operations have nothing to do.

use serde_json::{Map, Value};

const CHANGES: &str = "x-github-breaking-changes";

/// Applies all changes up to this version, and takes every list of changes out.
pub(super) fn apply(node: &mut Value, version: &str) {
    let changes = node.as_object_mut().and_then(|object| object.remove(CHANGES));
    let changes = changes.as_ref().and_then(Value::as_array).into_iter().flatten();
    let of_version =
        |change: &&Value| change.get("version").and_then(Value::as_str).is_some_and(|of| of <= version);
    for patch in changes.filter(of_version).filter_map(|change| change.get("patch")) {
        match patch {
            Value::Array(operations) => operations.iter().for_each(|operation| run(node, operation)),
            whole => merge(node, whole),
        }
    }
    match node {
        Value::Object(object) => object.values_mut().for_each(|value| apply(value, version)),
        Value::Array(list) => list.iter_mut().for_each(|value| apply(value, version)),
        _ => {}
    }
}

/// A JSON merge patch.
fn merge(node: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *node = patch.clone();
        return;
    };
    if !node.is_object() {
        *node = Value::Object(Map::new());
    }
    let Value::Object(object) = node else { return };
    // A reference stands alone: beside it other keys would say nothing.
    if patch.contains_key("$ref") {
        object.clear();
    }
    for (key, value) in patch {
        if value.is_null() {
            object.shift_remove(key);
        } else {
            merge(object.entry(key.as_str()).or_insert(Value::Null), value);
        }
    }
}

/// One operation of a JSON patch: `remove` and `replace` are those that there are.
fn run(node: &mut Value, operation: &Value) {
    let text = |key: &str| operation.get(key).and_then(Value::as_str);
    let Some((parent, key)) = text("path").and_then(|path| path.rsplit_once('/')) else { return };
    let key = key.replace("~1", "/").replace("~0", "~");
    match (node.pointer_mut(parent), text("op")) {
        (Some(Value::Object(object)), Some("remove")) => {
            object.shift_remove(&key);
        }
        (Some(Value::Array(list)), Some("remove")) => {
            if let Some(place) = key.parse().ok().filter(|place: &usize| *place < list.len()) {
                list.remove(place);
            }
        }
        (Some(Value::Object(object)), Some("replace")) => {
            let value = operation.get("value").cloned().unwrap_or(Value::Null);
            object.insert(key, value);
        }
        _ => {}
    }
}
