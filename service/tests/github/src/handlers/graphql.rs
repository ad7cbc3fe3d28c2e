//! The two mutations of GraphQL that REST has nothing like: a commit that GitHub signs, and merging when it may be.
//!
//! It does not read GraphQL: it looks which mutation is named, and takes its variables. An error is told with 200.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::labels::author;
use crate::auth::Identity;
use crate::auth::permission::{Needs, sees, strength};
use crate::call::{Answer, Call};
use crate::git::{Store, plumbing, pushed};
use crate::router::{Route, route};
use crate::shapes::node_id;
use crate::state::State;
use crate::state::look::rank;
use crate::state::repository::Repository;

pub(crate) const ROUTES: &[Route] = &[route("POST", "/graphql", "graphql", Needs::Credentials, graphql)];

fn graphql(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let query = call.text("query").unwrap_or_default();
    let known = ["createCommitOnBranch", "enablePullRequestAutoMerge"];
    let done = match known.into_iter().find(|name| query.contains(name)) {
        Some("createCommitOnBranch") => commit(state, call).map(|done| ("createCommitOnBranch", done)),
        Some(name) => auto_merge(state, call).map(|done| (name, done)),
        None => Err(failed("undefinedField", "The double knows no such query")),
    };
    Ok(Answer::ok(match done {
        Ok((name, data)) => json!({ "data": { name: data } }),
        Err(error) => json!({ "data": null, "errors": [error] }),
    }))
}

fn failed(kind: &str, message: &str) -> Value {
    json!({ "type": kind, "path": [], "locations": [{ "line": 1, "column": 1 }], "message": message })
}

fn input(call: &Call) -> &Value {
    let variables = &call.body["variables"];
    variables.get("input").unwrap_or(variables)
}

/// Whether the one who calls may write to the repository.
fn may_write(state: &State, call: &Call, repository: &Repository) -> bool {
    match &call.who {
        Identity::Installation { permissions, repositories, id } => {
            permissions.get("contents").is_some_and(|level| strength(level) >= 2)
                && repositories.as_ref().is_none_or(|only| only.contains(&repository.id))
                && state.installation(*id).is_some_and(|one| one.account == repository.owner)
        }
        Identity::User { login, scopes } => {
            scopes.contains("repo") && state.role_in(login, repository).map(rank) >= Some(rank("push"))
        }
        _ => false,
    }
}

fn commit(state: &mut State, call: &Call) -> Result<Value, Value> {
    let asked = input(call);
    let branch = &asked["branch"];
    let full_name = branch["repositoryNameWithOwner"].as_str().unwrap_or_default();
    let name = branch["branchName"].as_str().unwrap_or_default();
    let name = name.strip_prefix("refs/heads/").unwrap_or(name).to_owned();
    let (owner, short) = full_name.split_once('/').unwrap_or_default();
    let missing = || {
        let message = format!("Could not resolve to a Repository with the name '{full_name}'.");
        failed("NOT_FOUND", &message)
    };
    let found = state.repository(owner, short).filter(|one| sees(state, &call.who, one));
    let repository = found.ok_or_else(missing)?.clone();
    if !may_write(state, call, &repository) {
        return Err(failed("FORBIDDEN", "Resource not accessible by integration"));
    }
    let head = Store::at(&repository.folder).resolve(&format!("refs/heads/{name}"));
    let head = head.ok_or_else(|| failed("NOT_FOUND", &format!("Branch {name} was not found.")))?;
    let expected = asked["expectedHeadOid"].as_str().unwrap_or_default();
    if head != expected {
        let message =
            format!("Expected branch to point to \"{expected}\" but it did not. Pull and try again.");
        return Err(failed("STALE_DATA", &message));
    }
    let changes = changes(&asked["fileChanges"])?;
    let changes: Vec<plumbing::Change<'_>> =
        changes.iter().map(|(path, content)| (path.as_str(), content.as_deref())).collect();
    let who = author(state, call).map_err(|_| failed("FORBIDDEN", "Must be signed in"))?;
    let (headline, body) = (asked["message"]["headline"].as_str(), asked["message"]["body"].as_str());
    let message = [headline, body].into_iter().flatten().collect::<Vec<_>>().join("\n\n");
    let email = format!("{who}@users.noreply.github.com");
    let signed = plumbing::Signed { name: &who, email: &email, at: state.now / 1000, message: &message };
    let before = pushed::refs(&repository);
    let oid = plumbing::write(&repository.folder, &name, &changes, &signed);
    let oid = oid.ok_or_else(|| failed("UNPROCESSABLE", "A path was requested that is not allowed."))?;
    state.pushed(repository.id, &before);
    let url = format!("{}/{full_name}/commit/{oid}", state.bases.web);
    Ok(json!({
        "commit": { "oid": oid, "url": url },
        "ref": { "name": name, "target": { "oid": oid } },
        "clientMutationId": asked["clientMutationId"],
    }))
}

/// A path, and the content that it gets.
type Changed = (String, Option<Vec<u8>>);

/// The changed files: paths with their content, or without it where they are removed.
fn changes(asked: &Value) -> Result<Vec<Changed>, Value> {
    let list = |key: &str| asked[key].as_array().cloned().unwrap_or_default();
    let path = |one: &Value| one["path"].as_str().unwrap_or_default().to_owned();
    let mut all = Vec::new();
    for one in list("additions") {
        let content = STANDARD.decode(one["contents"].as_str().unwrap_or_default());
        let content = content.map_err(|_| failed("UNPROCESSABLE", "contents is not valid Base64"))?;
        all.push((path(&one), Some(content)));
    }
    all.extend(list("deletions").iter().map(|one| (path(one), None)));
    let bad = |path: &str| path.split('/').any(|part| part.is_empty() || matches!(part, "." | ".." | ".git"));
    if let Some((path, _)) = all.iter().find(|(path, _)| bad(path)) {
        return Err(failed(
            "UNPROCESSABLE",
            &format!("A path was requested for {path} that is not allowed."),
        ));
    }
    Ok(all)
}

fn auto_merge(state: &mut State, call: &Call) -> Result<Value, Value> {
    let asked = input(call);
    let wanted = asked["pullRequestId"].as_str().unwrap_or_default().to_owned();
    let repositories = state.repositories.values().filter(|one| sees(state, &call.who, one));
    let found = repositories.into_iter().find_map(|one| {
        let (issue, _) = one.tracker.pulls().find(|(issue, _)| node_id("PR", issue.id) == wanted)?;
        Some((one.clone(), issue.number))
    });
    let missing =
        || failed("NOT_FOUND", &format!("Could not resolve to a node with the global id of '{wanted}'"));
    let (repository, number) = found.ok_or_else(missing)?;
    if !may_write(state, call, &repository) {
        return Err(failed("FORBIDDEN", "Resource not accessible by integration"));
    }
    if !repository.setting("allow_auto_merge") {
        return Err(failed("UNPROCESSABLE", "Auto merge is not allowed for this repository"));
    }
    let method = asked["mergeMethod"].as_str().unwrap_or("MERGE").to_lowercase();
    let kept = state.repositories.get_mut(&repository.id);
    let pull = kept.and_then(|one| one.tracker.issues.get_mut(&number)?.pull.as_mut());
    if let Some(pull) = pull {
        pull.auto_merge = Some(method);
    }
    Ok(json!({ "pullRequest": { "id": wanted }, "clientMutationId": asked["clientMutationId"] }))
}
