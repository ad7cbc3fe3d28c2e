//! The classic protection of branches. It needs a branch that is there, and a paid plan for private repositories.
//!
//! What was put is kept as it came; what GitHub answers is made of it when it is asked for.

use serde_json::{Map, Value, json};

use crate::auth::permission::Needs;
use crate::call::{Answer, Call};
use crate::errors;
use crate::git::Store;
use crate::router::{Route, route};
use crate::shapes::{account, app, team};
use crate::state::State;
use crate::state::repository::Repository;

const READ: Needs = Needs::Repository(&[("administration", "read")]);
const WRITE: Needs = Needs::Repository(&[("administration", "write")]);
const ALL: &str = "/repos/{owner}/{repo}/branches/{branch}/protection";
const SIGNED: &str = "/repos/{owner}/{repo}/branches/{branch}/protection/required_signatures";
const ADMINS: &str = "/repos/{owner}/{repo}/branches/{branch}/protection/enforce_admins";
const CHECKS: &str = "/repos/{owner}/{repo}/branches/{branch}/protection/required_status_checks";
const REVIEWS: &str = "/repos/{owner}/{repo}/branches/{branch}/protection/required_pull_request_reviews";

pub(crate) const ROUTES: &[Route] = &[
    route("GET", ALL, "repos/get-branch-protection", READ, get),
    route("PUT", ALL, "repos/update-branch-protection", WRITE, put),
    route("DELETE", ALL, "repos/delete-branch-protection", WRITE, delete),
    route("GET", SIGNED, "repos/get-commit-signature-protection", READ, signed),
    route("POST", SIGNED, "repos/create-commit-signature-protection", WRITE, |s, c| sign(s, c, true)),
    route("DELETE", SIGNED, "repos/delete-commit-signature-protection", WRITE, |s, c| sign(s, c, false)),
    route("GET", ADMINS, "repos/get-admin-branch-protection", READ, |s, c| part(s, c, "enforce_admins")),
    route("POST", ADMINS, "repos/set-admin-branch-protection", WRITE, enforce),
    route("GET", CHECKS, "repos/get-status-checks-protection", READ, |s, c| {
        part(s, c, "required_status_checks")
    }),
    route("GET", REVIEWS, "repos/get-pull-request-review-protection", READ, |s, c| {
        part(s, c, "required_pull_request_reviews")
    }),
];

/// The switches of a protection, and what each is where the body does not say.
const SWITCHES: [&str; 7] = [
    "required_linear_history",
    "allow_force_pushes",
    "allow_deletions",
    "block_creations",
    "required_conversation_resolution",
    "lock_branch",
    "allow_fork_syncing",
];

/// Refuses branches that are not there, and plans that do not have it.
fn ready(state: &State, call: &Call) -> Result<(), Answer> {
    let repository = call.repository(state)?;
    let name = format!("refs/heads/{}", call.param("branch"));
    if Store::at(&repository.folder).resolve(&name).is_none() {
        return Err(errors::error(404, "Branch not found"));
    }
    paid(state, repository)
}

/// Refuses private repositories of a free plan.
pub(crate) fn paid(state: &State, repository: &Repository) -> Result<(), Answer> {
    let free = state.account(&repository.owner).is_some_and(|owner| owner.free);
    if free && repository.is_private() { Err(errors::upgrade()) } else { Ok(()) }
}

fn protection<'state>(state: &'state State, call: &Call) -> Result<&'state Value, Answer> {
    ready(state, call)?;
    let found = call.repository(state)?.wiring.protection.get(call.param("branch"));
    found.ok_or_else(|| errors::error(404, "Branch not protected"))
}

fn get(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let kept = protection(state, call)?;
    Ok(Answer::ok(shown(state, call, kept)?))
}

fn put(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    ready(state, call)?;
    let owner = call.repository(state)?.owner.clone();
    if !call.body["restrictions"].is_null() && state.organisation(&owner).is_err() {
        let why = "Only organization repositories can have users and team restrictions";
        return Err(errors::invalid("Validation Failed", &[json!(why)]));
    }
    for list in ["/restrictions", "/required_pull_request_reviews/dismissal_restrictions"] {
        known(state, &owner, call.body.pointer(list).unwrap_or(&Value::Null))?;
    }
    let branch = call.param("branch").to_owned();
    call.repository_mut(state)?.wiring.protection.insert(branch, call.body.clone());
    let body = shown(state, call, &call.body)?;
    Ok(Answer::ok(body))
}

/// Refuses users, teams and Apps that are not there.
fn known(state: &State, owner: &str, list: &Value) -> Result<(), Answer> {
    let names = |key: &str| list[key].as_array().into_iter().flatten().filter_map(Value::as_str);
    let no_user = names("users").find(|login| state.account(login).is_none());
    let teams = state.account(owner).map(|owner| &owner.teams);
    let no_team = names("teams").find(|slug| !teams.is_some_and(|teams| teams.contains_key(*slug)));
    let no_app = names("apps").find(|slug| !state.apps.iter().any(|app| app.slug == **slug));
    match no_user.or(no_team).or(no_app) {
        None => Ok(()),
        Some(name) => {
            let why = format!("Authorized users, teams or apps could not be found: {name}");
            Err(errors::invalid("Validation Failed", &[json!(why)]))
        }
    }
}

fn delete(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    protection(state, call)?;
    let branch = call.param("branch");
    let wiring = &mut call.repository_mut(state)?.wiring;
    wiring.protection.remove(branch);
    wiring.signed.retain(|signed| signed != branch);
    Ok(Answer::nothing())
}

/// One part of a protection, or 404.
fn part(state: &mut State, call: &Call, key: &str) -> Result<Answer, Answer> {
    let kept = protection(state, call)?;
    let all = shown_at(state, call, kept, &base(state, call)?)?;
    all.get(key).cloned().map(Answer::ok).ok_or_else(errors::not_found)
}

fn enforce(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    protection(state, call)?;
    let branch = call.param("branch");
    if let Some(kept) = call.repository_mut(state)?.wiring.protection.get_mut(branch) {
        kept["enforce_admins"] = json!(true);
    }
    part(state, call, "enforce_admins")
}

fn signed(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    protection(state, call)?;
    let on = call.repository(state)?.wiring.signed.iter().any(|branch| branch == call.param("branch"));
    Ok(Answer::ok(json!({ "url": format!("{}/required_signatures", base(state, call)?), "enabled": on })))
}

fn sign(state: &mut State, call: &Call, on: bool) -> Result<Answer, Answer> {
    protection(state, call)?;
    let branch = call.param("branch");
    let wiring = &mut call.repository_mut(state)?.wiring;
    wiring.signed.retain(|signed| signed != branch);
    if !on {
        return Ok(Answer::nothing());
    }
    wiring.signed.push(branch.to_owned());
    signed(state, call)
}

/// Where the protection is.
fn base(state: &State, call: &Call) -> Result<String, Answer> {
    let name = call.repository(state)?.full_name();
    Ok(format!("{}/repos/{name}/branches/{}/protection", state.bases.api, call.param("branch")))
}

fn shown(state: &State, call: &Call, kept: &Value) -> Result<Value, Answer> {
    let url = base(state, call)?;
    let mut all = shown_at(state, call, kept, &url)?;
    all.insert("url".to_owned(), json!(url));
    Ok(Value::Object(all))
}

/// The protection as GitHub tells it, part by part.
fn shown_at(state: &State, call: &Call, kept: &Value, url: &str) -> Result<Map<String, Value>, Answer> {
    let repository = call.repository(state)?;
    let mut all = Map::new();
    let signed = repository.wiring.signed.iter().any(|branch| branch == call.param("branch"));
    let switch = |part: &str, on: bool| json!({ "url": format!("{url}/{part}"), "enabled": on });
    all.insert("required_signatures".to_owned(), switch("required_signatures", signed));
    let admins = kept["enforce_admins"].as_bool().unwrap_or(false);
    all.insert("enforce_admins".to_owned(), switch("enforce_admins", admins));
    for name in SWITCHES {
        all.insert(name.to_owned(), json!({ "enabled": kept[name].as_bool().unwrap_or(false) }));
    }
    if let Some(checks) = kept["required_status_checks"].as_object() {
        all.insert("required_status_checks".to_owned(), checks_shown(checks, url));
    }
    if let Some(reviews) = kept["required_pull_request_reviews"].as_object() {
        let shown = reviews_shown(state, &repository.owner, reviews, url);
        all.insert("required_pull_request_reviews".to_owned(), shown);
    }
    if kept["restrictions"].is_object() {
        let shown =
            people(state, &repository.owner, &kept["restrictions"], Some(&format!("{url}/restrictions")));
        all.insert("restrictions".to_owned(), shown);
    }
    Ok(all)
}

/// Checks may be given by name or with the App that must report them; both forms are told.
fn checks_shown(checks: &Map<String, Value>, url: &str) -> Value {
    let list = |key: &str| checks.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
    let given = list("checks");
    let all: Vec<Value> = if given.is_empty() {
        list("contexts").into_iter().map(|context| json!({ "context": context, "app_id": null })).collect()
    } else {
        given
            .iter()
            .map(|one| json!({ "context": one["context"], "app_id": one["app_id"].as_i64() }))
            .collect()
    };
    json!({
        "url": format!("{url}/required_status_checks"),
        "strict": checks.get("strict").and_then(Value::as_bool).unwrap_or(false),
        "contexts": all.iter().map(|one| one["context"].clone()).collect::<Vec<_>>(),
        "contexts_url": format!("{url}/required_status_checks/contexts"),
        "checks": all,
    })
}

fn reviews_shown(state: &State, owner: &str, reviews: &Map<String, Value>, url: &str) -> Value {
    let url = format!("{url}/required_pull_request_reviews");
    let flag = |key: &str| reviews.get(key).and_then(Value::as_bool).unwrap_or(false);
    let mut shown = json!({
        "url": url,
        "dismiss_stale_reviews": flag("dismiss_stale_reviews"),
        "require_code_owner_reviews": flag("require_code_owner_reviews"),
        "require_last_push_approval": flag("require_last_push_approval"),
        "required_approving_review_count":
            reviews.get("required_approving_review_count").and_then(Value::as_u64).unwrap_or(1),
    });
    let some = |list: &&Value| list.as_object().is_some_and(|list| !list.is_empty());
    if let Some(list) = reviews.get("dismissal_restrictions").filter(some) {
        let mut listed = people(state, owner, list, Some(&format!("{url}/dismissal_restrictions")));
        if let Some(listed) = listed.as_object_mut() {
            listed.shift_remove("apps_url");
        }
        shown["dismissal_restrictions"] = listed;
    }
    if let Some(list) = reviews.get("bypass_pull_request_allowances").filter(some) {
        shown["bypass_pull_request_allowances"] = people(state, owner, list, None);
    }
    shown
}

/// Users, teams and Apps, by their names in a body.
fn people(state: &State, owner: &str, list: &Value, url: Option<&str>) -> Value {
    let names = |key: &str| list[key].as_array().into_iter().flatten().filter_map(Value::as_str);
    let owner = state.account(owner);
    let team_of =
        |slug: &str| owner.and_then(|owner| Some(team::team(state, owner, owner.teams.get(slug)?, "push")));
    let app_of = |slug: &str| state.apps.iter().find(|app| app.slug == slug).map(|one| app::app(state, one));
    let mut object = json!({
        "users": names("users").map(|login| account::simple_of(state, login)).collect::<Vec<_>>(),
        "teams": names("teams").filter_map(team_of).collect::<Vec<_>>(),
        "apps": names("apps").filter_map(app_of).collect::<Vec<_>>(),
    });
    if let Some(url) = url {
        object["url"] = json!(url);
        for kind in ["users", "teams", "apps"] {
            object[format!("{kind}_url")] = json!(format!("{url}/{kind}"));
        }
    }
    object
}
