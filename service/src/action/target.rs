//! The repository that a step works on.
//!
//! Turns the input `repoUrl` into a name and the forge that serves its host, used as the step says: with its token,
//! and heard by its log. It asks the forge nothing.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{ActionContext, ActionError, schema};
use crate::forge::{Forge, Origin, RepoSlug};
use crate::secret::Secret;

const REPO_URL: &str = "The repository, as `github.com?owner=acme&repo=demo`.";
const TOKEN: &str =
    "Token to act with. Default: the credentials of the setting `forges`. The local forge needs none.";
/// A key that templates of older versions carry. Which hosts are served is configuration.
pub(super) const ALLOWED_HOSTS: &str = "allowedHosts";

/// The repository that a step works on.
pub(super) struct Target {
    pub(super) slug: RepoSlug,
    pub(super) forge: Arc<dyn Forge>,
}

impl Target {
    /// Reads `repoUrl` and finds the forge that serves its host.
    pub(super) async fn find(
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
    pub(super) fn name(&self) -> String {
        format!("{}/{}", self.slug.owner, self.slug.name)
    }
}

/// What this step makes is marked with.
pub(super) fn origin(ctx: &ActionContext<'_>) -> Origin {
    Origin { task: ctx.run.task_id, step: ctx.step.journal_key(), since_ms: ctx.run.created_at_ms }
}

/// The schema properties of every action that works on a repository.
pub(super) fn properties() -> Value {
    json!({ "repoUrl": schema::text(REPO_URL), "token": schema::text(TOKEN) })
}
