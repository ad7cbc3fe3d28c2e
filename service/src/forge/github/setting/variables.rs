//! Variables of a repository's workflows, or of one environment. Others than those that are wanted stay.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::plan::{Act, At, Plan, cut, refused, text};
use crate::forge::github::answer::Failure;
use crate::forge::github::client::Ask;
use crate::forge::github::route::Route;
use crate::forge::{Change, checked};

/// What differs of the variables of the repository, or of an environment.
pub(super) async fn look(
    at: &At<'_>,
    environment: Option<&str>,
    wanted: &BTreeMap<String, String>,
) -> Result<Plan, Failure> {
    if wanted.is_empty() {
        return Ok(Plan::default());
    }
    let found = at.list(route(at, environment)?, Some("variables")).await?;
    plan(at, environment, wanted, &found)
}

/// What is to be done where `found` is there.
pub(super) fn plan(
    at: &At<'_>,
    environment: Option<&str>,
    wanted: &BTreeMap<String, String>,
    found: &[Value],
) -> Result<Plan, Failure> {
    let mut plan = Plan::default();
    for (name, value) in checked::by_name("variable", wanted).map_err(refused)? {
        let what = match environment {
            Some(environment) => format!("variable `{name}` of the environment `{environment}`"),
            None => format!("variable `{name}`"),
        };
        let one = || route(at, environment)?.name(&name).map_err(refused);
        let current = found.iter().find(|item| text(item, "name").eq_ignore_ascii_case(&name));
        match current.map(|item| text(item, "value")) {
            Some(current) if current == value => {}
            Some(current) => {
                plan.differs(Change::replace(what, Some(cut(current)), Some(cut(value))));
                plan.ask(Ask::patch(one()?, json!({ "value": value })));
            }
            None => {
                plan.differs(Change::add(what, Some(cut(value))));
                let make = Ask::post(route(at, environment)?, json!({ "name": name, "value": value }));
                plan.act(Act::Or(make, Ask::patch(one()?, json!({ "value": value }))));
            }
        }
    }
    Ok(plan)
}

fn route(at: &At<'_>, environment: Option<&str>) -> Result<Route, Failure> {
    match environment {
        Some(name) => Ok(at.route("environments")?.name(name).map_err(refused)?.then("variables")),
        None => at.route("actions/variables"),
    }
}
