//! A git repository without a work tree, at a revision.
//!
//! One walk over the commit's tree lists it, then the blobs worth reading are read from the object store in the
//! order in which it keeps them best. It checks nothing out, runs no hook or filter, and reads no submodule. The
//! invariant: only the commit decides what is read, not the repository's settings.

use std::path::{Path, PathBuf};

use git2::{ErrorCode, ObjectType, Odb, Oid, Repository};

use super::{Content, Limits, Snapshot, SourceError, gather, remote};
use crate::{About, FileTree, Listed, ListedKind, Listing, TreePath};

/// A commit of a repository.
pub struct Bare {
    path: PathBuf,
    repository: Repository,
    commit: Option<Oid>,
    branch: Option<String>,
}

impl Bare {
    /// Opens a repository (bare, or the one of a work tree) at a revision; without one at its `HEAD`. A repository
    /// without any commit is an empty one.
    pub fn open(path: &Path, revision: Option<&str>) -> Result<Self, SourceError> {
        let git = |source| SourceError::Git { path: path.to_owned(), source };
        let repository = Repository::open(path).map_err(git)?;
        let commit =
            commit_of(&repository, revision.unwrap_or("HEAD"), revision.is_none()).map_err(|source| {
                match revision {
                    Some(revision) if source.code() == ErrorCode::NotFound => {
                        SourceError::Revision { path: path.to_owned(), revision: revision.to_owned() }
                    }
                    _ => git(source),
                }
            })?;
        let branch = match revision {
            Some(revision) => Some(revision.to_owned()),
            None => head_branch(&repository),
        };
        Ok(Self { path: path.to_owned(), repository, commit, branch })
    }

    /// Name of the commit; none where there is none yet.
    pub fn commit(&self) -> Option<String> {
        self.commit.map(|commit| commit.to_string())
    }

    /// Everything in it.
    pub fn listing(&self, limits: Limits) -> Result<Listing, SourceError> {
        let git = |source| SourceError::Git { path: self.path.clone(), source };
        let Some(commit) = self.commit else { return Ok(Listing::default()) };
        let odb = self.repository.odb().map_err(git)?;
        let root = self.repository.find_commit(commit).map_err(git)?.tree_id();
        let (mut entries, mut left_out) = (Vec::new(), 0);
        // Not git's own walk: it ends at the first folder whose name is not UTF-8.
        let mut folders = vec![(String::new(), root)];
        while let Some((folder, id)) = folders.pop() {
            let tree = self.repository.find_tree(id).map_err(git)?;
            for entry in &tree {
                let name = entry.name().unwrap_or_default();
                let path = TreePath::parse(&format!("{folder}{name}"));
                match (kind(entry.filemode()), path) {
                    (None, Ok(path)) if entry.kind() == Some(ObjectType::Tree) => {
                        folders.push((format!("{path}/"), entry.id()));
                    }
                    (Some(kind), Ok(path)) if entries.len() < limits.entries => {
                        let size = if kind == ListedKind::Submodule { 0 } else { size(&odb, entry.id()) };
                        entries.push(Listed { path, kind, size, id: Some(entry.id().to_string()) });
                    }
                    _ => left_out += 1,
                }
            }
        }
        Ok(Listing::new(entries, left_out))
    }

    /// Those files of a listing of it that are worth reading, and those that were not read although they are.
    pub fn read(&self, listing: &Listing, limits: Limits) -> Result<(FileTree, Vec<TreePath>), SourceError> {
        let odb =
            self.repository.odb().map_err(|source| SourceError::Git { path: self.path.clone(), source })?;
        Ok(gather(listing, limits, |file| blob(&odb, file)))
    }

    /// The content of one file.
    pub fn content(&self, file: &Listed) -> Option<Vec<u8>> {
        let odb = self.repository.odb().ok()?;
        match blob(&odb, file) {
            Content::Bytes(bytes) => Some(bytes),
            Content::Nothing => None,
        }
    }

    /// Lists it and reads what is worth it.
    pub fn snapshot(&self, limits: Limits) -> Result<Snapshot, SourceError> {
        let listing = self.listing(limits)?;
        let (files, unread) = self.read(&listing, limits)?;
        let about = About { remote: self.origin(), ..About::default() };
        Ok(Snapshot { listing, files, about, commit: self.commit(), unread })
    }

    fn origin(&self) -> Option<crate::Remote> {
        origin(&self.repository, self.branch.as_deref())
    }
}

/// The remote `origin` of a repository, at its branch.
pub(super) fn origin(repository: &Repository, branch: Option<&str>) -> Option<crate::Remote> {
    let origin = repository.find_remote("origin").ok()?;
    // A path on this machine says nothing of a host.
    let url = origin.url().ok().filter(|url| url.contains(':'))?;
    remote(url, branch.unwrap_or("HEAD"))
}

/// The branch that `HEAD` stands for.
pub(super) fn head_branch(repository: &Repository) -> Option<String> {
    let head = repository.find_reference("HEAD").ok()?;
    let target = head.symbolic_target().ok().flatten()?;
    Some(target.strip_prefix("refs/heads/")?.to_owned())
}

fn commit_of(
    repository: &Repository,
    revision: &str,
    may_be_unborn: bool,
) -> Result<Option<Oid>, git2::Error> {
    let object = match repository.revparse_single(revision) {
        Err(error)
            if may_be_unborn && matches!(error.code(), ErrorCode::NotFound | ErrorCode::UnbornBranch) =>
        {
            return Ok(None);
        }
        found => found?,
    };
    Ok(Some(object.peel(ObjectType::Commit)?.id()))
}

fn kind(mode: i32) -> Option<ListedKind> {
    match mode {
        0o100_644 | 0o100_664 => Some(ListedKind::File),
        0o100_755 => Some(ListedKind::Executable),
        0o120_000 => Some(ListedKind::Link),
        0o160_000 => Some(ListedKind::Submodule),
        _ => None,
    }
}

fn size(odb: &Odb<'_>, id: Oid) -> u64 {
    odb.read_header(id).ok().and_then(|(size, _)| u64::try_from(size).ok()).unwrap_or(0)
}

fn blob(odb: &Odb<'_>, file: &Listed) -> Content {
    let id = file.id.as_deref().and_then(|id| Oid::from_str(id).ok());
    match id.and_then(|id| odb.read(id).ok()) {
        Some(object) if object.kind() == ObjectType::Blob => Content::Bytes(object.data().to_vec()),
        _ => Content::Nothing,
    }
}
