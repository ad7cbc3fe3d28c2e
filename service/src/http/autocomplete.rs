//! `/v2/autocomplete/{provider}/{resource}`: choices for a form field from a forge.
//!
//! The provider is `github`, on whichever host `context.host` names: what the caller's own token may see. It is never
//! asked with the credentials of the settings, which may see more.

use std::time::Duration;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use serde_json::{Map, Value, json};

use super::body::{Fields, JsonBody};
use super::error::ApiError;
use super::reply::{Answer, ok};
use crate::forge::{Acting, Forge, ForgeError, Notices, RepoSlug};
use crate::secret::Secret;
use crate::task::Tasks;

const PROVIDER: &str = "github";
/// The host if the context names none, as upstream.
const DEFAULT_HOST: &str = "github.com";
/// How long whoever fills in a form waits.
const PATIENCE: Duration = Duration::from_secs(30);

/// `POST /v2/autocomplete/{provider}/{resource}`
pub(super) async fn complete(
    State(tasks): State<Tasks>,
    path: Result<Path<(String, String)>, PathRejection>,
    JsonBody(body): JsonBody,
) -> Answer {
    let Path((provider, resource)) =
        path.map_err(|_| ApiError::input("the provider in the path is not text"))?;
    let mut fields = Fields::of_body(body, &["context", "token"])?;
    let context = fields.texts("context")?;
    let token = Secret::new(fields.text("token")?);
    if provider != PROVIDER {
        return Err(ApiError::input(format!("Unsupported provider: {provider}")));
    }
    if token.expose().trim().is_empty() {
        return Err(ApiError::input("the token is empty; give the token of whoever fills in the form"));
    }
    let forges = &tasks.capabilities().forges;
    let host = said(&context, "host").unwrap_or(DEFAULT_HOST);
    let forge = forges.for_host(host).ok_or_else(|| {
        ApiError::input(format!(
            "host `{host}` is not served here; the setting `forges` says which hosts are"
        ))
    })?;
    let forge = forge.acting(Acting { token: Some(token), notices: Notices::default() });
    let choices = tokio::time::timeout(PATIENCE, choices(&*forge, &resource, host, &context));
    let found = choices.await.map_err(|_| {
        ApiError::busy(format!("`{host}` has not answered within {} seconds; try again", PATIENCE.as_secs()))
    })??;
    let results: Vec<Value> = found.into_iter().map(|id| json!({ "id": id })).collect();
    ok(&json!({ "results": results }))
}

async fn choices(
    forge: &dyn Forge,
    resource: &str,
    host: &str,
    context: &Map<String, Value>,
) -> Result<Vec<String>, ApiError> {
    match resource {
        "owners" => forge.owners().await.map_err(failure),
        "repositoriesWithOwner" => {
            let mut all = Vec::new();
            for owner in forge.owners().await.map_err(failure)? {
                let names = forge.repositories(&owner).await.map_err(failure)?;
                all.extend(names.into_iter().map(|name| format!("{owner}/{name}")));
            }
            Ok(all)
        }
        "branches" => {
            let (Some(owner), Some(name)) = (said(context, "owner"), said(context, "repository")) else {
                return Err(ApiError::input("Missing owner and/or repository context parameter"));
            };
            let slug = RepoSlug { host: host.to_owned(), owner: owner.to_owned(), name: name.to_owned() };
            forge.branches(&slug).await.map_err(failure)
        }
        other => Err(ApiError::input(format!("Invalid resource: {other}"))),
    }
}

/// A text of the context that is not empty.
fn said<'c>(context: &'c Map<String, Value>, key: &str) -> Option<&'c str> {
    context.get(key).and_then(Value::as_str).filter(|text| !text.is_empty())
}

fn failure(error: ForgeError) -> ApiError {
    let message = error.to_string();
    match error {
        ForgeError::NotFound(_) => ApiError::not_found(message),
        ForgeError::NotAllowed(_) => ApiError::not_allowed(message),
        ForgeError::Unavailable(_) => ApiError::unavailable(message, error),
        ForgeError::Invalid(_) | ForgeError::Conflict(_) | ForgeError::Unsupported(_) => {
            ApiError::input(message)
        }
        ForgeError::Git(_) => ApiError::internal(error),
    }
}
