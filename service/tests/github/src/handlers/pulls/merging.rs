//! Merging a pull request, with real merges in the bare repository, and what one would be.

use serde_json::{Value, json};

use super::reviews::approvals;
use super::{READ, WRITE, found, found_mut};
use crate::auth::Identity;
use crate::auth::permission::Needs;
use crate::call::{Answer, Call};
use crate::errors;
use crate::git::plumbing;
use crate::handlers::labels::author;
use crate::handlers::{list, rulesets};
use crate::router::{Route, route};
use crate::shapes::pull as shape;
use crate::state::State;
use crate::state::repository::Repository;
use crate::state::tracker::{Issue, Merge, Pull};

const MERGE: &str = "/repos/{owner}/{repo}/pulls/{pull_number}/merge";
const UPDATE: &str = "/repos/{owner}/{repo}/pulls/{pull_number}/update-branch";

pub(crate) const ROUTES: &[Route] = &[
    route("GET", MERGE, "pulls/check-if-merged", READ, merged),
    route("PUT", MERGE, "pulls/merge", Needs::Repository(&[("contents", "write")]), merge),
    route("PUT", UPDATE, "pulls/update-branch", WRITE, update_branch),
    route("GET", "/repos/{owner}/{repo}/pulls/{pull_number}/files", "pulls/list-files", READ, files),
];

fn merged(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let (_, _, pull) = found(state, call)?;
    if pull.merged.is_some() { Ok(Answer::nothing()) } else { Err(errors::not_found()) }
}

/// 405, for what cannot be merged (any more, or yet).
fn not_allowed(message: &str) -> Answer {
    errors::error(405, message)
}

fn merge(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let (repository, issue, pull) = found(state, call)?;
    let method = call.text("merge_method").unwrap_or("merge").to_owned();
    let (head, base) = shape::ends(repository, pull);
    may(state, call, &method)?;
    if call.text("sha").is_some_and(|sha| sha != head) {
        return Err(errors::error(409, "Head branch was modified. Review and try the merge again."));
    }
    let sha = made(repository, issue, pull, call, (&method, &head, &base))
        .ok_or_else(|| not_allowed("Pull Request is not mergeable"))?;
    if !plumbing::move_branch(&repository.folder, &pull.base, &sha, &base) {
        return Err(errors::error(409, "Base branch was modified. Review and try the merge again."));
    }
    if repository.setting("delete_branch_on_merge") && pull.fork.is_none() {
        let name = format!("refs/heads/{}", pull.head);
        // Another pull request may have taken it away already.
        let _ = plumbing::git(&repository.folder, &["update-ref", "-d", &name], None);
    }
    let (at, by) = (state.now, author(state, call)?);
    let issue = found_mut(state, call)?;
    "closed".clone_into(&mut issue.state);
    issue.closed = Some(at);
    issue.updated = at;
    if let Some(pull) = issue.pull.as_mut() {
        pull.closed_at = Some((head, base));
        pull.merged = Some(Merge { sha: sha.clone(), method, by, at });
    }
    let repository = call.repository_mut(state)?;
    (repository.pushed, repository.updated) = (Some(at), at);
    let body = json!({ "sha": sha, "merged": true, "message": "Pull Request successfully merged" });
    Ok(Answer::ok(body))
}

/// Refuses what the state of the pull request, the settings or the rules forbid.
fn may(state: &State, call: &Call, method: &str) -> Result<(), Answer> {
    let (repository, issue, pull) = found(state, call)?;
    if issue.state != "open" {
        return Err(not_allowed("Pull Request is not mergeable"));
    }
    if pull.draft {
        return Err(not_allowed("Pull Request is still a draft"));
    }
    let (setting, name) = match method {
        "squash" => ("allow_squash_merge", "Squash merges"),
        "rebase" => ("allow_rebase_merge", "Rebase merges"),
        _ => ("allow_merge_commit", "Merge commits"),
    };
    if !repository.setting(setting) {
        return Err(not_allowed(&format!("{name} are not allowed on this repository.")));
    }
    let needed = asked_of(state, call, repository, &pull.base);
    if approvals(&pull.reviews) < needed.approvals {
        let what = if needed.approvals == 1 { "review is" } else { "reviews are" };
        let why = format!(
            "At least {} approving {what} required by reviewers with write access.",
            needed.approvals
        );
        return Err(not_allowed(&why));
    }
    let head = shape::ends(repository, pull).0;
    let passed =
        |check: &String| repository.tracker.status(&head, check).is_some_and(|told| told.state == "success");
    match needed.checks.iter().find(|check| !passed(check)) {
        Some(check) => Err(not_allowed(&format!("Required status check \"{check}\" is expected."))),
        None => Ok(()),
    }
}

/// What a branch asks of a merge.
#[derive(Default)]
struct Needed {
    approvals: usize,
    checks: Vec<String>,
}

fn asked_of(state: &State, call: &Call, repository: &Repository, branch: &str) -> Needed {
    let mut needed = Needed::default();
    let count = |value: &Value| value.as_u64().and_then(|count| usize::try_from(count).ok()).unwrap_or(0);
    let contexts = |checks: &Value| -> Vec<String> {
        let all = checks.as_array().into_iter().flatten();
        all.filter_map(|one| one.as_str().or_else(|| one["context"].as_str())).map(str::to_owned).collect()
    };
    for (_, rule) in rulesets::rules_of(repository, branch) {
        let parameters = &rule["parameters"];
        needed.approvals = needed.approvals.max(count(&parameters["required_approving_review_count"]));
        needed.checks.extend(contexts(&parameters["required_status_checks"]));
    }
    let Some(classic) = repository.wiring.protection.get(branch) else { return needed };
    let is_admin = match &call.who {
        Identity::User { login, .. } => state.role_in(login, repository) == Some("admin"),
        _ => false,
    };
    if is_admin && classic["enforce_admins"] != true {
        return needed;
    }
    let reviews = &classic["required_pull_request_reviews"];
    if reviews.is_object() {
        let asked = reviews.get("required_approving_review_count").map_or(1, count);
        needed.approvals = needed.approvals.max(asked);
    }
    let checks = &classic["required_status_checks"];
    needed.checks.extend(contexts(&checks["contexts"]));
    needed.checks.extend(contexts(&checks["checks"]));
    needed
}

/// Makes the commits of a merge; gives the last one, or nothing where both sides conflict.
fn made(
    repository: &Repository,
    issue: &Issue,
    pull: &Pull,
    call: &Call,
    (method, head, base): (&str, &str, &str),
) -> Option<String> {
    let folder = &repository.folder;
    if method == "rebase" {
        return plumbing::rebased(folder, base, head);
    }
    let tree = plumbing::merged_tree(folder, base, head)?;
    let (title, text) = if method == "squash" {
        (format!("{} (#{})", issue.title, issue.number), issue.body.clone().unwrap_or_default())
    } else {
        let from = format!("{}/{}", pull.owner(&repository.owner), pull.head);
        (format!("Merge pull request #{} from {from}", issue.number), issue.title.clone())
    };
    let title = call.text("commit_title").map_or(title, str::to_owned);
    let text = call.text("commit_message").map_or(text, str::to_owned);
    let message = format!("{title}\n\n{text}");
    let parents: &[&str] = if method == "squash" { &[base] } else { &[base, head] };
    plumbing::commit(folder, &tree, parents, message.trim_end())
}

fn update_branch(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let (repository, _, pull) = found(state, call)?;
    let (head, base) = shape::ends(repository, pull);
    if call.text("expected_head_sha").is_some_and(|sha| sha != head) {
        return Err(errors::unprocessable("expected head sha didn't match current head ref."));
    }
    let folder = &repository.folder;
    let conflict = || errors::unprocessable("merge conflict between base and head");
    let tree = plumbing::merged_tree(folder, &head, &base).ok_or_else(conflict)?;
    let message = format!("Merge branch '{}' into {}", pull.base, pull.head);
    let sha = plumbing::commit(folder, &tree, &[&head, &base], &message).ok_or_else(conflict)?;
    plumbing::move_branch(pull.folder(folder), &pull.head, &sha, &head);
    let url =
        format!("{}/repos/{}/pulls/{}", state.bases.api, repository.full_name(), call.param("pull_number"));
    Ok(Answer::of(202, json!({ "message": "Updating pull request branch.", "url": url })))
}

fn files(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let (repository, _, pull) = found(state, call)?;
    let (head, base) = shape::ends(repository, pull);
    let from = plumbing::merge_base(&repository.folder, &base, &head).unwrap_or(base);
    let (name, web, api) = (repository.full_name(), &state.bases.web, &state.bases.api);
    let all = plumbing::changed(&repository.folder, &from, &head).into_iter().map(|one| {
        json!({
            "sha": one.sha,
            "filename": one.path,
            "status": one.status,
            "additions": one.additions,
            "deletions": one.deletions,
            "changes": one.additions + one.deletions,
            "blob_url": format!("{web}/{name}/blob/{head}/{}", one.path),
            "raw_url": format!("{web}/{name}/raw/{head}/{}", one.path),
            "contents_url": format!("{api}/repos/{name}/contents/{}?ref={head}", one.path),
        })
    });
    let all = all.collect();
    Ok(list(state, call, all))
}
