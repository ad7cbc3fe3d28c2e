//! Issues: made, changed, listed, labelled, assigned, commented, locked. A pull request is an issue, too.

mod parts;

use serde_json::Value;

use super::labels::author;
use super::list;
use crate::auth::permission::Needs;
use crate::call::{Answer, Call};
use crate::errors;
use crate::router::{Route, route};
use crate::shapes::issue as shape;
use crate::state::State;
use crate::state::repository::Repository;
use crate::state::tracker::Issue;

pub(crate) use parts::ROUTES as PARTS;

pub(super) const READ: Needs = Needs::Repository(&[("issues", "read"), ("pull_requests", "read")]);
pub(super) const WRITE: Needs = Needs::Repository(&[("issues", "write"), ("pull_requests", "write")]);
const ALL: &str = "/repos/{owner}/{repo}/issues";
const ONE: &str = "/repos/{owner}/{repo}/issues/{issue_number}";

pub(crate) const ROUTES: &[Route] = &[
    route("GET", ALL, "issues/list-for-repo", READ, all),
    route("POST", ALL, "issues/create", Needs::Repository(&[("issues", "write")]), create),
    route("GET", ONE, "issues/get", READ, get),
    route("PATCH", ONE, "issues/update", WRITE, update),
];

/// Refuses where issues are switched off.
fn enabled(repository: &Repository) -> Result<(), Answer> {
    if repository.setting("has_issues") {
        return Ok(());
    }
    Err(errors::error(410, "Issues has been disabled in this repository."))
}

/// The issue that the path names, to change it.
pub(super) fn found<'state>(state: &'state mut State, call: &Call) -> Result<&'state mut Issue, Answer> {
    let number = call.number("issue_number")?;
    call.repository_mut(state)?.tracker.issues.get_mut(&number).ok_or_else(errors::not_found)
}

fn all(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let repository = call.repository(state)?;
    let query = |name: &str| call.query.get(name).map(String::as_str);
    let wanted = query("state").unwrap_or("open");
    let labels: Vec<String> = query("labels")
        .unwrap_or_default()
        .split(',')
        .filter(|one| !one.is_empty())
        .map(str::to_lowercase)
        .collect();
    let fits = |issue: &&Issue| {
        let has = |label: &String| issue.labels.iter().any(|one| one.to_lowercase() == *label);
        (wanted == "all" || issue.state == wanted)
            && labels.iter().all(has)
            && query("creator").is_none_or(|login| issue.user.eq_ignore_ascii_case(login))
            && query("assignee").is_none_or(|login| assigned(issue, login))
            && query("milestone").is_none_or(|number| in_milestone(issue, number))
    };
    let mut found: Vec<&Issue> = repository.tracker.issues.values().filter(fits).collect();
    match query("sort") {
        Some("updated") => found.sort_by_key(|issue| issue.updated),
        Some("comments") => found.sort_by_key(|issue| issue.comments.len()),
        _ => {}
    }
    if query("direction") != Some("asc") {
        found.reverse();
    }
    let all = found.into_iter().map(|issue| shape::issue(state, repository, issue)).collect();
    Ok(list(state, call, all))
}

fn assigned(issue: &Issue, wanted: &str) -> bool {
    match wanted {
        "none" => issue.assignees.is_empty(),
        "*" => !issue.assignees.is_empty(),
        login => issue.assignees.iter().any(|one| one.eq_ignore_ascii_case(login)),
    }
}

fn in_milestone(issue: &Issue, wanted: &str) -> bool {
    match wanted {
        "none" => issue.milestone.is_none(),
        "*" => issue.milestone.is_some(),
        number => issue.milestone.is_some_and(|one| one.to_string() == number),
    }
}

fn create(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    enabled(call.repository(state)?)?;
    let title = call.text("title").unwrap_or_default().to_owned();
    if title.trim().is_empty() {
        return Err(errors::validation("Issue", "title", "missing_field"));
    }
    let mut issue = fresh(state, call, title)?;
    // Who may not write has his labels, assignees and milestone left out; here all who come this far may.
    change(state, call, &mut issue)?;
    let repository = call.repository_mut(state)?;
    repository.tracker.issues.insert(issue.number, issue.clone());
    Ok(Answer::created(shape::issue(state, call.repository(state)?, &issue)))
}

/// An open issue with the next number, not yet kept.
pub(super) fn fresh(state: &mut State, call: &Call, title: String) -> Result<Issue, Answer> {
    let (id, now, user) = (state.next_id(), state.now, author(state, call)?);
    Ok(Issue {
        id,
        number: call.repository(state)?.tracker.next_number(),
        title,
        body: call.text("body").map(str::to_owned),
        user,
        state: "open".to_owned(),
        state_reason: None,
        labels: Vec::new(),
        assignees: Vec::new(),
        milestone: None,
        locked: None,
        comments: Vec::new(),
        pull: None,
        created: now,
        updated: now,
        closed: None,
    })
}

fn get(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let (repository, number) = (call.repository(state)?, call.number("issue_number")?);
    let issue = repository.tracker.issues.get(&number).ok_or_else(errors::not_found)?;
    Ok(Answer::ok(shape::issue(state, repository, issue)))
}

fn update(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let mut issue = found(state, call)?.clone();
    if let Some(title) = call.text("title") {
        title.clone_into(&mut issue.title);
    }
    if let Some(body) = call.body.get("body") {
        issue.body = body.as_str().map(str::to_owned);
    }
    change(state, call, &mut issue)?;
    set_state(&mut issue, call, state.now);
    issue.updated = state.now;
    *found(state, call)? = issue;
    get(state, call)
}

/// Opens or closes it as the body says.
fn set_state(issue: &mut Issue, call: &Call, now: crate::clock::Millis) {
    let Some(wanted) = call.text("state") else { return };
    let reason = call.text("state_reason").map(str::to_owned);
    if wanted == "closed" && issue.state == "open" {
        issue.closed = Some(now);
        issue.state_reason = reason.or_else(|| Some("completed".to_owned()));
    } else if wanted == "open" && issue.state == "closed" {
        issue.closed = None;
        issue.state_reason = Some("reopened".to_owned());
    }
    wanted.clone_into(&mut issue.state);
}

/// Sets labels, assignees and milestone as the body says.
fn change(state: &mut State, call: &Call, issue: &mut Issue) -> Result<(), Answer> {
    if call.body["labels"].is_array() {
        issue.labels = parts::make_labels(state, call, &call.body["labels"])?;
    }
    if call.body["assignees"].is_array() {
        issue.assignees = parts::known(state, call, &call.body["assignees"])?;
    } else if let Some(login) = call.text("assignee") {
        issue.assignees = parts::known(state, call, &Value::from(vec![login]))?;
    }
    match call.body.get("milestone") {
        Some(Value::Null) => issue.milestone = None,
        Some(number) => {
            let number = number.as_u64().or_else(|| number.as_str()?.parse().ok());
            let there =
                call.repository(state)?.tracker.milestones.iter().any(|one| Some(one.number) == number);
            if !there {
                return Err(errors::validation("Issue", "milestone", "invalid"));
            }
            issue.milestone = number;
        }
        None => {}
    }
    Ok(())
}
