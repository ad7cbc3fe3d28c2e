//! Detector `prose`: what a component is for, in a sentence, and what people call it.
//!
//! Takes the words of people as they stand: the repository's description, the manifest's, the readme's first paragraph.
//! It composes nothing. The invariant: a description is one line that the catalog can search.

use crate::detect::{Detector, Interest, components};
use crate::propose::prose::{first_paragraph, one_line};
use crate::{Claim, Confidence, Evidence, Findings, Material, Site, SubjectKind, TreePath};

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    name: "prose",
    finds: "descriptions and titles, from the repository, its manifests and its readmes",
    limits: "a readme whose first paragraph is about something else describes that",
    reads: &[
        Interest::Name("README.md"),
        Interest::Name("README.markdown"),
        Interest::Name("README"),
        Interest::Name("README.rst"),
        Interest::Name("README.adoc"),
        Interest::Name("README.txt"),
    ],
    run,
};

fn run(material: &Material<'_>, _: &Site, findings: &mut Findings) {
    for id in findings.ids(SubjectKind::Component) {
        let Some(subject) = findings.subject(id) else { continue };
        let folder = subject.folder.clone();
        let mut claims: Vec<Claim> = Vec::new();
        if folder.is_none()
            && let Some(text) = material.about.description.as_deref().and_then(one_line)
        {
            let evidence = Evidence::of_repository("prose.repository", "the repository's description");
            claims.push(Claim::new(text, Confidence::Likely, evidence));
        }
        for package in components::packages_of(findings, id, folder.as_ref()) {
            if let Some(said) = package.description.as_ref().filter(|_| package.folder == folder)
                && let Some(text) = one_line(&said.text)
            {
                let evidence =
                    Evidence::at(&package.file, said.line, "prose.manifest", "the description there");
                claims.push(Claim::new(text, Confidence::Likely, evidence));
            }
        }
        claims.extend(readme(material, folder.as_ref()));
        let Some(subject) = findings.subject_mut(id) else { continue };
        for claim in claims {
            subject.claim("metadata.description", claim);
        }
    }
}

fn readme(material: &Material<'_>, folder: Option<&TreePath>) -> Option<Claim> {
    let names = [
        "README.md",
        "readme.md",
        "Readme.md",
        "README.markdown",
        "README",
        "README.rst",
        "README.adoc",
        "README.txt",
    ];
    let (path, text) = names.into_iter().find_map(|name| material.text_in(folder, name))?;
    let (paragraph, line) = first_paragraph(text)?;
    let evidence = Evidence::at(&path, u32::try_from(line).ok(), "prose.readme", "its first paragraph");
    Some(Claim::new(paragraph, Confidence::Likely, evidence))
}
