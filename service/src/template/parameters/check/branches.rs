//! Keywords that try other schemas on the same value: `type`, `not`, `allOf`, `anyOf`, `oneOf`, `if`.

use serde_json::{Value, json};

use super::words::{id_of, subschema_name, subschema_names, type_name};
use super::{MAX_DEPTH, Spot, Walk};
use crate::template::parameters::assert::{self, Fault};
use crate::template::parameters::javascript::{text, truthy};
use crate::template::parameters::resolve::resolve;

impl<'v> Walk<'v> {
    pub(super) fn types(&mut self, argument: &'v Value, spot: Spot<'v>) {
        let Some(value) = spot.value else { return };
        let types: Vec<&'v Value> =
            argument.as_array().map_or_else(|| vec![argument], |list| list.iter().collect());
        if !types.iter().any(|wanted| self.is_of(value, wanted)) {
            let names: Vec<Value> = types.iter().map(|wanted| type_name(wanted)).collect();
            let message = format!("is not of a type(s) {}", text(&Value::Array(names.clone())));
            self.report(spot.value, spot.schema, Fault::new("type", Some(Value::Array(names)), message));
        }
    }

    pub(super) fn is_of(&mut self, value: &'v Value, wanted: &'v Value) -> bool {
        match wanted {
            Value::String(name) => assert::is_of_type(value, name),
            Value::Object(_) => self.fits(Some(value), wanted),
            _ => !wanted.is_null(),
        }
    }

    pub(super) fn prohibited(&mut self, spot: Spot<'v>) {
        let (Some(value), Some(banned)) = (
            spot.value,
            ["not", "disallow"].into_iter().filter_map(|key| spot.map.get(key)).find(|v| truthy(v)),
        ) else {
            return;
        };
        let banned: Vec<&'v Value> =
            banned.as_array().map_or_else(|| vec![banned], |list| list.iter().collect());
        for schema in banned {
            if self.is_of(value, schema) {
                let shown = id_of(schema).unwrap_or(schema).clone();
                let message = format!("is of prohibited type {}", text(&shown));
                self.report(spot.value, spot.schema, Fault::new("not", Some(shown), message));
            }
        }
    }

    pub(super) fn all_of(&mut self, argument: &'v Value, spot: Spot<'v>) {
        if spot.value.is_none() {
            return;
        }
        for (index, schema) in argument.as_array().into_iter().flatten().enumerate() {
            let found = self.found_by(spot.value, schema);
            if found.is_empty() {
                continue;
            }
            let name = subschema_name(schema, index, false);
            let message = format!("does not match allOf schema {name} with {} error[s]:", found.len());
            let valid = json!({
                "instance": spot.value,
                "schema": self.target(schema),
                "options": {},
                "path": self.path,
                "propertyPath": self.property(),
                "errors": found,
                "disableFormat": false,
            });
            let argument = json!({ "id": name, "length": found.len(), "valid": valid });
            self.report(spot.value, spot.schema, Fault::new("allOf", Some(argument), message));
            self.found.extend(found);
        }
    }

    /// The schema that a chain of references ends at.
    pub(super) fn target(&self, schema: &'v Value) -> &'v Value {
        let next = |schema: &&'v Value| resolve(self.root, schema.get("$ref")?.as_str()?);
        std::iter::successors(Some(schema), next).take(MAX_DEPTH).last().unwrap_or(schema)
    }

    pub(super) fn any_of(&mut self, argument: &'v Value, spot: Spot<'v>) {
        let (Some(value), Some(branches)) = (spot.value, argument.as_array()) else { return };
        if !branches.iter().any(|branch| self.fits(Some(value), branch)) {
            let names = subschema_names(branches, true);
            let message = format!("is not any of {}", names.join(","));
            self.report(spot.value, spot.schema, Fault::new("anyOf", Some(json!(names)), message));
        }
    }

    pub(super) fn one_of(&mut self, argument: &'v Value, spot: Spot<'v>) {
        let (Some(value), Some(branches)) = (spot.value, argument.as_array()) else { return };
        if branches.iter().filter(|branch| self.fits(Some(value), branch)).count() != 1 {
            let names = subschema_names(branches, false);
            let message = format!("is not exactly one from {}", names.join(","));
            self.report(spot.value, spot.schema, Fault::new("oneOf", Some(json!(names)), message));
        }
    }

    pub(super) fn condition(&mut self, argument: &'v Value, spot: Spot<'v>) {
        if spot.value.is_none() {
            return;
        }
        let branch = if self.fits(spot.value, argument) { "then" } else { "else" };
        if let Some(schema) = spot.map.get(branch) {
            self.schema(spot.value, schema);
        }
    }
}
