//! Teams and members of an organisation.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::list;
use crate::auth::permission::Needs;
use crate::call::{Answer, Call};
use crate::clock::written;
use crate::errors;
use crate::router::{Route, route};
use crate::shapes::{account, team as shape};
use crate::state::State;
use crate::state::account::{Account, Role, Team};

const READ: Needs = Needs::Organisation(&[("members", "read")]);
const WRITE: Needs = Needs::Organisation(&[("members", "write")]);
const ALL: &str = "/orgs/{org}/teams";
const ONE: &str = "/orgs/{org}/teams/{team_slug}";
const MEMBERSHIP: &str = "/orgs/{org}/teams/{team_slug}/memberships/{username}";

pub(crate) const ROUTES: &[Route] = &[
    route("GET", ALL, "teams/list", READ, all),
    route("POST", ALL, "teams/create", WRITE, create),
    route("GET", ONE, "teams/get-by-name", READ, get),
    route("DELETE", ONE, "teams/delete-in-org", WRITE, delete),
    route("GET", "/orgs/{org}/teams/{team_slug}/members", "teams/list-members-in-org", READ, members),
    route("GET", MEMBERSHIP, "teams/get-membership-for-user-in-org", READ, membership),
    route("PUT", MEMBERSHIP, "teams/add-or-update-membership-for-user-in-org", WRITE, join),
    route("GET", "/orgs/{org}/members", "orgs/list-members", READ, of_organisation),
    route("GET", "/orgs/{org}/members/{username}", "orgs/check-membership-for-user", READ, is_member),
    route("GET", "/orgs/{org}/memberships/{username}", "orgs/get-membership-for-user", READ, role),
];

fn team<'state>(state: &'state State, call: &Call) -> Result<(&'state Account, &'state Team), Answer> {
    let owner = state.organisation(call.param("org"))?;
    Ok((owner, owner.teams.get(call.param("team_slug")).ok_or_else(errors::not_found)?))
}

fn all(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let owner = state.organisation(call.param("org"))?;
    let all = owner.teams.values().map(|team| shape::team(state, owner, team, "pull")).collect();
    Ok(list(state, call, all))
}

fn shown(state: &State, owner: &Account, team: &Team) -> Value {
    let repositories = state.repositories.values().filter(|one| one.owner == owner.login);
    let more = json!({
        "members_count": team.members.len(),
        "repos_count": repositories.filter(|one| one.teams.contains_key(&team.slug)).count(),
        "created_at": written(owner.created),
        "updated_at": written(owner.created),
        "organization": account::organisation(state, owner),
    });
    account::merged(shape::team(state, owner, team, "pull"), more)
}

fn get(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let (owner, team) = team(state, call)?;
    Ok(Answer::ok(shown(state, owner, team)))
}

fn create(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let name = call.text("name").unwrap_or_default().to_owned();
    let letters = name.to_lowercase();
    let words = letters.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let slug = words.collect::<Vec<_>>().join("-");
    let owner = state.organisation(call.param("org"))?;
    if slug.is_empty() {
        return Err(errors::validation("Team", "name", "missing_field"));
    }
    if owner.teams.contains_key(&slug) {
        let why = "Name must be unique for this org";
        return Err(errors::invalid("Validation Failed", &[errors::custom("Team", "name", why)]));
    }
    let team = Team { id: state.next_id(), slug: slug.clone(), name, members: BTreeSet::new() };
    if let Some(owner) = state.accounts.get_mut(&call.param("org").to_lowercase()) {
        owner.teams.insert(slug, team.clone());
    }
    Ok(Answer::created(shown(state, state.organisation(call.param("org"))?, &team)))
}

fn delete(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let slug = team(state, call)?.1.slug.clone();
    if let Some(owner) = state.accounts.get_mut(&call.param("org").to_lowercase()) {
        owner.teams.remove(&slug);
    }
    for repository in state.repositories.values_mut() {
        if repository.owner.eq_ignore_ascii_case(call.param("org")) {
            repository.teams.remove(&slug);
        }
    }
    Ok(Answer::nothing())
}

fn members(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let members = team(state, call)?.1.members.iter();
    let all =
        members.filter_map(|login| state.account(login)).map(|user| account::simple(state, user)).collect();
    Ok(list(state, call, all))
}

fn membership_shown(state: &State, call: &Call) -> Value {
    json!({ "url": format!("{}{}", state.bases.api, call.path), "role": "member", "state": "active" })
}

fn membership(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let belongs = team(state, call)?.1.members.contains(&call.param("username").to_lowercase());
    if belongs { Ok(Answer::ok(membership_shown(state, call))) } else { Err(errors::not_found()) }
}

fn join(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let slug = team(state, call)?.1.slug.clone();
    let login = call.param("username").to_lowercase();
    if state.account(&login).is_none() {
        return Err(errors::not_found());
    }
    if let Some(owner) = state.accounts.get_mut(&call.param("org").to_lowercase()) {
        owner.members.entry(login.clone()).or_insert(Role::Member);
        owner.teams.entry(slug).and_modify(|team| {
            team.members.insert(login);
        });
    }
    Ok(Answer::ok(membership_shown(state, call)))
}

fn of_organisation(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let wanted = call.query.get("role").map(String::as_str);
    let members = state.organisation(call.param("org"))?.members.iter().filter(|(_, role)| match wanted {
        Some("admin") => **role == Role::Admin,
        Some("member") => **role == Role::Member,
        _ => true,
    });
    let users = members.filter_map(|(login, _)| state.account(login));
    let all = users.map(|user| account::simple(state, user)).collect();
    Ok(list(state, call, all))
}

fn is_member(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let members = &state.organisation(call.param("org"))?.members;
    let belongs = members.contains_key(&call.param("username").to_lowercase());
    if belongs { Ok(Answer::nothing()) } else { Err(errors::not_found()) }
}

fn role(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let owner = state.organisation(call.param("org"))?;
    let role = owner.members.get(&call.param("username").to_lowercase()).ok_or_else(errors::not_found)?;
    Ok(Answer::ok(json!({
        "url": format!("{}/orgs/{}/memberships/{}", state.bases.api, owner.login, call.param("username")),
        "state": "active",
        "role": if *role == Role::Admin { "admin" } else { "member" },
        "organization_url": format!("{}/orgs/{}", state.bases.api, owner.login),
        "organization": account::organisation_simple(state, owner),
        "user": account::simple_of(state, call.param("username")),
    })))
}
