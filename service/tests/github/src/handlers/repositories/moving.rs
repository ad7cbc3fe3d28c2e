//! A repository under another name, or in other hands.
//!
//! The invariant: the old name leads to it for as long as nothing else takes that name.

use super::making::proper_name;
use crate::call::{Answer, Call};
use crate::errors;
use crate::shapes::repository as shape;
use crate::state::State;

pub(super) fn transfer(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let id = call.repository(state)?.id;
    let owner = call.text("new_owner").unwrap_or_default();
    let name = call.text("new_name").map(proper_name).transpose()?;
    let taken = |message: &str| {
        errors::invalid("Validation Failed", &[errors::custom("Repository", "new_owner", message)])
    };
    let owner = state.account(owner).ok_or_else(|| taken("The new owner was not found"))?.login.clone();
    let name = name.unwrap_or_else(|| call.repository(state).map(|one| one.name.clone()).unwrap_or_default());
    if state.repository(&owner, &name).is_some() {
        return Err(taken("Repositories cannot be transferred to an owner who has one of that name"));
    }
    let before = call.repository(state)?.owner.clone();
    let kind = if state.organisation(&before).is_ok() { "organization" } else { "user" };
    give(state, id, &owner);
    named(state, id, &name);
    let changes = serde_json::json!({ "owner": { "from": { (kind): { "login": before } } } });
    state.emit_with("repository", "transferred", id, serde_json::json!({ "changes": changes }));
    let repository = state.repositories.get(&id).ok_or_else(errors::not_found)?;
    Ok(Answer::of(202, shape::short(state, repository, &call.who)))
}

/// Gives a repository to another account. Who worked on it as a team of the old owner does so no more.
pub(crate) fn give(state: &mut State, id: u64, owner: &str) {
    moved(state, id, |repository| {
        owner.clone_into(&mut repository.owner);
        repository.teams.clear();
    });
}

/// Gives a repository another name.
pub(crate) fn named(state: &mut State, id: u64, name: &str) {
    moved(state, id, |repository| name.clone_into(&mut repository.name));
}

fn moved(state: &mut State, id: u64, change: impl FnOnce(&mut crate::state::repository::Repository)) {
    let now = state.now;
    let Some(repository) = state.repositories.get_mut(&id) else { return };
    let old = repository.full_name().to_lowercase();
    change(repository);
    repository.updated = now;
    let new = repository.full_name().to_lowercase();
    if new != old {
        state.moved.remove(&new);
        state.moved.insert(old, id);
    }
}
