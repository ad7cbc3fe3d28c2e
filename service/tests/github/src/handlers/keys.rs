//! Deploy keys and autolinks of a repository.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::labels::author;
use super::list;
use crate::auth::permission::Needs;
use crate::call::{Answer, Call};
use crate::clock::written;
use crate::errors;
use crate::router::{Route, route};
use crate::state::State;
use crate::state::wiring::{Autolink, DeployKey};

const READ: Needs = Needs::Repository(&[("administration", "read")]);
const WRITE: Needs = Needs::Repository(&[("administration", "write")]);
const KEYS: &str = "/repos/{owner}/{repo}/keys";
const KEY: &str = "/repos/{owner}/{repo}/keys/{key_id}";
const LINKS: &str = "/repos/{owner}/{repo}/autolinks";
const LINK: &str = "/repos/{owner}/{repo}/autolinks/{autolink_id}";

pub(crate) const ROUTES: &[Route] = &[
    route("GET", KEYS, "repos/list-deploy-keys", READ, keys),
    route("POST", KEYS, "repos/create-deploy-key", WRITE, add_key),
    route("GET", KEY, "repos/get-deploy-key", READ, key),
    route("DELETE", KEY, "repos/delete-deploy-key", WRITE, remove_key),
    route("GET", LINKS, "repos/list-autolinks", READ, links),
    route("POST", LINKS, "repos/create-autolink", WRITE, add_link),
    route("GET", LINK, "repos/get-autolink", READ, link),
    route("DELETE", LINK, "repos/delete-autolink", WRITE, remove_link),
];

fn key_shown(api: &str, name: &str, key: &DeployKey) -> Value {
    json!({
        "id": key.id,
        "key": key.key,
        "url": format!("{api}/repos/{name}/keys/{}", key.id),
        "title": key.title,
        "verified": true,
        "created_at": written(key.created),
        "read_only": key.read_only,
        "added_by": key.added_by,
        "last_used": null,
        "enabled": true,
    })
}

fn keys(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let repository = call.repository(state)?;
    let name = repository.full_name();
    let all = repository.wiring.keys.iter().map(|key| key_shown(&state.bases.api, &name, key)).collect();
    Ok(list(state, call, all))
}

fn add_key(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let refused = |message: &str| {
        Err(errors::invalid("Validation Failed", &[errors::custom("PublicKey", "key", message)]))
    };
    let mut words = call.text("key").unwrap_or_default().split_whitespace();
    let (kind, data) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    if !public_key(kind, data) {
        return refused("key is invalid. You must supply a key in OpenSSH public key format");
    }
    let comment = words.next().unwrap_or_default();
    let key = format!("{kind} {data}");
    let mut everywhere = state.repositories.values().flat_map(|repository| &repository.wiring.keys);
    if everywhere.any(|one| one.key == key) {
        return refused("key is already in use");
    }
    let added_by = author(state, call)?;
    let key = DeployKey {
        id: state.next_id(),
        title: call.text("title").unwrap_or(comment).to_owned(),
        key,
        read_only: call.flag("read_only").unwrap_or(false),
        added_by,
        created: state.now,
    };
    let name = call.repository(state)?.full_name();
    let body = key_shown(&state.bases.api, &name, &key);
    call.repository_mut(state)?.wiring.keys.push(key);
    Ok(Answer::created(body))
}

/// Whether it is a key as OpenSSH writes it: the data begins with the name of the kind.
fn public_key(kind: &str, data: &str) -> bool {
    const KINDS: [&str; 5] =
        ["ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"];
    let decoded = STANDARD.decode(data).unwrap_or_default();
    KINDS.contains(&kind) && decoded.get(4..).is_some_and(|rest| rest.starts_with(kind.as_bytes()))
}

fn key(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let (repository, id) = (call.repository(state)?, call.number("key_id")?);
    let found = repository.wiring.keys.iter().find(|key| key.id == id).ok_or_else(errors::not_found)?;
    Ok(Answer::ok(key_shown(&state.bases.api, &repository.full_name(), found)))
}

fn remove_key(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    key(state, call)?;
    let id = call.number("key_id")?;
    call.repository_mut(state)?.wiring.keys.retain(|key| key.id != id);
    Ok(Answer::nothing())
}

fn link_shown(link: &Autolink) -> Value {
    json!({
        "id": link.id,
        "key_prefix": link.key_prefix,
        "url_template": link.url_template,
        "is_alphanumeric": link.is_alphanumeric,
    })
}

fn links(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let all: Vec<Value> = call.repository(state)?.wiring.autolinks.iter().map(link_shown).collect();
    // This list has no pages.
    Ok(Answer::ok(Value::Array(all)))
}

fn add_link(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let id = state.next_id();
    let text = |key: &str| call.text(key).unwrap_or_default().to_owned();
    let link = Autolink {
        id,
        key_prefix: text("key_prefix"),
        url_template: text("url_template"),
        is_alphanumeric: call.flag("is_alphanumeric").unwrap_or(true),
    };
    let fits = |letter: char| letter.is_ascii_alphanumeric() || ".-_+=:/#".contains(letter);
    if link.key_prefix.is_empty() || !link.key_prefix.chars().all(fits) {
        return Err(errors::validation("KeyLink", "key_prefix", "invalid"));
    }
    if !link.url_template.contains("<num>") {
        let why = "url_template must contain <num> token";
        return Err(errors::invalid("Validation Failed", &[errors::custom("KeyLink", "url_template", why)]));
    }
    let links = &mut call.repository_mut(state)?.wiring.autolinks;
    if links.iter().any(|one| one.key_prefix == link.key_prefix) {
        return Err(errors::validation("KeyLink", "key_prefix", "already_exists"));
    }
    let body = link_shown(&link);
    links.push(link);
    Ok(Answer::created(body))
}

fn link(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let id = call.number("autolink_id")?;
    let links = &call.repository(state)?.wiring.autolinks;
    links
        .iter()
        .find(|link| link.id == id)
        .map(|link| Answer::ok(link_shown(link)))
        .ok_or_else(errors::not_found)
}

fn remove_link(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    link(state, call)?;
    let id = call.number("autolink_id")?;
    call.repository_mut(state)?.wiring.autolinks.retain(|link| link.id != id);
    Ok(Answer::nothing())
}
