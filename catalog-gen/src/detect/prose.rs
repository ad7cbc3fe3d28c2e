//! Detector `prose`: what a component is for, in a sentence, and what people call it.
//!
//! Takes the words of people as they stand: the repository's description, the manifest's, the readme's first paragraph.
//! It puts such words together and adds none but the name. The invariant: a description is one line that the catalog can search.

mod readme;

use std::collections::BTreeSet;

pub(super) use readme::purpose;

use crate::detect::slug::without_marks;
use crate::detect::{Detector, Interest, components};
use crate::propose::prose::{one_line, plain};
use crate::{Claim, Confidence, Evidence, Findings, Material, Site, SubjectId, SubjectKind, TreePath};

/// Descriptions with fewer words are a name.
const BRIEF: usize = 5;
/// Shorter ones of manifests are taken together with the readme's.
const SHORT: usize = 100;

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
        let name = subject.best("metadata.name").and_then(Claim::text).unwrap_or_default().to_owned();
        let descriptions = descriptions(material, findings, id, folder.as_ref(), &name);
        let titles = titles(material, findings, folder.as_ref(), &name);
        let Some(subject) = findings.subject_mut(id) else { continue };
        for claim in descriptions {
            subject.claim("metadata.description", claim);
        }
        for claim in titles {
            subject.claim("metadata.title", claim);
        }
    }
}

/// What is said of a component, the best first.
fn descriptions(
    material: &Material<'_>,
    findings: &Findings,
    id: SubjectId,
    folder: Option<&TreePath>,
    name: &str,
) -> Vec<Claim> {
    let mut claims: Vec<Claim> = Vec::new();
    if folder.is_none()
        && let Some(text) = material.about.description.as_deref().and_then(one_line)
    {
        let evidence = Evidence::of_repository("prose.repository", "the repository's description");
        claims.push(Claim::new(text, Confidence::Likely, evidence));
    }
    let (mut manifest, mut brief): (Vec<Claim>, Vec<Claim>) = (Vec::new(), Vec::new());
    for package in components::packages_of(findings, id, folder) {
        let said = package.description.as_ref().filter(|_| package.folder.as_ref() == folder);
        let Some((said, text)) = said.and_then(|said| Some((said, one_line(&said.text)?))) else {
            continue;
        };
        let evidence = Evidence::at(&package.file, said.line, "prose.manifest", "the description there");
        let words = text.split_whitespace().count();
        let claim = Claim::new(text, Confidence::Likely, evidence);
        // A few words are a name rather than a description; the readme says more.
        match words {
            0 | 1 => {}
            2..BRIEF => brief.push(claim),
            _ => manifest.push(claim),
        }
    }
    let readme = readme(material, folder);
    claims.extend(both(manifest.first().or(brief.first()), readme.as_ref()));
    claims.extend(manifest);
    claims.extend(readme.map(|claim| named(material, folder, claim)));
    claims.extend(brief);
    let leads = material.about.remote.as_ref().is_some_and(|remote| name == remote.name());
    match folder {
        Some(_) if leads => claims.extend(self::readme(material, None)),
        Some(folder) if claims.is_empty() => claims.extend(part_of(material, folder)),
        _ => {}
    }
    claims
}

/// A short text that does not name the thing, behind the heading that does.
fn named(material: &Material<'_>, folder: Option<&TreePath>, claim: Claim) -> Claim {
    let called = readme_of(material, folder).and_then(|(_, text)| heading_of(text));
    let (Some((heading, _)), Some(text)) = (called, claim.text()) else { return claim };
    let is_short = text.chars().count() < SHORT && (2..6).contains(&heading.split_whitespace().count());
    let first = |text: &str| text.split_whitespace().next().map(str::to_lowercase);
    let is_named = text.to_lowercase().contains(&heading.to_lowercase()) || first(text) == first(&heading);
    let is_heading = claim.evidence.iter().any(|evidence| evidence.rule == "prose.heading");
    if !is_short || is_named || is_heading || readme::tells_other(&heading) {
        return claim;
    }
    match one_line(&format!("{heading}: {text}")) {
        Some(text) => Claim { value: text.into(), ..claim },
        None => claim,
    }
}

/// What a part is by its place, where nothing else says it: `Frontend of Acme Shop`.
fn part_of(material: &Material<'_>, folder: &TreePath) -> Option<Claim> {
    const LETTERS: usize = 3;
    let (whole, path) = readme_heading(material)?;
    let part = folder.file_name().replace(['-', '_'], " ");
    if readme::tells_other(&whole) || whole.split_whitespace().count() > 6 {
        return None;
    }
    let mut letters = part.chars();
    let part = match letters.next() {
        Some(_) if part.len() <= LETTERS => part.to_uppercase(),
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => return None,
    };
    let evidence = Evidence::at(&path, None, "prose.part", format!("the folder `{folder}` of `{whole}`"));
    Some(Claim::new(format!("{part} of {whole}"), Confidence::Likely, evidence))
}

/// What the manifest says and what the readme says, where the manifest alone says little and the readme says more.
fn both(manifest: Option<&Claim>, readme: Option<&Claim>) -> Option<Claim> {
    let (manifest, readme) = (manifest?, readme?);
    let (short, long) = (manifest.text()?, readme.text()?);
    if short.chars().count() >= SHORT {
        return None;
    }
    let words = |text: &str| -> BTreeSet<String> {
        let all = text.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase);
        all.filter(|word| word.chars().count() > 2).collect()
    };
    let (own, others) = (words(short), words(long));
    let (all, shared) = (others.len(), others.intersection(&own).count());
    let text = match own.is_subset(&others) {
        // The readme says hardly anything else.
        _ if shared * 5 >= all * 3 => return None,
        true => long.to_owned(),
        false => one_line(&readme::joined(short, long))?,
    };
    let evidence = manifest.evidence.iter().chain(&readme.evidence).cloned().collect();
    Some(Claim { value: text.into(), confidence: Confidence::Likely, evidence })
}

/// Names for people that differ from the entity's.
fn titles(material: &Material<'_>, findings: &Findings, folder: Option<&TreePath>, name: &str) -> Vec<Claim> {
    let packages =
        findings.packages_in(folder).filter_map(|package| Some((package, package.title.as_ref()?)));
    let mut claims: Vec<Claim> = packages
        .filter(|(_, title)| {
            title.text != name && title.text.contains(|c: char| c == ' ' || c.is_uppercase())
        })
        .map(|(package, title)| {
            let evidence = Evidence::at(&package.file, title.line, "prose.title", "a name for people there");
            Claim::new(title.text.clone(), Confidence::Likely, evidence)
        })
        .collect();
    claims.extend(heading(material, folder, name));
    claims
}

fn readme(material: &Material<'_>, folder: Option<&TreePath>) -> Option<Claim> {
    let (path, text) = readme_of(material, folder)?;
    let Some((paragraph, line)) = readme::purpose(text) else {
        let (heading, line) =
            heading_of(text).filter(|(heading, _)| (2..9).contains(&heading.split_whitespace().count()))?;
        if readme::tells_other(&heading) {
            return None;
        }
        let evidence = Evidence::at(
            &path,
            u32::try_from(line).ok(),
            "prose.heading",
            "its heading; no paragraph says more",
        );
        return Some(Claim::new(heading, Confidence::Likely, evidence));
    };
    let evidence = Evidence::at(&path, u32::try_from(line).ok(), "prose.readme", "its first paragraph");
    Some(Claim::new(paragraph, Confidence::Likely, evidence))
}

/// The readme of a folder.
pub(super) fn readme_of<'r>(
    material: &Material<'r>,
    folder: Option<&TreePath>,
) -> Option<(TreePath, &'r str)> {
    const NAMES: [&str; 12] = [
        "README.md",
        "readme.md",
        "Readme.md",
        "ReadMe.md",
        "README.MD",
        "README.markdown",
        "README",
        "README.rst",
        "README.adoc",
        "README.txt",
        "readme.adoc",
        "readme.rst",
    ];
    NAMES.into_iter().find_map(|name| material.text_in(folder, name))
}

/// The readme's heading, where it is a name.
fn heading(material: &Material<'_>, folder: Option<&TreePath>, name: &str) -> Option<Claim> {
    let (path, text) = readme_of(material, folder)?;
    let (title, line) = heading_of(text)?;
    let title = folder.and_then(|_| without_repository(material, &title)).unwrap_or(title);
    let folded = |text: &str| {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>()
    };
    let differs = title != name && !title.is_empty() && !readme::tells_other(&title);
    if !differs || title.split_whitespace().count() > 6 || title.chars().count() > 60 {
        return None;
    }
    // A heading with the name in it, or over the readme of a part, is the thing's name in people's letters.
    let is_name = folder.is_some() || folded(&title).contains(&folded(name));
    let confidence = if is_name { Confidence::Likely } else { Confidence::Guess };
    let evidence = Evidence::at(&path, u32::try_from(line).ok(), "prose.heading", "its heading");
    Some(Claim::new(title, confidence, evidence))
}

/// The heading of a part without the name of the whole before it.
fn without_repository(material: &Material<'_>, title: &str) -> Option<String> {
    let whole = material.about.remote.as_ref()?.name().replace(['-', '_'], " ");
    let start = title.get(..whole.len()).filter(|start| start.eq_ignore_ascii_case(&whole))?;
    let rest = title.get(start.len()..)?.trim();
    (!rest.is_empty()).then(|| rest.to_owned())
}

/// The heading of the repository's readme, and the file.
pub(super) fn readme_heading(material: &Material<'_>) -> Option<(String, TreePath)> {
    let (path, text) = readme_of(material, None)?;
    heading_of(text).map(|(heading, _)| (heading, path))
}

/// The first heading of a readme, without marks, and its line.
fn heading_of(text: &str) -> Option<(String, usize)> {
    let lines: Vec<&str> = text.lines().take(40).map(str::trim).collect();
    let underlined = |at: usize| {
        let next = lines.get(at + 1).copied().unwrap_or_default();
        next.len() > 2 && (next.bytes().all(|byte| byte == b'=') || next.bytes().all(|byte| byte == b'#'))
    };
    let tagged = |line: &str| readme::tagged(line).filter(|(_, level)| *level == 1);
    let (at, line) = lines.iter().enumerate().find(|(at, line)| {
        line.starts_with("# ")
            || line.starts_with("= ")
            || (!line.is_empty() && underlined(*at))
            || tagged(line).is_some()
    })?;
    let heading = one_line(&plain(line.trim_start_matches(['#', '=']).trim()))?;
    let heading = without_marks(&heading)?.trim_matches(|c: char| !c.is_alphanumeric() && c != ')').trim();
    let name = ["Welcome to the ", "Welcome to "].into_iter().find_map(|start| heading.strip_prefix(start));
    let heading = name.unwrap_or(heading).to_owned();
    (!heading.is_empty()).then_some((heading, at + 1))
}

#[cfg(test)]
mod tests;
