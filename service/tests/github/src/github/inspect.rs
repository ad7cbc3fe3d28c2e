//! What there is after it was asked: repositories, their files and commits, exchanges, what went against the rules.

use super::GitHub;
use crate::git::Store;
use crate::recorder::{Exchanges, is_about};
use crate::shared::locked;
use crate::state::State;
use crate::state::repository::Repository;
use crate::webhooks::Delivery;

/// A commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Its id.
    pub id: String,
    /// The whole message.
    pub message: String,
    /// Who wrote it: `Name <address>`.
    pub author: String,
    /// The commits before it.
    pub parents: Vec<String>,
}

impl GitHub {
    /// Looks at anything at all.
    pub fn read<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.shared.state())
    }

    /// A repository by its name now, with everything set in it.
    #[must_use]
    pub fn repository(&self, owner: &str, name: &str) -> Option<Repository> {
        self.shared.state().repository(owner, name).cloned()
    }

    /// The full names of all repositories, in the order of their making.
    #[must_use]
    pub fn repositories(&self) -> Vec<String> {
        self.shared.state().repositories.values().map(Repository::full_name).collect()
    }

    /// The commit that a branch is at.
    #[must_use]
    pub fn head(&self, owner: &str, name: &str, branch: &str) -> Option<String> {
        let repository = self.repository(owner, name)?;
        Store::at(&repository.folder).resolve(&format!("refs/heads/{branch}"))
    }

    /// The names of the branches.
    #[must_use]
    pub fn branches(&self, owner: &str, name: &str) -> Vec<String> {
        let Some(repository) = self.repository(owner, name) else { return Vec::new() };
        let refs = Store::at(&repository.folder).refs("refs/heads/");
        refs.into_iter().filter_map(|(name, _)| Some(name.strip_prefix("refs/heads/")?.to_owned())).collect()
    }

    /// What was asked and answered so far.
    #[must_use]
    pub fn exchanges(&self) -> Exchanges {
        Exchanges(locked(&self.shared.recorded).clone())
    }

    /// What was asked and answered about the repository of this name, by path or by the name it was to get.
    #[must_use]
    pub fn exchanges_about(&self, name: &str) -> Exchanges {
        let recorded = locked(&self.shared.recorded);
        Exchanges(recorded.iter().filter(|one| is_about(name, &one.path, &one.body)).cloned().collect())
    }

    /// What was not as GitHub describes it.
    #[must_use]
    pub fn violations(&self) -> Vec<String> {
        locked(&self.shared.violations).clone()
    }

    /// Forgets what was not as GitHub describes it, and gives it: for tests that go wrong on purpose.
    #[must_use]
    pub fn take_violations(&self) -> Vec<String> {
        std::mem::take(&mut *locked(&self.shared.violations))
    }

    /// What was and is to be sent to webhooks, oldest first.
    #[must_use]
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.shared.state().deliveries.clone()
    }

    /// Which limits were exceeded, and by whom.
    #[must_use]
    pub fn limits_exceeded(&self) -> Vec<String> {
        locked(&self.shared.governor).exceeded()
    }

    /// The most requests that ran at once for one installation or user.
    #[must_use]
    pub fn most_at_once(&self) -> u64 {
        locked(&self.shared.governor).most
    }
}
