//! Repositories themselves: made, read, changed, removed, listed.

mod changing;
mod forking;
mod generating;
mod making;
mod moving;

use serde_json::Value;

use super::list;
use crate::auth::Identity;
use crate::auth::permission::{Needs, sees};
use crate::call::{Answer, Call};
use crate::errors;
use crate::router::{Route, route};
use crate::shapes::repository as shape;
use crate::state::State;
use crate::state::repository::Repository;

pub(crate) use making::{Wanted, make};
pub(crate) use moving::{give, named};

const METADATA: Needs = Needs::Repository(&[("metadata", "read")]);
const CONTENTS: Needs = Needs::Repository(&[("contents", "read")]);
const ADMINISTRATION: Needs = Needs::Repository(&[("administration", "write")]);

pub(crate) const ROUTES: &[Route] = &[
    route("POST", "/orgs/{org}/repos", "repos/create-in-org", Needs::Create, create_in_organisation),
    route("POST", "/user/repos", "repos/create-for-authenticated-user", Needs::User("repo"), create_own),
    route("GET", "/repos/{owner}/{repo}", "repos/get", METADATA, get),
    route("DELETE", "/repos/{owner}/{repo}", "repos/delete", ADMINISTRATION, delete),
    route("PATCH", "/repos/{owner}/{repo}", "repos/update", ADMINISTRATION, changing::update),
    route("POST", "/repos/{owner}/{repo}/transfer", "repos/transfer", ADMINISTRATION, moving::transfer),
    route("GET", "/repos/{owner}/{repo}/topics", "repos/get-all-topics", METADATA, changing::topics),
    route(
        "PUT",
        "/repos/{owner}/{repo}/topics",
        "repos/replace-all-topics",
        ADMINISTRATION,
        changing::replace_topics,
    ),
    route(
        "POST",
        "/repos/{template_owner}/{template_repo}/generate",
        "repos/create-using-template",
        Needs::Credentials,
        generating::generate,
    ),
    route("POST", "/repos/{owner}/{repo}/forks", "repos/create-fork", CONTENTS, forking::fork),
    route("GET", "/orgs/{org}/repos", "repos/list-for-org", Needs::Nothing, of_organisation),
    route("GET", "/users/{username}/repos", "repos/list-for-user", Needs::Nothing, of_user),
    route("GET", "/user/repos", "repos/list-for-authenticated-user", Needs::User(""), own),
];

fn create_in_organisation(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let owner = state.organisation(call.param("org"))?.login.clone();
    let id = make(state, Wanted::of_body(owner, call)?, &call.who)?;
    shown_as_new(state, call, id)
}

fn create_own(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let Identity::User { login, .. } = &call.who else { return Err(errors::not_by_integration()) };
    let id = make(state, Wanted::of_body(login.clone(), call)?, &call.who)?;
    shown_as_new(state, call, id)
}

/// 201 with the repository and where it is.
pub(crate) fn shown_as_new(state: &mut State, call: &Call, id: u64) -> Result<Answer, Answer> {
    state.emit("repository", "created", id);
    let repository = state.repositories.get(&id).ok_or_else(errors::not_found)?;
    let location = format!("{}/repos/{}", state.bases.api, repository.full_name());
    Ok(Answer::created(shape::full(state, repository, &call.who)).header("location", location))
}

fn get(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let repository = call.repository(state)?;
    Ok(Answer::ok(shape::full(state, repository, &call.who)))
}

fn delete(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let repository = call.repository(state)?.clone();
    if let Identity::User { scopes, .. } = &call.who
        && !scopes.contains("delete_repo")
    {
        return Err(errors::admin_rights());
    }
    state.emit("repository", "deleted", repository.id);
    state.remove_repository(repository.id);
    Ok(Answer::nothing())
}

fn of_organisation(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let login = state.organisation(call.param("org"))?.login.clone();
    listed(state, call, |one| one.owner == login)
}

fn of_user(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let login = state.account(call.param("username")).ok_or_else(errors::not_found)?.login.clone();
    listed(state, call, |one| one.owner == login && !one.is_private())
}

fn own(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let Identity::User { login, .. } = &call.who else { return Err(errors::not_by_integration()) };
    let own = |one: &Repository| {
        one.owner.eq_ignore_ascii_case(login)
            || one.collaborators.contains_key(&login.to_lowercase())
            || state
                .account(&one.owner)
                .is_some_and(|owner| owner.members.contains_key(&login.to_lowercase()))
    };
    let seen = state.repositories.values().filter(|one| own(one) && sees(state, &call.who, one));
    let all: Vec<Value> = seen.map(|one| shape::plain(state, one, &call.who)).collect();
    Ok(list(state, call, all))
}

/// Those of the repositories that the caller sees, in short.
fn listed(state: &State, call: &Call, wanted: impl Fn(&Repository) -> bool) -> Result<Answer, Answer> {
    let seen = state.repositories.values().filter(|one| wanted(one) && sees(state, &call.who, one));
    let all: Vec<Value> = seen.map(|one| shape::short(state, one, &call.who)).collect();
    Ok(list(state, call, all))
}
