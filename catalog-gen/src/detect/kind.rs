//! Detector `kind`: whether a component is a service, a website, a library, a tool, or something else.
//!
//! A decision table over what the component's own manifests say and how it is shipped: the most telling row first. The
//! manifests nearest to the component's folder speak; deeper ones only where those say nothing. House words of a site
//! are put in later. The invariant: every component gets one claim.

mod facts;

use crate::detect::frameworks::Role;
use crate::detect::{Detector, components};
use crate::{Claim, Confidence, Evidence, Findings, Material, Site, Subject, SubjectId, SubjectKind};
use facts::Facts;

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    name: "kind",
    finds: "the type of a component: service, website, library, tool, mobile-app, desktop-app, infrastructure, documentation",
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

fn decide(material: &Material<'_>, findings: &Findings, id: SubjectId, subject: &Subject) -> Claim {
    let packages = components::packages_of(findings, id, subject.folder.as_ref());
    let name = subject.best("metadata.name").and_then(Claim::text).unwrap_or_default().to_ascii_lowercase();
    let mut depths: Vec<usize> = packages.iter().map(|package| components::depth_of(package)).collect();
    depths.dedup();
    for depth in depths {
        let level = packages.iter().copied().filter(|package| components::depth_of(package) == depth);
        let facts = Facts::of(material, subject, &name, level.collect());
        if let Some(claim) = by_packages(&facts) {
            return claim;
        }
    }
    by_files(material, findings, subject, &name)
}

/// What the manifests say.
fn by_packages(facts: &Facts<'_>) -> Option<Claim> {
    let likely = |word: &str, evidence: Evidence| Some(Claim::new(word, Confidence::Likely, evidence));
    let role = |role: Role| facts.role(role);
    let deployed = || facts.sign("deployed");
    for (role_of, word) in [
        (Role::Provider, "tool"),
        (Role::Mobile, "mobile-app"),
        (Role::Desktop, "desktop-app"),
        (Role::Infrastructure, "infrastructure"),
    ] {
        if let Some(found) =
            role(role_of).filter(|_| !facts.plays(&[Role::Server, Role::Website, Role::Frontend]))
        {
            return likely(word, found);
        }
    }
    let pages = || role(Role::Website).or_else(|| role(Role::Frontend)).or_else(|| role(Role::Widgets));
    if facts.is_called_a_page
        && let Some(found) = pages().or_else(|| facts.views()).or_else(deployed)
    {
        return likely("website", found);
    }
    if let Some(found) = facts.published().filter(|_| deployed().is_none() && !facts.starts()) {
        let program = facts.program().filter(|_| facts.plays(&[Role::Cli]) && !facts.plays(&[Role::Server]));
        return match program {
            Some(program) => likely("tool", program),
            None => likely("library", found),
        };
    }
    if let Some(found) = role(Role::Server) {
        return match facts.views().filter(|_| !facts.answers_data()) {
            Some(views) => likely("website", views),
            None => likely("service", found),
        };
    }
    if let Some(found) = role(Role::Website).or_else(|| role(Role::Frontend)) {
        return likely("website", found);
    }
    if let Some(found) = role(Role::Extension) {
        return likely("library", found);
    }
    if let Some(found) = role(Role::Function).or_else(|| role(Role::Worker)) {
        return likely("service", found);
    }
    let answers =
        ["listens", "deployed:kubernetes", "deployed:helm"].iter().any(|sign| facts.sign(sign).is_some());
    if let Some(found) = role(Role::Cli).filter(|_| !answers).or_else(|| facts.released_program()) {
        return likely("tool", found);
    }
    if let Some(found) = role(Role::Widgets).filter(|_| facts.published().is_none()) {
        return likely("website", found);
    }
    if let Some(found) = deployed() {
        return likely("service", found);
    }
    if let Some(found) = facts.program().filter(|_| !facts.has_programs_beside()) {
        return likely("tool", found);
    }
    facts
        .published()
        .or_else(|| facts.without_program())
        .map(|found| Claim::new("library", Confidence::Likely, found))
}

/// What there is where no manifest says anything.
fn by_files(material: &Material<'_>, findings: &Findings, subject: &Subject, name: &str) -> Claim {
    let folder = subject.folder.as_ref();
    let leading = findings.languages.first().map(|language| language.name.as_str()).unwrap_or_default();
    let in_folder = |wanted: &str| facts::file_in(material, folder, wanted);
    if leading == "HCL" {
        let seen = Evidence::of_repository("kind.terraform", "most of the code is Terraform");
        let is_module = name.contains("module") || name.starts_with("terraform-");
        return Claim::new(if is_module { "library" } else { "infrastructure" }, Confidence::Likely, seen);
    }
    if let Some(found) = subject.signs.get("deployed") {
        return Claim::new("service", Confidence::Likely, found.clone());
    }
    if let Some(page) = in_folder("index.html") {
        let seen = Evidence::at(&page, None, "kind.page", "a page to begin with");
        return Claim::new("website", Confidence::Likely, seen);
    }
    if let Some(action) = in_folder("action.yml").or_else(|| in_folder("action.yaml")) {
        let seen = Evidence::at(&action, None, "kind.action", "an action for workflows");
        return Claim::new("tool", Confidence::Likely, seen);
    }
    let nothing = Evidence::of_repository("kind.rest", "nothing starts and nothing is deployed here");
    let documented = findings.languages.is_empty()
        && material.listing.iter().any(|file| file.path.file_name().to_ascii_lowercase().ends_with(".md"));
    Claim::new(if documented { "documentation" } else { "library" }, Confidence::Guess, nothing)
}

#[cfg(test)]
mod tests;
