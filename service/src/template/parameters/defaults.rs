//! Fills in the defaults of a form, as the browser does before it sends one.
//!
//! For our own doors alone: the compatible API takes values as they come. What was given is never changed,
//! and where it is not clear which branch of a schema holds, none is taken.

use std::cell::Cell;

use serde_json::{Map, Value};

use super::super::Template;
use super::check::fits;
use super::pattern::Patterns;
use super::resolve::resolve;

/// A default may make another branch hold; so often is looked again.
const ROUNDS: usize = 4;
/// Schemas inside of schemas.
const MAX_DEPTH: usize = 32;
/// Schemas that are looked at for one form. A schema that names itself twice has more than any machine counts;
/// what is not filled in by then is left out.
const MAX_LOOKS: usize = 200_000;
/// How many looks it counts to decide whether a branch holds.
const LOOKS_OF_A_BRANCH: usize = 200;

/// `values` with the defaults of the schemas filled in where nothing was given (our own doors only: the
/// compatible API leaves values as they came).
pub fn with_defaults(template: &Template, values: &Value) -> Value {
    let looks = Cell::new(MAX_LOOKS);
    let mut filled = if values.is_null() { Value::Object(Map::new()) } else { values.clone() };
    for _ in 0..ROUNDS {
        let before = filled.clone();
        for page in &template.spec.pages {
            let fill = Fill { root: page, patterns: &template.patterns, looks: &looks };
            fill.value(page, &mut filled, MAX_DEPTH);
        }
        if filled == before {
            break;
        }
    }
    filled
}

struct Fill<'s> {
    root: &'s Value,
    patterns: &'s Patterns,
    looks: &'s Cell<usize>,
}

impl Fill<'_> {
    fn value(&self, schema: &Value, value: &mut Value, depth: usize) {
        let Some(depth) = depth.checked_sub(1).filter(|_| self.may_look(1)) else { return };
        let schema = self.resolved(schema);
        match value {
            Value::Object(map) => self.object(schema, map, depth),
            Value::Array(items) => {
                if let Some(item_schema @ Value::Object(_)) = schema.get("items") {
                    items.iter_mut().for_each(|item| self.value(item_schema, item, depth));
                }
            }
            _ => {}
        }
        for part in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            self.value(part, value, depth);
        }
        if let Some(branch) = self.chosen(schema, value) {
            self.value(branch, value, depth);
        }
    }

    fn object(&self, schema: &Value, map: &mut Map<String, Value>, depth: usize) {
        for (key, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let property = self.resolved(property);
            match (map.get_mut(key), property.get("default")) {
                (Some(given), _) => self.value(property, given, depth),
                (None, Some(default)) => {
                    let mut default = default.clone();
                    self.value(property, &mut default, depth);
                    map.insert(key.clone(), default);
                }
                (None, None) => {
                    let mut nested = Value::Object(Map::new());
                    self.value(property, &mut nested, depth);
                    if nested.as_object().is_some_and(|nested| !nested.is_empty()) {
                        map.insert(key.clone(), nested);
                    }
                }
            }
        }
        for (key, dependent) in schema.get("dependencies").and_then(Value::as_object).into_iter().flatten() {
            if map.contains_key(key) && dependent.is_object() {
                self.dependent(key, dependent, map, depth);
            }
        }
    }

    /// The part of a form that appears with a property: as a whole, or the branch for the property's value.
    fn dependent(&self, key: &str, schema: &Value, map: &mut Map<String, Value>, depth: usize) {
        let Some(depth) = depth.checked_sub(1).filter(|_| self.may_look(1)) else { return };
        let schema = self.resolved(schema);
        self.object(schema, map, depth);
        let branches = schema.get("oneOf").and_then(Value::as_array);
        let holds = |branch: &&Value| {
            let wanted = self.resolved(branch).get("properties").and_then(|properties| properties.get(key));
            wanted.zip(map.get(key)).is_some_and(|(wanted, given)| self.fits(wanted, given))
        };
        let holding: Vec<&Value> = branches.into_iter().flatten().filter(holds).collect();
        if let [branch] = holding[..] {
            self.object(self.resolved(branch), map, depth);
        }
    }

    /// The branch of `if`, `oneOf` or `anyOf` that holds, where exactly one does.
    fn chosen<'b>(&self, schema: &'b Value, value: &Value) -> Option<&'b Value> {
        if let Some(condition) = schema.get("if") {
            let holds = self.fits(condition, value);
            return schema.get(if holds { "then" } else { "else" });
        }
        let branches = schema.get("oneOf").or_else(|| schema.get("anyOf"))?.as_array()?;
        let mut holding = branches.iter().filter(|branch| self.fits(branch, value));
        match (holding.next(), holding.next()) {
            (Some(branch), None) => Some(branch),
            _ => None,
        }
    }

    fn fits(&self, schema: &Value, value: &Value) -> bool {
        self.may_look(LOOKS_OF_A_BRANCH) && fits(self.root, schema, value, self.patterns)
    }

    /// Takes from what may still be looked at.
    fn may_look(&self, looks: usize) -> bool {
        let left = self.looks.get().checked_sub(looks);
        self.looks.set(left.unwrap_or(0));
        left.is_some()
    }

    fn resolved<'b>(&'b self, schema: &'b Value) -> &'b Value {
        let target =
            schema.get("$ref").and_then(Value::as_str).and_then(|reference| resolve(self.root, reference));
        target.unwrap_or(schema)
    }
}
