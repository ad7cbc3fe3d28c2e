//! What an issue has: labels, assignees, comments, a lock.

use serde_json::Value;

use super::{READ, WRITE, found};
use crate::call::{Answer, Call};
use crate::errors;
use crate::handlers::labels::author;
use crate::handlers::list;
use crate::router::{Route, route};
use crate::shapes::{account, issue as shape};
use crate::state::State;
use crate::state::account::Account;
use crate::state::repository::Repository;
use crate::state::tracker::{Comment, Issue};

const LABELS: &str = "/repos/{owner}/{repo}/issues/{issue_number}/labels";
const ASSIGNEES: &str = "/repos/{owner}/{repo}/issues/{issue_number}/assignees";
const COMMENTS: &str = "/repos/{owner}/{repo}/issues/{issue_number}/comments";
const LOCK: &str = "/repos/{owner}/{repo}/issues/{issue_number}/lock";

pub(crate) const ROUTES: &[Route] = &[
    route("GET", LABELS, "issues/list-labels-on-issue", READ, labels),
    route("POST", LABELS, "issues/add-labels", WRITE, |s, c| put_labels(s, c, true)),
    route("PUT", LABELS, "issues/set-labels", WRITE, |s, c| put_labels(s, c, false)),
    route("DELETE", LABELS, "issues/remove-all-labels", WRITE, remove_labels),
    route(
        "DELETE",
        "/repos/{owner}/{repo}/issues/{issue_number}/labels/{name}",
        "issues/remove-label",
        WRITE,
        remove,
    ),
    route("POST", ASSIGNEES, "issues/add-assignees", WRITE, assign),
    route("DELETE", ASSIGNEES, "issues/remove-assignees", WRITE, unassign),
    route("GET", "/repos/{owner}/{repo}/assignees", "issues/list-assignees", READ, assignable),
    route("GET", COMMENTS, "issues/list-comments", READ, comments),
    route("POST", COMMENTS, "issues/create-comment", WRITE, comment),
    route("PUT", LOCK, "issues/lock", WRITE, lock),
    route("DELETE", LOCK, "issues/unlock", WRITE, unlock),
];

/// The names of labels in a body; those that are not there are made.
pub(super) fn make_labels(state: &mut State, call: &Call, given: &Value) -> Result<Vec<String>, Answer> {
    let names = given.as_array().into_iter().flatten();
    let names: Vec<String> =
        names.filter_map(|one| one.as_str().or_else(|| one["name"].as_str())).map(str::to_owned).collect();
    let mut all: Vec<String> = Vec::new();
    for name in names {
        let id = state.next_id();
        let label = call.repository_mut(state)?.tracker.label_or_new(&name, id).name.clone();
        if !all.contains(&label) {
            all.push(label);
        }
    }
    Ok(all)
}

/// Whether an issue may be given to a user.
fn may(state: &State, repository: &Repository, user: &Account) -> bool {
    let key = user.login.to_lowercase();
    let member = state.account(&repository.owner).is_some_and(|owner| owner.members.contains_key(&key));
    member || repository.owner == user.login || repository.collaborators.contains_key(&key)
}

/// The users in a body who may be assigned; the others are left out, as GitHub does.
pub(super) fn known(state: &State, call: &Call, given: &Value) -> Result<Vec<String>, Answer> {
    let repository = call.repository(state)?;
    let given = given.as_array().into_iter().flatten();
    let users = given
        .filter_map(|one| one.as_str().or_else(|| one["login"].as_str()))
        .filter_map(|login| state.account(login))
        .filter(|user| may(state, repository, user));
    Ok(users.map(|user| user.login.clone()).take(10).collect())
}

fn issue_shown(state: &mut State, call: &Call, status: u16) -> Result<Answer, Answer> {
    let issue = found(state, call)?.clone();
    Ok(Answer::of(status, shape::issue(state, call.repository(state)?, &issue)))
}

fn labels(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let issue = found(state, call)?.clone();
    let all = shape::labels(state, call.repository(state)?, &issue);
    Ok(list(state, call, all))
}

fn put_labels(state: &mut State, call: &Call, keep: bool) -> Result<Answer, Answer> {
    found(state, call)?;
    let given = if call.body.is_array() { &call.body } else { &call.body["labels"] };
    let names = make_labels(state, call, given)?;
    let now = state.now;
    let issue = found(state, call)?;
    if !keep {
        issue.labels.clear();
    }
    let new: Vec<String> = names.into_iter().filter(|name| !issue.labels.contains(name)).collect();
    issue.labels.extend(new);
    issue.updated = now;
    let issue = issue.clone();
    Ok(Answer::ok(Value::Array(shape::labels(state, call.repository(state)?, &issue))))
}

fn remove_labels(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    found(state, call)?.labels.clear();
    Ok(Answer::nothing())
}

fn remove(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let issue = found(state, call)?;
    let place = issue.labels.iter().position(|one| one.eq_ignore_ascii_case(call.param("name")));
    let place = place.ok_or_else(|| errors::error(404, "Label does not exist"))?;
    issue.labels.remove(place);
    let issue = issue.clone();
    Ok(Answer::ok(Value::Array(shape::labels(state, call.repository(state)?, &issue))))
}

fn assign(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let logins = known(state, call, &call.body["assignees"])?;
    let issue = found(state, call)?;
    let new: Vec<String> = logins.into_iter().filter(|login| !issue.assignees.contains(login)).collect();
    issue.assignees.extend(new);
    issue_shown(state, call, 201)
}

fn unassign(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let logins = known(state, call, &call.body["assignees"])?;
    found(state, call)?.assignees.retain(|login| !logins.contains(login));
    issue_shown(state, call, 200)
}

fn assignable(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let repository = call.repository(state)?;
    let users =
        state.accounts.values().filter(|user| !user.is_organisation() && may(state, repository, user));
    let all = users.map(|user| account::simple(state, user)).collect();
    Ok(list(state, call, all))
}

fn comments(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let issue: Issue = found(state, call)?.clone();
    let repository = call.repository(state)?;
    let all = issue.comments.iter().map(|one| shape::comment(state, repository, &issue, one)).collect();
    Ok(list(state, call, all))
}

fn comment(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let (id, created, user) = (state.next_id(), state.now, author(state, call)?);
    let body = call.text("body").unwrap_or_default().to_owned();
    if body.trim().is_empty() {
        return Err(errors::validation("IssueComment", "body", "missing_field"));
    }
    let issue = found(state, call)?;
    let comment = Comment { id, user, body, created };
    issue.comments.push(comment.clone());
    issue.updated = created;
    let issue = issue.clone();
    Ok(Answer::created(shape::comment(state, call.repository(state)?, &issue, &comment)))
}

fn lock(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    found(state, call)?.locked = Some(call.text("lock_reason").map(str::to_owned));
    Ok(Answer::nothing())
}

fn unlock(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    found(state, call)?.locked = None;
    Ok(Answer::nothing())
}
