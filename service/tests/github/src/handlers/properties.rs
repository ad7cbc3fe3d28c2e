//! Custom properties: what an organisation defines, and the values of its repositories.

use serde_json::{Map, Value, json};

use crate::auth::permission::Needs;
use crate::call::{Answer, Call};
use crate::errors;
use crate::router::{Route, route};
use crate::state::State;
use crate::state::account::Account;

const DEFINITIONS_READ: Needs = Needs::Organisation(&[("organization_custom_properties", "read")]);
const DEFINITIONS_WRITE: Needs = Needs::Organisation(&[("organization_custom_properties", "admin")]);
const VALUES: &str = "/repos/{owner}/{repo}/properties/values";
const ALL: &str = "/orgs/{org}/properties/schema";
const ONE: &str = "/orgs/{org}/properties/schema/{custom_property_name}";

pub(crate) const ROUTES: &[Route] = &[
    route(
        "GET",
        VALUES,
        "repos/custom-properties-for-repos-get-repository-values",
        Needs::Repository(&[("metadata", "read")]),
        values,
    ),
    route(
        "PATCH",
        VALUES,
        "repos/custom-properties-for-repos-create-or-update-repository-values",
        Needs::Repository(&[("repository_custom_properties", "write")]),
        set_values,
    ),
    route("GET", ALL, "orgs/custom-properties-for-repos-get-organization-definitions", DEFINITIONS_READ, all),
    route(
        "PATCH",
        ALL,
        "orgs/custom-properties-for-repos-create-or-update-organization-definitions",
        DEFINITIONS_WRITE,
        define_all,
    ),
    route("GET", ONE, "orgs/custom-properties-for-repos-get-organization-definition", DEFINITIONS_READ, get),
    route(
        "PUT",
        ONE,
        "orgs/custom-properties-for-repos-create-or-update-organization-definition",
        DEFINITIONS_WRITE,
        define,
    ),
];

/// The organisation that owns the repository; users have no properties.
fn owner<'state>(state: &'state State, call: &Call) -> Result<&'state Account, Answer> {
    let repository = call.repository(state)?;
    state.organisation(&repository.owner)
}

fn values(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let (repository, owner) = (call.repository(state)?, owner(state, call)?);
    let all = owner.properties.iter().filter_map(|(name, definition)| {
        let value = repository.properties.get(name).or_else(|| definition.get("default_value"))?;
        (!value.is_null()).then(|| json!({ "property_name": name, "value": value }))
    });
    Ok(Answer::ok(Value::Array(all.collect())))
}

fn set_values(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let definitions = owner(state, call)?.properties.clone();
    let given = call.body["properties"].as_array().cloned().unwrap_or_default();
    for one in &given {
        let name = one["property_name"].as_str().unwrap_or_default();
        let Some(definition) = definitions.get(name) else {
            let why = format!("Property '{name}' is not defined for this organization");
            return Err(refused(&why));
        };
        fitting(definition, name, &one["value"])?;
    }
    let properties = &mut call.repository_mut(state)?.properties;
    for one in given {
        let name = one["property_name"].as_str().unwrap_or_default().to_owned();
        if one["value"].is_null() {
            properties.remove(&name);
        } else {
            properties.insert(name, one["value"].clone());
        }
    }
    Ok(Answer::nothing())
}

fn refused(message: &str) -> Answer {
    errors::invalid("Validation Failed", &[errors::custom("CustomProperty", "value", message)])
}

/// Refuses a value that the definition does not allow.
fn fitting(definition: &Map<String, Value>, name: &str, value: &Value) -> Result<(), Answer> {
    let allowed = definition.get("allowed_values").and_then(Value::as_array);
    let one_of = |value: &Value| allowed.is_some_and(|allowed| allowed.contains(value));
    let fits = match definition.get("value_type").and_then(Value::as_str) {
        _ if value.is_null() => definition.get("required") != Some(&Value::Bool(true)),
        Some("single_select") => one_of(value),
        Some("multi_select") => value.as_array().is_some_and(|values| values.iter().all(one_of)),
        Some("true_false") => value == "true" || value == "false",
        Some("url") => value.as_str().is_some_and(|text| text.contains("://")),
        _ => value.is_string(),
    };
    if fits { Ok(()) } else { Err(refused(&format!("Invalid value for property '{name}'"))) }
}

fn all(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let definitions = state.organisation(call.param("org"))?.properties.values();
    Ok(Answer::ok(Value::Array(definitions.cloned().map(Value::Object).collect())))
}

fn get(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let definitions = &state.organisation(call.param("org"))?.properties;
    let found = definitions.get(call.param("custom_property_name")).cloned();
    found.map(|definition| Answer::ok(Value::Object(definition))).ok_or_else(errors::not_found)
}

/// Keeps a definition; gives it as GitHub tells it.
fn keep(state: &mut State, call: &Call, name: &str, given: &Value) -> Result<Value, Answer> {
    let org = call.param("org").to_lowercase();
    let mut definition = Map::new();
    definition.insert("property_name".to_owned(), json!(name));
    definition
        .insert("url".to_owned(), json!(format!("{}/orgs/{org}/properties/schema/{name}", state.bases.api)));
    definition.insert("source_type".to_owned(), json!("organization"));
    definition.insert("required".to_owned(), json!(false));
    definition.insert("values_editable_by".to_owned(), json!("org_actors"));
    definition.extend(given.as_object().cloned().unwrap_or_default());
    let account = state.accounts.get_mut(&org).ok_or_else(errors::not_found)?;
    account.properties.insert(name.to_owned(), definition.clone());
    Ok(Value::Object(definition))
}

fn define_all(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let given = call.body["properties"].as_array().cloned().unwrap_or_default();
    let kept =
        given.iter().map(|one| keep(state, call, one["property_name"].as_str().unwrap_or_default(), one));
    let kept: Result<Vec<Value>, Answer> = kept.collect();
    Ok(Answer::ok(Value::Array(kept?)))
}

fn define(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    Ok(Answer::ok(keep(state, call, call.param("custom_property_name"), &call.body)?))
}
