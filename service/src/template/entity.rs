//! The Template entity, parsed: steps, pages, output, and every fault with its place.
//!
//! What Backstage refuses is an error, what it takes but hardly means is a warning. It renders nothing and
//! asks for no action; who may run a template is not its business. The invariant: a [`Template`] has steps
//! with an id and an action, and pages that are objects.

mod faults;
mod locate;
mod read;
mod restrict;

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::parameters::Patterns;
use crate::config::ValueMode;

pub(crate) use faults::is_grave;
pub(crate) use locate::Source;
pub(super) use read::entity_ref;

/// The version of the template language that is run.
pub const API_VERSION: &str = "scaffolder.backstage.io/v1beta3";

/// The annotation that says how a template's step values are made: `current` or `legacy`.
pub const VALUE_MODE: &str = "stagecraft.dev/value-mode";

/// What a template's metadata says of its value mode, if it says anything.
pub fn value_mode(metadata: &Value) -> Option<ValueMode> {
    match metadata.get("annotations")?.get(VALUE_MODE)?.as_str()? {
        "current" => Some(ValueMode::Current),
        "legacy" => Some(ValueMode::Legacy),
        _ => None,
    }
}

/// The annotation that says what becomes of repositories that a task has made when it fails.
pub const ON_FAILURE: &str = "stagecraft.dev/on-failure";

/// What becomes of repositories that a task has made when it fails or is cancelled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnFailure {
    /// They stay.
    #[default]
    Keep,
    /// They are archived.
    Archive,
    /// They are deleted, where they hold nothing of anybody else.
    Delete,
}

/// What a template's metadata says of that, if it says anything.
pub fn on_failure(metadata: &Value) -> Option<OnFailure> {
    match metadata.get("annotations")?.get(ON_FAILURE)?.as_str()? {
        "keep" => Some(OnFailure::Keep),
        "archive" => Some(OnFailure::Archive),
        "delete" => Some(OnFailure::Delete),
        _ => None,
    }
}

/// One step, as the author wrote it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// `id`, else `step-<1-based index>`.
    pub id: String,
    /// `name`, else the action.
    pub name: String,
    /// Id of the action.
    pub action: String,
    /// Unrendered input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<Map<String, Value>>,
    /// Unrendered condition: text or boolean.
    #[serde(default, rename = "if", skip_serializing_if = "Option::is_none")]
    pub condition: Option<Value>,
    /// Unrendered list or object to repeat the step over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub each: Option<Value>,
    /// Everything else the author wrote, kept (`backstage:permissions`, …).
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// What a template says, normalised.
#[derive(Clone, Debug, PartialEq)]
pub struct TemplateSpec {
    /// Parameter pages (draft-07 JSON Schemas, `ui:*` keys and all).
    pub pages: Vec<Value>,
    /// Schema of the task's secrets.
    pub secrets_schema: Option<Value>,
    /// Steps in order.
    pub steps: Vec<Step>,
    /// Unrendered `spec.output`.
    pub output: Value,
    /// `spec.presentation`.
    pub presentation: Option<Value>,
    /// `spec.formDecorators` or its experimental alias.
    pub form_decorators: Option<Value>,
    /// `spec.EXPERIMENTAL_recovery`.
    pub recovery: Option<Value>,
}

/// A fault in a template: what, where, what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{message}", place(.file, .line, .column))]
pub struct TemplateError {
    /// The file inside its source.
    pub file: String,
    /// 1-based line, where known.
    pub line: Option<usize>,
    /// 1-based column, where known.
    pub column: Option<usize>,
    /// The fault and the next step.
    pub message: String,
}

impl TemplateError {
    /// A fault of a file as a whole.
    pub(crate) fn of_file(file: &str, message: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line: None, column: None, message: message.into() }
    }
}

/// A place in a template's file, as compilers write it: `file:line:column`, with what is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplatePlace {
    /// The file inside its source.
    pub file: String,
    /// 1-based line, where known.
    pub line: Option<usize>,
    /// 1-based column, where known.
    pub column: Option<usize>,
}

impl std::fmt::Display for TemplatePlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(place(&self.file, &self.line, &self.column).trim_end_matches(": "))
    }
}

fn place(file: &str, line: &Option<usize>, column: &Option<usize>) -> String {
    match (line, column) {
        (Some(line), Some(column)) => format!("{file}:{line}:{column}: "),
        (Some(line), None) => format!("{file}:{line}: "),
        _ => format!("{file}: "),
    }
}

/// A template that can be run.
#[derive(Clone, Debug)]
pub struct Template {
    /// The entity as Backstage's catalog would hold it (namespace and location annotations filled in).
    pub entity: Value,
    /// Comparable reference, `template:default/name`.
    pub entity_ref: String,
    /// `url`/`file://` that relative references stand for (`templateInfo.baseUrl`).
    pub base_url: Option<String>,
    /// The normalised spec.
    pub spec: TemplateSpec,
    /// What hardly means what it says, but does not keep the template from running.
    pub warnings: Vec<TemplateError>,
    /// Patterns of the schemas, compiled on first use.
    pub(crate) patterns: Arc<Patterns>,
    /// What it was read from.
    written: Written,
}

/// The text that a template was read from, to tell where in it something stands.
#[derive(Clone, Debug)]
struct Written {
    file: String,
    text: Arc<str>,
    line: usize,
}

impl Template {
    /// Reads a Template entity. `file` is for messages. Every fault is reported, not only the first.
    pub fn from_entity(
        entity: Value,
        file: &str,
        base_url: Option<String>,
    ) -> Result<Self, Vec<TemplateError>> {
        read::template(entity, Source { file, text: "", line: 0 }, base_url)
    }

    /// The same for an entity whose source text is at hand, so that faults tell their line and column.
    pub(crate) fn from_source(
        entity: Value,
        source: Source<'_>,
        base_url: Option<String>,
    ) -> Result<Self, Vec<TemplateError>> {
        read::template(entity, source, base_url)
    }

    /// The place of a path such as `spec.steps[0].input.url` in the file that the template was read from.
    pub fn locate(&self, path: &str) -> TemplatePlace {
        let Written { file, text, line } = &self.written;
        let (line, column) = Source { file, text, line: *line }.place_of(path).unzip();
        TemplatePlace { file: file.clone(), line, column }
    }

    /// `metadata.title`, else `metadata.name`.
    pub fn title(&self) -> &str {
        let metadata = |key: &str| self.entity.pointer(&format!("/metadata/{key}")).and_then(Value::as_str);
        metadata("title").or_else(|| metadata("name")).unwrap_or_default()
    }

    /// `metadata.description`.
    pub fn description(&self) -> Option<&str> {
        self.entity.pointer("/metadata/description").and_then(Value::as_str)
    }
}

#[cfg(test)]
mod tests;
