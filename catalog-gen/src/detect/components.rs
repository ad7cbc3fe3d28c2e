//! Detector `components`: where one component ends and the next begins.
//!
//! A repository is one component unless it holds several things that are deployed for themselves: folders with a
//! manifest of their own and a sign that they are shipped (an image, a chart, a function's settings, a server or a page
//! that is no package for others). What stands beside the product (examples, tests, tools, skeletons, what a program
//! made) is folded into the component above it. It gives no type. The invariant: there is always at least one component,
//! and no two have the same folder.

mod deploy;
mod members;
mod names;
mod parts;

use indexmap::IndexMap;

use crate::detect::frameworks::{Role, plays};
use crate::detect::paths::{depth, folder_text};
use crate::detect::{Detector, Interest};
use crate::{
    Claim, Confidence, Ecosystem, Evidence, Findings, Material, Package, Site, Subject, SubjectId,
    SubjectKind, TreePath,
};
use names::What;
use parts::{Part, Parts};

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    name: "components",
    finds: "the components: the repository, or each of its parts that is deployed for itself; and their names",
    limits: "parts without a manifest of their own are not told apart; libraries of a repository are suggested only",
    reads: &[Interest::Name("Dockerfile"), Interest::Name("Containerfile")],
    run,
};

fn run(material: &Material<'_>, site: &Site, findings: &mut Findings) {
    let parts = Parts::of(material, findings);
    let split = parts.split();
    let mut subjects: Vec<Subject> = Vec::new();
    if split.is_empty() {
        subjects.push(whole(material, findings, &parts));
    } else {
        if let Some(root) = parts.root_for_itself(&split) {
            subjects.push(part(material, findings, root, true));
        }
        subjects.extend(split.iter().map(|own| part(material, findings, own, true)));
    }
    libraries(material, site, findings, &parts, &mut subjects);
    for mut subject in subjects {
        listens(material, &mut subject);
        findings.add(subject);
    }
}

/// The repository as one component.
fn whole(material: &Material<'_>, findings: &Findings, parts: &Parts) -> Subject {
    let evidence = match findings.packages.first() {
        Some(package) => {
            Evidence::at(&package.file, None, "components.whole", "no second part is deployed for itself")
        }
        None => Evidence::of_repository("components.whole", "a repository is a component"),
    };
    let confidence = if material.listing.is_empty() { Confidence::Guess } else { Confidence::Certain };
    let mut subject =
        Subject::new(SubjectKind::Component, None, Claim::new("repository", confidence, evidence));
    for part in parts.iter() {
        for (sign, evidence) in &part.signs {
            subject.sign(sign.clone(), evidence.clone());
        }
    }
    names::claim(material, findings, None, What::Whole, &mut subject);
    subject
}

/// A part of the repository as a component.
fn part(material: &Material<'_>, findings: &Findings, own: &Part, deployed: bool) -> Subject {
    let (what, confidence) =
        if deployed { ("part", Confidence::Likely) } else { ("library", Confidence::Guess) };
    let claim = Claim { value: what.into(), confidence, evidence: own.evidence.clone() };
    let mut subject = Subject::new(SubjectKind::Component, own.folder.clone(), claim);
    for (sign, evidence) in &own.signs {
        subject.sign(sign.clone(), evidence.clone());
    }
    let called = if deployed { What::Part } else { What::Library };
    names::claim(material, findings, own.folder.as_ref(), called, &mut subject);
    subject
}

/// Puts a sign where the image says that it answers on a port.
fn listens(material: &Material<'_>, subject: &mut Subject) {
    let Some(image) = subject.signs.get("deployed:image").and_then(|found| found.file.clone()) else {
        return;
    };
    let Some(path) = TreePath::parse(&image).ok() else { return };
    let Some(text) = material.text(&path) else { return };
    let is_port =
        |line: &&str| line.trim_start().get(..7).is_some_and(|word| word.eq_ignore_ascii_case("expose "));
    if let Some((at, _)) = text.lines().enumerate().find(|(_, line)| is_port(line)) {
        let line = u32::try_from(at + 1).ok();
        subject
            .sign("listens", Evidence::at(&path, line, "components.listens", "the image answers on a port"));
    }
}

/// Packages for others that are developed here: suggested, if they are not too many.
fn libraries(
    material: &Material<'_>,
    site: &Site,
    findings: &mut Findings,
    parts: &Parts,
    subjects: &mut Vec<Subject>,
) {
    let published: Vec<&Part> =
        parts.iter().filter(|part| part.is_library() && part.folder.is_some()).collect();
    let free = published.iter().filter(|part| subjects.iter().all(|subject| subject.folder != part.folder));
    let free: Vec<&&Part> = free.collect();
    if free.len() > site.most_libraries {
        let seen = format!(
            "{} libraries were not made components of their own; at most {} are (`mostLibraries`)",
            free.len(),
            site.most_libraries
        );
        findings.notes.push(Evidence::of_repository("components.libraries", seen));
        return;
    }
    let found: Vec<Subject> = free.into_iter().map(|own| part(material, findings, own, false)).collect();
    subjects.extend(found);
}

/// The manifests that speak of a component: those in its folder; for the root those of all folders that no other
/// component has, too.
pub(crate) fn packages_of<'f>(
    findings: &'f Findings,
    id: SubjectId,
    folder: Option<&'f TreePath>,
) -> Vec<&'f Package> {
    let known = |subject: &Subject| subject.existence.confidence > Confidence::Guess;
    let others: Vec<&TreePath> = findings
        .of(SubjectKind::Component)
        .filter(|(other, subject)| *other != id && known(subject))
        .filter_map(|(_, subject)| subject.folder.as_ref())
        .collect();
    let within = |package: &&Package| match (folder, &package.folder) {
        (None, _) => true,
        (Some(folder), Some(own)) => own.starts_with(folder),
        (Some(_), None) => false,
    };
    let own = |package: &&Package| {
        let longer = |other: &&&TreePath| folder_text(folder).len() < other.as_str().len();
        let theirs = |other: &&TreePath| package.folder.as_ref().is_some_and(|own| own.starts_with(other));
        !others.iter().filter(longer).any(theirs)
    };
    let mut packages: Vec<&Package> = findings.packages.iter().filter(within).filter(own).collect();
    packages.sort_by_key(|package| depth_of(package));
    packages
}

/// Signs by folder.
type Signs = IndexMap<String, Evidence>;

/// How deep the manifest of a package lies.
pub(crate) fn depth_of(package: &Package) -> usize {
    depth(package.folder.as_ref())
}

/// Is that package a program that is deployed, whatever ships it?
fn is_application(package: &Package) -> bool {
    let serves = plays(package, &[Role::Server, Role::Website, Role::Frontend, Role::Function, Role::Worker]);
    let marked = |marks: &[&str]| marks.iter().any(|mark| package.is_marked(mark));
    let starts = match package.ecosystem {
        Ecosystem::Go | Ecosystem::Cargo => package.program.is_some(),
        Ecosystem::DotNet => marked(&[
            "sdk:Microsoft.NET.Sdk.Web",
            "sdk:Microsoft.NET.Sdk.Worker",
            "sdk:Microsoft.NET.Sdk.BlazorWebAssembly",
            "azure-functions",
        ]),
        Ecosystem::Maven | Ecosystem::Gradle => marked(&[
            "spring-boot-maven-plugin",
            "org.springframework.boot",
            "quarkus-maven-plugin",
            "io.quarkus",
            "packaging:war",
            "packaging:quarkus",
            "application",
            "io.micronaut.application",
            "com.google.cloud.tools.jib",
            "jib-maven-plugin",
            "maven-shade-plugin",
        ]),
        _ => true,
    };
    serves && starts && package.published.is_none()
}

#[cfg(test)]
mod tests;
