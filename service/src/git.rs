//! Git objects without a working tree: trees in, commits out.
//!
//! An [`ObjectStore`] is a bare repository. Trees are read from it and written to it as [`FileTree`]
//! values; a commit is made from a tree in memory. Nothing here checks a file out, runs a hook, reads a
//! user's git configuration or follows a redirect. Which repository belongs to whom is the forge's
//! business. All calls block inside `spawn_blocking`, here and nowhere else.

use std::path::{Path, PathBuf};

use catalog_gen::FileTree;
use serde::{Deserialize, Serialize};

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
    /// The files.
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

/// Why git could not do it.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// The repository, branch, commit or folder is not there.
    #[error("{0}")]
    NotFound(String),
    /// The branch already holds something else.
    #[error("{0}")]
    Conflict(String),
    /// The other side refused: the reason is in its own words.
    #[error("{0}")]
    Refused(String),
    /// The content cannot be held (a path that escapes, a budget that is spent).
    #[error(transparent)]
    Tree(#[from] catalog_gen::TreeError),
    /// The other side could not be reached or broke off; trying again may help.
    #[error("{0}")]
    Unavailable(String),
    /// libgit2 failed.
    #[error("git: {0}")]
    Git(#[from] git2::Error),
}

/// A bare repository used as a store of trees and commits.
#[derive(Clone, Debug)]
pub struct ObjectStore {
    path: PathBuf,
}

impl ObjectStore {
    /// Opens the bare repository at `path`, making it on first use.
    pub fn open_or_init(path: &Path) -> Result<Self, GitError> {
        unimplemented!()
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a tree (as one pack when it is large) and gives its id. Empty folders are kept as empty trees.
    pub async fn write_tree(&self, tree: FileTree) -> Result<TreeId, GitError> {
        unimplemented!()
    }

    /// Reads a whole tree, or the folder `folder` of it (`None` for all).
    pub async fn read_tree(&self, id: &TreeId, folder: Option<&str>) -> Result<FileTree, GitError> {
        unimplemented!()
    }

    /// The commit at the head of `branch`, with its tree.
    pub async fn head(&self, branch: &str) -> Result<Option<(CommitId, TreeId)>, GitError> {
        unimplemented!()
    }

    /// Makes the commit and creates the branch with it. The branch already at that very commit is success;
    /// at another it is [`GitError::Conflict`].
    pub async fn create_branch(&self, commit: NewCommit) -> Result<CommitId, GitError> {
        unimplemented!()
    }

    /// Brings `revision` (branch, tag, commit; `None` for the remote's HEAD) of the repository at `url` into
    /// this store and gives the commit and its tree.
    pub async fn fetch(&self, url: &str, revision: Option<&str>, credentials: Option<&Credentials>) -> Result<(CommitId, TreeId), GitError> {
        unimplemented!()
    }
}

/// A user name and token, bound to one scheme, host and port.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// For example `x-access-token`.
    pub username: String,
    /// The token.
    pub token: crate::secret::Secret,
}

/// The id that `tree` has in git (empty folders left out), computed without writing anything.
pub fn tree_id(tree: &FileTree) -> Result<TreeId, GitError> {
    unimplemented!()
}
