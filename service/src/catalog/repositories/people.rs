//! What people say about a repository in its own catalog files, and what therefore is theirs.
//!
//! A catalog reads those files itself; what they declare is not offered beside them. A file counts wherever it lies,
//! because it can be registered by itself; targets of its `Location`s count as well. The invariant: a file that cannot
//! be read takes the folder that it lies in, because nobody can know what it means to say.

use std::collections::{BTreeMap, BTreeSet};

use catalog_gen::{
    EntityRef, FileTree, ListedKind, Listing, TreePath, is_foreign, parse_documents, validate,
};
use serde_json::Value;

/// What catalog files are called.
const NAMES: [&str; 2] = ["catalog-info.yaml", "catalog-info.yml"];
/// Folders in which a catalog file may lie that speaks for the folder above.
const FOR_THE_FOLDER_ABOVE: [&str; 4] = [".backstage", "backstage", ".github", "docs"];
/// A catalog may have a module for the kind.
const UNKNOWN_KIND: &str = "kind.unknown";
/// Files that are read.
const MOST: usize = 500;
/// The longest catalog file that is read.
const LONGEST: u64 = 4 * 1024 * 1024;

/// What the catalog files of a repository declare.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Declared {
    /// References in comparable form.
    pub(super) refs: BTreeSet<String>,
    /// The components by the folder that they speak for.
    components: BTreeMap<String, Vec<String>>,
    /// Folders of files that cannot be read.
    unclear: BTreeSet<String>,
    /// Files that cannot be read, each with the reason.
    pub(super) broken: Vec<(String, String)>,
}

/// The catalog files of a repository, those nearest to the root first.
pub(super) fn files(listing: &Listing) -> Vec<TreePath> {
    let is_one = |path: &TreePath| NAMES.iter().any(|name| path.file_name().eq_ignore_ascii_case(name));
    let mut found: Vec<TreePath> = listing
        .iter()
        .filter(|file| matches!(file.kind, ListedKind::File | ListedKind::Executable) && file.size <= LONGEST)
        .map(|file| &file.path)
        .filter(|path| is_one(path) && !is_foreign(path))
        .cloned()
        .collect();
    found.sort_by_key(|path| (path.segments().count(), path.as_str().to_owned()));
    found.truncate(MOST);
    found
}

/// The files that `Location`s in these files lead to and that are in the repository, without those that are read.
pub(super) fn led_to(read: &FileTree, listing: &Listing) -> Vec<TreePath> {
    let mut found = BTreeSet::new();
    for (path, _) in read.iter() {
        let documents = read.file(path).and_then(|file| file.text()).map(parse_documents).unwrap_or_default();
        for document in documents.into_iter().flatten() {
            for target in targets(&document.value) {
                let place = TreePath::resolve(path.parent().as_ref(), target.trim_start_matches('/'));
                let Ok(Some(place)) = place else { continue };
                if read.get(&place).is_none() && listing.get(&place).is_some_and(|file| file.size <= LONGEST)
                {
                    found.insert(place);
                }
            }
        }
    }
    found.into_iter().take(MOST).collect()
}

fn targets(entity: &Value) -> Vec<&str> {
    if entity.get("kind").and_then(Value::as_str) != Some("Location") {
        return Vec::new();
    }
    let Some(spec) = entity.get("spec") else { return Vec::new() };
    let one = spec.get("target").and_then(Value::as_str);
    let many = spec.get("targets").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    one.into_iter().chain(many).filter(|target| !target.contains("://")).collect()
}

impl Declared {
    /// What these files declare.
    pub(super) fn read(files: &FileTree) -> Self {
        let mut declared = Self::default();
        for (path, _) in files.iter() {
            let text = files.file(path).and_then(|file| file.text());
            match text.map(parse_documents) {
                Some(documents) => {
                    for document in documents {
                        match document {
                            Ok(document) => declared.take(path, &document.value),
                            Err(error) => declared.is_broken(path, error.to_string()),
                        }
                    }
                }
                None => declared.is_broken(path, "it is not UTF-8 text".to_owned()),
            }
        }
        declared
    }

    fn take(&mut self, path: &TreePath, entity: &Value) {
        let violation = validate(entity).into_iter().find(|found| found.rule != UNKNOWN_KIND);
        let text = |pointer: &str| entity.pointer(pointer).and_then(Value::as_str);
        let namespace = text("/metadata/namespace").unwrap_or(catalog_gen::DEFAULT_NAMESPACE);
        let named = text("/kind").zip(text("/metadata/name"));
        let reference = named.and_then(|(kind, name)| EntityRef::new(kind, namespace, name).ok());
        match (violation, reference) {
            // A catalog keeps the others of its file, and may still have this one from before.
            (Some(violation), reference) => {
                self.refs.extend(reference.map(|reference| reference.to_string()));
                self.is_broken(path, violation.to_string());
            }
            (None, Some(reference)) => {
                let reference = reference.to_string();
                if reference.starts_with("component:") {
                    self.components.entry(spoken_for(path)).or_default().push(reference.clone());
                }
                self.refs.insert(reference);
            }
            (None, None) => {}
        }
    }

    fn is_broken(&mut self, path: &TreePath, why: String) {
        self.unclear.insert(spoken_for(path));
        if self.broken.last().is_none_or(|(last, _)| last != path.as_str()) {
            self.broken.push((path.as_str().to_owned(), why));
        }
    }

    /// Whether there is no such file.
    pub(super) fn is_nothing(&self) -> bool {
        self.refs.is_empty() && self.broken.is_empty()
    }

    /// Why an entity is theirs and not ours to offer; `folder` is what it stands for.
    pub(super) fn claims(&self, entity_ref: &str, folder: &str) -> Option<String> {
        if self.refs.contains(entity_ref) {
            return Some("a catalog file of the repository declares it".to_owned());
        }
        if !entity_ref.starts_with("component:") {
            return None;
        }
        if let Some(components) = self.components.get(folder) {
            return Some(format!(
                "a catalog file declares `{}` for the same folder",
                components.first().map_or("", String::as_str)
            ));
        }
        self.unclear
            .contains(folder)
            .then(|| "the catalog file for its folder cannot be read; correct it there".to_owned())
    }

    /// The one component that is declared for a folder.
    pub(super) fn component_of(&self, folder: &str) -> Option<&str> {
        match self.components.get(folder)?.as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }
}

/// The folder that a catalog file speaks for; empty for the root.
fn spoken_for(path: &TreePath) -> String {
    let Some(folder) = path.parent() else { return String::new() };
    if FOR_THE_FOLDER_ABOVE.contains(&folder.file_name()) {
        return folder.parent().map(|above| above.as_str().to_owned()).unwrap_or_default();
    }
    folder.as_str().to_owned()
}

#[cfg(test)]
mod tests;
