//! Sets of rules of a repository, and which rules a branch has. A branch need not be there to have rules.

mod globs;

use serde_json::{Value, json};

use super::{list, protection};
use crate::auth::permission::Needs;
use crate::call::{Answer, Call};
use crate::clock::written;
use crate::errors;
use crate::router::{Route, route};
use crate::shapes::node_id;
use crate::state::State;
use crate::state::repository::Repository;
use crate::state::wiring::Ruleset;

const READ: Needs = Needs::Repository(&[("metadata", "read")]);
const WRITE: Needs = Needs::Repository(&[("administration", "write")]);
const ALL: &str = "/repos/{owner}/{repo}/rulesets";
const ONE: &str = "/repos/{owner}/{repo}/rulesets/{ruleset_id}";

pub(crate) const ROUTES: &[Route] = &[
    route("GET", ALL, "repos/get-repo-rulesets", READ, all),
    route("POST", ALL, "repos/create-repo-ruleset", WRITE, create),
    route("GET", ONE, "repos/get-repo-ruleset", READ, get),
    route("PUT", ONE, "repos/update-repo-ruleset", WRITE, update),
    route("DELETE", ONE, "repos/delete-repo-ruleset", WRITE, delete),
    route("GET", "/repos/{owner}/{repo}/rules/branches/{branch}", "repos/get-branch-rules", READ, of_branch),
];

/// The active rules of a branch, each with its set.
pub(crate) fn rules_of<'state>(
    repository: &'state Repository,
    branch: &str,
) -> impl Iterator<Item = (&'state Ruleset, &'state Value)> {
    let name = format!("refs/heads/{branch}");
    let is_default = branch == repository.default_branch;
    let sets =
        repository.wiring.rulesets.iter().filter(|set| set.target == "branch" && set.enforcement == "active");
    let sets = sets.filter(move |set| globs::covers(&set.conditions, &name, is_default));
    sets.flat_map(|set| set.rules.iter().map(move |rule| (set, rule)))
}

fn ready<'state>(state: &'state State, call: &Call) -> Result<&'state Repository, Answer> {
    let repository = call.repository(state)?;
    protection::paid(state, repository)?;
    Ok(repository)
}

fn found<'state>(state: &'state State, call: &Call) -> Result<(&'state Repository, &'state Ruleset), Answer> {
    let (repository, id) = (ready(state, call)?, call.number("ruleset_id")?);
    let set = repository.wiring.rulesets.iter().find(|set| set.id == id);
    Ok((repository, set.ok_or_else(errors::not_found)?))
}

fn all(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let repository = ready(state, call)?;
    let all = repository.wiring.rulesets.iter().map(|set| shown(state, repository, set, false)).collect();
    Ok(list(state, call, all))
}

fn get(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let (repository, set) = found(state, call)?;
    Ok(Answer::ok(shown(state, repository, set, true)))
}

fn create(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    ready(state, call)?;
    let (id, now) = (state.next_id(), state.now);
    let mut set = Ruleset {
        id,
        name: String::new(),
        target: "branch".to_owned(),
        enforcement: "disabled".to_owned(),
        bypass_actors: Vec::new(),
        conditions: json!({ "ref_name": { "include": [], "exclude": [] } }),
        rules: Vec::new(),
        created: now,
        updated: now,
    };
    fill(state, call, &mut set)?;
    call.repository_mut(state)?.wiring.rulesets.push(set.clone());
    Ok(Answer::created(shown(state, call.repository(state)?, &set, true)))
}

fn update(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let mut set = found(state, call)?.1.clone();
    fill(state, call, &mut set)?;
    set.updated = state.now;
    let sets = &mut call.repository_mut(state)?.wiring.rulesets;
    if let Some(place) = sets.iter_mut().find(|one| one.id == set.id) {
        *place = set;
    }
    get(state, call)
}

fn delete(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let id = found(state, call)?.1.id;
    call.repository_mut(state)?.wiring.rulesets.retain(|set| set.id != id);
    Ok(Answer::nothing())
}

/// Sets what a body gives.
fn fill(state: &State, call: &Call, set: &mut Ruleset) -> Result<(), Answer> {
    let repository = call.repository(state)?;
    let refuse = |why: String| Err(errors::invalid("Validation Failed", &[json!(why)]));
    for (key, place) in
        [("name", &mut set.name), ("target", &mut set.target), ("enforcement", &mut set.enforcement)]
    {
        if let Some(text) = call.text(key) {
            text.clone_into(place);
        }
    }
    if repository.wiring.rulesets.iter().any(|one| one.name == set.name && one.id != set.id) {
        return refuse("Name must be unique".to_owned());
    }
    if let Some(actors) = call.body["bypass_actors"].as_array() {
        if let Some(actor) = actors.iter().find(|actor| !actor_known(state, repository, actor)) {
            let kind = actor["actor_type"].as_str().unwrap_or_default().to_lowercase();
            return refuse(format!("Actor {kind} must be part of the ruleset source or owner organization"));
        }
        set.bypass_actors = actors.iter().map(actor).collect();
    }
    if call.body["conditions"].is_object() {
        set.conditions = call.body["conditions"].clone();
    }
    if let Some(rules) = call.body["rules"].as_array() {
        set.rules = rules.iter().map(completed).collect();
    }
    Ok(())
}

fn actor(given: &Value) -> Value {
    json!({
        "actor_id": given["actor_id"],
        "actor_type": given["actor_type"],
        "bypass_mode": given["bypass_mode"].as_str().unwrap_or("always"),
    })
}

fn actor_known(state: &State, repository: &Repository, actor: &Value) -> bool {
    let id = actor["actor_id"].as_u64().unwrap_or(0);
    match actor["actor_type"].as_str() {
        Some("Team") => {
            let owner = state.account(&repository.owner);
            owner.is_some_and(|owner| owner.teams.values().any(|team| team.id == id))
        }
        // 15368 is GitHub Actions itself.
        Some("Integration") => id == 15368 || state.installed(id, &repository.owner).is_some(),
        Some("User") => state.accounts.values().any(|account| account.id == id),
        // Maintain, write and admin.
        Some("RepositoryRole") => [2, 4, 5].contains(&id),
        _ => true,
    }
}

/// A rule with what GitHub adds where it was left out.
fn completed(rule: &Value) -> Value {
    let mut rule = rule.clone();
    let more = match rule["type"].as_str() {
        Some("pull_request") => {
            json!({ "allowed_merge_methods": ["merge", "squash", "rebase"], "required_reviewers": [] })
        }
        Some("required_status_checks") => json!({ "do_not_enforce_on_create": false }),
        _ => return rule,
    };
    if let (Some(parameters), Some(more)) = (rule["parameters"].as_object_mut(), more.as_object()) {
        for (key, value) in more {
            parameters.entry(key.as_str()).or_insert_with(|| value.clone());
        }
    }
    rule
}

fn shown(state: &State, repository: &Repository, set: &Ruleset, whole: bool) -> Value {
    let name = repository.full_name();
    let mut object = json!({
        "id": set.id,
        "name": set.name,
        "target": set.target,
        "source_type": "Repository",
        "source": name,
        "enforcement": set.enforcement,
        "node_id": node_id("RRS", set.id),
        "_links": {
            "self": { "href": format!("{}/repos/{name}/rulesets/{}", state.bases.api, set.id) },
            "html": { "href": format!("{}/{name}/rules/{}", state.bases.web, set.id) },
        },
        "created_at": written(set.created),
        "updated_at": written(set.updated),
    });
    if whole {
        object["bypass_actors"] = json!(set.bypass_actors);
        object["current_user_can_bypass"] = json!("never");
        object["conditions"] = set.conditions.clone();
        object["rules"] = json!(set.rules);
    }
    object
}

fn of_branch(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let repository = ready(state, call)?;
    let rules = rules_of(repository, call.param("branch")).map(|(set, rule)| {
        let mut rule = rule.clone();
        rule["ruleset_source_type"] = json!("Repository");
        rule["ruleset_source"] = json!(repository.full_name());
        rule["ruleset_id"] = json!(set.id);
        rule
    });
    Ok(list(state, call, rules.collect()))
}
