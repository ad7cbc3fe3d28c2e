//! Pushes: over git, or as signed commits through the API.

use super::GitHub;
use crate::forge::{ForgeError, RepoSlug};
use crate::git::{CommitId, NewCommit};

/// Puts a first commit on a branch.
pub(super) async fn push(
    github: &GitHub,
    slug: &RepoSlug,
    commit: NewCommit,
) -> Result<CommitId, ForgeError> {
    let _ = (github, slug, commit);
    Err(ForgeError::Unsupported("not served yet".to_owned()))
}
