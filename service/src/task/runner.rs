//! Walking through the steps of a task, for real runs and dry runs alike.
//!
//! The walk is a function of the task's spec, its secrets and its journal: walked again, it writes the same
//! events under the same keys. It ends in an [`Outcome`], or is broken off by a [`JournalError`] when it must
//! not write any more.

use std::collections::HashSet;

use catalog_gen::FileTree;
use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;

use super::access::ActionAccess;
use super::mocks::{Mocks, Record};
use super::scope::Scope;
use super::step::StepRun;
use super::{FailedExpression, StepEnd, TaskSpec};
use crate::action::{Capabilities, Registry, RunInfo};
use crate::config::ExpressionErrors;
use crate::journal::{EventBody, EventKind, FailureInfo, Journal, JournalError, StepState};
use crate::render::{ExpressionProblem, StepStatus, ValueRenderer};
use crate::telemetry::Metrics;
use crate::template::Step;

/// Key of the first event of a walk.
pub(super) const START: &str = "start";

/// Writes the first line of a walk; what is waited for before it comes below that line.
pub(super) fn begin(journal: &mut Journal, spec: &TaskSpec) {
    let text = format!("Starting up task with {} steps", spec.steps.len());
    journal.event(START, EventKind::Log, EventBody::message(text));
}

/// What all walks share.
#[derive(Clone, Copy)]
pub(super) struct Tools<'t> {
    pub(super) registry: &'t Registry,
    pub(super) capabilities: &'t Capabilities,
    pub(super) renderer: &'t ValueRenderer,
    pub(super) cancelled: &'t CancellationToken,
    pub(super) expression_errors: ExpressionErrors,
    pub(super) metrics: &'t Metrics,
    /// Answers in place of actions; none in a real run.
    pub(super) mocks: Option<&'t Mocks>,
    /// What the initiator may have run.
    pub(super) actions: &'t ActionAccess,
}

/// One walk.
pub(super) struct Runner<'t> {
    pub(super) tools: Tools<'t>,
    pub(super) run: &'t RunInfo,
    pub(super) spec: &'t TaskSpec,
    pub(super) scope: Scope,
    pub(super) workspace: FileTree,
    pub(super) journal: &'t mut Journal,
    pub(super) failure: Option<FailureInfo>,
    /// What became of the steps, in a dry run.
    pub(super) record: Record,
}

/// How a walk ended.
#[derive(Debug)]
pub(super) struct Outcome {
    /// Rendered output, secrets masked.
    pub(super) output: Value,
    /// The first error.
    pub(super) failure: Option<FailureInfo>,
}

impl Runner<'_> {
    /// Runs every step and renders the output.
    pub(super) async fn walk(&mut self) -> Result<Outcome, JournalError> {
        let spec = self.spec;
        begin(self.journal, spec);
        for (step, key) in spec.steps.iter().zip(keys(&spec.steps)) {
            self.step(step, &key).await?;
        }
        let output = if self.failure.is_none() { self.output() } else { Value::Object(Map::new()) };
        Ok(Outcome { output, failure: self.failure.clone() })
    }

    async fn step(&mut self, step: &Step, key: &str) -> Result<(), JournalError> {
        if self.failure.is_some() && !self.runs_after_failure(step) {
            let text = format!("Skipping step {} because a previous step failed", step.id);
            self.say_state(step, &format!("{key}/skip"), text, StepState::Skipped);
            self.note(step, StepEnd::Skipped);
            return Ok(());
        }
        let text = format!("Beginning step {}", step.name);
        self.say_state(step, &format!("{key}/begin"), text, StepState::Processing);
        StepRun::new(self, step, key).run().await
    }

    /// A step runs after a failure if its condition asks for it with `always()` or `failure()`.
    fn runs_after_failure(&self, step: &Step) -> bool {
        let Some(condition) = &step.condition else { return false };
        if self.tools.cancelled.is_cancelled() {
            return false;
        }
        let (truthy, asked, _) =
            self.tools.renderer.condition(condition, &self.scope.plain(), StepStatus::Failed);
        truthy && asked
    }

    /// Records the end of a step.
    pub(super) fn note(&mut self, step: &Step, end: StepEnd) {
        if self.run.dry_run {
            let output = match end {
                StepEnd::Ran | StepEnd::LeftOut => self.scope.shown_output(&step.id),
                StepEnd::Skipped | StepEnd::Failed => Value::Object(Map::new()),
            };
            self.record.ended(&step.id, end, output);
        }
    }

    /// Records failing expressions; `above` is what of the template their paths begin at.
    pub(super) fn record_problems(&mut self, above: &str, problems: &[ExpressionProblem]) {
        if !self.run.dry_run {
            return;
        }
        for ExpressionProblem { path, message, .. } in problems {
            let message = self.scope.hide(message, &[]);
            self.record.problems.push(FailedExpression { at: format!("{above}.{path}"), message });
        }
    }

    /// The place of a step in the template.
    pub(super) fn place(&self, step: &Step) -> String {
        let index = self.spec.steps.iter().position(|other| std::ptr::eq(other, step)).unwrap_or_default();
        format!("spec.steps[{index}]")
    }

    /// How the run stands.
    pub(super) fn status(&self) -> StepStatus {
        if self.failure.is_some() { StepStatus::Failed } else { StepStatus::Succeeding }
    }

    fn output(&mut self) -> Value {
        let rendered = self.tools.renderer.render(&self.spec.output, &self.scope.plain(), "output");
        self.record_problems("spec", &rendered.problems);
        self.report("output", None, &rendered.problems);
        let mut output = rendered.value.to_masked_json().unwrap_or_default();
        for name in ["links", "text"] {
            if let Some(Value::Array(members)) = output.get_mut(name) {
                members.retain(|member| member.get("if").is_none_or(is_truthy));
                members.iter_mut().filter_map(Value::as_object_mut).for_each(|member| {
                    member.shift_remove("if");
                });
            }
        }
        output
    }

    /// Tells which expressions were left as they are.
    pub(super) fn report(&mut self, key: &str, step: Option<&Step>, problems: &[ExpressionProblem]) {
        for (number, problem) in problems.iter().enumerate() {
            let text = self.scope.hide(
                &format!(
                    "the expression in `{}` failed and its text was left in place: {}",
                    problem.path, problem.message
                ),
                &[],
            );
            let body = EventBody::warn(step.map(|step| step.id.as_str()), text);
            self.say(&format!("{key}/problem/{number}"), body);
        }
    }

    pub(super) fn say(&mut self, key: &str, body: EventBody) {
        self.journal.event(key, EventKind::Log, body);
    }

    pub(super) fn say_state(&mut self, step: &Step, key: &str, text: String, state: StepState) {
        let body = EventBody::of_step(&step.id, text).with_status(state);
        self.say(key, body);
    }
}

/// What each step goes by in the journal: its id, and a number for every later step of the same id, since
/// Backstage lets steps share one.
pub(super) fn keys(steps: &[Step]) -> Vec<String> {
    let mut taken: HashSet<String> = steps.iter().map(|step| step.id.clone()).collect();
    let mut seen = HashSet::new();
    let mut keys = Vec::with_capacity(steps.len());
    for step in steps {
        let mut key = step.id.clone();
        if !seen.insert(step.id.as_str()) {
            let mut number = 2;
            while !taken.insert(format!("{}#{number}", step.id)) {
                number += 1;
            }
            key = format!("{}#{number}", step.id);
        }
        keys.push(key);
    }
    keys
}

/// JavaScript's truthiness of a rendered value, except that an empty list is false.
fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(number) => number.as_f64().is_some_and(|number| number != 0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(_) => true,
    }
}
