//! [`BackstageDouble`]: as much of a Backstage backend as steps call, over real HTTP, with a memory.
//!
//! Answers have the shapes that a stock Backstage gives. It knows one service token, users' tokens that its
//! [`BackstageDouble::users`] have signed, a catalog ([`catalog`]), notifications, an echo behind its proxy, and the
//! actions that two plugins register; it publishes the keys of its users and of its plugins. What it was asked stands in
//! [`BackstageDouble::requests`], in the order of arrival.

mod catalog;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use stagecraft::config;
use stagecraft::secret::Secret;
use tokio::sync::{Notify, watch};

use super::issuer::{Issuer, is_signed_with, now, read};
use super::policy::{self, Policy};
use catalog::Catalog;

/// The service token that the double knows.
pub(crate) const SERVICE_TOKEN: &str = "service-token-0123456789";
const EVENTS: &str = "POST /api/events/bus/v1/events";
/// A user's token.
pub(crate) const USER_TOKEN: &str = "user-token-0123456789";

/// What the double publishes at an address that anybody may read.
#[derive(Clone, Debug)]
pub(crate) enum Document {
    /// These keys.
    Keys(Vec<Value>),
    /// This text.
    Text(String),
    /// A status alone.
    Status(StatusCode),
    /// A redirect to where keys are.
    Moved(String),
}

/// Where the keys of users are, below `/api/`.
pub(crate) const USER_KEYS: &str = "auth/.well-known/jwks.json";

/// Where the keys of a plugin are, below `/api/`.
pub(crate) fn plugin_keys(plugin: &str) -> String {
    format!("{plugin}/.backstage/auth/v1/jwks.json")
}

/// A request as it came in.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Received {
    /// `GET /api/catalog/entities?filter=…`
    pub(crate) line: String,
    pub(crate) authorization: Option<String>,
    pub(crate) content_type: Option<String>,
    pub(crate) body: String,
}

struct Inner {
    policy: Mutex<Policy>,
    requests: Mutex<Vec<Received>>,
    catalog: Catalog,
    notifications: Mutex<Vec<Value>>,
    tickets: Mutex<Vec<Value>>,
    /// Path below `/api/` → what is published there.
    documents: Mutex<HashMap<String, Document>>,
    users: Arc<Issuer>,
    /// Public keys of the service under test.
    known: Mutex<Vec<Value>>,
    /// Whether requests are answered at all; what waits is done already.
    held: watch::Sender<bool>,
    /// The end of the lines to which that applies; empty: all.
    held_end: Mutex<String>,
    /// Whether every answer is a 503.
    down: Mutex<bool>,
    /// Tokens that are not taken any more.
    expired: Mutex<Vec<String>>,
    /// What the events bus answers; none: there is no bus.
    bus: Mutex<Option<StatusCode>>,
    arrived: Notify,
}

/// A Backstage backend on a port of its own.
#[derive(Clone)]
pub(crate) struct BackstageDouble {
    pub(crate) url: String,
    /// Signs the tokens of its users.
    pub(crate) users: Arc<Issuer>,
    /// Signs the tokens of its scaffolder.
    pub(crate) scaffolder: Arc<Issuer>,
    inner: Arc<Inner>,
}

impl BackstageDouble {
    pub(crate) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let [users, scaffolder, catalog] =
            ["users-1", "scaffolder-1", "catalog-1"].map(|kid| Arc::new(Issuer::new(kid)));
        let keys = |issuer: &Issuer| Document::Keys(vec![issuer.public()]);
        let documents = HashMap::from([
            (USER_KEYS.to_owned(), keys(&users)),
            (plugin_keys("scaffolder"), keys(&scaffolder)),
            (plugin_keys("catalog"), keys(&catalog)),
        ]);
        let inner = Arc::new(Inner {
            policy: Mutex::new(Policy::allow()),
            requests: Mutex::default(),
            catalog: Catalog::default(),
            notifications: Mutex::default(),
            tickets: Mutex::default(),
            documents: Mutex::new(documents),
            users: users.clone(),
            known: Mutex::default(),
            held: watch::Sender::new(false),
            held_end: Mutex::default(),
            down: Mutex::new(false),
            expired: Mutex::default(),
            bus: Mutex::new(Some(StatusCode::CREATED)),
            arrived: Notify::new(),
        });
        let router = Router::new().fallback(serve).with_state(inner.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, users, scaffolder, inner }
    }

    /// From now on it knows the service under test by these public keys.
    pub(crate) fn know(&self, keys: &Value) {
        *self.inner.known.lock().unwrap() = keys["keys"].as_array().unwrap().clone();
    }

    /// Publishes something else at a path below `/api/`.
    pub(crate) fn publish(&self, path: &str, document: Document) {
        self.inner.documents.lock().unwrap().insert(path.to_owned(), document);
    }

    /// Settings that lead to it.
    pub(crate) fn settings(&self) -> config::Backstage {
        config::Backstage {
            base_url: self.url.clone(),
            token: Secret::new(SERVICE_TOKEN),
            action_list_seconds: 60,
            retry_seconds: 5,
            ..config::Backstage::default()
        }
    }

    /// The same as environment variables of a `TestApp`; further ones follow.
    pub(crate) fn variables<'v>(&'v self, more: &[(&'v str, &'v str)]) -> Vec<(&'v str, &'v str)> {
        let mut all = vec![("BACKSTAGE__BASE_URL", self.url.as_str()), ("BACKSTAGE__TOKEN", SERVICE_TOKEN)];
        all.extend(more);
        all
    }

    /// What it was asked.
    pub(crate) fn requests(&self) -> Vec<Received> {
        self.inner.requests.lock().unwrap().clone()
    }

    /// The lines of what it was asked, lists of actions and questions of permission left out.
    pub(crate) fn lines(&self) -> Vec<String> {
        let requests = self.requests().into_iter().map(|request| request.line);
        requests
            .filter(|line| !line.ends_with("/v1/actions") && !line.ends_with("/permission/authorize"))
            .collect()
    }

    pub(crate) fn notifications(&self) -> Vec<Value> {
        self.inner.notifications.lock().unwrap().clone()
    }

    pub(crate) fn tickets(&self) -> Vec<Value> {
        self.inner.tickets.lock().unwrap().clone()
    }

    /// The same for requests alone whose line ends so.
    pub(crate) fn hold_only(&self, end: &str) {
        end.clone_into(&mut self.inner.held_end.lock().unwrap());
        self.hold(true);
    }

    /// What its permission backend decides from now on.
    pub(crate) fn decide(&self, policy: Policy) {
        *self.inner.policy.lock().unwrap() = policy;
    }

    /// The questions that were put to its permission backend: who asked, and the names of the permissions.
    pub(crate) fn questions(&self) -> Vec<(String, Vec<String>)> {
        let requests = self.requests().into_iter();
        let asked = requests.filter(|request| request.line == "POST /api/permission/authorize");
        asked.map(|request| policy::question(&request)).collect()
    }

    /// Requests are still done, but their answers are kept back.
    pub(crate) fn hold(&self, held: bool) {
        self.inner.held.send_replace(held);
    }

    /// Nothing is done any more, and every answer says so.
    pub(crate) fn go_down(&self, down: bool) {
        *self.inner.down.lock().unwrap() = down;
    }

    /// What its events bus answers: 201, 204 without a subscriber; none where there is no bus.
    pub(crate) fn answer_events(&self, status: Option<StatusCode>) {
        *self.inner.bus.lock().unwrap() = status;
    }

    /// The events that were sent to its bus, delivered or not.
    pub(crate) fn events(&self) -> Vec<Value> {
        let sent = self.requests().into_iter().filter(|request| request.line == EVENTS);
        sent.map(|request| serde_json::from_str::<Value>(&request.body).unwrap()["event"].clone()).collect()
    }

    /// Waits until it was sent so many events.
    pub(crate) async fn got_events(&self, count: usize) {
        self.reaches("events enough came", || self.events().len() >= count).await;
    }

    /// Waits until this holds; requests alone can make it hold.
    async fn reaches(&self, what: &str, holds: impl Fn() -> bool) {
        let reached = async {
            loop {
                let arrived = self.inner.arrived.notified();
                if holds() {
                    return;
                }
                arrived.await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), reached)
            .await
            .unwrap_or_else(|_| panic!("it did not come about that {what}"));
    }

    /// From now on a token is not taken any more.
    pub(crate) fn expire(&self, token: &str) {
        self.inner.expired.lock().unwrap().push(token.to_owned());
    }

    /// Waits until it has been asked for something whose line ends so.
    pub(crate) async fn was_asked(&self, end: &str) {
        self.was_asked_times(end, 1).await;
    }

    /// Waits until that has happened so often.
    pub(crate) async fn was_asked_times(&self, end: &str, times: usize) {
        let asked = || self.requests().iter().filter(|request| request.line.ends_with(end)).count();
        self.reaches(&format!("`{end}` was asked for"), || asked() >= times).await;
    }
}

impl IntoResponse for Document {
    fn into_response(self) -> Response {
        match self {
            Self::Keys(keys) => axum::Json(json!({ "keys": keys })).into_response(),
            Self::Text(text) => text.into_response(),
            Self::Status(status) => status.into_response(),
            Self::Moved(target) => (StatusCode::FOUND, [(header::LOCATION, target)]).into_response(),
        }
    }
}

/// An error as Backstage writes it.
fn error(status: StatusCode, name: &str, message: &str) -> Response {
    let body = json!({ "error": { "name": name, "message": message }, "response": { "statusCode": status.as_u16() } });
    (status, axum::Json(body)).into_response()
}

fn unavailable() -> Response {
    let message = "Service has not started up yet";
    error(StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailableError", message)
}

async fn serve(
    State(inner): State<Arc<Inner>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let text = |name: header::HeaderName| headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    let received = Received {
        line: format!("{method} {uri}"),
        authorization: text(header::AUTHORIZATION),
        content_type: text(header::CONTENT_TYPE),
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    let answer = inner.answer(&method, &uri, &received);
    let may_be_held = received.line.ends_with(inner.held_end.lock().unwrap().as_str());
    inner.requests.lock().unwrap().push(received);
    inner.arrived.notify_waiters();
    let mut held = inner.held.subscribe();
    held.wait_for(|held| !(*held && may_be_held)).await.unwrap();
    answer
}

impl Inner {
    /// Whether the service under test has made this token for this plugin, and for nobody or a user of ours.
    fn is_of_the_service(&self, token: &str, plugin: &str) -> bool {
        let Some((header, claims)) = read(token) else { return false };
        let keys = self.known.lock().unwrap();
        let signed = keys.iter().any(|key| key["kid"] == header["kid"] && is_signed_with(token, key));
        let user = claims.get("obo").is_none_or(|user| {
            let limited = user.as_str().unwrap();
            self.users.has_signed(limited)
                && read(limited).unwrap().1["exp"].as_i64() >= claims["exp"].as_i64()
        });
        let own = header["typ"] == "vnd.backstage.plugin"
            && header["alg"] == "ES256"
            && claims["sub"] == "stagecraft";
        signed && user && own && claims["aud"] == plugin && claims["exp"].as_i64() > Some(now())
    }

    fn answer(&self, method: &Method, uri: &Uri, received: &Received) -> Response {
        if *self.down.lock().unwrap() {
            return unavailable();
        }
        let path = uri.path().strip_prefix("/api/").unwrap_or_default();
        if let Some(document) = self.documents.lock().unwrap().get(path) {
            return document.clone().into_response();
        }
        let authorization = received.authorization.clone().unwrap_or_default();
        let token = authorization.strip_prefix("Bearer ").unwrap_or_default();
        let plugin = path.split('/').next().unwrap_or_default();
        let known = [SERVICE_TOKEN, USER_TOKEN].contains(&token)
            || self.users.has_signed(token)
            || self.is_of_the_service(token, plugin);
        if !known || self.expired.lock().unwrap().iter().any(|expired| expired == token) {
            return error(StatusCode::UNAUTHORIZED, "AuthenticationError", "Missing credentials");
        }
        let given: Value = serde_json::from_str(&received.body).unwrap_or_default();
        if let Some((plugin, rest)) = path.split_once("/.backstage/actions/v1/actions") {
            return self.registry(plugin, rest, &given);
        }
        if let Some(answer) = self.catalog.answer((method, uri), &authorization, &given) {
            return answer;
        }
        match (method.as_str(), path) {
            ("GET" | "HEAD", "catalog/entities") => {
                axum::Json(json!([{ "metadata": { "name": "payments" } }])).into_response()
            }
            ("POST", "events/bus/v1/events") => match *self.bus.lock().unwrap() {
                Some(status) => status.into_response(),
                None => error(StatusCode::NOT_FOUND, "NotFoundError", "No such thing"),
            },
            ("POST", "permission/authorize") => self.policy.lock().unwrap().answer(received),
            ("PUT" | "DELETE", "catalog/marks/one") => StatusCode::NO_CONTENT.into_response(),
            ("POST", "notifications") => {
                self.notifications.lock().unwrap().push(given.clone());
                axum::Json(json!([given])).into_response()
            }
            ("POST", "proxy/tickets/api/issues") => {
                self.tickets.lock().unwrap().push(given);
                (StatusCode::CREATED, axum::Json(json!({ "key": "T-1" }))).into_response()
            }
            (_, "proxy/echo") => {
                let authorization = received.authorization.clone().unwrap_or_default();
                (
                    [("x-you-sent", authorization)],
                    received.body.clone() + received.authorization.as_deref().unwrap_or_default(),
                )
                    .into_response()
            }
            ("GET", "proxy/moved") => {
                (StatusCode::FOUND, [(header::LOCATION, "/api/proxy/echo")]).into_response()
            }
            ("GET", "proxy/huge") => Body::from(vec![b'x'; 11 * 1024 * 1024]).into_response(),
            ("GET", "proxy/broken") => ([(header::CONTENT_TYPE, "application/json")], "{").into_response(),
            _ => error(StatusCode::NOT_FOUND, "NotFoundError", "No such thing"),
        }
    }

    fn registry(&self, plugin: &str, rest: &str, given: &Value) -> Response {
        let actions = match plugin {
            "tickets" => ticket_actions(),
            "catalog" => json!([{ "id": "catalog:fetch", "description": "Not ours" }]),
            _ => return error(StatusCode::NOT_FOUND, "NotFoundError", "No such plugin"),
        };
        match rest {
            "" => axum::Json(json!({ "actions": actions })).into_response(),
            "/tickets%3Aopen/invoke" | "/tickets%3Aensure/invoke" => {
                let mut tickets = self.tickets.lock().unwrap();
                if !(rest.contains("ensure") && tickets.contains(given)) {
                    tickets.push(given.clone());
                }
                axum::Json(json!({ "output": { "key": format!("T-{}", tickets.len()) } })).into_response()
            }
            "/tickets%3Acount/invoke" => {
                axum::Json(json!({ "output": { "count": self.tickets.lock().unwrap().len() } }))
                    .into_response()
            }
            _ => error(StatusCode::NOT_FOUND, "NotFoundError", "Action not found"),
        }
    }
}

fn ticket_actions() -> Value {
    let draft = "http://json-schema.org/draft-07/schema#";
    let empty =
        json!({ "type": "object", "properties": {}, "additionalProperties": false, "$schema": draft });
    let ticket = json!({
        "type": "object",
        "properties": { "title": { "type": "string" }, "note": { "type": "string" } },
        "required": ["title"], "additionalProperties": false, "$schema": draft,
    });
    let key = json!({
        "type": "object", "properties": { "key": { "type": "string" } }, "required": ["key"],
        "additionalProperties": false, "$schema": draft,
    });
    let count =
        json!({ "type": "object", "properties": { "count": { "type": "number" } }, "$schema": draft });
    let action = |name: &str, attributes: Value, input: &Value, output: &Value| {
        json!({
            "id": format!("tickets:{name}"), "name": name, "title": format!("Tickets: {name}"),
            "description": format!("What {name} does."), "pluginId": "tickets", "attributes": attributes,
            "schema": { "input": input, "output": output },
        })
    };
    let mut sealed = action("sealed", json!({}), &empty, &empty);
    sealed["schema"]["secrets"] = empty.clone();
    json!([
        action(
            "open",
            json!({ "destructive": false, "idempotent": false, "readOnly": false }),
            &ticket,
            &key
        ),
        action(
            "ensure",
            json!({ "destructive": false, "idempotent": true, "readOnly": false }),
            &ticket,
            &key
        ),
        action(
            "count",
            json!({ "destructive": false, "idempotent": true, "readOnly": true }),
            &empty,
            &count
        ),
        sealed,
    ])
}
