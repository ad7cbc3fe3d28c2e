//! Puts the sightings of one thing together.
//!
//! Queues, topics, buckets and streams are told apart by name. Of databases and their like a repository mostly has one
//! of a technology: what declares it and what talks to it are one unless several are declared. The invariant: every
//! sighting is in one thing.

use std::collections::BTreeSet;

use super::table::Tech;
use super::{Class, Sighting};
use crate::detect::slug::slug;
use crate::{Evidence, SubjectId, TreePath};

/// A thing that was seen.
#[derive(Debug)]
pub(super) struct Thing {
    pub(super) kind: &'static str,
    pub(super) tech: Option<&'static Tech>,
    pub(super) classes: BTreeSet<Class>,
    pub(super) users: Vec<(SubjectId, Evidence)>,
    pub(super) evidence: Vec<Evidence>,
    name: Option<String>,
    /// Where each class that tells instances apart has seen it.
    instances: Vec<(Class, Option<TreePath>, Option<String>)>,
}

/// All things, in the order they were first seen.
pub(super) fn things(mut sightings: Vec<Sighting>) -> Vec<Thing> {
    // What declares and what runs a thing comes before what only uses it.
    sightings.sort_by_key(|sighting| sighting.class);
    let mut things: Vec<Thing> = Vec::new();
    for sighting in sightings {
        let at = match sighting.class {
            Class::Declared | Class::Compose => instance(&things, &sighting),
            Class::Setting | Class::Library => user(&things, &sighting),
        };
        match at.and_then(|at| things.get_mut(at)) {
            Some(thing) => thing.take(sighting),
            None => {
                let mut thing = Thing::new(&sighting);
                thing.take(sighting);
                things.push(thing);
            }
        }
    }
    things
}

/// Is it a kind of which a component has several, told apart by name?
fn is_named(kind: &str) -> bool {
    matches!(kind, "queue" | "topic" | "bucket") || kind == "stream"
}

fn same_kind(thing: &Thing, sighting: &Sighting) -> bool {
    match (thing.tech, sighting.tech) {
        (Some(one), Some(other)) => one == other,
        _ => thing.kind == sighting.kind,
    }
}

/// The thing that a declaration or a container is of.
fn instance(things: &[Thing], sighting: &Sighting) -> Option<usize> {
    let mut fitting = things.iter().enumerate().filter(|(_, thing)| same_kind(thing, sighting));
    if is_named(sighting.kind) && sighting.tech.is_none() {
        return fitting.find(|(_, thing)| same_name(thing, sighting)).map(|(at, _)| at);
    }
    let here = (sighting.class, sighting.folder.clone(), sighting.name.clone());
    let again = fitting.clone().find(|(_, thing)| thing.instances.contains(&here));
    // Another kind of place that has seen none like it yet speaks of the same thing.
    let other_class = || {
        let (at, thing) = fitting.next()?;
        let fresh = thing.instances.iter().all(|(class, _, _)| *class != sighting.class);
        (fresh && fitting.next().is_none()).then_some(at)
    };
    again.map(|(at, _)| at).or_else(other_class)
}

/// The thing that a setting or a library is about.
fn user(things: &[Thing], sighting: &Sighting) -> Option<usize> {
    let fitting: Vec<(usize, &Thing)> =
        things.iter().enumerate().filter(|(_, thing)| same_kind(thing, sighting)).collect();
    if is_named(sighting.kind) && sighting.tech.is_none() {
        return fitting.iter().find(|(_, thing)| same_name(thing, sighting)).map(|(at, _)| *at);
    }
    if let [(at, _)] = fitting.as_slice() {
        return Some(*at);
    }
    let uses = |thing: &Thing| {
        sighting.users.iter().any(|(user, _)| thing.users.iter().any(|(other, _)| other == user))
    };
    let used = fitting.iter().find(|(_, thing)| uses(thing));
    used.or_else(|| fitting.first()).map(|(at, _)| *at)
}

fn same_name(thing: &Thing, sighting: &Sighting) -> bool {
    match (&thing.name, &sighting.name) {
        (Some(one), Some(other)) => {
            let (one, other) = (bare(one), bare(other));
            one == other || one.ends_with(&format!("-{other}")) || other.ends_with(&format!("-{one}"))
        }
        _ => false,
    }
}

/// A name without the words that say what it is.
fn bare(name: &str) -> String {
    let words = name.split('-').filter(|word| {
        !matches!(
            *word,
            "queue"
                | "topic"
                | "bucket"
                | "stream"
                | "table"
                | "sqs"
                | "sns"
                | "s3"
                | "name"
                | "url"
                | "arn"
                | "address"
        )
    });
    words.collect::<Vec<_>>().join("-")
}

impl Thing {
    fn new(sighting: &Sighting) -> Self {
        Self {
            kind: sighting.kind,
            tech: sighting.tech,
            classes: BTreeSet::new(),
            users: Vec::new(),
            evidence: Vec::new(),
            name: None,
            instances: Vec::new(),
        }
    }

    fn take(&mut self, sighting: Sighting) {
        self.classes.insert(sighting.class);
        self.tech = self.tech.or(sighting.tech);
        if matches!(sighting.class, Class::Declared | Class::Compose) {
            self.instances.push((sighting.class, sighting.folder, sighting.name.clone()));
        }
        self.name = self.name.take().or(sighting.name);
        for (user, evidence) in sighting.users {
            if self.users.iter().all(|(known, _)| *known != user) {
                self.users.push((user, evidence));
            }
        }
        if !self.evidence.contains(&sighting.evidence) {
            self.evidence.push(sighting.evidence);
        }
    }

    /// Was it seen in a place of that kind?
    pub(super) fn class(&self, class: Class) -> bool {
        self.classes.contains(&class)
    }

    /// The only component that uses it.
    pub(super) fn single_user(&self) -> Option<SubjectId> {
        match self.users.as_slice() {
            [(only, _)] => Some(*only),
            _ => None,
        }
    }

    /// Its name as an entity: `<owner>-<role>`. `alone`: the owner has no other of that type.
    pub(super) fn full_name(&self, owner: &str, alone: bool) -> String {
        let word = match self.kind {
            "database" => "db",
            "search-index" => "search",
            "message-broker" => "broker",
            kind => kind,
        };
        let own = self.name.as_deref().map(bare).unwrap_or_default();
        let tech = self.tech.map(|tech| tech.name).unwrap_or_default();
        let says_nothing = own.is_empty() || is_generic(&own, tech);
        let role = match (says_nothing, alone, tech) {
            (true, true, _) | (true, _, "") => word.to_owned(),
            (true, false, tech) => tech.to_owned(),
            (false, ..)
                if own.ends_with(word)
                    || own.ends_with(tech) && !tech.is_empty()
                    || own.ends_with("database") =>
            {
                own.clone()
            }
            (false, ..) => format!("{own}-{word}"),
        };
        // A name that begins like its owner's needs it no second time.
        let first = |name: &str| name.split('-').next().map(str::to_owned);
        if owner.is_empty() || role.contains('-') && first(&role) == first(owner) {
            slug(&role)
        } else {
            slug(&format!("{owner}-{role}"))
        }
    }
}

/// Does a name say no more than what everybody calls such a thing?
fn is_generic(name: &str, tech: &str) -> bool {
    let short = name.replace("-sql", "").replace("sql", "");
    let words = [
        "db",
        "database",
        "data",
        "main",
        "this",
        "default",
        "primary",
        "cache",
        "redis",
        "mongo",
        "mongodb",
        "postgres",
        "postgresql",
        "postgre",
        "pg",
        "my",
        "mysql",
        "mariadb",
        "mssql",
        "elastic",
        "elasticsearch",
        "opensearch",
        "kafka",
        "rabbitmq",
        "broker",
        "messaging",
        "mq",
        "server",
        "instance",
        "cluster",
        "search",
        "store",
        "storage",
        "bucket",
        "queue",
        "topic",
        "stream",
    ];
    name == tech
        || name.split('-').all(|word| words.contains(&word) || word.chars().all(|c| c.is_ascii_digit()))
        || words.contains(&short.as_str())
}
