//! The service's own public keys, for Backstage's plugins to know it by.

use axum::extract::State;

use super::error::ApiError;
use super::reply::{Answer, ok};
use super::state::Published;
use crate::backstage::KeyError;

/// `GET /api/stagecraft/.backstage/auth/v1/jwks.json`, and the same of `scaffolder`.
pub(super) async fn list(State(Published(keys)): State<Published>) -> Answer {
    match keys {
        Some(keys) => ok(&keys.published().await?),
        None => Err(ApiError::not_found(
            "This service has no keys of its own: it has them if `backstage.base_url` is set and `backstage.token` is not",
        )),
    }
}

impl From<KeyError> for ApiError {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Db(error) => error.into(),
            other => Self::internal(other),
        }
    }
}
