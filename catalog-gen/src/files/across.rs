//! What goes over documents and files: entities declared twice, and references that lead nowhere.

use std::collections::{HashMap, HashSet};

use super::{CatalogFile, DocumentRead, Surroundings};
use crate::report::locate;
use crate::validate::references_of;
use crate::words::{is_slip, nearest};
use crate::{EntityRef, Finding, Level};

/// The most references that lead nowhere and are compared with all names.
const MOST_COMPARED: usize = 1_000;

/// Judges all files together.
pub(super) fn check(files: &[CatalogFile], surroundings: &Surroundings<'_>, findings: &mut Vec<Finding>) {
    duplicates(files, findings);
    Names::of(files, surroundings).check(files, findings);
}

fn documents(files: &[CatalogFile]) -> impl Iterator<Item = (&CatalogFile, &DocumentRead)> {
    files.iter().flat_map(|file| file.documents.iter().map(move |document| (file, document)))
}

fn duplicates(files: &[CatalogFile], findings: &mut Vec<Finding>) {
    let mut first: HashMap<String, (&CatalogFile, &DocumentRead)> = HashMap::new();
    for (file, document) in documents(files) {
        let Some(name) = document.name() else { continue };
        let Some((other, earlier)) = first.get(&name) else {
            first.insert(name, (file, document));
            continue;
        };
        let place = locate(&earlier.value, &earlier.placed, "metadata.name").value_or_key();
        let line = other.source.position(place.start).line;
        let range = locate(&document.value, &document.placed, "metadata.name").value_or_key();
        let message =
            format!("`{name}` is declared a second time; it is in `{}`, line {line}, already", other.path);
        let finding =
            file.source.finding("entity.duplicate", range, message, "rename one of them, or remove it");
        let note = if other.path == file.path {
            "Backstage takes the last of them without a word"
        } else {
            "Backstage takes one of them and refuses the other"
        };
        findings.push(finding.noting(note).about(Some(name), "metadata.name"));
    }
}

/// The names that there are.
struct Names<'s> {
    /// Lower-cased references.
    all: HashSet<String>,
    /// The references by their names without regard to letter case and dashes.
    by_name: HashMap<String, Vec<&'s EntityRef>>,
    /// The references by lower-cased kind.
    by_kind: HashMap<String, Vec<&'s EntityRef>>,
    /// Is there nothing else?
    closed: bool,
}

impl<'s> Names<'s> {
    fn of(files: &'s [CatalogFile], surroundings: &Surroundings<'s>) -> Self {
        let closed = surroundings.known.is_some();
        let mut names =
            Self { all: HashSet::new(), by_name: HashMap::new(), by_kind: HashMap::new(), closed };
        let declared = documents(files).filter_map(|(_, document)| document.entity.as_ref());
        for entity in declared.chain(surroundings.known.unwrap_or_default()) {
            names.all.insert(entity.to_string());
            names.by_name.entry(folded(entity.name())).or_default().push(entity);
            names.by_kind.entry(entity.kind().to_lowercase()).or_default().push(entity);
        }
        names
    }

    fn check(&self, files: &[CatalogFile], findings: &mut Vec<Finding>) {
        let mut compared = 0;
        for (file, document) in documents(files) {
            for (field, target) in references_of(&document.value) {
                if self.all.contains(&target.to_string()) {
                    continue;
                }
                compared += 1;
                let near = self.near(&target, &field, compared <= MOST_COMPARED);
                let people = matches!(target.kind().to_lowercase().as_str(), "group" | "user");
                if near.is_none() && people && !self.closed {
                    continue;
                }
                let range = locate(&document.value, &document.placed, &field).value_or_key();
                let (message, mend) = self.words(&target, near);
                let finding = file.source.finding("reference.dangling", range, message, mend);
                let level = if near.is_some() || self.closed { Level::Warning } else { Level::Note };
                findings.push(finding.weighing(level).about(document.name(), field));
            }
        }
    }

    fn words(&self, target: &EntityRef, near: Option<&EntityRef>) -> (String, String) {
        let place = if self.closed { "the catalog" } else { "these files" };
        let message = format!("there is no `{target}` in {place}");
        let mend = match near {
            Some(near) => format!("write `{near}` if that is meant"),
            None if self.closed => "write the name of an entity that there is, or add it".to_owned(),
            None => "see that it is declared elsewhere".to_owned(),
        };
        (message, mend)
    }

    /// An entity that may be meant.
    fn near(&self, target: &EntityRef, field: &str, compare: bool) -> Option<&'s EntityRef> {
        let same_name = self.by_name.get(&folded(target.name()));
        let same_kind = |entity: &&&'s EntityRef| entity.kind().eq_ignore_ascii_case(target.kind());
        if let Some(near) = same_name.and_then(|same_name| same_name.iter().find(same_kind)) {
            return Some(near);
        }
        // Only where every kind may stand can the kind be the slip.
        let any_kind = ["spec.dependsOn", "spec.dependencyOf"].iter().any(|any| field.starts_with(any));
        if let Some(near) = same_name.filter(|_| any_kind).and_then(|same_name| same_name.first()) {
            return Some(near);
        }
        let kind = self.by_kind.get(&target.kind().to_lowercase()).filter(|_| compare)?;
        let name = nearest(target.name(), kind.iter().map(|entity| entity.name()))?;
        if !self.closed && !is_slip(target.name(), name) {
            return None;
        }
        kind.iter().find(|entity| entity.name() == name).copied()
    }
}

fn folded(name: &str) -> String {
    name.to_lowercase().replace(['_', '.'], "-")
}
