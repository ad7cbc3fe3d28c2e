//! Reading: revisions to commits, trees to file trees.
//!
//! It follows no link and no submodule (one is an empty folder, as in a source archive). The invariant: sizes
//! are looked at before contents are, so that a repository cannot cost more memory than a tree's budget.

use catalog_gen::{Entry, File, FileTree, TreeError, TreePath};
use git2::{ErrorCode, ObjectType, Odb, Oid, Repository, Tree};

use super::error::GitError;
use super::{CommitId, TreeId};

/// Entries of a tree that are not plain files.
mod mode {
    pub(super) const EXECUTABLE: i32 = 0o100_755;
    pub(super) const LINK: i32 = 0o120_000;
}

/// The commit at the head of a branch.
pub(super) fn head(repository: &Repository, branch: &str) -> Result<Option<(CommitId, TreeId)>, GitError> {
    match repository.find_reference(&format!("refs/heads/{branch}")) {
        Ok(reference) => described(&reference.peel_to_commit()?).map(Some),
        Err(error) if matches!(error.code(), ErrorCode::NotFound | ErrorCode::InvalidSpec) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The commit that a revision names; `None` is the default branch.
pub(super) fn resolve(
    repository: &Repository,
    revision: Option<&str>,
) -> Result<(CommitId, TreeId), GitError> {
    described(&commit(repository, revision)?)
}

/// The commit that a revision names.
pub(super) fn commit<'a>(
    repository: &'a Repository,
    revision: Option<&str>,
) -> Result<git2::Commit<'a>, GitError> {
    let Some(revision) = revision.filter(|revision| *revision != "HEAD") else {
        return match repository.head() {
            Ok(head) => Ok(head.peel_to_commit()?),
            Err(error) if matches!(error.code(), ErrorCode::UnbornBranch | ErrorCode::NotFound) => {
                Err(GitError::NotFound("the repository has no commit on its default branch yet".to_owned()))
            }
            Err(error) => Err(error.into()),
        };
    };
    if let Some(id) = full_id(revision)
        && let Ok(object) = repository.find_object(id, None)
    {
        return object
            .peel_to_commit()
            .map_err(|_| GitError::NotFound(format!("`{revision}` is not a commit; name a commit")));
    }
    for name in reference_names(revision) {
        match repository.find_reference(&name) {
            Ok(reference) => return Ok(reference.peel_to_commit()?),
            Err(error) if matches!(error.code(), ErrorCode::NotFound | ErrorCode::InvalidSpec) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(unknown_revision(revision))
}

/// The references that a revision may mean, the likeliest first.
pub(super) fn reference_names(revision: &str) -> Vec<String> {
    if revision.starts_with("refs/") {
        return vec![revision.to_owned()];
    }
    vec![format!("refs/heads/{revision}"), format!("refs/tags/{revision}")]
}

/// The id, if the text is one in full.
pub(super) fn full_id(text: &str) -> Option<Oid> {
    let is_full = text.len() == 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_full { Oid::from_str(text).ok() } else { None }
}

/// Nothing has that name.
pub(super) fn unknown_revision(revision: &str) -> GitError {
    GitError::NotFound(format!(
        "there is no branch, tag or commit `{}`; check the spelling, and write commit ids in full",
        revision.escape_debug()
    ))
}

/// A commit's id and its tree's.
pub(super) fn described(commit: &git2::Commit<'_>) -> Result<(CommitId, TreeId), GitError> {
    Ok((CommitId(commit.id().to_string()), TreeId(commit.tree_id().to_string())))
}

/// Reads a tree, or a folder of it.
pub(super) fn tree(repository: &Repository, id: &TreeId, folder: Option<&str>) -> Result<FileTree, GitError> {
    let root = full_id(&id.0)
        .and_then(|id| repository.find_tree(id).ok())
        .ok_or_else(|| GitError::NotFound(format!("the files `{}` are not in the store", id.0)))?;
    let folder = match folder {
        Some(folder) => TreePath::resolve(None, folder).map_err(TreeError::from)?,
        None => None,
    };
    let start = match folder {
        Some(folder) => subfolder(repository, &root, folder)?,
        None => root,
    };
    let odb = repository.odb()?;
    let mut files = FileTree::new();
    let mut open = vec![(None, start)];
    while let Some((path, tree)) = open.pop() {
        if let (true, Some(path)) = (tree.is_empty(), &path) {
            files.insert(TreePath::clone(path), Entry::Dir)?;
        }
        for entry in &tree {
            let path = child(path.as_ref(), entry.name_bytes())?;
            match entry.kind() {
                Some(ObjectType::Tree) => open.push((Some(path), repository.find_tree(entry.id())?)),
                Some(ObjectType::Commit) => drop(files.insert(path, Entry::Dir)?),
                _ => {
                    let content = content(&odb, entry.id(), entry.filemode(), &path, &files)?;
                    files.insert(path, content)?;
                }
            }
        }
    }
    Ok(files)
}

/// Is every blob and tree below this one there?
pub(super) fn is_complete(repository: &Repository, tree: Oid) -> Result<bool, GitError> {
    let odb = repository.odb()?;
    let mut seen = std::collections::HashSet::from([tree]);
    let mut open = vec![tree];
    while let Some(id) = open.pop() {
        let Ok(tree) = repository.find_tree(id) else { return Ok(false) };
        for entry in &tree {
            let missing = match entry.kind() {
                Some(ObjectType::Tree) => {
                    if seen.insert(entry.id()) {
                        open.push(entry.id());
                    }
                    false
                }
                Some(ObjectType::Commit) => false,
                _ => !odb.exists(entry.id()),
            };
            if missing {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

fn subfolder<'a>(
    repository: &'a Repository,
    root: &Tree<'a>,
    folder: TreePath,
) -> Result<Tree<'a>, GitError> {
    let entry = match root.get_path(std::path::Path::new(folder.as_str())) {
        Ok(entry) => entry,
        Err(error) if error.code() == ErrorCode::NotFound => {
            return Err(TreeError::NotFound { path: folder }.into());
        }
        Err(error) => return Err(error.into()),
    };
    if entry.kind() != Some(ObjectType::Tree) {
        return Err(TreeError::NotADirectory { path: folder }.into());
    }
    Ok(repository.find_tree(entry.id())?)
}

fn child(folder: Option<&TreePath>, name: &[u8]) -> Result<TreePath, GitError> {
    let name = std::str::from_utf8(name).map_err(|_| {
        let shown = String::from_utf8_lossy(name);
        GitError::Invalid(format!("the file name `{}` is not UTF-8; rename it", shown.escape_debug()))
    })?;
    let path = match folder {
        Some(folder) => folder.join(name),
        None => TreePath::parse(name),
    };
    Ok(path.map_err(TreeError::from)?)
}

fn content(odb: &Odb<'_>, id: Oid, mode: i32, path: &TreePath, so_far: &FileTree) -> Result<Entry, GitError> {
    let limit = so_far.budget().max_bytes;
    let (size, _) = odb.read_header(id)?;
    if size as u64 > limit.saturating_sub(so_far.total_bytes()) {
        return Err(TreeError::TooManyBytes { path: path.clone(), limit }.into());
    }
    let object = odb.read(id)?;
    if mode == mode::LINK {
        let target = std::str::from_utf8(object.data()).map_err(|_| {
            GitError::Invalid(format!("the link `{path}` has a target that is not UTF-8; rename it"))
        })?;
        return Ok(Entry::Symlink { target: target.to_owned() });
    }
    let mut file = File::new(object.data().to_vec());
    file.executable = mode == mode::EXECUTABLE;
    Ok(file.into())
}
