//! [`Policy`]: what the permission backend of a double decides, in the shapes of Backstage's own.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::backstage::Received;

/// From a user and the name of a permission to a decision.
type Decide = dyn Fn(&str, &str) -> Value + Send + Sync;

/// A policy: from a user and the name of a permission to a decision.
#[derive(Clone)]
pub(crate) enum Policy {
    Decides(Arc<Decide>),
    /// No decisions, but this.
    Says(StatusCode, String),
}

/// `ALLOW` or `DENY`.
pub(crate) fn plain(allowed: bool) -> Value {
    json!({ "result": if allowed { "ALLOW" } else { "DENY" } })
}

/// A decision that is tied to conditions about resources of this type.
pub(crate) fn when(resource_type: &str, conditions: Value) -> Value {
    json!({ "result": "CONDITIONAL", "pluginId": "scaffolder", "resourceType": resource_type, "conditions": conditions })
}

/// A rule about resources of this type.
pub(crate) fn rule(resource_type: &str, name: &str, params: Value) -> Value {
    json!({ "rule": name, "resourceType": resource_type, "params": params })
}

impl Policy {
    pub(crate) fn new(decide: impl Fn(&str, &str) -> Value + Send + Sync + 'static) -> Self {
        Self::Decides(Arc::new(decide))
    }

    /// Everybody may do everything.
    pub(crate) fn allow() -> Self {
        Self::new(|_, _| plain(true))
    }

    /// Everybody may do everything else; for this permission the decision is this one.
    pub(crate) fn about(permission: &'static str, decision: Value) -> Self {
        Self::new(move |_, asked| if asked == permission { decision.clone() } else { plain(true) })
    }

    pub(super) fn answer(&self, received: &Received) -> Response {
        match self {
            Self::Says(status, body) => (*status, body.clone()).into_response(),
            Self::Decides(decide) => {
                let user = asking(received);
                let items = items(received).into_iter().map(|item| {
                    let mut decision = decide(&user, item["permission"]["name"].as_str().unwrap());
                    decision["id"] = item["id"].clone();
                    decision
                });
                axum::Json(json!({ "items": items.collect::<Vec<_>>() })).into_response()
            }
        }
    }
}

/// Who asked, and for which permissions.
pub(super) fn question(received: &Received) -> (String, Vec<String>) {
    let names =
        items(received).into_iter().map(|item| item["permission"]["name"].as_str().unwrap().to_owned());
    (asking(received), names.collect())
}

/// The items of a question, which must be one that Backstage would take.
fn items(received: &Received) -> Vec<Value> {
    let given: Value = serde_json::from_str(&received.body).unwrap();
    let items = given["items"].as_array().unwrap().clone();
    for item in &items {
        let permission = &item["permission"];
        assert!(item["id"].is_string() && permission["name"].is_string(), "{item}");
        assert!(permission["attributes"].is_object(), "{item}");
        let is_basic = permission["type"] == "basic" && permission.get("resourceType").is_none();
        let is_about = permission["type"] == "resource" && permission["resourceType"].is_string();
        assert!(is_basic || is_about, "{item}");
        assert!(item.get("resourceRef").is_none(), "conditions are asked for, not verdicts: {item}");
    }
    items
}

/// The user of a token: of its own, or of the one in it.
fn asking(received: &Received) -> String {
    let token = received.authorization.as_deref().unwrap().strip_prefix("Bearer ").unwrap();
    // Some tests speak of a user by a word alone.
    let Some(claims) = claims(token) else { return token.to_owned() };
    let user = claims.get("obo").map(|obo| self::claims(obo.as_str().unwrap()).unwrap());
    user.unwrap_or(claims)["sub"].as_str().unwrap().to_owned()
}

fn claims(token: &str) -> Option<Value> {
    let payload = token.split('.').nth(1)?;
    Some(serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap())
}
