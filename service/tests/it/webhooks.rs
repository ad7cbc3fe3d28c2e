//! Deliveries of GitHub: who may send them, what is kept, what is planned, and what is asked for again.

mod bodies;
mod examples;
mod forwarded;
mod missed;
mod outcomes;
mod signatures;

use reqwest::Client;
use ring::hmac;
use serde_json::{Value, json};
use stagecraft::db::Engine;
use tokio_util::sync::DropGuard;

use crate::support::github::GitHubSite;
use github_double::Setup;

/// A service that expects deliveries, and who sends them.
struct Desk {
    site: GitHubSite,
    base: String,
    client: Client,
    _stop: DropGuard,
}

/// A client that asks nobody else.
fn client() -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy().build().unwrap()
}

/// `sha256=…` of these bytes.
fn signed(secret: &str, body: &[u8]) -> String {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()), body);
    let hex: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256={hex}")
}

/// A push to the default branch of `acme/<name>` that changes its README.
fn push(name: &str) -> Value {
    json!({
        "ref": "refs/heads/main",
        "after": "6dcb09b5b57875f334f61aebed695e2e4193db5e",
        "repository": { "full_name": format!("acme/{name}"), "default_branch": "main" },
        "commits": [{ "modified": ["README.md"] }],
    })
}

impl Desk {
    async fn new() -> Self {
        Self::on(Engine::Sqlite, json!({})).await
    }

    async fn on(engine: Engine, settings: Value) -> Self {
        let site = GitHubSite::on(engine, Setup::default(), settings).await;
        let (base, stop) = site.app.serve().await;
        Self { site, base, client: client(), _stop: stop.drop_guard() }
    }

    fn secret(&self) -> &str {
        &self.site.credentials.webhook_secret
    }

    /// The headers of a delivery that is as it should be.
    fn headers(&self, id: &str, event: &str, body: &[u8]) -> Vec<(String, String)> {
        [
            ("content-type", "application/json"),
            ("x-github-delivery", id),
            ("x-github-event", event),
            ("x-hub-signature-256", &signed(self.secret(), body)),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
    }

    async fn post(&self, headers: &[(String, String)], body: Vec<u8>) -> (u16, Value) {
        let mut request = self.client.post(format!("{}/webhooks/github", self.base)).body(body);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    }

    /// Sends these bytes as GitHub would.
    async fn send(&self, id: &str, event: &str, body: &[u8]) -> (u16, Value) {
        self.post(&self.headers(id, event, body), body.to_vec()).await
    }

    async fn deliver(&self, id: &str, event: &str, payload: &Value) -> (u16, Value) {
        self.send(id, event, payload.to_string().as_bytes()).await
    }

    /// Plans what waits.
    async fn plan(&self) -> usize {
        self.site.app.app.webhooks.plan_waiting().await.unwrap()
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        let answer = self.client.get(format!("{}/api/stagecraft/v1/{path}", self.base)).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    }

    async fn tell(&self, path: &str, body: &Value) -> (u16, Value) {
        let request = self.client.post(format!("{}/api/stagecraft/v1/{path}", self.base)).json(body);
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    }

    /// What became of a delivery.
    async fn outcome(&self, id: &str) -> Value {
        let (status, delivery) = self.get(&format!("deliveries/{id}")).await;
        assert_eq!(status, 200, "{delivery}");
        delivery
    }

    /// How many jobs wait.
    async fn jobs(&self) -> i64 {
        self.site.app.app.queue.counts().await.unwrap().ready
    }

    /// How many deliveries are kept.
    async fn kept(&self) -> usize {
        let (_, list) = self.get("deliveries?limit=200").await;
        list["deliveries"].as_array().unwrap().len()
    }
}
