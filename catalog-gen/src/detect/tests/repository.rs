//! Small repositories for the tests of detectors.

use crate::{
    About, Claim, Confidence, Edge, Entry, Evidence, FileTree, Findings, Listed, ListedKind, Listing,
    Material, Relation, Site, Subject, SubjectId, SubjectKind, Target, TreePath,
};

/// A repository in the making.
#[derive(Default)]
pub(in crate::detect) struct Repository {
    files: FileTree,
    listed: Vec<Listed>,
    pub(in crate::detect) about: About,
    pub(in crate::detect) site: Site,
    pub(in crate::detect) findings: Findings,
}

pub(in crate::detect) fn path(text: &str) -> TreePath {
    TreePath::parse(text).unwrap()
}

impl Repository {
    pub(in crate::detect) fn new(files: &[(&str, &str)]) -> Self {
        let mut new = Self::default();
        for (at, text) in files {
            new.files.insert(path(at), Entry::file(text.as_bytes().to_vec())).unwrap();
            new.list(at, text.len() as u64);
        }
        new
    }

    /// A file that is there and was not read.
    pub(in crate::detect) fn list(&mut self, at: &str, size: u64) {
        self.listed.push(Listed { path: path(at), kind: ListedKind::File, size, id: None });
    }

    /// A component in a folder (empty: the root).
    pub(in crate::detect) fn component(&mut self, folder: &str, name: &str, kind: &str) -> SubjectId {
        let evidence = || Evidence::of_repository("test", "made for a test");
        let folder = (!folder.is_empty()).then(|| path(folder));
        let mut subject =
            Subject::new(SubjectKind::Component, folder, Claim::new(true, Confidence::Certain, evidence()));
        subject.claim("metadata.name", Claim::new(name, Confidence::Certain, evidence()));
        subject.claim("spec.type", Claim::new(kind, Confidence::Likely, evidence()));
        self.findings.add(subject)
    }

    pub(in crate::detect) fn run(mut self, detector: &crate::Detector) -> Findings {
        let listing = Listing::new(self.listed, 0);
        let material = Material { listing: &listing, files: &self.files, about: &self.about };
        (detector.run)(&material, &self.site, &mut self.findings);
        self.findings
    }
}

/// The best value of a field as text.
pub(in crate::detect) fn text<'f>(findings: &'f Findings, id: SubjectId, field: &str) -> Option<&'f str> {
    findings.subject(id)?.best(field)?.text()
}

/// `kind name confidence` of every subject of a kind.
pub(in crate::detect) fn subjects(findings: &Findings, kind: SubjectKind) -> Vec<String> {
    let all = findings.of(kind).map(|(id, subject)| {
        let get = |field| text(findings, id, field).unwrap_or("-");
        format!("{} {} {:?}", get("spec.type"), get("metadata.name"), subject.existence.confidence)
    });
    all.collect()
}

/// `from relation to confidence` of every edge of a relation.
pub(in crate::detect) fn edges(findings: &Findings, relation: Relation) -> Vec<String> {
    let name = |id| text(findings, id, "metadata.name").unwrap_or("-").to_owned();
    let of = findings.edges.iter().filter(|edge| edge.relation == relation);
    of.map(|Edge { from, to, confidence, .. }| {
        let to = match to {
            Target::Subject(id) => name(*id),
            Target::Entity(entity) => entity.to_written(),
        };
        format!("{} -> {to} {confidence:?}", name(*from))
    })
    .collect()
}
