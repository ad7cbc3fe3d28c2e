//! `/api/stagecraft/v1/dry-run`: what a template would make, whatever comes of it.
//!
//! Unlike the compatible route this one takes a template by its reference, answers with what it found also where
//! the template is refused or a step fails, and holds the files against a repository that is there. The
//! invariant: content that stems from a secret is never part of the answer.

use axum::Extension;
use axum::extract::State;
use serde::Serialize;
use serde_json::{Map, Value};

use super::body::{Fields, JsonBody};
use super::dry_run::{FileShape, LineShape, files, is_template, path};
use super::error::ApiError;
use super::reply::{Answer, ok};
use super::state::DryRuns;
use crate::config::ExpressionErrors;
use crate::diff::{Change, FileDiff, Lines};
use crate::git::TreeId;
use crate::task::{
    Caller, CompareWith, Comparison, Problem, StepCall, StepEnd, StepReport, Tasks, Trial, TrialResult,
    TrialRun, TrialTemplate,
};
use crate::template::{Step, TemplatePlace};

/// What is answered; the fields depend on `status`.
#[derive(Serialize)]
#[serde(rename_all = "lowercase", tag = "status")]
enum Shape<'a> {
    Refused {
        problems: Vec<ProblemShape<'a>>,
    },
    Failed {
        error: ErrorShape<'a>,
        #[serde(flatten)]
        run: RunShape<'a>,
    },
    Completed {
        #[serde(flatten)]
        run: RunShape<'a>,
        #[serde(skip_serializing_if = "Option::is_none")]
        comparison: Option<ComparisonShape<'a>>,
    },
}

#[derive(Serialize)]
struct ProblemShape<'a> {
    at: &'a str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<PlaceShape<'a>>,
}

#[derive(Serialize)]
struct PlaceShape<'a> {
    file: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
}

#[derive(Serialize)]
struct ErrorShape<'a> {
    name: &'a str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<PlaceShape<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RunShape<'a> {
    log: Vec<LineShape<'a>>,
    steps: Vec<StepShape<'a>>,
    directory_contents: Vec<FileShape<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tree_id: Option<&'a TreeId>,
    output: &'a Value,
}

#[derive(Serialize)]
struct StepShape<'a> {
    id: &'a str,
    name: &'a str,
    action: &'a str,
    end: &'static str,
    calls: Vec<CallShape<'a>>,
    output: &'a Value,
}

#[derive(Serialize)]
struct CallShape<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    iteration: Option<&'a str>,
    input: &'a Value,
}

#[derive(Serialize)]
struct ComparisonShape<'a> {
    repository: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<&'a str>,
    added: usize,
    changed: usize,
    removed: usize,
    unchanged: usize,
    files: Vec<FileDiffShape<'a>>,
}

#[derive(Serialize)]
struct FileDiffShape<'a> {
    path: &'a str,
    change: &'static str,
    content: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    diff: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    modes: Option<[&'static str; 2]>,
}

impl<'a> From<&'a TrialResult> for Shape<'a> {
    fn from(result: &'a TrialResult) -> Self {
        match result {
            TrialResult::Refused(problems) => {
                Self::Refused { problems: problems.iter().map(ProblemShape::from).collect() }
            }
            TrialResult::Ran(ran) => {
                let TrialRun { result, failed_at, comparison } = ran.as_ref();
                let run = RunShape::new(ran);
                match &result.failure {
                    Some(failure) => {
                        let place = failed_at.as_ref().map(PlaceShape::from);
                        let (name, message, at) = (&failure.name, &failure.message, failure.at.as_deref());
                        Self::Failed { error: ErrorShape { name, message, at, place }, run }
                    }
                    None => {
                        Self::Completed { run, comparison: comparison.as_ref().map(ComparisonShape::from) }
                    }
                }
            }
        }
    }
}

impl<'a> From<&'a Problem> for ProblemShape<'a> {
    fn from(problem: &'a Problem) -> Self {
        let place = problem.place.as_ref().map(PlaceShape::from);
        Self { at: &problem.at, message: &problem.message, place }
    }
}

impl<'a> From<&'a TemplatePlace> for PlaceShape<'a> {
    fn from(place: &'a TemplatePlace) -> Self {
        Self { file: &place.file, line: place.line, column: place.column }
    }
}

impl<'a> RunShape<'a> {
    fn new(ran: &'a TrialRun) -> Self {
        let result = &ran.result;
        Self {
            log: result.log.iter().map(LineShape::from).collect(),
            steps: result
                .reports
                .iter()
                .zip(&result.steps)
                .map(|(report, step)| StepShape::new(report, step))
                .collect(),
            directory_contents: result
                .files
                .iter()
                .filter_map(|(path, entry)| FileShape::new(path, entry))
                .collect(),
            tree_id: result.tree_id.as_ref(),
            output: &result.output,
        }
    }
}

impl<'a> StepShape<'a> {
    fn new(report: &'a StepReport, step: &'a Step) -> Self {
        let end = match report.end {
            StepEnd::Ran => "ran",
            StepEnd::LeftOut => "leftOut",
            StepEnd::Skipped => "skipped",
            StepEnd::Failed => "failed",
        };
        let calls = report.calls.iter().map(CallShape::from).collect();
        Self { id: &report.id, name: &step.name, action: &step.action, end, calls, output: &report.output }
    }
}

impl<'a> From<&'a StepCall> for CallShape<'a> {
    fn from(call: &'a StepCall) -> Self {
        Self { iteration: call.iteration.as_deref(), input: &call.input }
    }
}

impl<'a> From<&'a Comparison> for ComparisonShape<'a> {
    fn from(comparison: &'a Comparison) -> Self {
        let (added, changed, removed) = comparison.diff.counts();
        Self {
            repository: &comparison.repository,
            commit: comparison.commit.as_ref().map(|commit| commit.0.as_str()),
            added,
            changed,
            removed,
            unchanged: comparison.diff.unchanged,
            files: comparison.diff.files.iter().map(FileDiffShape::from).collect(),
        }
    }
}

impl<'a> From<&'a FileDiff> for FileDiffShape<'a> {
    fn from(file: &'a FileDiff) -> Self {
        let change = match file.change {
            Change::Added => "added",
            Change::Changed => "changed",
            Change::Removed => "removed",
        };
        let (content, diff) = match &file.lines {
            Lines::Unified(text) => ("text", Some(text.as_str())),
            Lines::Binary => ("binary", None),
            Lines::Secret => ("secret", None),
            Lines::TooLong => ("tooLong", None),
        };
        let modes = file.modes.map(|(before, after)| [before, after]);
        Self { path: file.path.as_str(), change, content, diff, modes }
    }
}

/// `POST /api/stagecraft/v1/dry-run`
pub(super) async fn run(
    State(tasks): State<Tasks>,
    State(settings): State<DryRuns>,
    Extension(caller): Extension<Caller>,
    JsonBody(body): JsonBody,
) -> Answer {
    let trial = read(body, settings, caller)?;
    let result = tasks.try_out(trial).await?;
    ok(&Shape::from(&result))
}

fn read(body: Value, settings: DryRuns, caller: Caller) -> Result<Trial, ApiError> {
    let mut fields = Fields::of_body(body, &[])?;
    let template = read_template(&mut fields, settings)?;
    let values = fields.object_or("values", Map::new())?.into();
    let secrets = fields.texts("secrets")?;
    let fill_defaults = fields.flag_or("fillDefaults", true)?;
    let keep = fields.flag_or("keepExpressionErrors", false)?;
    let expression_errors = if keep { ExpressionErrors::Keep } else { ExpressionErrors::Fail };
    let compare = match fields.take("compare") {
        Some(compare) => Some(read_compare(compare)?),
        None => None,
    };
    fields.nothing_else(&[
        "templateRef",
        "template",
        "directoryContents",
        "values",
        "secrets",
        "fillDefaults",
        "keepExpressionErrors",
        "compare",
    ])?;
    Ok(Trial { template, values, secrets, fill_defaults, expression_errors, caller, compare })
}

fn read_template(fields: &mut Fields, settings: DryRuns) -> Result<TrialTemplate, ApiError> {
    match (fields.has("templateRef"), fields.has("template")) {
        (true, false) if fields.has("directoryContents") => Err(ApiError::input(
            "request/body/directoryContents goes with `template`; the files of `templateRef` are read from its source",
        )),
        (true, false) => Ok(TrialTemplate::Reference(fields.text("templateRef")?)),
        (false, true) => {
            let entity = fields.object("template")?;
            let contents =
                if fields.has("directoryContents") { fields.list("directoryContents")? } else { Vec::new() };
            if !is_template(&entity) {
                return Err(ApiError::input("Input template is not a template"));
            }
            Ok(TrialTemplate::Posted { entity: entity.into(), files: files(contents, settings.budget)? })
        }
        _ => Err(ApiError::input("request/body must have either `templateRef` or `template`")),
    }
}

fn read_compare(value: Value) -> Result<CompareWith, ApiError> {
    let place = "request/body/compare".to_owned();
    let mut fields = Fields::at(place, value, &["repository"])?;
    let repository = fields.text("repository")?;
    let source_path = if fields.has("sourcePath") { path(&fields.text("sourcePath")?)? } else { None };
    fields.nothing_else(&["repository", "sourcePath"])?;
    Ok(CompareWith { repository, source_path })
}
