//! `github:actions:wire`: everything that a repository's workflows need, in one block.
//!
//! Each part of the block is a setting that the forge brings to what is wanted ([`block`]): run twice, it changes
//! nothing. In a dry run it says what would change and changes nothing; of a repository that is not there yet,
//! everything is new ([`plan`]). A workflow may be started at the end, once for each task. The invariant: no value of a
//! secret is in the log or in an output.

mod block;
mod plan;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::applying::{self, apply, line};
use super::dispatch;
use crate::action::target::{Target, origin};
use crate::action::{Action, ActionContext, ActionError, Definition, Example, Kind, schema};
use crate::forge::{Change, Dispatch, Mode};
use crate::secret::Secret;

use block::Block;

/// The action `github:actions:wire`.
#[derive(Debug)]
pub(crate) struct WireActions;

/// What it takes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Input {
    repo_url: String,
    token: Option<Secret>,
    dispatch: Option<FirstRun>,
    #[serde(flatten)]
    block: Block,
}

/// A workflow that is started at the end.
#[derive(Debug, Deserialize)]
struct FirstRun {
    workflow: String,
    #[serde(rename = "ref")]
    reference: Option<String>,
    inputs: Option<Map<String, Value>>,
    always: Option<bool>,
}

const EXAMPLES: &[Example] = &[
    Example {
        description: "Give a service what its pipeline needs, and deploy it for the first time",
        example: "\
steps:
  - id: wire
    name: Wire the workflows
    action: github:actions:wire
    input:
      repoUrl: github.com?owner=acme&repo=demo
      variables:
        REGION: eu-central-1
      secrets:
        REGISTRY_TOKEN: ${{ secrets.REGISTRY_TOKEN }}
      environments:
        test: {}
        production:
          branches:
            - main
          reviewers:
            - group:default/platform
          waitTimer: 10
          variables:
            STAGE: production
      oidc:
        useDefault: false
        includeClaimKeys:
          - repo
          - environment
      workflows:
        defaultPermission: read
        canApprovePullRequests: false
      requiredChecks:
        - ci
      dispatch:
        workflow: deploy.yaml
        inputs:
          stage: test
",
    },
    Example {
        description: "Set variables alone",
        example: "\
steps:
  - id: wire
    name: Wire the workflows
    action: github:actions:wire
    input:
      repoUrl: github.com?owner=acme&repo=demo
      variables:
        REGION: eu-central-1
",
    },
];

impl Action for WireActions {
    type Input = Input;

    fn definition(&self) -> Definition {
        let dispatch = schema::object(
            json!({
                "workflow": schema::text("File name of the workflow, or its id."),
                "ref": schema::text("Branch or tag. Default: the default branch."),
                "inputs": {
                    "type": "object", "additionalProperties": { "type": "string" },
                    "description": "Inputs of the workflow, at most 25."
                },
                "always": schema::flag("Start it even if nothing was changed. Default: false."),
            }),
            &["workflow"],
        );
        let own = json!({
            "dispatch": block::described(dispatch, "A workflow to start at the end, once for each task and only when something was changed."),
        });
        let change = schema::object(
            json!({
                "what": schema::text("What it is about."),
                "kind": schema::word(&["add", "change", "remove", "write"], "What happens to it."),
                "before": schema::text("What it was; never of a secret."),
                "after": schema::text("What it becomes; never of a secret."),
            }),
            &["what", "kind"],
        );
        let output = json!({
            "changes": { "type": "array", "items": change, "description": "What was changed; in a dry run, what would be." },
            "changed": schema::flag("Whether anything was changed."),
            "workflowRunHtmlUrl": schema::text("Page of the run that was started, where GitHub tells."),
        });
        Definition {
            id: "github:actions:wire".into(),
            description: "Brings all that a repository's workflows need to what one block says: variables, secrets, \
                          environments, identity, permissions, required checks, a first run. What is as wanted is left \
                          alone, and so is what the block does not name. A dry run tells what would change."
                .into(),
            kind: Kind::Effect,
            input: super::input(schema::merged([block::properties(), own]), &[]),
            output: Some(schema::closed(output, &["changes", "changed"])),
            supports_dry_run: true,
            examples: EXAMPLES,
        }
    }

    async fn run(&self, ctx: &mut ActionContext<'_>, input: Input) -> Result<(), ActionError> {
        let Input { repo_url, token, dispatch, block } = input;
        let first_run = dispatch.map(FirstRun::checked).transpose()?;
        let target = Target::find(ctx, &repo_url, token).await?;
        let parts = block.parts(ctx, &target).await?;
        let changes = if ctx.run.dry_run {
            plan::tell(ctx, &target, &parts).await?
        } else {
            let mut changes: Vec<Change> = Vec::new();
            for part in &parts {
                changes.extend(apply(ctx, &target, &part.key, &part.what, &part.setting).await?);
            }
            changes
        };
        let verb = if ctx.run.dry_run { "planned" } else { "made" };
        ctx.log(format!("`{}`: {verb} {}", target.name(), applying::total(&changes))).await?;
        if let Some(first_run) = first_run {
            first_run.start(ctx, &target, !changes.is_empty()).await?;
        }
        ctx.output("changed", !changes.is_empty());
        ctx.output("changes", as_json(&changes));
        Ok(())
    }
}

impl FirstRun {
    fn checked(self) -> Result<Self, ActionError> {
        let inputs = self.inputs.map(|inputs| dispatch::checked("dispatch.inputs", inputs)).transpose()?;
        Ok(Self { inputs, ..self })
    }

    /// Starts the workflow where there is reason to.
    async fn start(
        self,
        ctx: &mut ActionContext<'_>,
        target: &Target,
        is_changed: bool,
    ) -> Result<(), ActionError> {
        if !is_changed && self.always != Some(true) {
            return ctx.log(format!("Nothing was changed, so `{}` is not started", self.workflow)).await;
        }
        if ctx.run.dry_run {
            return ctx.log(format!("Would start `{}`", self.workflow)).await;
        }
        let wanted = Dispatch {
            origin: origin(ctx),
            workflow: self.workflow,
            reference: self.reference.filter(|reference| !reference.is_empty()),
            inputs: self.inputs.unwrap_or_default(),
            before: None,
        };
        if let Some(run) = dispatch::start(ctx, target, wanted).await? {
            ctx.output("workflowRunHtmlUrl", run.html_url);
        }
        Ok(())
    }
}

fn as_json(changes: &[Change]) -> Value {
    changes.iter().filter_map(|change| serde_json::to_value(change).ok()).collect()
}

/// A planned change in one line.
fn planned(change: &Change) -> String {
    line(change, Mode::Plan)
}
