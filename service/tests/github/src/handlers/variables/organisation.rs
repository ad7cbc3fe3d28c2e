//! Variables of an organisation, which all, its private or selected repositories get.

use serde_json::{Value, json};

use super::{add, change, shown};
use crate::auth::permission::Needs;
use crate::call::{Answer, Call};
use crate::errors;
use crate::handlers::counted;
use crate::handlers::secrets::{ids, reaches, repositories};
use crate::router::{Route, route};
use crate::state::State;
use crate::state::wiring::{Variable, Variables};

const READ: Needs = Needs::Organisation(&[("organization_actions_variables", "read")]);
const WRITE: Needs = Needs::Organisation(&[("organization_actions_variables", "write")]);
const ALL: &str = "/orgs/{org}/actions/variables";
const ONE: &str = "/orgs/{org}/actions/variables/{name}";
const SELECTED: &str = "/orgs/{org}/actions/variables/{name}/repositories";
const SELECTED_ONE: &str = "/orgs/{org}/actions/variables/{name}/repositories/{repository_id}";
const OF_REPOSITORY: &str = "/repos/{owner}/{repo}/actions/organization-variables";

pub(crate) const ROUTES: &[Route] = &[
    route("GET", ALL, "actions/list-org-variables", READ, list),
    route("POST", ALL, "actions/create-org-variable", WRITE, create),
    route("GET", ONE, "actions/get-org-variable", READ, get),
    route("PATCH", ONE, "actions/update-org-variable", WRITE, update),
    route("DELETE", ONE, "actions/delete-org-variable", WRITE, delete),
    route("GET", SELECTED, "actions/list-selected-repos-for-org-variable", READ, selected),
    route("PUT", SELECTED, "actions/set-selected-repos-for-org-variable", WRITE, select),
    route("PUT", SELECTED_ONE, "actions/add-selected-repo-to-org-variable", WRITE, |s, c| reach(s, c, true)),
    route("DELETE", SELECTED_ONE, "actions/remove-selected-repo-from-org-variable", WRITE, |s, c| {
        reach(s, c, false)
    }),
    route(
        "GET",
        OF_REPOSITORY,
        "actions/list-repo-organization-variables",
        Needs::Repository(&[("actions_variables", "read")]),
        of_repository,
    ),
];

fn variables<'state>(state: &'state mut State, call: &Call) -> Result<&'state mut Variables, Answer> {
    let account = state.accounts.get_mut(&call.param("org").to_lowercase());
    Ok(&mut account.ok_or_else(errors::not_found)?.variables)
}

fn variable<'state>(state: &'state mut State, call: &Call) -> Result<&'state mut Variable, Answer> {
    variables(state, call)?.get_mut(&call.param("name").to_uppercase()).ok_or_else(errors::not_found)
}

fn with_reach(api: &str, call: &Call, name: &str, variable: &Variable) -> Value {
    let mut object = shown(name, variable);
    object["visibility"] = json!(variable.visibility);
    if variable.visibility.as_deref() == Some("selected") {
        let org = call.param("org");
        object["selected_repositories_url"] =
            json!(format!("{api}/orgs/{org}/actions/variables/{name}/repositories"));
    }
    object
}

fn list(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let api = state.bases.api.clone();
    let all = variables(state, call)?.iter().map(|(name, one)| with_reach(&api, call, name, one)).collect();
    Ok(counted(state, call, "variables", all))
}

fn create(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let now = state.now;
    let variables = variables(state, call)?;
    let name = add(variables, call, now)?;
    set_reach(variables, &name, call);
    Ok(Answer::created(json!({})))
}

fn set_reach(variables: &mut Variables, name: &str, call: &Call) {
    if let Some(variable) = variables.get_mut(name)
        && let Some(visibility) = call.text("visibility")
    {
        variable.visibility = Some(visibility.to_owned());
        variable.repositories = ids(call);
    }
}

fn get(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let (api, name) = (state.bases.api.clone(), call.param("name").to_uppercase());
    Ok(Answer::ok(with_reach(&api, call, &name, variable(state, call)?)))
}

fn update(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let now = state.now;
    let variables = variables(state, call)?;
    let name = change(variables, call, now)?;
    set_reach(variables, &name, call);
    Ok(Answer::nothing())
}

fn delete(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    variables(state, call)?.remove(&call.param("name").to_uppercase()).ok_or_else(errors::not_found)?;
    Ok(Answer::nothing())
}

fn selected(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let ids = variable(state, call)?.repositories.clone();
    Ok(repositories(state, call, &ids))
}

fn select(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    variable(state, call)?.repositories = ids(call);
    Ok(Answer::nothing())
}

fn reach(state: &mut State, call: &Call, add: bool) -> Result<Answer, Answer> {
    let id = call.number("repository_id")?;
    if !state.repositories.contains_key(&id) {
        return Err(errors::not_found());
    }
    let variable = variable(state, call)?;
    if variable.visibility.as_deref() != Some("selected") {
        return Err(errors::error(409, "Conflict"));
    }
    if add {
        variable.repositories.insert(id);
    } else {
        variable.repositories.remove(&id);
    }
    Ok(Answer::nothing())
}

fn of_repository(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let repository = call.repository(state)?;
    let owner = state.account(&repository.owner).ok_or_else(errors::not_found)?;
    let reached = owner.variables.iter().filter(|(_, one)| {
        reaches(one.visibility.as_deref(), &one.repositories, repository.id, repository.is_private())
    });
    let all = reached.map(|(name, one)| shown(name, one)).collect();
    Ok(counted(state, call, "variables", all))
}
