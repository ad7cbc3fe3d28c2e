//! `github:pull-request:merge`: a pull request into its branch.

use serde::Deserialize;
use serde_json::json;

use crate::action::target::Target;
use crate::action::{Action, ActionContext, ActionError, Definition, Example, Kind, schema};
use crate::forge::MergeHow;
use crate::git::CommitId;
use crate::secret::Secret;

/// The action `github:pull-request:merge`.
#[derive(Debug)]
pub(crate) struct MergePullRequest;

/// What it takes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Input {
    repo_url: String,
    token: Option<Secret>,
    number: u64,
    merge_method: Option<String>,
    commit_title: Option<String>,
    commit_message: Option<String>,
}

const EXAMPLES: &[Example] = &[Example {
    description: "Merge the pull request that an earlier step has opened",
    example: "\
steps:
  - id: change
    name: Open a pull request
    action: publish:github:pull-request
    input:
      repoUrl: github.com?owner=acme&repo=infrastructure
      branchName: add-demo
      title: Add demo
      description: The new service needs a queue.
  - id: merge
    name: Merge it
    action: github:pull-request:merge
    input:
      repoUrl: github.com?owner=acme&repo=infrastructure
      number: ${{ steps.change.output.pullRequestNumber }}
      mergeMethod: squash
",
}];

impl Action for MergePullRequest {
    type Input = Input;

    fn definition(&self) -> Definition {
        let own = json!({
            "number": schema::number("Number of the pull request."),
            "mergeMethod": {
                "type": "string", "enum": ["merge", "squash", "rebase"], "default": "merge", "description": "How."
            },
            "commitTitle": schema::text("First line of the commit's message. Default: GitHub's."),
            "commitMessage": schema::text("Rest of the commit's message. Default: GitHub's."),
        });
        let output = json!({ "commitHash": schema::text("Id of the commit by which it was merged.") });
        Definition {
            id: "github:pull-request:merge".into(),
            description:
                "Merges a pull request; one that is merged already is left as it is. What the branch's rules \
                          ask for has to be there."
                    .into(),
            kind: Kind::Effect,
            input: super::input(own, &["number"]),
            output: Some(schema::closed(output, &["commitHash"])),
            supports_dry_run: false,
            examples: EXAMPLES,
        }
    }

    async fn run(&self, ctx: &mut ActionContext<'_>, input: Input) -> Result<(), ActionError> {
        let target = Target::find(ctx, &input.repo_url, input.token).await?;
        let number = input.number;
        let how = MergeHow {
            method: input.merge_method.unwrap_or_else(|| "merge".to_owned()),
            title: input.commit_title.filter(|title| !title.is_empty()),
            message: input.commit_message.filter(|message| !message.is_empty()),
        };
        let commit: CommitId = ctx
            .effect("merge", async { Ok(target.forge.merge_pull_request(&target.slug, number, &how).await?) })
            .await?;
        let short = commit.0.get(..12).unwrap_or(&commit.0);
        ctx.log(format!("Merged pull request {number} of `{}`: {short}", target.name())).await?;
        ctx.output("commitHash", commit.0);
        Ok(())
    }
}
