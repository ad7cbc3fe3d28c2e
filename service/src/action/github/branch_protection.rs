//! `github:branch-protection:create`: rules of one branch, in the classic form.

use serde::Deserialize;
use serde_json::json;

use super::applying::apply;
use crate::action::publish::protection::{self, Protection};
use crate::action::target::Target;
use crate::action::{Action, ActionContext, ActionError, Definition, Example, Kind, schema};
use crate::secret::Secret;

/// GitHub's words where the plan of a private repository's owner has no protection.
const PLAN: &str = "Upgrade to GitHub";

/// The action `github:branch-protection:create`.
#[derive(Debug)]
pub(crate) struct ProtectBranch;

/// What it takes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Input {
    repo_url: String,
    token: Option<Secret>,
    branch: Option<String>,
    #[serde(flatten)]
    protection: Protection,
}

const EXAMPLES: &[Example] = &[
    Example {
        description: "Protect the default branch",
        example: "\
steps:
  - id: protect
    name: Protect the default branch
    action: github:branch-protection:create
    input:
      repoUrl: github.com?owner=acme&repo=demo
",
    },
    Example {
        description: "Ask for two approvals and a check, but not of administrators",
        example: "\
steps:
  - id: protect
    name: Protect the branch
    action: github:branch-protection:create
    input:
      repoUrl: github.com?owner=acme&repo=demo
      branch: main
      requiredApprovingReviewCount: 2
      requiredStatusCheckContexts:
        - ci
      enforceAdmins: false
",
    },
];

impl Action for ProtectBranch {
    type Input = Input;

    fn definition(&self) -> Definition {
        let own = json!({
            "branch": schema::text("The branch. Default: the default branch."),
            "enforceAdmins": schema::flag_or(true, "Hold administrators to the rules as well."),
            "blockCreations": schema::flag("Nobody may make branches that match. Default: false."),
        });
        Definition {
            id: "github:branch-protection:create".into(),
            description:
                "Protects a branch; its rules are replaced. Where the owner's plan has no protection, a \
                          warning says so and the task goes on."
                    .into(),
            kind: Kind::Effect,
            input: super::input(schema::merged([own, protection::rule_properties()]), &[]),
            output: None,
            supports_dry_run: false,
            examples: EXAMPLES,
        }
    }

    async fn run(&self, ctx: &mut ActionContext<'_>, input: Input) -> Result<(), ActionError> {
        let target = Target::find(ctx, &input.repo_url, input.token).await?;
        let branch = match input.branch.filter(|branch| !branch.is_empty()) {
            Some(branch) => branch,
            None => default_branch(ctx, &target).await?,
        };
        let setting = input.protection.always(&branch)?;
        match apply(ctx, &target, "protect", &format!("the protection of `{branch}`"), &setting).await {
            Ok(_) => Ok(()),
            Err(ActionError::NotAllowed(reason)) if reason.contains(PLAN) => {
                ctx.warn(format!("`{branch}` is not protected: {reason}")).await
            }
            Err(error) => Err(error),
        }
    }
}

/// The name of the default branch.
pub(super) async fn default_branch(
    ctx: &mut ActionContext<'_>,
    target: &Target,
) -> Result<String, ActionError> {
    ctx.read("defaultBranch", async {
        let found = target.forge.find(&target.slug).await?;
        found.map(|repository| repository.default_branch).ok_or_else(|| missing(target))
    })
    .await
}

/// The repository is not there.
pub(super) fn missing(target: &Target) -> ActionError {
    ActionError::NotFound(format!(
        "Repository {} does not exist on {}; make it in an earlier step, or correct `repoUrl`",
        target.name(),
        target.slug.host
    ))
}
