//! The files of a commit with changes on top: what a further commit holds.
//!
//! What is not changed keeps the bytes and modes it has in git: submodules, odd modes, names that are not UTF-8.
//! Nothing is written. The invariant: the outcome is a function of the base and the changes, and the objects that
//! are given are those that the base does not hold.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use catalog_gen::{FileTree, TreePath};
use git2::{ErrorCode, ObjectType, Oid, Repository, Tree};

use super::error::GitError;
use super::objects::{self, Folder, Object, Objects, mode};

/// What becomes of a name in a folder: mode and id, or nothing.
type Change = Option<(u32, Oid)>;

/// The tree `base` with the files of `files` put in and `removed` taken out. What is put in wins over what is taken
/// out; a file gives way to a folder of its name and a folder to a file. Removing what is not there is no change.
pub(super) fn amended(
    repository: &Repository,
    base: Oid,
    files: &FileTree,
    removed: &[TreePath],
) -> Result<Objects, GitError> {
    let root = repository.find_tree(base)?;
    let gone: BTreeSet<&str> = removed.iter().map(TreePath::as_str).collect();
    let mut folders = Folders::default();
    for path in removed {
        folders.change(path, None);
    }
    let mut blobs = HashMap::new();
    for (path, entry) in files.iter() {
        if let Some((mode, blob)) = objects::blob(entry)? {
            folders.change(path, Some((mode, blob.id)));
            blobs.insert(blob.id, blob);
        }
    }
    let mut all = Vec::new();
    // In the order of names a folder comes before what is below it, so that the last is always complete.
    while let Some((path, changes)) = folders.0.pop_last() {
        let emptied = is_gone(&path, &gone);
        let before = if emptied { None } else { folder_at(repository, &root, &path)? };
        let mut folder = before.as_ref().map(Folder::of_tree).unwrap_or_default();
        for (name, change) in changes {
            if let Some((mode, id)) = change {
                let is_new = folder.put(name.as_bytes(), mode, id);
                all.extend(is_new.then(|| blobs.remove(&id)).flatten());
            } else {
                folder.remove(name.as_bytes());
            }
        }
        let outcome = if folder.is_empty() { None } else { Some(folder.into_object()?) };
        if path.is_empty() {
            return finish(base, outcome, all);
        }
        match outcome {
            Some(tree) => {
                folders.settle(&path, Some((mode::FOLDER, tree.id)));
                all.extend((before.map(|before| before.id()) != Some(tree.id)).then_some(tree));
            }
            // A file in the place of a folder that something was to be taken out of stays.
            None if before.is_some() || emptied => folders.settle(&path, None),
            None => {}
        }
    }
    Ok(Objects { root: base, all })
}

fn finish(base: Oid, outcome: Option<Object>, mut all: Vec<Object>) -> Result<Objects, GitError> {
    let root = match outcome {
        Some(root) => root,
        None => Object::new(ObjectType::Tree, Vec::new())?,
    };
    let id = root.id;
    all.extend((id != base).then_some(root));
    Ok(Objects { root: id, all })
}

/// The changes, by folder. Every folder above a change is there, the root by its empty name.
#[derive(Default)]
struct Folders(BTreeMap<String, BTreeMap<String, Change>>);

impl Folders {
    fn change(&mut self, path: &TreePath, change: Change) {
        let mut below = path.as_str();
        let mut change = Some(change);
        loop {
            let (folder, name) = below.rsplit_once('/').unwrap_or(("", below));
            let known = self.0.contains_key(folder);
            let changes = self.0.entry(folder.to_owned()).or_default();
            if let Some(change) = change.take() {
                changes.insert(name.to_owned(), change);
            } else if known {
                return;
            }
            if folder.is_empty() {
                return;
            }
            below = folder;
        }
    }

    /// Tells the folder above what became of this one, unless a file is to be in its place.
    fn settle(&mut self, path: &str, change: Change) {
        let (above, name) = path.rsplit_once('/').unwrap_or(("", path));
        let changes = self.0.entry(above.to_owned()).or_default();
        if !matches!(changes.get(name), Some(Some(_))) {
            changes.insert(name.to_owned(), change);
        }
    }
}

/// Is the folder, or one above it, taken out as a whole?
fn is_gone(path: &str, gone: &BTreeSet<&str>) -> bool {
    let mut above = Some(path);
    while let Some(folder) = above {
        if gone.contains(folder) {
            return true;
        }
        above = folder.rsplit_once('/').map(|(above, _)| above);
    }
    false
}

fn folder_at<'r>(
    repository: &'r Repository,
    root: &Tree<'r>,
    path: &str,
) -> Result<Option<Tree<'r>>, GitError> {
    if path.is_empty() {
        return Ok(Some(root.clone()));
    }
    match root.get_path(Path::new(path)) {
        Ok(entry) if entry.kind() == Some(ObjectType::Tree) => Ok(Some(repository.find_tree(entry.id())?)),
        Ok(_) => Ok(None),
        Err(error) if matches!(error.code(), ErrorCode::NotFound) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests;
