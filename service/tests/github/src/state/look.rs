//! Finding things, and who may do what where.

use super::State;
use super::account::{Account, Role};
use super::app::{App, Installation};
use super::repository::Repository;
use crate::call::Answer;
use crate::clock::millis;
use crate::errors;

impl State {
    /// A user or an organisation.
    #[must_use]
    pub fn account(&self, login: &str) -> Option<&Account> {
        self.accounts.get(&login.to_lowercase())
    }

    /// An organisation, or 404.
    pub(crate) fn organisation(&self, login: &str) -> Result<&Account, Answer> {
        self.account(login).filter(|account| account.is_organisation()).ok_or_else(errors::not_found)
    }

    /// A repository by its name now.
    #[must_use]
    pub fn repository(&self, owner: &str, name: &str) -> Option<&Repository> {
        self.repositories.values().find(|repository| {
            repository.owner.eq_ignore_ascii_case(owner) && repository.name.eq_ignore_ascii_case(name)
        })
    }

    /// An App.
    #[must_use]
    pub fn app(&self, id: u64) -> Option<&App> {
        self.apps.iter().find(|app| app.id == id)
    }

    /// An installation.
    #[must_use]
    pub fn installation(&self, id: u64) -> Option<&Installation> {
        self.installations.iter().find(|installation| installation.id == id)
    }

    /// The installation of an App in an account.
    #[must_use]
    pub fn installed(&self, app: u64, account: &str) -> Option<&Installation> {
        self.installations.iter().find(|installation| {
            installation.app == app && installation.account.eq_ignore_ascii_case(account)
        })
    }

    /// Removes a repository with its folder and all that points to it.
    pub(crate) fn remove_repository(&mut self, id: u64) {
        if let Some(repository) = self.repositories.remove(&id) {
            self.moved.retain(|_, to| *to != id);
            // What is left of it on disk goes with the double's temporary folder.
            let _ = std::fs::remove_dir_all(&repository.folder);
        }
    }

    /// Whether the repository is so new that GitHub does not find it yet.
    pub(crate) fn not_yet(&self, repository: &Repository) -> bool {
        self.now < repository.created.saturating_add(millis(self.setup.lag.create))
    }

    /// What a user may do in a repository: `admin`, `maintain`, `push`, `triage`, `pull`, or nothing.
    #[must_use]
    pub fn role_in(&self, login: &str, repository: &Repository) -> Option<&'static str> {
        let login = login.to_lowercase();
        if repository.owner.eq_ignore_ascii_case(&login) {
            return Some("admin");
        }
        let mut found = (!repository.is_private()).then_some(0);
        let organisation = self.account(&repository.owner);
        if let Some(role) = organisation.and_then(|organisation| organisation.members.get(&login)) {
            if *role == Role::Admin {
                return Some("admin");
            }
            found = Some(0);
        }
        found = found.max(repository.collaborators.get(&login).map(|role| rank(role)));
        for (slug, role) in &repository.teams {
            let team = organisation.and_then(|organisation| organisation.teams.get(slug));
            if team.is_some_and(|team| team.members.contains(&login)) {
                found = found.max(Some(rank(role)));
            }
        }
        found.and_then(|rank| RANKS.get(rank).copied())
    }
}

/// What one may do in a repository, least first.
const RANKS: [&str; 5] = ["pull", "triage", "push", "maintain", "admin"];

/// The place of a role in [`RANKS`]. A custom role lets one do what `push` does.
pub(crate) fn rank(role: &str) -> usize {
    match role {
        "pull" | "read" => 0,
        "triage" => 1,
        "maintain" => 3,
        "admin" => 4,
        _ => 2,
    }
}
