//! Settings of a repository, each brought to what is wanted.

use super::GitHub;
use crate::forge::{Change, ForgeError, Mode, RepoSlug, Setting};

/// Brings one setting to what is wanted.
pub(super) async fn converge(
    github: &GitHub,
    slug: &RepoSlug,
    setting: &Setting,
    mode: Mode,
) -> Result<Vec<Change>, ForgeError> {
    let _ = (github, slug, setting, mode);
    Err(ForgeError::Unsupported("not served yet".to_owned()))
}
