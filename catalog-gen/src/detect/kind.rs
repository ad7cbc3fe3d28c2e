//! Detector `kind`: whether a component is a service, a website, a library, a tool, or something else.
//!
//! A decision table over the signs of the component, the most telling row first; the house words of a site are put in
//! later. It does not look at the name but to break a tie. The invariant: every component gets one claim at least.

use crate::detect::frameworks::Role;
use crate::detect::{Detector, components};
use crate::{
    Claim, Confidence, Evidence, Findings, Material, Package, Site, Subject, SubjectId, SubjectKind,
};

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    name: "kind",
    finds: "the type of a component: service, website, library, tool, mobile-app, function, infrastructure, ...",
    limits: "house words need `types` in the site file; what starts nothing and publishes nothing is only guessed at",
    reads: &[],
    run,
};

fn run(material: &Material<'_>, _: &Site, findings: &mut Findings) {
    for id in findings.ids(SubjectKind::Component) {
        let Some(claim) = findings.subject(id).map(|subject| decide(material, findings, id, subject)) else {
            continue;
        };
        if let Some(subject) = findings.subject_mut(id) {
            subject.claim("spec.type", claim);
        }
    }
}

fn decide(_material: &Material<'_>, findings: &Findings, id: SubjectId, subject: &Subject) -> Claim {
    let packages = components::packages_of(findings, id, subject.folder.as_ref());
    let sign = |name: &str| subject.signs.get(name).cloned();
    let role = |role: Role| sign(&format!("role:{}", role.word()));
    let deployed = sign("deployed");
    let published =
        packages.iter().find_map(|package| because(package, package.published.as_ref()?, "published"));
    let program =
        packages.iter().find_map(|package| because(package, package.program.as_ref()?, "a program"));
    use Confidence::{Guess, Likely};
    if let Some(found) = role(Role::Extension) {
        return Claim::new("library", Likely, found);
    }
    if let (Some(found), Some(deployed)) = (role(Role::Server), &deployed) {
        return Claim::new("service", Likely, found).and(deployed.clone());
    }
    if let Some(found) = role(Role::Website).or_else(|| role(Role::Frontend)) {
        return Claim::new("website", Likely, found);
    }
    if let Some(found) = role(Role::Server) {
        return Claim::new("service", Likely, found);
    }
    if let Some(deployed) = deployed {
        return Claim::new("service", Likely, deployed);
    }
    if let Some(found) = program {
        return Claim::new("tool", Likely, found);
    }
    if let Some(found) = published {
        return Claim::new("library", Likely, found);
    }
    Claim::new(
        "library",
        Guess,
        Evidence::of_repository("kind.rest", "nothing starts and nothing is deployed here"),
    )
}

fn because(package: &Package, said: &crate::Said, what: &str) -> Option<Evidence> {
    Some(Evidence::at(&package.file, said.line, "kind.manifest", format!("{what}: `{}`", said.text)))
}
