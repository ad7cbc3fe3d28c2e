//! The files that policies are about, and the policies themselves, read from the disk.
//!
//! Of a folder that is read what a commit of it would hold: nothing of `.git`, nothing that `.gitignore` leaves out,
//! and nothing behind a link. Files that no policy is about are named and not read.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ::policy::{MAX_FILE_BYTES, Repository, wanted};
use catalog_gen::{Entry, FileTree, TreePath};
use ignore::WalkBuilder;
use serde_json::{Map, Value};

use super::unreadable;
use crate::cli::error::CommandError;

/// The most files of a folder.
const MAX_FILES: usize = 100_000;

/// The files at a path, and what stands before their names on the command line.
pub(super) fn repository(at: &Path) -> Result<(Repository, String), CommandError> {
    let metadata = std::fs::metadata(at).map_err(|error| unreadable(at, error))?;
    let root = if metadata.is_dir() { at } else { folder_of(at) };
    let mut tree = FileTree::new();
    let mut others = Vec::new();
    for (seen, found) in walk(at).enumerate() {
        let found = found.map_err(|error| unreadable(at, error))?;
        if seen > MAX_FILES {
            return Err(unreadable(at, format!("it has more than {MAX_FILES} files; name a folder in it")));
        }
        if !found.file_type().is_some_and(|kind| kind.is_file()) {
            continue;
        }
        let Some(path) = named(root, found.path()) else { continue };
        let size = found.metadata().map_err(|error| unreadable(found.path(), error))?.len();
        if wanted(&path) && size <= u64::try_from(MAX_FILE_BYTES).unwrap_or(u64::MAX) {
            let bytes = std::fs::read(found.path()).map_err(|error| unreadable(found.path(), error))?;
            tree.insert(path, Entry::file(bytes)).map_err(|error| unreadable(at, error))?;
        } else {
            others.push((path, size));
        }
    }
    let mut repository = Repository::new(tree);
    for (path, size) in others {
        repository.name(path, size);
    }
    Ok((repository, prefix(root)))
}

/// What the name of a file is taken from: what it is may follow from the folders that it was named with.
fn folder_of(file: &Path) -> &Path {
    let inside = named(Path::new("."), file).or_else(|| named(Path::new(""), file));
    if inside.is_some() { Path::new("") } else { file.parent().unwrap_or(Path::new("")) }
}

fn walk(at: &Path) -> ignore::Walk {
    WalkBuilder::new(at)
        .hidden(false)
        .parents(false)
        .require_git(false)
        .git_global(false)
        .git_exclude(false)
        .filter_entry(|entry| entry.file_name() != ".git")
        .build()
}

fn named(root: &Path, path: &Path) -> Option<TreePath> {
    let inside = path.strip_prefix(root).ok()?.to_str()?.replace('\\', "/");
    TreePath::parse(inside.trim_start_matches("./")).ok()
}

/// A folder as it stands before the names of its files.
fn prefix(root: &Path) -> String {
    let root = root.to_string_lossy().replace('\\', "/");
    let root = root.trim_start_matches("./").trim_end_matches('/');
    if root.is_empty() || root == "." { String::new() } else { format!("{root}/") }
}

/// The policies below folders, by the names of their files, and the data that lie beside them.
pub(super) fn policies(folders: &[PathBuf]) -> Result<(BTreeMap<String, String>, Value), CommandError> {
    let mut files = BTreeMap::new();
    let mut data = Map::new();
    for folder in folders {
        let before = files.len();
        for found in walk(folder) {
            let found = found.map_err(|error| unreadable(folder, error))?;
            if found.file_type().is_some_and(|kind| kind.is_file())
                && found.path().extension().is_some_and(|ending| ending == "rego")
            {
                files.insert(shown(found.path()), text(found.path())?);
            }
        }
        if files.len() == before {
            return Err(CommandError::usage(format!("there is no `.rego` file in `{}`", folder.display())));
        }
        for name in ["data.yaml", "data.json"] {
            let file = folder.join(name);
            if file.is_file() {
                data.extend(object(&file)?);
            }
        }
    }
    Ok((files, Value::Object(data)))
}

/// JSON is YAML, so that one reader does.
fn object(file: &Path) -> Result<Map<String, Value>, CommandError> {
    match serde_yaml::from_str(&text(file)?) {
        Ok(Value::Object(data)) => Ok(data),
        Ok(_) => Err(unreadable(file, "it holds something else than names and values")),
        Err(error) => Err(unreadable(file, error)),
    }
}

fn text(file: &Path) -> Result<String, CommandError> {
    std::fs::read_to_string(file).map_err(|error| unreadable(file, error))
}

fn shown(path: &Path) -> String {
    let text = path.to_string_lossy().replace('\\', "/");
    text.strip_prefix("./").map_or(text.clone(), str::to_owned)
}
