//! Environments: who has to agree to a deployment, and what may be deployed.
//!
//! Putting an environment sets it as a whole: what the body leaves out is as if it were new. Its secrets and variables
//! stay.

use serde_json::{Value, json};

use super::counted;
use crate::auth::permission::Needs;
use crate::call::{Answer, Call};
use crate::clock::written;
use crate::errors;
use crate::router::{Route, route};
use crate::shapes::{account, node_id, team};
use crate::state::State;
use crate::state::repository::Repository;
use crate::state::vault::Vault;
use crate::state::wiring::{BranchPolicy, Environment, Reviewer, Variables};

const READ: Needs = Needs::Repository(&[("actions", "read"), ("environments", "read")]);
const WRITE: Needs = Needs::Repository(&[("administration", "write")]);
const ALL: &str = "/repos/{owner}/{repo}/environments";
const ONE: &str = "/repos/{owner}/{repo}/environments/{environment_name}";
const POLICIES: &str = "/repos/{owner}/{repo}/environments/{environment_name}/deployment-branch-policies";
const POLICY: &str =
    "/repos/{owner}/{repo}/environments/{environment_name}/deployment-branch-policies/{branch_policy_id}";

pub(crate) const ROUTES: &[Route] = &[
    route("GET", ALL, "repos/get-all-environments", READ, list),
    route("GET", ONE, "repos/get-environment", READ, get),
    route("PUT", ONE, "repos/create-or-update-environment", WRITE, put),
    route("DELETE", ONE, "repos/delete-an-environment", WRITE, delete),
    route("GET", POLICIES, "repos/list-deployment-branch-policies", READ, policies),
    route("POST", POLICIES, "repos/create-deployment-branch-policy", WRITE, add_policy),
    route("GET", POLICY, "repos/get-deployment-branch-policy", READ, policy),
    route("PUT", POLICY, "repos/update-deployment-branch-policy", WRITE, rename_policy),
    route("DELETE", POLICY, "repos/delete-deployment-branch-policy", WRITE, delete_policy),
];

fn list(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let repository = call.repository(state)?;
    let all = repository.wiring.environments.values().map(|one| shown(state, repository, one)).collect();
    Ok(counted(state, call, "environments", all))
}

fn get(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let repository = call.repository(state)?;
    let found =
        repository.wiring.environment(call.param("environment_name")).ok_or_else(errors::not_found)?;
    Ok(Answer::ok(shown(state, repository, found)))
}

fn put(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let name = call.param("environment_name").to_owned();
    if name.len() > 255 || name.contains(['\n', '\r', '\0', '`']) {
        return Err(errors::validation("Environment", "name", "invalid"));
    }
    let (now, id) = (state.now, state.next_id());
    let reviewers = reviewers(state, call)?;
    paid(state, call, !reviewers.is_empty())?;
    let branch_policy = branch_policy(&call.body["deployment_branch_policy"])?;
    let wiring = &mut call.repository_mut(state)?.wiring;
    let environment = wiring.environments.entry(name.to_lowercase()).or_insert_with(|| Environment {
        id,
        name,
        wait_timer: 0,
        prevent_self_review: false,
        reviewers: Vec::new(),
        branch_policy: None,
        branch_policies: Vec::new(),
        secrets: Vault::default(),
        variables: Variables::new(),
        created: now,
        updated: now,
    });
    environment.wait_timer = call.body["wait_timer"].as_u64().unwrap_or(0);
    environment.prevent_self_review = call.flag("prevent_self_review").unwrap_or(false);
    environment.reviewers = reviewers;
    environment.branch_policy = branch_policy;
    environment.updated = now;
    if !matches!(branch_policy, Some((_, true))) {
        environment.branch_policies.clear();
    }
    get(state, call)
}

/// Refuses rules that a free plan has only in public repositories.
fn paid(state: &State, call: &Call, reviewers: bool) -> Result<(), Answer> {
    let repository = call.repository(state)?;
    let free = state.account(&repository.owner).is_some_and(|owner| owner.free) && repository.is_private();
    let waits = call.body["wait_timer"].as_u64().unwrap_or(0) > 0;
    let rule = match (free, reviewers, waits) {
        (true, true, _) => "required reviewers",
        (true, false, true) => "wait timer",
        _ => return Ok(()),
    };
    Err(errors::unprocessable(&format!(
        "Failed to create the environment protection rule. Please ensure the billing plan supports the {rule} \
         protection rule."
    )))
}

/// The reviewers of a body, who must be there.
fn reviewers(state: &State, call: &Call) -> Result<Vec<Reviewer>, Answer> {
    let owner = call.repository(state)?.owner.clone();
    let listed = call.body["reviewers"].as_array().map(Vec::as_slice).unwrap_or_default();
    if listed.len() > 6 {
        return Err(errors::validation("Environment", "reviewers", "invalid"));
    }
    let reviewer = |one: &Value| {
        let id = one["id"].as_u64().unwrap_or(0);
        let found = if one["type"] == "Team" {
            let teams = state.account(&owner).map(|owner| &owner.teams);
            teams.is_some_and(|teams| teams.values().any(|team| team.id == id)).then_some(Reviewer::Team(id))
        } else {
            state.accounts.values().any(|user| user.id == id).then_some(Reviewer::User(id))
        };
        found.ok_or_else(|| errors::validation("Environment", "reviewers", "invalid"))
    };
    listed.iter().map(reviewer).collect()
}

fn branch_policy(body: &Value) -> Result<Option<(bool, bool)>, Answer> {
    let flag = |key: &str| body[key].as_bool().unwrap_or(false);
    match (body.is_object(), flag("protected_branches"), flag("custom_branch_policies")) {
        (false, ..) => Ok(None),
        (true, one, other) if one != other => Ok(Some((one, other))),
        _ => Err(errors::unprocessable(
            "The protected_branches and custom_branch_policies cannot have the same value.",
        )),
    }
}

fn delete(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let environments = &mut call.repository_mut(state)?.wiring.environments;
    environments.remove(&call.param("environment_name").to_lowercase()).ok_or_else(errors::not_found)?;
    Ok(Answer::nothing())
}

/// An environment as GitHub writes it.
fn shown(state: &State, repository: &Repository, one: &Environment) -> Value {
    let path = format!("{}/environments/{}", repository.full_name(), one.name);
    let rule = |number: u64, kind: &str| {
        let id = one.id * 10 + number;
        json!({ "id": id, "node_id": node_id("GA", id), "type": kind })
    };
    let mut rules = Vec::new();
    if one.wait_timer > 0 {
        rules.push(account::merged(rule(1, "wait_timer"), json!({ "wait_timer": one.wait_timer })));
    }
    if !one.reviewers.is_empty() {
        let reviewers: Vec<Value> =
            one.reviewers.iter().map(|who| reviewer(state, repository, *who)).collect();
        let more = json!({ "prevent_self_review": one.prevent_self_review, "reviewers": reviewers });
        rules.push(account::merged(rule(2, "required_reviewers"), more));
    }
    if one.branch_policy.is_some() {
        rules.push(rule(3, "branch_policy"));
    }
    let branch_policy = one.branch_policy.map(
        |(protected, custom)| json!({ "protected_branches": protected, "custom_branch_policies": custom }),
    );
    json!({
        "id": one.id,
        "node_id": node_id("EN", one.id),
        "name": one.name,
        "url": format!("{}/repos/{path}", state.bases.api),
        "html_url": format!("{}/{}/deployments/activity_log?environments_filter={}", state.bases.web, repository.full_name(), one.name),
        "created_at": written(one.created),
        "updated_at": written(one.updated),
        "protection_rules": rules,
        "deployment_branch_policy": branch_policy,
    })
}

fn reviewer(state: &State, repository: &Repository, who: Reviewer) -> Value {
    match who {
        Reviewer::User(id) => {
            let user = state.accounts.values().find(|user| user.id == id);
            json!({ "type": "User", "reviewer": user.map(|user| account::simple(state, user)) })
        }
        Reviewer::Team(id) => {
            let owner = state.account(&repository.owner);
            let found =
                owner.and_then(|owner| Some((owner, owner.teams.values().find(|team| team.id == id)?)));
            json!({ "type": "Team", "reviewer": found.map(|(owner, one)| team::team(state, owner, one, "pull")) })
        }
    }
}

/// The environment that the path names, if it has custom policies.
fn with_policies<'state>(state: &'state mut State, call: &Call) -> Result<&'state mut Environment, Answer> {
    let environments = &mut call.repository_mut(state)?.wiring.environments;
    let found = environments.get_mut(&call.param("environment_name").to_lowercase());
    found.filter(|one| matches!(one.branch_policy, Some((_, true)))).ok_or_else(errors::not_found)
}

fn policy_shown(one: &BranchPolicy) -> Value {
    json!({ "id": one.id, "node_id": node_id("GA", one.id), "name": one.name, "type": one.kind })
}

fn policies(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let environments = &call.repository(state)?.wiring;
    let found = environments.environment(call.param("environment_name")).ok_or_else(errors::not_found)?;
    let all = found.branch_policies.iter().map(policy_shown).collect();
    Ok(counted(state, call, "branch_policies", all))
}

fn add_policy(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let id = state.next_id();
    let place = format!("{}{}", state.bases.api, call.path);
    let environment = with_policies(state, call)?;
    let name = call.text("name").unwrap_or_default().to_owned();
    let kind = call.text("type").unwrap_or("branch").to_owned();
    let same = environment.branch_policies.iter().find(|one| one.name == name && one.kind == kind);
    if let Some(one) = same {
        let answer = Answer { status: 303, body: None, headers: Vec::new() };
        return Ok(answer.header("location", format!("{place}/{}", one.id)));
    }
    let policy = BranchPolicy { id, name, kind };
    let answer = Answer::ok(policy_shown(&policy));
    environment.branch_policies.push(policy);
    Ok(answer)
}

fn one_policy<'state>(state: &'state mut State, call: &Call) -> Result<&'state mut BranchPolicy, Answer> {
    let id = call.number("branch_policy_id")?;
    let policies = &mut with_policies(state, call)?.branch_policies;
    policies.iter_mut().find(|one| one.id == id).ok_or_else(errors::not_found)
}

fn policy(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    Ok(Answer::ok(policy_shown(one_policy(state, call)?)))
}

fn rename_policy(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let policy = one_policy(state, call)?;
    call.text("name").unwrap_or_default().clone_into(&mut policy.name);
    Ok(Answer::ok(policy_shown(policy)))
}

fn delete_policy(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let id = one_policy(state, call)?.id;
    with_policies(state, call)?.branch_policies.retain(|one| one.id != id);
    Ok(Answer::nothing())
}
