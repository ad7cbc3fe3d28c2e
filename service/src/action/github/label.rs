//! `github:issues:label`: labels for an issue or a pull request.

use serde::Deserialize;
use serde_json::json;

use super::applying::apply;
use crate::action::target::Target;
use crate::action::{Action, ActionContext, ActionError, Definition, Example, Kind, schema};
use crate::forge::Setting;
use crate::secret::Secret;

/// The action `github:issues:label`.
#[derive(Debug)]
pub(crate) struct LabelIssue;

/// What it takes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Input {
    repo_url: String,
    token: Option<Secret>,
    number: u64,
    labels: Vec<String>,
}

const EXAMPLES: &[Example] = &[Example {
    description: "Label the issue that an earlier step has made",
    example: "\
steps:
  - id: issue
    name: Note the next steps
    action: github:issues:create
    input:
      repoUrl: github.com?owner=acme&repo=demo
      title: Next steps
  - id: label
    name: Label it
    action: github:issues:label
    input:
      repoUrl: github.com?owner=acme&repo=demo
      number: ${{ steps.issue.output.issueNumber }}
      labels:
        - scaffolded
",
}];

impl Action for LabelIssue {
    type Input = Input;

    fn definition(&self) -> Definition {
        let own = json!({
            "number": schema::number("Number of the issue or pull request."),
            "labels": schema::texts("Labels to add; others stay."),
        });
        Definition {
            id: "github:issues:label".into(),
            description: "Adds labels to an issue or a pull request.".into(),
            kind: Kind::Effect,
            input: super::input(own, &["number", "labels"]),
            output: None,
            supports_dry_run: false,
            examples: EXAMPLES,
        }
    }

    async fn run(&self, ctx: &mut ActionContext<'_>, input: Input) -> Result<(), ActionError> {
        let target = Target::find(ctx, &input.repo_url, input.token).await?;
        let setting = Setting::Labels { number: input.number, labels: input.labels };
        apply(ctx, &target, "labels", "the set of labels", &setting).await?;
        Ok(())
    }
}
