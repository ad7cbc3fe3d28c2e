//! `publish:github`: a new repository with its settings, the workspace as its first commit, and protection.

use serde::Deserialize;

use super::protection::{self, Protection};
use super::push::{self, Push};
use super::repository::{self, Made, Settings};
use super::{Target, common, pushed_output};
use crate::action::{Action, ActionContext, ActionError, Definition, Example, Kind, schema};
use crate::secret::Secret;

/// The action `publish:github`.
#[derive(Debug)]
pub(crate) struct GitHub;

/// What it takes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Input {
    repo_url: String,
    token: Option<Secret>,
    #[serde(flatten)]
    settings: Settings,
    #[serde(flatten)]
    push: Push,
    #[serde(flatten)]
    protection: Protection,
}

const EXAMPLES: &[Example] = &[
    Example {
        description: "Publish the workspace as a private repository",
        example: "\
steps:
  - id: publish
    name: Publish
    action: publish:github
    input:
      repoUrl: ${{ parameters.repoUrl }}
      description: ${{ parameters.description }}
",
    },
    Example {
        description: "Publish one folder, with topics, a team that owns it and checks that must pass",
        example: "\
steps:
  - id: publish
    name: Publish
    action: publish:github
    input:
      repoUrl: github.com?owner=acme&repo=demo
      sourcePath: service
      repoVisibility: internal
      access: acme/platform
      topics:
        - rust
        - service
      requiredApprovingReviewCount: 2
      requiredStatusCheckContexts:
        - ci
",
    },
];

impl Action for GitHub {
    type Input = Input;

    fn definition(&self) -> Definition {
        let groups = [common(), repository::properties(), push::properties(), protection::properties()];
        Definition {
            id: "publish:github".into(),
            description: "Makes a repository, applies its settings, puts the workspace into it as one commit and \
                          protects the default branch. A repository of that name that is not this task's own is \
                          an error and stays untouched.".into(),
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
        // Whatever can be wrong with the input is found before anything is made.
        let protection = input.protection.setting(branch)?;
        let commit = push::prepare(ctx, &target, &input.push).await?;
        let place = repository::create(ctx, &target, input.settings, Made::Empty(branch)).await?;
        let commit = push::send(ctx, &target, commit).await?;
        protection::protect(ctx, &target, protection).await?;
        place.put_out(ctx);
        ctx.output("commitHash", commit.0);
        Ok(())
    }
}
