//! Running one case: values, dry run with mocks, expectations, snapshot.

use std::sync::Arc;
use std::time::{Duration, Instant};

use catalog_gen::FileTree;
use serde_json::Value;

use super::case::Case;
use super::finding::Finding;
use super::snapshot::{self, Home, Written};
use super::suite::{Entry, Subject, Suite};
use super::{files, fit, judge};
use crate::action::{Kind, Registry};
use crate::config::ExpressionErrors;
use crate::task::{Caller, DryRunError, DryRunRequest, DryRunResult, Tasks};
use crate::template::parameters::{all_violations, with_defaults};

/// Who asks where a case names no user.
const NOBODY: &str = "external:stagecraft-test";

/// How cases are run.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Write snapshots in place of comparing them.
    pub update: bool,
    /// What failing expressions do.
    pub expression_errors: ExpressionErrors,
}

/// How a case ended.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// What is wrong; nothing if the case passed.
    pub findings: Vec<Finding>,
    /// What an update did to the snapshot.
    pub written: Option<Written>,
    /// How long it took.
    pub took: Duration,
}

impl Outcome {
    /// The outcome of a case whose run did not come to an end.
    pub fn broken_down(file: &str) -> Self {
        let finding = Finding::of_file(file, "the run of this case broke down; please report it");
        Self { findings: vec![finding], written: None, took: Duration::ZERO }
    }

    /// Did the case pass?
    pub fn passed(&self) -> bool {
        self.findings.is_empty()
    }
}

impl Suite {
    /// What runs one of the cases; it can be run beside others.
    pub fn prepare(&self, entry: &Entry, tasks: &Tasks, options: Options) -> Run {
        Run { entry: entry.clone(), home: self.home.clone(), tasks: tasks.clone(), options }
    }
}

/// A case that is ready to run.
#[derive(Clone)]
pub struct Run {
    entry: Entry,
    home: Home,
    tasks: Tasks,
    options: Options,
}

impl Run {
    /// Runs it to its end, whatever is wrong.
    pub async fn run(self) -> Outcome {
        let started = Instant::now();
        let (findings, written) = match &self.entry.case {
            Err(findings) => (findings.clone(), None),
            Ok((subject, case)) => match self.case(subject, case).await {
                Ok(ended) => ended,
                Err(findings) => (findings, None),
            },
        };
        Outcome { findings, written, took: started.elapsed() }
    }

    /// The error is what kept the case from being run.
    async fn case(
        &self,
        subject: &Subject,
        case: &Arc<Case>,
    ) -> Result<(Vec<Finding>, Option<Written>), Vec<Finding>> {
        let template = &subject.template;
        let actions = template.spec.steps.iter().map(|step| step.action.as_str());
        let registry = self.tasks.actions().for_names(actions).await;
        stop_if_any(by_line(fit::findings(case, template, &registry)))?;
        let values = with_defaults(template, &Value::Object(case.values.clone()));
        let violations = all_violations(template, &values, &Value::Object(case.secrets.clone()));
        stop_if_any(judge::violations(case, template, &violations))?;
        if case.expect.invalid.is_some() {
            return Ok((Vec::new(), None));
        }
        let result = self.dry_run(subject, case, values).await?;
        let mut findings = failure(subject, case, &result, &registry);
        let unexpected = !findings.is_empty();
        let mut others = judge::run(case, &result);
        if unexpected {
            findings.extend(by_line(others));
            return Ok((findings, None));
        }
        others.extend(files::findings(case, &result.files));
        findings.extend(by_line(others));
        if !case.has_snapshot() || result.failure.is_some() {
            return Ok((findings, None));
        }
        let (differences, written) = self.snapshot(result.files).await;
        findings.extend(differences);
        Ok((findings, written))
    }

    async fn dry_run(
        &self,
        subject: &Subject,
        case: &Case,
        values: Value,
    ) -> Result<DryRunResult, Vec<Finding>> {
        let request = DryRunRequest {
            template: subject.template.entity.clone(),
            values,
            secrets: case.secrets.clone(),
            files: subject.files.clone(),
            template_file: subject.path.clone(),
            caller: Caller::named(case.user.as_deref().unwrap_or(NOBODY)),
            expression_errors: self.options.expression_errors,
            mocks: case.mocks.clone(),
        };
        self.tasks.dry_run(request).await.map_err(|error| refused(subject, case, error))
    }

    /// Compares or writes the snapshot, away from the threads that render.
    async fn snapshot(&self, tree: FileTree) -> (Vec<Finding>, Option<Written>) {
        let (home, name, update) = (self.home.clone(), self.entry.name.clone(), self.options.update);
        let done = tokio::task::spawn_blocking(move || {
            if !update {
                let mut findings = snapshot::compare(&home, &name, &tree);
                findings.iter_mut().for_each(|finding| finding.of_snapshot = true);
                return (findings, None);
            }
            match snapshot::update(&home, &name, &tree) {
                Ok(written) => (Vec::new(), Some(written)),
                Err(finding) => (vec![finding], None),
            }
        });
        done.await.unwrap_or_else(|_| {
            (vec![Finding::of_file(&self.entry.file, "comparing the snapshot broke down")], None)
        })
    }
}

/// In the order in which one meets them in the file.
fn by_line(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by_key(|finding| (finding.place.line, finding.place.column));
    findings
}

fn stop_if_any(findings: Vec<Finding>) -> Result<(), Vec<Finding>> {
    if findings.is_empty() { Ok(()) } else { Err(findings) }
}

/// A template that cannot be run at all.
fn refused(subject: &Subject, case: &Case, error: DryRunError) -> Vec<Finding> {
    match error {
        DryRunError::Steps(faults) => faults
            .iter()
            .map(|fault| {
                let mut place = subject.template.locate(&fault.at);
                place.file.clone_from(&subject.shown);
                let hint = match fault.unknown {
                    crate::task::Unknown::Action => {
                        "; if your Backstage has it, mock it under `mocks.actions`"
                    }
                    crate::task::Unknown::Input => "",
                };
                Finding::new(place, format!("{fault}{hint}"))
            })
            .collect(),
        other => vec![Finding::of_file(&case.written.file, other.to_string())],
    }
}

/// An end that the case does not expect, told where the template has the step.
fn failure(subject: &Subject, case: &Case, result: &DryRunResult, registry: &Registry) -> Vec<Finding> {
    let mut findings = judge::failure(case, result);
    let at = result.failure.as_ref().and_then(|failure| failure.at.as_deref());
    if let (Some(finding), Some(at), None) = (findings.first_mut(), at, &case.expect.error) {
        finding.place = subject.template.locate(at);
        finding.place.file.clone_from(&subject.shown);
        if let Some(step) = judge::failed_step(result).filter(|step| looks_outside(subject, step, registry)) {
            let hint = format!("; a case sees nothing outside: give the answer under `mocks.steps.{step}`");
            finding.message.push_str(&hint);
        }
    }
    findings
}

/// Is the step's action one that asks somebody else? Those that read files of a source are not meant.
fn looks_outside(subject: &Subject, step: &str, registry: &Registry) -> bool {
    let step = subject.template.spec.steps.iter().find(|known| known.id == step);
    step.filter(|step| !step.action.starts_with("fetch:"))
        .and_then(|step| registry.get(&step.action).ok())
        .is_some_and(|action| action.definition().kind == Kind::Read)
}
