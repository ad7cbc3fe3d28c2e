//! `/v2/tasks`: create, list, get, cancel, retry.

use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::{Extension, RequestPartsExt};
use serde_json::{Map, json};

use super::body::{Fields, JsonBody, OptionalJsonBody};
use super::error::ApiError;
use super::query::Pairs;
use super::reply::{Answer, json as reply, ok};
use super::shape::{PageShape, TaskShape};
use crate::ids::{RequestKey, TaskId};
use crate::task::{Caller, NewTask, TaskError, Tasks};

/// The task id of the path.
pub(super) struct TaskPath(pub(super) TaskId);

impl<S: Send + Sync> FromRequestParts<S> for TaskPath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let Ok(Path(text)) = parts.extract::<Path<String>>().await else {
            return Err(ApiError::input("the task id in the path is not text"));
        };
        task_id(text).map(Self)
    }
}

/// The task id that a text is. What is not an id is the id of no task.
pub(super) fn task_id(text: String) -> Result<TaskId, ApiError> {
    text.parse().map_err(|_| TaskError::NotFound(text).into())
}

/// `POST /v2/tasks`
pub(super) async fn create(
    State(tasks): State<Tasks>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    JsonBody(body): JsonBody,
) -> Answer {
    let key = request_key(&headers)?;
    let mut fields = Fields::of_body(body, &["templateRef", "values"])?;
    let new = NewTask {
        template_ref: fields.text("templateRef")?,
        values: fields.object("values")?.into(),
        secrets: fields.texts("secrets")?,
        caller,
        // Backstage leaves values as they came: a task must not depend on which of the two runs it.
        fill_defaults: false,
        key,
    };
    let id = tasks.create(new).await?;
    reply(StatusCode::CREATED, &json!({ "id": id.to_string() }))
}

/// `Idempotency-Key`, if the client sends one.
fn request_key(headers: &HeaderMap) -> Result<Option<RequestKey>, ApiError> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    match value.to_str().ok().and_then(RequestKey::parse) {
        Some(key) => Ok(Some(key)),
        None => Err(ApiError::input(
            "the header `Idempotency-Key` must be 1 to 200 letters, digits and signs without a space",
        )),
    }
}

/// `GET /v2/tasks`
pub(super) async fn list(
    State(tasks): State<Tasks>,
    Extension(caller): Extension<Caller>,
    pairs: Pairs,
) -> Answer {
    let page = tasks.list(&pairs.list()?, &caller).await?;
    ok(&PageShape::from(&page))
}

/// `GET /v2/tasks/{taskId}`
pub(super) async fn get(
    State(tasks): State<Tasks>,
    Extension(caller): Extension<Caller>,
    TaskPath(id): TaskPath,
) -> Answer {
    let task = tasks.get(id, &caller).await?;
    ok(&TaskShape::from(&task))
}

/// `POST /v2/tasks/{taskId}/cancel`
pub(super) async fn cancel(
    State(tasks): State<Tasks>,
    Extension(caller): Extension<Caller>,
    TaskPath(id): TaskPath,
) -> Answer {
    tasks.cancel(id, &caller).await?;
    ok(&json!({ "status": "cancelled" }))
}

/// `POST /v2/tasks/{taskId}/retry`
pub(super) async fn retry(
    State(tasks): State<Tasks>,
    Extension(caller): Extension<Caller>,
    TaskPath(id): TaskPath,
    OptionalJsonBody(body): OptionalJsonBody,
) -> Answer {
    let secrets = match body {
        Some(body) => Fields::of_body(body, &[])?.texts("secrets")?,
        None => Map::new(),
    };
    tasks.retry(id, secrets, &caller).await?;
    reply(StatusCode::CREATED, &json!({ "id": id.to_string() }))
}
