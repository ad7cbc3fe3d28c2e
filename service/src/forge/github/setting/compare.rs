//! Whether what GitHub keeps is what is wanted.
//!
//! GitHub adds defaults, addresses and ids to what it was given, and keeps lists in its own order. The invariant: only
//! what is wanted is compared, so that a value GitHub has made up does not count as a difference.

use serde_json::{Map, Value};

/// Whether `current` holds all that `wanted` says. Lists have to hold the same things, in any order.
pub(super) fn holds(current: &Value, wanted: &Value) -> bool {
    if is_nothing(wanted) {
        return is_nothing(current);
    }
    match (current, wanted) {
        (Value::Object(current), Value::Object(wanted)) => {
            wanted.iter().all(|(key, wanted)| holds(current.get(key).unwrap_or(&Value::Null), wanted))
        }
        (Value::Array(current), Value::Array(wanted)) => hold_each(current, wanted),
        (current, wanted) => current == wanted,
    }
}

/// Whether each thing that is wanted has one of its own, and nothing is left over.
fn hold_each(current: &[Value], wanted: &[Value]) -> bool {
    let mut left: Vec<&Value> = current.iter().collect();
    let has = |wanted: &Value| match left.iter().position(|current| holds(current, wanted)) {
        Some(at) => {
            left.swap_remove(at);
            true
        }
        None => false,
    };
    current.len() == wanted.len() && wanted.iter().all(has)
}

/// GitHub leaves out what is not set: nothing, off, and empty are the same.
fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.values().all(is_nothing),
        Value::Bool(true) | Value::Number(_) | Value::String(_) => false,
    }
}

/// `base` with what `over` says, down to the objects in it.
pub(super) fn overlaid(base: &Map<String, Value>, over: &Map<String, Value>) -> Map<String, Value> {
    let mut all = base.clone();
    for (key, value) in over {
        let merged = match (all.get(key), value) {
            (Some(Value::Object(base)), Value::Object(over)) => Value::Object(overlaid(base, over)),
            _ => value.clone(),
        };
        all.insert(key.clone(), merged);
    }
    all
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_github_adds_does_not_count() {
        let current = json!({ "url": "x", "strict": true, "contexts": ["b", "a"], "checks": [{ "context": "a", "app_id": 1 }] });

        assert!(holds(
            &current,
            &json!({ "strict": true, "contexts": ["a", "b"], "checks": [{ "context": "a" }] })
        ));
        assert!(holds(&current, &json!({ "strict": true })));
    }

    #[test]
    fn a_thing_too_many_or_too_few_counts() {
        let current = json!(["a", "b"]);

        for wanted in [json!(["a"]), json!(["a", "b", "c"]), json!(["a", "a"]), json!([]), json!(null)] {
            assert!(!holds(&current, &wanted), "{wanted}");
        }
    }

    #[test]
    fn nothing_off_and_empty_are_the_same() {
        for wanted in [json!(null), json!(false), json!([]), json!({}), json!({ "users": [], "teams": [] })] {
            assert!(holds(&json!(null), &wanted), "{wanted}");
        }
        for wanted in [json!(true), json!(0), json!(""), json!({ "required_approving_review_count": 0 })] {
            assert!(!holds(&json!(null), &wanted), "{wanted}");
        }
    }

    #[test]
    fn what_is_not_said_stays() {
        let base = json!({ "a": { "x": 1, "y": 2 }, "b": [1] });
        let over = json!({ "a": { "y": 3 }, "c": null });

        let all = overlaid(base.as_object().unwrap(), over.as_object().unwrap());

        assert_eq!(Value::Object(all), json!({ "a": { "x": 1, "y": 3 }, "b": [1], "c": null }));
    }
}
