//! What a document lacks of what was generated, and what it says otherwise.
//!
//! Mappings that are made of single facts are merged key by key; everything else is a value as a whole. Lists are only
//! added when there is none. References are compared as what they mean: `team-a` and `group:default/team-a` are one
//! owner.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{Addition, Difference, Generated, Insertion, reference};
use crate::Placed;
use crate::report::{Source, locate};
use crate::validate::{below, placeholder, references_of};

/// Mappings that are merged key by key.
const OPEN: [&str; 5] = ["", "metadata", "metadata.labels", "metadata.annotations", "spec"];

/// What is to be done with one document.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// What it lacks; the document is filled in by the caller.
    pub(super) missing: Vec<Insertion>,
    /// What it says otherwise.
    pub(super) other: Vec<Difference>,
}

/// Compares a document with what was generated for it.
pub(super) fn plan(written: &Value, placed: &Placed, generated: &Generated, source: &Source) -> Plan {
    let entity = reference(written).map(|name| name.to_string()).unwrap_or_default();
    let walk = Walk { written, placed, generated, source, entity };
    let mut plan = Plan::default();
    if let (Value::Object(written), Value::Object(found)) = (written, &generated.entity) {
        walk.mapping("", &[], (written, found), &mut plan);
    }
    plan
}

struct Walk<'w> {
    written: &'w Value,
    placed: &'w Placed,
    generated: &'w Generated,
    source: &'w Source,
    entity: String,
}

type Pair<'v> = (&'v Map<String, Value>, &'v Map<String, Value>);

impl Walk<'_> {
    fn mapping(&self, path: &str, parents: &[String], (written, found): Pair<'_>, plan: &mut Plan) {
        for (key, found) in found {
            let field = below(path, key);
            if self.generated.placeholders.contains(&field) {
                continue;
            }
            match (written.get(key), found) {
                (None, _) => plan.missing.push(self.insertion(field, parents, key, found)),
                (Some(Value::Object(written)), Value::Object(found)) if OPEN.contains(&field.as_str()) => {
                    let parents: Vec<String> = parents.iter().chain([key]).cloned().collect();
                    self.mapping(&field, &parents, (written, found), plan);
                }
                (Some(written), found) if !self.same(&field, written, found) => {
                    plan.other.push(self.difference(field, written, found));
                }
                _ => {}
            }
        }
    }

    /// A whole mapping or value that is missing, without what only holds a place.
    fn insertion(&self, field: String, parents: &[String], key: &str, found: &Value) -> Insertion {
        let mut value = found.clone();
        if let Value::Object(fields) = &mut value {
            fields.retain(|key, _| !self.generated.placeholders.contains(&below(&field, key)));
        }
        let addition = Addition { entity: self.entity.clone(), field, value };
        Insertion { addition, document: None, parents: parents.to_vec(), key: key.to_owned() }
    }

    fn difference(&self, field: String, written: &Value, found: &Value) -> Difference {
        let range = locate(self.written, self.placed, &field).value_or_key();
        let place = self.source.position(range.start);
        let (written, found) = (written.clone(), found.clone());
        Difference { entity: self.entity.clone(), field, place, written, found }
    }

    /// Does the file say what was found, in other words or among other things?
    fn same(&self, field: &str, written: &Value, found: &Value) -> bool {
        if written == found {
            return true;
        }
        match field {
            "metadata.name" | "kind" => {
                let folded = |value: &Value| value.as_str().map(str::to_lowercase);
                return folded(written) == folded(found);
            }
            "metadata.namespace" => return false,
            _ => {}
        }
        if let Some((written, found)) = self.references(field) {
            return found.is_subset(&written) && (written == found || self.is_list(field));
        }
        if let (Some((key, written)), Some((other, found))) = (placeholder(written), placeholder(found)) {
            // `./api.yaml` and `api.yaml` are one file.
            let bare = |path: &Value| path.as_str().map(|path| path.trim_start_matches("./").to_owned());
            return key == other && bare(written) == bare(found);
        }
        match (written, found) {
            (Value::Array(written), Value::Array(found)) => found.iter().all(|item| written.contains(item)),
            _ => false,
        }
    }

    fn is_list(&self, field: &str) -> bool {
        field
            .strip_prefix("spec.")
            .and_then(|key| self.written.get("spec")?.get(key))
            .is_some_and(Value::is_array)
    }

    /// The references that a field holds on both sides; none if it holds something else.
    fn references(&self, field: &str) -> Option<(BTreeSet<String>, BTreeSet<String>)> {
        let of = |entity: &Value| -> BTreeSet<String> {
            let all = references_of(entity).into_iter();
            let own = |path: &str| {
                path.strip_prefix(field).is_some_and(|rest| rest.is_empty() || rest.starts_with('['))
            };
            all.filter(|(path, _)| own(path)).map(|(_, target)| target.to_string()).collect()
        };
        let (written, found) = (of(self.written), of(&self.generated.entity));
        (!written.is_empty() && !found.is_empty()).then_some((written, found))
    }
}
