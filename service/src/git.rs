//! Git objects without a working tree: trees in, commits out.
//!
//! An [`ObjectStore`] is a bare repository. Trees are read from it and written to it as [`FileTree`]
//! values; a commit is made from a tree in memory; other repositories are read one revision at a time, and [`push()`]
//! sends a commit to one without a store. Nothing here checks a file out, runs a hook or another program, reads a user's git configuration or
//! follows a redirect. Which repository belongs to whom is the forge's business.
//!
//! The invariant: an object that is in a store has everything it refers to beside it (a fetched commit's
//! parents excepted: nothing here walks history), whoever was killed when, and however many processes write
//! at once. All work of libgit2 blocks, and does so inside `spawn_blocking`, in this file and below it.

mod amend;
mod browse;
mod commit;
mod download;
mod error;
mod fetch;
mod glance;
mod http;
mod local;
mod objects;
mod pack;
mod push;
mod read;
mod scratch;
mod setup;
mod vet;
mod wire;

use std::path::{Path, PathBuf};

use catalog_gen::{FileTree, TreePath};
use serde::{Deserialize, Serialize};

pub use browse::{Blob, Commit, Content, FileEntry, Listed, ListedKind, Reference, Spot};
pub use error::GitError;
pub use fetch::{Credentials, FetchLimits};
pub use glance::DefaultBranch;
pub use push::refusal::{PushRefusal, RefusalKind, what_to_do};
pub use push::{PushLimits, push};
pub(crate) use scratch::Scratch;
pub(crate) use setup::move_into_place;

use objects::{EmptyFolders, Objects};

/// The id of a git tree: 40 hexadecimal digits. It is the content hash of a whole folder.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TreeId(pub String);

/// The id of a git commit: 40 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CommitId(pub String);

/// Who a commit is by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Author {
    /// Display name.
    pub name: String,
    /// E-mail address.
    pub email: String,
}

/// A first commit: everything that decides its id, so that the same task always makes the same commit.
#[derive(Clone, Debug)]
pub struct NewCommit {
    /// The files. Empty folders are left out, as git does.
    pub tree: FileTree,
    /// The branch to put it on, without `refs/heads/`.
    pub branch: String,
    /// The message.
    pub message: String,
    /// Author and committer.
    pub author: Author,
    /// Milliseconds since 1970, UTC: the time of the task, not of the push.
    pub time_ms: i64,
}

/// A commit on top of another: everything that decides its id, so that the same task always makes the same commit.
#[derive(Clone, Debug)]
pub struct BranchUpdate {
    /// The branch to put it on, without `refs/heads/`.
    pub branch: String,
    /// The commit that the branch is at before, which the caller has seen; `None` when it is to be created. Of a
    /// branch that is not at `base`, the commits since are given up.
    pub expected: Option<CommitId>,
    /// The commit to build on.
    pub base: CommitId,
    /// Files that are added or replaced. Everything else stays as it is in the base.
    pub files: FileTree,
    /// Files and folders that are removed, if they are there.
    pub removed: Vec<TreePath>,
    /// The message.
    pub message: String,
    /// Author and committer.
    pub author: Author,
    /// Milliseconds since 1970, UTC: the time of the task, not of the push.
    pub time_ms: i64,
}

/// A bare repository used as a store of trees and commits. Cloning is cheap: it is a path and limits.
#[derive(Clone, Debug)]
pub struct ObjectStore {
    path: PathBuf,
    limits: FetchLimits,
}

impl ObjectStore {
    /// Opens the bare repository at `path`, making it on first use. Two processes may do so at once.
    pub fn open_or_init(path: &Path) -> Result<Self, GitError> {
        if !path.join("objects").is_dir() {
            setup::create_beside(path)?;
        }
        Self::open(path)
    }

    /// Opens the bare repository at `path`; there must be one.
    pub fn open(path: &Path) -> Result<Self, GitError> {
        let path = std::path::absolute(path).map_err(|source| GitError::io(path, source))?;
        setup::open(&path)?;
        Ok(Self { path, limits: FetchLimits::default() })
    }

    /// Makes a bare repository in a folder that is not there yet; its HEAD names `default_branch`.
    pub fn create(path: &Path, default_branch: &str) -> Result<Self, GitError> {
        setup::create(path, default_branch)?;
        Self::open(path)
    }

    /// The same store with other limits for what it fetches.
    pub fn with_limits(mut self, limits: FetchLimits) -> Self {
        self.limits = limits;
        self
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a tree (as one pack when it is large) and gives its id. Empty folders are kept as empty trees.
    pub async fn write_tree(&self, tree: FileTree) -> Result<TreeId, GitError> {
        let path = self.path.clone();
        blocking(move || {
            let objects = Objects::of_tree(&tree, EmptyFolders::Keep)?;
            pack::store(&setup::open(&path)?, &objects, pack::Form::BySize)?;
            Ok(TreeId(objects.root.to_string()))
        })
        .await
    }

    /// Reads a whole tree, or the folder `folder` of it (`None` for all).
    pub async fn read_tree(&self, id: &TreeId, folder: Option<&str>) -> Result<FileTree, GitError> {
        let (path, id, folder) = (self.path.clone(), id.clone(), folder.map(str::to_owned));
        blocking(move || read::tree(&setup::open(&path)?, &id, folder.as_deref())).await
    }

    /// The commit at the head of `branch`, with its tree.
    pub async fn head(&self, branch: &str) -> Result<Option<(CommitId, TreeId)>, GitError> {
        let (path, branch) = (self.path.clone(), branch.to_owned());
        blocking(move || read::head(&setup::open(&path)?, &branch)).await
    }

    /// The commit that `revision` names here: a branch, a tag, a full reference name or a full commit id
    /// (`None` for the default branch).
    pub async fn resolve(&self, revision: Option<&str>) -> Result<(CommitId, TreeId), GitError> {
        let (path, revision) = (self.path.clone(), revision.map(str::to_owned));
        blocking(move || read::resolve(&setup::open(&path)?, revision.as_deref())).await
    }

    /// All branches and tags, in the order of their full names.
    pub async fn references(&self) -> Result<Vec<Reference>, GitError> {
        let path = self.path.clone();
        blocking(move || browse::references(&setup::open(&path)?)).await
    }

    /// What is at a place: `<revision>/<path>`, or nothing at all for the root at the default branch. Of a file
    /// that is longer than `largest`, the size alone.
    pub async fn look_at(&self, place: &str, largest: u64) -> Result<Spot, GitError> {
        let (path, place) = (self.path.clone(), place.to_owned());
        blocking(move || browse::spot(&setup::open(&path)?, &place, largest)).await
    }

    /// Every file at a revision, in the order of paths, with the commit.
    pub async fn files(&self, revision: &str) -> Result<(CommitId, Vec<FileEntry>), GitError> {
        let (path, revision) = (self.path.clone(), revision.to_owned());
        blocking(move || browse::files(&setup::open(&path)?, &revision)).await
    }

    /// The content of a file by its id; of one that is longer than `largest`, the size alone.
    pub async fn blob(&self, id: &str, largest: u64) -> Result<Blob, GitError> {
        let (path, id) = (self.path.clone(), id.to_owned());
        blocking(move || browse::blob_of(&setup::open(&path)?, &id, largest)).await
    }

    /// Makes the commit and creates the branch with it. The branch already at that very commit is success;
    /// at another it is [`GitError::Conflict`].
    pub async fn create_branch(&self, commit: NewCommit) -> Result<CommitId, GitError> {
        let path = self.path.clone();
        blocking(move || commit::create_branch(&setup::open(&path)?, &commit)).await
    }

    /// Makes the commit on top of its base, which is here, and moves its branch from where it is expected, or
    /// creates it. The branch already at that very commit is success; anywhere else it is [`GitError::Conflict`].
    pub async fn commit_onto(&self, update: BranchUpdate) -> Result<CommitId, GitError> {
        let path = self.path.clone();
        blocking(move || commit::update_branch(&setup::open(&path)?, &update)).await
    }

    /// The same in the repository at `url` (`http(s)://`). The base was fetched into this store before; nothing is
    /// written here. Dropping the future breaks the push off.
    pub async fn push_onto(
        &self,
        url: &str,
        update: BranchUpdate,
        credentials: Option<&Credentials>,
        limits: &PushLimits,
    ) -> Result<CommitId, GitError> {
        push::push_onto(self, url, update, credentials, limits).await
    }

    /// The id that a commit on top of another has in git, computed without writing anything.
    pub async fn id_onto(&self, update: BranchUpdate) -> Result<CommitId, GitError> {
        let path = self.path.clone();
        blocking(move || Ok(CommitId(commit::next(&setup::open(&path)?, &update)?.root.to_string()))).await
    }

    /// The files that a commit on top of `base` would have: those of the base's tree when nothing changes.
    pub async fn amended_tree(
        &self,
        base: &CommitId,
        files: FileTree,
        removed: Vec<TreePath>,
    ) -> Result<TreeId, GitError> {
        let (path, base) = (self.path.clone(), base.clone());
        blocking(move || {
            let repository = setup::open(&path)?;
            let tree = read::commit(&repository, Some(&base.0))?.tree_id();
            Ok(TreeId(amend::amended(&repository, tree, &files, &removed)?.root.to_string()))
        })
        .await
    }

    /// Brings `revision` (branch, tag, full reference name or full commit id; `None` for the remote's HEAD)
    /// of the repository at `url` into this store and gives the commit and its tree, without its history.
    ///
    /// `url` is `http(s)://`, `file://` or a plain path; every other kind is [`GitError::Invalid`]. Dropping
    /// the future breaks the transfer off.
    pub async fn fetch(
        &self,
        url: &str,
        revision: Option<&str>,
        credentials: Option<&Credentials>,
    ) -> Result<(CommitId, TreeId), GitError> {
        match fetch::Origin::parse(url)? {
            fetch::Origin::Local(folder) => {
                let (path, revision) = (self.path.clone(), revision.map(str::to_owned));
                blocking(move || local::copy(&setup::open(&path)?, &folder, revision.as_deref())).await
            }
            fetch::Origin::Http(url) => fetch::over_http(self, url, revision, credentials).await,
        }
    }
}

/// The id that `tree` has in git (empty folders left out), computed without writing anything.
pub fn tree_id(tree: &FileTree) -> Result<TreeId, GitError> {
    Ok(TreeId(Objects::of_tree(tree, EmptyFolders::Drop)?.root.to_string()))
}

/// The ids that a first commit and its files have in git, computed without writing anything.
pub async fn foreseen(commit: NewCommit) -> Result<(CommitId, TreeId), GitError> {
    blocking(move || {
        let tree = tree_id(&commit.tree)?;
        Ok((CommitId(commit::first(&commit)?.root.to_string()), tree))
    })
    .await
}

/// Runs work that blocks where it may.
async fn blocking<T, F>(work: F) -> Result<T, GitError>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T, GitError> + Send + 'static,
{
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(stopped) => match stopped.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(GitError::Unavailable("the service is stopping; try again later".to_owned())),
        },
    }
}

#[cfg(test)]
mod tests;
