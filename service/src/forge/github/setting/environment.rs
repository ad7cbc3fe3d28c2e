//! An environment with all that is in it.
//!
//! Patterns of branches and tags are exactly those that are wanted; other variables and secrets stay. A reviewer that
//! does not exist is an error that names it, before anything is changed.

use serde_json::{Value, json};

use super::compare::holds;
use super::plan::{At, Plan, flag, id, refused, shown, text};
use super::secrets::{self, Scope};
use super::variables;
use crate::forge::github::answer::Failure;
use crate::forge::github::client::Ask;
use crate::forge::github::route::Route;
use crate::forge::{BranchPolicy, Change, EnvironmentSetting, Reviewer};

/// What differs.
pub(super) async fn look(at: &At<'_>, wanted: &EnvironmentSetting) -> Result<Plan, Failure> {
    let route = at.route("environments")?.name(&wanted.name).map_err(refused)?;
    let found = at.find(route.clone()).await?;
    let mut plan = Plan::default();
    let rules = rules(at, wanted, found.as_ref()).await?;
    match &found {
        None => plan.differs(Change::add(format!("environment `{}`", wanted.name), None)),
        Some(found) => {
            let current = current(found);
            for (key, after) in rules.as_object().into_iter().flatten() {
                let before = current.get(key).unwrap_or(&Value::Null);
                if !holds(before, after) || before.is_null() != after.is_null() {
                    let what = format!("{} of the environment `{}`", words(key), wanted.name);
                    let (before, after) = match key.as_str() {
                        "reviewers" => (reviewers_of(found), wanted.reviewers.as_deref().map(listed)),
                        _ => (shown(before), shown(after)),
                    };
                    plan.differs(Change::replace(what, before, after));
                }
            }
        }
    }
    if !plan.changes.is_empty() {
        plan.ask(Ask::put(route.clone(), Some(rules)));
    }
    plan.then(patterns(at, wanted, found.as_ref(), route).await?);
    plan.then(contents(at, wanted, found.is_some()).await?);
    Ok(plan)
}

/// Variables and secrets. There are none where there is no environment yet.
async fn contents(at: &At<'_>, wanted: &EnvironmentSetting, is_there: bool) -> Result<Plan, Failure> {
    let (name, scope) = (wanted.name.as_str(), Scope::Environment(wanted.name.clone()));
    if is_there {
        let mut plan = variables::look(at, Some(name), &wanted.variables).await?;
        plan.then(secrets::look(at, scope, &wanted.secrets).await?);
        return Ok(plan);
    }
    let mut plan = variables::plan(at, Some(name), &wanted.variables, &[])?;
    plan.then(secrets::plan(at, scope, &wanted.secrets, &[]).await?);
    Ok(plan)
}

/// What is sent of the environment itself: GitHub takes all of it each time, so what is not said is as it was.
async fn rules(at: &At<'_>, wanted: &EnvironmentSetting, found: Option<&Value>) -> Result<Value, Failure> {
    let mut rules = current(found.unwrap_or(&Value::Null));
    let mut set = |key: &str, value: Value| {
        if let Some(rules) = rules.as_object_mut() {
            rules.insert(key.to_owned(), value);
        }
    };
    if let Some(minutes) = wanted.wait_minutes {
        set("wait_timer", minutes.into());
    }
    if let Some(prevent) = wanted.prevent_self_review {
        set("prevent_self_review", prevent.into());
    }
    match policy(wanted) {
        None => {}
        Some(BranchPolicy::All) => set("deployment_branch_policy", Value::Null),
        Some(BranchPolicy::Protected) => set(
            "deployment_branch_policy",
            json!({ "protected_branches": true, "custom_branch_policies": false }),
        ),
        Some(BranchPolicy::Listed) => set(
            "deployment_branch_policy",
            json!({ "protected_branches": false, "custom_branch_policies": true }),
        ),
    }
    if let Some(reviewers) = &wanted.reviewers {
        let mut ids = Vec::new();
        for reviewer in reviewers {
            ids.push(reviewer_id(at, reviewer, found).await?);
        }
        set("reviewers", ids.into());
    }
    Ok(rules)
}

/// Patterns are only there for one policy.
fn policy(wanted: &EnvironmentSetting) -> Option<BranchPolicy> {
    let has_patterns = !wanted.branch_patterns.is_empty() || !wanted.tag_patterns.is_empty();
    wanted.branches.or(has_patterns.then_some(BranchPolicy::Listed))
}

/// An environment as GitHub shows it, in the form in which it is given.
fn current(found: &Value) -> Value {
    let rule = |kind: &str| rule(found, kind);
    let wait = rule("wait_timer").and_then(|rule| rule.get("wait_timer")).and_then(Value::as_u64);
    let reviewers: Vec<Value> =
        reviewers(found).map(|(kind, reviewer)| json!({ "type": kind, "id": id(reviewer) })).collect();
    json!({
        "wait_timer": wait.unwrap_or_default(),
        "prevent_self_review": rule("required_reviewers").is_some_and(|rule| flag(rule, "prevent_self_review")),
        "reviewers": reviewers,
        "deployment_branch_policy": found.get("deployment_branch_policy").cloned().unwrap_or_default(),
    })
}

fn rule<'v>(found: &'v Value, kind: &str) -> Option<&'v Value> {
    let rules = found.get("protection_rules").and_then(Value::as_array);
    rules.into_iter().flatten().find(|rule| text(rule, "type") == kind)
}

/// Kind and reviewer of each.
fn reviewers(found: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let list = rule(found, "required_reviewers").and_then(|rule| rule.get("reviewers"));
    list.and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|item| item.get("reviewer").map(|reviewer| (text(item, "type"), reviewer)))
}

/// `{type, id}` of a reviewer; who is one already is not looked up.
async fn reviewer_id(at: &At<'_>, wanted: &Reviewer, found: Option<&Value>) -> Result<Value, Failure> {
    let (kind, key, name) = match wanted {
        Reviewer::User(name) => ("User", "login", name),
        Reviewer::Team(name) => ("Team", "slug", name),
    };
    let known = found
        .into_iter()
        .flat_map(reviewers)
        .find(|(of, reviewer)| *of == kind && text(reviewer, key).eq_ignore_ascii_case(name));
    if let Some((_, reviewer)) = known {
        return Ok(json!({ "type": kind, "id": id(reviewer) }));
    }
    let route = match wanted {
        Reviewer::User(name) => Route::fixed("users").name(name),
        Reviewer::Team(name) => {
            Route::fixed("orgs").name(&at.slug.owner).and_then(|route| route.then("teams").name(name))
        }
    };
    match at.find(route.map_err(refused)?).await? {
        Some(found) => Ok(json!({ "type": kind, "id": id(&found) })),
        None if kind == "Team" => Err(Failure::Unaskable(format!(
            "there is no team `{name}` in `{}` that could review, or it may not be seen; check its short name",
            at.slug.owner
        ))),
        None => {
            Err(Failure::Unaskable(format!("there is no user `{name}` who could review; check the name")))
        }
    }
}

fn reviewers_of(found: &Value) -> Option<String> {
    let names: Vec<&str> = reviewers(found)
        .map(|(kind, reviewer)| text(reviewer, if kind == "Team" { "slug" } else { "login" }))
        .collect();
    (!names.is_empty()).then(|| names.join(", "))
}

fn listed(reviewers: &[Reviewer]) -> String {
    let name = |reviewer: &Reviewer| match reviewer {
        Reviewer::User(name) | Reviewer::Team(name) => name.clone(),
    };
    reviewers.iter().map(name).collect::<Vec<_>>().join(", ")
}

fn words(key: &str) -> &'static str {
    match key {
        "wait_timer" => "minutes to wait",
        "prevent_self_review" => "no review of one's own",
        "reviewers" => "reviewers",
        _ => "branches that may deploy",
    }
}

/// Patterns: what is missing comes, what is not wanted goes.
async fn patterns(
    at: &At<'_>,
    wanted: &EnvironmentSetting,
    found: Option<&Value>,
    route: Route,
) -> Result<Plan, Failure> {
    let mut plan = Plan::default();
    if policy(wanted) != Some(BranchPolicy::Listed) {
        return Ok(plan);
    }
    let route = route.then("deployment-branch-policies");
    let has_some = found
        .and_then(|found| found.get("deployment_branch_policy"))
        .is_some_and(|policy| flag(policy, "custom_branch_policies"));
    let current = if has_some { at.list(route.clone(), Some("branch_policies")).await? } else { Vec::new() };
    let kind_of = |item: &Value| if text(item, "type") == "tag" { "tag" } else { "branch" };
    let mut wanted_all: Vec<(&str, &str)> = Vec::new();
    for (kind, names) in [("branch", &wanted.branch_patterns), ("tag", &wanted.tag_patterns)] {
        for name in names {
            if !wanted_all.contains(&(kind, name)) {
                wanted_all.push((kind, name));
            }
        }
    }
    let what = |kind: &str, name: &str| format!("{kind} `{name}` that may deploy to `{}`", wanted.name);
    for (kind, name) in &wanted_all {
        if !current.iter().any(|item| kind_of(item) == *kind && text(item, "name") == *name) {
            plan.differs(Change::add(what(kind, name), None));
            plan.ask(Ask::post(route.clone(), json!({ "name": name, "type": kind })));
        }
    }
    for item in &current {
        let (kind, name) = (kind_of(item), text(item, "name"));
        if !wanted_all.contains(&(kind, name)) {
            plan.differs(Change::remove(what(kind, name), None));
            plan.ask(Ask::delete(route.clone().number(id(item))));
        }
    }
    Ok(plan)
}
