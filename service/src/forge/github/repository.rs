//! Repositories: found, made, read, removed.

use catalog_gen::FileTree;

use super::GitHub;
use crate::forge::{ForgeError, NewRepository, RepoSlug, Repository};
use crate::git::CommitId;

/// The repository, if it is there.
pub(super) async fn find(github: &GitHub, slug: &RepoSlug) -> Result<Option<Repository>, ForgeError> {
    let _ = (github, slug);
    Err(ForgeError::Unsupported("not served yet".to_owned()))
}

/// Makes it.
pub(super) async fn create(
    github: &GitHub,
    slug: &RepoSlug,
    new: &NewRepository,
) -> Result<Repository, ForgeError> {
    let _ = (github, slug, new);
    Err(ForgeError::Unsupported("not served yet".to_owned()))
}

/// Makes it from a template repository.
pub(super) async fn generate(
    github: &GitHub,
    from: &RepoSlug,
    slug: &RepoSlug,
    new: &NewRepository,
) -> Result<Repository, ForgeError> {
    let _ = (github, from, slug, new);
    Err(ForgeError::Unsupported("not served yet".to_owned()))
}

/// Its files.
pub(super) async fn read(
    github: &GitHub,
    slug: &RepoSlug,
    revision: Option<&str>,
) -> Result<(CommitId, FileTree), ForgeError> {
    let _ = (github, slug, revision);
    Err(ForgeError::Unsupported("not served yet".to_owned()))
}

/// The head of a branch.
pub(super) async fn head(
    github: &GitHub,
    slug: &RepoSlug,
    branch: Option<&str>,
) -> Result<Option<CommitId>, ForgeError> {
    let _ = (github, slug, branch);
    Err(ForgeError::Unsupported("not served yet".to_owned()))
}

/// Removes it.
pub(super) async fn delete(github: &GitHub, slug: &RepoSlug) -> Result<(), ForgeError> {
    let _ = (github, slug);
    Err(ForgeError::Unsupported("not served yet".to_owned()))
}

/// Accounts with an installation.
pub(super) async fn owners(github: &GitHub) -> Result<Vec<String>, ForgeError> {
    let _ = github;
    Err(ForgeError::Unsupported("not served yet".to_owned()))
}

/// Repositories of an owner.
pub(super) async fn names(github: &GitHub, owner: &str) -> Result<Vec<String>, ForgeError> {
    let _ = (github, owner);
    Err(ForgeError::Unsupported("not served yet".to_owned()))
}

/// Its branches.
pub(super) async fn branches(github: &GitHub, slug: &RepoSlug) -> Result<Vec<String>, ForgeError> {
    let _ = (github, slug);
    Err(ForgeError::Unsupported("not served yet".to_owned()))
}
