//! Merges of pull requests.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Stop, name};
use crate::forge::github::GitHub;
use crate::forge::github::client::Ask;
use crate::forge::github::patience::patiently;
use crate::forge::github::route::Route;
use crate::forge::{ForgeError, MergeHow, RepoSlug};
use crate::git::CommitId;

#[derive(Deserialize)]
struct State {
    state: String,
    merged: bool,
    merge_commit_sha: Option<String>,
}

#[derive(Deserialize)]
struct Merged {
    sha: String,
}

/// Merges it; one that is merged already gives its commit.
pub(super) async fn merge(
    github: &GitHub,
    slug: &RepoSlug,
    number: u64,
    how: &MergeHow,
) -> Result<CommitId, ForgeError> {
    let route = &Route::repository(slug)?.then("pulls").number(number);
    let what = format!("pull request {number} of `{}`", name(slug));
    let mut body = Map::new();
    body.insert("merge_method".to_owned(), how.method.clone().into());
    let texts = [("commit_title", &how.title), ("commit_message", &how.message)];
    for (key, text) in texts.into_iter().filter_map(|(key, text)| Some((key, text.clone()?))) {
        body.insert(key.to_owned(), text.into());
    }
    let body = &Value::Object(body);
    patiently(github, slug, &what, || async move {
        let at: State = github.ask(&slug.owner, Ask::get(route.clone())).await?.read()?;
        match (at.merged, at.merge_commit_sha) {
            (true, Some(sha)) => return Ok(CommitId(sha)),
            _ if at.state != "open" => {
                return Err(Stop::Ours(ForgeError::Conflict(format!(
                    "pull request {number} of `{}` was closed without being merged",
                    name(slug)
                ))));
            }
            _ => {}
        }
        let ask = Ask::put(route.clone().then("merge"), Some(body.clone()));
        let merged: Merged = github.ask(&slug.owner, ask).await?.read()?;
        Ok(CommitId(merged.sha))
    })
    .await
}
