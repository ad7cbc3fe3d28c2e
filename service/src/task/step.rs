//! Running one step: condition, iterations, input, action, outputs.

use std::time::{Duration, Instant};

use nunjucks::{Context, Value as NValue};
use serde_json::{Map, Value, json};

use super::mocks::{self, Mock, StepEnd};
use super::runner::Runner;
use super::scope::secret_texts;
use crate::action::{ActionContext, ActionError, Heard, Registered, StepInfo};
use crate::config::ExpressionErrors;
use crate::journal::{EventBody, FailureInfo, JournalError, StepState};
use crate::telemetry::{Outcome, StepLabels};
use crate::template::Step;

/// One step under way.
pub(super) struct StepRun<'r, 't> {
    runner: &'r mut Runner<'t>,
    step: &'r Step,
    /// What the step goes by in the journal.
    key: &'r str,
    /// What of the step a failure is about, such as `input.url`.
    at: Option<String>,
}

/// One pass over the action: the whole step, or one element of `each`.
#[derive(Default)]
struct Iteration {
    /// Key of the element.
    key: Option<String>,
    /// The element as the log shows it.
    shown: String,
    /// Whether its `if` left it out; it has no input then.
    skipped: bool,
    /// Rendered input, secrets marked.
    input: NValue,
    /// Texts of the input that stem from secrets.
    derived: Vec<String>,
}

/// Who does the work of a step: its action, or mocks in its place.
#[derive(Clone, Copy)]
struct Performer<'t> {
    /// None where a mock stands in for an action that is not there.
    action: Option<&'t Registered>,
    mocks: Option<&'t [Mock]>,
}

impl<'t> Performer<'t> {
    /// The action, if a dry run leaves it out.
    fn left_out(self) -> Option<&'t Registered> {
        self.action.filter(|action| self.mocks.is_none() && !action.definition().supports_dry_run)
    }
}

/// What became of a step that did not fail.
enum Ended {
    Completed(Map<String, Value>, Vec<String>),
    /// Why, and the outputs that stand in for real ones in a dry run.
    LeftOut(String, Map<String, Value>),
    /// Why: its condition is false, so it has no outputs at all.
    Skipped(String),
}

impl<'r, 't> StepRun<'r, 't> {
    pub(super) fn new(runner: &'r mut Runner<'t>, step: &'r Step, key: &'r str) -> Self {
        Self { runner, step, key, at: None }
    }

    pub(super) async fn run(mut self) -> Result<(), JournalError> {
        let step = self.step;
        let started = Instant::now();
        let ended = self.attempt().await;
        self.count(&ended, started.elapsed());
        match ended {
            Ok(Ended::Completed(outputs, derived)) => {
                self.runner.scope.add_step(&step.id, &outputs, &derived);
                let text = format!("Finished step {}", step.name);
                self.runner.say_state(step, &format!("{}/end", self.key), text, StepState::Completed);
                self.runner.note(step, StepEnd::Ran);
                Ok(())
            }
            Ok(Ended::LeftOut(why, outputs)) => {
                self.runner.scope.add_step(&step.id, &outputs, &[]);
                self.runner.say_state(step, &format!("{}/end", self.key), why, StepState::Skipped);
                self.runner.note(step, StepEnd::LeftOut);
                Ok(())
            }
            Ok(Ended::Skipped(why)) => {
                self.runner.say_state(step, &format!("{}/end", self.key), why, StepState::Skipped);
                self.runner.note(step, StepEnd::Skipped);
                Ok(())
            }
            Err(ActionError::Journal(broken)) => Err(broken),
            Err(error) => self.fail(&error),
        }
    }

    fn count(&self, ended: &Result<Ended, ActionError>, took: Duration) {
        let outcome = match ended {
            Ok(Ended::Completed(..)) => Outcome::Ok,
            Ok(Ended::LeftOut(..) | Ended::Skipped(..)) => Outcome::Skipped,
            Err(ActionError::Cancelled) => Outcome::Cancelled,
            // The run was broken off, not the step.
            Err(ActionError::Journal(_)) => return,
            Err(_) => Outcome::Failed,
        };
        let labels = StepLabels { template: &self.runner.run.template.entity_ref, step: &self.step.name };
        self.runner.tools.metrics.step_ended(labels, outcome, took);
    }

    fn fail(self, error: &ActionError) -> Result<(), JournalError> {
        let Self { runner, step, key, at } = self;
        let (name, message, state) = match error {
            ActionError::Cancelled => {
                let text = format!(
                    "Step {} ({}) of task {} has been cancelled.",
                    step.id, step.name, runner.run.task_id
                );
                (error.name(), text, StepState::Cancelled)
            }
            other => (other.name(), runner.scope.hide(&other.to_string(), &[]), StepState::Failed),
        };
        let text = match state {
            StepState::Cancelled => message.clone(),
            _ => format!("{name}: step `{}` ({}) failed: {message}", step.id, step.action),
        };
        runner.say_state(step, &format!("{key}/end"), text, state);
        runner.note(step, StepEnd::Failed);
        let place = runner.place(step);
        let at = at.map_or_else(|| place.clone(), |at| format!("{place}.{at}"));
        runner.failure.get_or_insert(FailureInfo { name: name.to_owned(), message, at: Some(at) });
        Ok(())
    }

    async fn attempt(&mut self) -> Result<Ended, ActionError> {
        let step = self.step;
        if self.runner.tools.cancelled.is_cancelled() {
            return Err(ActionError::Cancelled);
        }
        if step.each.is_none() && !self.condition(&self.runner.scope.plain(), self.key)? {
            let why = format!("Skipping step {} because its if condition was false", step.id);
            return Ok(Ended::Skipped(why));
        }
        let tools = self.runner.tools;
        let mocks = tools.mocks.and_then(|mocks| mocks.of(&step.id, &step.action));
        let action = match tools.registry.get(&step.action) {
            Ok(action) => Performer { action: Some(action), mocks },
            Err(_) if mocks.is_some() => Performer { action: None, mocks },
            Err(unknown) if unknown.unlisted.is_some() => {
                return Err(ActionError::Unavailable(unknown.to_string()));
            }
            Err(unknown) => return Err(ActionError::NotFound(unknown.to_string())),
        };
        let left_out = action.left_out().filter(|_| self.runner.run.dry_run);
        let iterations = self.iterations(action, left_out.is_some())?;
        if let Some(left_out) = left_out {
            let outputs = left_out.example_output().as_object().cloned().unwrap_or_default();
            return Ok(Ended::LeftOut(
                format!("Skipping because {} does not support dry-run", step.action),
                outputs,
            ));
        }
        let mut outputs = Map::new();
        let mut derived = Vec::new();
        for iteration in iterations {
            self.announce(&iteration);
            if iteration.skipped {
                continue;
            }
            for (name, value) in self.perform(action, &iteration).await? {
                if iteration.key.is_none() {
                    outputs.insert(name, value);
                } else if let Value::Array(values) =
                    outputs.entry(name).or_insert_with(|| Value::Array(Vec::new()))
                {
                    values.push(value);
                }
            }
            derived.extend(iteration.derived);
        }
        Ok(Ended::Completed(outputs, derived))
    }

    /// Decides `if`; a missing one is true.
    fn condition(&mut self, scope: &Context, key: &str) -> Result<bool, ActionError> {
        let Some(condition) = &self.step.condition else { return Ok(true) };
        let (truthy, _, problems) =
            self.runner.tools.renderer.condition(condition, scope, self.runner.status());
        self.expression_problems(&format!("{key}/if"), &problems)?;
        Ok(truthy)
    }

    /// Renders and checks the input of every iteration before the first one runs.
    fn iterations(&mut self, action: Performer<'_>, left_out: bool) -> Result<Vec<Iteration>, ActionError> {
        let scope = self.runner.scope.with_secrets();
        let Some(each) = &self.step.each else {
            return Ok(vec![self.iteration(action, &scope, None, left_out)?]);
        };
        let mut iterations = Vec::new();
        for (key, value) in self.elements(each, &scope)? {
            let element = NValue::object([("key", NValue::from(key.as_str())), ("value", value)]);
            let scope = scope.overlay().with("each", element.clone());
            let shown = shown_element(&key, &element);
            let name = format!("{}[{key}]", self.key);
            let mut iteration = if self.condition(&scope, &name)? {
                self.iteration(action, &scope, Some(key), left_out)?
            } else {
                Iteration { key: Some(key), skipped: true, ..Iteration::default() }
            };
            iteration.shown = shown;
            iterations.push(iteration);
        }
        Ok(iterations)
    }

    /// Tells which element of `each` is next.
    fn announce(&mut self, iteration: &Iteration) {
        let Some(key) = &iteration.key else { return };
        let doing = if iteration.skipped { "Skipping" } else { "Running" };
        let body = EventBody::info(&self.step.id, format!("{doing} step each: {}", iteration.shown));
        self.runner.say(&format!("{}[{key}]/each", self.key), body);
    }

    /// The elements of `each` with their keys.
    fn elements(&mut self, each: &Value, scope: &Context) -> Result<Vec<(String, NValue)>, ActionError> {
        let rendered = self.runner.tools.renderer.render(each, scope, "each");
        self.expression_problems(&format!("{}/each", self.key), &rendered.problems)?;
        let value = &rendered.value;
        if let Some(items) = value.as_array() {
            return Ok(items
                .iter()
                .enumerate()
                .map(|(index, item)| (index.to_string(), item.clone()))
                .collect());
        }
        if let Some(members) = value.as_object() {
            return Ok(members.iter().map(|(key, item)| (key.as_str().to_owned(), item.clone())).collect());
        }
        Err(ActionError::Input(format!(
            "`each` of step `{}` must give a list or an object; it gave {}",
            self.step.id,
            value.to_masked_json().map_or_else(|| "nothing".to_owned(), |json| json.to_string())
        )))
    }

    fn iteration(
        &mut self,
        action: Performer<'_>,
        scope: &Context,
        key: Option<String>,
        left_out: bool,
    ) -> Result<Iteration, ActionError> {
        let input = Value::Object(self.step.input.clone().unwrap_or_default());
        let rendered = self.runner.tools.renderer.render(&input, scope, "input");
        let name = self.info(key.as_deref()).journal_key();
        self.expression_problems(&name, &rendered.problems)?;
        if self.runner.run.dry_run {
            let shown = rendered.value.to_masked_json().unwrap_or_default();
            let text = format!(
                "Running {} in dry-run mode with inputs (secrets redacted): {shown:#}",
                self.step.action
            );
            self.runner.say(&format!("{name}/dry-run"), EventBody::info(&self.step.id, text));
            self.runner.record.called(key.as_deref(), shown);
        }
        // Backstage does not look at the input of an action that a dry run leaves out; whoever wants faults
        // reported (`expression_errors: fail`) wants this one too.
        let checked = !left_out || self.runner.tools.expression_errors == ExpressionErrors::Fail;
        if let Some(action) = action.action.filter(|_| checked) {
            let input = rendered.value.to_json().unwrap_or_default();
            action.check(&input).map_err(|error| self.in_iteration(error, key.as_deref()))?;
            if !left_out && !self.runner.tools.actions.allows(action.definition(), &input) {
                // The input may hold secrets, and the policy is nobody's business: neither is told.
                let id = &action.definition().id;
                return Err(ActionError::NotAllowed(format!("the action `{id}` is not allowed here")));
            }
        }
        let derived = secret_texts(&rendered.value);
        Ok(Iteration { key, input: rendered.value, derived, ..Iteration::default() })
    }

    fn in_iteration(&self, error: ActionError, key: Option<&str>) -> ActionError {
        match (error, key) {
            (ActionError::Input(message), Some(key)) => ActionError::Input(format!("each[{key}]: {message}")),
            (error, _) => error,
        }
    }

    /// Does one pass, or lets a mock answer.
    async fn perform(
        &mut self,
        performer: Performer<'_>,
        iteration: &Iteration,
    ) -> Result<Map<String, Value>, ActionError> {
        match performer {
            Performer { mocks: None, action: Some(action) } => self.act(action, iteration).await,
            Performer { mocks, .. } => {
                let input = iteration.input.to_json().unwrap_or_default();
                let mock = mocks::answer(mocks.unwrap_or_default(), iteration.key.as_deref(), &input)?;
                for (path, entry) in &mock.files {
                    self.runner.workspace.insert(path.clone(), entry.clone())?;
                }
                Ok(mock.output.clone())
            }
        }
    }

    async fn act(
        &mut self,
        action: &Registered,
        iteration: &Iteration,
    ) -> Result<Map<String, Value>, ActionError> {
        self.runner.journal.flush().await?;
        let info = self.info(iteration.key.as_deref());
        let prefix = format!("{}/log", info.journal_key());
        let runner = &mut *self.runner;
        let cancelled = runner.tools.cancelled;
        let mut ctx = ActionContext {
            run: runner.run,
            step: &info,
            input: &iteration.input,
            workspace: &mut runner.workspace,
            capabilities: runner.tools.capabilities,
            cancelled,
            event_prefix: &prefix,
            journal: runner.journal,
            outputs: Map::new(),
            lines: 0,
            notices: Heard::default(),
        };
        let input = iteration.input.to_json().unwrap_or_default();
        let done = tokio::select! {
            biased;
            () = cancelled.cancelled() => Err(ActionError::Cancelled),
            done = action.run(&mut ctx, input) => done,
        };
        let outputs = std::mem::take(&mut ctx.outputs);
        done.map_err(|error| hidden(error, |text| runner.scope.hide(text, &iteration.derived)))?;
        Ok(outputs)
    }

    fn expression_problems(
        &mut self,
        key: &str,
        problems: &[crate::render::ExpressionProblem],
    ) -> Result<(), ActionError> {
        if problems.is_empty() {
            return Ok(());
        }
        self.runner.record_problems(&self.runner.place(self.step), problems);
        if self.runner.tools.expression_errors == ExpressionErrors::Keep {
            self.runner.report(key, Some(self.step), problems);
            return Ok(());
        }
        self.at = problems.first().map(|problem| problem.path.clone());
        let faults: Vec<String> = problems
            .iter()
            .map(|problem| {
                // Most messages quote the part that failed; the whole expression is told where none is.
                let quoted = if problem.message.contains('`') {
                    String::new()
                } else {
                    format!(" in `{}`", problem.source)
                };
                format!("`{}`: {}{quoted}", problem.path, problem.message)
            })
            .collect();
        Err(ActionError::Input(format!("an expression failed: {}", faults.join("; "))))
    }

    fn info(&self, iteration: Option<&str>) -> StepInfo {
        StepInfo {
            id: self.step.id.clone(),
            key: self.key.to_owned(),
            name: self.step.name.clone(),
            iteration: iteration.map(str::to_owned),
        }
    }
}

/// An element of `each` as Backstage writes it to the log: key and value as texts.
fn shown_element(key: &str, element: &NValue) -> String {
    let value = element.get("value").to_masked_json().unwrap_or_default();
    json!({ "key": key, "value": as_text(&value) }).to_string()
}

fn as_text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(as_text).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

/// The same error with secrets taken out of its text.
fn hidden(error: ActionError, hide: impl Fn(&str) -> String) -> ActionError {
    match error {
        ActionError::Input(text) => ActionError::Input(hide(&text)),
        ActionError::NotFound(text) => ActionError::NotFound(hide(&text)),
        ActionError::Conflict(text) => ActionError::Conflict(hide(&text)),
        ActionError::NotAllowed(text) => ActionError::NotAllowed(hide(&text)),
        ActionError::Unavailable(text) => ActionError::Unavailable(hide(&text)),
        error @ (ActionError::Cancelled | ActionError::Journal(_)) => error,
    }
}
