//! Webhooks: what happened, who is told of it, signed as GitHub signs.
//!
//! Whoever is to be told is settled when it happens; it is sent after the request that made it happen was answered,
//! or when the test says so. Only plain `http` addresses are told: the listener is on this machine.

use std::sync::Arc;
use std::time::Duration;

use ring::hmac;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::clock::Millis;
use crate::layers::hex;
use crate::shapes::account::simple_of;
use crate::shapes::repository as shape;
use crate::shared::Shared;
use crate::state::State;

/// As long GitHub waits for the answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Something that happened.
#[derive(Clone, Debug)]
pub struct Event {
    /// The event, `push` for example.
    pub event: &'static str,
    /// What was done, `created` for example; empty if the event has no such thing.
    pub action: String,
    /// The repository's id.
    pub repository: u64,
    /// What is told.
    pub payload: Value,
}

/// An attempt to tell of it.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Its id.
    pub id: u64,
    /// The same for all attempts to tell one of one event.
    pub guid: String,
    /// When it was sent, or is to be.
    pub at: Millis,
    /// The App, or the hook of a repository, that is told.
    pub hook: u64,
    /// Whether it is an App.
    pub to_app: bool,
    /// The installation, if it is an App.
    pub installation: Option<u64>,
    /// What happened.
    pub event: Event,
    /// Whether it was sent.
    pub sent: bool,
    /// The status it was answered with; 0 if there was no answer.
    pub status: u16,
    /// Whether it was sent again on request.
    pub redelivery: bool,
    /// Where it is sent.
    pub url: String,
    /// What it is signed with.
    pub secret: Option<String>,
}

impl State {
    /// Something happened in a repository: whoever wants to hear of it will.
    pub(crate) fn emit(&mut self, event: &'static str, action: &str, repository: u64) {
        self.emit_with(event, action, repository, json!({}));
    }

    /// As [`State::emit`], with more to tell.
    pub(crate) fn emit_with(&mut self, event: &'static str, action: &str, repository: u64, more: Value) {
        let Some(found) = self.repositories.get(&repository) else { return };
        let mut payload = more;
        if !action.is_empty() {
            payload["action"] = json!(action);
        }
        payload["repository"] = shape::short(self, found, &crate::auth::Identity::Anonymous);
        payload["sender"] = simple_of(self, &self.sender);
        if self.organisation(&found.owner).is_ok() {
            payload["organization"] = simple_of(self, &found.owner);
        }
        let mut targets = Vec::new();
        for hook in found.wiring.hooks.iter().filter(|hook| hook.active) {
            if hook.events.iter().any(|one| one == event || one == "*") {
                targets.push((hook.id, None, hook.url.clone(), hook.secret.clone()));
            }
        }
        for app in self.apps.iter().filter(|app| app.events.contains(event)) {
            let installed = self.installed(app.id, &found.owner).filter(|one| one.suspended.is_none());
            let covers = |only: &std::collections::BTreeSet<u64>| only.contains(&repository);
            let installed = installed.filter(|one| one.repositories.as_ref().is_none_or(covers));
            if let (Some(one), Some(url)) = (installed, &app.webhook) {
                targets.push((app.id, Some(one.id), url.clone(), Some(app.webhook_secret.clone())));
            }
        }
        let event = Event { event, action: action.to_owned(), repository, payload };
        for (hook, installation, url, secret) in targets {
            let id = self.next_id();
            let mut event = event.clone();
            if let Some(installation) = installation {
                event.payload["installation"] = json!({ "id": installation });
            }
            self.deliveries.push(Delivery {
                id,
                guid: format!("{id:08x}-d0b1-11f0-8000-{id:012x}"),
                at: self.now,
                hook,
                to_app: installation.is_some(),
                installation,
                event,
                sent: false,
                status: 0,
                redelivery: false,
                url,
                secret,
            });
        }
    }

    /// Has a delivery sent once more; gives the new attempt's id.
    pub(crate) fn redeliver(&mut self, id: u64) -> Option<u64> {
        let again = self.deliveries.iter().find(|one| one.id == id)?.clone();
        let id = self.next_id();
        let at = self.now;
        self.deliveries.push(Delivery { id, at, sent: false, status: 0, redelivery: true, ..again });
        Some(id)
    }
}

/// Sends what is to be sent, one after the other, on a task of its own.
pub(crate) fn send(shared: &Arc<Shared>) {
    let due: Vec<Delivery> = {
        let mut state = shared.state();
        if state.webhooks_held {
            return;
        }
        let due = state.deliveries.iter_mut().filter(|one| !one.sent);
        due.map(|one| {
            one.sent = true;
            one.clone()
        })
        .collect()
    };
    if due.is_empty() {
        return;
    }
    tokio::spawn(sent(Arc::clone(shared), due));
}

/// Sends one, on a thread of its own: the caller may be anywhere.
pub(crate) fn send_one(shared: &Arc<Shared>, id: u64) {
    let found = {
        let mut state = shared.state();
        let found = state.deliveries.iter_mut().find(|one| one.id == id);
        found.map(|one| {
            one.sent = true;
            one.clone()
        })
    };
    let (shared, runtime) =
        (Arc::clone(shared), tokio::runtime::Builder::new_current_thread().enable_all().build());
    if let (Some(one), Ok(runtime)) = (found, runtime) {
        std::thread::spawn(move || runtime.block_on(sent(shared, vec![one])));
    }
}

/// Sends one after the other, and keeps what they were answered.
async fn sent(shared: Arc<Shared>, due: Vec<Delivery>) {
    for one in due {
        let sending = tokio::time::timeout(PATIENCE, told(&one));
        let status = sending.await.ok().flatten().unwrap_or(0);
        let mut state = shared.state();
        let kept = state.deliveries.iter_mut().filter(|kept| kept.id == one.id);
        kept.for_each(|kept| kept.status = status);
    }
}

/// The headers of a delivery, with its signature.
pub(crate) fn headers(one: &Delivery, body: &str) -> Vec<(&'static str, String)> {
    let mut headers = vec![
        ("Accept", "*/*".to_owned()),
        ("Content-Type", "application/json".to_owned()),
        ("User-Agent", "GitHub-Hookshot/d0b1e00".to_owned()),
        ("X-GitHub-Delivery", one.guid.clone()),
        ("X-GitHub-Event", one.event.event.to_owned()),
        ("X-GitHub-Hook-ID", one.hook.to_string()),
        ("X-GitHub-Hook-Installation-Target-ID", one.hook.to_string()),
        (
            "X-GitHub-Hook-Installation-Target-Type",
            if one.to_app { "integration" } else { "repository" }.to_owned(),
        ),
    ];
    if let Some(secret) = &one.secret {
        let sign = |algorithm| {
            let key = hmac::Key::new(algorithm, secret.as_bytes());
            hex(hmac::sign(&key, body.as_bytes()).as_ref())
        };
        headers.push(("X-Hub-Signature", format!("sha1={}", sign(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY))));
        headers.push(("X-Hub-Signature-256", format!("sha256={}", sign(hmac::HMAC_SHA256))));
    }
    headers
}

/// Sends one; gives the status of the answer.
async fn told(one: &Delivery) -> Option<u16> {
    let rest = one.url.strip_prefix("http://")?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let body = one.event.payload.to_string();
    let lines: String =
        headers(one, &body).into_iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let mut stream = TcpStream::connect(host).await.ok()?;
    let request = format!(
        "POST /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{lines}Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut answer = Vec::new();
    let mut part = [0; 512];
    while !answer.contains(&b'\n') {
        let count = stream.read(&mut part).await.ok().filter(|count| *count > 0)?;
        answer.extend_from_slice(part.get(..count)?);
    }
    String::from_utf8_lossy(&answer).split(' ').nth(1)?.parse().ok()
}
