//! Tasks and events as they are served, field by field.
//!
//! A field that is added to a task or an event is not served until it is written here. Nothing here holds a
//! secret or a journal entry, because [`Task`] and [`TaskEvent`] do not.

use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use crate::journal::{EventBody, FailureInfo, TaskEvent};
use crate::task::{Task, TaskPage, TaskSpec};
use crate::template::Step;

/// `SerializedTask`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TaskShape<'a> {
    id: String,
    spec: SpecShape<'a>,
    status: &'static str,
    created_at: Time,
    last_heartbeat_at: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_by: Option<&'a str>,
}

/// `spec` of a task.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SpecShape<'a> {
    api_version: &'a str,
    steps: &'a [Step],
    #[serde(rename = "EXPERIMENTAL_recovery", skip_serializing_if = "Option::is_none")]
    recovery: Option<&'a Value>,
    output: &'a Value,
    parameters: &'a Value,
    user: &'a Map<String, Value>,
    template_info: &'a Value,
}

/// A task as agents get it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ListedTaskShape<'a> {
    id: String,
    spec: SpecShape<'a>,
    status: &'static str,
    created_at: Time,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_heartbeat_at: Option<Time>,
}

/// An event as agents get it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TaskEventShape<'a> {
    id: i64,
    task_id: String,
    created_at: Time,
    #[serde(rename = "type")]
    kind: &'static str,
    body: LineShape<'a>,
}

/// What an event says, as agents get it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LineShape<'a> {
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    step_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<crate::journal::StepState>,
}

/// A page of tasks.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PageShape<'a> {
    tasks: Vec<TaskShape<'a>>,
    total_tasks: i64,
}

/// `SerializedTaskEvent`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct EventShape<'a> {
    id: i64,
    is_task_recoverable: bool,
    task_id: String,
    body: BodyShape<'a>,
    #[serde(rename = "type")]
    kind: &'static str,
    created_at: Time,
}

/// The body of an event, or of a line in a dry run's log.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BodyShape<'a> {
    /// What tells its news in another field has no words, and no message then.
    #[serde(skip_serializing_if = "str::is_empty")]
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    step_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<crate::journal::StepState>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<FailureShape<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recover_strategy: Option<&'a str>,
}

#[derive(Serialize)]
struct FailureShape<'a> {
    name: &'a str,
    message: &'a str,
}

impl<'a> From<&'a Task> for TaskShape<'a> {
    fn from(task: &'a Task) -> Self {
        Self {
            id: task.id.to_string(),
            spec: SpecShape::from(&task.spec),
            status: task.status.as_str(),
            created_at: Time(task.created_at_ms),
            last_heartbeat_at: task.last_heartbeat_at_ms.map(Time),
            created_by: task.created_by.as_deref(),
        }
    }
}

impl<'a> From<&'a Task> for ListedTaskShape<'a> {
    fn from(task: &'a Task) -> Self {
        let TaskShape { id, spec, status, created_at, last_heartbeat_at, created_by: _ } =
            TaskShape::from(task);
        Self { id, spec, status, created_at, last_heartbeat_at }
    }
}

impl<'a> From<&'a TaskEvent> for TaskEventShape<'a> {
    fn from(event: &'a TaskEvent) -> Self {
        Self {
            id: event.id,
            task_id: event.task_id.to_string(),
            created_at: Time(event.created_at_ms),
            kind: event.kind.as_str(),
            body: LineShape::from(&event.body),
        }
    }
}

impl<'a> From<&'a EventBody> for LineShape<'a> {
    fn from(body: &'a EventBody) -> Self {
        Self { message: &body.message, step_id: body.step_id.as_deref(), status: body.status }
    }
}

impl<'a> From<&'a TaskSpec> for SpecShape<'a> {
    fn from(spec: &'a TaskSpec) -> Self {
        Self {
            api_version: &spec.api_version,
            steps: &spec.steps,
            recovery: spec.recovery.as_ref(),
            output: &spec.output,
            parameters: &spec.parameters,
            user: &spec.user,
            template_info: &spec.template_info,
        }
    }
}

impl<'a> From<&'a TaskPage> for PageShape<'a> {
    fn from(page: &'a TaskPage) -> Self {
        Self { tasks: page.tasks.iter().map(TaskShape::from).collect(), total_tasks: page.total }
    }
}

impl<'a> EventShape<'a> {
    /// `goes_on`: whether the stream stays open after a completion, which is what the word means to a client.
    pub(super) fn new(event: &'a TaskEvent, goes_on: bool) -> Self {
        Self {
            id: event.id,
            is_task_recoverable: goes_on,
            task_id: event.task_id.to_string(),
            body: BodyShape::from(&event.body),
            kind: event.kind.as_str(),
            created_at: Time(event.created_at_ms),
        }
    }
}

impl<'a> From<&'a EventBody> for BodyShape<'a> {
    fn from(body: &'a EventBody) -> Self {
        Self {
            message: &body.message,
            step_id: body.step_id.as_deref(),
            status: body.status,
            output: body.output.as_ref(),
            error: body.error.as_ref().map(FailureShape::from),
            recover_strategy: body.recover_strategy.as_deref(),
        }
    }
}

impl<'a> From<&'a FailureInfo> for FailureShape<'a> {
    fn from(failure: &'a FailureInfo) -> Self {
        Self { name: &failure.name, message: &failure.message }
    }
}

/// Milliseconds since 1970, printed as `2026-11-23T03:19:51.000Z`.
#[derive(Clone, Copy)]
pub(super) struct Time(pub(super) i64);

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanoseconds = i128::from(self.0) * 1_000_000;
        // Out of range only for a clock that is thousands of years off.
        let time = time::OffsetDateTime::from_unix_timestamp_nanos(nanoseconds)
            .unwrap_or(time::OffsetDateTime::UNIX_EPOCH);
        let (date, (hour, minute, second, millisecond)) = (time.date(), time.time().as_hms_milli());
        let (year, month, day) = (date.year(), u8::from(date.month()), date.day());
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millisecond:03}Z")
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests;
