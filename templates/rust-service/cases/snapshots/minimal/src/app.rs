//! The routes. A handler takes what it needs through extractors and returns what it answers.

use std::time::Duration;

use axum::{
    Json, Router,
    extract::Request,
    http::{Response, StatusCode},
    routing::get,
};
use serde::Serialize;
use tower_http::{timeout::TimeoutLayer, trace::TraceLayer};
use tracing::{Span, info, info_span};

/// A request that takes longer is answered with 408.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// Every route of the service.
pub fn router() -> Router {
    let trace = TraceLayer::new_for_http()
        // The path alone: a query string can hold what does not belong in a log.
        .make_span_with(|request: &Request| {
            info_span!("request", method = %request.method(), path = request.uri().path())
        })
        .on_response(|response: &Response<_>, latency: Duration, _: &Span| {
            let latency_ms = latency.as_secs_f64() * 1_000.0;
            info!(status = response.status().as_u16(), latency_ms, "answered");
        });

    Router::new()
        .route("/", get(about))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, REQUEST_TIMEOUT))
        .layer(trace)
        // Below the layers: probes come every few seconds and would drown the log.
        .route("/healthz", get(health))
}

/// What runs here.
#[derive(Serialize)]
struct About {
    name: &'static str,
    version: &'static str,
}

async fn about() -> Json<About> {
    Json(About { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") })
}

/// Healthy means that the process answers. It asks nothing else, so that the outage of a
/// dependency does not make the platform restart every replica.
async fn health() -> &'static str {
    "ok"
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use http_body_util::BodyExt;
    use serde_json::{Value, json};
    use tower::ServiceExt;

    use super::*;

    async fn get(path: &str) -> (StatusCode, Vec<u8>) {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response = router().oneshot(request).await.unwrap();
        let status = response.status();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, body.into())
    }

    #[tokio::test]
    async fn health_is_ok() {
        assert_eq!(get("/healthz").await, (StatusCode::OK, b"ok".to_vec()));
    }

    #[tokio::test]
    async fn the_root_tells_name_and_version() {
        let (status, body) = get("/").await;

        assert_eq!(status, StatusCode::OK);
        let body: Value = serde_json::from_slice(&body).unwrap();
        let expected =
            json!({"name": env!("CARGO_PKG_NAME"), "version": env!("CARGO_PKG_VERSION")});
        assert_eq!(body, expected);
    }

    #[tokio::test]
    async fn an_unknown_path_is_not_found() {
        assert_eq!(get("/nothing-here").await.0, StatusCode::NOT_FOUND);
    }
}
