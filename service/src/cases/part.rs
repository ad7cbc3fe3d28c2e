//! Comparing values with parts of them, and finding parts by a path.
//!
//! What it means to hold a part is said in [`crate::task::holds`]; here it is told where a value does not.

use serde_json::Value;

use crate::task::holds;

/// Characters of a value that a message shows.
const LONGEST_SHOWN: usize = 120;
/// Differences that are told of one value.
const MOST_TOLD: usize = 5;

/// Where `value`, which is called `name`, does not hold `part`.
pub(super) fn differences(value: &Value, part: &Value, name: &str) -> Vec<String> {
    let mut found = Vec::new();
    compare(value, part, name, &mut found);
    let more = found.len().saturating_sub(MOST_TOLD);
    found.truncate(MOST_TOLD);
    if more > 0 {
        found.push(format!("{more} more parts of `{name}` differ"));
    }
    found
}

fn compare(value: &Value, part: &Value, name: &str, found: &mut Vec<String>) {
    match (value, part) {
        (Value::Object(value), Value::Object(part)) => {
            for (key, part) in part {
                let below = below(name, key);
                match value.get(key) {
                    Some(value) => compare(value, part, &below, found),
                    None => found.push(format!("`{below}` is not there; expected {}", shown(part))),
                }
            }
        }
        (Value::Array(value), Value::Array(part)) if value.len() == part.len() => {
            for (index, (value, part)) in value.iter().zip(part).enumerate() {
                compare(value, part, &format!("{name}[{index}]"), found);
            }
        }
        (value, part) if holds(value, part) => {}
        (value, part) => found.push(format!("`{name}` is {}; expected {}", shown(value), shown(part))),
    }
}

fn below(name: &str, key: &str) -> String {
    if name.is_empty() { key.to_owned() } else { format!("{name}.{key}") }
}

/// A value for a message, shortened.
pub(super) fn shown(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(LONGEST_SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// The part of a value at a path: `spec.ports[0].name`, `metadata["a.b/c"]`, or a JSON pointer such as `/a/0`. An
/// empty path is the whole.
pub(super) fn at<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    if path.starts_with('/') {
        return value.pointer(path);
    }
    let mut here = value;
    let mut rest = path.strip_prefix('$').unwrap_or(path);
    rest = rest.strip_prefix('.').unwrap_or(rest);
    while !rest.is_empty() {
        let (step, after) = first_step(rest)?;
        here = match step {
            Step::Key(key) => here.get(key)?,
            Step::Item(index) => here.get(index)?,
        };
        rest = after.strip_prefix('.').unwrap_or(after);
    }
    Some(here)
}

/// One step down a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step<'p> {
    Key(&'p str),
    Item(usize),
}

/// The first step of a path, and what is left of the path.
pub(super) fn first_step(path: &str) -> Option<(Step<'_>, &str)> {
    let Some(inner) = path.strip_prefix('[') else {
        let end = path.find(['.', '[']).unwrap_or(path.len());
        return path.split_at_checked(end).map(|(key, after)| (Step::Key(key), after));
    };
    for (quote, end) in [('"', "\"]"), ('\'', "']")] {
        if let Some(quoted) = inner.strip_prefix(quote) {
            return quoted.split_once(end).map(|(key, after)| (Step::Key(key), after));
        }
    }
    let (index, after) = inner.split_once(']')?;
    Some((Step::Item(index.parse().ok()?), after))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_difference_names_the_part() {
        let value = json!({ "a": { "b": [1, 2] }, "c": "x" });

        assert_eq!(differences(&value, &json!({ "a": { "b": [1, 2] } }), "input"), Vec::<String>::new());
        assert_eq!(
            differences(&value, &json!({ "a": { "b": [1, 3], "d": true }, "c": 1 }), "input"),
            [
                "`input.a.b[1]` is 2; expected 3",
                "`input.a.d` is not there; expected true",
                "`input.c` is \"x\"; expected 1"
            ]
        );
        assert_eq!(
            differences(&value, &json!({ "a": { "b": [1] } }), "input"),
            ["`input.a.b` is [1,2]; expected [1]"]
        );
    }

    #[test]
    fn many_differences_are_counted() {
        let part: Value = (0..8).map(|n| (n.to_string(), json!(n))).collect::<serde_json::Map<_, _>>().into();

        let told = differences(&json!({}), &part, "output");

        assert_eq!(told.len(), 6);
        assert_eq!(told.last().map(String::as_str), Some("3 more parts of `output` differ"));
    }

    #[test]
    fn a_path_finds_keys_items_and_quoted_keys() {
        let value = json!({ "a": [{ "b.c": 1 }, [2]], "d": { "e/f": 3 } });

        for (path, found) in [
            ("a[0][\"b.c\"]", Some(json!(1))),
            ("$.a[1][0]", Some(json!(2))),
            ("/d/e~1f", Some(json!(3))),
            ("d['e/f']", Some(json!(3))),
            ("a[2]", None),
            ("a.b", None),
            ("a[x]", None),
        ] {
            assert_eq!(at(&value, path).cloned(), found, "{path}");
        }
        assert_eq!(at(&value, ""), Some(&value));
    }
}
