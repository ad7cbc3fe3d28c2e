//! Detector `system`: what the components of a repository are parts of.
//!
//! A system that people declared, else the repository itself where several of its parts are deployed. A part-of label
//! and a topic are suggestions, for they may name what others own. It does not look at other repositories. The
//! invariant: every component, API and resource is part of one system at most.

use super::kubernetes::manifests;
use super::near::Near;
use super::slug::slug;
use super::{Detector, Interest};
use crate::{
    Claim, Confidence, DEFAULT_NAMESPACE, Edge, EntityRef, Entry, Evidence, Findings, Material, Relation,
    Site, Subject, SubjectId, SubjectKind, Target, TreePath, is_foreign, parse_documents,
};

const LABEL: &str = "app.kubernetes.io/part-of";

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    name: "system",
    finds: "the system: declared by people, or the repository of several deployed parts; labels and topics suggest one",
    limits: "systems that go over several repositories are not seen",
    reads: &[
        Interest::Name("catalog-info.yaml"),
        Interest::Name("catalog-info.yml"),
        Interest::Sniff(".yaml"),
    ],
    run,
};

fn run(material: &Material<'_>, _site: &Site, findings: &mut Findings) {
    let (target, confidence, evidence) = match declared(material) {
        Some((system, evidence)) => (Target::Entity(system), Confidence::Likely, evidence),
        None => match own(material, findings) {
            Some((id, evidence)) => (Target::Subject(id), Confidence::Likely, evidence),
            None => match labelled(material).or_else(|| topical(material)) {
                Some((system, evidence)) => (Target::Entity(system), Confidence::Guess, evidence),
                None => return,
            },
        },
    };
    for kind in [SubjectKind::Component, SubjectKind::Api, SubjectKind::Resource] {
        for from in findings.ids(kind) {
            let edge = Edge {
                from,
                relation: Relation::PartOf,
                to: target.clone(),
                confidence,
                evidence: vec![evidence.clone()],
            };
            findings.edges.push(edge);
        }
    }
}

/// The one system that catalog files of people declare.
fn declared(material: &Material<'_>) -> Option<(EntityRef, Evidence)> {
    let files = material.files.iter().filter(|(path, entry)| {
        let name = path.file_name().to_ascii_lowercase();
        matches!(entry, Entry::File(_))
            && matches!(name.as_str(), "catalog-info.yaml" | "catalog-info.yml")
            && !is_foreign(path)
            && !super::paths::is_side(path)
    });
    let mut found: Option<(EntityRef, Evidence)> = None;
    for (path, _) in files {
        let Some(text) = material.text(path) else { continue };
        for document in parse_documents(text).into_iter().flatten() {
            let get = |pointer: &str| document.value.pointer(pointer).and_then(serde_json::Value::as_str);
            if get("/kind") != Some("System") {
                continue;
            }
            let (name, namespace) =
                (get("/metadata/name")?, get("/metadata/namespace").unwrap_or(DEFAULT_NAMESPACE));
            let line = u32::try_from(document.line).ok();
            let evidence =
                Evidence::at(path, line, "system.declared", format!("the System `{name}` is declared here"));
            let system = EntityRef::new("system", namespace, name).ok()?;
            if found.replace((system, evidence)).is_some() {
                return None;
            }
        }
    }
    found
}

/// The repository as a system: where two of its parts at least are deployed for themselves.
fn own(material: &Material<'_>, findings: &mut Findings) -> Option<(SubjectId, Evidence)> {
    let near = Near::of(findings);
    let runs = |id: &&SubjectId| {
        let kind = findings.subject(**id).and_then(|subject| subject.best("spec.type")?.text());
        !matches!(kind, Some("library" | "tool" | "documentation" | "template" | "other"))
    };
    let parts = near.all().iter().filter(runs).count();
    let url = material.about.remote.as_ref()?.url.trim_end_matches('/').trim_end_matches(".git");
    let name = url.rsplit('/').next().map(slug).filter(|name| !name.is_empty() && parts > 1)?;
    let evidence =
        Evidence::of_repository("system.parts", format!("{parts} parts of the repository are deployed"));
    let claim = |value: &str| Claim::new(value, Confidence::Likely, evidence.clone());
    let mut system =
        Subject::new(SubjectKind::System, None, Claim::new(true, Confidence::Likely, evidence.clone()));
    system.claim("metadata.name", claim(&name));
    if let Some(description) = &material.about.description {
        let evidence = Evidence::of_repository("system.description", "the description of the repository");
        system.claim("metadata.description", Claim::new(description.clone(), Confidence::Likely, evidence));
    }
    Some((findings.add(system), evidence))
}

/// What labels of Kubernetes say that it is part of.
fn labelled(material: &Material<'_>) -> Option<(EntityRef, Evidence)> {
    let yaml = |path: &TreePath| path.file_name().ends_with(".yaml") || path.file_name().ends_with(".yml");
    let files = material
        .files
        .iter()
        .filter(|(path, _)| yaml(path) && !is_foreign(path) && !super::paths::is_side(path));
    for (path, _) in files {
        let Some(text) = material.text(path).filter(|text| text.contains(LABEL)) else { continue };
        for manifest in manifests(text) {
            if let Some((name, line)) = manifest.pair(LABEL) {
                let evidence = Evidence::at(path, Some(line), "system.label", format!("the label `{LABEL}`"));
                return Some((EntityRef::new("system", DEFAULT_NAMESPACE, &slug(name)).ok()?, evidence));
            }
        }
    }
    None
}

/// A topic such as `system-shop`.
fn topical(material: &Material<'_>) -> Option<(EntityRef, Evidence)> {
    let topics = &material.about.topics;
    let (topic, name) = topics.iter().find_map(|topic| Some((topic, topic.strip_prefix("system-")?)))?;
    let evidence = Evidence::of_repository("system.topic", format!("the topic `{topic}`"));
    Some((EntityRef::new("system", DEFAULT_NAMESPACE, name).ok()?, evidence))
}

#[cfg(test)]
mod tests {
    use super::DETECTOR;
    use crate::detect::tests::repository::{Repository, edges, subjects};
    use crate::{CodeHost, Relation, Remote, SubjectKind};

    fn shop(files: &[(&str, &str)], components: &[(&str, &str)]) -> Repository {
        let mut repository = Repository::new(files);
        let url = "https://github.com/acme/Shop_App".to_owned();
        repository.about.remote = Some(Remote { url, revision: "main".to_owned(), host: CodeHost::GitHub });
        for (folder, kind) in components {
            repository.component(folder, folder, kind);
        }
        repository
    }

    #[test]
    fn a_repository_of_several_deployed_parts_is_a_system() {
        let findings =
            shop(&[], &[("cart", "service"), ("web", "website"), ("lib", "library")]).run(&DETECTOR);

        assert_eq!(subjects(&findings, SubjectKind::System), ["- shop-app Likely"]);
        assert_eq!(edges(&findings, Relation::PartOf).len(), 3);
        let one = shop(&[], &[("cart", "service"), ("lib", "library")]).run(&DETECTOR);
        assert_eq!((subjects(&one, SubjectKind::System).len(), one.edges.len()), (0, 0));
    }

    #[test]
    fn a_declared_system_goes_before_and_two_are_nobodys() {
        let system = |name: &str| {
            format!(
                "apiVersion: backstage.io/v1alpha1\nkind: System\nmetadata:\n  name: {name}\nspec:\n  owner: x\n"
            )
        };
        let parts = [("cart", "service"), ("web", "website")];
        let one = shop(&[("catalog-info.yaml", &system("retail"))], &parts).run(&DETECTOR);
        assert_eq!(edges(&one, Relation::PartOf)[0], "cart -> system:default/retail Likely");
        assert_eq!(subjects(&one, SubjectKind::System).len(), 0);

        let two = format!("{}---\n{}", system("a"), system("b"));
        let two = shop(&[("catalog-info.yaml", &two)], &[("cart", "service")]).run(&DETECTOR);
        assert_eq!(two.edges.len(), 0);
    }

    #[test]
    fn labels_and_topics_suggest_a_system() {
        let manifest = "apiVersion: v1\nkind: Service\nmetadata:\n  name: x\n  labels:\n    app.kubernetes.io/part-of: retail\n";
        let labelled = shop(&[("k8s/x.yaml", manifest)], &[("cart", "service")]).run(&DETECTOR);
        assert_eq!(edges(&labelled, Relation::PartOf), ["cart -> system:default/retail Guess"]);

        let mut topical = shop(&[], &[("cart", "service")]);
        topical.about.topics = vec!["rust".to_owned(), "system-retail".to_owned()];
        assert_eq!(edges(&topical.run(&DETECTOR), Relation::PartOf), ["cart -> system:default/retail Guess"]);
    }
}
