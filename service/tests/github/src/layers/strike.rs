//! The fault injector: which fault strikes, and what it makes of an answer.

use bytes::Bytes;
use serde_json::Value;

use crate::call::Answer;
use crate::errors;
use crate::fault::{Fault, Kind};
use crate::recorder;
use crate::server::{Incoming, Outcome, Reply};
use crate::shared::{Shared, locked};

use super::finish;

/// Counts the request; gives the first fault that strikes it.
pub(crate) fn strike(shared: &Shared, operation: &str, incoming: &Incoming) -> Option<Fault> {
    let body = serde_json::from_slice(&incoming.body).unwrap_or(Value::Null);
    let is_about = |name: &str| recorder::is_about(name, &incoming.path, &body);
    let mut faults = locked(&shared.faults);
    let mut found = None;
    for fault in faults.iter_mut() {
        if fault.strikes(operation, is_about) && found.is_none() {
            found = Some(fault.clone());
        }
    }
    found
}

/// What becomes of the right answer, or of none.
pub(crate) async fn struck(shared: &Shared, fault: &Fault, incoming: &Incoming, reply: Reply) -> Outcome {
    match &fault.kind {
        Kind::Answer(status, body, headers) => {
            let answer = Answer { status: *status, body: Some(body.clone()), headers: headers.clone() };
            Outcome::Reply(finish::plain(shared, answer))
        }
        Kind::Html(status) => {
            let page = "<html><head><title>Unicorn!</title></head><body><p>No server is available.</p></body></html>";
            let headers = vec![("content-type".to_owned(), "text/html; charset=utf-8".to_owned())];
            Outcome::Reply(Reply { status: *status, headers, body: Bytes::from_static(page.as_bytes()) })
        }
        Kind::Redirect(to) => {
            let status = if matches!(incoming.method.as_str(), "GET" | "HEAD") { 301 } else { 307 };
            Outcome::Reply(finish::plain(shared, errors::moved(status, to)))
        }
        Kind::Truncated => Outcome::Reply(Reply { body: reply.body.slice(..reply.body.len() / 2), ..reply }),
        Kind::Dribble(between) => Outcome::Dribble(reply, *between),
        Kind::Late(by) => {
            tokio::time::sleep(*by).await;
            Outcome::Reply(reply)
        }
        Kind::Cut => Outcome::Cut(reply),
        Kind::Drop => Outcome::Drop,
        Kind::Hang => Outcome::Hang,
    }
}
