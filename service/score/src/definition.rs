//! Which definition stands for a resource.
//!
//! A definition says what it matches; of those that match the most specific wins: `id` counts more than `workload`,
//! that more than `class`, `environment`, `environmentType`. The invariant: two definitions that match alike cannot
//! both be in a platform's rules, so there is always one winner.

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::workload::Resource;

/// How a platform makes a kind of resource.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Definition {
    pub(crate) id: String,
    #[serde(rename = "match")]
    pub(crate) criteria: Criteria,
    #[serde(default)]
    pub(crate) params: IndexMap<String, Param>,
    pub(crate) terraform: Option<Module>,
    #[serde(default)]
    pub(crate) manifests: Vec<Value>,
    pub(crate) volume: Option<Value>,
    #[serde(default)]
    pub(crate) outputs: IndexMap<String, Value>,
}

/// What has to be so for a definition to be taken.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Criteria {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    id: Option<String>,
    workload: Option<String>,
    class: Option<String>,
    environment: Option<String>,
    environment_type: Option<String>,
}

/// A parameter that a team may set.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Param {
    default: Option<Value>,
    one_of: Option<Vec<Value>>,
}

/// A Terraform module of the platform's.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Module {
    pub(crate) source: String,
    pub(crate) version: Option<String>,
    #[serde(default)]
    pub(crate) inputs: Map<String, Value>,
    /// Its outputs that definitions name.
    #[serde(default)]
    pub(crate) outputs: Vec<String>,
}

/// What is asked for, as far as it decides which definition is taken.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) resource: &'a Resource,
    pub(crate) workload: &'a str,
    pub(crate) environment: &'a str,
    pub(crate) environment_type: &'a str,
}

impl Criteria {
    /// What it asks beside the type, most specific first: the word, what is wanted, what there is.
    fn each<'a>(&'a self, asked: &Asked<'a>) -> [(&'static str, Option<&'a str>, &'a str); 5] {
        [
            ("id", self.id.as_deref(), asked.resource.id.as_deref().unwrap_or_default()),
            ("workload", self.workload.as_deref(), asked.workload),
            ("class", self.class.as_deref(), asked.resource.class.as_deref().unwrap_or("default")),
            ("environment", self.environment.as_deref(), asked.environment),
            ("environmentType", self.environment_type.as_deref(), asked.environment_type),
        ]
    }

    /// How specific it is; larger wins.
    fn weight(&self) -> [bool; 5] {
        let own = [&self.id, &self.workload, &self.class, &self.environment, &self.environment_type];
        own.map(Option::is_some)
    }

    /// Why it was taken, in words.
    pub(crate) fn reasons(&self, asked: &Asked<'_>) -> Vec<String> {
        let each = self.each(asked).into_iter();
        let named = each.filter_map(|(word, wanted, _)| Some(format!("{word} `{}`", wanted?)));
        std::iter::once(format!("type `{}`", self.kind)).chain(named).collect()
    }

    /// What of it does not fit: `environment` is `dev`, not `prod`.
    pub(crate) fn misfits(&self, asked: &Asked<'_>) -> Vec<String> {
        let each = self.each(asked).into_iter();
        each.filter_map(|(word, wanted, there)| {
            let wanted = wanted.filter(|wanted| *wanted != there)?;
            let there = if there.is_empty() { "not set".to_owned() } else { format!("`{there}`") };
            Some(format!("{word} is {there}, not `{wanted}`"))
        })
        .collect()
    }
}

/// A definition, and the others of its type with why it is not them.
type Choice<'d> = (&'d Definition, Vec<(&'d Definition, String)>);

/// The definition that stands for a resource; or what came near.
pub(crate) fn choose<'d>(definitions: &'d [Definition], asked: &Asked<'_>) -> Result<Choice<'d>, String> {
    let kind = &asked.resource.kind;
    let of_type: Vec<&Definition> = definitions.iter().filter(|one| &one.criteria.kind == kind).collect();
    let fitting = of_type.iter().filter(|one| one.criteria.misfits(asked).is_empty());
    let Some(winner) = fitting.max_by_key(|one| one.criteria.weight()).copied() else {
        return Err(nothing_matches(definitions, &of_type, asked));
    };
    let others = of_type.into_iter().filter(|one| one.id != winner.id);
    let passed = others.map(|one| {
        let misfits = one.criteria.misfits(asked);
        let why = if misfits.is_empty() { "less specific".to_owned() } else { misfits.join("; ") };
        (one, why)
    });
    Ok((winner, passed.collect()))
}

fn nothing_matches(all: &[Definition], of_type: &[&Definition], asked: &Asked<'_>) -> String {
    let kind = &asked.resource.kind;
    if !of_type.is_empty() {
        let near =
            of_type.iter().map(|one| format!("`{}` ({})", one.id, one.criteria.misfits(asked).join("; ")));
        let near: Vec<String> = near.collect();
        return format!("no rule of the platform matches this `{kind}`; near came {}", near.join(", "));
    }
    let known: std::collections::BTreeSet<&str> = all.iter().map(|one| one.criteria.kind.as_str()).collect();
    let near =
        known.iter().filter(|known| strsim::osa_distance(&known.to_lowercase(), &kind.to_lowercase()) <= 2);
    let near: Vec<String> = near.map(|known| format!("`{known}`")).collect();
    if near.is_empty() {
        let known: Vec<&str> = known.into_iter().collect();
        format!("the platform has no rule for the type `{kind}`; it has them for: {}", known.join(", "))
    } else {
        format!("the platform has no rule for the type `{kind}`; did you mean {}?", near.join(" or "))
    }
}

impl Definition {
    /// The parameters of a resource with the defaults of the definition.
    pub(crate) fn params(&self, given: &Map<String, Value>) -> Result<Map<String, Value>, (String, String)> {
        for (name, value) in given {
            let Some(param) = self.params.get(name) else {
                let known: Vec<String> = self.params.keys().map(|key| format!("`{key}`")).collect();
                let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
                let message = format!("rule `{}` takes no parameter `{name}`; it takes {known}", self.id);
                return Err((name.clone(), message));
            };
            if let Some(allowed) = param.one_of.as_ref().filter(|allowed| !allowed.contains(value)) {
                let allowed: Vec<String> = allowed.iter().map(|value| format!("`{value}`")).collect();
                let message = format!("rule `{}` allows {}, not `{value}`", self.id, allowed.join(", "));
                return Err((name.clone(), message));
            }
        }
        let mut params = Map::new();
        for (name, param) in &self.params {
            let value = given.get(name).or(param.default.as_ref());
            let value = value.ok_or_else(|| {
                (
                    name.clone(),
                    format!("rule `{}` needs the parameter `{name}`; set it under `params`", self.id),
                )
            })?;
            params.insert(name.clone(), value.clone());
        }
        Ok(params)
    }
}
