//! Dry runs: the same walk, a journal in memory, effects left out.

use std::collections::HashMap;

use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;

use super::access::ActionAccess;
use super::create::{spec_of, step_faults};
use super::found::User;
use super::mocks::{Mocks, Record};
use super::model::{BACKSTAGE_TOKEN, TaskSecrets};
use super::run::empty_workspace;
use super::runner::{Runner, Tools};
use super::scope::Scope;
use super::{AccessError, Caller, DryRunError, DryRunRequest, DryRunResult, Tasks, Unknown};
use crate::action::{Registry, RunInfo, TemplateInfo};
use crate::backstage::permission::{ACTION_EXECUTE, Permission, TASK_CREATE, TEMPLATE_DRY_RUN};
use crate::config::{Environment, ExpressionErrors};
use crate::git::tree_id;
use crate::ids::TaskId;
use crate::journal::Journal;
use crate::secret::Secret;
use crate::telemetry::Metrics;
use crate::template::{Pin, Step, Template, validate_secrets, validate_values};

/// Reference under which posted content runs.
const DRY_RUN_REF: &str = "template:default/dry-run";

/// What has to be decided before a posted template is tried out.
pub(super) const TO_DRY_RUN: [Permission; 3] = [TASK_CREATE, TEMPLATE_DRY_RUN, ACTION_EXECUTE];

/// What a dry run is given beside the template.
pub(super) struct Inputs {
    pub(super) values: Value,
    pub(super) secrets: Map<String, Value>,
    pub(super) caller: Caller,
    pub(super) user: User,
    pub(super) actions: ActionAccess,
    pub(super) expression_errors: ExpressionErrors,
    pub(super) mocks: Mocks,
}

impl Tasks {
    /// Runs a template without touching anything outside. A failing step is part of the result.
    pub async fn dry_run(&self, request: DryRunRequest) -> Result<DryRunResult, DryRunError> {
        let access = self.access(&request.caller, &TO_DRY_RUN).await?;
        let template = Template::from_entity(request.template, &request.template_file, None)
            .map_err(DryRunError::Template)?;
        let held = self.inner.capabilities.sources.hold(request.files, &request.template_file);
        let DryRunRequest { values, secrets, caller, expression_errors, mocks, .. } = request;
        let user = self.user(&caller).await.map_err(DryRunError::User)?;
        let actions = access.actions();
        let inputs = Inputs { values, secrets, caller, user, actions, expression_errors, mocks };
        self.dry_run_of(&template, (DRY_RUN_REF, Some(held.pin())), inputs).await
    }

    /// Whether the caller may make dry runs, so that agents are not offered what they would be refused.
    pub async fn may_dry_run(&self, caller: &Caller) -> Result<bool, AccessError> {
        match self.access(caller, &[TEMPLATE_DRY_RUN]).await {
            Ok(_) => Ok(true),
            Err(AccessError::NotAllowed(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The same for a template whose files can be read already.
    pub(super) async fn dry_run_of(
        &self,
        template: &Template,
        (entity_ref, pin): (&str, Option<&Pin>),
        request: Inputs,
    ) -> Result<DryRunResult, DryRunError> {
        validate_values(template, &request.values).map_err(DryRunError::Violations)?;
        validate_secrets(template, &Value::Object(request.secrets.clone()))
            .map_err(DryRunError::Violations)?;
        let registry = self.registry_for(&template.spec.steps).await;
        refuse_faults(template, &registry, &request.mocks, request.expression_errors)?;
        let spec = spec_of(template, request.values, request.user);
        let secrets: TaskSecrets = request
            .secrets
            .iter()
            .filter_map(|(name, value)| Some((name.clone(), Secret::new(value.as_str()?))))
            .collect();
        let run = RunInfo {
            task_id: request.mocks.task.map_or_else(TaskId::generate, |task| task.id),
            created_at_ms: request
                .mocks
                .task
                .map_or_else(|| self.inner.db.now_ms(), |task| task.created_at_ms),
            template: TemplateInfo::new(entity_ref, &spec.template_info, pin.cloned()),
            parameters: spec.parameters.clone(),
            secret_names: secrets.keys().cloned().collect(),
            backstage_token: secrets.get(BACKSTAGE_TOKEN).cloned(),
            user_ref: request.caller.user_ref().map(str::to_owned),
            user_token: request.caller.token.clone(),
            dry_run: true,
            write_lock_file: false,
        };
        let cancelled = CancellationToken::new();
        let metrics = Metrics::new();
        let mut journal = Journal::in_memory();
        let renderer = self.inner.renderer.in_mode(spec.value_mode());
        let mut runner = Runner {
            tools: Tools {
                registry: &registry,
                capabilities: &self.inner.capabilities,
                renderer: &renderer,
                cancelled: &cancelled,
                expression_errors: request.expression_errors,
                // Dry runs are no tasks: nothing of them is counted.
                metrics: &metrics,
                mocks: Some(&request.mocks),
                actions: &request.actions,
            },
            run: &run,
            spec: &spec,
            // The operator's secrets stay out of dry runs: whoever may dry-run may see everything in it.
            scope: Scope::new(run.task_id, &spec, &secrets, &Environment::default()),
            workspace: empty_workspace(&self.inner.settings),
            journal: &mut journal,
            failure: None,
            record: Record::default(),
        };
        // A journal in memory has no lease to lose and no database to miss.
        let outcome = runner.walk().await.map_err(|error| DryRunError::Broken(error.to_string()))?;
        let files = runner.workspace;
        let (reports, problems) = runner.record.into_parts();
        let steps = spec.steps;
        let log = journal.into_events().into_iter().map(|(_, body)| body).collect();
        Ok(DryRunResult {
            log,
            tree_id: tree_id(&files).ok(),
            files,
            output: outcome.output,
            steps,
            reports,
            failure: outcome.failure,
            problems,
        })
    }
}

/// Refuses steps that cannot work whatever the values are, as far as this run would come to them.
fn refuse_faults(
    template: &Template,
    registry: &Registry,
    mocks: &Mocks,
    errors: ExpressionErrors,
) -> Result<(), DryRunError> {
    let mut faults = step_faults(template, registry);
    let steps: HashMap<&str, &Step> =
        template.spec.steps.iter().rev().map(|step| (step.id.as_str(), step)).collect();
    faults.retain(|fault| {
        let Some(step) = steps.get(fault.step.as_str()) else { return true };
        match fault.unknown {
            // The action does not have to be there where a mock stands in for it.
            Unknown::Action => mocks.of(&step.id, &step.action).is_none(),
            // Backstage does not look at the input of a step that a dry run leaves out.
            Unknown::Input => {
                errors == ExpressionErrors::Fail
                    || registry.get(&step.action).is_ok_and(|action| action.definition().supports_dry_run)
            }
        }
    });
    if faults.is_empty() { Ok(()) } else { Err(DryRunError::Steps(faults)) }
}
