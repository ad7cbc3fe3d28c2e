//! Who may do what in a repository: collaborators, those who are invited to be one, and teams.

use serde_json::{Value, json};

use super::labels::author;
use super::list;
use crate::auth::Identity;
use crate::auth::permission::Needs;
use crate::call::{Answer, Call};
use crate::clock::written;
use crate::errors;
use crate::router::{Route, route};
use crate::setup::Variant;
use crate::shapes::account::{merged, simple, simple_of};
use crate::shapes::{node_id, repository as shape, team};
use crate::state::State;
use crate::state::account::Team;
use crate::state::look::rank;
use crate::state::wiring::Invitation;

const READ: Needs = Needs::Repository(&[("metadata", "read")]);
const ADMIN_READ: Needs = Needs::Repository(&[("administration", "read")]);
const WRITE: Needs = Needs::Repository(&[("administration", "write")]);
const ALL: &str = "/repos/{owner}/{repo}/collaborators";
const ONE: &str = "/repos/{owner}/{repo}/collaborators/{username}";
const INVITATIONS: &str = "/repos/{owner}/{repo}/invitations";
const INVITATION: &str = "/repos/{owner}/{repo}/invitations/{invitation_id}";
const TEAM: &str = "/orgs/{org}/teams/{team_slug}/repos/{owner}/{repo}";

pub(crate) const ROUTES: &[Route] = &[
    route("GET", ALL, "repos/list-collaborators", READ, collaborators),
    route("GET", ONE, "repos/check-collaborator", READ, check),
    route("PUT", ONE, "repos/add-collaborator", WRITE, add),
    route("DELETE", ONE, "repos/remove-collaborator", WRITE, remove),
    route(
        "GET",
        "/repos/{owner}/{repo}/collaborators/{username}/permission",
        "repos/get-collaborator-permission-level",
        READ,
        permission,
    ),
    route("GET", INVITATIONS, "repos/list-invitations", ADMIN_READ, invitations),
    route("PATCH", INVITATION, "repos/update-invitation", WRITE, reinvite),
    route("DELETE", INVITATION, "repos/delete-invitation", WRITE, withdraw),
    route("GET", "/repos/{owner}/{repo}/teams", "repos/list-teams", ADMIN_READ, teams),
    route("GET", TEAM, "teams/check-permissions-for-repo-in-org", READ, check_team),
    route("PUT", TEAM, "teams/add-or-update-repo-permissions-in-org", WRITE, add_team),
    route("DELETE", TEAM, "teams/remove-repo-in-org", WRITE, remove_team),
    route(
        "PUT",
        "/teams/{team_id}/repos/{owner}/{repo}",
        "teams/add-or-update-repo-permissions-legacy",
        WRITE,
        add_team_by_id,
    ),
    route(
        "PATCH",
        "/user/repository_invitations/{invitation_id}",
        "repos/accept-invitation-for-authenticated-user",
        Needs::User(""),
        accept,
    ),
];

const ROLES: [&str; 5] = ["pull", "triage", "push", "maintain", "admin"];

/// A role by its name in answers.
fn role_name(role: &str) -> &str {
    match role {
        "pull" => "read",
        "push" => "write",
        other => other,
    }
}

/// A role by its name in requests.
fn asked(call: &Call, or: &str) -> Result<String, Answer> {
    let role = match call.text("permission").unwrap_or(or) {
        "read" => "pull",
        "write" => "push",
        other => other,
    };
    let known = ROLES.contains(&role);
    if known { Ok(role.to_owned()) } else { Err(errors::validation("Repository", "permission", "invalid")) }
}

fn shown(state: &State, login: &str, role: &str) -> Value {
    let may = |name: &str| rank(role) >= rank(name);
    let more = json!({
        "permissions": {
            "pull": may("pull"),
            "triage": may("triage"),
            "push": may("push"),
            "maintain": may("maintain"),
            "admin": may("admin"),
        },
        "role_name": role_name(role),
    });
    merged(simple_of(state, login), more)
}

fn collaborators(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let repository = call.repository(state)?;
    let direct = call.query.get("affiliation").is_some_and(|kind| kind != "all");
    let users = state.accounts.values().filter(|account| !account.is_organisation());
    let all = users.filter_map(|user| {
        let given = repository.collaborators.get(&user.login.to_lowercase());
        let belongs = if direct {
            given.is_some()
        } else {
            let owner = state.account(&repository.owner)?;
            given.is_some()
                || owner.login == user.login
                || owner.members.contains_key(&user.login.to_lowercase())
        };
        let role = belongs.then(|| state.role_in(&user.login, repository))??;
        Some(shown(state, &user.login, role))
    });
    Ok(list(state, call, all.collect()))
}

fn check(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let (repository, login) = (call.repository(state)?, call.param("username").to_lowercase());
    let member = state.account(&repository.owner).is_some_and(|owner| owner.members.contains_key(&login));
    let is_one = member
        || repository.collaborators.contains_key(&login)
        || repository.owner.eq_ignore_ascii_case(&login);
    if is_one { Ok(Answer::nothing()) } else { Err(errors::not_found()) }
}

fn add(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let repository = call.repository(state)?.clone();
    let user = state.account(call.param("username")).filter(|user| !user.is_organisation());
    let login = user.ok_or_else(errors::not_found)?.login.clone();
    let key = login.to_lowercase();
    if repository.owner.eq_ignore_ascii_case(&login) {
        let why = "Repository owner cannot be a collaborator";
        return Err(errors::invalid("Validation Failed", &[errors::custom("Repository", "base", why)]));
    }
    let role = asked(call, "push")?;
    let member = state.account(&repository.owner).is_some_and(|owner| owner.members.contains_key(&key));
    // An Enterprise Server asks nobody: who has an account there may be put anywhere.
    let at_once = member || state.setup.variant == Variant::Server;
    if at_once || repository.collaborators.contains_key(&key) {
        call.repository_mut(state)?.collaborators.insert(key, role);
        return Ok(Answer::nothing());
    }
    let (id, now) = (state.next_id(), state.now);
    let inviter = author(state, call)?;
    let invitations = &mut call.repository_mut(state)?.wiring.invitations;
    let fresh = Invitation { id, login, role: role.clone(), inviter, created: now };
    let place = invitations.iter().position(|one| one.login == fresh.login);
    match place.and_then(|place| invitations.get_mut(place)) {
        Some(one) => one.role = role,
        None => invitations.push(fresh.clone()),
    }
    let sent = invitations.iter().find(|one| one.login == fresh.login).cloned().unwrap_or(fresh);
    Ok(Answer::created(invitation(state, call, &sent)?))
}

fn invitation(state: &State, call: &Call, one: &Invitation) -> Result<Value, Answer> {
    let repository = call.repository(state)?;
    let name = repository.full_name();
    Ok(json!({
        "id": one.id,
        "node_id": node_id("RI", one.id),
        "repository": shape::short(state, repository, &call.who),
        "invitee": simple_of(state, &one.login),
        "inviter": simple_of(state, &one.inviter),
        "permissions": role_name(&one.role),
        "created_at": written(one.created),
        "expired": false,
        "url": format!("{}/user/repository_invitations/{}", state.bases.api, one.id),
        "html_url": format!("{}/{name}/invitations", state.bases.web),
    }))
}

fn invitations(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let sent = &call.repository(state)?.wiring.invitations;
    let all: Result<Vec<Value>, Answer> = sent.iter().map(|one| invitation(state, call, one)).collect();
    Ok(list(state, call, all?))
}

/// Gives the one who was asked another role.
fn reinvite(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let id = call.number("invitation_id")?;
    let role = match call.text("permissions").unwrap_or_default() {
        "read" => "pull".to_owned(),
        "write" => "push".to_owned(),
        other => other.to_owned(),
    };
    let invitations = &mut call.repository_mut(state)?.wiring.invitations;
    let place = invitations.iter().position(|one| one.id == id);
    let one = place.and_then(|place| invitations.get_mut(place)).ok_or_else(errors::not_found)?;
    one.role = role;
    let sent = one.clone();
    Ok(Answer::ok(invitation(state, call, &sent)?))
}

fn withdraw(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let id = call.number("invitation_id")?;
    let invitations = &mut call.repository_mut(state)?.wiring.invitations;
    let before = invitations.len();
    invitations.retain(|one| one.id != id);
    if invitations.len() == before { Err(errors::not_found()) } else { Ok(Answer::nothing()) }
}

fn accept(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let Identity::User { login, .. } = &call.who else { return Err(errors::not_by_integration()) };
    let id = call.number("invitation_id")?;
    for repository in state.repositories.values_mut() {
        let invitations = &mut repository.wiring.invitations;
        let mine = invitations.iter().position(|one| one.id == id && one.login.eq_ignore_ascii_case(login));
        if let Some(place) = mine {
            let invitation = invitations.remove(place);
            repository.collaborators.insert(login.to_lowercase(), invitation.role);
            return Ok(Answer::nothing());
        }
    }
    Err(errors::not_found())
}

fn remove(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let login = call.param("username").to_lowercase();
    let repository = call.repository_mut(state)?;
    repository.collaborators.remove(&login);
    repository.wiring.invitations.retain(|one| !one.login.eq_ignore_ascii_case(&login));
    Ok(Answer::nothing())
}

fn permission(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let repository = call.repository(state)?;
    let user = state.account(call.param("username")).ok_or_else(errors::not_found)?;
    let role = state.role_in(&user.login, repository);
    // What GitHub had before there were more roles.
    let old = match role {
        None => "none",
        Some("admin") => "admin",
        Some("push" | "maintain") => "write",
        Some(_) => "read",
    };
    let role = role.unwrap_or("none");
    let mut shown = shown(state, &user.login, role);
    if role == "none" {
        shown = merged(simple(state, user), json!({ "role_name": "none" }));
    }
    Ok(Answer::ok(json!({ "permission": old, "role_name": role_name(role), "user": shown })))
}

fn teams(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let repository = call.repository(state)?;
    let Some(owner) = state.account(&repository.owner) else { return Err(errors::not_found()) };
    let all = repository
        .teams
        .iter()
        .filter_map(|(slug, role)| Some(team::team(state, owner, owner.teams.get(slug)?, role)));
    Ok(list(state, call, all.collect()))
}

/// The team that the path names.
fn found<'state>(state: &'state State, call: &Call) -> Result<&'state Team, Answer> {
    let owner = state.organisation(call.param("org"))?;
    let repository = call.repository(state)?;
    if !repository.owner.eq_ignore_ascii_case(&owner.login) {
        return Err(errors::not_found());
    }
    owner.teams.get(call.param("team_slug")).ok_or_else(errors::not_found)
}

fn check_team(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let slug = found(state, call)?.slug.clone();
    let repository = call.repository(state)?;
    let role = repository.teams.get(&slug).ok_or_else(errors::not_found)?;
    let accept = call.headers.get("accept").map(String::as_str).unwrap_or_default();
    if !accept.contains("application/vnd.github.v3.repository+json") {
        return Ok(Answer::nothing());
    }
    let more = json!({ "permissions": shown(state, &repository.owner, role)["permissions"], "role_name": role_name(role) });
    Ok(Answer::ok(merged(shape::short(state, repository, &call.who), more)))
}

fn add_team(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let slug = found(state, call)?.slug.clone();
    let role = asked(call, "pull")?;
    call.repository_mut(state)?.teams.insert(slug, role);
    Ok(Answer::nothing())
}

fn add_team_by_id(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let id = call.number("team_id")?;
    let owner = state.organisation(&call.repository(state)?.owner)?;
    let team = owner.teams.values().find(|team| team.id == id).ok_or_else(errors::not_found)?;
    let (slug, role) = (team.slug.clone(), asked(call, "pull")?);
    call.repository_mut(state)?.teams.insert(slug, role);
    Ok(Answer::nothing())
}

fn remove_team(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let slug = found(state, call)?.slug.clone();
    call.repository_mut(state)?.teams.remove(&slug);
    Ok(Answer::nothing())
}
