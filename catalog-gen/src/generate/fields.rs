//! From the claims about an entity to its values.
//!
//! Decides which claim of a field is written, which is only suggested, and puts the values into the entity in a fixed
//! order. It knows no detector. The invariant: a guess is never written, and what Backstage demands is there or is
//! listed as missing.

use serde_json::{Map, Value};

use crate::{Claim, Confidence, Described, FieldClaim, Link, Relation, Site, SubjectKind};

/// The most tags of an entity.
const MOST_TAGS: usize = 8;
/// Fields that hold several values, each a claim of its own.
const LISTS: [&str; 2] = ["metadata.tags", "metadata.links"];
/// The keys of `spec`, in the order they are written.
const SPEC: [&str; 10] = [
    "type",
    "lifecycle",
    "owner",
    "domain",
    "system",
    "subcomponentOf",
    "providesApis",
    "consumesApis",
    "dependsOn",
    "definition",
];
const RELATIONS: [Relation; 5] = [
    Relation::ProvidesApi,
    Relation::ConsumesApi,
    Relation::DependsOn,
    Relation::PartOf,
    Relation::SubcomponentOf,
];

/// Sorts the claims of one field into those that are written, suggested and outvoted.
pub(super) fn sort_out(field: &str, claims: &[Claim], site: &Site, described: &mut Described) {
    let house = |claim: &Claim| {
        let words = match field {
            "spec.type" => &site.types,
            "spec.lifecycle" => &site.lifecycles,
            _ => return claim.clone(),
        };
        let word = claim.text().and_then(|word| words.get(word));
        Claim {
            value: word.map_or_else(|| claim.value.clone(), |word| word.as_str().into()),
            ..claim.clone()
        }
    };
    let named = |claim: &Claim| FieldClaim { field: field.to_owned(), claim: house(claim) };
    if LISTS.contains(&field) {
        for claim in claims {
            let known = |all: &[FieldClaim]| {
                all.iter().any(|other| other.field == field && other.claim.value == claim.value)
            };
            let written = claim.confidence > Confidence::Guess;
            let full = field == "metadata.tags"
                && described.fields.iter().filter(|other| other.field == field).count() >= MOST_TAGS;
            if !known(&described.fields) && written && !full {
                described.fields.push(named(claim));
            } else if !known(&described.fields) && !known(&described.suggestions) {
                described.suggestions.push(named(claim));
            }
        }
        return;
    }
    // `max_by_key` gives the last of equals; the first is wanted.
    let best = claims.iter().enumerate().rev().max_by_key(|(_, claim)| claim.confidence).map(|(at, _)| at);
    for (at, claim) in claims.iter().enumerate() {
        if Some(at) != best {
            if claims.iter().take(at).all(|earlier| earlier.value != claim.value) {
                described.outvoted.push(named(claim));
            }
        } else if claim.confidence > Confidence::Guess {
            described.fields.push(named(claim));
        } else {
            described.suggestions.push(named(claim));
        }
    }
}

/// Puts the values of `fields` into the entity.
pub(super) fn write(kind: SubjectKind, described: &mut Described) {
    keep_single_relations(described);
    described.fields.sort_by_cached_key(|field| (rank(&field.field), sort_text(field)));
    described
        .fields
        .dedup_by(|later, kept| later.field == kept.field && later.claim.value == kept.claim.value);
    let mut spec = Map::new();
    for FieldClaim { field, claim } in &described.fields {
        let text = || claim.text().map(str::to_owned);
        let metadata = &mut described.entity.metadata;
        match field.split_once('.') {
            Some(("metadata", "title")) => metadata.title = text(),
            Some(("metadata", "description")) => metadata.description = text(),
            Some(("metadata", "tags")) => metadata.tags.extend(text()),
            Some(("metadata", "links")) => metadata.links.extend(link(&claim.value)),
            Some(("metadata", rest)) => {
                if let (Some(key), Some(value)) = (key(rest, "annotations"), text()) {
                    metadata.annotations.insert(key, value);
                } else if let (Some(key), Some(value)) = (key(rest, "labels"), text()) {
                    metadata.labels.insert(key, value);
                }
            }
            Some(("spec", key)) => put(&mut spec, key, field, &claim.value),
            _ => {}
        }
    }
    let mut ordered = Map::new();
    for (key, place_holder) in SPEC.into_iter().map(|key| (key, demanded(kind, key))) {
        match (spec.shift_remove(key), place_holder) {
            (Some(value), _) => {
                ordered.insert(key.to_owned(), value);
            }
            (None, Some(word)) => {
                described.missing.push(format!("spec.{key}"));
                if !word.is_empty() {
                    ordered.insert(key.to_owned(), Value::String(word.to_owned()));
                }
            }
            (None, None) => {}
        }
    }
    ordered.extend(spec);
    described.entity.spec = Some(ordered);
}

/// Takes a value out of an entity again, with its claim; of a list the whole of it, if one item is not legal.
pub(super) fn drop_value(described: &mut Described, path: &str) {
    let field =
        path.split_once("[").map_or(path, |(field, rest)| if rest.starts_with('"') { path } else { field });
    let metadata = &mut described.entity.metadata;
    match field.split_once('.') {
        Some(("metadata", "title")) => metadata.title = None,
        Some(("metadata", "description")) => metadata.description = None,
        Some(("metadata", "tags")) => metadata.tags.clear(),
        Some(("metadata", "links")) => metadata.links.clear(),
        Some(("metadata", rest)) => {
            let key = |map: &str| {
                rest.strip_prefix(map).map(|key| key.trim_matches(['.', '[', ']', '"']).to_owned())
            };
            if let Some(key) = key("annotations") {
                metadata.annotations.shift_remove(&key);
            } else if let Some(key) = key("labels") {
                metadata.labels.shift_remove(&key);
            }
        }
        Some(("spec", key)) => {
            if let Some(spec) = &mut described.entity.spec {
                spec.shift_remove(key);
            }
        }
        _ => {}
    }
    described.fields.retain(|claimed| claimed.field != field);
}

/// The word that holds the place of a value that Backstage demands; empty where no word can.
fn demanded(kind: SubjectKind, key: &str) -> Option<&'static str> {
    use SubjectKind::{Api, Component, Resource};
    match (kind, key) {
        (_, "owner") => Some("group:default/unknown"),
        (Component | Api | Resource, "type") => Some("other"),
        (Component | Api, "lifecycle") => Some("unknown"),
        (Api, "definition") => Some(""),
        _ => None,
    }
}

/// Of relations with room for one, the surest stays.
fn keep_single_relations(described: &mut Described) {
    for relation in RELATIONS.into_iter().filter(|relation| relation.is_single()) {
        let own = described.fields.iter().enumerate().filter(|(_, field)| field.field == relation.field());
        let best = own.rev().max_by_key(|(_, field)| field.claim.confidence).map(|(at, _)| at);
        let mut at = 0;
        let (kept, lost): (Vec<FieldClaim>, Vec<FieldClaim>) =
            described.fields.drain(..).partition(|field| {
                at += 1;
                field.field != relation.field() || Some(at - 1) == best
            });
        described.fields = kept;
        described.outvoted.extend(lost);
    }
}

fn put(spec: &mut Map<String, Value>, key: &str, field: &str, value: &Value) {
    let many = RELATIONS.into_iter().any(|relation| relation.field() == field && !relation.is_single());
    if !many {
        spec.insert(key.to_owned(), value.clone());
        return;
    }
    let list = spec.entry(key).or_insert_with(|| Value::Array(Vec::new()));
    if let Value::Array(items) = list {
        items.push(value.clone());
    }
}

/// The key in `annotations["key"]`.
fn key(rest: &str, map: &str) -> Option<String> {
    let key = rest.strip_prefix(map)?.strip_prefix("[\"")?.strip_suffix("\"]")?;
    Some(key.to_owned())
}

fn link(value: &Value) -> Option<Link> {
    let get = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    Some(Link {
        url: get("url")?,
        title: get("title"),
        icon: get("icon"),
        link_type: get("type"),
        other: Map::new(),
    })
}

/// Where a field stands: metadata as Backstage shows it, then the spec.
fn rank(field: &str) -> usize {
    let metadata = ["name", "title", "description", "labels", "annotations", "tags", "links"];
    match field.split_once('.') {
        Some(("metadata", rest)) => metadata.iter().position(|key| rest.starts_with(key)).unwrap_or(8),
        Some((_, key)) => 10 + SPEC.iter().position(|known| *known == key).unwrap_or(SPEC.len()),
        None => usize::MAX,
    }
}

/// Within a field: annotations by key, relations by target; tags and links stay in the order of their worth.
fn sort_text(claimed: &FieldClaim) -> String {
    if LISTS.contains(&claimed.field.as_str()) {
        return String::new();
    }
    format!("{}\n{}", claimed.field, claimed.claim.text().unwrap_or_default().to_lowercase())
}
