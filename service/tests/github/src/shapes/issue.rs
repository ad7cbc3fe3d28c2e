//! Labels, milestones, issues and their comments.

use serde_json::{Value, json};

use super::account::simple_of;
use super::node_id;
use crate::clock::written;
use crate::state::State;
use crate::state::repository::Repository;
use crate::state::tracker::{Comment, Issue, Label, Milestone};

/// A label.
pub(crate) fn label(state: &State, repository: &Repository, label: &Label) -> Value {
    let name = label.name.replace(' ', "%20");
    json!({
        "id": label.id,
        "node_id": node_id("LA", label.id),
        "url": format!("{}/repos/{}/labels/{name}", state.bases.api, repository.full_name()),
        "name": label.name,
        "color": label.color,
        "default": label.default,
        "description": label.description,
    })
}

/// The labels of an issue.
pub(crate) fn labels(state: &State, repository: &Repository, issue: &Issue) -> Vec<Value> {
    let known = issue.labels.iter().filter_map(|name| repository.tracker.labels.get(&name.to_lowercase()));
    known.map(|one| label(state, repository, one)).collect()
}

/// A milestone.
pub(crate) fn milestone(state: &State, repository: &Repository, one: &Milestone) -> Value {
    let name = repository.full_name();
    let url = format!("{}/repos/{name}/milestones/{}", state.bases.api, one.number);
    let of = |wanted: &str| {
        let issues = repository.tracker.issues.values();
        issues.filter(|issue| issue.milestone == Some(one.number) && issue.state == wanted).count()
    };
    json!({
        "url": url,
        "html_url": format!("{}/{name}/milestone/{}", state.bases.web, one.number),
        "labels_url": format!("{url}/labels"),
        "id": one.id,
        "node_id": node_id("MI", one.id),
        "number": one.number,
        "title": one.title,
        "description": one.description,
        "creator": simple_of(state, &one.creator),
        "open_issues": of("open"),
        "closed_issues": of("closed"),
        "state": one.state,
        "created_at": written(one.created),
        "updated_at": written(one.created),
        "due_on": one.due_on,
        "closed_at": if one.state == "closed" { json!(written(one.created)) } else { Value::Null },
    })
}

/// The milestone of an issue.
pub(crate) fn milestone_of(state: &State, repository: &Repository, issue: &Issue) -> Value {
    let found = repository.tracker.milestones.iter().find(|one| Some(one.number) == issue.milestone);
    found.map_or(Value::Null, |one| milestone(state, repository, one))
}

/// What somebody is in a repository.
pub(crate) fn association(state: &State, repository: &Repository, login: &str) -> &'static str {
    let key = login.to_lowercase();
    if repository.owner.eq_ignore_ascii_case(login) {
        "OWNER"
    } else if state.account(&repository.owner).is_some_and(|owner| owner.members.contains_key(&key)) {
        "MEMBER"
    } else if repository.collaborators.contains_key(&key) {
        "COLLABORATOR"
    } else {
        "NONE"
    }
}

/// Reactions: there are none.
fn reactions(url: &str) -> Value {
    json!({
        "url": format!("{url}/reactions"),
        "total_count": 0,
        "+1": 0,
        "-1": 0,
        "laugh": 0,
        "hooray": 0,
        "confused": 0,
        "heart": 0,
        "rocket": 0,
        "eyes": 0,
    })
}

/// An issue, or a pull request as an issue.
pub(crate) fn issue(state: &State, repository: &Repository, one: &Issue) -> Value {
    let name = repository.full_name();
    let base = format!("{}/repos/{name}", state.bases.api);
    let url = format!("{base}/issues/{}", one.number);
    let page = if one.pull.is_some() { "pull" } else { "issues" };
    let html = format!("{}/{name}/{page}/{}", state.bases.web, one.number);
    let assignees: Vec<Value> = one.assignees.iter().map(|login| simple_of(state, login)).collect();
    let mut object = json!({
        "url": url,
        "repository_url": base,
        "labels_url": format!("{url}/labels{{/name}}"),
        "comments_url": format!("{url}/comments"),
        "events_url": format!("{url}/events"),
        "timeline_url": format!("{url}/timeline"),
        "html_url": html,
        "id": one.id,
        "node_id": node_id(if one.pull.is_some() { "PR" } else { "I" }, one.id),
        "number": one.number,
        "title": one.title,
        "user": simple_of(state, &one.user),
        "labels": labels(state, repository, one),
        "state": one.state,
        "locked": one.locked.is_some(),
        "assignee": assignees.first(),
        "assignees": assignees,
        "milestone": milestone_of(state, repository, one),
        "comments": one.comments.len(),
        "created_at": written(one.created),
        "updated_at": written(one.updated),
        "closed_at": one.closed.map(written),
        "author_association": association(state, repository, &one.user),
        "active_lock_reason": one.locked.clone().flatten(),
        "body": one.body,
        "closed_by": null,
        "reactions": reactions(&url),
        "performed_via_github_app": null,
        "state_reason": one.state_reason,
    });
    if let Some(pull) = &one.pull {
        object["draft"] = json!(pull.draft);
        object["pull_request"] = json!({
            "url": format!("{base}/pulls/{}", one.number),
            "html_url": html,
            "diff_url": format!("{html}.diff"),
            "patch_url": format!("{html}.patch"),
        });
        if let Some(merge) = &pull.merged {
            object["pull_request"]["merged_at"] = json!(written(merge.at));
        }
    }
    object
}

/// A comment.
pub(crate) fn comment(state: &State, repository: &Repository, issue: &Issue, one: &Comment) -> Value {
    let name = repository.full_name();
    let base = format!("{}/repos/{name}", state.bases.api);
    let url = format!("{base}/issues/comments/{}", one.id);
    json!({
        "url": url,
        "html_url": format!("{}/{name}/issues/{}#issuecomment-{}", state.bases.web, issue.number, one.id),
        "issue_url": format!("{base}/issues/{}", issue.number),
        "id": one.id,
        "node_id": node_id("IC", one.id),
        "user": simple_of(state, &one.user),
        "created_at": written(one.created),
        "updated_at": written(one.created),
        "author_association": association(state, repository, &one.user),
        "body": one.body,
        "reactions": reactions(&url),
        "performed_via_github_app": null,
    })
}
