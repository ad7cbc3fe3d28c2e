//! Keywords that lead into objects and lists.

use serde_json::{Value, json};

use super::words::object_fields;
use super::{Spot, Walk};
use crate::template::parameters::assert::Fault;
use crate::template::parameters::javascript::{fields, quoted, truthy};

impl<'v> Walk<'v> {
    pub(super) fn properties(&mut self, argument: &'v Value, spot: Spot<'v>) {
        let (Some(object), Some(properties)) = (spot.value.and_then(Value::as_object), argument.as_object())
        else {
            return;
        };
        for (key, schema) in fields(properties) {
            self.below(json!(key), object.get(key), schema);
        }
    }

    pub(super) fn pattern_properties(&mut self, argument: &'v Value, spot: Spot<'v>) {
        let Some(patterns) = argument.as_object() else { return };
        for (key, value) in object_fields(spot.value) {
            let name = Value::String(key.clone());
            let mut known = false;
            for (pattern, schema) in fields(patterns) {
                if self.patterns.matches(pattern, &name) {
                    known = true;
                    self.below(name.clone(), Some(value), schema);
                }
            }
            if !known {
                self.additional_property(key, value, spot);
            }
        }
    }

    pub(super) fn additional_property(&mut self, key: &str, value: &'v Value, spot: Spot<'v>) {
        if spot.map.get("properties").and_then(Value::as_object).is_some_and(|known| known.contains_key(key))
        {
            return;
        }
        match spot.map.get("additionalProperties") {
            Some(Value::Bool(false)) => {
                let message = format!("is not allowed to have the additional property {}", quoted(key));
                self.report(
                    spot.value,
                    spot.schema,
                    Fault::new("additionalProperties", Some(json!(key)), message),
                );
            }
            Some(schema) if truthy(schema) => self.below(json!(key), Some(value), schema),
            _ => {}
        }
    }

    pub(super) fn property_names(&mut self, argument: &'v Value, spot: Spot<'v>) {
        for (key, _) in object_fields(spot.value) {
            // The name is a value of its own, which lives only here.
            let name = Value::String(key.clone());
            let (path, found) = (std::mem::take(&mut self.path), std::mem::take(&mut self.found));
            let mut walk = Walk { path, found, ..*self };
            walk.schema(Some(&name), argument);
            let Walk { path, found, visits, weight, failed, stopped, .. } = walk;
            *self = Walk { path, found, visits, weight, failed, stopped, ..*self };
        }
    }

    pub(super) fn dependencies(&mut self, argument: &'v Value, spot: Spot<'v>) {
        let (Some(object), Some(dependencies)) =
            (spot.value.and_then(Value::as_object), argument.as_object())
        else {
            return;
        };
        for (key, needed) in fields(dependencies) {
            if !object.contains_key(key) {
                continue;
            }
            self.path.push(json!(key));
            let place = self.property();
            let found = match needed {
                Value::Bool(_) | Value::Object(_) => self.found_by(spot.value, needed),
                _ => Vec::new(),
            };
            self.path.pop();
            let names = needed.as_array().map_or_else(|| vec![needed], |list| list.iter().collect());
            for name in names.into_iter().filter_map(Value::as_str).filter(|name| !object.contains_key(*name))
            {
                let message = format!("property {name} not found, required by {place}");
                self.report(spot.value, spot.schema, Fault::new("dependencies", Some(json!(place)), message));
            }
            if !found.is_empty() {
                let message = format!("does not meet dependency required by {place}");
                self.report(spot.value, spot.schema, Fault::new("dependencies", Some(json!(place)), message));
                self.found.extend(found);
            }
        }
    }

    pub(super) fn items(&mut self, argument: &'v Value, spot: Spot<'v>) {
        for (index, item) in spot.value.and_then(Value::as_array).into_iter().flatten().enumerate() {
            let schema = match argument.as_array() {
                Some(tuple) => tuple.get(index).or_else(|| spot.map.get("additionalItems")),
                None => Some(argument),
            };
            match schema {
                None => return,
                Some(Value::Bool(false)) => {
                    let fault = Fault::new("items", None, "additionalItems not permitted".to_owned());
                    return self.report(spot.value, spot.schema, fault);
                }
                Some(schema) => self.below(json!(index), Some(item), schema),
            }
        }
    }

    pub(super) fn contains(&mut self, argument: &'v Value, spot: Spot<'v>) {
        let Some(items) = spot.value.and_then(Value::as_array) else { return };
        if !items.iter().any(|item| self.fits(Some(item), argument)) {
            let message = "must contain an item matching given schema".to_owned();
            self.report(spot.value, spot.schema, Fault::new("contains", Some(argument.clone()), message));
        }
    }
}
