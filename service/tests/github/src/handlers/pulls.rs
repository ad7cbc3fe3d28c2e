//! Pull requests between branches of one repository, or from a fork: made, changed, listed. Merging and reviewing are
//! files of their own.

mod merging;
mod reviews;

use std::path::Path;

use serde_json::{Value, json};

use super::{issues, list};
use crate::auth::Identity;
use crate::auth::permission::Needs;
use crate::call::{Answer, Call};
use crate::errors;
use crate::git::{Store, plumbing};
use crate::router::{Route, route};
use crate::shapes::pull as shape;
use crate::state::State;
use crate::state::look::rank;
use crate::state::repository::Repository;
use crate::state::tracker::{Fork, Issue, Pull};

pub(crate) use merging::ROUTES as MERGING;
pub(crate) use reviews::ROUTES as REVIEWS;

pub(super) const READ: Needs = Needs::Repository(&[("pull_requests", "read")]);
pub(super) const WRITE: Needs = Needs::Repository(&[("pull_requests", "write")]);
const ALL: &str = "/repos/{owner}/{repo}/pulls";
const ONE: &str = "/repos/{owner}/{repo}/pulls/{pull_number}";

pub(crate) const ROUTES: &[Route] = &[
    route("GET", ALL, "pulls/list", READ, all),
    route("POST", ALL, "pulls/create", Needs::Propose, create),
    route("GET", ONE, "pulls/get", READ, get),
    route("PATCH", ONE, "pulls/update", WRITE, update),
];

/// The pull request that the path names.
pub(super) fn found<'state>(
    state: &'state State,
    call: &Call,
) -> Result<(&'state Repository, &'state Issue, &'state Pull), Answer> {
    let (repository, number) = (call.repository(state)?, call.number("pull_number")?);
    let issue = repository.tracker.issues.get(&number).ok_or_else(errors::not_found)?;
    Ok((repository, issue, issue.pull.as_ref().ok_or_else(errors::not_found)?))
}

/// The pull request that the path names, to change it.
pub(super) fn found_mut<'state>(state: &'state mut State, call: &Call) -> Result<&'state mut Issue, Answer> {
    let number = call.number("pull_number")?;
    let issue = call.repository_mut(state)?.tracker.issues.get_mut(&number);
    issue.filter(|issue| issue.pull.is_some()).ok_or_else(errors::not_found)
}

fn refused(message: &str) -> Answer {
    let error = json!({ "resource": "PullRequest", "code": "custom", "message": message });
    errors::invalid("Validation Failed", &[error])
}

fn all(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let repository = call.repository(state)?;
    let query = |name: &str| call.query.get(name).map(String::as_str);
    let wanted = query("state").unwrap_or("open");
    let fits = |(issue, pull): &(&Issue, &Pull)| {
        let label = format!("{}:{}", pull.owner(&repository.owner), pull.head);
        (wanted == "all" || issue.state == wanted)
            // A head without its owner is passed over, as GitHub does.
            && query("head").is_none_or(|head| !head.contains(':') || head.eq_ignore_ascii_case(&label))
            && query("base").is_none_or(|base| base == pull.base)
    };
    let mut found: Vec<(&Issue, &Pull)> = repository.tracker.pulls().filter(fits).collect();
    if query("sort") == Some("updated") {
        found.sort_by_key(|(issue, _)| issue.updated);
    }
    let newest_first =
        query("direction").map_or(query("sort").is_none_or(|sort| sort == "created"), |one| one == "desc");
    if newest_first {
        found.reverse();
    }
    let all = found.into_iter().map(|(issue, pull)| shape::short(state, repository, issue, pull, &call.who));
    let all: Vec<Value> = all.collect();
    Ok(list(state, call, all))
}

/// The branch of a `head`, which may have its owner before it: another one has a fork of the repository, or none.
fn head_branch<'call>(
    state: &State,
    repository: &Repository,
    head: &'call str,
) -> Option<(Option<Fork>, &'call str)> {
    let (owner, branch) = match head.split_once(':') {
        Some((owner, branch)) => (Some(owner), branch),
        None => (None, head),
    };
    let fork = match owner.filter(|owner| !owner.eq_ignore_ascii_case(&repository.owner)) {
        None => None,
        Some(owner) => {
            let is_fork = |one: &&Repository| {
                one.parent == Some(repository.id) && one.owner.eq_ignore_ascii_case(owner)
            };
            let Repository { id, owner, folder, .. } = state.repositories.values().find(is_fork)?.clone();
            Some(Fork { id, owner, folder })
        }
    };
    let folder = fork.as_ref().map_or(&repository.folder, |fork| &fork.folder);
    Store::at(folder).resolve(&format!("refs/heads/{branch}"))?;
    Some((fork, branch))
}

/// Refuses a user who proposes what others have pushed.
fn may_push_to_head(state: &State, call: &Call, head: u64) -> Result<(), Answer> {
    let (Identity::User { login, .. }, Some(head)) = (&call.who, state.repositories.get(&head)) else {
        return Ok(());
    };
    let may = state.role_in(login, head).is_some_and(|role| rank(role) >= rank("push"));
    if may { Ok(()) } else { Err(errors::not_found()) }
}

fn create(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let repository = call.repository(state)?;
    let store = Store::at(&repository.folder);
    let there = |branch: &&str| store.resolve(&format!("refs/heads/{branch}")).is_some();
    let base = call.text("base").filter(there);
    let head = call.text("head").and_then(|head| head_branch(state, repository, head));
    let invalid = |field: &str| errors::validation("PullRequest", field, "invalid");
    let ((fork, head), base) = (head.ok_or_else(|| invalid("head"))?, base.ok_or_else(|| invalid("base"))?);
    may_push_to_head(state, call, fork.as_ref().map_or(repository.id, |fork| fork.id))?;
    let same = |(issue, pull): (&Issue, &Pull)| {
        issue.state == "open" && pull.head == head && pull.base == base && pull.fork == fork
    };
    if repository.tracker.pulls().any(same) {
        let owner = fork.as_ref().map_or(&repository.owner, |fork| &fork.owner);
        return Err(refused(&format!("A pull request already exists for {owner}:{head}.")));
    }
    let folder = fork.as_ref().map_or(&repository.folder, |fork| &fork.folder);
    let tip = |folder: &Path, branch: &str| Store::at(folder).resolve(&format!("refs/heads/{branch}"));
    let (of_base, of_head) = (tip(&repository.folder, base), tip(folder, head));
    if plumbing::ahead(&repository.folder, &of_base.unwrap_or_default(), &of_head.unwrap_or_default()) == 0 {
        return Err(refused(&format!("No commits between {base} and {head}")));
    }
    let title = call.text("title").unwrap_or_default().to_owned();
    if title.trim().is_empty() {
        return Err(errors::validation("PullRequest", "title", "missing_field"));
    }
    let pull = Pull {
        head: head.to_owned(),
        fork,
        base: base.to_owned(),
        closed_at: None,
        draft: call.flag("draft").unwrap_or(false),
        reviewers: std::collections::BTreeSet::new(),
        team_reviewers: std::collections::BTreeSet::new(),
        maintainer_can_modify: false,
        reviews: Vec::new(),
        merged: None,
        auto_merge: None,
    };
    let mut issue = issues::fresh(state, call, title)?;
    issue.pull = Some(pull.clone());
    call.repository_mut(state)?.tracker.issues.insert(issue.number, issue.clone());
    let repository = call.repository(state)?;
    Ok(Answer::created(shape::full(state, repository, &issue, &pull, &call.who)))
}

fn get(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let (repository, issue, pull) = found(state, call)?;
    Ok(Answer::ok(shape::full(state, repository, issue, pull, &call.who)))
}

fn update(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let (repository, issue, pull) = found(state, call)?;
    if let Some(base) = call.text("base")
        && Store::at(&repository.folder).resolve(&format!("refs/heads/{base}")).is_none()
    {
        return Err(errors::validation("PullRequest", "base", "invalid"));
    }
    let reopens = call.text("state") == Some("open") && issue.state == "closed";
    if reopens && pull.merged.is_some() {
        return Err(refused("state cannot be changed. The pull request was merged."));
    }
    let (ends, now) = (shape::ends(repository, pull), state.now);
    let issue = found_mut(state, call)?;
    if let Some(title) = call.text("title") {
        title.clone_into(&mut issue.title);
    }
    if let Some(body) = call.body.get("body") {
        issue.body = body.as_str().map(str::to_owned);
    }
    issue.updated = now;
    let closes = call.text("state") == Some("closed") && issue.state == "open";
    if closes || reopens {
        call.text("state").unwrap_or_default().clone_into(&mut issue.state);
        issue.closed = closes.then_some(now);
    }
    if let Some(pull) = issue.pull.as_mut() {
        if closes || reopens {
            pull.closed_at = closes.then_some(ends);
        }
        if let Some(base) = call.text("base") {
            base.clone_into(&mut pull.base);
        }
    }
    get(state, call)
}
