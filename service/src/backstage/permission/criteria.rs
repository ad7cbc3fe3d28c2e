//! Conditions as policies combine them: all of, any of, not, and rules.
//!
//! It reads them and combines what the rules say; what a rule means is not known here. The invariant: they are
//! read as a whole or not at all, and what is read is small enough to be judged in no time.

use serde_json::Value;

/// Criteria inside of criteria.
const MAX_DEPTH: usize = 32;
/// Criteria altogether: more of them would be more than a database takes in one statement.
const MAX_CRITERIA: usize = 400;

/// A tree of conditions.
#[derive(Clone, Debug, PartialEq)]
pub enum Criteria<R> {
    /// Every one holds.
    AllOf(Vec<Self>),
    /// One of them holds.
    AnyOf(Vec<Self>),
    /// It does not hold.
    Not(Box<Self>),
    /// The rule holds.
    Rule(R),
}

/// A rule as it is written in an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// Name of the rule.
    pub(super) rule: String,
    /// Type of the resources that it is about.
    pub(super) resource_type: String,
    /// What it is given; an object.
    pub(super) params: Value,
}

impl<R> Criteria<R> {
    /// Whether they are met, where `holds` says it of each rule.
    pub fn holds(&self, holds: &impl Fn(&R) -> bool) -> bool {
        match self {
            Self::AllOf(all) => all.iter().all(|one| one.holds(holds)),
            Self::AnyOf(any) => any.iter().any(|one| one.holds(holds)),
            Self::Not(one) => !one.holds(holds),
            Self::Rule(rule) => holds(rule),
        }
    }

    /// The same with other rules; none if one of them has no counterpart. Leaving that one out would turn its
    /// meaning round wherever it stands below a `not`.
    pub fn try_map<S>(&self, map: &impl Fn(&R) -> Option<S>) -> Option<Criteria<S>> {
        let each = |list: &[Self]| list.iter().map(|one| one.try_map(map)).collect::<Option<Vec<_>>>();
        Some(match self {
            Self::AllOf(all) => Criteria::AllOf(each(all)?),
            Self::AnyOf(any) => Criteria::AnyOf(each(any)?),
            Self::Not(one) => Criteria::Not(Box::new(one.try_map(map)?)),
            Self::Rule(rule) => Criteria::Rule(map(rule)?),
        })
    }

    /// Every rule in it, in order.
    pub fn rules(&self) -> Vec<&R> {
        match self {
            Self::AllOf(list) | Self::AnyOf(list) => list.iter().flat_map(Self::rules).collect(),
            Self::Not(one) => one.rules(),
            Self::Rule(rule) => vec![rule],
        }
    }
}

impl Criteria<Condition> {
    /// Reads criteria; none if a part of them is none, or if there are too many.
    pub fn read(written: &Value) -> Option<Self> {
        let mut left = MAX_CRITERIA;
        read(written, MAX_DEPTH, &mut left)
    }
}

fn read(written: &Value, depth: usize, left: &mut usize) -> Option<Criteria<Condition>> {
    let depth = depth.checked_sub(1)?;
    *left = left.checked_sub(1)?;
    let members = written.as_object()?;
    let mut list = |members: &Value| {
        let members = members.as_array().filter(|members| !members.is_empty())?;
        members.iter().map(|member| read(member, depth, left)).collect::<Option<Vec<_>>>()
    };
    // Which one is meant of several cannot be told, so it is taken for none.
    let kinds = ["allOf", "anyOf", "not", "rule"];
    let mut given = kinds.into_iter().filter_map(|kind| Some((kind, members.get(kind)?)));
    let (Some((kind, value)), None) = (given.next(), given.next()) else { return None };
    Some(match kind {
        "allOf" => Criteria::AllOf(list(value)?),
        "anyOf" => Criteria::AnyOf(list(value)?),
        "not" => Criteria::Not(Box::new(read(value, depth, left)?)),
        _ => Criteria::Rule(Condition {
            rule: value.as_str()?.to_owned(),
            resource_type: members.get("resourceType")?.as_str()?.to_owned(),
            params: match members.get("params") {
                None => Value::Object(serde_json::Map::new()),
                Some(params) if params.is_object() => params.clone(),
                Some(_) => return None,
            },
        }),
    })
}
