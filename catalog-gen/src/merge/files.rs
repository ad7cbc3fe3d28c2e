//! Merging into all catalog files of a repository.
//!
//! Each entity goes to the file that declares it, whatever its name there: the only component of a file in a folder is
//! the only component that was found in that folder. What no file declares goes to one file. Nothing is written; the
//! texts are given back.

use std::collections::{BTreeMap, HashMap};

use super::{Generated, MergeError, Merged, merge_into, read};
use crate::files::{CatalogFile, Scope, Surroundings, read as read_files};
use crate::{Described, Entry, FileTree, TreePath, YamlError, parse_documents};

/// What merging into a repository came to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MergedFiles {
    /// The files that entities went to, in the order of their paths; some may be as they were.
    pub files: BTreeMap<TreePath, Merged>,
    /// The files that could not be read.
    pub left_alone: Vec<LeftAlone>,
}

/// A catalog file that could not be read, and what is wrong in it.
#[derive(Debug, Clone, PartialEq)]
pub struct LeftAlone {
    /// The file.
    pub path: TreePath,
    /// What is wrong.
    pub errors: Vec<YamlError>,
}

/// Merges what was generated into the catalog files of a tree; `new` is the file for what none of them declares. While
/// a file cannot be read nothing is put into `new`: what is missing may stand in that file.
pub fn merge_files(tree: &FileTree, entities: &[Described], new: &TreePath) -> MergedFiles {
    let surroundings = Surroundings::default();
    let files = read_files(&Scope::new(tree, &surroundings), &mut Vec::new());
    let mut merged = MergedFiles::default();
    for file in files.iter().filter(|file| file.broken) {
        let errors = parse_documents(&file.source.text).into_iter().filter_map(Result::err).collect();
        merged.left_alone.push(LeftAlone { path: file.path.clone(), errors });
    }
    let sound: Vec<&CatalogFile> = files.iter().filter(|file| !file.broken).collect();
    let homes = Homes::new(&sound, entities);
    let mut by_file: BTreeMap<TreePath, Vec<(Option<usize>, Generated)>> = BTreeMap::new();
    for described in entities {
        let (path, index) = match homes.of(described) {
            Some((file, index)) => (&file.path, Some(index)),
            None if merged.left_alone.is_empty() => (new, None),
            None => continue,
        };
        let entity = described.written_in(path.parent().as_ref());
        let generated = Generated { entity, placeholders: described.missing.clone() };
        by_file.entry(path.clone()).or_default().push((index, generated));
    }
    for (path, pairs) in &by_file {
        let pairs: Vec<(Option<usize>, &Generated)> =
            pairs.iter().map(|(index, generated)| (*index, generated)).collect();
        let path = path.clone();
        match text_at(tree, &path).and_then(|text| Ok((text, read(text)?))) {
            Ok((text, documents)) => drop(merged.files.insert(path, merge_into(text, documents, &pairs))),
            Err(MergeError::Unreadable(errors)) => merged.left_alone.push(LeftAlone { path, errors }),
        }
    }
    merged
}

/// The text of a file, empty where there is none yet.
fn text_at<'t>(tree: &'t FileTree, path: &TreePath) -> Result<&'t str, MergeError> {
    let not_text = |message: &str| {
        let error = YamlError { line: 1, column: 1, message: message.to_owned() };
        MergeError::Unreadable(vec![error])
    };
    match tree.get(path) {
        None if tree.is_dir(path) => Err(not_text("a folder stands here; give the file another name")),
        None => Ok(""),
        Some(Entry::File(file)) => {
            file.text().ok_or_else(|| not_text("the file is not UTF-8; save it as UTF-8"))
        }
        Some(_) => Err(not_text("this is no file; give the file another name")),
    }
}

/// The documents that there are, and how to find the one for an entity.
struct Homes<'f> {
    by_name: HashMap<String, (&'f CatalogFile, usize)>,
    /// The components of each folder's files.
    components: HashMap<String, Vec<(&'f CatalogFile, usize)>>,
    /// How many components were found in each folder.
    found: HashMap<&'f str, usize>,
}

impl<'f> Homes<'f> {
    fn new(files: &[&'f CatalogFile], entities: &'f [Described]) -> Self {
        let mut homes = Self { by_name: HashMap::new(), components: HashMap::new(), found: HashMap::new() };
        for file in files {
            let folder = file.path.parent().map(|folder| folder.to_string()).unwrap_or_default();
            for (index, document) in file.documents.iter().enumerate() {
                let Some(entity) = &document.entity else { continue };
                homes.by_name.insert(entity.to_string(), (file, index));
                if is_component(entity.kind()) {
                    homes.components.entry(folder.clone()).or_default().push((file, index));
                }
            }
        }
        for described in entities.iter().filter(|described| is_component(&described.entity.kind)) {
            *homes.found.entry(&described.folder).or_default() += 1;
        }
        homes
    }

    /// The document that declares an entity.
    fn of(&self, described: &Described) -> Option<(&'f CatalogFile, usize)> {
        let name = described.entity.entity_ref().ok()?.to_string();
        if let Some(home) = self.by_name.get(&name) {
            return Some(*home);
        }
        // Under another name: the only one in its folder, on both sides.
        let only =
            is_component(&described.entity.kind) && self.found.get(described.folder.as_str()) == Some(&1);
        match self.components.get(&described.folder).filter(|_| only)?.as_slice() {
            [one] => Some(*one),
            _ => None,
        }
    }
}

fn is_component(kind: &str) -> bool {
    kind.eq_ignore_ascii_case("Component")
}
