//! Detector `dependencies`: which components of a repository need which others.
//!
//! Packages that name each other, services of compose files that use each other, and settings whose value or name is
//! another component's. What components need beside each other is found by `resources`. The invariant: a component
//! never depends on itself, and no pair is told twice.

mod packages;
mod settings;

use std::collections::{BTreeMap, HashSet};

use super::compose::{self, Service};
use super::near::Near;
use super::slug::slug;
use super::{Detector, Interest};
use crate::{Claim, Confidence, Edge, Evidence, Findings, Material, Relation, Site, SubjectId, Target};

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    name: "dependencies",
    finds: "components that need other components of the repository: package graphs, compose, settings that name them",
    limits: "calls whose address is only known at run time, and components of other repositories, are not seen",
    reads: &[
        Interest::Name("docker-compose.yml"),
        Interest::Name("docker-compose.yaml"),
        Interest::Name("compose.yml"),
        Interest::Name("compose.yaml"),
        Interest::Name(".env.example"),
        Interest::Name(".env.sample"),
        Interest::Name(".env.template"),
        Interest::Name(".env.dist"),
        Interest::Name("values.yaml"),
        Interest::Sniff(".yaml"),
    ],
    run,
};

/// Edges in the making, each pair with its surest reason first.
#[derive(Default)]
struct Edges(BTreeMap<(SubjectId, SubjectId), (Confidence, Vec<Evidence>)>);

impl Edges {
    fn add(&mut self, from: SubjectId, to: SubjectId, confidence: Confidence, evidence: Evidence) {
        if from == to {
            return;
        }
        let edge = self.0.entry((from, to)).or_insert((confidence, Vec::new()));
        edge.0 = edge.0.max(confidence);
        if edge.1.len() < 4 && !edge.1.contains(&evidence) {
            edge.1.push(evidence);
        }
    }
}

fn run(material: &Material<'_>, _site: &Site, findings: &mut Findings) {
    let near = Near::of(findings);
    let mut edges = Edges::default();
    packages::link(material, findings, &near, &mut edges);
    if near.all().len() > 1 {
        let names = Names::of(material, findings, &near);
        composed(&compose::read(material), &near, &names, &mut edges);
        settings::link(material, &near, &names, &mut edges);
        gateway(findings, &near, &mut edges);
    }
    let known: HashSet<(SubjectId, SubjectId)> = findings
        .edges
        .iter()
        .filter(|edge| edge.relation == Relation::DependsOn)
        .filter_map(|edge| match edge.to {
            Target::Subject(to) => Some((edge.from, to)),
            Target::Entity(_) => None,
        })
        .collect();
    let told = |evidence: &[Evidence]| evidence.iter().all(|one| one.rule == settings::RULE);
    let firm: HashSet<(SubjectId, SubjectId)> =
        edges.0.iter().filter(|(_, (_, evidence))| !told(evidence)).map(|(pair, _)| *pair).collect();
    for ((from, to), (confidence, evidence)) in edges.0 {
        // What a thing needs may well be told where it itself is, to be called back or to write links.
        let back = told(&evidence) && firm.contains(&(to, from));
        let confidence = if back { Confidence::Guess } else { confidence };
        if !known.contains(&(from, to)) {
            let (relation, to) = (Relation::DependsOn, Target::Subject(to));
            findings.edges.push(Edge { from, relation, to, confidence, evidence });
        }
    }
}

/// How settings may call a component.
struct Names(BTreeMap<String, SubjectId>);

impl Names {
    /// Names and folders, with and without the repository's name before and `service` behind. A form that two
    /// components share is neither's.
    fn of(material: &Material<'_>, findings: &Findings, near: &Near) -> Self {
        let url = material
            .about
            .remote
            .as_ref()
            .map(|remote| remote.url.trim_end_matches('/').trim_end_matches(".git"));
        let repository = url.and_then(|url| url.rsplit('/').next()).map(slug).unwrap_or_default();
        let mut forms: BTreeMap<String, Option<SubjectId>> = BTreeMap::new();
        for id in near.all() {
            let Some(subject) = findings.subject(*id) else { continue };
            let name = subject.best("metadata.name").and_then(Claim::text);
            let folder = subject.folder.as_ref().map(crate::TreePath::file_name);
            let mut own: HashSet<String> = HashSet::new();
            for name in name.into_iter().chain(folder).map(slug) {
                let short = name.strip_prefix(&format!("{repository}-")).unwrap_or(&name).to_owned();
                for form in [name, short] {
                    let ends = ["-service", "-svc", "-server", "-backend", "-app"];
                    let bare = ends.into_iter().find_map(|end| form.strip_suffix(end)).map(str::to_owned);
                    own.extend(bare);
                    own.insert(form);
                }
            }
            for form in own.into_iter().filter(|form| form.len() > 2) {
                forms.entry(form).and_modify(|other| *other = None).or_insert(Some(*id));
            }
        }
        Self(forms.into_iter().filter_map(|(form, id)| Some((form, id?))).collect())
    }

    fn get(&self, name: &str) -> Option<SubjectId> {
        self.0.get(name).copied()
    }
}

/// Services of components that need services of other components.
fn composed(services: &[Service], near: &Near, names: &Names, edges: &mut Edges) {
    for service in services {
        let Some(from) = service.component(near) else { continue };
        for other in services.iter().filter(|other| other.file.parent() == service.file.parent()) {
            if !service.uses(other) {
                continue;
            }
            let Some(to) = other.component(near) else { continue };
            let seen = format!("the service `{}` needs `{}`", service.name, other.name);
            let evidence = Evidence::at(&service.file, service.line, "dependencies.compose", seen);
            edges.add(from, to, Confidence::Likely, evidence);
        }
        for (name, value) in &service.environment {
            let Some(to) = settings::target(name, value, names) else { continue };
            let seen = format!("the setting `{name}` of `{}`", service.name);
            edges.add(
                from,
                to,
                Confidence::Likely,
                Evidence::at(&service.file, service.line, settings::RULE, seen),
            );
        }
    }
}

/// Web pages call the one gateway before several services.
fn gateway(findings: &Findings, near: &Near, edges: &mut Edges) {
    let text =
        |id: SubjectId, field: &str| findings.subject(id).and_then(|subject| subject.best(field)?.text());
    let is = |id: &&SubjectId, kind: &str| text(**id, "spec.type") == Some(kind);
    let services: Vec<&SubjectId> = near.all().iter().filter(|id| is(id, "service")).collect();
    let named = |id: &&&SubjectId| {
        let name = text(***id, "metadata.name").map(slug).unwrap_or_default();
        name.split('-').any(|word| matches!(word, "gateway" | "bff"))
    };
    let mut gateways = services.iter().filter(named);
    let (Some(gateway), None) = (gateways.next(), gateways.next()) else { return };
    if services.len() < 3 {
        return;
    }
    for page in near.all().iter().filter(|id| is(id, "website")) {
        let name = text(**gateway, "metadata.name").unwrap_or_default();
        let seen =
            format!("a website beside the only gateway, `{name}`, before {} services", services.len() - 1);
        edges.add(
            *page,
            **gateway,
            Confidence::Likely,
            Evidence::of_repository("dependencies.gateway", seen),
        );
    }
}

#[cfg(test)]
mod tests;
