//! Detector `docs`: documentation that TechDocs can build, and decision records.
//!
//! A `mkdocs.yml` belongs to the component around it. A folder of pages without one is a suggestion. It does not read
//! the pages. The invariant: a path is written relative to the folder of the component that gets it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use super::apis::relative;
use super::near::Near;
use super::paths::{depth, is_side};
use super::{Detector, Interest};
use crate::{
    Claim, Confidence, Evidence, Findings, Material, Site, SubjectId, SubjectKind, TreePath, is_foreign,
};

const TECHDOCS: &str = "metadata.annotations[\"backstage.io/techdocs-ref\"]";
const ADR: &str = "metadata.annotations[\"backstage.io/adr-location\"]";

/// `0001-use-rust.md`, `adr-12.md`, `20240101-x.md`.
static RECORD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:adr[-_]?)?\d{1,8}[-_. ].+\.(?:md|adoc|rst)$|^(?:adr[-_]?)\d+\.md$").ok()
});

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    name: "docs",
    finds: "TechDocs (`mkdocs.yml`) and folders of architecture decision records",
    limits: "a folder of pages without `mkdocs.yml` is a suggestion",
    reads: &[Interest::Name("mkdocs.yml"), Interest::Name("mkdocs.yaml")],
    run,
};

fn run(material: &Material<'_>, _site: &Site, findings: &mut Findings) {
    let near = Near::of(findings);
    let mut sites: BTreeMap<SubjectId, Vec<&TreePath>> = BTreeMap::new();
    let mut records: BTreeMap<SubjectId, BTreeMap<TreePath, Vec<&TreePath>>> = BTreeMap::new();
    let mut pages: BTreeMap<SubjectId, &TreePath> = BTreeMap::new();
    let written = |path: &TreePath| {
        let ending = path.file_name().rsplit_once('.').map_or("", |(_, ending)| ending);
        ["md", "adoc", "rst", "yml", "yaml"].iter().any(|one| ending.eq_ignore_ascii_case(one))
    };
    for path in material.listing.iter().map(|file| &file.path).filter(|path| written(path)) {
        if is_foreign(path) {
            continue;
        }
        let name = path.file_name().to_ascii_lowercase();
        let mkdocs = matches!(name.as_str(), "mkdocs.yml" | "mkdocs.yaml");
        let index = matches!(name.as_str(), "index.md" | "readme.md")
            && path.parent().is_some_and(|folder| folder.file_name() == "docs");
        let record = is_record(path, &name);
        if !mkdocs && !index && !record || is_side(path) {
            continue;
        }
        let Some(component) = near.component(path) else { continue };
        if mkdocs {
            sites.entry(component).or_default().push(path);
        } else if index {
            pages.entry(component).or_insert(path);
        } else if let Some(folder) = path.parent() {
            records.entry(component).or_default().entry(folder).or_default().push(path);
        }
    }
    for id in near.all() {
        let Some(folder) = findings.subject(*id).map(|subject| subject.folder.clone()) else { continue };
        let sites = sites.remove(id).unwrap_or_default();
        let claim = techdocs(folder.as_ref(), &sites, pages.get(id).copied());
        let records = records.remove(id).and_then(|folders| decisions(folder.as_ref(), &folders));
        let Some(subject) = findings.subject_mut(*id) else { continue };
        claim.into_iter().for_each(|claim| subject.claim(TECHDOCS, claim));
        records.into_iter().for_each(|claim| subject.claim(ADR, claim));
    }
    of_system(material, findings);
}

/// A site at the root is about all of a system.
fn of_system(material: &Material<'_>, findings: &mut Findings) {
    let at_root = ["mkdocs.yml", "mkdocs.yaml"].into_iter().filter_map(|name| TreePath::parse(name).ok());
    let Some(path) = at_root.into_iter().find(|path| material.listing.get(path).is_some()) else { return };
    for id in findings.ids(SubjectKind::System) {
        let Some(subject) = findings.subject_mut(id).filter(|subject| subject.folder.is_none()) else {
            continue;
        };
        let evidence = Evidence::at(&path, None, "docs.mkdocs", "documentation is built from here");
        subject.claim(TECHDOCS, Claim::new("dir:.", Confidence::Likely, evidence));
    }
}

/// The site that is nearest to the top of the component.
fn techdocs(folder: Option<&TreePath>, sites: &[&TreePath], pages: Option<&TreePath>) -> Option<Claim> {
    let nearest = sites.iter().min_by_key(|path| depth(path.parent().as_ref()));
    if let Some(path) = nearest {
        let evidence = Evidence::at(path, None, "docs.mkdocs", "documentation is built from here");
        let below = depth(path.parent().as_ref()).saturating_sub(depth(folder));
        let value = match path.parent() {
            site if site.as_ref() == folder => "dir:.".to_owned(),
            Some(site) => format!("dir:{}", relative(folder, &site)),
            None => return None,
        };
        // What is far below is more often the documentation of a part.
        let sure = if below <= 1 { Confidence::Likely } else { Confidence::Guess };
        return Some(Claim::new(value, sure, evidence));
    }
    let pages = pages.filter(|path| depth(path.parent().as_ref()) == depth(folder) + 1)?;
    let evidence = Evidence::at(pages, None, "docs.pages", "pages without a `mkdocs.yml`");
    Some(Claim::new("dir:.", Confidence::Guess, evidence))
}

fn is_record(path: &TreePath, name: &str) -> bool {
    let folder = path.parent();
    let mut folders = folder.iter().flat_map(TreePath::segments).map(str::to_ascii_lowercase);
    let about = folders.any(|segment| {
        matches!(
            segment.as_str(),
            "adr"
                | "adrs"
                | "decisions"
                | "decision-records"
                | "architecture-decisions"
                | "architecture-decision-records"
        )
    });
    about && RECORD.as_ref().is_some_and(|regex| regex.is_match(name))
}

/// The folder with the most records; one record is none.
fn decisions(folder: Option<&TreePath>, folders: &BTreeMap<TreePath, Vec<&TreePath>>) -> Option<Claim> {
    let (records, files) =
        folders.iter().max_by_key(|(path, files)| (files.len(), std::cmp::Reverse(*path)))?;
    let first = files.first().filter(|_| files.len() > 1)?;
    let value = relative(folder, records).trim_start_matches("./").to_owned();
    let seen = format!("{} numbered decision records", files.len());
    Some(Claim::new(value, Confidence::Likely, Evidence::at(first, None, "docs.decisions", seen)))
}

#[cfg(test)]
mod tests {
    use super::{ADR, DETECTOR, TECHDOCS};
    use crate::Findings;
    use crate::detect::tests::repository::Repository;

    fn claims(findings: &Findings, field: &str) -> Vec<String> {
        let all = findings.of(crate::SubjectKind::Component);
        let best = all.filter_map(|(_, subject)| subject.best(field));
        best.map(|claim| format!("{} {:?}", claim.text().unwrap(), claim.confidence)).collect()
    }

    #[test]
    fn a_site_belongs_to_the_component_around_it() {
        let mut repository = Repository::new(&[
            ("mkdocs.yml", ""),
            ("web/mkdocs.yaml", ""),
            ("api/docs/mkdocs.yml", ""),
            ("x/mkdocs.yml", ""),
        ]);
        for folder in ["", "web", "api"] {
            repository.component(folder, "c", "service");
        }

        assert_eq!(
            claims(&repository.run(&DETECTOR), TECHDOCS),
            ["dir:. Likely", "dir:. Likely", "dir:./docs Likely"]
        );
    }

    #[test]
    fn a_site_far_below_and_pages_alone_are_suggestions() {
        let mut far = Repository::new(&[("a/b/c/mkdocs.yml", ""), ("test/mkdocs.yml", "")]);
        far.component("", "c", "service");
        assert_eq!(claims(&far.run(&DETECTOR), TECHDOCS), ["dir:./a/b/c Guess"]);

        let mut pages = Repository::new(&[("docs/index.md", "")]);
        pages.component("", "c", "service");
        assert_eq!(claims(&pages.run(&DETECTOR), TECHDOCS), ["dir:. Guess"]);
    }

    #[test]
    fn a_folder_of_numbered_records_is_told_from_other_pages() {
        let mut repository = Repository::new(&[
            ("web/docs/adr/0001-use-react.md", ""),
            ("web/docs/adr/0002-use-vite.md", ""),
            ("web/docs/adr/README.md", ""),
            ("docs/decisions/0001-alone.md", ""),
            ("docs/1-intro.md", ""),
            ("docs/2-more.md", ""),
        ]);
        repository.component("", "shop", "service");
        repository.component("web", "web", "website");

        assert_eq!(claims(&repository.run(&DETECTOR), ADR), ["docs/adr Likely"]);
    }
}
