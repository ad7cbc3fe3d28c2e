//! Changing a repository: its settings, its name, its topics.

use serde_json::{Value, json};

use super::making::{SETTINGS, proper_name};
use super::moving::named;
use crate::call::{Answer, Call};
use crate::errors;
use crate::git::Store;
use crate::shapes::repository as shape;
use crate::state::State;
use crate::state::repository::Repository;

/// Settings that only an existing repository has.
const LATER: [&str; 3] = ["archived", "web_commit_signoff_required", "has_pull_requests"];

pub(super) fn update(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let before = call.repository(state)?.clone();
    if before.is_archived() && call.flag("archived") != Some(false) {
        return Err(errors::error(403, "Repository was archived so is read-only."));
    }
    let name = call.text("name").map(proper_name).transpose()?.unwrap_or_else(|| before.name.clone());
    let taken = state.repository(&before.owner, &name).is_some_and(|other| other.id != before.id);
    if taken {
        let message = "name already exists on this account";
        return Err(errors::invalid("Validation Failed", &[errors::custom("Repository", "name", message)]));
    }
    let branch = call.text("default_branch").unwrap_or(&before.default_branch).to_owned();
    if branch != before.default_branch {
        branch_is_there(&before, &branch)?;
        Store::at(&before.folder).set_head(&branch).map_err(|_| errors::error(500, "Server Error"))?;
    }
    let now = state.now;
    let repository = call.repository_mut(state)?;
    for key in SETTINGS.iter().chain(&LATER) {
        if let Some(value) = call.body.get(*key) {
            repository.settings.insert((*key).to_owned(), value.clone());
        }
    }
    analysed(repository, &call.body["security_and_analysis"]);
    if let Some(private) = call.flag("private") {
        repository.visibility = if private { "private" } else { "public" }.to_owned();
    }
    if let Some(visibility) = call.text("visibility") {
        visibility.clone_into(&mut repository.visibility);
    }
    (repository.default_branch, repository.updated) = (branch, now);
    if name != before.name {
        named(state, before.id, &name);
        let changes = json!({ "repository": { "name": { "from": before.name } } });
        state.emit_with("repository", "renamed", before.id, json!({ "changes": changes }));
    }
    tell(state, &before);
    let repository = call.repository(state)?;
    Ok(Answer::ok(shape::full(state, repository, &call.who)))
}

/// Tells what else changed, as an event for each kind of change.
fn tell(state: &mut State, before: &Repository) {
    let Some(after) = state.repositories.get(&before.id).cloned() else { return };
    if after.is_archived() != before.is_archived() {
        let action = if after.is_archived() { "archived" } else { "unarchived" };
        state.emit("repository", action, after.id);
    }
    if after.visibility != before.visibility {
        let action = if after.visibility == "public" { "publicized" } else { "privatized" };
        state.emit("repository", action, after.id);
    }
    let mut changes = serde_json::Map::new();
    if after.default_branch != before.default_branch {
        changes.insert("default_branch".to_owned(), json!({ "from": before.default_branch }));
    }
    for key in ["description", "homepage"] {
        let (old, new) = (before.settings.get(key), after.settings.get(key));
        if old != new {
            changes.insert(key.to_owned(), json!({ "from": old }));
        }
    }
    if !changes.is_empty() {
        state.emit_with("repository", "edited", after.id, json!({ "changes": changes }));
    }
}

/// Refuses a default branch that is not there.
fn branch_is_there(repository: &Repository, branch: &str) -> Result<(), Answer> {
    let store = Store::at(&repository.folder);
    if store.is_empty() {
        return Err(errors::unprocessable(
            "Cannot update default branch for an empty repository. Please init the repository and push first.",
        ));
    }
    if store.resolve(&format!("refs/heads/{branch}")).is_none() {
        let message = format!(
            "The branch {branch} was not found. Please push that ref first or create it via the Git Data API."
        );
        let error = errors::custom("Repository", "default_branch", &message);
        return Err(errors::invalid("Validation Failed", &[error]));
    }
    Ok(())
}

/// Takes over what is said of security, and leaves the rest of it.
fn analysed(repository: &mut Repository, asked: &Value) {
    let Some(asked) = asked.as_object() else { return };
    let kept = repository.settings.entry("security_and_analysis").or_insert_with(|| json!({}));
    if let Some(kept) = kept.as_object_mut() {
        kept.extend(asked.iter().map(|(name, value)| (name.clone(), value.clone())));
    }
}

pub(super) fn topics(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    Ok(Answer::ok(json!({ "names": call.repository(state)?.topics })))
}

pub(super) fn replace_topics(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let names: Vec<String> =
        call.texts("names").unwrap_or_default().iter().map(|name| name.to_lowercase()).collect();
    let fits = |name: &String| {
        let letters = name.chars().all(|one| one.is_ascii_lowercase() || one.is_ascii_digit() || one == '-');
        letters && !name.is_empty() && name.len() <= 50 && !name.starts_with('-')
    };
    let refuse = |error: &str| errors::invalid("Validation Failed", &[json!(error)]);
    if !names.iter().all(fits) {
        return Err(refuse(
            "Topics must start with a lowercase letter or number, consist of 50 characters or less, and can include hyphens.",
        ));
    }
    if names.len() > 20 {
        return Err(refuse("Repositories can have at most 20 topics."));
    }
    let repository = call.repository_mut(state)?;
    repository.topics = names;
    Ok(Answer::ok(json!({ "names": repository.topics })))
}
