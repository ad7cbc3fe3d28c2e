//! Why git could not do it, by what the caller can do about it.
//!
//! It decides nothing. Messages name the thing in backticks and the next step; never a token.

use std::path::Path;

use super::push::refusal::PushRefusal;

/// Why git could not do it.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// The repository, branch, commit or folder is not there.
    #[error("{0}")]
    NotFound(String),
    /// The branch already holds something else.
    #[error("{0}")]
    Conflict(String),
    /// The address, name or content is not one that can be used; trying again will not help.
    #[error("{0}")]
    Invalid(String),
    /// The other side refused: the reason is in its own words.
    #[error("{0}")]
    Refused(String),
    /// The other side does not take the token (any more).
    #[error("{0}")]
    TokenRefused(String),
    /// The other side did not take a push.
    #[error(transparent)]
    PushRefused(#[from] PushRefusal),
    /// The content cannot be held (a path that escapes, a budget that is spent).
    #[error(transparent)]
    Tree(#[from] catalog_gen::TreeError),
    /// The other side could not be reached or broke off; trying again may help.
    #[error("{0}")]
    Unavailable(String),
    /// The disk failed.
    #[error("`{path}` cannot be used: {source}")]
    Io {
        /// The file or folder.
        path: String,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// libgit2 failed.
    #[error("git: {0}")]
    Git(#[from] git2::Error),
}

impl GitError {
    /// The disk failed at `path`.
    pub(super) fn io(path: &Path, source: std::io::Error) -> Self {
        Self::Io { path: path.display().to_string(), source }
    }
}
