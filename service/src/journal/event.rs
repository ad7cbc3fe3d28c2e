//! Events in Backstage's shape.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ids::TaskId;

/// What kind of thing an event tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EventKind {
    /// A line of progress.
    Log,
    /// The end, with output or error.
    Completion,
    /// Somebody asked to stop.
    Cancelled,
    /// The task starts over after a retry.
    Recovered,
}

impl EventKind {
    /// The word used in the API and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Log => "log",
            Self::Completion => "completion",
            Self::Cancelled => "cancelled",
            Self::Recovered => "recovered",
        }
    }

    /// Reads that word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Log, Self::Completion, Self::Cancelled, Self::Recovered]
            .into_iter()
            .find(|kind| kind.as_str() == word)
    }
}

/// The state of a step that an event announces; Backstage's page draws its step list from these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StepState {
    /// It started.
    Processing,
    /// It ended well.
    Completed,
    /// It ended with an error.
    Failed,
    /// It was stopped.
    Cancelled,
    /// It was not run.
    Skipped,
}

/// The error of a failed task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailureInfo {
    /// Backstage's error name, for example `InputError`.
    pub name: String,
    /// What happened and what to do.
    pub message: String,
    /// What of the template it is about, such as `spec.steps[0].input.url`. Not part of Backstage's shape.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
}

/// Marks of lines that an action writes, in the colours that Backstage's log view draws.
const INFO: &str = "\u{1b}[32minfo\u{1b}[39m: ";
const WARN: &str = "\u{1b}[33mwarn\u{1b}[39m: ";

/// The body of an event.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EventBody {
    /// Text for people.
    pub message: String,
    /// The step it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step_id: Option<String>,
    /// The step's new state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<StepState>,
    /// The task's output, on completion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<Value>,
    /// The task's error, on completion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<FailureInfo>,
    /// `none` or `startOver`, on recovery.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recover_strategy: Option<String>,
}

impl EventBody {
    /// A body with nothing but a message.
    pub fn message(text: impl Into<String>) -> Self {
        Self { message: text.into(), ..Self::default() }
    }

    /// A message of a step.
    pub fn of_step(step: &str, text: impl Into<String>) -> Self {
        Self { message: text.into(), step_id: Some(step.to_owned()), ..Self::default() }
    }

    /// A line that a step's action writes, marked as Backstage marks it.
    pub fn info(step: &str, text: impl AsRef<str>) -> Self {
        Self::of_step(step, format!("{INFO}{}", text.as_ref()))
    }

    /// A warning, of a step or of the task.
    pub fn warn(step: Option<&str>, text: impl AsRef<str>) -> Self {
        Self { step_id: step.map(str::to_owned), ..Self::message(format!("{WARN}{}", text.as_ref())) }
    }

    /// The message without the mark of an ordinary line; a warning keeps its own.
    pub fn text(&self) -> &str {
        self.message.strip_prefix(INFO).unwrap_or(&self.message)
    }

    /// The same without the colours that Backstage's page draws.
    pub fn without_colours(&self) -> String {
        let mut rest = self.text();
        let mut out = String::with_capacity(rest.len());
        while let Some((before, after)) = rest.split_once("\u{1b}[") {
            out.push_str(before);
            rest = after.split_once('m').map_or("", |(_, rest)| rest);
        }
        out.push_str(rest);
        out
    }

    /// The same with a new state of the step.
    pub fn with_status(mut self, status: StepState) -> Self {
        self.status = Some(status);
        self
    }
}

/// One event of a task. Ids count from 1 in each task, without a gap.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskEvent {
    /// Position in the task.
    pub id: i64,
    /// The task.
    pub task_id: TaskId,
    /// What it tells.
    pub kind: EventKind,
    /// What it says.
    pub body: EventBody,
    /// Milliseconds since 1970, UTC.
    pub created_at_ms: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_taken_out() {
        assert_eq!(EventBody::message("\u{1b}[33mwarn\u{1b}[39m: no").without_colours(), "warn: no");
    }
}
