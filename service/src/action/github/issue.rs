//! `github:issues:create`: an issue.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::action::target::{Target, origin};
use crate::action::{Action, ActionContext, ActionError, Definition, Example, Kind, schema};
use crate::forge::{Issue, NewIssue};
use crate::secret::Secret;

/// The number that upstream's dry run gives.
const DRY_NUMBER: u64 = 42;

/// The action `github:issues:create`.
#[derive(Debug)]
pub(crate) struct CreateIssue;

/// What it takes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Input {
    repo_url: String,
    token: Option<Secret>,
    title: String,
    body: Option<String>,
    assignees: Option<Vec<String>>,
    milestone: Option<Value>,
    labels: Option<Vec<String>>,
}

const EXAMPLES: &[Example] = &[
    Example {
        description: "Leave the next steps as an issue",
        example: "\
steps:
  - id: issue
    name: Note the next steps
    action: github:issues:create
    input:
      repoUrl: github.com?owner=acme&repo=demo
      title: Next steps
      body: Read `docs/start.md`, then deploy.
",
    },
    Example {
        description: "Make an issue with labels for somebody",
        example: "\
steps:
  - id: issue
    name: Ask for a review of the service
    action: github:issues:create
    input:
      repoUrl: github.com?owner=acme&repo=demo
      title: Review the new service
      assignees:
        - jane
      labels:
        - review
      milestone: 1
",
    },
];

impl Action for CreateIssue {
    type Input = Input;

    fn definition(&self) -> Definition {
        let own = json!({
            "title": schema::text("Title."),
            "body": schema::text("Text, in Markdown."),
            "assignees": schema::texts("Users who are to take care of it."),
            "milestone": {
                "type": ["string", "number"], "description": "Number of the milestone, or its title."
            },
            "labels": schema::texts("Labels."),
        });
        let output = json!({
            "issueUrl": schema::text("Page of the issue."),
            "issueNumber": schema::number("Number of the issue."),
        });
        Definition {
            id: "github:issues:create".into(),
            description: "Makes an issue. A task that is run again finds the issue that it has made.".into(),
            kind: Kind::Effect,
            input: super::input(own, &["title"]),
            output: Some(schema::closed(output, &["issueUrl", "issueNumber"])),
            supports_dry_run: true,
            examples: EXAMPLES,
        }
    }

    async fn run(&self, ctx: &mut ActionContext<'_>, input: Input) -> Result<(), ActionError> {
        let target = Target::find(ctx, &input.repo_url, input.token).await?;
        if ctx.run.dry_run {
            let slug = &target.slug;
            let url = format!("https://{}/{}/{}/issues/{DRY_NUMBER}", slug.host, slug.owner, slug.name);
            ctx.output("issueUrl", url);
            ctx.output("issueNumber", DRY_NUMBER);
            return ctx.log(format!("A dry run makes no issue in `{}`", target.name())).await;
        }
        let wanted = NewIssue {
            origin: origin(ctx),
            title: input.title,
            body: input.body,
            assignees: input.assignees.unwrap_or_default(),
            milestone: input.milestone,
            labels: input.labels.unwrap_or_default(),
        };
        let issue: Issue =
            ctx.effect("issue", async { Ok(target.forge.open_issue(&target.slug, &wanted).await?) }).await?;
        ctx.log(format!("Made issue {} in `{}`: {}", issue.number, target.name(), issue.url)).await?;
        ctx.output("issueUrl", issue.url);
        ctx.output("issueNumber", issue.number);
        Ok(())
    }
}
