//! Actions that make repositories and put the workspace into them.
//!
//! `publish:github` is `github:repo:create` and `github:repo:push` in one: both halves stand in modules of their
//! own ([`repository`], [`push`], [`protection`]) and each of their sub-operations is an effect with its own
//! journal entry, so that a run that was broken off goes on where it was. Whose repository an existing one is
//! decides what happens to it: this task's is taken on, somebody else's is in the way.

mod create;
mod github;
mod ignored;
mod protection;
mod push;
mod push_only;
mod repository;

use std::sync::Arc;

pub(crate) use create::CreateRepository;
pub(crate) use github::GitHub;
pub(crate) use push_only::PushRepository;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{ActionContext, ActionError, schema};
use crate::forge::{Forge, RepoSlug, Repository};
use crate::secret::Secret;

const REPO_URL: &str = "The repository, as `github.com?owner=acme&repo=demo`.";
const TOKEN: &str = "Token to act with. The local forge needs none.";
/// A key that templates of older versions carry. Which hosts are served is configuration.
const ALLOWED_HOSTS: &str = "allowedHosts";

/// The repository that a step works on.
struct Target {
    slug: RepoSlug,
    forge: Arc<dyn Forge>,
}

impl Target {
    /// Reads `repoUrl` and finds the forge that serves its host.
    async fn find(
        ctx: &mut ActionContext<'_>,
        repo_url: &str,
        token: Option<Secret>,
    ) -> Result<Self, ActionError> {
        if !ctx.input.get(ALLOWED_HOSTS).is_undefined() {
            ctx.warn("`allowedHosts` has no effect: the setting `forges` says which hosts are served; remove the key")
                .await?;
        }
        let slug = RepoSlug::parse_repo_url(repo_url)?;
        let forges = &ctx.capabilities.forges;
        let forge = forges.for_host(&slug.host).ok_or_else(|| {
            let hosts: Vec<String> = forges.hosts().map(|host| format!("`{host}`")).collect();
            let served = if hosts.is_empty() { "none is".to_owned() } else { hosts.join(", ") };
            ActionError::Input(format!(
                "host `{}` is not served here; hosts that are: {served}. Change `repoUrl`, or add the host to \
                 the setting `forges`",
                slug.host
            ))
        })?;
        Ok(Self { forge: forge.acting(ctx.acting(token)), slug })
    }

    /// `acme/demo`.
    fn name(&self) -> String {
        format!("{}/{}", self.slug.owner, self.slug.name)
    }
}

/// What the journal keeps of a repository.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Place {
    clone_url: String,
    html_url: String,
    contents_url: String,
}

impl From<Repository> for Place {
    fn from(repository: Repository) -> Self {
        let Repository { clone_url, html_url, contents_url, .. } = repository;
        Self { clone_url, html_url, contents_url }
    }
}

/// The schema properties that every action here has.
fn common() -> Value {
    json!({
        "repoUrl": schema::text(REPO_URL),
        "token": schema::text(TOKEN),
        "allowedHosts": {
            "description": "Has no effect; taken from templates of older versions with a warning in the log."
        },
    })
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
    })
}
