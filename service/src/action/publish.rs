//! Actions that make repositories and put the workspace into them.
//!
//! `publish:github` is `github:repo:create` and `github:repo:push` in one: both halves stand in modules of their
//! own ([`repository`], [`push`], [`protection`]) and each of their sub-operations is an effect with its own
//! journal entry, so that a run that was broken off goes on where it was. Whose repository an existing one is
//! decides what happens to it: this task's is taken on, somebody else's is in the way.

mod create;
mod generate;
mod github;
mod ignored;
pub(super) mod protection;
mod pull_request;
mod push;
mod push_only;
mod repository;

pub(crate) use create::CreateRepository;
pub(crate) use generate::GenerateRepository;
pub(crate) use github::GitHub;
pub(crate) use pull_request::OpenPullRequest;
pub(crate) use push_only::PushRepository;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::target::{self, ALLOWED_HOSTS, Target};
use super::{ActionContext, schema};

use crate::forge::{Repository, RepositoryIds};

/// What the journal keeps of a repository.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Place {
    clone_url: String,
    html_url: String,
    contents_url: String,
    /// None in what older versions have kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ids: Option<RepositoryIds>,
}

impl Place {
    /// Puts out what later steps need of a repository that was made.
    fn put_out(self, ctx: &mut ActionContext<'_>) {
        ctx.output("remoteUrl", self.clone_url);
        ctx.output("repoContentsUrl", self.contents_url);
        if let Some(ids) = self.ids {
            ctx.output("repositoryId", ids.repository.to_string());
            ctx.output("ownerId", ids.owner.to_string());
        }
    }
}

impl From<Repository> for Place {
    fn from(repository: Repository) -> Self {
        let Repository { clone_url, html_url, contents_url, ids, .. } = repository;
        Self { clone_url, html_url, contents_url, ids: Some(ids) }
    }
}

/// The schema properties that every action here has.
fn common() -> Value {
    let allowed_hosts = json!({
        "description": "Has no effect; taken from templates of older versions with a warning in the log."
    });
    schema::merged([target::properties(), json!({ ALLOWED_HOSTS: allowed_hosts })])
}

/// The output schema of the actions that push.
fn pushed_output() -> Value {
    schema::closed(
        schema::merged([
            places(),
            json!({ "commitHash": schema::text("Id of the commit that was pushed.") }),
        ]),
        &["remoteUrl", "repoContentsUrl", "commitHash"],
    )
}

fn places() -> Value {
    json!({
        "remoteUrl": schema::text("URL to clone the repository from."),
        "repoContentsUrl": schema::text("URL of the repository's files on the default branch."),
        "repositoryId": schema::text(
            "Number of the repository, in digits; with `ownerId` a part of its workflows' OIDC subject."
        ),
        "ownerId": schema::text("Number of the user or organisation that owns it, in digits."),
    })
}
