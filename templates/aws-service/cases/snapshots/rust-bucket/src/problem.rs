//! What a handler answers when it cannot do what was asked: a status, and `{"error": "…"}`.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::json;
use tracing::error;

/// Why a request was not answered as it wished.
#[derive(Debug)]
pub enum Problem {
    /// The request makes no sense; the text says why, and is shown to the caller.
    Invalid(String),
    /// There is no such thing.
    NotFound,
    /// Something that this service needs did not answer; the cause goes to the log alone.
    Unavailable(anyhow::Error),
}

impl<E: Into<anyhow::Error>> From<E> for Problem {
    fn from(cause: E) -> Self {
        Self::Unavailable(cause.into())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, text) = match self {
            Self::Invalid(why) => (StatusCode::BAD_REQUEST, why),
            Self::NotFound => (StatusCode::NOT_FOUND, "there is no such thing".to_owned()),
            Self::Unavailable(cause) => {
                error!(error = format!("{cause:#}"), "cannot answer");
                (StatusCode::SERVICE_UNAVAILABLE, "try again later".to_owned())
            }
        };
        (status, Json(json!({ "error": text }))).into_response()
    }
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    #[test]
    fn each_problem_has_its_status() {
        let status = |problem: Problem| problem.into_response().status();

        assert_eq!(status(Problem::Invalid("too long".into())), StatusCode::BAD_REQUEST);
        assert_eq!(status(Problem::NotFound), StatusCode::NOT_FOUND);
        assert_eq!(status(anyhow!("gone").into()), StatusCode::SERVICE_UNAVAILABLE);
    }
}
