//! The words of the task use case.

use catalog_gen::FileTree;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::mocks::{Mocks, StepReport};
use super::{AccessError, LookupError};
use crate::backstage::{PluginId, UserToken};
use crate::config::ValueMode;
use crate::git::TreeId;
use crate::ids::{RequestKey, TaskId};
use crate::journal::{EventBody, FailureInfo};
use crate::secret::Secret;
use crate::template::{OnFailure, Pin, SchemaViolation, Step, on_failure, value_mode};

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// `user:default/jane`, `plugin:catalog` or `external:backstage`.
    pub subject: String,
    /// By what the service can act for the caller: only of a user that Backstage vouches for.
    pub token: Option<UserToken>,
    /// The plugin of Backstage that asks on the user's behalf, if one does.
    pub through: Option<PluginId>,
}

impl Caller {
    /// A caller for whom the service cannot act.
    pub fn named(subject: impl Into<String>) -> Self {
        Self { subject: subject.into(), token: None, through: None }
    }

    /// A user that Backstage vouches for.
    pub fn user(token: UserToken) -> Self {
        Self { subject: token.entity_ref.clone(), token: Some(token), through: None }
    }

    /// The same user, for whom a plugin asks.
    #[must_use]
    pub fn through(self, plugin: PluginId) -> Self {
        Self { through: Some(plugin), ..self }
    }

    /// The user's entity reference, if a user asks and not a service.
    pub fn user_ref(&self) -> Option<&str> {
        self.subject.starts_with("user:").then_some(self.subject.as_str())
    }
}

/// State of a task, in Backstage's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TaskStatus {
    /// Waits for a worker.
    Open,
    /// A worker has it.
    Processing,
    /// Ended well.
    Completed,
    /// Ended with an error.
    Failed,
    /// Stopped by somebody.
    Cancelled,
    /// Never used; part of Backstage's words.
    Skipped,
}

impl TaskStatus {
    /// The word used in the API and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Processing => "processing",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Skipped => "skipped",
        }
    }

    /// Reads that word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Open, Self::Processing, Self::Completed, Self::Failed, Self::Cancelled, Self::Skipped]
            .into_iter()
            .find(|status| status.as_str() == word)
    }

    /// Whether nothing happens any more, unless somebody retries.
    pub fn is_terminal(self) -> bool {
        !matches!(self, Self::Open | Self::Processing)
    }
}

/// A task's snapshot of its template, as Backstage stores and shows it, with the pin beside it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TaskSpec {
    /// `scaffolder.backstage.io/v1beta3`.
    pub api_version: String,
    /// The steps, with ids and names filled in.
    pub steps: Vec<Step>,
    /// `EXPERIMENTAL_recovery`, if the template has one.
    #[serde(default, rename = "EXPERIMENTAL_recovery", skip_serializing_if = "Option::is_none")]
    pub recovery: Option<Value>,
    /// Unrendered output.
    pub output: Value,
    /// The values of the form.
    pub parameters: Value,
    /// `{ref?, entity?}`.
    pub user: Map<String, Value>,
    /// `{entityRef, baseUrl?, entity: {metadata}}`.
    pub template_info: Value,
}

impl TaskSpec {
    /// Whether the template says that a run of it can be started over. Backstage's page offers a retry then, and keeps
    /// watching after the end.
    pub fn starts_over(&self) -> bool {
        let strategy = self.recovery.as_ref().and_then(|recovery| recovery.get("EXPERIMENTAL_strategy"));
        strategy.and_then(Value::as_str) == Some("startOver")
    }

    /// The value mode that the template asked for when the task was created.
    pub(crate) fn value_mode(&self) -> Option<ValueMode> {
        value_mode(self.template_info.get("entity")?.get("metadata")?)
    }

    /// Reference of the template.
    pub(crate) fn entity_ref(&self) -> &str {
        self.template_info.get("entityRef").and_then(Value::as_str).unwrap_or_default()
    }

    /// What the template wanted to become of the task's repositories, should it fail.
    pub(crate) fn on_failure(&self) -> OnFailure {
        self.template_info.pointer("/entity/metadata").and_then(on_failure).unwrap_or_default()
    }
}

/// A task as it can be served: no secret, no journal.
#[derive(Clone, Debug)]
pub struct Task {
    /// Its id.
    pub id: TaskId,
    /// What it does.
    pub spec: TaskSpec,
    /// Files it sees.
    pub pin: Option<Pin>,
    /// Its state.
    pub status: TaskStatus,
    /// Milliseconds UTC.
    pub created_at_ms: i64,
    /// Milliseconds UTC.
    pub last_heartbeat_at_ms: Option<i64>,
    /// User reference.
    pub created_by: Option<String>,
}

/// A wish for a task.
#[derive(Clone, Debug)]
pub struct NewTask {
    /// As the caller wrote it.
    pub template_ref: String,
    /// The values of the form.
    pub values: Value,
    /// Secrets by name.
    pub secrets: Map<String, Value>,
    /// Who asks.
    pub caller: Caller,
    /// Fill in the schema's defaults first (our own doors; the compatible API does not).
    pub fill_defaults: bool,
    /// The caller's name for this wish: the same wish under the same key is the same task.
    pub key: Option<RequestKey>,
}

/// What of a step cannot work whatever the values are.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("step `{step}`: {message}")]
pub struct StepFault {
    /// Id of the step.
    pub step: String,
    /// Where it stands in the template: `spec.steps[0].input.url`.
    pub at: String,
    /// What is wrong, with the nearest name that would be right.
    pub message: String,
    /// What it names that is not there.
    pub unknown: Unknown,
}

/// What a step names that is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unknown {
    /// Its action.
    Action,
    /// A key of its input.
    Input,
}

/// Why a task was not created.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// The reference cannot be read or is not a template's.
    #[error("{0}")]
    BadReference(String),
    /// No such template for this caller, a broken one, or nobody to ask.
    #[error(transparent)]
    Template(#[from] LookupError),
    /// Values or secrets break the schema.
    #[error("the values do not fit the template")]
    Violations(Vec<SchemaViolation>),
    /// Steps name actions or inputs that are not there.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Steps(Vec<StepFault>),
    /// The caller has used the key for another wish.
    #[error(
        "the key of this request stands for another task: take a new key, or send the template and values that it was first sent with"
    )]
    KeyUsed,
    /// The template's files cannot be fixed.
    #[error(transparent)]
    Files(#[from] crate::template::FetchError),
    /// Storing failed.
    #[error(transparent)]
    Store(#[from] TaskError),
}

/// Why something about a stored task failed.
#[derive(Debug, thiserror::Error)]
pub enum TaskError {
    /// No such task.
    #[error("No task with id '{0}' found")]
    NotFound(String),
    /// The caller may not do it.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// A stored value cannot be read.
    #[error("task `{id}` is stored in a form that cannot be read: {reason}")]
    Unreadable {
        /// The task.
        id: String,
        /// Why.
        reason: String,
    },
    /// Sealing failed.
    #[error(transparent)]
    Seal(#[from] crate::secret::SealError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] crate::db::DbError),
}

/// Why a task was not started over.
#[derive(Debug, thiserror::Error)]
pub enum RetryError {
    /// It has not ended.
    #[error("Task with taskId {0} cannot be retried")]
    NotEnded(TaskId),
    /// The secrets break the template's schema.
    #[error("the secrets do not fit the template")]
    Violations(Vec<SchemaViolation>),
    /// The template is not there any more for this caller, or nobody can say so.
    #[error(transparent)]
    Template(#[from] LookupError),
    /// Anything about the stored task.
    #[error(transparent)]
    Task(#[from] TaskError),
}

/// What a list of tasks can be sorted by: nothing else, or sorting would tell what may not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderField {
    /// `created_at`
    CreatedAt,
    /// `status`
    Status,
    /// `created_by`
    CreatedBy,
}

/// One sort key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// By what.
    pub field: OrderField,
    /// Largest first.
    pub descending: bool,
}

/// Which tasks to list.
#[derive(Clone, Debug, Default)]
pub struct ListTasks {
    /// Only by these users (empty: all).
    pub created_by: Vec<String>,
    /// Only in these states (empty: all).
    pub status: Vec<String>,
    /// At most so many.
    pub limit: Option<u32>,
    /// Leave out so many.
    pub offset: Option<u32>,
    /// Sort keys; default newest first.
    pub order: Vec<Order>,
}

/// A page of tasks.
#[derive(Clone, Debug)]
pub struct TaskPage {
    /// The page.
    pub tasks: Vec<Task>,
    /// How many there are without limit and offset.
    pub total: i64,
}

/// A wish for a dry run.
#[derive(Debug)]
pub struct DryRunRequest {
    /// The Template entity.
    pub template: Value,
    /// The values of the form.
    pub values: Value,
    /// Secrets by name.
    pub secrets: Map<String, Value>,
    /// The files that the template may read.
    pub files: FileTree,
    /// Path of the template's own file among them; relative URLs resolve beside it.
    pub template_file: String,
    /// Who asks.
    pub caller: Caller,
    /// What failing expressions do.
    pub expression_errors: crate::config::ExpressionErrors,
    /// Answers in place of actions.
    pub mocks: Mocks,
}

/// What a dry run gives. A failing step is a result with a log, not an error.
#[derive(Debug)]
pub struct DryRunResult {
    /// Events in order.
    pub log: Vec<EventBody>,
    /// The workspace at the end.
    pub files: FileTree,
    /// Its id in git.
    pub tree_id: Option<TreeId>,
    /// Rendered output.
    pub output: Value,
    /// The steps as they were run.
    pub steps: Vec<Step>,
    /// What became of each step, with its inputs and outputs.
    pub reports: Vec<StepReport>,
    /// The first error, if a step failed.
    pub failure: Option<FailureInfo>,
    /// Expressions that failed, whatever was done about them.
    pub problems: Vec<FailedExpression>,
}

/// An expression of the template that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedExpression {
    /// What of the template it is, such as `spec.steps[0].input.url`.
    pub at: String,
    /// What is wrong with it.
    pub message: String,
}

/// Why a dry run did not start.
#[derive(Debug, thiserror::Error)]
pub enum DryRunError {
    /// The template cannot be used.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Template(Vec<crate::template::TemplateError>),
    /// The caller may not do it.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// Values or secrets break the schema.
    #[error("the values do not fit the template")]
    Violations(Vec<SchemaViolation>),
    /// Steps name actions or inputs that are not there.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Steps(Vec<StepFault>),
    /// What the template is to see of the user cannot be read.
    #[error(transparent)]
    User(LookupError),
    /// The run was broken off.
    #[error("the dry run was broken off: {0}")]
    Broken(String),
}

/// The name under which Backstage's scaffolder keeps the caller's own token among a task's secrets.
pub(super) const BACKSTAGE_TOKEN: &str = "backstageToken";

/// What is sealed beside a task, opened.
pub(super) struct Sealed {
    /// The secrets that templates may name.
    pub(super) secrets: TaskSecrets,
    /// By what the service can act for whoever started the task.
    pub(super) initiator: Option<UserToken>,
}

/// Secrets of a task, opened: name → value.
pub(crate) type TaskSecrets = std::collections::BTreeMap<String, Secret>;
