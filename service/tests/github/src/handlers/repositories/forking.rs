//! Forks: repositories that share the objects of another one, and have branches of their own.
//!
//! The branches come when they are due, as the content of a repository made from a template does. Each of both sees the
//! other's objects, as on GitHub: a commit may be named where it was not pushed to.

use std::io::Write as _;
use std::path::Path;

use serde_json::{Map, json};

use super::generating::owner_for;
use super::making::proper_name;
use super::{Wanted, make};
use crate::call::{Answer, Call};
use crate::clock::millis;
use crate::errors;
use crate::git::{Store, plumbing};
use crate::shapes::repository as shape;
use crate::state::State;
use crate::state::repository::{Pending, Repository};

pub(super) fn fork(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let parent = call.repository(state)?.clone();
    let in_organisation = state.organisation(&parent.owner).is_ok();
    if in_organisation && parent.is_private() && !parent.setting("allow_forking") {
        return Err(errors::error(403, "The repository exists, but forking is disabled."));
    }
    let owner = owner_for(state, call, call.text("organization"))?;
    // Whoever owns it has no fork of it beside: GitHub answers with the repository itself.
    if owner.eq_ignore_ascii_case(&parent.owner) && call.text("name").is_none() {
        return Ok(Answer::of(202, shape::full(state, &parent, &call.who)));
    }
    let mut known = state.repositories.values();
    if let Some(fork) = known.find(|one| one.owner == owner && one.parent == Some(parent.id)) {
        return Ok(Answer::of(202, shape::full(state, fork, &call.who)));
    }
    let wanted = Wanted {
        name: free_name(state, &owner, &proper_name(call.text("name").unwrap_or(&parent.name))?),
        owner,
        visibility: parent.visibility.clone(),
        with_commit: false,
        settings: Map::from_iter([("description".to_owned(), parent.settings["description"].clone())]),
        team: None,
        properties: Map::new(),
    };
    let id = make(state, wanted, &call.who)?;
    let at = state.now.saturating_add(millis(state.setup.lag.generate));
    let all_branches = !call.flag("default_branch_only").unwrap_or(false);
    if let Some(made) = state.repositories.get_mut(&id) {
        made.parent = Some(parent.id);
        made.default_branch.clone_from(&parent.default_branch);
        made.pending = Some(Pending { at, template: parent.id, all_branches });
    }
    state.settle();
    let made = state.repositories.get(&id).ok_or_else(errors::not_found)?;
    let told = shape::full(state, made, &call.who);
    let forkee = shape::short(state, made, &call.who);
    state.emit_with("fork", "", parent.id, json!({ "forkee": forkee }));
    Ok(Answer::of(202, told))
}

/// The name, or the first of `name-1`, `name-2` and so on that the owner has not.
fn free_name(state: &State, owner: &str, name: &str) -> String {
    let mut names = (0_u32..).map(|number| match number {
        0 => name.to_owned(),
        number => format!("{name}-{number}"),
    });
    names.find(|name| state.repository(owner, name).is_none()).unwrap_or_else(|| name.to_owned())
}

/// Gives a fork its branches, and both the objects of either.
pub(super) fn share(fork: &Repository, parent: &Repository, all_branches: bool) {
    for (one, other) in [(fork, parent), (parent, fork)] {
        if borrow(&one.folder, &other.folder).is_err() {
            return;
        }
    }
    let default = format!("refs/heads/{}", parent.default_branch);
    for (name, head) in Store::at(&parent.folder).refs("refs/heads/") {
        if all_branches || name == default {
            plumbing::git(&fork.folder, &["update-ref", &name, &head], None);
        }
    }
    // A folder that cannot be written fails at the next push, which says so.
    let _ = Store::at(&fork.folder).set_head(&parent.default_branch);
}

/// Lets one repository find the objects of another.
fn borrow(folder: &Path, other: &Path) -> std::io::Result<()> {
    let alternates = folder.join("objects/info/alternates");
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(alternates)?;
    writeln!(file, "{}", other.join("objects").display())
}
