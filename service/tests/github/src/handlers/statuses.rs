//! What checks tell of commits, in the older form: statuses.

use serde_json::{Value, json};

use super::labels::author;
use super::list;
use crate::auth::permission::Needs;
use crate::call::{Answer, Call};
use crate::clock::written;
use crate::errors;
use crate::git::plumbing;
use crate::router::{Route, route};
use crate::shapes::account::simple_of;
use crate::shapes::{node_id, repository as shape};
use crate::state::State;
use crate::state::repository::Repository;
use crate::state::tracker::Status;

const READ: Needs = Needs::Repository(&[("statuses", "read")]);

pub(crate) const ROUTES: &[Route] = &[
    route(
        "POST",
        "/repos/{owner}/{repo}/statuses/{sha}",
        "repos/create-commit-status",
        Needs::Repository(&[("statuses", "write")]),
        tell,
    ),
    route(
        "GET",
        "/repos/{owner}/{repo}/commits/{ref}/statuses",
        "repos/list-commit-statuses-for-ref",
        READ,
        all,
    ),
    route(
        "GET",
        "/repos/{owner}/{repo}/commits/{ref}/status",
        "repos/get-combined-status-for-ref",
        READ,
        combined,
    ),
];

/// The commit that a name means: a branch, a tag or an id.
fn commit(repository: &Repository, name: &str) -> Option<String> {
    if name.starts_with('-') {
        return None;
    }
    let asked = format!("{name}^{{commit}}");
    let found = plumbing::git(&repository.folder, &["rev-parse", "--verify", "--quiet", &asked], None)?;
    Some(found.trim().to_owned())
}

fn simple(state: &State, repository: &Repository, one: &Status) -> Value {
    let creator = simple_of(state, &one.creator);
    json!({
        "url": format!("{}/repos/{}/statuses/{}", state.bases.api, repository.full_name(), one.sha),
        "avatar_url": creator["avatar_url"],
        "id": one.id,
        "node_id": node_id("SC", one.id),
        "state": one.state,
        "description": one.description,
        "target_url": one.target_url,
        "context": one.context,
        "created_at": written(one.created),
        "updated_at": written(one.created),
    })
}

fn whole(state: &State, repository: &Repository, one: &Status) -> Value {
    let mut object = simple(state, repository, one);
    object["creator"] = simple_of(state, &one.creator);
    object
}

fn tell(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let (id, created, creator) = (state.next_id(), state.now, author(state, call)?);
    let repository = call.repository(state)?;
    let sha = call.param("sha").to_owned();
    if commit(repository, &sha).as_deref() != Some(sha.as_str()) {
        return Err(errors::unprocessable(&format!("No commit found for SHA: {sha}")));
    }
    let text = |key: &str| call.text(key).map(str::to_owned);
    let status = Status {
        id,
        sha,
        context: text("context").unwrap_or_else(|| "default".to_owned()),
        state: text("state").unwrap_or_default(),
        description: text("description"),
        target_url: text("target_url"),
        creator,
        created,
    };
    let body = whole(state, repository, &status);
    call.repository_mut(state)?.tracker.statuses.push(status);
    Ok(Answer::created(body))
}

fn all(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let repository = call.repository(state)?;
    let sha = commit(repository, call.param("ref")).ok_or_else(errors::not_found)?;
    let told = repository.tracker.statuses.iter().rev().filter(|one| one.sha == sha);
    let all = told.map(|one| whole(state, repository, one)).collect();
    Ok(list(state, call, all))
}

fn combined(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let repository = call.repository(state)?;
    let sha = commit(repository, call.param("ref")).ok_or_else(errors::not_found)?;
    let mut last: Vec<&Status> = Vec::new();
    for one in repository.tracker.statuses.iter().rev().filter(|one| one.sha == sha) {
        if !last.iter().any(|other| other.context == one.context) {
            last.push(one);
        }
    }
    let any = |state: &str| last.iter().any(|one| one.state == state);
    let overall = if any("failure") || any("error") {
        "failure"
    } else if last.is_empty() || any("pending") {
        "pending"
    } else {
        "success"
    };
    let url = format!("{}/repos/{}/commits/{sha}", state.bases.api, repository.full_name());
    Ok(Answer::ok(json!({
        "state": overall,
        "statuses": last.iter().map(|one| simple(state, repository, one)).collect::<Vec<_>>(),
        "sha": sha,
        "total_count": last.len(),
        "repository": shape::short(state, repository, &call.who),
        "commit_url": url,
        "url": format!("{url}/status"),
    })))
}
