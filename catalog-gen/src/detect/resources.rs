//! Detector `resources`: databases, caches, brokers, queues, topics, buckets and search indexes that components use.
//!
//! Each place that speaks of such a thing is a sighting; sightings of one thing are put together, and one thing needs
//! a declaration or two kinds of sightings that do not rest on each other to be more than a guess: a container in a
//! compose file alone may only help developers. It knows no running system. The invariant: one resource for one
//! logical thing, with a type from a fixed list.

mod cloud;
mod gather;
mod join;
mod settings;
mod table;

use std::collections::HashMap;

use super::near::Near;
use super::slug::slug;
use super::{Detector, Interest};
use crate::{
    Claim, Confidence, Edge, Evidence, Findings, Material, Relation, Site, Subject, SubjectId, SubjectKind,
    Target, TreePath,
};
use join::Thing;

/// The most resources of one repository; more are declarations for many others.
const MOST: usize = 40;

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    name: "resources",
    finds: "databases, caches, queues, topics, buckets, streams, search indexes: compose, Helm, Kubernetes, operators, \
            Terraform, CloudFormation, SAM, CDK, Serverless; settings and client libraries corroborate",
    limits: "expressions of infrastructure code are not worked out; what only a compose file names is a suggestion",
    reads: &[
        Interest::Name("docker-compose.yml"),
        Interest::Name("docker-compose.yaml"),
        Interest::Name("compose.yml"),
        Interest::Name("compose.yaml"),
        Interest::Name("Chart.yaml"),
        Interest::Name("values.yaml"),
        Interest::Name("serverless.yml"),
        Interest::Name("serverless.yaml"),
        Interest::Name("template.yaml"),
        Interest::Name("template.yml"),
        Interest::Name(".env.example"),
        Interest::Name(".env.sample"),
        Interest::Name(".env.template"),
        Interest::Name(".env.dist"),
        Interest::Name("application.yml"),
        Interest::Name("application.yaml"),
        Interest::Name("application.properties"),
        Interest::Name("appsettings.json"),
        Interest::Suffix("stack.ts"),
        Interest::Suffix("stack.py"),
        Interest::Suffix("Stack.java"),
        Interest::Suffix("Stack.cs"),
        Interest::Sniff(".tf"),
        Interest::Sniff(".yaml"),
        Interest::Sniff(".yml"),
    ],
    run,
};

/// What kind of place speaks of a thing. Two of different kinds do not rest on each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Class {
    /// It is made by what is deployed: infrastructure code, charts, manifests.
    Declared,
    /// A container for developers.
    Compose,
    /// The component is told where it is.
    Setting,
    /// The component can talk to it.
    Library,
}

/// One place that speaks of a thing.
#[derive(Debug)]
struct Sighting {
    /// `spec.type`.
    kind: &'static str,
    tech: Option<&'static table::Tech>,
    class: Class,
    /// What it is called there.
    name: Option<String>,
    /// The folder whose compose file it is in; services of one name in one folder are one.
    folder: Option<TreePath>,
    /// Components that use it, each with the reason.
    users: Vec<(SubjectId, Evidence)>,
    evidence: Evidence,
}

fn run(material: &Material<'_>, _site: &Site, findings: &mut Findings) {
    let near = Near::of(findings);
    let sightings = gather::all(material, findings, &near);
    let mut things = join::things(sightings);
    for thing in &mut things {
        if let (true, Some(only)) = (thing.users.is_empty() && thing.class(Class::Declared), near.only()) {
            let evidence = thing.evidence.first().cloned();
            thing.users.extend(evidence.map(|evidence| (only, evidence)));
        }
    }
    if things.len() > MOST {
        let seen = format!("{} resources; the first {MOST} were kept", things.len());
        findings.notes.push(Evidence::of_repository("resources.too-many", seen));
        things.truncate(MOST);
    }
    let base = base(material, findings, &near);
    let mut kinds: HashMap<(Option<SubjectId>, &'static str), usize> = HashMap::new();
    for thing in &things {
        *kinds.entry((thing.single_user(), thing.kind)).or_default() += 1;
    }
    for thing in things {
        let alone = kinds.get(&(thing.single_user(), thing.kind)) == Some(&1);
        add(findings, &base, thing, alone);
    }
}

/// What resources that several components share are called after.
fn base(material: &Material<'_>, findings: &Findings, near: &Near) -> String {
    let system =
        findings.of(SubjectKind::System).find_map(|(_, subject)| subject.best("metadata.name")?.text());
    let only = near.only().and_then(|id| findings.subject(id)?.best("metadata.name")?.text());
    let remote = material.about.remote.as_ref().map(|remote| remote.url.trim_end_matches(".git"));
    let repository = remote.and_then(|url| url.trim_end_matches('/').rsplit('/').next());
    system.or(only).or(repository).map(slug).unwrap_or_default()
}

fn add(findings: &mut Findings, base: &str, thing: Thing, alone: bool) {
    let Some((first, rest)) = thing.evidence.split_first() else { return };
    let single = thing.single_user().and_then(|id| findings.subject(id));
    let owner = single
        .and_then(|subject| subject.best("metadata.name")?.text())
        .map_or_else(|| base.to_owned(), slug);
    let folder = single.and_then(|subject| subject.folder.clone());
    let sure = confidence(findings, &thing);
    let mut existence = Claim::new(true, sure, first.clone());
    for more in rest.iter().take(5) {
        existence = existence.and(more.clone());
    }
    let mut resource = Subject::new(SubjectKind::Resource, folder, existence);
    let name = thing.full_name(&owner, alone);
    resource.claim("metadata.name", Claim::new(name, Confidence::Likely, first.clone()));
    resource.claim("spec.type", Claim::new(thing.kind, sure.max(Confidence::Likely), first.clone()));
    if let Some(tech) = thing.tech {
        resource.claim("metadata.tags", Claim::new(tech.name, Confidence::Likely, first.clone()));
    }
    let to = findings.add(resource);
    for (from, evidence) in thing.users {
        let (relation, evidence) = (Relation::DependsOn, vec![evidence]);
        findings.edges.push(Edge { from, relation, to: Target::Subject(to), confidence: sure, evidence });
    }
}

/// How sure it is that there is such a thing beside the code.
fn confidence(findings: &Findings, thing: &Thing) -> Confidence {
    let kind = |id: SubjectId| findings.subject(id).and_then(|subject| subject.best("spec.type")?.text());
    let used = thing.users.iter().any(|(user, evidence)| match kind(*user) {
        Some("library" | "documentation" | "template") => false,
        // A tool that runs as a container beside the thing is run like a service.
        Some("tool" | "other") => evidence.rule == gather::COMPOSE_USER,
        _ => true,
    });
    let declared = thing.class(Class::Declared) && (used || thing.users.is_empty());
    let corroborated = used && thing.classes.len() > 1;
    if declared || corroborated { Confidence::Likely } else { Confidence::Guess }
}

#[cfg(test)]
mod tests;
