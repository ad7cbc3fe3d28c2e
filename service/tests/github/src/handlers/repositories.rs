//! Repositories themselves: made, read, changed, removed, listed.

mod making;

use serde_json::Value;

use super::list;
use crate::auth::Identity;
use crate::auth::permission::{Needs, sees};
use crate::call::{Answer, Call};
use crate::errors;
use crate::router::{Route, route};
use crate::shapes::repository as shape;
use crate::state::State;

pub(crate) use making::{Wanted, make};

pub(crate) const ROUTES: &[Route] = &[
    route("POST", "/orgs/{org}/repos", "repos/create-in-org", Needs::Create, create_in_organisation),
    route("POST", "/user/repos", "repos/create-for-authenticated-user", Needs::User("repo"), create_own),
    route("GET", "/repos/{owner}/{repo}", "repos/get", Needs::Repository(&[("metadata", "read")]), get),
    route(
        "DELETE",
        "/repos/{owner}/{repo}",
        "repos/delete",
        Needs::Repository(&[("administration", "write")]),
        delete,
    ),
    route("GET", "/orgs/{org}/repos", "repos/list-for-org", Needs::Nothing, of_organisation),
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
pub(crate) fn shown_as_new(state: &State, call: &Call, id: u64) -> Result<Answer, Answer> {
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
    state.remove_repository(repository.id);
    Ok(Answer::nothing())
}

fn of_organisation(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let login = state.organisation(call.param("org"))?.login.clone();
    let seen = state.repositories.values().filter(|one| one.owner == login);
    let all: Vec<Value> = seen
        .filter(|one| sees(state, &call.who, one))
        .map(|one| shape::short(state, one, &call.who))
        .collect();
    Ok(list(state, call, all))
}
