//! The scaffolder in Backstage's actions registry: what agents and other plugins of Backstage find here and invoke.
//!
//! What is offered stands in `agents.json`, to which the plugin package holds its own list; what each action does is
//! [`run`]'s. Both versions of the route are served: the first takes the input itself, the second `{input}`. The
//! invariant: no action begins with an input that its schema does not allow, and one that the caller may not see is
//! not there for him.

mod run;

use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::{Extension, RequestPartsExt};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::body::{Fields, OptionalJsonBody};
use super::error::{ApiError, told};
use super::reply::{Answer, ok};
use super::state::HttpState;
use crate::task::{Caller, Tasks};
use crate::template::parameters::validate_against;

/// The definitions, as they are answered.
const OFFERED: &str = include_str!("agents.json");

/// The action that is not there for callers without the permission of dry runs.
const DRY_RUN: &str = "scaffolder:dry-run-template";

/// `agents.json`
#[derive(Deserialize, Serialize)]
struct Offered {
    actions: Vec<Value>,
}

/// An action of the registry.
struct Agent {
    id: String,
    input: Value,
}

/// The id of the path, whatever it says.
pub(super) struct ActionPath(String);

impl<S: Send + Sync> FromRequestParts<S> for ActionPath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        match parts.extract::<Path<String>>().await {
            Ok(Path(id)) => Ok(Self(id)),
            Err(_) => Err(ApiError::input("the action id in the path is not text")),
        }
    }
}

/// `GET /.backstage/actions/v1/actions`
pub(super) async fn list(State(state): State<HttpState>, Extension(caller): Extension<Caller>) -> Answer {
    let mut offered = offered()?;
    if !state.tasks.may_dry_run(&caller).await? {
        offered.actions.retain(|action| id_of(action) != DRY_RUN);
    }
    ok(&offered)
}

/// `POST /.backstage/actions/v1/actions/{actionId}/invoke`: the body is the input.
pub(super) async fn invoke(
    State(state): State<HttpState>,
    Extension(caller): Extension<Caller>,
    ActionPath(id): ActionPath,
    OptionalJsonBody(body): OptionalJsonBody,
) -> Answer {
    let agent = Agent::found(id, &state.tasks, &caller).await?;
    agent.invoke(body.unwrap_or_else(|| json!({})), &state, caller).await
}

/// `POST /.backstage/actions/v2/actions/{actionId}/invoke`: the body names the input.
pub(super) async fn invoke_wrapped(
    State(state): State<HttpState>,
    Extension(caller): Extension<Caller>,
    ActionPath(id): ActionPath,
    OptionalJsonBody(body): OptionalJsonBody,
) -> Answer {
    let agent = Agent::found(id, &state.tasks, &caller).await?;
    let mut fields = Fields::of_body(body.unwrap_or_else(|| json!({})), &["input"])?;
    if fields.take("secrets").is_some_and(|secrets| !secrets.is_null()) {
        return Err(ApiError::input(format!("Action \"{}\" does not accept secrets", agent.id)));
    }
    let input = fields.take("input").unwrap_or_default();
    agent.invoke(input, &state, caller).await
}

impl Agent {
    /// The action of that id, if it is there for the caller.
    async fn found(id: String, tasks: &Tasks, caller: &Caller) -> Result<Self, ApiError> {
        let mut actions = offered()?.actions.into_iter();
        let found = actions.find(|action| id_of(action) == id);
        match found {
            Some(_) if id == DRY_RUN && !tasks.may_dry_run(caller).await? => Err(unknown(&id)),
            Some(mut action) => {
                let input = action.pointer_mut("/schema/input").map(Value::take).unwrap_or_default();
                Ok(Self { id, input })
            }
            None => Err(unknown(&id)),
        }
    }

    async fn invoke(self, input: Value, state: &HttpState, caller: Caller) -> Answer {
        if let Err(violations) = validate_against(&self.input, &input) {
            let faults: Vec<String> =
                told(&violations).iter().map(|fault| fault.replacen("instance", "input", 1)).collect();
            let message = format!("Invalid input to action \"{}\": {}", self.id, faults.join("; "));
            return Err(ApiError::input(message));
        }
        // What a template's form does not allow has a body of its own elsewhere, which is not known to who calls here.
        let output = run::run(&self.id, input, state, caller).await.map_err(ApiError::in_words)?;
        ok(&json!({ "output": output }))
    }
}

fn offered() -> Result<Offered, ApiError> {
    serde_json::from_str(OFFERED).map_err(ApiError::internal)
}

fn id_of(action: &Value) -> &str {
    action.get("id").and_then(Value::as_str).unwrap_or_default()
}

fn unknown(id: &str) -> ApiError {
    ApiError::not_found(format!("Action \"{id}\" not found"))
}
