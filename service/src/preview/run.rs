//! One run as it is shown: steps with what they were given and what came of them, files, output.

use std::collections::HashMap;

use catalog_gen::{FileTree, TreePath};
use serde_json::Value;

use super::diff::{self, Change, FileDiff};
use crate::journal::{EventBody, StepState};
use crate::task::{DryRunResult, StepCall, StepEnd};

/// What the line holds that tells a step's input; the input is shown by itself.
const INPUT_LINE: &str = "in dry-run mode with inputs (secrets redacted): ";

/// A run.
#[derive(Debug)]
pub struct Run {
    /// The files at its end.
    pub files: FileTree,
    /// What of them is different from the last run that had other files; nothing for the first.
    pub changes: Vec<Change>,
    /// Whether the run before had the very same files.
    pub unchanged: bool,
    /// The steps in order.
    pub steps: Vec<ShownStep>,
    /// The rendered output.
    pub output: Value,
    /// Whether a step failed.
    pub failed: bool,
    /// How many of the files are those of the run before, because a step failed before it could make them.
    pub kept: usize,
    /// Whether there was no run before.
    pub first: bool,
    before: FileTree,
}

/// One step of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct ShownStep {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its action.
    pub action: String,
    /// How it ended; none where the run did not reach it.
    pub end: Option<StepEnd>,
    /// Why it was skipped or failed.
    pub why: Option<String>,
    /// What it was given, once or for each element.
    pub calls: Vec<StepCall>,
    /// What later steps read of it.
    pub output: Value,
    /// What it logged, perhaps with colours of a terminal.
    pub lines: Vec<String>,
}

impl Run {
    /// A result beside the run before it.
    pub(super) fn new(result: DryRunResult, earlier: Option<&Self>) -> Self {
        let failed = result.failure.is_some();
        let DryRunResult { log, files, output, steps, reports, .. } = result;
        let mut lines: HashMap<String, Lines> = HashMap::new();
        for body in log {
            take(body, &mut lines);
        }
        let mut reports = reports.into_iter();
        let steps: Vec<ShownStep> = steps
            .into_iter()
            .map(|step| {
                let Lines { why, lines } = lines.remove(&step.id).unwrap_or_default();
                let (id, name, action) = (step.id, step.name, step.action);
                // The reports stand in the order of the steps.
                let (end, calls, output) = match reports.next() {
                    Some(report) => (Some(report.end), report.calls, report.output),
                    None => (None, Vec::new(), Value::Null),
                };
                ShownStep { id, name, action, end, why, calls, output, lines }
            })
            .collect();
        let (files, kept) = match earlier.filter(|_| failed) {
            Some(earlier) => completed(files, &earlier.files),
            None => (files, 0),
        };
        let (before, changes, unchanged) = match earlier {
            None => (files.clone(), Vec::new(), false),
            Some(earlier) => match diff::changes(&earlier.files, &files) {
                // Nothing happened: what was to be seen stays to be seen.
                none if none.is_empty() => (earlier.before.clone(), earlier.changes.clone(), true),
                changes => (earlier.files.clone(), changes, false),
            },
        };
        Self { files, changes, unchanged, steps, output, failed, kept, first: earlier.is_none(), before }
    }

    /// What is different in one file since the run before.
    pub fn diff(&self, path: &TreePath) -> FileDiff {
        diff::file(self.before.get(path), self.files.get(path))
    }

    /// Whether the file is there now or was before.
    pub fn knows(&self, path: &TreePath) -> bool {
        self.files.contains(path) || self.before.contains(path)
    }
}

/// The files of a run that failed half-way, with those of the run before where it did not get.
fn completed(mut files: FileTree, earlier: &FileTree) -> (FileTree, usize) {
    let mut kept = 0;
    for (path, entry) in earlier.iter() {
        if !files.contains(path) && files.insert(path.clone(), entry.clone()).is_ok() {
            kept += 1;
        }
    }
    (files, kept)
}

/// What the log says of a step.
#[derive(Debug, Default)]
struct Lines {
    why: Option<String>,
    lines: Vec<String>,
}

fn take(body: EventBody, lines: &mut HashMap<String, Lines>) {
    let Some(step) = body.step_id else { return };
    let known = lines.entry(step).or_default();
    match body.status {
        Some(StepState::Processing) => {}
        Some(StepState::Completed) => known.why = None,
        Some(_) => known.why = Some(body.message),
        None if body.message.contains(INPUT_LINE) => {}
        None => known.lines.push(body.message),
    }
}
