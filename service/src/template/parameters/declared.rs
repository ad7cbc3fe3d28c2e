//! Which parameters a page of a form asks for, whatever was answered so far.
//!
//! Names alone, of the first level: branches that may or may not hold count like any other part. The invariant:
//! the work is bounded, whatever the schema says.

use std::collections::BTreeSet;

use serde_json::Value;

use super::resolve::resolve;

/// Schemas that are looked at for one page.
const MAX_LOOKS: usize = 10_000;
/// Schemas inside of schemas.
const MAX_DEPTH: usize = 32;

/// The names of the parameters.
pub(crate) fn declared(page: &Value) -> BTreeSet<&str> {
    let mut walk = Walk { root: page, names: BTreeSet::new(), left: MAX_LOOKS };
    walk.schema(page, MAX_DEPTH);
    walk.names
}

struct Walk<'s> {
    root: &'s Value,
    names: BTreeSet<&'s str>,
    left: usize,
}

impl<'s> Walk<'s> {
    fn schema(&mut self, schema: &'s Value, depth: usize) {
        let (Some(depth), Some(left)) = (depth.checked_sub(1), self.left.checked_sub(1)) else { return };
        self.left = left;
        let Some(members) = schema.as_object() else { return };
        let properties = members.get("properties").and_then(Value::as_object);
        self.names
            .extend(properties.into_iter().flat_map(|properties| properties.keys().map(String::as_str)));
        let required = members.get("required").and_then(Value::as_array).into_iter().flatten();
        self.names.extend(required.filter_map(Value::as_str));
        for branches in ["allOf", "anyOf", "oneOf"].into_iter().filter_map(|key| members.get(key)?.as_array())
        {
            branches.iter().for_each(|branch| self.schema(branch, depth));
        }
        for branch in ["if", "then", "else"].into_iter().filter_map(|key| members.get(key)) {
            self.schema(branch, depth);
        }
        for parts in
            ["dependencies", "dependentSchemas"].into_iter().filter_map(|key| members.get(key)?.as_object())
        {
            parts.values().for_each(|part| self.schema(part, depth));
        }
        let target = members.get("$ref").and_then(Value::as_str);
        if let Some(target) = target.and_then(|reference| resolve(self.root, reference)) {
            self.schema(target, depth);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_of_every_branch_are_found_and_names_inside_of_values_are_not() {
        let page = json!({
            "properties": { "a": { "type": "object", "properties": { "inner": {} } } },
            "required": ["b"],
            "allOf": [{ "if": { "properties": { "c": {} } }, "then": { "properties": { "d": {} } } }],
            "dependencies": { "a": { "oneOf": [{ "properties": { "e": {} } }] }, "b": ["a"] },
            "anyOf": [{ "$ref": "#/definitions/part" }],
            "definitions": { "part": { "properties": { "f": {} } }, "unused": { "properties": { "g": {} } } },
        });

        assert_eq!(declared(&page).into_iter().collect::<Vec<_>>(), ["a", "b", "c", "d", "e", "f"]);
    }

    #[test]
    fn a_schema_that_names_itself_is_done_in_no_time() {
        let page = json!({ "allOf": [{ "$ref": "#" }, { "$ref": "#" }], "properties": { "a": {} } });

        assert_eq!(declared(&page).into_iter().collect::<Vec<_>>(), ["a"]);
    }
}
