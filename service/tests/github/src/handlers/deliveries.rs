//! What was sent to webhooks: listed, shown, sent again.

use serde_json::{Value, json};

use super::page;
use crate::auth::Identity;
use crate::auth::permission::Needs;
use crate::call::{Answer, Call};
use crate::clock::written;
use crate::errors;
use crate::router::{Route, route};
use crate::state::State;
use crate::webhooks::{Delivery, headers};

const READ: Needs = Needs::Repository(&[("repository_hooks", "read")]);
const WRITE: Needs = Needs::Repository(&[("repository_hooks", "write")]);

pub(crate) const ROUTES: &[Route] = &[
    route("GET", "/app/hook/deliveries", "apps/list-webhook-deliveries", Needs::Jwt, all),
    route("GET", "/app/hook/deliveries/{delivery_id}", "apps/get-webhook-delivery", Needs::Jwt, get),
    route(
        "POST",
        "/app/hook/deliveries/{delivery_id}/attempts",
        "apps/redeliver-webhook-delivery",
        Needs::Jwt,
        again,
    ),
    route("GET", "/app/hook/config", "apps/get-webhook-config-for-app", Needs::Jwt, config),
    route(
        "GET",
        "/repos/{owner}/{repo}/hooks/{hook_id}/deliveries",
        "repos/list-webhook-deliveries",
        READ,
        all,
    ),
    route(
        "GET",
        "/repos/{owner}/{repo}/hooks/{hook_id}/deliveries/{delivery_id}",
        "repos/get-webhook-delivery",
        READ,
        get,
    ),
    route(
        "POST",
        "/repos/{owner}/{repo}/hooks/{hook_id}/deliveries/{delivery_id}/attempts",
        "repos/redeliver-webhook-delivery",
        WRITE,
        again,
    ),
];

/// Those of the App that calls, or of the hook that the path names; the latest first.
fn own<'state>(state: &'state State, call: &Call) -> Result<Vec<&'state Delivery>, Answer> {
    let (hook, to_app) = match call.who {
        Identity::App(id) => (id, true),
        _ => (call.number("hook_id")?, false),
    };
    let own = state.deliveries.iter().filter(|one| one.hook == hook && one.to_app == to_app && one.sent);
    Ok(own.rev().collect())
}

fn one<'state>(state: &'state State, call: &Call) -> Result<&'state Delivery, Answer> {
    let id = call.number("delivery_id")?;
    own(state, call)?.into_iter().find(|one| one.id == id).ok_or_else(errors::not_found)
}

fn status(one: &Delivery) -> &'static str {
    match one.status {
        200..300 => "OK",
        0 => "timed out",
        _ => "Invalid HTTP Response",
    }
}

fn shown(one: &Delivery) -> Value {
    json!({
        "id": one.id,
        "guid": one.guid,
        "delivered_at": written(one.at),
        "redelivery": one.redelivery,
        "duration": 0.01,
        "status": status(one),
        "status_code": one.status,
        "event": one.event.event,
        "action": (!one.event.action.is_empty()).then_some(&one.event.action),
        "installation_id": one.installation,
        "repository_id": one.event.repository,
        "throttled_at": null,
    })
}

fn all(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let failed = call.query.get("status").map(|status| status == "failure");
    let own = own(state, call)?.into_iter();
    let wanted = own.filter(|one| failed.is_none_or(|failed| failed != (200..300).contains(&one.status)));
    let all = wanted.map(shown).collect();
    Ok(Answer::ok(Value::Array(page(call, all))))
}

fn get(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let one = one(state, call)?;
    let sent = headers(one, &one.event.payload.to_string());
    let sent: serde_json::Map<String, Value> =
        sent.into_iter().map(|(name, value)| (name.to_owned(), json!(value))).collect();
    let mut body = shown(one);
    body["url"] = json!(one.url);
    body["request"] = json!({ "headers": sent, "payload": one.event.payload });
    body["response"] = json!({ "headers": {}, "payload": "" });
    Ok(Answer::ok(body))
}

fn again(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let id = one(state, call)?.id;
    state.redeliver(id);
    Ok(Answer::of(202, json!({})))
}

fn config(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let Identity::App(id) = call.who else { return Err(errors::not_found()) };
    let app = state.app(id).ok_or_else(errors::not_found)?;
    let mut shown = json!({ "content_type": "json", "insecure_ssl": "0", "secret": "********" });
    if let Some(url) = &app.webhook {
        shown["url"] = json!(url);
    }
    Ok(Answer::ok(shown))
}
