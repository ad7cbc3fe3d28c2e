//! Pull requests between branches of one repository: made, changed, listed. Merging and reviewing are files of their own.

mod merging;
mod reviews;

use serde_json::{Value, json};

use super::{issues, list};
use crate::auth::permission::Needs;
use crate::call::{Answer, Call};
use crate::errors;
use crate::git::{Store, plumbing};
use crate::router::{Route, route};
use crate::shapes::pull as shape;
use crate::state::State;
use crate::state::repository::Repository;
use crate::state::tracker::{Issue, Pull};

pub(crate) use merging::ROUTES as MERGING;
pub(crate) use reviews::ROUTES as REVIEWS;

pub(super) const READ: Needs = Needs::Repository(&[("pull_requests", "read")]);
pub(super) const WRITE: Needs = Needs::Repository(&[("pull_requests", "write")]);
const ALL: &str = "/repos/{owner}/{repo}/pulls";
const ONE: &str = "/repos/{owner}/{repo}/pulls/{pull_number}";

pub(crate) const ROUTES: &[Route] = &[
    route("GET", ALL, "pulls/list", READ, all),
    route("POST", ALL, "pulls/create", WRITE, create),
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
        let label = format!("{}:{}", repository.owner, pull.head);
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

/// The branch of a `head`, which may have its owner before it; other owners have no forks here.
fn head_branch<'call>(repository: &Repository, head: &'call str) -> Option<&'call str> {
    match head.split_once(':') {
        Some((owner, branch)) => owner.eq_ignore_ascii_case(&repository.owner).then_some(branch),
        None => Some(head),
    }
}

fn create(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let repository = call.repository(state)?;
    let store = Store::at(&repository.folder);
    let there = |branch: &&str| store.resolve(&format!("refs/heads/{branch}")).is_some();
    let base = call.text("base").filter(there);
    let head = call.text("head").and_then(|head| head_branch(repository, head)).filter(there);
    let invalid = |field: &str| errors::validation("PullRequest", field, "invalid");
    let (head, base) = (head.ok_or_else(|| invalid("head"))?, base.ok_or_else(|| invalid("base"))?);
    let same =
        |(issue, pull): (&Issue, &Pull)| issue.state == "open" && pull.head == head && pull.base == base;
    if repository.tracker.pulls().any(same) {
        return Err(refused(&format!("A pull request already exists for {}:{head}.", repository.owner)));
    }
    let (of_base, of_head) = (format!("refs/heads/{base}"), format!("refs/heads/{head}"));
    if plumbing::ahead(&repository.folder, &of_base, &of_head) == 0 {
        return Err(refused(&format!("No commits between {base} and {head}")));
    }
    let title = call.text("title").unwrap_or_default().to_owned();
    if title.trim().is_empty() {
        return Err(errors::validation("PullRequest", "title", "missing_field"));
    }
    let pull = Pull {
        head: head.to_owned(),
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
