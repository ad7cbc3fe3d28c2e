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

use crate::database::Pool;
use crate::files::Files;

/// A request that takes longer is answered with 408.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// What the handlers share.
#[derive(Clone)]
pub struct App {
    /// Connections to the database.
    pub database: Pool,
    /// The bucket.
    pub files: Files,
}

/// Every route of the service; `openapi.json` describes them.
pub fn router(app: App) -> Router {
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
        .merge(crate::items::routes())
        .merge(crate::files::routes())
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, REQUEST_TIMEOUT))
        .layer(trace)
        // Below the layers: probes come every few seconds and would drown the log.
        .route("/healthz", get(health))
        .route("/readyz", get(ready))
        .with_state(app)
}

/// What runs here.
#[derive(Serialize)]
struct About {
    name: &'static str,
    version: &'static str,
}

async fn about() -> Json<About> {
    Json(About { name: "s3-b2b-gateway2", version: env!("CARGO_PKG_VERSION") })
}

/// Healthy means that the process answers. It asks nothing else, so that the outage of a
/// dependency does not make the platform restart every replica.
async fn health() -> &'static str {
    "ok"
}

/// Ready means that the database answers, too: until then no request should come.
async fn ready(
    axum::extract::State(app): axum::extract::State<App>,
) -> Result<&'static str, crate::problem::Problem> {
    app.database.get().await?.simple_query("select 1").await?;
    Ok("ok")
}
