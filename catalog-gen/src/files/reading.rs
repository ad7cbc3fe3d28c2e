//! Finding and reading the catalog files of a repository.
//!
//! Files of the usual names in any folder, files of the usual folders that speak of Backstage, and whatever their
//! locations name. Files of skeletons and fixtures are somebody else's, unless a location names them. The invariant:
//! no file is read twice, and none over the YAML reader's limit.

use std::collections::BTreeSet;

use serde_json::Value;

use super::locations::{Aim, aim, targets};
use super::{Scope, Surroundings, aliases};
use crate::report::Source;
use crate::{
    DEFAULT_NAMESPACE, EntityRef, FileTree, Finding, Listed, ListedKind, Listing, MAX_YAML_BYTES, Placed,
    TreePath, is_foreign, parse_documents_placed,
};

/// Folders whose YAML files are catalog files if they speak of Backstage.
const CATALOG_FOLDERS: [&str; 3] = [".backstage", "backstage", "catalog"];
/// Folders whose catalog files are not about this repository.
const OTHERS: [&str; 7] =
    ["skeleton", "skeletons", "fixtures", "__fixtures__", "testdata", "test-fixtures", "__tests__"];

/// A catalog file that was read.
#[derive(Debug)]
pub(crate) struct CatalogFile {
    /// Where it is.
    pub(crate) path: TreePath,
    /// Its text.
    pub(crate) source: Source,
    /// Its documents.
    pub(crate) documents: Vec<DocumentRead>,
    /// Is there a document that stops the whole file?
    pub(crate) broken: bool,
}

/// A document that was read.
#[derive(Debug)]
pub(crate) struct DocumentRead {
    /// What it says.
    pub(crate) value: Value,
    /// Where it says it.
    pub(crate) placed: Placed,
    /// What it declares, where it has a name.
    pub(crate) entity: Option<EntityRef>,
}

impl DocumentRead {
    /// What it declares, for people.
    pub(crate) fn name(&self) -> Option<String> {
        self.entity.as_ref().map(EntityRef::to_string)
    }
}

/// Reads all catalog files; what cannot be read is told.
pub(crate) fn read(scope: &Scope<'_>, findings: &mut Vec<Finding>) -> Vec<CatalogFile> {
    let mut open: Vec<TreePath> = scope.tree.iter().map(|(path, _)| path.clone()).collect();
    open.retain(|path| is_catalog_file(scope, path));
    let mut seen: BTreeSet<TreePath> = open.iter().cloned().collect();
    let mut files = Vec::new();
    while !open.is_empty() {
        let mut named = Vec::new();
        for path in open {
            let Some(file) = read_one(scope, path, findings) else { continue };
            named.extend(named_by(scope, &file));
            files.push(file);
        }
        named.retain(|path| seen.insert(path.clone()));
        open = named;
    }
    files
}

/// The catalog files of a repository that its tree does not hold yet: those of the usual names and folders, and those
/// that locations in the tree name. Read them, and ask again until there are none.
pub fn catalog_files(listing: &Listing, tree: &FileTree) -> Vec<TreePath> {
    let surroundings = Surroundings { listing: Some(listing), ..Surroundings::default() };
    let scope = Scope::new(tree, &surroundings);
    let readable = |file: &&Listed| matches!(file.kind, ListedKind::File | ListedKind::Executable);
    let mut wanted: BTreeSet<TreePath> = listing
        .iter()
        .filter(readable)
        .map(|file| &file.path)
        .filter(|path| place(path) != Place::Other)
        .cloned()
        .collect();
    for file in read(&scope, &mut Vec::new()) {
        let aims = file.documents.iter().flat_map(|document| targets(&document.value));
        for target in aims.map(|(_, target)| aim(&file.path, target)) {
            let fits = |path: &TreePath| match &target {
                Aim::File(own) => own == path,
                Aim::Many(pattern) => pattern.fits(path),
                Aim::Elsewhere | Aim::Outside => false,
            };
            match &target {
                Aim::File(path) => wanted.extend(listing.get(path).filter(readable).map(|_| path.clone())),
                _ => wanted.extend(
                    listing.iter().filter(readable).map(|file| &file.path).filter(|path| fits(path)).cloned(),
                ),
            }
        }
    }
    wanted.into_iter().filter(|path| tree.get(path).is_none()).collect()
}

/// What a path says of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// It has the name of a catalog file.
    Usual,
    /// It is a YAML file of a folder for catalog files.
    Housed,
    Other,
}

fn place(path: &TreePath) -> Place {
    let name = path.file_name().to_ascii_lowercase();
    if !(name.ends_with(".yaml") || name.ends_with(".yml")) || is_foreign(path) {
        return Place::Other;
    }
    let mut folders: Vec<&str> = path.segments().collect();
    folders.pop();
    if folders.iter().any(|folder| OTHERS.contains(folder)) {
        return Place::Other;
    }
    if matches!(name.as_str(), "catalog-info.yaml" | "catalog-info.yml") {
        return Place::Usual;
    }
    let housed = folders.last().is_some_and(|folder| CATALOG_FOLDERS.contains(folder));
    if housed { Place::Housed } else { Place::Other }
}

fn is_catalog_file(scope: &Scope<'_>, path: &TreePath) -> bool {
    let place = place(path);
    let Some(file) = scope.tree.file(path).filter(|_| place != Place::Other) else { return false };
    if file.bytes.len() > MAX_YAML_BYTES {
        return place == Place::Usual;
    }
    let text = String::from_utf8_lossy(&file.bytes);
    let speaks = |text: &str| {
        text.lines().any(|line| line.starts_with("apiVersion:") && line.contains("backstage.io/"))
    };
    (place == Place::Usual || speaks(&text)) && !is_skeleton(&text)
}

/// Does it have names that a template fills in?
fn is_skeleton(text: &str) -> bool {
    let name = |line: &str| line.trim_start().strip_prefix("name:").is_some_and(|name| name.contains("{{"));
    text.lines().any(name)
}

fn read_one(scope: &Scope<'_>, path: TreePath, findings: &mut Vec<Finding>) -> Option<CatalogFile> {
    let bytes = &scope.tree.file(&path)?.bytes;
    let name = path.as_str();
    if bytes.len() > MAX_YAML_BYTES {
        let message =
            format!("`{name}` has {} bytes, more than the {MAX_YAML_BYTES} that are read", bytes.len());
        findings.push(Source::new(name, "").finding(
            "file.too-large",
            0..0,
            message,
            "split it into several files",
        ));
        return None;
    }
    let source = Source::new(name, String::from_utf8_lossy(bytes));
    if let Err(error) = std::str::from_utf8(bytes) {
        let at = error.valid_up_to();
        let message = "this byte is not UTF-8; it is read as `\u{fffd}`";
        findings.push(source.finding("file.encoding", at..at + 3, message, "save the file as UTF-8"));
    }
    let mut file = CatalogFile { path, source, documents: Vec::new(), broken: false };
    let mut errors = Vec::new();
    let readable = readable(&file.source, findings);
    for document in parse_documents_placed(readable.as_deref().unwrap_or(&file.source.text)) {
        match document {
            Ok((document, placed)) => {
                let entity = entity_ref(&document.value);
                file.documents.push(DocumentRead { value: document.value, placed, entity });
            }
            Err(error) => errors.push(error),
        }
    }
    let note = blocked(file.documents.len());
    for error in &errors {
        let range = file.source.at(error.line, error.column);
        let (message, mend) =
            error.message.split_once("; ").unwrap_or((&error.message, "mend it, or remove it"));
        let finding = file.source.finding("yaml.syntax", range, message, mend);
        findings.push(match &note {
            Some(note) => finding.noting(note.clone()),
            None => finding,
        });
    }
    if let Some(range) = aliases::overused(&file.source.text) {
        let message = "this alias stands for too much; Backstage reads at most 100 uses of what is anchored";
        let finding = file.source.finding("yaml.aliases", range, message, "write the value out");
        findings.push(finding.noting("nothing of the file is taken until then"));
        file.broken = true;
    }
    file.broken |= !errors.is_empty();
    Some(file)
}

/// The text with a stand-in for every control character, as long as it was: Backstage reads such characters, our reader
/// does not. The first of them is told.
fn readable(source: &Source, findings: &mut Vec<Finding>) -> Option<String> {
    let is_bad = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{85}');
    let first = source.text.find(is_bad)?;
    let character = source.text.get(first..).and_then(|rest| rest.chars().next()).unwrap_or_default();
    let message = format!("the control character `{}` stands in the text", character.escape_unicode());
    let range = first..first + character.len_utf8();
    findings.push(source.finding(
        "yaml.control-character",
        range,
        message,
        "remove it, or write what was meant",
    ));
    let stand_in = |c: char| if is_bad(c) { "^".repeat(c.len_utf8()) } else { c.to_string() };
    Some(source.text.chars().map(stand_in).collect())
}

/// What comes of a document that stops its file, if there is something else in the file.
pub(super) fn blocked(others: usize) -> Option<String> {
    match others {
        0 => None,
        1 => Some("until then nothing else of the file is taken: 1 more entity".to_owned()),
        _ => Some(format!("until then nothing else of the file is taken: {others} more entities")),
    }
}

fn entity_ref(value: &Value) -> Option<EntityRef> {
    let metadata = value.get("metadata")?;
    let namespace = metadata.get("namespace").and_then(Value::as_str).unwrap_or(DEFAULT_NAMESPACE);
    EntityRef::new(value.get("kind")?.as_str()?, namespace, metadata.get("name")?.as_str()?).ok()
}

/// The files of the tree that the locations of a file name.
fn named_by(scope: &Scope<'_>, file: &CatalogFile) -> Vec<TreePath> {
    let mut paths = Vec::new();
    for document in &file.documents {
        for (_, target) in targets(&document.value) {
            match aim(&file.path, target) {
                Aim::File(path) => paths.extend(scope.tree.file(&path).map(|_| path.clone())),
                Aim::Many(pattern) => {
                    let all = scope.tree.iter().filter(|(path, _)| pattern.fits(path));
                    paths.extend(
                        all.filter(|(path, _)| scope.tree.file(path).is_some()).map(|(path, _)| path.clone()),
                    );
                }
                Aim::Elsewhere | Aim::Outside => {}
            }
        }
    }
    paths
}
