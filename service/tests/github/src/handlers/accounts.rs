//! Users and organisations.

use super::list;
use crate::auth::Identity;
use crate::auth::permission::Needs;
use crate::call::{Answer, Call};
use crate::errors;
use crate::router::{Route, route};
use crate::shapes::account;
use crate::state::State;

pub(crate) const ROUTES: &[Route] = &[
    route("GET", "/users/{username}", "users/get-by-username", Needs::Nothing, user),
    route("GET", "/user", "users/get-authenticated", Needs::User(""), own),
    route("GET", "/user/orgs", "orgs/list-for-authenticated-user", Needs::User(""), organisations),
    route("GET", "/orgs/{org}", "orgs/get", Needs::Nothing, organisation),
];

fn user(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let account = state.account(call.param("username")).ok_or_else(errors::not_found)?;
    Ok(Answer::ok(account::public_user(state, account)))
}

fn own(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let Identity::User { login, .. } = &call.who else { return Err(errors::not_by_integration()) };
    let account = state.account(login).ok_or_else(errors::not_found)?;
    Ok(Answer::ok(account::private_user(state, account)))
}

fn organisation(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let account = state.organisation(call.param("org"))?;
    Ok(Answer::ok(account::organisation(state, account)))
}

/// Those that the user is a member of, as far as the token may know.
fn organisations(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let Identity::User { login, .. } = &call.who else { return Err(errors::not_by_integration()) };
    let of_user = state
        .accounts
        .values()
        .filter(|account| account.is_organisation() && account.members.contains_key(&login.to_lowercase()));
    let all = of_user.map(|account| account::organisation_simple(state, account)).collect();
    Ok(list(state, call, all))
}
