//! Events of a task: as a stream (`eventstream`) and as a long poll (`events`).
//!
//! Both watch before they read, so that no event falls between; both give back everything they hold as soon as
//! the client goes away or the process closes. A stream ends after a completion, and at once for a task that
//! has ended and has nothing new to tell. No event is sent twice on one stream, and no more streams are open than
//! the settings say: each keeps a connection, and the rest of the service needs some too.

use std::time::Duration;

use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use futures_util::stream;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::error::ApiError;
use super::query::Pairs;
use super::reply::{Answer, ok};
use super::shape::EventShape;
use super::state::Streaming;
use super::tasks::TaskPath;
use crate::journal::{EventKind, TaskEvent};
use crate::task::{Caller, EventWatch, Tasks};
use crate::telemetry::StreamGuard;

/// How long a long poll waits for the first event.
const LONG_POLL: Duration = Duration::from_secs(30);

/// A comment without the empty line behind it: some clients take that line for a message without data.
const KEEP_ALIVE: &[u8] = b": keep-alive\n";

/// `GET /v2/tasks/{taskId}/events`
pub(super) async fn poll(
    State(tasks): State<Tasks>,
    State(streaming): State<Streaming>,
    Extension(caller): Extension<Caller>,
    TaskPath(id): TaskPath,
    pairs: Pairs,
) -> Answer {
    let after = pairs.after()?.unwrap_or(0);
    let watch = tasks.watch(id, &caller).await?;
    let (events, goes_on) = awaited(watch, after, &streaming.closing).await?;
    let shapes = events.iter().map(|event| EventShape::new(event, goes_on));
    ok(&shapes.collect::<Vec<_>>())
}

/// The events behind one as soon as there are some, or none after a while; and whether more may come after the end.
pub(super) async fn awaited(
    mut watch: EventWatch,
    after: i64,
    closing: &CancellationToken,
) -> Result<(Vec<TaskEvent>, bool), ApiError> {
    let deadline = tokio::time::sleep(LONG_POLL);
    tokio::pin!(deadline);
    loop {
        let events = watch.events(after).await?;
        if !events.is_empty() {
            return Ok((events, watch.goes_on()));
        }
        tokio::select! {
            () = watch.changed() => {}
            () = &mut deadline => return Ok((events, watch.goes_on())),
            () = closing.cancelled() => return Ok((events, watch.goes_on())),
        }
    }
}

/// `GET /v2/tasks/{taskId}/eventstream`
pub(super) async fn stream(
    State(tasks): State<Tasks>,
    State(streaming): State<Streaming>,
    Extension(caller): Extension<Caller>,
    TaskPath(id): TaskPath,
    LastSeen(after): LastSeen,
) -> Answer {
    let watch = tasks.watch(id, &caller).await?;
    let ended = watch.status().await?.is_terminal();
    let after = if ended && watch.goes_on() { before_the_end(&watch, after).await? } else { after };
    let place = streaming.places.clone().try_acquire_owned().map_err(|_| {
        ApiError::busy(
            "all event streams of this server are in use (`server.max_event_streams`); try again later",
        )
    })?;
    let feed = Feed {
        after,
        phase: if ended { Phase::ended(&watch) } else { Phase::Running },
        watch,
        keep_alive: streaming.keep_alive,
        next_sign: Instant::now() + streaming.keep_alive,
        closing: streaming.closing,
        _open: (place, streaming.metrics.stream_opened()),
    };
    let chunks = stream::unfold(feed, |mut feed| async move {
        let chunk = feed.next().await?;
        Some((chunk, feed))
    });
    let mut response = Response::new(Body::from_stream(chunks));
    for (name, value) in [
        (header::CONTENT_TYPE, "text/event-stream"),
        // A proxy that compresses holds events back to do so.
        (header::CACHE_CONTROL, "no-cache, no-transform"),
        (header::CONNECTION, "keep-alive"),
        // Keeps nginx from holding events back.
        (header::HeaderName::from_static("x-accel-buffering"), "no"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    Ok(response)
}

/// The last event that a client of a stream has. A browser that reconnects repeats the address it began with and
/// tells in a header how far it came.
pub(super) struct LastSeen(i64);

impl<S: Send + Sync> FromRequestParts<S> for LastSeen {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let pairs = Pairs::from_request_parts(parts, state).await?;
        Ok(Self(pairs.after()?.unwrap_or(0).max(last_event_id(&parts.headers))))
    }
}

/// What one stream has sent, and where it stands.
struct Feed {
    watch: EventWatch,
    after: i64,
    phase: Phase,
    keep_alive: Duration,
    next_sign: Instant,
    closing: CancellationToken,
    _open: (OwnedSemaphorePermit, StreamGuard),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// The task may tell more.
    Running,
    /// The task had ended before the events were read: what is not there now will not come.
    Ended,
    /// The last event was sent.
    Done,
}

impl Phase {
    /// Of a task that has ended.
    fn ended(watch: &EventWatch) -> Self {
        if watch.goes_on() { Self::Running } else { Self::Ended }
    }
}

/// Where to begin for a page that comes back to a task which it may retry: having forgotten that the task has ended, it
/// must be told again, although it has that event.
async fn before_the_end(watch: &EventWatch, after: i64) -> Result<i64, ApiError> {
    let events = watch.events(0).await?;
    let end = events.last().filter(|last| last.kind == EventKind::Completion);
    Ok(end.map_or(after, |end| after.min(end.id - 1)))
}

impl Feed {
    /// The next piece of the stream; `None` ends it.
    async fn next(&mut self) -> Option<Result<Bytes, BrokenOff>> {
        loop {
            if self.phase == Phase::Done {
                return None;
            }
            let events = match self.watch.events(self.after).await {
                Ok(events) => events,
                Err(error) => return Some(Err(self.broken(&error.into()))),
            };
            if let Some(last) = events.last() {
                self.after = last.id;
                self.next_sign = Instant::now() + self.keep_alive;
                self.phase =
                    if ends(&events) && !self.watch.goes_on() { Phase::Done } else { Phase::Running };
                return Some(frames(&events, self.watch.goes_on()).map_err(|error| self.broken(&error)));
            }
            if self.phase == Phase::Ended {
                return None;
            }
            tokio::select! {
                () = self.watch.changed() => {}
                () = tokio::time::sleep_until(self.next_sign) => {
                    self.next_sign = Instant::now() + self.keep_alive;
                    return Some(Ok(Bytes::from_static(KEEP_ALIVE)));
                }
                () = self.closing.cancelled() => return None,
            }
            match self.watch.status().await {
                Ok(status) if status.is_terminal() => self.phase = Phase::ended(&self.watch),
                Ok(_) => {}
                Err(error) => return Some(Err(self.broken(&error.into()))),
            }
        }
    }

    /// Breaks the stream off: a client sees an end without a completion, and comes back.
    fn broken(&mut self, error: &ApiError) -> BrokenOff {
        self.phase = Phase::Done;
        tracing::warn!(task.id = %self.watch.task(), error = error.for_log(), "event stream broke off");
        BrokenOff
    }
}

/// The stream cannot go on. Its head was sent long ago, so all that is left is to close the connection.
#[derive(Debug, thiserror::Error)]
#[error("the event stream broke off")]
struct BrokenOff;

fn ends(events: &[TaskEvent]) -> bool {
    events.last().is_some_and(|event| event.kind == EventKind::Completion)
}

/// Events as they go over the wire.
fn frames(events: &[TaskEvent], goes_on: bool) -> Result<Bytes, ApiError> {
    let mut text = String::new();
    for event in events {
        let data = serde_json::to_string(&EventShape::new(event, goes_on)).map_err(ApiError::internal)?;
        text.push_str(&format!("event: {}\ndata: {data}\nid: {}\n\n", event.kind.as_str(), event.id));
    }
    Ok(Bytes::from(text))
}

fn last_event_id(headers: &HeaderMap) -> i64 {
    headers
        .get("last-event-id")
        .and_then(|id| id.to_str().ok())
        .and_then(|id| id.trim().parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::TaskId;
    use crate::journal::EventBody;

    fn event(id: i64, kind: EventKind, message: &str) -> TaskEvent {
        TaskEvent {
            id,
            task_id: TaskId::generate(),
            kind,
            body: EventBody::message(message),
            created_at_ms: 0,
        }
    }

    #[test]
    fn a_frame_has_event_data_id_and_an_empty_line() {
        let event = event(7, EventKind::Log, "two\nlines");

        let text = String::from_utf8(frames(std::slice::from_ref(&event), false).unwrap().to_vec()).unwrap();

        let lines: Vec<&str> = text.split('\n').collect();
        assert_eq!(lines[0], "event: log");
        assert!(lines[1].starts_with("data: {\"id\":7,\"isTaskRecoverable\":false,"), "{text}");
        assert!(lines[1].contains("two\\nlines"), "{text}");
        assert_eq!(&lines[2..], ["id: 7", "", ""]);
    }

    #[test]
    fn a_stream_ends_with_a_completion_that_nothing_follows() {
        let completion = || event(1, EventKind::Completion, "done");

        assert!(ends(&[event(1, EventKind::Log, "a"), completion()]));
        assert!(!ends(&[completion(), event(2, EventKind::Recovered, "again")]));
        assert!(!ends(&[event(1, EventKind::Cancelled, "stop")]));
    }

    #[test]
    fn the_last_event_id_is_read_from_its_header() {
        let mut headers = HeaderMap::new();
        assert_eq!(last_event_id(&headers), 0);

        headers.insert("last-event-id", HeaderValue::from_static("41"));
        assert_eq!(last_event_id(&headers), 41);

        headers.insert("last-event-id", HeaderValue::from_static("x"));
        assert_eq!(last_event_id(&headers), 0);
    }
}
