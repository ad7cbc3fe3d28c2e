//! The page of `stagecraft dev`: its files, what it shows, and what it asks for.
//!
//! It serves one preview to the browsers of this machine. The page's files are part of the program. The
//! invariant: nothing is answered to a request that another website could have caused (`guard`), and the page
//! loads and calls nothing but this server.

mod guard;
mod page;
mod shape;
mod stream;

use std::net::SocketAddr;

use axum::Router;
use axum::extract::{FromRef, State};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use catalog_gen::TreePath;
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use tower_http::catch_panic::CatchPanicLayer;

use super::body::{Fields, JsonBody};
use super::error::ApiError;
use super::query::Pairs;
use super::reply::{Answer, ok};
use super::report;
use super::state::BodyLimit;
use crate::preview::Preview;
use crate::telemetry::Metrics;
use guard::Guard;
use shape::{FileShape, StateShape};

/// Largest request: a form with texts in it, not files.
const LARGEST_BODY: usize = 1024 * 1024;

/// What the handlers stand on.
#[derive(Clone)]
struct Door {
    preview: Preview,
    /// Fires when the process is going down.
    closing: CancellationToken,
}

impl FromRef<Door> for BodyLimit {
    fn from_ref(_: &Door) -> Self {
        Self(LARGEST_BODY)
    }
}

/// Everything that is served for one preview at this address of this machine.
pub fn preview_router(preview: Preview, address: SocketAddr, closing: CancellationToken) -> Router {
    Router::new()
        .route("/", get(page::index))
        .route("/preview.js", get(page::script))
        .route("/preview.css", get(page::style))
        .route("/icon.svg", get(page::icon))
        .route("/licences.txt", get(page::licences))
        .route("/api/state", get(state))
        .route("/api/file", get(file))
        .route("/api/values", post(values))
        .route("/api/case", post(case))
        .route("/api/events", get(stream::events))
        .fallback(no_route)
        .method_not_allowed_fallback(no_route)
        .layer(from_fn_with_state(Guard::new(address), guard::require))
        .layer(CatchPanicLayer::custom(report::panicked))
        .layer(from_fn_with_state(Metrics::new(), report::report))
        .layer(from_fn(page::protect))
        .with_state(Door { preview, closing })
}

async fn no_route() -> ApiError {
    ApiError::not_found("there is nothing at this address; the preview is at `/`")
}

/// `GET /api/state`: everything but the contents of files.
async fn state(State(door): State<Door>) -> Answer {
    ok(&StateShape::of(door.preview.session(), &door.preview.now()))
}

/// `GET /api/file?path=…`: one file and what is different in it.
async fn file(State(door): State<Door>, pairs: Pairs) -> Answer {
    let asked = pairs.path()?;
    let shown = door.preview.now();
    let path = TreePath::parse(&asked).ok();
    let found = shown.run.as_ref().zip(path.as_ref()).filter(|(run, path)| run.knows(path));
    let Some((run, path)) = found else {
        return Err(ApiError::not_found(format!("the last run has no file `{asked}`")));
    };
    ok(&FileShape::of(run, path))
}

/// `POST /api/values`: runs the template with the values and secrets of the form.
async fn values(State(door): State<Door>, JsonBody(body): JsonBody) -> Answer {
    let mut fields = Fields::of_body(body, &["values"])?;
    let (values, secrets) = (fields.object("values")?, fields.texts("secrets")?);
    let shown = door.preview.fill(values, secrets).await;
    ok(&StateShape::of(door.preview.session(), &shown))
}

/// `POST /api/case`: takes the values of a case, or with `null` the defaults.
async fn case(State(door): State<Door>, JsonBody(body): JsonBody) -> Answer {
    let name = match body.get("case") {
        Some(Value::Null) => None,
        Some(Value::String(name)) => Some(name.as_str()),
        _ => return Err(ApiError::input("request/body/case must be a string or null")),
    };
    if !door.preview.choose(name).await {
        return Err(ApiError::not_found(format!("the template has no case `{}`", name.unwrap_or_default())));
    }
    ok(&StateShape::of(door.preview.session(), &door.preview.now()))
}
