//! What each operation does, one file per area.
//!
//! A new area adds its file and its line in [`TABLE`].

pub(crate) mod accounts;
pub(crate) mod actions;
pub(crate) mod apps;
pub(crate) mod codeowners;
pub(crate) mod contents;
pub(crate) mod deliveries;
pub(crate) mod environments;
pub(crate) mod git_data;
pub(crate) mod graphql;
pub(crate) mod hooks;
pub(crate) mod issues;
pub(crate) mod keys;
pub(crate) mod labels;
pub(crate) mod meta;
pub(crate) mod pages;
pub(crate) mod people;
pub(crate) mod properties;
pub(crate) mod protection;
pub(crate) mod pulls;
pub(crate) mod references;
pub(crate) mod repositories;
pub(crate) mod root;
pub(crate) mod rulesets;
pub(crate) mod search;
pub(crate) mod secrets;
pub(crate) mod statuses;
pub(crate) mod switches;
pub(crate) mod teams;
pub(crate) mod variables;
pub(crate) mod workflows;

use serde_json::Value;

use crate::call::{Answer, Call};
use crate::router::Route;
use crate::state::State;

/// Every operation, area by area.
pub(crate) const TABLE: &[&[Route]] = &[
    accounts::ROUTES,
    actions::ROUTES,
    apps::ROUTES,
    codeowners::ROUTES,
    contents::ROUTES,
    deliveries::ROUTES,
    environments::ROUTES,
    git_data::ROUTES,
    graphql::ROUTES,
    hooks::ROUTES,
    issues::ROUTES,
    issues::PARTS,
    keys::ROUTES,
    labels::ROUTES,
    meta::ROUTES,
    pages::ROUTES,
    people::ROUTES,
    properties::ROUTES,
    protection::ROUTES,
    pulls::ROUTES,
    pulls::MERGING,
    pulls::REVIEWS,
    references::ROUTES,
    repositories::ROUTES,
    root::ROUTES,
    rulesets::ROUTES,
    search::ROUTES,
    secrets::ROUTES,
    secrets::OF_ORGANISATION,
    statuses::ROUTES,
    switches::ROUTES,
    teams::ROUTES,
    variables::ROUTES,
    variables::OF_ORGANISATION,
    workflows::ROUTES,
];

/// The page of a list that was asked for.
pub(crate) fn page(call: &Call, all: Vec<Value>) -> Vec<Value> {
    let (page, per_page) = asked(call);
    all.into_iter().skip((page - 1) * per_page).take(per_page).collect()
}

/// Which page of how many was asked for.
fn asked(call: &Call) -> (usize, usize) {
    let number = |name: &str| call.query.get(name).and_then(|text| text.parse::<usize>().ok());
    // Of variables GitHub tells 30 at once at most.
    let most = if call.operation.ends_with("-variables") { 30 } else { 100 };
    let per_page = number("per_page").unwrap_or(30).clamp(1, most);
    (number("page").unwrap_or(1).max(1), per_page)
}

/// A page of a list with the links to the others.
pub(crate) fn list(state: &State, call: &Call, all: Vec<Value>) -> Answer {
    let count = all.len();
    linked(state, call, count, Answer::ok(Value::Array(page(call, all))))
}

/// The links to the other pages of so many things.
pub(crate) fn linked(state: &State, call: &Call, count: usize, answer: Answer) -> Answer {
    let (page, per_page) = asked(call);
    let last = count.div_ceil(per_page).max(1);
    let place = by_id(state, call);
    let link = |number: usize, name: &str| {
        let others: String = call
            .query
            .iter()
            .filter(|(name, _)| *name != "page")
            .map(|(name, value)| format!("{name}={value}&"))
            .collect();
        format!("<{}{place}?{others}page={number}>; rel=\"{name}\"", state.bases.api)
    };
    let mut links = Vec::new();
    if page > 1 {
        links.push(link((page - 1).min(last), "prev"));
    }
    if page < last {
        links.push(link(page + 1, "next"));
        links.push(link(last, "last"));
    }
    if page > 1 {
        links.push(link(1, "first"));
    }
    if links.is_empty() { answer } else { answer.header("link", links.join(", ")) }
}

/// The path of a call as GitHub links to its pages: by the id of the repository or the organisation.
fn by_id(state: &State, call: &Call) -> String {
    let after = |names: usize| {
        let rest: Vec<&str> = call.path.split('/').skip(names).collect();
        if rest.is_empty() { String::new() } else { format!("/{}", rest.join("/")) }
    };
    match (call.repository, state.account(call.param("org"))) {
        (Some(id), None) if call.path.starts_with("/repos/") => format!("/repositories/{id}{}", after(4)),
        (None, Some(account)) if call.path.starts_with("/orgs/") => {
            format!("/organizations/{}{}", account.id, after(3))
        }
        _ => call.path.clone(),
    }
}

/// A page of a list under a key, with how many there are.
pub(crate) fn counted(state: &State, call: &Call, key: &str, all: Vec<Value>) -> Answer {
    let count = all.len();
    let mut body = serde_json::json!({ "total_count": count });
    body[key] = Value::Array(page(call, all));
    linked(state, call, count, Answer::ok(body))
}
