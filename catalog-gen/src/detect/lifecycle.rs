//! Detector `lifecycle`: whether something is in use, being tried, or on its way out.
//!
//! An archive or a notice says deprecated; a template, a trial in the readme's own words or a version that was never
//! released says experimental; all else is in production. It knows no tickets and no traffic. The invariant: a component
//! and an API get one claim at least, and a notice counts only where it speaks of the whole.

use crate::detect::{Detector, components};
use crate::{Claim, Confidence, Evidence, Findings, Material, Site, SubjectKind, TreePath};

/// How many lines of a readme may hold a notice.
const HEAD: usize = 30;

/// Words of a notice that something is given up.
const GIVEN_UP: [&str; 14] = [
    "is deprecated",
    "been deprecated",
    "[deprecated]",
    "(deprecated)",
    "**deprecated",
    "deprecated:",
    "# deprecated",
    "no longer maintained",
    "not maintained anymore",
    "unmaintained",
    "is archived",
    "been archived",
    "been decommissioned",
    "end of life",
];
/// Words of a notice that something is being tried.
const TRIED: [&str; 15] = [
    "proof of concept",
    "proof-of-concept",
    "is experimental",
    "experimental project",
    "(experimental)",
    "experiment ",
    "work in progress",
    "work-in-progress",
    "not production ready",
    "not production-ready",
    "not ready for production",
    "under heavy development",
    "early development",
    "early stage",
    "highly experimental",
];
/// Words in the name of a repository, or at the beginning of what it says of itself, that is there to be looked at or to
/// begin with.
const SHOWN: [&str; 15] = [
    "boilerplate",
    "template",
    "starter",
    "skeleton",
    "poc",
    "prototype",
    "experiment",
    "playground",
    "sandbox",
    "spike",
    "demo",
    "demonstration",
    "sample",
    "example",
    "workshop",
];
/// How many words of the description count as its beginning.
const BEGINNING: usize = 4;

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    name: "lifecycle",
    finds: "whether components and APIs are in production, experimental or deprecated",
    limits: "use is not measured: what nothing speaks against counts as in production",
    reads: &[],
    run,
};

fn run(material: &Material<'_>, _: &Site, findings: &mut Findings) {
    let whole = whole(material);
    for kind in [SubjectKind::Component, SubjectKind::Api] {
        for id in findings.ids(kind) {
            let Some(subject) = findings.subject(id) else { continue };
            let folder = subject.folder.clone();
            let mut claims: Vec<Claim> = whole.iter().cloned().collect();
            claims.extend(folder.as_ref().and_then(|folder| notice(material, Some(folder))));
            claims.extend(notice(material, None));
            claims.extend(shown(material, folder.as_ref()).or_else(|| shown(material, None)));
            claims.extend(by_version(material, findings, id, folder.as_ref()));
            let evidence =
                Evidence::of_repository("lifecycle.rest", "nothing says that it is tried or given up");
            claims.push(Claim::new("production", Confidence::Likely, evidence));
            let Some(subject) = findings.subject_mut(id) else { continue };
            for claim in claims {
                subject.claim("spec.lifecycle", claim);
            }
        }
    }
}

/// What the host says, and the repository's name.
fn whole(material: &Material<'_>) -> Option<Claim> {
    let about = material.about;
    if about.archived {
        let evidence = Evidence::of_repository("lifecycle.archived", "the repository is archived");
        return Some(Claim::new("deprecated", Confidence::Certain, evidence));
    }
    if about.template {
        let evidence = Evidence::of_repository("lifecycle.template", "it is a template repository");
        return Some(Claim::new("experimental", Confidence::Likely, evidence));
    }
    let name = about.remote.as_ref()?.name().to_ascii_lowercase();
    let word = name.split(['-', '_', '.']).find(|word| SHOWN.contains(word))?;
    let evidence =
        Evidence::of_repository("lifecycle.name", format!("the repository's name has the word `{word}`"));
    Some(Claim::new("experimental", Confidence::Likely, evidence))
}

/// What a readme says of its thing with its first words: "A sample application", "A starting point for".
fn shown(material: &Material<'_>, folder: Option<&TreePath>) -> Option<Claim> {
    let (path, text) = super::prose::readme_of(material, folder)?;
    let (paragraph, line) = super::prose::purpose(text)?;
    let plain = paragraph.to_lowercase();
    let beginning: Vec<&str> = plain.split_whitespace().take(BEGINNING).collect();
    let word = beginning.iter().copied().find(|word| SHOWN.contains(word));
    let found =
        word.or_else(|| beginning.join(" ").contains("starting point").then_some("starting point"))?;
    let evidence =
        Evidence::at(&path, u32::try_from(line).ok(), "lifecycle.shown", format!("it begins with `{found}`"));
    Some(Claim::new("experimental", Confidence::Likely, evidence))
}

/// What the head of a folder's readme says.
fn notice(material: &Material<'_>, folder: Option<&TreePath>) -> Option<Claim> {
    let (path, text) = super::prose::readme_of(material, folder)?;
    for (at, line) in text.lines().take(HEAD).enumerate() {
        let plain = line.to_ascii_lowercase();
        if !speaks_of_the_whole(&plain) {
            continue;
        }
        let say =
            |words: &[&'static str]| words.iter().copied().find(|words| plain.contains(words)).map(str::trim);
        let (value, found) = match (say(&GIVEN_UP), say(&TRIED)) {
            (Some(found), _) => ("deprecated", found),
            (None, Some(found)) => ("experimental", found),
            (None, None) => continue,
        };
        let evidence =
            Evidence::at(&path, u32::try_from(at + 1).ok(), "lifecycle.notice", format!("it says `{found}`"));
        return Some(Claim::new(value, Confidence::Likely, evidence));
    }
    None
}

/// Is the line a heading or a notice, or does it say what it speaks of?
fn speaks_of_the_whole(line: &str) -> bool {
    const WHOLE: [&str; 14] = [
        "this repo",
        "this project",
        "this package",
        "this library",
        "this module",
        "this plugin",
        "this service",
        "this component",
        "this app",
        "this tool",
        "this is a",
        "this is an",
        "this code",
        "this provider",
    ];
    ["#", ">", "**", "__", "⚠", "🚧", "❗", "= "].iter().any(|mark| line.trim_start().starts_with(mark))
        || WHOLE.iter().any(|words| line.contains(words))
}

/// `0.x` that was never released and is not deployed.
fn by_version(
    material: &Material<'_>,
    findings: &Findings,
    id: crate::SubjectId,
    folder: Option<&TreePath>,
) -> Option<Claim> {
    let subject = findings.subject(id)?;
    if subject.kind != SubjectKind::Component
        || subject.has("deployed")
        || material.about.released == Some(true)
    {
        return None;
    }
    let packages = components::packages_of(findings, id, folder);
    let package = packages
        .into_iter()
        .find(|package| package.folder.as_ref() == folder && package.version.is_some())?;
    let version = package.version.as_deref()?;
    let first = version.starts_with("0.0.");
    let unreleased = version.starts_with("0.") && material.about.released == Some(false);
    if !first && !unreleased {
        return None;
    }
    let seen = format!("version {version}, not released and not deployed");
    let evidence = Evidence::at(&package.file, None, "lifecycle.version", seen);
    Some(Claim::new("experimental", Confidence::Guess, evidence))
}

#[cfg(test)]
mod tests;
