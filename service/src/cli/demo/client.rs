//! The few calls that Backstage's page makes, over HTTP.

use std::time::Duration;

use anyhow::anyhow;
use futures_util::StreamExt;
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::cli::follow::Follower;
use crate::journal::{EventBody, EventKind};

const PATIENCE: Duration = Duration::from_secs(60);

/// A client of the scaffolder API.
pub(super) struct Client {
    http: reqwest::Client,
    base: String,
}

/// An event as it came over the stream.
struct Event {
    kind: EventKind,
    body: EventBody,
    at_ms: Option<i64>,
}

impl Client {
    /// For the server at `base`.
    pub(super) fn new(base: &str) -> anyhow::Result<Self> {
        // The client is built with TLS, which wants a provider even for plain HTTP on loopback.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build()?;
        Ok(Self { http, base: format!("{base}/api/scaffolder") })
    }

    /// Creates a task and gives its id.
    pub(super) async fn create(&self, body: &Value) -> anyhow::Result<String> {
        let answer = self.http.post(format!("{}/v2/tasks", self.base)).json(body).send().await?;
        let status = answer.status();
        let body: Value = answer.json().await?;
        body.get("id")
            .and_then(Value::as_str)
            .map(str::to_owned)
            .ok_or_else(|| anyhow!("the task was refused with {status}: {body}"))
    }

    /// What stands at a path.
    pub(super) async fn get(&self, path: &str) -> anyhow::Result<Value> {
        Ok(self.http.get(format!("{}{path}", self.base)).send().await?.error_for_status()?.json().await?)
    }

    /// Shows the events of a task until it ends; the last one is given back.
    pub(super) async fn follow(&self, id: &str, follower: &mut Follower) -> anyhow::Result<EventBody> {
        let url = format!("{}/v2/tasks/{id}/eventstream", self.base);
        let answer = self.http.get(url).send().await?.error_for_status()?;
        let mut chunks = answer.bytes_stream();
        let mut buffer = Vec::new();
        while let Some(chunk) = chunks.next().await {
            buffer.extend_from_slice(&chunk?);
            while let Some(end) = buffer.windows(2).position(|pair| pair == b"\n\n") {
                let frame: Vec<u8> = buffer.drain(..end + 2).collect();
                let Some(event) = Event::parse(&String::from_utf8_lossy(&frame)) else { continue };
                follower.show(event.kind, &event.body, event.at_ms);
                if event.kind == EventKind::Completion {
                    return Ok(event.body);
                }
            }
        }
        Err(anyhow!("the event stream ended before the task did"))
    }
}

impl Event {
    /// A frame of the event stream; comments are none.
    fn parse(frame: &str) -> Option<Self> {
        let field = |name: &str| frame.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        let kind = EventKind::parse(field("event:")?)?;
        let event: Value = serde_json::from_str(field("data:")?).ok()?;
        let at = event.get("createdAt").and_then(Value::as_str);
        let at = at.and_then(|text| OffsetDateTime::parse(text, &Rfc3339).ok());
        let at_ms = at.and_then(|at| i64::try_from(at.unix_timestamp_nanos() / 1_000_000).ok());
        Some(Self { kind, body: serde_json::from_value(event.get("body")?.clone()).ok()?, at_ms })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_an_event_with_its_own_time() {
        let frame = "id: 1\nevent: log\ndata: {\"body\":{\"message\":\"hi\"},\"createdAt\":\"1970-01-01T00:00:01.005Z\"}\n\n";

        let event = Event::parse(frame).unwrap();

        assert_eq!(
            (event.kind, event.body.message.as_str(), event.at_ms),
            (EventKind::Log, "hi", Some(1005))
        );
    }

    #[test]
    fn a_comment_is_no_event() {
        assert!(Event::parse(": keep-alive\n\n").is_none());
    }
}
