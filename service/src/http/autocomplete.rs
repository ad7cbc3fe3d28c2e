//! `/v2/autocomplete/{provider}/{resource}`: choices for a form field from a forge.
//!
//! No forge here offers choices, so every provider is unsupported; the body is checked first, as in Backstage.

use axum::extract::Path;
use axum::extract::rejection::PathRejection;

use super::body::{Fields, JsonBody};
use super::error::ApiError;
use super::reply::Answer;

/// `POST /v2/autocomplete/{provider}/{resource}`
pub(super) async fn complete(
    path: Result<Path<(String, String)>, PathRejection>,
    JsonBody(body): JsonBody,
) -> Answer {
    let Path((provider, _)) = path.map_err(|_| ApiError::input("the provider in the path is not text"))?;
    let mut fields = Fields::of_body(body, &["context", "token"])?;
    fields.texts("context")?;
    fields.text("token")?;
    Err(ApiError::input(format!("Unsupported provider: {provider}")))
}
