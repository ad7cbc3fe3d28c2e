//! The shapes of answers: which keys they have, with values of which type.
//!
//! Values are not kept: a record of a run holds no name, no id and no secret of the organisation.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The answer to one kind of request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// Statuses that were answered.
    pub statuses: BTreeSet<u16>,
    /// `owner.login` → types seen there, such as `string`, `null`.
    pub keys: BTreeMap<String, BTreeSet<String>>,
}

/// `POST /repos/{owner}/{repo}/issues` → its answers.
pub type Shapes = BTreeMap<String, Shape>;

/// Adds an answer to what is known of its kind.
pub fn add(shapes: &mut Shapes, request: &str, status: u16, body: &Value) {
    let shape = shapes.entry(request.to_owned()).or_default();
    shape.statuses.insert(status);
    describe("", body, &mut shape.keys);
}

/// Where two records differ, one line each, as far as both have the request: keys that only the one has whose
/// answers we rely on (`ours`), and other types and statuses. More keys in `theirs` are no difference.
pub fn differences(ours: &Shapes, theirs: &Shapes) -> Vec<String> {
    let mut found = Vec::new();
    for (request, our) in ours {
        let Some(their) = theirs.get(request) else {
            found.push(format!("`{request}` was not asked"));
            continue;
        };
        if our.statuses != their.statuses {
            found.push(format!("`{request}` answers {}, not {}", list(&their.statuses), list(&our.statuses)));
        }
        for (key, types) in &our.keys {
            // What is in a list or an object that is empty there cannot be compared.
            if parents(key).any(|parent| !their.keys.contains_key(parent)) {
                continue;
            }
            match their.keys.get(key) {
                None if is_in_empty_list(key, &their.keys) => {}
                None => found.push(format!("`{request}` has no `{key}`")),
                Some(other) if types.is_disjoint(other) && !is_null(types) && !is_null(other) => {
                    found.push(format!("`{request}`: `{key}` is {}, not {}", list(other), list(types)));
                }
                Some(_) => {}
            }
        }
    }
    found
}

/// An address with what differs from run to run taken out.
pub fn request(method: &str, path: &str, owner: &str, repository: &str) -> String {
    let path = path.split('?').next().unwrap_or_default();
    let segments = path.split('/').map(|segment| {
        if segment == owner {
            "{owner}"
        } else if segment == repository {
            "{repo}"
        } else if !segment.is_empty() && segment.bytes().all(|byte| byte.is_ascii_digit()) {
            "{id}"
        } else if segment.len() == 40 && segment.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            "{sha}"
        } else {
            segment
        }
    });
    format!("{method} {}", segments.collect::<Vec<_>>().join("/"))
}

fn describe(path: &str, value: &Value, keys: &mut BTreeMap<String, BTreeSet<String>>) {
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "list",
        Value::Object(_) => "object",
    };
    keys.entry(path.to_owned()).or_default().insert(kind.to_owned());
    match value {
        Value::Array(items) => items.iter().for_each(|item| describe(&format!("{path}[]"), item, keys)),
        Value::Object(members) => members.iter().for_each(|(key, member)| {
            let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            describe(&path, member, keys);
        }),
        _ => {}
    }
}

/// The paths above a path.
fn parents(key: &str) -> impl Iterator<Item = &str> {
    key.char_indices().filter(|(_, c)| *c == '.').map(|(at, _)| key.get(..at).unwrap_or_default())
}

fn is_in_empty_list(key: &str, keys: &BTreeMap<String, BTreeSet<String>>) -> bool {
    key.match_indices("[]").any(|(at, _)| !keys.contains_key(key.get(..at + 2).unwrap_or_default()))
}

fn is_null(types: &BTreeSet<String>) -> bool {
    types.iter().all(|kind| kind == "null")
}

fn list<T: ToString>(values: &BTreeSet<T>) -> String {
    values.iter().map(T::to_string).collect::<Vec<_>>().join(" or ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shapes(body: Value) -> Shapes {
        let mut shapes = Shapes::new();
        add(&mut shapes, "GET /x", 200, &body);
        shapes
    }

    #[test]
    fn equal_shapes_with_other_values_do_not_differ() {
        let ours = shapes(json!({ "id": 1, "owner": { "login": "a" }, "list": [{ "x": 1 }] }));
        let theirs = shapes(json!({ "id": 2, "owner": { "login": "b", "more": 1 }, "list": [] }));

        assert_eq!(differences(&ours, &theirs), Vec::<String>::new());
    }

    #[test]
    fn keys_types_and_statuses_that_differ_are_told() {
        let ours = shapes(json!({ "id": 1, "name": "a", "more": null }));
        let mut theirs = shapes(json!({ "id": "1", "more": 7 }));
        theirs.get_mut("GET /x").unwrap().statuses = BTreeSet::from([404]);

        assert_eq!(
            differences(&ours, &theirs),
            [
                "`GET /x` answers 404, not 200",
                "`GET /x`: `id` is string, not number",
                "`GET /x` has no `name`"
            ]
        );
        assert_eq!(differences(&ours, &Shapes::new()), ["`GET /x` was not asked"]);
    }

    #[test]
    fn names_and_numbers_are_taken_out_of_addresses() {
        assert_eq!(
            request("GET", "/repos/acme/shop/issues/17?per_page=100", "acme", "shop"),
            "GET /repos/{owner}/{repo}/issues/{id}"
        );
    }
}
