//! Merging one value into another.
//!
//! Objects are merged member by member; a list takes the place of a list or is added to it; everything else is
//! replaced. Names keep their places, new ones come last. The invariant: the result is at most as large as both
//! together, but for the gaps of a list that is written by position, of which there are at most [`MOST_GAPS`].

use serde_json::{Map, Value};

use crate::action::ActionError;
use crate::action::roadie::json::{index, ordered};

/// How far beyond its end a list may be written by position.
const MOST_GAPS: usize = 1_000;

/// What happens to a list that meets something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lists {
    /// The new value takes its place.
    Replace,
    /// What is new in the other is added to its end.
    Join,
}

impl Lists {
    /// As the input `mergeArrays` says.
    pub(crate) fn of(merge_arrays: Option<bool>) -> Self {
        if merge_arrays == Some(true) { Self::Join } else { Self::Replace }
    }
}

/// The value `into` with `content` merged into it. At the top, a list is merged by position, and nothing counts
/// as an object without members.
pub(crate) fn merged(into: Value, content: Value, lists: Lists) -> Result<Value, ActionError> {
    let mut into = if into.is_null() { Value::Object(Map::new()) } else { into };
    lay_over(&mut into, content, lists)?;
    Ok(ordered(into))
}

/// Merges the members of an object, or the items of a list under their positions.
fn lay_over(into: &mut Value, content: Value, lists: Lists) -> Result<(), ActionError> {
    let members: Vec<(String, Value)> = match content {
        Value::Object(members) => members.into_iter().collect(),
        Value::Array(items) => {
            items.into_iter().enumerate().map(|(at, item)| (at.to_string(), item)).collect()
        }
        _ => return Ok(()),
    };
    for (name, new) in members {
        match into {
            Value::Object(object) => {
                let old = object.get_mut(&name).map(Value::take);
                let both = met(old, new, lists)?;
                object.insert(name, both);
            }
            Value::Array(items) => {
                // A list has no members but its items; what has another name would be lost in the file.
                let Some(at) = index(&name).and_then(|at| usize::try_from(at).ok()) else { continue };
                if at > items.len() + MOST_GAPS {
                    return Err(ActionError::Input(format!(
                        "cannot merge item `{name}` into a list of {} items; merge a list instead",
                        items.len()
                    )));
                }
                let old = items.get_mut(at).map(Value::take);
                let both = met(old, new, lists)?;
                while items.len() <= at {
                    items.push(Value::Null);
                }
                if let Some(item) = items.get_mut(at) {
                    *item = both;
                }
            }
            _ => return Ok(()),
        }
    }
    Ok(())
}

/// What comes of an old value, if there is one, that meets a new one.
fn met(old: Option<Value>, new: Value, lists: Lists) -> Result<Value, ActionError> {
    match (old, new) {
        (Some(Value::Array(_)), new) if lists == Lists::Replace => Ok(new),
        (Some(Value::Array(items)), new) => Ok(Value::Array(joined(items, new))),
        (old, new @ (Value::Object(_) | Value::Array(_))) => {
            let mut base = match (&new, old) {
                (Value::Object(_), Some(old @ Value::Object(_))) => old,
                (Value::Object(_), _) => Value::Object(Map::new()),
                _ => Value::Array(Vec::new()),
            };
            lay_over(&mut base, new, lists)?;
            Ok(base)
        }
        (_, new) => Ok(new),
    }
}

/// A list with another value, or the items of another list, at its end. Texts, numbers and their like stand in
/// it once.
fn joined(items: Vec<Value>, new: Value) -> Vec<Value> {
    let more = match new {
        Value::Array(more) => more,
        one => vec![one],
    };
    let mut seen = std::collections::HashSet::new();
    let plain = |value: &Value| !value.is_object() && !value.is_array();
    let all = items.into_iter().chain(more);
    all.filter(|value| !plain(value) || seen.insert(ordered(value.clone()).to_string())).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn merge(into: Value, content: Value, lists: Lists) -> Value {
        merged(into, content, lists).unwrap()
    }

    #[test]
    fn objects_are_merged_and_the_rest_is_replaced() {
        let into = json!({ "a": { "b": 1, "c": 2 }, "d": "x", "e": [1, 2], "f": { "g": 1 } });
        let content = json!({ "a": { "c": 3, "h": 4 }, "d": null, "e": [3], "f": "text", "i": [{ "j": 1 }] });

        assert_eq!(
            merge(into, content, Lists::Replace),
            json!({ "a": { "b": 1, "c": 3, "h": 4 }, "d": null, "e": [3], "f": "text", "i": [{ "j": 1 }] })
        );
    }

    #[test]
    fn a_joined_list_has_each_text_once_and_every_object() {
        let into = json!({ "a": ["x", 1, { "k": 1 }, "x"] });
        let content = json!({ "a": ["y", "x", "1", 1.0, { "k": 1 }] });

        assert_eq!(
            merge(into, content, Lists::Join),
            json!({ "a": ["x", 1, { "k": 1 }, "y", "1", { "k": 1 }] })
        );
        assert_eq!(
            merge(json!({ "a": [1] }), json!({ "a": { "b": 1 } }), Lists::Join),
            json!({ "a": [1, { "b": 1 }] })
        );
    }

    #[test]
    fn lists_at_the_top_are_merged_by_position() {
        assert_eq!(
            merge(json!([{ "a": 1 }, 2]), json!([{ "b": 2 }]), Lists::Join),
            json!([{ "a": 1, "b": 2 }, 2])
        );
        assert_eq!(
            merge(json!([1]), json!({ "2": "x", "name": "y" }), Lists::Replace),
            json!([1, null, "x"])
        );
        assert!(merged(json!([]), json!({ "4000000000": 1 }), Lists::Replace).is_err());
    }

    #[test]
    fn nothing_is_an_object_and_a_list_in_place_of_a_text_is_a_list() {
        assert_eq!(merge(Value::Null, json!({ "a": 1 }), Lists::Replace), json!({ "a": 1 }));
        assert_eq!(merge(json!({ "a": "x" }), json!({ "a": [1] }), Lists::Join), json!({ "a": [1] }));
        assert_eq!(merge(json!({ "a": { "x": 1 } }), json!({ "a": [1] }), Lists::Join), json!({ "a": [1] }));
        assert_eq!(merge(json!({ "a": 1 }), json!("text"), Lists::Join), json!({ "a": 1 }));
    }
}
