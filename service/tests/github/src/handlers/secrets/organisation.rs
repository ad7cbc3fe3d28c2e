//! Secrets of an organisation, which all, its private or selected repositories get.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{opened, proper_name};
use crate::auth::permission::Needs;
use crate::call::{Answer, Call};
use crate::clock::written;
use crate::errors;
use crate::handlers::counted;
use crate::router::{Route, route};
use crate::shapes::repository as shape;
use crate::state::State;
use crate::state::vault::{Secret, Vault};

const READ: Needs = Needs::Organisation(&[("organization_secrets", "read")]);
const WRITE: Needs = Needs::Organisation(&[("organization_secrets", "write")]);
const ALL: &str = "/orgs/{org}/actions/secrets";
const KEY: &str = "/orgs/{org}/actions/secrets/public-key";
const ONE: &str = "/orgs/{org}/actions/secrets/{secret_name}";
const SELECTED: &str = "/orgs/{org}/actions/secrets/{secret_name}/repositories";
const SELECTED_ONE: &str = "/orgs/{org}/actions/secrets/{secret_name}/repositories/{repository_id}";
const OF_REPOSITORY: &str = "/repos/{owner}/{repo}/actions/organization-secrets";

pub(crate) const ROUTES: &[Route] = &[
    route("GET", ALL, "actions/list-org-secrets", READ, list),
    route("GET", KEY, "actions/get-org-public-key", READ, key),
    route("GET", ONE, "actions/get-org-secret", READ, get),
    route("PUT", ONE, "actions/create-or-update-org-secret", WRITE, put),
    route("DELETE", ONE, "actions/delete-org-secret", WRITE, delete),
    route("GET", SELECTED, "actions/list-selected-repos-for-org-secret", READ, selected),
    route("PUT", SELECTED, "actions/set-selected-repos-for-org-secret", WRITE, select),
    route("PUT", SELECTED_ONE, "actions/add-selected-repo-to-org-secret", WRITE, |s, c| change(s, c, true)),
    route("DELETE", SELECTED_ONE, "actions/remove-selected-repo-from-org-secret", WRITE, |s, c| {
        change(s, c, false)
    }),
    route(
        "GET",
        OF_REPOSITORY,
        "actions/list-repo-organization-secrets",
        Needs::Repository(&[("secrets", "read")]),
        of_repository,
    ),
];

fn vault<'state>(state: &'state mut State, call: &Call) -> Result<&'state mut Vault, Answer> {
    let account = state.accounts.get_mut(&call.param("org").to_lowercase());
    Ok(&mut account.ok_or_else(errors::not_found)?.secrets)
}

fn secret<'state>(state: &'state mut State, call: &Call) -> Result<&'state mut Secret, Answer> {
    vault(state, call)?.get_mut(call.param("secret_name")).ok_or_else(errors::not_found)
}

fn shown(api: &str, call: &Call, name: &str, secret: &Secret) -> Value {
    let mut object = json!({
        "name": name,
        "created_at": written(secret.created),
        "updated_at": written(secret.updated),
        "visibility": secret.visibility,
    });
    if secret.visibility.as_deref() == Some("selected") {
        let org = call.param("org");
        object["selected_repositories_url"] =
            json!(format!("{api}/orgs/{org}/actions/secrets/{name}/repositories"));
    }
    object
}

fn list(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let api = state.bases.api.clone();
    let all = vault(state, call)?.iter().map(|(name, secret)| shown(&api, call, name, secret)).collect();
    Ok(counted(state, call, "secrets", all))
}

fn key(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let (id, key) = vault(state, call)?.public_key();
    Ok(Answer::ok(json!({ "key_id": id, "key": key })))
}

fn get(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let (api, name) = (state.bases.api.clone(), call.param("secret_name").to_uppercase());
    Ok(Answer::ok(shown(&api, call, &name, secret(state, call)?)))
}

fn put(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let now = state.now;
    let name = proper_name("Secret", call.param("secret_name"))?;
    let vault = vault(state, call)?;
    let value = opened(vault, call)?;
    let new = vault.set(&name, value, now);
    if let Some(secret) = vault.get_mut(&name) {
        secret.visibility = call.text("visibility").map(str::to_owned);
        secret.repositories = ids(call);
    }
    Ok(if new { Answer::created(json!({})) } else { Answer::nothing() })
}

fn delete(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    vault(state, call)?.remove(call.param("secret_name")).ok_or_else(errors::not_found)?;
    Ok(Answer::nothing())
}

/// The repositories that a body names by their ids.
pub(crate) fn ids(call: &Call) -> BTreeSet<u64> {
    call.body["selected_repository_ids"].as_array().into_iter().flatten().filter_map(Value::as_u64).collect()
}

/// Repositories by their ids, counted.
pub(crate) fn repositories(state: &State, call: &Call, ids: &BTreeSet<u64>) -> Answer {
    let found = ids.iter().filter_map(|id| state.repositories.get(id));
    let all = found.map(|repository| shape::short(state, repository, &call.who)).collect();
    counted(state, call, "repositories", all)
}

fn selected(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let ids = secret(state, call)?.repositories.clone();
    Ok(repositories(state, call, &ids))
}

fn select(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    secret(state, call)?.repositories = ids(call);
    Ok(Answer::nothing())
}

fn change(state: &mut State, call: &Call, add: bool) -> Result<Answer, Answer> {
    let id = call.number("repository_id")?;
    if !state.repositories.contains_key(&id) {
        return Err(errors::not_found());
    }
    let secret = secret(state, call)?;
    if secret.visibility.as_deref() != Some("selected") {
        return Err(errors::error(409, "Conflict"));
    }
    if add {
        secret.repositories.insert(id);
    } else {
        secret.repositories.remove(&id);
    }
    Ok(Answer::nothing())
}

/// Whether a repository gets what has this visibility.
pub(crate) fn reaches(visibility: Option<&str>, selected: &BTreeSet<u64>, id: u64, private: bool) -> bool {
    match visibility {
        Some("all") => true,
        Some("private") => private,
        _ => selected.contains(&id),
    }
}

fn of_repository(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let repository = call.repository(state)?;
    let owner = state.account(&repository.owner).ok_or_else(errors::not_found)?;
    let reached = owner.secrets.iter().filter(|(_, one)| {
        reaches(one.visibility.as_deref(), &one.repositories, repository.id, repository.is_private())
    });
    let all = reached.map(|(name, one)| super::shown(name, one)).collect();
    Ok(counted(state, call, "secrets", all))
}
