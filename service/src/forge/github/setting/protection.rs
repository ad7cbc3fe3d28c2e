//! Classic protection of a branch.
//!
//! GitHub takes it in one form and shows it in another; both meet in the form in which it is given. What is not said
//! stays as it is. That somebody else has protected the branch first, such as a bot of the organisation, is no failure.

use serde_json::{Map, Value, json};

use super::compare::{holds, overlaid};
use super::plan::{At, Plan, flag, refused, shown};
use crate::forge::Change;
use crate::forge::github::answer::Failure;
use crate::forge::github::client::Ask;

/// What GitHub wants to be told each time, if only that there is none of it.
const NEEDED: [&str; 4] =
    ["required_status_checks", "enforce_admins", "required_pull_request_reviews", "restrictions"];
/// What is on or off.
const FLAGS: [&str; 7] = [
    "required_linear_history",
    "allow_force_pushes",
    "allow_deletions",
    "block_creations",
    "required_conversation_resolution",
    "lock_branch",
    "allow_fork_syncing",
];
/// Has a request of its own.
const SIGNATURES: &str = "required_signatures";

/// What differs.
pub(super) async fn look(at: &At<'_>, branch: &str, rules: &Map<String, Value>) -> Result<Plan, Failure> {
    let route = at.route("branches")?.name(branch).map_err(refused)?.then("protection");
    let found = match at.get(route.clone()).await {
        Ok(found) => Some(found),
        Err(Failure::NotFound(message)) if message.contains("not protected") => None,
        // The branch is not there, or not yet.
        Err(error) => return Err(error),
    };
    let current = found.as_ref().map(given).unwrap_or_default();
    let mut wanted = rules.clone();
    let signatures = wanted.remove(SIGNATURES).and_then(|wanted| wanted.as_bool());
    let mut plan = Plan::default();
    let what = |key: &str| format!("`{key}` of the branch `{branch}`");
    if found.is_none() {
        let after = shown(&Value::Object(rules.clone()));
        plan.differs(Change::add(format!("protection of the branch `{branch}`"), after));
    } else {
        for (key, wanted) in &wanted {
            let current = current.get(key).unwrap_or(&Value::Null);
            if !holds(current, wanted) {
                plan.differs(Change::replace(what(key), shown(current), shown(wanted)));
            }
        }
    }
    if !plan.changes.is_empty() {
        plan.ask(Ask::put(route.clone(), Some(body(&current, &wanted))));
    }
    let signed = found.as_ref().and_then(|found| found.get(SIGNATURES)).is_some_and(|it| flag(it, "enabled"));
    if let Some(wanted) = signatures.filter(|wanted| *wanted != signed) {
        if found.is_some() {
            let (before, after) = (Some(signed.to_string()), Some(wanted.to_string()));
            plan.differs(Change::replace(what(SIGNATURES), before, after));
        }
        let route = route.then(SIGNATURES);
        plan.ask(if wanted {
            Ask { body: None, ..Ask::post(route, Value::Null) }
        } else {
            Ask::delete(route)
        });
    }
    Ok(plan)
}

/// Protection as GitHub shows it, in the form in which it is given.
fn given(found: &Value) -> Map<String, Value> {
    let mut rules = Map::new();
    let part = |key: &str| found.get(key).filter(|part| !part.is_null());
    if let Some(checks) = part("required_status_checks") {
        let each = |check: &Value| {
            let mut check = check.clone();
            if let Some(check) = check.as_object_mut() {
                check.retain(|_, value| !value.is_null());
            }
            check
        };
        let list: Vec<Value> =
            checks.get("checks").and_then(Value::as_array).into_iter().flatten().map(each).collect();
        let contexts = checks.get("contexts").cloned().unwrap_or_else(|| json!([]));
        rules.insert(
            "required_status_checks".to_owned(),
            json!({ "strict": flag(checks, "strict"), "contexts": contexts, "checks": list }),
        );
    }
    if let Some(admins) = part("enforce_admins") {
        rules.insert("enforce_admins".to_owned(), flag(admins, "enabled").into());
    }
    if let Some(Value::Object(reviews)) = part("required_pull_request_reviews") {
        let named = reviews.iter().filter(|(key, _)| *key != "url").map(|(key, value)| match value {
            Value::Object(_) => (key.clone(), names(value)),
            other => (key.clone(), other.clone()),
        });
        rules.insert("required_pull_request_reviews".to_owned(), Value::Object(named.collect()));
    }
    if let Some(restrictions) = part("restrictions") {
        rules.insert("restrictions".to_owned(), names(restrictions));
    }
    for key in FLAGS {
        if let Some(value) = part(key) {
            rules.insert(key.to_owned(), flag(value, "enabled").into());
        }
    }
    rules
}

/// Users, teams and Apps by their names.
fn names(found: &Value) -> Value {
    let of = |kind: &str, key: &str| -> Vec<Value> {
        let list = found.get(kind).and_then(Value::as_array);
        list.into_iter().flatten().filter_map(|item| item.get(key)).cloned().collect()
    };
    json!({ "users": of("users", "login"), "teams": of("teams", "slug"), "apps": of("apps", "slug") })
}

/// What is sent: what stays and what is wanted.
fn body(current: &Map<String, Value>, wanted: &Map<String, Value>) -> Value {
    let mut all = overlaid(current, wanted);
    for key in NEEDED {
        all.entry(key).or_insert(Value::Null);
    }
    if let Some(Value::Object(checks)) = all.get_mut("required_status_checks") {
        // Two ways to say the same; what stays must not contradict what is wanted.
        let said = |key: &str| wanted.get("required_status_checks").is_some_and(|it| it.get(key).is_some());
        if said("contexts") && !said("checks") {
            checks.remove("checks");
        }
        if said("checks") && !said("contexts") {
            checks.insert("contexts".to_owned(), json!([]));
        }
        checks.entry("contexts").or_insert_with(|| json!([]));
        checks.entry("strict").or_insert(Value::Bool(false));
    }
    if let Some(Value::Object(restrictions)) = all.get_mut("restrictions") {
        for kind in ["users", "teams"] {
            restrictions.entry(kind).or_insert_with(|| json!([]));
        }
    }
    Value::Object(all)
}

#[cfg(test)]
mod tests;
