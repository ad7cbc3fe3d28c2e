//! What a request can fail with, and the only place that knows statuses.
//!
//! Handlers return [`ApiError`]; capabilities' errors become one here, by what the caller can do about them.
//! An error travels to the outermost layer (`report`) inside the response's extensions; that layer writes the
//! body, which needs the request, and logs the error once. The invariant: an internal cause is kept for the log
//! and never becomes part of a body.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::backstage::BackstageError;
use crate::catalog::{AnalyzeError, OnboardError};
use crate::db::DbError;
use crate::entities::EntityStoreError;
use crate::git::GitError;
use crate::journal::FailureInfo;
use crate::task::{
    AccessError, CreateError, DryRunError, JudgeError, LookupError, RetryError, TaskError, TrialError,
    Unknown,
};
use crate::template::{FetchError, FindError, SchemaViolation};

type Cause = Arc<dyn std::error::Error + Send + Sync>;

/// Why a request was not served.
#[derive(Clone, Debug)]
pub(crate) enum ApiError {
    /// Backstage's error body.
    Named(Named),
    /// Values or secrets break a schema: Backstage's other body, `{"errors": […]}`.
    Violations(Vec<SchemaViolation>),
    /// No route: a status without a body, as Backstage answers.
    NoRoute,
}

/// An error with a name of Backstage's.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    name: String,
    message: String,
    status: StatusCode,
    cause: Option<Cause>,
}

impl ApiError {
    /// The request is wrong.
    pub(crate) fn input(message: impl Into<String>) -> Self {
        Self::named("InputError", message)
    }

    /// The caller is not known.
    pub(crate) fn authentication(message: impl Into<String>) -> Self {
        Self::named("AuthenticationError", message)
    }

    /// The caller may not do this.
    pub(crate) fn not_allowed(message: impl Into<String>) -> Self {
        Self::named("NotAllowedError", message)
    }

    /// Nothing is there.
    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::named("NotFoundError", message)
    }

    /// The thing is not in a state in which this can be done.
    pub(crate) fn conflict(message: impl Into<String>) -> Self {
        Self::named("ConflictError", message)
    }

    /// The body is larger than is read.
    pub(crate) fn too_large(message: impl Into<String>) -> Self {
        Self::named("PayloadTooLargeError", message)
    }

    /// Trying again may help.
    pub(crate) fn unavailable(
        message: impl Into<String>,
        cause: impl std::error::Error + Send + Sync + 'static,
    ) -> Self {
        Self::named("ServiceUnavailableError", message).caused_by(cause)
    }

    /// There is no room now; nothing failed.
    pub(crate) fn busy(message: impl Into<String>) -> Self {
        Self::named("ServiceUnavailableError", message)
    }

    /// A fault of ours: the cause goes to the log alone.
    pub(crate) fn internal(cause: impl std::error::Error + Send + Sync + 'static) -> Self {
        let message = "The request could not be served because of a fault in Stagecraft; its log tells more under the request id of this answer";
        Self::named("Error", message).caused_by(cause)
    }

    /// An error of a step, under the name that the step gave it.
    pub(crate) fn of_step(failure: FailureInfo) -> Self {
        Self::named(failure.name, failure.message)
    }

    fn named(name: impl Into<String>, message: impl Into<String>) -> Self {
        let name = name.into();
        let status = status_of(&name);
        Self::Named(Named { name, message: message.into(), status, cause: None })
    }

    fn caused_by(self, cause: impl std::error::Error + Send + Sync + 'static) -> Self {
        match self {
            Self::Named(named) => Self::Named(Named { cause: Some(Arc::new(cause)), ..named }),
            other => other,
        }
    }

    /// The status of the answer.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Named(named) => named.status,
            Self::Violations(_) => StatusCode::BAD_REQUEST,
            Self::NoRoute => StatusCode::NOT_FOUND,
        }
    }

    /// The same in Backstage's usual body, for clients that know no other.
    pub(crate) fn in_words(self) -> Self {
        match self {
            Self::Violations(violations) => {
                let faults = told(&violations).join("; ");
                Self::input(format!("Values are not as the template asks: {faults}"))
            }
            other => other,
        }
    }

    /// What the caller is told; nothing where the answer has no words.
    pub(crate) fn message(&self) -> String {
        match self {
            Self::Named(named) => named.message.clone(),
            Self::Violations(_) | Self::NoRoute => String::new(),
        }
    }

    /// The name for the log.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Named(named) => &named.name,
            Self::Violations(_) => "ValidationError",
            Self::NoRoute => "NoRoute",
        }
    }

    /// Whether something of ours failed. A step that failed in a dry run is the template author's affair.
    pub(crate) fn has_cause(&self) -> bool {
        matches!(self, Self::Named(Named { cause: Some(_), .. }))
    }

    /// What happened, with every cause: for the log. Violations are counted, because they quote values.
    pub(crate) fn for_log(&self) -> String {
        match self {
            Self::Named(named) => {
                let mut text = named.message.clone();
                let mut cause = named.cause.as_deref().map(|cause| cause as &dyn std::error::Error);
                while let Some(error) = cause {
                    text = format!("{text}: {error}");
                    cause = error.source();
                }
                text
            }
            Self::Violations(violations) => {
                format!("{} violations of the template's schema", violations.len())
            }
            Self::NoRoute => "no route".to_owned(),
        }
    }

    /// The body, if the answer has one. `url` is relative to the plugin's mount.
    pub(crate) fn body(&self, method: &str, url: &str) -> Option<Value> {
        match self {
            Self::Named(named) => Some(json!({
                "error": { "name": named.name, "message": named.message },
                "request": { "method": method, "url": url },
                "response": { "statusCode": named.status.as_u16() },
            })),
            Self::Violations(violations) => Some(json!({ "errors": violations })),
            Self::NoRoute => None,
        }
    }
}

/// Violations in one line each.
pub(crate) fn told(violations: &[SchemaViolation]) -> Vec<String> {
    violations.iter().map(|violation| format!("{} {}", violation.property, violation.message)).collect()
}

/// Backstage's names and their statuses; every other name is a fault of the server.
fn status_of(name: &str) -> StatusCode {
    match name {
        "InputError" => StatusCode::BAD_REQUEST,
        "AuthenticationError" => StatusCode::UNAUTHORIZED,
        "NotAllowedError" => StatusCode::FORBIDDEN,
        "NotFoundError" => StatusCode::NOT_FOUND,
        "ConflictError" => StatusCode::CONFLICT,
        "PayloadTooLargeError" => StatusCode::PAYLOAD_TOO_LARGE,
        "NotImplementedError" => StatusCode::NOT_IMPLEMENTED,
        "ServiceUnavailableError" => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<DbError> for ApiError {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Unavailable(_) => {
                Self::unavailable("The database is not available; try again in a moment", error)
            }
            other => Self::internal(other),
        }
    }
}

impl From<AccessError> for ApiError {
    fn from(error: AccessError) -> Self {
        let message = error.to_string();
        match error {
            AccessError::NotAllowed(_) | AccessError::ServicesOnly => Self::not_allowed(message),
            AccessError::Undecided(BackstageError::Expired(message)) => Self::authentication(message),
            AccessError::Undecided(cause) => Self::unavailable(message, cause),
        }
    }
}

impl From<JudgeError> for ApiError {
    fn from(error: JudgeError) -> Self {
        match error {
            JudgeError::Conditions | JudgeError::UnknownType(_) => Self::input(error.to_string()),
            JudgeError::Nameless(_) => Self::named("NotImplementedError", error.to_string()),
            JudgeError::Access(error) => error.into(),
            JudgeError::Task(error) => error.into(),
        }
    }
}

impl From<TaskError> for ApiError {
    fn from(error: TaskError) -> Self {
        match error {
            TaskError::NotFound(_) => Self::not_found(error.to_string()),
            TaskError::Access(error) => error.into(),
            TaskError::Db(error) => error.into(),
            other => Self::internal(other),
        }
    }
}

impl From<EntityStoreError> for ApiError {
    fn from(error: EntityStoreError) -> Self {
        match error {
            EntityStoreError::Db(error) => error.into(),
            other => Self::internal(other),
        }
    }
}

impl From<FindError> for ApiError {
    fn from(error: FindError) -> Self {
        match error {
            FindError::NotFound { .. } => Self::not_found(error.to_string()),
            FindError::Broken { .. } => Self::input(error.to_string()),
        }
    }
}

impl From<BackstageError> for ApiError {
    fn from(error: BackstageError) -> Self {
        match error {
            BackstageError::Unavailable(_) => {
                Self::unavailable("Backstage's catalog cannot be reached; try again in a moment", error)
            }
            BackstageError::NotAllowed(message) => Self::not_allowed(message),
            BackstageError::Expired(message) => Self::authentication(message),
            other => Self::internal(other),
        }
    }
}

impl From<LookupError> for ApiError {
    fn from(error: LookupError) -> Self {
        match error {
            LookupError::Find(error) => error.into(),
            LookupError::Access(error) => error.into(),
            LookupError::Backstage(error) => error.into(),
            LookupError::Entities(error) => error.into(),
        }
    }
}

impl From<FetchError> for ApiError {
    fn from(error: FetchError) -> Self {
        match error {
            FetchError::Invalid(message) => Self::input(message),
            FetchError::NotFound(message) | FetchError::Git(GitError::NotFound(message)) => {
                Self::not_found(message)
            }
            FetchError::Git(GitError::Unavailable(_)) => {
                Self::unavailable("The template's repository cannot be reached; try again in a moment", error)
            }
            FetchError::Tree(error) | FetchError::Git(GitError::Tree(error)) => {
                Self::input(error.to_string())
            }
            other => Self::internal(other),
        }
    }
}

impl From<CreateError> for ApiError {
    fn from(error: CreateError) -> Self {
        match error {
            CreateError::BadReference(message) => Self::input(message),
            CreateError::Template(error) => error.into(),
            CreateError::Violations(violations) => Self::Violations(violations),
            CreateError::Steps(_) => Self::input(error.to_string()),
            CreateError::KeyUsed => Self::named("ConflictError", error.to_string()),
            CreateError::Files(error) => error.into(),
            CreateError::Store(error) => error.into(),
        }
    }
}

impl From<AnalyzeError> for ApiError {
    fn from(error: AnalyzeError) -> Self {
        match error {
            AnalyzeError::Repository(error) => Self::named(error.name(), error.to_string()),
            AnalyzeError::Store(error) => error.into(),
        }
    }
}

impl From<OnboardError> for ApiError {
    fn from(error: OnboardError) -> Self {
        match error {
            OnboardError::Name(message) => Self::input(message),
            OnboardError::Store(error) => error.into(),
            OnboardError::Change(error) => Self::internal(error),
        }
    }
}

impl From<TrialError> for ApiError {
    fn from(error: TrialError) -> Self {
        match error {
            TrialError::BadReference(message) => Self::input(message),
            TrialError::NotFound(error) => error.into(),
            TrialError::Access(error) => error.into(),
            TrialError::Files(error) => error.into(),
            TrialError::Repository(error) => Self::named(error.name(), error.to_string()),
            broken @ TrialError::Broken(_) => Self::internal(broken),
        }
    }
}

impl From<RetryError> for ApiError {
    fn from(error: RetryError) -> Self {
        match error {
            RetryError::NotEnded(_) => Self::named("ConflictError", error.to_string()),
            RetryError::Violations(violations) => Self::Violations(violations),
            RetryError::Template(error) => error.into(),
            RetryError::Task(error) => error.into(),
        }
    }
}

impl From<DryRunError> for ApiError {
    fn from(error: DryRunError) -> Self {
        match error {
            DryRunError::Template(_) => Self::input(error.to_string()),
            DryRunError::Steps(ref faults) => {
                match faults.iter().find(|fault| fault.unknown == Unknown::Action) {
                    Some(fault) => Self::not_found(fault.message.clone()),
                    None => Self::input(error.to_string()),
                }
            }
            DryRunError::Violations(violations) => Self::Violations(violations),
            DryRunError::User(error) => error.into(),
            DryRunError::Access(error) => error.into(),
            broken @ DryRunError::Broken(_) => Self::internal(broken),
        }
    }
}

#[cfg(test)]
mod tests;
