//! Apps, their installations and the tokens of those.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{linked, list, page};
use crate::auth::Identity;
use crate::auth::permission::{Needs, sees, strength};
use crate::auth::tokens;
use crate::call::{Answer, Call};
use crate::clock::written;
use crate::errors;
use crate::router::{Route, route};
use crate::shapes;
use crate::state::State;
use crate::state::app::{Installation, Permissions};

pub(crate) const ROUTES: &[Route] = &[
    route("GET", "/app", "apps/get-authenticated", Needs::Jwt, app),
    route("GET", "/app/installations", "apps/list-installations", Needs::Jwt, installations),
    route("GET", "/app/installations/{installation_id}", "apps/get-installation", Needs::Jwt, installation),
    route(
        "DELETE",
        "/app/installations/{installation_id}",
        "apps/delete-installation",
        Needs::Jwt,
        delete_installation,
    ),
    route(
        "PUT",
        "/app/installations/{installation_id}/suspended",
        "apps/suspend-installation",
        Needs::Jwt,
        suspend,
    ),
    route(
        "DELETE",
        "/app/installations/{installation_id}/suspended",
        "apps/unsuspend-installation",
        Needs::Jwt,
        unsuspend,
    ),
    route(
        "POST",
        "/app/installations/{installation_id}/access_tokens",
        "apps/create-installation-access-token",
        Needs::Jwt,
        mint,
    ),
    route("GET", "/orgs/{org}/installation", "apps/get-org-installation", Needs::Jwt, of_organisation),
    route("GET", "/users/{username}/installation", "apps/get-user-installation", Needs::Jwt, of_user),
    route(
        "GET",
        "/repos/{owner}/{repo}/installation",
        "apps/get-repo-installation",
        Needs::Jwt,
        of_repository,
    ),
    route("GET", "/apps/{app_slug}", "apps/get-by-slug", Needs::Nothing, by_slug),
    route(
        "GET",
        "/installation/repositories",
        "apps/list-repos-accessible-to-installation",
        Needs::Installation,
        repositories,
    ),
    route(
        "DELETE",
        "/installation/token",
        "apps/revoke-installation-access-token",
        Needs::Installation,
        revoke,
    ),
];

/// The App that calls.
fn caller(call: &Call) -> u64 {
    if let Identity::App(id) = call.who { id } else { 0 }
}

/// The caller's installation that the path names.
fn named<'state>(state: &'state State, call: &Call) -> Result<&'state Installation, Answer> {
    let id = call.number("installation_id")?;
    state.installation(id).filter(|one| one.app == caller(call)).ok_or_else(errors::not_found)
}

fn app(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let app = state.app(caller(call)).ok_or_else(errors::not_found)?;
    Ok(Answer::ok(shapes::app::app(state, app)))
}

fn by_slug(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let slug = call.param("app_slug");
    let app = state.apps.iter().find(|app| app.slug == slug).ok_or_else(errors::not_found)?;
    Ok(Answer::ok(shapes::app::app(state, app)))
}

fn installations(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let own = state.installations.iter().filter(|one| one.app == caller(call));
    let all = own.map(|one| shapes::app::installation(state, one)).collect();
    Ok(list(state, call, all))
}

fn installation(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let one = named(state, call)?;
    Ok(Answer::ok(shapes::app::installation(state, one)))
}

fn delete_installation(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let id = named(state, call)?.id;
    state.installations.retain(|one| one.id != id);
    Ok(Answer::nothing())
}

fn suspend(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let (id, now) = (named(state, call)?.id, state.now);
    for one in state.installations.iter_mut().filter(|one| one.id == id) {
        one.suspended = one.suspended.or(Some(now));
    }
    Ok(Answer::nothing())
}

fn unsuspend(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let id = named(state, call)?.id;
    for one in state.installations.iter_mut().filter(|one| one.id == id) {
        one.suspended = None;
    }
    Ok(Answer::nothing())
}

fn of_organisation(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let login = &state.organisation(call.param("org"))?.login;
    found(state, call, login)
}

fn of_user(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    found(state, call, call.param("username"))
}

fn of_repository(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let repository = call.repository(state)?;
    let one = state.installed(caller(call), &repository.owner).ok_or_else(errors::not_found)?;
    let covered = one.repositories.as_ref().is_none_or(|only| only.contains(&repository.id));
    if !covered || state.not_yet(repository) {
        return Err(errors::not_found());
    }
    Ok(Answer::ok(shapes::app::installation(state, one)))
}

fn found(state: &State, call: &Call, login: &str) -> Result<Answer, Answer> {
    let one = state.installed(caller(call), login).ok_or_else(errors::not_found)?;
    Ok(Answer::ok(shapes::app::installation(state, one)))
}

fn mint(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let installation = named(state, call)?.clone();
    if installation.suspended.is_some() {
        return Err(errors::error(403, "This installation has been suspended"));
    }
    let repositories = wanted_repositories(state, call, &installation)?;
    let permissions = wanted_permissions(call, &installation)?;
    let value = tokens::mint(state, installation.id, repositories.clone(), permissions.clone());
    let ends = state.tokens.get(&value).and_then(|token| token.ends).map(written);
    let selected = repositories.is_some() || installation.repositories.is_some();
    let mut body = json!({
        "token": value,
        "expires_at": ends,
        "permissions": permissions,
        "repository_selection": if selected { "selected" } else { "all" },
    });
    if let Some(only) = repositories {
        let shown = only.iter().filter_map(|id| state.repositories.get(id));
        body["repositories"] = shown.map(|one| shapes::repository::plain(state, one, &call.who)).collect();
    }
    Ok(Answer::created(body))
}

/// The repositories that the token is to be for.
fn wanted_repositories(
    state: &State,
    call: &Call,
    installation: &Installation,
) -> Result<Option<BTreeSet<u64>>, Answer> {
    let names = call.texts("repositories").unwrap_or_default();
    let ids = call.body["repository_ids"].as_array().cloned().unwrap_or_default();
    if names.is_empty() && ids.is_empty() {
        return Ok(None);
    }
    let by_name = names.iter().map(|name| state.repository(&installation.account, name));
    let by_id = ids.iter().map(|id| id.as_u64().and_then(|id| state.repositories.get(&id)));
    let mut wanted = BTreeSet::new();
    for repository in by_name.chain(by_id) {
        let seen = repository.filter(|one| {
            one.owner.eq_ignore_ascii_case(&installation.account)
                && installation.repositories.as_ref().is_none_or(|only| only.contains(&one.id))
                && !state.not_yet(one)
        });
        let Some(seen) = seen else {
            return Err(errors::unprocessable(
                "There is at least one repository that does not exist or is not accessible to the parent installation.",
            ));
        };
        wanted.insert(seen.id);
    }
    Ok(Some(wanted))
}

/// What the token is to be allowed.
fn wanted_permissions(call: &Call, installation: &Installation) -> Result<Permissions, Answer> {
    let Some(asked) = call.body["permissions"].as_object() else {
        return Ok(installation.permissions.clone());
    };
    let mut wanted = Permissions::new();
    for (name, level) in asked {
        let level = level.as_str().unwrap_or_default();
        let given = installation.permissions.get(name).map_or(0, |given| strength(given));
        if strength(level) == 0 || strength(level) > given {
            return Err(errors::unprocessable(
                "The permissions requested are not granted to this installation.",
            ));
        }
        wanted.insert(name.clone(), level.to_owned());
    }
    Ok(wanted)
}

fn repositories(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let Identity::Installation { id, repositories, .. } = &call.who else {
        return Err(errors::not_by_integration());
    };
    let account = state.installation(*id).map(|one| one.account.clone()).unwrap_or_default();
    let all: Vec<Value> = state
        .repositories
        .values()
        .filter(|one| one.owner == account && sees(state, &call.who, one))
        .filter(|one| repositories.as_ref().is_none_or(|only| only.contains(&one.id)))
        .map(|one| shapes::repository::plain(state, one, &call.who))
        .collect();
    let count = all.len();
    let body = json!({
        "total_count": count,
        "repository_selection": if repositories.is_some() { "selected" } else { "all" },
        "repositories": page(call, all),
    });
    Ok(linked(state, call, count, Answer::ok(body)))
}

fn revoke(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let header = call.headers.get("authorization").and_then(|header| header.split_once(' '));
    if let Some((_, token)) = header {
        state.tokens.remove(token.trim());
    }
    Ok(Answer::nothing())
}
