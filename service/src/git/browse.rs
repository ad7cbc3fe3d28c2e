//! Looking around in a repository: references, commits, one folder or file at a time.
//!
//! For pages that people read; nothing is written, and nobody is asked whether he may look. Where in an address
//! a revision ends is told by the references that there are. The invariant: the content of a file is read after
//! its size was looked at, and never more of it than the caller asked for.

use bytes::Bytes;
use catalog_gen::{TreeError, TreePath};
use git2::{ErrorCode, ObjectType, Oid, Repository, Tree};

use super::error::GitError;
use super::{CommitId, read};

/// Modes of entries that are not plain files.
mod mode {
    pub(super) const EXECUTABLE: i32 = 0o100_755;
    pub(super) const LINK: i32 = 0o120_000;
}

/// A name that leads to a commit or a tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// In full: `refs/heads/main`.
    pub name: String,
    /// What it names: a commit, or a tag with a message.
    pub target: String,
    /// The commit that a tag with a message is about.
    pub peeled: Option<String>,
}

impl Reference {
    /// The branch, if it is one.
    pub fn branch(&self) -> Option<&str> {
        self.name.strip_prefix("refs/heads/")
    }
}

/// A commit for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Its id.
    pub id: CommitId,
    /// First line of its message.
    pub summary: String,
    /// Name of its author.
    pub author: String,
    /// When it was made, in seconds since 1970.
    pub seconds: i64,
}

/// A place in a repository at one commit.
#[derive(Clone, Debug)]
pub struct Spot {
    /// The revision as it was named: a branch, a tag or a commit; `None` where none was, for the default branch.
    pub revision: Option<String>,
    /// The commit.
    pub commit: Commit,
    /// The place; `None` is the root.
    pub path: Option<TreePath>,
    /// What is there.
    pub content: Content,
}

/// What is at a place.
#[derive(Clone, Debug)]
pub enum Content {
    /// The entries of a folder: folders first, each kind in the order of names.
    Folder(Vec<Listed>),
    /// A file, or the aim of a link.
    File(Blob),
}

/// A file's content.
#[derive(Clone, Debug)]
pub struct Blob {
    /// The id of the content.
    pub id: String,
    /// Its length.
    pub size: u64,
    /// The content; `None` when it is longer than the caller wanted.
    pub bytes: Option<Bytes>,
}

/// A file of a whole repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileEntry {
    /// Its path from the root.
    pub path: String,
    /// The id of its content.
    pub id: String,
    /// Its length.
    pub size: u64,
}

/// An entry of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: ListedKind,
}

/// What an entry of a folder is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ListedKind {
    /// A folder.
    Folder,
    /// Another repository, at a commit.
    Submodule,
    /// A file with so many bytes.
    File(u64),
    /// A file with so many bytes that can be run.
    Executable(u64),
    /// A symbolic link.
    Link,
}

/// All branches and tags, in the order of their full names.
pub(super) fn references(repository: &Repository) -> Result<Vec<Reference>, GitError> {
    let mut found = Vec::new();
    for reference in repository.references()? {
        let reference = reference?;
        let (Ok(name), Some(target)) = (reference.name(), reference.target()) else { continue };
        if !name.starts_with("refs/heads/") && !name.starts_with("refs/tags/") {
            continue;
        }
        let peeled = reference.peel(ObjectType::Commit).ok().map(|commit| commit.id());
        let peeled = peeled.filter(|commit| *commit != target).map(|commit| commit.to_string());
        found.push(Reference { name: name.to_owned(), target: target.to_string(), peeled });
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

/// What is at a place: `<revision>/<path>`, or nothing at all for the root at the default branch. Of a file that
/// is longer than `largest`, the size alone.
pub(super) fn spot(repository: &Repository, place: &str, largest: u64) -> Result<Spot, GitError> {
    let (revision, path) = match place {
        "" => (None, ""),
        place => split(repository, place)?,
    };
    let commit = read::commit(repository, revision)?;
    let path = TreePath::resolve(None, path).map_err(TreeError::from)?;
    let tree = commit.tree()?;
    let content = match &path {
        None => Content::Folder(listed(repository, &tree)?),
        Some(path) => content(repository, &tree, path, largest)?,
    };
    let summary = commit.summary_bytes().unwrap_or_default();
    let commit = Commit {
        id: CommitId(commit.id().to_string()),
        summary: String::from_utf8_lossy(summary).into_owned(),
        author: String::from_utf8_lossy(commit.author().name_bytes()).into_owned(),
        seconds: commit.time().seconds(),
    };
    Ok(Spot { revision: revision.map(str::to_owned), commit, path, content })
}

/// Every file at a revision, in the order of paths, with the commit.
pub(super) fn files(repository: &Repository, revision: &str) -> Result<(CommitId, Vec<FileEntry>), GitError> {
    let commit = read::commit(repository, Some(revision))?;
    let odb = repository.odb()?;
    let mut found = Vec::new();
    let mut open = vec![(String::new(), commit.tree()?)];
    while let Some((folder, tree)) = open.pop() {
        for entry in &tree {
            let path = format!("{folder}{}", String::from_utf8_lossy(entry.name_bytes()));
            match entry.kind() {
                Some(ObjectType::Tree) => open.push((format!("{path}/"), repository.find_tree(entry.id())?)),
                Some(ObjectType::Blob) => {
                    let size = odb.read_header(entry.id())?.0 as u64;
                    found.push(FileEntry { path, id: entry.id().to_string(), size });
                }
                _ => {}
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok((CommitId(commit.id().to_string()), found))
}

/// The content of the file that has this id.
pub(super) fn blob_of(repository: &Repository, id: &str, largest: u64) -> Result<Blob, GitError> {
    let odb = repository.odb()?;
    let is_file = |id: &Oid| odb.read_header(*id).is_ok_and(|(_, kind)| kind == ObjectType::Blob);
    let known = read::full_id(id)
        .filter(is_file)
        .ok_or_else(|| GitError::NotFound(format!("there is no file with the id `{}`", id.escape_debug())))?;
    blob(repository, known, largest)
}

/// The content of one file that is known by its id.
fn blob(repository: &Repository, id: Oid, largest: u64) -> Result<Blob, GitError> {
    let odb = repository.odb()?;
    let (size, _) = odb.read_header(id)?;
    let size = size as u64;
    let bytes = if size > largest { None } else { Some(Bytes::copy_from_slice(odb.read(id)?.data())) };
    Ok(Blob { id: id.to_string(), size, bytes })
}

/// Revision and path of a place. Names of branches may hold slashes: the longest that is there wins.
fn split<'p>(repository: &Repository, place: &'p str) -> Result<(Option<&'p str>, &'p str), GitError> {
    let ends = place.match_indices('/').map(|(at, _)| at).chain([place.len()]);
    let mut found = None;
    for end in ends {
        let (revision, path) = place.split_at(end);
        if read::full_id(revision).is_some() {
            return Ok((Some(revision), path.trim_start_matches('/')));
        }
        let is_there = [format!("refs/heads/{revision}"), format!("refs/tags/{revision}")];
        if is_there.iter().any(|name| repository.find_reference(name).is_ok()) {
            found = Some((Some(revision), path.trim_start_matches('/')));
        }
    }
    match (found, place.split_once('/').unwrap_or((place, ""))) {
        (Some(found), _) => Ok(found),
        (None, ("HEAD", path)) => Ok((Some("HEAD"), path)),
        (None, (first, _)) => Err(read::unknown_revision(first)),
    }
}

fn content(
    repository: &Repository,
    tree: &Tree<'_>,
    path: &TreePath,
    largest: u64,
) -> Result<Content, GitError> {
    let entry = tree.get_path(std::path::Path::new(path.as_str())).map_err(|error| match error.code() {
        ErrorCode::NotFound => TreeError::NotFound { path: path.clone() }.into(),
        _ => GitError::Git(error),
    })?;
    match entry.kind() {
        Some(ObjectType::Tree) => {
            Ok(Content::Folder(listed(repository, &repository.find_tree(entry.id())?)?))
        }
        Some(ObjectType::Blob) => Ok(Content::File(blob(repository, entry.id(), largest)?)),
        _ => Err(TreeError::NotFound { path: path.clone() }.into()),
    }
}

fn listed(repository: &Repository, tree: &Tree<'_>) -> Result<Vec<Listed>, GitError> {
    let odb = repository.odb()?;
    let mut all = Vec::with_capacity(tree.len());
    for entry in tree {
        let kind = match (entry.kind(), entry.filemode()) {
            (Some(ObjectType::Tree), _) => ListedKind::Folder,
            (Some(ObjectType::Commit), _) => ListedKind::Submodule,
            (_, mode::LINK) => ListedKind::Link,
            (_, mode) => {
                let size = odb.read_header(entry.id())?.0 as u64;
                if mode == mode::EXECUTABLE { ListedKind::Executable(size) } else { ListedKind::File(size) }
            }
        };
        all.push(Listed { name: String::from_utf8_lossy(entry.name_bytes()).into_owned(), kind });
    }
    let is_file = |listed: &Listed| !matches!(listed.kind, ListedKind::Folder | ListedKind::Submodule);
    all.sort_by(|a, b| (is_file(a), &a.name).cmp(&(is_file(b), &b.name)));
    Ok(all)
}
