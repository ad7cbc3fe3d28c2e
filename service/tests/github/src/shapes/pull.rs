//! Pull requests, in their short and their full form, and reviews.

use std::path::Path;

use serde_json::{Value, json};

use super::account::{merged, simple_of};
use super::{issue as issues, node_id, repository as repositories, team};
use crate::auth::Identity;
use crate::clock::written;
use crate::git::{Store, plumbing};
use crate::state::State;
use crate::state::repository::Repository;
use crate::state::tracker::{Issue, Pull, Review};

/// The commits of head and base: as they were when it was closed, else as they are.
pub(crate) fn ends(repository: &Repository, pull: &Pull) -> (String, String) {
    let now = |folder: &Path, branch: &str| {
        let found = Store::at(folder).resolve(&format!("refs/heads/{branch}"));
        found.unwrap_or_else(|| "0".repeat(40))
    };
    let (of_base, of_head) = (&repository.folder, pull.folder(&repository.folder));
    pull.closed_at.clone().unwrap_or_else(|| (now(of_head, &pull.head), now(of_base, &pull.base)))
}

/// What lists of pull requests have.
pub(crate) fn short(
    state: &State,
    repository: &Repository,
    issue: &Issue,
    pull: &Pull,
    who: &Identity,
) -> Value {
    let name = repository.full_name();
    let base = format!("{}/repos/{name}", state.bases.api);
    let html = format!("{}/{name}/pull/{}", state.bases.web, issue.number);
    let (head_sha, base_sha) = ends(repository, pull);
    let side = |of: Option<&Repository>, owner: &str, (branch, sha): (&str, &str)| {
        json!({
            "label": format!("{owner}:{branch}"),
            "ref": branch,
            "sha": sha,
            "user": simple_of(state, owner),
            "repo": of.map(|of| repositories::plain(state, of, who)),
        })
    };
    let from = match &pull.fork {
        Some(fork) => state.repositories.get(&fork.id),
        None => Some(repository),
    };
    let owner = state.account(&repository.owner);
    let teams = pull.team_reviewers.iter().filter_map(|slug| {
        let owner = owner?;
        Some(team::team(state, owner, owner.teams.get(slug)?, "pull"))
    });
    let assignees: Vec<Value> = issue.assignees.iter().map(|login| simple_of(state, login)).collect();
    let reviewers: Vec<Value> = pull.reviewers.iter().map(|login| simple_of(state, login)).collect();
    let more = json!({
        "id": issue.id,
        "node_id": node_id("PR", issue.id),
        "number": issue.number,
        "state": issue.state,
        "locked": issue.locked.is_some(),
        "title": issue.title,
        "user": simple_of(state, &issue.user),
        "body": issue.body,
        "created_at": written(issue.created),
        "updated_at": written(issue.updated),
        "closed_at": issue.closed.map(written),
        "merged_at": pull.merged.as_ref().map(|merge| written(merge.at)),
        "merge_commit_sha": pull.merged.as_ref().map(|merge| merge.sha.clone()),
        "assignee": assignees.first(),
        "assignees": assignees,
        "requested_reviewers": reviewers,
        "requested_teams": teams.collect::<Vec<_>>(),
        "labels": issues::labels(state, repository, issue),
        "milestone": issues::milestone_of(state, repository, issue),
        "draft": pull.draft,
        "head": side(from, pull.owner(&repository.owner), (&pull.head, &head_sha)),
        "base": side(Some(repository), &repository.owner, (&pull.base, &base_sha)),
        "author_association": issues::association(state, repository, &issue.user),
        "auto_merge": auto_merge(state, issue, pull),
        "active_lock_reason": issue.locked.clone().flatten(),
    });
    merged(urls(&base, &html, issue.number, &head_sha), more)
}

/// Where everything of a pull request is.
fn urls(base: &str, html: &str, number: u64, head: &str) -> Value {
    let url = format!("{base}/pulls/{number}");
    let comments = format!("{base}/issues/{number}/comments");
    let links = json!({
        "self": { "href": url },
        "html": { "href": html },
        "issue": { "href": format!("{base}/issues/{number}") },
        "comments": { "href": comments },
        "review_comments": { "href": format!("{url}/comments") },
        "review_comment": { "href": format!("{base}/pulls/comments{{/number}}") },
        "commits": { "href": format!("{url}/commits") },
        "statuses": { "href": format!("{base}/statuses/{head}") },
    });
    json!({
        "url": url,
        "html_url": html,
        "diff_url": format!("{html}.diff"),
        "patch_url": format!("{html}.patch"),
        "issue_url": format!("{base}/issues/{number}"),
        "commits_url": format!("{url}/commits"),
        "review_comments_url": format!("{url}/comments"),
        "review_comment_url": format!("{base}/pulls/comments{{/number}}"),
        "comments_url": comments,
        "statuses_url": format!("{base}/statuses/{head}"),
        "_links": links,
    })
}

fn auto_merge(state: &State, issue: &Issue, pull: &Pull) -> Value {
    let Some(method) = &pull.auto_merge else { return Value::Null };
    json!({
        "enabled_by": simple_of(state, &issue.user),
        "merge_method": method,
        "commit_title": issue.title,
        "commit_message": issue.body.clone().unwrap_or_default(),
    })
}

/// What a pull request itself has.
pub(crate) fn full(
    state: &State,
    repository: &Repository,
    issue: &Issue,
    pull: &Pull,
    who: &Identity,
) -> Value {
    let (head, base) = ends(repository, pull);
    let from = plumbing::merge_base(&repository.folder, &base, &head).unwrap_or_else(|| base.clone());
    let changed = plumbing::changed(&repository.folder, &from, &head);
    let open = issue.state == "open";
    let mergeable = open.then(|| plumbing::merged_tree(&repository.folder, &base, &head).is_some());
    let condition = match (mergeable, pull.draft) {
        (None, _) => "unknown",
        (Some(false), _) => "dirty",
        (Some(true), true) => "draft",
        (Some(true), false) => "clean",
    };
    let more = json!({
        "merged": pull.merged.is_some(),
        "mergeable": mergeable,
        "rebaseable": mergeable,
        "mergeable_state": condition,
        "merged_by": pull.merged.as_ref().map(|merge| simple_of(state, &merge.by)),
        "comments": issue.comments.len(),
        "review_comments": 0,
        "maintainer_can_modify": pull.maintainer_can_modify,
        "commits": plumbing::ahead(&repository.folder, &from, &head),
        "additions": changed.iter().map(|one| one.additions).sum::<u64>(),
        "deletions": changed.iter().map(|one| one.deletions).sum::<u64>(),
        "changed_files": changed.len(),
    });
    let mut object = merged(short(state, repository, issue, pull, who), more);
    if let Some(teams) = object["requested_teams"].as_array_mut() {
        for team in teams.iter_mut().filter_map(Value::as_object_mut) {
            team.shift_remove("parent");
        }
    }
    object
}

/// A review.
pub(crate) fn review(state: &State, repository: &Repository, issue: &Issue, one: &Review) -> Value {
    let name = repository.full_name();
    let html = format!("{}/{name}/pull/{}#pullrequestreview-{}", state.bases.web, issue.number, one.id);
    let pull = format!("{}/repos/{name}/pulls/{}", state.bases.api, issue.number);
    let mut object = json!({
        "id": one.id,
        "node_id": node_id("PRR", one.id),
        "user": simple_of(state, &one.user),
        "body": one.body,
        "state": one.state,
        "html_url": html,
        "pull_request_url": pull,
        "author_association": issues::association(state, repository, &one.user),
        "_links": { "html": { "href": html }, "pull_request": { "href": pull } },
        "commit_id": one.commit,
    });
    if one.state != "PENDING" {
        object["submitted_at"] = json!(written(one.created));
    }
    object
}
