//! Variables of Actions: of a repository, of an environment, of an organisation.

mod organisation;

use serde_json::{Value, json};

use super::counted;
use super::secrets::proper_name;
use crate::auth::permission::Needs;
use crate::call::{Answer, Call};
use crate::clock::{Millis, written};
use crate::errors;
use crate::router::{Route, route};
use crate::state::State;
use crate::state::wiring::{Variable, Variables};

pub(crate) use organisation::ROUTES as OF_ORGANISATION;

const READ: Needs = Needs::Repository(&[("actions_variables", "read")]);
const WRITE: Needs = Needs::Repository(&[("actions_variables", "write")]);
const READ_ENVIRONMENT: Needs = Needs::Repository(&[("environments", "read")]);
const WRITE_ENVIRONMENT: Needs = Needs::Repository(&[("environments", "write")]);
const ALL: &str = "/repos/{owner}/{repo}/actions/variables";
const ONE: &str = "/repos/{owner}/{repo}/actions/variables/{name}";
const ALL_OF_ENVIRONMENT: &str = "/repos/{owner}/{repo}/environments/{environment_name}/variables";
const ONE_OF_ENVIRONMENT: &str = "/repos/{owner}/{repo}/environments/{environment_name}/variables/{name}";

pub(crate) const ROUTES: &[Route] = &[
    route("GET", ALL, "actions/list-repo-variables", READ, |s, c| list(own, s, c)),
    route("POST", ALL, "actions/create-repo-variable", WRITE, |s, c| create(own, s, c)),
    route("GET", ONE, "actions/get-repo-variable", READ, |s, c| get(own, s, c)),
    route("PATCH", ONE, "actions/update-repo-variable", WRITE, |s, c| update(own, s, c)),
    route("DELETE", ONE, "actions/delete-repo-variable", WRITE, |s, c| delete(own, s, c)),
    route("GET", ALL_OF_ENVIRONMENT, "actions/list-environment-variables", READ_ENVIRONMENT, |s, c| {
        list(environment, s, c)
    }),
    route("POST", ALL_OF_ENVIRONMENT, "actions/create-environment-variable", WRITE_ENVIRONMENT, |s, c| {
        create(environment, s, c)
    }),
    route("GET", ONE_OF_ENVIRONMENT, "actions/get-environment-variable", READ_ENVIRONMENT, |s, c| {
        get(environment, s, c)
    }),
    route("PATCH", ONE_OF_ENVIRONMENT, "actions/update-environment-variable", WRITE_ENVIRONMENT, |s, c| {
        update(environment, s, c)
    }),
    route("DELETE", ONE_OF_ENVIRONMENT, "actions/delete-environment-variable", WRITE_ENVIRONMENT, |s, c| {
        delete(environment, s, c)
    }),
];

/// The variables that a call is about.
type Find = for<'state> fn(&'state mut State, &Call) -> Result<&'state mut Variables, Answer>;

fn own<'state>(state: &'state mut State, call: &Call) -> Result<&'state mut Variables, Answer> {
    Ok(&mut call.repository_mut(state)?.wiring.variables)
}

fn environment<'state>(state: &'state mut State, call: &Call) -> Result<&'state mut Variables, Answer> {
    let environments = &mut call.repository_mut(state)?.wiring.environments;
    let found = environments.get_mut(&call.param("environment_name").to_lowercase());
    Ok(&mut found.ok_or_else(errors::not_found)?.variables)
}

fn list(find: Find, state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let all = find(state, call)?.iter().map(|(name, variable)| shown(name, variable)).collect();
    Ok(counted(state, call, "variables", all))
}

fn create(find: Find, state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let now = state.now;
    add(find(state, call)?, call, now)?;
    Ok(Answer::created(json!({})))
}

fn get(find: Find, state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let name = call.param("name").to_uppercase();
    let variable = find(state, call)?.get(&name).ok_or_else(errors::not_found)?;
    Ok(Answer::ok(shown(&name, variable)))
}

fn update(find: Find, state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let now = state.now;
    change(find(state, call)?, call, now)?;
    Ok(Answer::nothing())
}

fn delete(find: Find, state: &mut State, call: &Call) -> Result<Answer, Answer> {
    find(state, call)?.remove(&call.param("name").to_uppercase()).ok_or_else(errors::not_found)?;
    Ok(Answer::nothing())
}

fn shown(name: &str, variable: &Variable) -> Value {
    json!({
        "name": name,
        "value": variable.value,
        "created_at": written(variable.created),
        "updated_at": written(variable.updated),
    })
}

/// Adds the variable in a body; gives its name.
fn add(variables: &mut Variables, call: &Call, now: Millis) -> Result<String, Answer> {
    let name = proper_name("Variable", call.text("name").unwrap_or_default())?;
    let value = fitting(call.text("value").unwrap_or_default())?;
    if variables.contains_key(&name) {
        return Err(errors::error(409, "Already exists - Variable already exists"));
    }
    let variable = Variable {
        value,
        visibility: None,
        repositories: std::collections::BTreeSet::new(),
        created: now,
        updated: now,
    };
    variables.insert(name.clone(), variable);
    Ok(name)
}

/// Changes a variable as a body says, perhaps its name too; gives its name.
fn change(variables: &mut Variables, call: &Call, now: Millis) -> Result<String, Answer> {
    let name = call.param("name").to_uppercase();
    let mut variable = variables.get(&name).cloned().ok_or_else(errors::not_found)?;
    let renamed = call.text("name").map(|name| proper_name("Variable", name)).transpose()?;
    if let Some(value) = call.text("value") {
        variable.value = fitting(value)?;
    }
    variable.updated = now;
    let target = renamed.unwrap_or_else(|| name.clone());
    if target != name && variables.contains_key(&target) {
        return Err(errors::error(409, "Already exists - Variable already exists"));
    }
    variables.remove(&name);
    variables.insert(target.clone(), variable);
    Ok(target)
}

fn fitting(value: &str) -> Result<String, Answer> {
    if value.is_empty() {
        return Err(errors::unprocessable("Variable value is required"));
    }
    if value.len() > 48 * 1024 {
        return Err(errors::unprocessable("Variable value is too large (maximum is 48 KB)"));
    }
    Ok(value.to_owned())
}
