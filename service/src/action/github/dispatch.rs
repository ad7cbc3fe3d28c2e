//! `github:actions:dispatch`: a run of a workflow.
//!
//! It does not wait for the run to end. A run that an interrupted attempt has started is found again.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::action::target::{Target, origin};
use crate::action::{Action, ActionContext, ActionError, Definition, Example, Kind, schema};
use crate::forge::{Dispatch, WorkflowRun};
use crate::secret::Secret;

/// As many inputs as GitHub takes.
pub(super) const MAX_INPUTS: usize = 25;

/// Name of the journal entry with the runs that were there before.
const BEFORE: &str = "runs";

/// The action `github:actions:dispatch`.
#[derive(Debug)]
pub(crate) struct DispatchWorkflow;

/// What it takes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Input {
    repo_url: String,
    token: Option<Secret>,
    workflow_id: String,
    branch_or_tag_name: String,
    workflow_inputs: Option<Map<String, Value>>,
    return_workflow_run_details: Option<bool>,
}

const EXAMPLES: &[Example] = &[
    Example {
        description: "Start a workflow",
        example: "\
steps:
  - id: deploy
    name: Deploy
    action: github:actions:dispatch
    input:
      repoUrl: github.com?owner=acme&repo=demo
      workflowId: deploy.yaml
      branchOrTagName: main
",
    },
    Example {
        description: "Start a workflow with inputs and link its run",
        example: "\
steps:
  - id: deploy
    name: Deploy
    action: github:actions:dispatch
    input:
      repoUrl: github.com?owner=acme&repo=demo
      workflowId: deploy.yaml
      branchOrTagName: main
      workflowInputs:
        stage: test
      returnWorkflowRunDetails: true
",
    },
];

impl Action for DispatchWorkflow {
    type Input = Input;

    fn definition(&self) -> Definition {
        let own = json!({
            "workflowId": schema::text("File name of the workflow, or its id."),
            "branchOrTagName": schema::text("Branch or tag to run it on."),
            "workflowInputs": {
                "type": "object", "additionalProperties": { "type": "string" },
                "description": "Inputs of the workflow, at most 25."
            },
            "returnWorkflowRunDetails": schema::flag("Put out which run it is. Default: false."),
        });
        let output = json!({
            "workflowRunId": schema::number("Id of the run."),
            "workflowRunUrl": schema::text("Address of the run in GitHub's API."),
            "workflowRunHtmlUrl": schema::text("Page of the run."),
        });
        Definition {
            id: "github:actions:dispatch".into(),
            description:
                "Starts a workflow that has the trigger `workflow_dispatch`. It does not wait for its end."
                    .into(),
            kind: Kind::Effect,
            input: super::input(own, &["workflowId", "branchOrTagName"]),
            output: Some(schema::closed(output, &[])),
            supports_dry_run: false,
            examples: EXAMPLES,
        }
    }

    async fn run(&self, ctx: &mut ActionContext<'_>, input: Input) -> Result<(), ActionError> {
        let target = Target::find(ctx, &input.repo_url, input.token).await?;
        let wanted = Dispatch {
            origin: origin(ctx),
            workflow: input.workflow_id,
            reference: Some(input.branch_or_tag_name).filter(|name| !name.is_empty()),
            inputs: checked("workflowInputs", input.workflow_inputs.unwrap_or_default())?,
            before: None,
        };
        let run = start(ctx, &target, wanted).await?;
        if let Some(run) = run.filter(|_| input.return_workflow_run_details == Some(true)) {
            ctx.output("workflowRunId", run.id);
            ctx.output("workflowRunUrl", run.url);
            ctx.output("workflowRunHtmlUrl", run.html_url);
        }
        Ok(())
    }
}

/// Not more inputs than GitHub takes.
pub(super) fn checked(name: &str, inputs: Map<String, Value>) -> Result<Map<String, Value>, ActionError> {
    if inputs.len() <= MAX_INPUTS {
        return Ok(inputs);
    }
    let count = inputs.len();
    Err(ActionError::Input(format!("`{name}` has {count} entries; a workflow takes at most {MAX_INPUTS}")))
}

/// Starts the workflow as the effect `dispatch` and says which run it is, where the forge can tell. Which runs there
/// were before is kept first: by that, a run that a broken-off try has started is told from others.
pub(super) async fn start(
    ctx: &mut ActionContext<'_>,
    target: &Target,
    wanted: Dispatch,
) -> Result<Option<WorkflowRun>, ActionError> {
    let tried: Option<Vec<u64>> = ctx.known(BEFORE)?;
    if tried.is_none() {
        let runs = async { Ok(target.forge.runs(&target.slug, &wanted).await?) };
        ctx.read::<Vec<u64>, _>(BEFORE, runs).await?;
    }
    let wanted = Dispatch { before: tried, ..wanted };
    let run: Option<WorkflowRun> =
        ctx.effect("dispatch", async { Ok(target.forge.dispatch(&target.slug, &wanted).await?) }).await?;
    let line = match &run {
        Some(run) => format!("Started `{}` in `{}`: {}", wanted.workflow, target.name(), run.html_url),
        None => format!("Started `{}` in `{}`", wanted.workflow, target.name()),
    };
    ctx.log(line).await?;
    Ok(run)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_inputs_than_github_takes_are_refused() {
        let inputs = |count: usize| (0..count).map(|n| (n.to_string(), Value::from("x"))).collect();

        assert!(checked("workflowInputs", inputs(25)).is_ok());
        assert!(matches!(checked("workflowInputs", inputs(26)), Err(ActionError::Input(_))));
    }
}
