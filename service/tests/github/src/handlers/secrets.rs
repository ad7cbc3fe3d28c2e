//! Secrets: of a repository for Actions and for Dependabot, of an environment, of an organisation.
//!
//! Each scope has a key of its own. What is put in is opened and kept, and never shown.

mod organisation;

use serde_json::{Value, json};

use super::counted;
use crate::auth::permission::Needs;
use crate::call::{Answer, Call};
use crate::clock::written;
use crate::errors;
use crate::router::{Route, route};
use crate::state::State;
use crate::state::vault::{Secret, Vault};

pub(crate) use organisation::{ROUTES as OF_ORGANISATION, ids, reaches, repositories};

const READ: Needs = Needs::Repository(&[("secrets", "read")]);
const WRITE: Needs = Needs::Repository(&[("secrets", "write")]);
const READ_DEPENDABOT: Needs = Needs::Repository(&[("dependabot_secrets", "read")]);
const WRITE_DEPENDABOT: Needs = Needs::Repository(&[("dependabot_secrets", "write")]);
const READ_ENVIRONMENT: Needs = Needs::Repository(&[("environments", "read")]);
const WRITE_ENVIRONMENT: Needs = Needs::Repository(&[("environments", "write")]);

const ACTIONS: &str = "/repos/{owner}/{repo}/actions/secrets";
const ACTIONS_KEY: &str = "/repos/{owner}/{repo}/actions/secrets/public-key";
const ACTIONS_ONE: &str = "/repos/{owner}/{repo}/actions/secrets/{secret_name}";
const DEPENDABOT: &str = "/repos/{owner}/{repo}/dependabot/secrets";
const DEPENDABOT_KEY: &str = "/repos/{owner}/{repo}/dependabot/secrets/public-key";
const DEPENDABOT_ONE: &str = "/repos/{owner}/{repo}/dependabot/secrets/{secret_name}";
const ENVIRONMENT: &str = "/repos/{owner}/{repo}/environments/{environment_name}/secrets";
const ENVIRONMENT_KEY: &str = "/repos/{owner}/{repo}/environments/{environment_name}/secrets/public-key";
const ENVIRONMENT_ONE: &str = "/repos/{owner}/{repo}/environments/{environment_name}/secrets/{secret_name}";

pub(crate) const ROUTES: &[Route] = &[
    route("GET", ACTIONS, "actions/list-repo-secrets", READ, |s, c| list(actions, s, c)),
    route("GET", ACTIONS_KEY, "actions/get-repo-public-key", READ, |s, c| key(actions, s, c)),
    route("GET", ACTIONS_ONE, "actions/get-repo-secret", READ, |s, c| get(actions, s, c)),
    route("PUT", ACTIONS_ONE, "actions/create-or-update-repo-secret", WRITE, |s, c| put(actions, s, c)),
    route("DELETE", ACTIONS_ONE, "actions/delete-repo-secret", WRITE, |s, c| delete(actions, s, c)),
    route("GET", DEPENDABOT, "dependabot/list-repo-secrets", READ_DEPENDABOT, |s, c| list(dependabot, s, c)),
    route("GET", DEPENDABOT_KEY, "dependabot/get-repo-public-key", READ_DEPENDABOT, |s, c| {
        key(dependabot, s, c)
    }),
    route("GET", DEPENDABOT_ONE, "dependabot/get-repo-secret", READ_DEPENDABOT, |s, c| get(dependabot, s, c)),
    route("PUT", DEPENDABOT_ONE, "dependabot/create-or-update-repo-secret", WRITE_DEPENDABOT, |s, c| {
        put(dependabot, s, c)
    }),
    route("DELETE", DEPENDABOT_ONE, "dependabot/delete-repo-secret", WRITE_DEPENDABOT, |s, c| {
        delete(dependabot, s, c)
    }),
    route("GET", ENVIRONMENT, "actions/list-environment-secrets", READ_ENVIRONMENT, |s, c| {
        list(environment, s, c)
    }),
    route("GET", ENVIRONMENT_KEY, "actions/get-environment-public-key", READ_ENVIRONMENT, |s, c| {
        key(environment, s, c)
    }),
    route("GET", ENVIRONMENT_ONE, "actions/get-environment-secret", READ_ENVIRONMENT, |s, c| {
        get(environment, s, c)
    }),
    route(
        "PUT",
        ENVIRONMENT_ONE,
        "actions/create-or-update-environment-secret",
        WRITE_ENVIRONMENT,
        |s, c| put(environment, s, c),
    ),
    route("DELETE", ENVIRONMENT_ONE, "actions/delete-environment-secret", WRITE_ENVIRONMENT, |s, c| {
        delete(environment, s, c)
    }),
];

/// The vault that a call is about.
type Find = for<'state> fn(&'state mut State, &Call) -> Result<&'state mut Vault, Answer>;

fn actions<'state>(state: &'state mut State, call: &Call) -> Result<&'state mut Vault, Answer> {
    Ok(&mut call.repository_mut(state)?.wiring.secrets)
}

fn dependabot<'state>(state: &'state mut State, call: &Call) -> Result<&'state mut Vault, Answer> {
    Ok(&mut call.repository_mut(state)?.wiring.dependabot)
}

fn environment<'state>(state: &'state mut State, call: &Call) -> Result<&'state mut Vault, Answer> {
    let environments = &mut call.repository_mut(state)?.wiring.environments;
    let found = environments.get_mut(&call.param("environment_name").to_lowercase());
    Ok(&mut found.ok_or_else(errors::not_found)?.secrets)
}

fn list(find: Find, state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let all = find(state, call)?.iter().map(|(name, secret)| shown(name, secret)).collect();
    Ok(counted(state, call, "secrets", all))
}

fn key(find: Find, state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let (id, key) = find(state, call)?.public_key();
    Ok(Answer::ok(json!({ "key_id": id, "key": key })))
}

fn get(find: Find, state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let name = call.param("secret_name").to_uppercase();
    let secret = find(state, call)?.get(&name).ok_or_else(errors::not_found)?;
    Ok(Answer::ok(shown(&name, secret)))
}

fn put(find: Find, state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let now = state.now;
    let name = proper_name("Secret", call.param("secret_name"))?;
    let vault = find(state, call)?;
    let value = opened(vault, call)?;
    Ok(if vault.set(&name, value, now) { Answer::created(json!({})) } else { Answer::nothing() })
}

fn delete(find: Find, state: &mut State, call: &Call) -> Result<Answer, Answer> {
    find(state, call)?.remove(call.param("secret_name")).ok_or_else(errors::not_found)?;
    Ok(Answer::nothing())
}

fn shown(name: &str, secret: &Secret) -> Value {
    json!({ "name": name, "created_at": written(secret.created), "updated_at": written(secret.updated) })
}

/// What the box in a body holds.
fn opened(vault: &Vault, call: &Call) -> Result<String, Answer> {
    let (key, sealed) =
        (call.text("key_id").unwrap_or_default(), call.text("encrypted_value").unwrap_or_default());
    let value = vault.open(key, sealed)?;
    if value.len() > 48 * 1024 {
        return Err(errors::unprocessable("Secret value is too large (maximum is 48 KB)"));
    }
    Ok(value)
}

/// A name of a secret or a variable as GitHub keeps it: in capitals.
pub(crate) fn proper_name(what: &str, name: &str) -> Result<String, Answer> {
    let fits = name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    if !fits || name.is_empty() || name.starts_with(|letter: char| letter.is_ascii_digit()) {
        return Err(errors::unprocessable(&format!(
            "{what} names can only contain alphanumeric characters ([a-z], [A-Z], [0-9]) or underscores (_). \
             Spaces are not allowed. Must start with a letter ([a-z], [A-Z]) or underscores (_)."
        )));
    }
    let name = name.to_uppercase();
    if name.starts_with("GITHUB_") {
        return Err(errors::unprocessable(&format!("{what} names must not start with GITHUB_.")));
    }
    Ok(name)
}
