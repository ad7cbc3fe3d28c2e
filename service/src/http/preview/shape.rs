//! What the page is told, field by field (`service/preview/src/api.ts` has the same names).

use std::collections::HashMap;

use catalog_gen::{Entry, TreePath};
use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::http::templates::FormShape;
use crate::preview::{ChangeKind, FileDiff, Finding, Level, LineKind, Run, Shown, ShownStep};
use crate::task::StepEnd;
use crate::template::Template;

/// So many files are listed.
const MOST_FILES: usize = 5_000;
/// So much of a file is shown, bytes.
const LONGEST_TEXT: usize = 512 * 1024;

/// Everything but the contents of files.
#[derive(Serialize)]
pub(super) struct StateShape<'a> {
    session: Uuid,
    revision: u64,
    form: u64,
    #[serde(rename = "tookMs")]
    took_ms: f64,
    current: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    template: Option<TemplateShape<'a>>,
    cases: Vec<CaseShape<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    case: Option<&'a str>,
    values: &'a Map<String, Value>,
    findings: Vec<FindingShape<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    run: Option<RunShape<'a>>,
}

#[derive(Serialize)]
struct TemplateShape<'a> {
    #[serde(rename = "ref")]
    entity_ref: &'a str,
    form: FormShape<'a>,
}

#[derive(Serialize)]
struct CaseShape<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
}

#[derive(Serialize)]
struct FindingShape<'a> {
    level: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    excerpt: Option<ExcerptShape<'a>>,
}

#[derive(Serialize)]
struct ExcerptShape<'a> {
    first: usize,
    lines: &'a [String],
}

#[derive(Serialize)]
struct RunShape<'a> {
    failed: bool,
    kept: usize,
    first: bool,
    steps: Vec<StepShape<'a>>,
    output: &'a Value,
    files: Vec<EntryShape<'a>>,
    /// Files that are not listed.
    more: usize,
}

#[derive(Serialize)]
struct StepShape<'a> {
    id: &'a str,
    name: &'a str,
    action: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'a str>,
    inputs: Vec<InputShape<'a>>,
    output: &'a Value,
    lines: &'a [String],
}

#[derive(Serialize)]
struct InputShape<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    iteration: Option<&'a str>,
    input: &'a Value,
}

#[derive(Serialize)]
struct EntryShape<'a> {
    path: &'a str,
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    change: Option<&'static str>,
}

impl<'a> StateShape<'a> {
    pub(super) fn of(session: Uuid, shown: &'a Shown) -> Self {
        Self {
            session,
            revision: shown.revision,
            form: shown.form,
            took_ms: shown.took.as_secs_f64() * 1_000.0,
            current: shown.current,
            template: shown.template.as_deref().map(TemplateShape::of),
            cases: shown
                .cases
                .iter()
                .map(|case| CaseShape { name: &case.name, description: case.description.as_deref() })
                .collect(),
            case: shown.case.as_deref(),
            values: &shown.values,
            findings: shown.findings.iter().map(FindingShape::of).collect(),
            run: shown.run.as_deref().map(RunShape::of),
        }
    }
}

impl<'a> TemplateShape<'a> {
    fn of(template: &'a Template) -> Self {
        Self { entity_ref: &template.entity_ref, form: FormShape::new(template) }
    }
}

impl<'a> FindingShape<'a> {
    fn of(finding: &'a Finding) -> Self {
        Self {
            level: match finding.level {
                Level::Error => "error",
                Level::Values => "values",
                Level::Warning => "warning",
            },
            location: finding.location(),
            line: finding.place.map(|(line, _)| line),
            message: &finding.message,
            excerpt: finding
                .excerpt
                .as_ref()
                .map(|excerpt| ExcerptShape { first: excerpt.first, lines: &excerpt.lines }),
        }
    }
}

impl<'a> RunShape<'a> {
    fn of(run: &'a Run) -> Self {
        let changes: HashMap<&TreePath, ChangeKind> =
            run.changes.iter().map(|change| (&change.path, change.kind)).collect();
        let there = run.files.iter().map(|(path, entry)| EntryShape {
            path: path.as_str(),
            kind: kind(entry),
            change: changes.get(path).copied().map(word),
        });
        let gone = run.changes.iter().filter(|change| change.kind == ChangeKind::Removed);
        let gone = gone.map(|change| EntryShape {
            path: change.path.as_str(),
            kind: "file",
            change: Some(word(change.kind)),
        });
        let files: Vec<EntryShape<'_>> = there.chain(gone).take(MOST_FILES).collect();
        Self {
            failed: run.failed,
            kept: run.kept,
            first: run.first,
            steps: run.steps.iter().map(StepShape::of).collect(),
            output: &run.output,
            more: run.files.len().saturating_sub(files.len()),
            files,
        }
    }
}

impl<'a> StepShape<'a> {
    fn of(step: &'a ShownStep) -> Self {
        let ShownStep { id, name, action, end, why, calls, output, lines } = step;
        let inputs = calls
            .iter()
            .map(|call| InputShape { iteration: call.iteration.as_deref(), input: &call.input })
            .collect();
        let end = end.map(|end| match end {
            StepEnd::Ran => "ran",
            StepEnd::LeftOut => "left out",
            StepEnd::Skipped => "skipped",
            StepEnd::Failed => "failed",
        });
        Self { id, name, action, end, why: why.as_deref(), inputs, output, lines }
    }
}

/// One file and what is different in it.
#[derive(Serialize)]
pub(super) struct FileShape<'a> {
    path: &'a str,
    kind: &'static str,
    size: u64,
    executable: bool,
    /// The content, where it is text that may be shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    /// Why it is not all of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'static str>,
    diff: DiffShape,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase", tag = "kind")]
enum DiffShape {
    Same,
    Opaque { why: &'static str },
    Lines { hunks: Vec<HunkShape> },
}

#[derive(Serialize)]
struct HunkShape {
    before: usize,
    after: usize,
    lines: Vec<(&'static str, String)>,
}

impl<'a> FileShape<'a> {
    pub(super) fn of(run: &'a Run, path: &'a TreePath) -> Self {
        let entry = run.files.get(path);
        let (text, note) = content(entry);
        let executable = matches!(entry, Some(Entry::File(file)) if file.executable);
        Self {
            path: path.as_str(),
            kind: entry.map_or("removed", kind),
            size: entry.map_or(0, Entry::size),
            executable,
            text,
            note,
            diff: DiffShape::of(run.diff(path)),
        }
    }
}

fn content(entry: Option<&Entry>) -> (Option<&str>, Option<&'static str>) {
    match entry {
        None => (None, Some("It is no longer made.")),
        Some(Entry::Dir) => (None, Some("A folder without files.")),
        Some(Entry::Symlink { target }) => (Some(target), Some("A link; this is where it leads.")),
        Some(Entry::File(file)) if file.sensitive => (None, Some("It holds a secret and is not shown.")),
        Some(Entry::File(file)) => match file.text().filter(|text| !text.contains('\0')) {
            None => (None, Some("It is not text.")),
            Some(text) if text.len() <= LONGEST_TEXT => (Some(text), None),
            Some(text) => {
                let end = (0..=LONGEST_TEXT).rev().find(|end| text.is_char_boundary(*end));
                (text.get(..end.unwrap_or_default()), Some("Only its beginning is shown."))
            }
        },
    }
}

impl DiffShape {
    fn of(diff: FileDiff) -> Self {
        match diff {
            FileDiff::Same => Self::Same,
            FileDiff::Opaque(why) => Self::Opaque { why },
            FileDiff::Lines(hunks) => Self::Lines {
                hunks: hunks
                    .into_iter()
                    .map(|hunk| HunkShape {
                        before: hunk.start.0,
                        after: hunk.start.1,
                        lines: hunk.lines.into_iter().map(|line| (mark(line.kind), line.text)).collect(),
                    })
                    .collect(),
            },
        }
    }
}

fn mark(kind: LineKind) -> &'static str {
    match kind {
        LineKind::Same => " ",
        LineKind::Added => "+",
        LineKind::Removed => "-",
    }
}

fn word(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Added => "added",
        ChangeKind::Changed => "changed",
        ChangeKind::Removed => "removed",
    }
}

fn kind(entry: &Entry) -> &'static str {
    match entry {
        Entry::File(_) => "file",
        Entry::Symlink { .. } => "link",
        Entry::Dir => "folder",
    }
}
