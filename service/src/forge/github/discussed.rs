//! Whether people have begun to talk in a repository.
//!
//! It is asked before a repository is deleted, and asks for one issue and one pull request, of any state.

use serde_json::Value;

use super::GitHub;
use super::answer::Failure;
use super::client::Ask;
use super::patience::patiently;
use super::route::Route;
use crate::forge::{ForgeError, RepoSlug};

/// Whether there ever was an issue or a pull request in it.
pub(super) async fn is_discussed(github: &GitHub, slug: &RepoSlug) -> Result<bool, ForgeError> {
    for kind in ["issues", "pulls"] {
        let route = Route::repository(slug)?.then(kind).with("state", "all").with("per_page", "1");
        let what = format!("the repository `{}/{}`", slug.owner, slug.name);
        let any = patiently(github, slug, &what, || one_of(github, slug, route.clone())).await?;
        if any {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn one_of(github: &GitHub, slug: &RepoSlug, route: Route) -> Result<bool, Failure> {
    match github.ask(&slug.owner, Ask::get(route)).await {
        Ok(answer) => Ok(answer.body.as_array().is_some_and(|all: &Vec<Value>| !all.is_empty())),
        // Issues are switched off there.
        Err(Failure::NotFound(_)) => Ok(false),
        Err(failure) => Err(failure),
    }
}
