//! `github:repo:push`: the workspace into a repository that is already there.

use serde::Deserialize;

use super::protection::{self, Protection};
use super::push::{self, Push};
use super::{Place, Target, common, pushed_output};
use crate::action::{Action, ActionContext, ActionError, Definition, Example, Kind, schema};
use crate::secret::Secret;

/// The action `github:repo:push`.
#[derive(Debug)]
pub(crate) struct PushRepository;

/// What it takes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Input {
    repo_url: String,
    token: Option<Secret>,
    #[serde(flatten)]
    push: Push,
    #[serde(flatten)]
    protection: Protection,
}

const EXAMPLES: &[Example] = &[Example {
    description: "Push a folder of the workspace into a repository that an earlier step has made",
    example: "\
steps:
  - id: push
    name: Push the content
    action: github:repo:push
    input:
      repoUrl: github.com?owner=acme&repo=demo
      sourcePath: service
      gitCommitMessage: first commit
      requiredStatusCheckContexts:
        - ci
",
}];

impl Action for PushRepository {
    type Input = Input;

    fn definition(&self) -> Definition {
        let groups = [common(), push::properties(), protection::properties()];
        Definition {
            id: "github:repo:push".into(),
            description:
                "Puts the workspace into an existing, empty repository as one commit and protects the \
                          branch."
                    .into(),
            kind: Kind::Effect,
            input: schema::closed(schema::merged(groups), &["repoUrl"]),
            output: Some(pushed_output()),
            supports_dry_run: false,
            examples: EXAMPLES,
        }
    }

    async fn run(&self, ctx: &mut ActionContext<'_>, input: Input) -> Result<(), ActionError> {
        let target = Target::find(ctx, &input.repo_url, input.token).await?;
        let branch = input.push.branch();
        let protection = input.protection.setting(branch)?;
        let commit = push::prepare(ctx, &target, &input.push).await?;
        let place: Place = ctx
            .read("find", async {
                let found = target.forge.find(&target.slug).await?;
                if let Some(moved) = found.as_ref().filter(|found| !found.slug.is_same(&target.slug)) {
                    return Err(ActionError::NotFound(format!(
                        "Repository {} is called {}/{} now, because it was renamed or transferred; use that name in \
                         `repoUrl`",
                        target.name(),
                        moved.slug.owner,
                        moved.slug.name
                    )));
                }
                found.map(Place::from).ok_or_else(|| {
                    ActionError::NotFound(format!(
                        "Repository {} does not exist on {}; make it with `github:repo:create` in an earlier step",
                        target.name(),
                        target.slug.host
                    ))
                })
            })
            .await?;
        let commit = push::send(ctx, &target, commit).await?;
        protection::protect(ctx, &target, protection).await?;
        Place { contents_url: format!("{}/blob/{branch}", place.html_url), ..place }.put_out(ctx);
        ctx.output("commitHash", commit.0);
        Ok(())
    }
}
