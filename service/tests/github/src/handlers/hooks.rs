//! Webhooks of a repository. A secret that was put is never shown again.

use serde_json::{Value, json};

use super::list;
use crate::auth::permission::Needs;
use crate::call::{Answer, Call};
use crate::clock::written;
use crate::errors;
use crate::router::{Route, route};
use crate::state::State;
use crate::state::wiring::Hook;

const READ: Needs = Needs::Repository(&[("repository_hooks", "read")]);
const WRITE: Needs = Needs::Repository(&[("repository_hooks", "write")]);
const ALL: &str = "/repos/{owner}/{repo}/hooks";
const ONE: &str = "/repos/{owner}/{repo}/hooks/{hook_id}";
const CONFIG: &str = "/repos/{owner}/{repo}/hooks/{hook_id}/config";

pub(crate) const ROUTES: &[Route] = &[
    route("GET", ALL, "repos/list-webhooks", READ, all),
    route("POST", ALL, "repos/create-webhook", WRITE, create),
    route("GET", ONE, "repos/get-webhook", READ, get),
    route("PATCH", ONE, "repos/update-webhook", WRITE, update),
    route("DELETE", ONE, "repos/delete-webhook", WRITE, delete),
    route("GET", CONFIG, "repos/get-webhook-config-for-repo", READ, config),
    route("PATCH", CONFIG, "repos/update-webhook-config-for-repo", WRITE, update_config),
];

fn config_shown(hook: &Hook) -> Value {
    let mut config =
        json!({ "url": hook.url, "content_type": hook.content_type, "insecure_ssl": hook.insecure_ssl });
    if hook.secret.is_some() {
        config["secret"] = json!("********");
    }
    config
}

fn shown(api: &str, name: &str, hook: &Hook) -> Value {
    let url = format!("{api}/repos/{name}/hooks/{}", hook.id);
    json!({
        "type": "Repository",
        "id": hook.id,
        "name": "web",
        "active": hook.active,
        "events": hook.events,
        "config": config_shown(hook),
        "updated_at": written(hook.updated),
        "created_at": written(hook.created),
        "url": url,
        "test_url": format!("{url}/test"),
        "ping_url": format!("{url}/pings"),
        "deliveries_url": format!("{url}/deliveries"),
        "last_response": { "code": null, "status": "unused", "message": null },
    })
}

fn all(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let repository = call.repository(state)?;
    let name = repository.full_name();
    let all = repository.wiring.hooks.iter().map(|hook| shown(&state.bases.api, &name, hook)).collect();
    Ok(list(state, call, all))
}

fn hook<'state>(state: &'state mut State, call: &Call) -> Result<&'state mut Hook, Answer> {
    let id = call.number("hook_id")?;
    let hooks = &mut call.repository_mut(state)?.wiring.hooks;
    hooks.iter_mut().find(|hook| hook.id == id).ok_or_else(errors::not_found)
}

fn answered(state: &State, call: &Call, hook: &Hook) -> Result<Value, Answer> {
    Ok(shown(&state.bases.api, &call.repository(state)?.full_name(), hook))
}

fn refused(message: &str) -> Answer {
    errors::invalid(
        "Validation Failed",
        &[json!({ "resource": "Hook", "code": "custom", "message": message })],
    )
}

fn create(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let (id, now) = (state.next_id(), state.now);
    if call.text("name").is_some_and(|name| name != "web") {
        return Err(errors::validation("Hook", "name", "invalid"));
    }
    let mut hook = Hook {
        id,
        url: String::new(),
        content_type: "form".to_owned(),
        insecure_ssl: "0".to_owned(),
        secret: None,
        events: call.texts("events").unwrap_or_else(|| vec!["push".to_owned()]),
        active: call.flag("active").unwrap_or(true),
        created: now,
        updated: now,
    };
    configure(&mut hook, &call.body["config"])?;
    let hooks = &mut call.repository_mut(state)?.wiring.hooks;
    let same = |one: &Hook| one.url == hook.url && one.events == hook.events;
    if hooks.iter().any(same) {
        return Err(refused("Hook already exists on this repository"));
    }
    hooks.push(hook.clone());
    Ok(Answer::created(answered(state, call, &hook)?))
}

/// Sets what a configuration gives.
fn configure(hook: &mut Hook, config: &Value) -> Result<(), Answer> {
    let text = |key: &str| config[key].as_str().map(str::to_owned);
    if let Some(url) = text("url") {
        hook.url = url;
    }
    if !["http://", "https://"].iter().any(|scheme| hook.url.starts_with(scheme)) {
        return Err(refused("url is missing a valid scheme"));
    }
    if let Some(kind) = text("content_type") {
        if !["json", "form"].contains(&kind.as_str()) {
            return Err(refused("content_type must be one of json, form"));
        }
        hook.content_type = kind;
    }
    if let Some(insecure) =
        text("insecure_ssl").or_else(|| config["insecure_ssl"].as_u64().map(|one| one.to_string()))
    {
        hook.insecure_ssl = insecure;
    }
    hook.secret = text("secret").or_else(|| hook.secret.take());
    Ok(())
}

fn get(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let found = hook(state, call)?.clone();
    Ok(Answer::ok(answered(state, call, &found)?))
}

fn update(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let now = state.now;
    let mut changed = hook(state, call)?.clone();
    if call.body["config"].is_object() {
        // A configuration is replaced whole: without its secret there is none any more.
        changed.secret = None;
        configure(&mut changed, &call.body["config"])?;
    }
    changed.events = call.texts("events").unwrap_or(changed.events);
    changed.events.extend(call.texts("add_events").unwrap_or_default());
    let removed = call.texts("remove_events").unwrap_or_default();
    changed.events.retain(|event| !removed.contains(event));
    changed.active = call.flag("active").unwrap_or(changed.active);
    changed.updated = now;
    *hook(state, call)? = changed;
    get(state, call)
}

fn config(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    Ok(Answer::ok(config_shown(hook(state, call)?)))
}

/// Unlike in a change of the hook, what is left out here stays.
fn update_config(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let now = state.now;
    let mut changed = hook(state, call)?.clone();
    configure(&mut changed, &call.body)?;
    changed.updated = now;
    *hook(state, call)? = changed;
    config(state, call)
}

fn delete(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let id = hook(state, call)?.id;
    call.repository_mut(state)?.wiring.hooks.retain(|hook| hook.id != id);
    Ok(Answer::nothing())
}
