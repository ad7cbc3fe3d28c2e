//! A Humanitec with one organisation, `acme`, and one application in it, `orders`.
//!
//! It answers what version 1 of the API answers to the calls for applications and environments, and holds every
//! request against them: method, path, headers, and the members of the body. What does not fit is a fault, and tests ask for
//! those.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use stagecraft::config;
use stagecraft::secret::Secret;

/// The token of its service user.
pub(crate) const TOKEN: &str = "humanitec-token-0123456789";

/// What goes wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// Nothing.
    #[default]
    None,
    /// The token is not taken any more, after so many requests.
    Refuses(usize),
    /// The token may only read.
    ReadsOnly,
    /// What is asked is done, and the answer says that something broke.
    LosesAnswers,
    /// Nothing is done.
    Down,
    /// Every answer leads elsewhere.
    Redirects,
}

#[derive(Debug, Default)]
struct Known {
    apps: BTreeMap<String, App>,
    lines: Vec<String>,
    faults: Vec<String>,
    trouble: Trouble,
}

#[derive(Clone, Debug)]
struct App {
    name: String,
    envs: BTreeMap<String, Value>,
}

/// The double.
pub(crate) struct HumanitecDouble {
    pub(crate) url: String,
    state: Arc<Mutex<Known>>,
}

impl HumanitecDouble {
    pub(crate) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let orders = App { name: "Orders".to_owned(), envs: BTreeMap::from([development()]) };
        let state = Known { apps: BTreeMap::from([("orders".to_owned(), orders)]), ..Known::default() };
        let state = Arc::new(Mutex::new(state));
        let router = Router::new().fallback(serve).with_state(state.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, state }
    }

    /// Settings that lead to it.
    pub(crate) fn settings(&self) -> config::Humanitec {
        config::Humanitec {
            base_url: self.url.clone(),
            organization: "acme".to_owned(),
            token: Secret::new(TOKEN),
        }
    }

    /// The same as environment variables of a `TestApp`.
    pub(crate) fn variables(&self) -> [(&str, &str); 3] {
        [
            ("HUMANITEC__BASE_URL", self.url.as_str()),
            ("HUMANITEC__ORGANIZATION", "acme"),
            ("HUMANITEC__TOKEN", TOKEN),
        ]
    }

    /// What goes wrong from now on.
    pub(crate) fn has(&self, trouble: Trouble) {
        self.state.lock().unwrap().trouble = trouble;
    }

    /// Somebody makes an application by hand.
    pub(crate) fn make(&self, id: &str, name: &str) {
        let app = App { name: name.to_owned(), envs: BTreeMap::from([development()]) };
        self.state.lock().unwrap().apps.insert(id.to_owned(), app);
    }

    /// Somebody removes an application by hand.
    pub(crate) fn remove(&self, id: &str) {
        self.state.lock().unwrap().apps.remove(id);
    }

    /// What it was asked, in order.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.state.lock().unwrap().lines.clone()
    }

    /// Which environments an application has, with their types; none where it is not there.
    pub(crate) fn environments(&self, app: &str) -> Option<Vec<(String, String)>> {
        let state = self.state.lock().unwrap();
        let app = state.apps.get(app)?;
        Some(
            app.envs.iter().map(|(id, env)| (id.clone(), env["type"].as_str().unwrap().to_owned())).collect(),
        )
    }

    /// Its requests were all as the API wants them.
    pub(crate) fn was_asked_rightly(&self) {
        let faults = &self.state.lock().unwrap().faults;
        assert!(faults.is_empty(), "{faults:#?}");
    }
}

fn development() -> (String, Value) {
    ("development".to_owned(), json!({ "id": "development", "name": "Development", "type": "development" }))
}

async fn serve(
    State(state): State<Arc<Mutex<Known>>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut state = state.lock().unwrap();
    state.lines.push(format!("{method} {uri}"));
    state.judge(&method, &uri, &headers, &body);
    let asked = state.lines.len();
    match state.trouble {
        Trouble::Down => return error(StatusCode::SERVICE_UNAVAILABLE, "API-900", "try again"),
        Trouble::Refuses(after) if asked > after => {
            return error(StatusCode::UNAUTHORIZED, "API-100", &format!("the token {TOKEN} is revoked"));
        }
        Trouble::ReadsOnly if method == Method::POST => {
            return error(StatusCode::FORBIDDEN, "API-101", "missing permission");
        }
        Trouble::Redirects => {
            return (StatusCode::FOUND, [(header::LOCATION, "http://127.0.0.1:1/")]).into_response();
        }
        _ => {}
    }
    let path: Vec<&str> = uri.path().trim_start_matches('/').split('/').collect();
    let answer = state.answer(&method, &path, &serde_json::from_slice(&body).unwrap_or_default());
    if state.trouble == Trouble::LosesAnswers && method == Method::POST {
        return error(StatusCode::BAD_GATEWAY, "", "");
    }
    answer
}

fn error(status: StatusCode, code: &str, message: &str) -> Response {
    (status, axum::Json(json!({ "error": code, "message": message }))).into_response()
}

fn id_fits(id: &str) -> bool {
    !id.is_empty()
        && id.len() <= 50
        && !id.starts_with('-')
        && !id.ends_with('-')
        && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

/// The members of a body: all of the first must be there, no other than both.
fn members(body: &Value, needed: &[&str], more: &[&str]) -> bool {
    let Some(object) = body.as_object() else { return false };
    needed.iter().all(|name| object.contains_key(*name))
        && object.keys().all(|name| needed.contains(&name.as_str()) || more.contains(&name.as_str()))
}

impl Known {
    /// Holds a request against the API.
    fn judge(&mut self, method: &Method, uri: &Uri, headers: &HeaderMap, body: &Bytes) {
        let text = |name: header::HeaderName| headers.get(name).map_or("", |value| value.to_str().unwrap());
        let mut fault = |what: &str| self.faults.push(format!("{method} {uri}: {what}"));
        if text(header::AUTHORIZATION) != format!("Bearer {TOKEN}") {
            fault("the token is missing");
        }
        if text(header::ACCEPT) != "application/json" || !text(header::USER_AGENT).starts_with("stagecraft/")
        {
            fault("headers");
        }
        let value: Value = serde_json::from_slice(body).unwrap_or_default();
        let path: Vec<&str> = uri.path().trim_start_matches('/').split('/').collect();
        let environment = |env: &Value| {
            members(env, &["id", "name", "type"], &["from_deploy_id"])
                && env
                    .as_object()
                    .unwrap()
                    .values()
                    .all(|one| one.as_str().is_some_and(|one| !one.is_empty()))
                && id_fits(env["id"].as_str().unwrap())
        };
        let fits = match (method.as_str(), path.as_slice()) {
            ("GET", ["orgs", "acme", "apps", _] | ["orgs", "acme", "apps", _, "envs", _]) => body.is_empty(),
            ("POST", ["orgs", "acme", "apps"]) => {
                members(&value, &["id", "name"], &["env"])
                    && value["id"].as_str().is_some_and(id_fits)
                    && value["name"].is_string()
                    && value.get("env").is_none_or(environment)
            }
            ("POST", ["orgs", "acme", "apps", _, "envs"]) => environment(&value),
            _ => false,
        };
        if !fits {
            fault(&format!("no such call with the body `{}`", String::from_utf8_lossy(body)));
        }
        if method == Method::POST && text(header::CONTENT_TYPE) != "application/json" {
            fault("the body is not said to be JSON");
        }
    }

    fn answer(&mut self, method: &Method, path: &[&str], body: &Value) -> Response {
        let missing = || error(StatusCode::NOT_FOUND, "API-404", "not found");
        let taken = || error(StatusCode::CONFLICT, "API-409", "already exists");
        let text = |key: &str| body[key].as_str().unwrap_or_default().to_owned();
        match (method.as_str(), path) {
            ("GET", [_, _, _, app]) => match self.apps.get(*app) {
                Some(found) => {
                    let envs: Vec<&Value> = found.envs.values().collect();
                    axum::Json(json!({
                        "id": app, "name": found.name, "created_at": "2026-01-01T00:00:00Z", "created_by": "s-1", "envs": envs,
                    }))
                    .into_response()
                }
                None => missing(),
            },
            ("POST", [_, _, _]) if self.apps.contains_key(&text("id")) => taken(),
            ("POST", [_, _, _]) => {
                let first = body.get("env").map_or_else(development, |env| (text_of(env, "id"), env.clone()));
                self.apps.insert(text("id"), App { name: text("name"), envs: BTreeMap::from([first]) });
                (StatusCode::CREATED, axum::Json(body.clone())).into_response()
            }
            ("GET", [_, _, _, app, _, env]) => match self.apps.get(*app).and_then(|app| app.envs.get(*env)) {
                Some(env) => axum::Json(env.clone()).into_response(),
                None => missing(),
            },
            ("POST", [_, _, _, app, _]) => {
                let Some(app) = self.apps.get_mut(*app) else { return missing() };
                if app.envs.contains_key(&text("id")) {
                    return taken();
                }
                app.envs.insert(text("id"), body.clone());
                (StatusCode::CREATED, axum::Json(body.clone())).into_response()
            }
            _ => missing(),
        }
    }
}

fn text_of(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_default().to_owned()
}
