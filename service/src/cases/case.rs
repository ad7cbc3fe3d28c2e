//! What a case file says: what goes into a template, what stands in for the world outside, what has to come out.
//!
//! Values only; they are read in `read` and judged in `judge`. The invariant: a [`Case`] knows where in its file
//! each of its parts stands, so that a finding can tell.

use std::sync::Arc;

use catalog_gen::Placed;
use regex::Regex;
use serde_json::{Map, Value};

use super::finding::Finding;
use super::part::{self, Step};
use crate::task::Mocks;
use crate::template::TemplatePlace;

/// One case of a template.
#[derive(Clone, Debug)]
pub struct Case {
    /// Name of its file, without the ending.
    pub name: String,
    /// What it shows.
    pub description: Option<String>,
    /// `metadata.name` of its template, if it names one.
    pub template: Option<String>,
    pub(super) values: Map<String, Value>,
    pub(super) secrets: Map<String, Value>,
    pub(super) user: Option<String>,
    pub(super) mocks: Mocks,
    pub(super) expect: Expect,
    pub(super) written: Written,
}

/// The file that a case was read from.
#[derive(Clone, Debug)]
pub(super) struct Written {
    /// As the command line names it.
    pub(super) file: String,
    pub(super) text: Arc<str>,
    pub(super) value: Arc<Value>,
    pub(super) placed: Placed,
}

impl Written {
    /// The place of the deepest part of a path such as `expect.steps.fetch` that is there: of its key, or of the
    /// item of a list.
    pub(super) fn place(&self, path: &str) -> TemplatePlace {
        let mut at = self.placed.range().start;
        let (mut value, mut placed, mut rest) = (&*self.value, &self.placed, path);
        while !rest.is_empty() {
            let Some((step, after)) = part::first_step(rest) else { break };
            let found = match (value, step) {
                (Value::Object(map), Step::Key(key)) => {
                    map.keys().position(|known| known == key).and_then(|index| {
                        let (key, below) = placed.member(index)?;
                        Some((key.start, map.values().nth(index)?, below))
                    })
                }
                (Value::Array(items), Step::Item(index)) => {
                    placed.item(index).and_then(|below| Some((below.range().start, items.get(index)?, below)))
                }
                _ => None,
            };
            let Some((start, below, below_placed)) = found else { break };
            (at, value, placed) = (start, below, below_placed);
            rest = after.strip_prefix('.').unwrap_or(after);
        }
        let before = self.text.get(..at).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        TemplatePlace { file: self.file.clone(), line: Some(line), column: Some(column) }
    }
}

impl Case {
    /// A finding about a part of the case.
    pub(super) fn finding(&self, path: &str, message: impl Into<String>) -> Finding {
        Finding::new(self.written.place(path), message)
    }

    /// Whether the tree that comes out is compared with a snapshot.
    pub fn has_snapshot(&self) -> bool {
        self.expect.snapshot && self.expect.invalid.is_none() && self.expect.error.is_none()
    }
}

/// What has to come out.
#[derive(Clone, Debug)]
pub(super) struct Expect {
    /// The values are refused, with these faults and no others.
    pub(super) invalid: Option<Vec<ExpectedFault>>,
    /// The run fails.
    pub(super) error: Option<ExpectedError>,
    /// By id of the step.
    pub(super) steps: Vec<(String, ExpectedStep)>,
    /// By path or pattern.
    pub(super) files: Vec<(String, ExpectedFile)>,
    /// A part of the output.
    pub(super) output: Option<Value>,
    /// What the log says.
    pub(super) log: Option<TextRule>,
    /// Whether there is a snapshot.
    pub(super) snapshot: bool,
}

impl Default for Expect {
    fn default() -> Self {
        Self {
            invalid: None,
            error: None,
            steps: Vec::new(),
            files: Vec::new(),
            output: None,
            log: None,
            snapshot: true,
        }
    }
}

/// A fault that the values have.
#[derive(Clone, Debug, Default)]
pub(super) struct ExpectedFault {
    pub(super) parameter: Option<String>,
    /// Keyword of the schema.
    pub(super) rule: Option<String>,
    pub(super) message: TextRule,
}

/// The error that the run ends with.
#[derive(Clone, Debug, Default)]
pub(super) struct ExpectedError {
    /// `InputError` and the like.
    pub(super) name: Option<String>,
    /// The step that fails.
    pub(super) step: Option<String>,
    pub(super) message: TextRule,
}

/// How a step ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Ran,
    Skipped,
    Failed,
}

impl Status {
    pub(super) const ALL: [(&str, Self); 3] =
        [("ran", Self::Ran), ("skipped", Self::Skipped), ("failed", Self::Failed)];

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Ran => "ran",
            Self::Skipped => "was skipped",
            Self::Failed => "failed",
        }
    }
}

/// What is known about a step.
#[derive(Clone, Debug, Default)]
pub(super) struct ExpectedStep {
    pub(super) status: Option<Status>,
    /// How often the action is called.
    pub(super) calls: Option<usize>,
    /// A part of the input of every call.
    pub(super) input: Option<Value>,
    /// Parts of the input by key of the element of `each`.
    pub(super) each: Vec<(String, Value)>,
    pub(super) output: Option<Value>,
    pub(super) log: Option<TextRule>,
}

/// What is known about a file.
#[derive(Clone, Debug)]
pub(super) enum ExpectedFile {
    Present,
    Absent,
    Like(Box<FileRule>),
}

/// What a file has to be like.
#[derive(Clone, Debug, Default)]
pub(super) struct FileRule {
    pub(super) text: TextRule,
    pub(super) executable: Option<bool>,
    /// It is a link that leads there.
    pub(super) symlink: Option<String>,
    /// Parts of the JSON in it, by path.
    pub(super) json: Vec<(String, Value)>,
    /// Parts of the YAML in it, by path.
    pub(super) yaml: Vec<(String, Value)>,
}

/// What a text has to be like.
#[derive(Clone, Debug, Default)]
pub(super) struct TextRule {
    pub(super) contains: Vec<String>,
    pub(super) lacks: Vec<String>,
    pub(super) matches: Vec<Regex>,
    pub(super) equals: Option<String>,
}

impl TextRule {
    pub(super) fn is_empty(&self) -> bool {
        let Self { contains, lacks, matches, equals } = self;
        contains.is_empty() && lacks.is_empty() && matches.is_empty() && equals.is_none()
    }

    /// Where a text breaks the rule: the key of the rule, and what is wrong.
    pub(super) fn faults(&self, text: &str) -> Vec<(&'static str, String)> {
        let mut faults = Vec::new();
        for part in self.contains.iter().filter(|part| !text.contains(part.as_str())) {
            faults.push(("contains", format!("does not contain `{part}`")));
        }
        for part in &self.lacks {
            if let Some(at) = text.find(part.as_str()) {
                let line = text.get(..at).unwrap_or_default().matches('\n').count() + 1;
                faults.push(("lacks", format!("contains `{part}`, in line {line}")));
            }
        }
        for pattern in self.matches.iter().filter(|pattern| !pattern.is_match(text)) {
            faults.push(("matches", format!("does not match `{pattern}`")));
        }
        faults
    }
}
