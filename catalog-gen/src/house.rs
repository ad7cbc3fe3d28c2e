//! A site file proposed from the catalog that a site has: its words, its namespace, its owners.
//!
//! It counts how people of the site wrote things, and proposes what most of them did. It reads no files. The
//! invariant: a catalog in Backstage's own words proposes nothing, and each proposal is one that entities agree on.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde_json::Value;

use crate::{DEFAULT_NAMESPACE, EntityRef, Site, TeamNamespace};

/// Our words for types, and what houses say for them.
const TYPES: [(&str, &[&str]); 10] = [
    ("service", &["backend", "microservice", "micro-service", "api", "server", "app-service", "web-service"]),
    ("website", &["frontend", "front-end", "webapp", "web-app", "web", "spa", "ui"]),
    ("library", &["lib", "package", "module", "sdk", "go-library", "java-library", "npm-package"]),
    ("tool", &["cli", "tooling", "external-tooling", "utility"]),
    ("job", &["batch", "cronjob", "worker", "scheduled-job"]),
    ("function", &["lambda", "cloud-function", "serverless"]),
    ("mobile", &["mobile-app", "android", "ios"]),
    ("infrastructure", &["infra", "terraform", "iac"]),
    ("documentation", &["docs", "doc"]),
    ("database", &["db", "postgresql", "mysql"]),
];
const LIFECYCLES: [(&str, &[&str]); 3] = [
    ("production", &["prod", "live", "stable", "ga", "released", "active", "maintained"]),
    ("experimental", &["beta", "alpha", "development", "dev", "preview", "incubating", "poc", "staging"]),
    ("deprecated", &["decommissioned", "retired", "legacy", "end-of-life", "eol", "sunset", "archived"]),
];
const SLUG: &str = "github.com/project-slug";
const TEAM: &str = "github.com/team-slug";

/// What is proposed.
#[derive(Debug, Clone, PartialEq)]
pub struct ProposedSite {
    /// The site file.
    pub site: Site,
    /// What a person should look at.
    pub notes: Vec<String>,
}

/// Proposes a site file from the entities of a catalog.
pub fn site_of(entities: &[Value]) -> ProposedSite {
    let mut site = Site::default();
    let mut notes = Vec::new();
    let of = |kind: &'static str| {
        entities.iter().filter(move |one| {
            one.get("kind").and_then(Value::as_str).is_some_and(|is| is.eq_ignore_ascii_case(kind))
        })
    };
    let spec = |one: &Value, key: &str| one.get("spec")?.get(key)?.as_str().map(str::to_owned);
    let types = count(of("Component").chain(of("Resource")).filter_map(|one| spec(one, "type")));
    let lifecycles = count(of("Component").chain(of("API")).filter_map(|one| spec(one, "lifecycle")));
    site.types = words(&types, &TYPES, "type", &mut notes);
    site.lifecycles = words(&lifecycles, &LIFECYCLES, "lifecycle", &mut notes);
    site.namespace = namespace(of("Component"));
    site.teams = teams(of("Group"));
    site.owners = team_owners(of("Group"));
    site.owners.extend(repository_owners(of("Component"), &mut notes));
    ProposedSite { site, notes }
}

impl ProposedSite {
    /// The site file as YAML, without what changes nothing.
    ///
    /// # Errors
    ///
    /// Where the values cannot be written as YAML, which texts always can.
    pub fn to_yaml(&self) -> Result<String, serde_yaml::Error> {
        let plain = serde_json::to_value(Site::default()).unwrap_or_default();
        let ours = serde_json::to_value(&self.site).unwrap_or_default();
        let kept: serde_json::Map<String, Value> = ours
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(key, value)| plain.get(key.as_str()) != Some(*value))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        if kept.is_empty() {
            return Ok("{}\n".to_owned());
        }
        serde_yaml::to_string(&kept)
    }
}

fn count(values: impl Iterator<Item = String>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for value in values {
        *counts.entry(value).or_default() += 1;
    }
    counts
}

/// The value that most have, the first of equals.
fn most<'c>(counts: impl Iterator<Item = (&'c String, &'c usize)>) -> Option<(&'c String, usize)> {
    let best = counts.max_by(|one, other| one.1.cmp(other.1).then_with(|| other.0.cmp(one.0)));
    best.map(|(value, count)| (value, *count))
}

/// For each of our words the one that the house uses more often for the same.
fn words(
    counts: &BTreeMap<String, usize>,
    known: &[(&str, &[&str])],
    field: &str,
    notes: &mut Vec<String>,
) -> IndexMap<String, String> {
    let mut words = IndexMap::new();
    for (ours, others) in known {
        let same = counts.iter().filter(|(word, _)| others.contains(&word.to_lowercase().as_str()));
        let own = counts.get(*ours).copied().unwrap_or(0);
        if let Some((word, times)) = most(same)
            && times > own
        {
            words.insert((*ours).to_owned(), word.clone());
        }
    }
    let strange = counts.iter().filter(|(word, _)| {
        let small = word.to_lowercase();
        !known.iter().any(|(ours, others)| *ours == small || others.contains(&small.as_str()))
    });
    let strange: Vec<String> = strange.map(|(word, times)| format!("`{word}` ({times})")).take(20).collect();
    if !strange.is_empty() {
        notes.push(format!("these words for `spec.{field}` stand for none of ours: {}", strange.join(", ")));
    }
    words
}

fn namespace<'e>(components: impl Iterator<Item = &'e Value>) -> Option<String> {
    let of = |one: &Value| one.pointer("/metadata/namespace").and_then(Value::as_str).map(str::to_owned);
    let counts = count(components.map(|one| of(one).unwrap_or_else(|| DEFAULT_NAMESPACE.to_owned())));
    let all: usize = counts.values().sum();
    let (name, times) = most(counts.iter())?;
    (name != DEFAULT_NAMESPACE && times * 2 > all).then(|| name.clone())
}

/// Are groups in a namespace for each organisation?
fn teams<'e>(groups: impl Iterator<Item = &'e Value>) -> TeamNamespace {
    let (mut own, mut all) = (0, 0);
    for group in groups {
        let namespace = group.pointer("/metadata/namespace").and_then(Value::as_str);
        let team = annotation(group, TEAM).and_then(|team| team.split_once('/'));
        let Some((organisation, _)) = team else { continue };
        all += 1;
        own += usize::from(namespace.is_some_and(|namespace| namespace.eq_ignore_ascii_case(organisation)));
    }
    if own * 2 > all { TeamNamespace::Organization } else { TeamNamespace::Default }
}

fn annotation<'e>(entity: &'e Value, key: &str) -> Option<&'e str> {
    entity.get("metadata")?.get("annotations")?.get(key)?.as_str()
}

/// Teams of GitHub that the catalog knows by another name.
fn team_owners<'e>(groups: impl Iterator<Item = &'e Value>) -> IndexMap<String, String> {
    let mut owners = BTreeMap::new();
    for group in groups {
        let Some(team) = annotation(group, TEAM).filter(|team| team.contains('/')) else { continue };
        let name = group.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default();
        let namespace = group.pointer("/metadata/namespace").and_then(Value::as_str);
        let same = team.rsplit('/').next().is_some_and(|slug| slug.eq_ignore_ascii_case(name));
        if let Ok(entity) = EntityRef::new("group", namespace.unwrap_or(DEFAULT_NAMESPACE), name)
            && !same
        {
            owners.insert(format!("@{team}"), entity.to_string());
        }
    }
    owners.into_iter().collect()
}

/// Repositories of which all components have one owner.
fn repository_owners<'e>(
    components: impl Iterator<Item = &'e Value>,
    notes: &mut Vec<String>,
) -> IndexMap<String, String> {
    let mut seen: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for component in components {
        let owner = component.pointer("/spec/owner").and_then(Value::as_str);
        let namespace = component.pointer("/metadata/namespace").and_then(Value::as_str);
        let slug = annotation(component, SLUG).filter(|slug| slug.split('/').count() == 2);
        let (Some(owner), Some(slug)) = (owner, slug) else { continue };
        let namespace = namespace.unwrap_or(DEFAULT_NAMESPACE);
        let Ok(owner) = EntityRef::parse_with(owner, Some("group"), Some(namespace)) else { continue };
        if !matches!(owner.name().to_lowercase().as_str(), "unknown" | "guest" | "guests" | "todo") {
            seen.entry(slug.to_owned()).or_default().push(owner.to_string());
        }
    }
    let (mut owners, mut several) = (IndexMap::new(), 0);
    for (slug, mut found) in seen {
        found.dedup();
        match found.as_slice() {
            [owner] => drop(owners.insert(slug, owner.clone())),
            _ => several += 1,
        }
    }
    if several > 0 {
        notes.push(format!(
            "{several} repositories have components of several owners; CODEOWNERS decides there"
        ));
    }
    owners
}

#[cfg(test)]
mod tests;
