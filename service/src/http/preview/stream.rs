//! `GET /api/events`: tells the page that there is something new to see.
//!
//! An event carries the number of the state alone, with its session; the page asks for the state. So a page that was asleep reads
//! the newest state once. The invariant: a stream ends when the process closes.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use futures_util::stream;

use super::Door;

/// After so much silence a sign of life is sent.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

pub(super) async fn events(State(door): State<Door>) -> Response {
    let mut states = door.preview.subscribe();
    // The first event tells where things stand.
    states.mark_changed();
    let session = door.preview.session();
    let chunks = stream::unfold((states, door.closing), move |(mut states, closing)| async move {
        let chunk = tokio::select! {
            () = closing.cancelled() => return None,
            changed = states.changed() => {
                changed.ok()?;
                let revision = states.borrow_and_update().revision;
                Bytes::from(format!("event: state\ndata: {session}/{revision}\n\n"))
            }
            () = tokio::time::sleep(KEEP_ALIVE) => Bytes::from_static(b": keep-alive\n\n"),
        };
        Some((Ok::<_, Infallible>(chunk), (states, closing)))
    });
    let mut response = Response::new(Body::from_stream(chunks));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}
