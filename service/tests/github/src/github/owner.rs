//! What the people of an account do themselves, beside whoever is tested: repositories copied, renamed, given away,
//! removed.

use std::path::Path;
use std::{fs, io};

use super::GitHub;
use crate::handlers::repositories::{give, named};
use crate::state::State;
use crate::state::repository::Repository;

impl GitHub {
    /// Puts a copy of a repository beside it, with its content and everything set in it; gives its id.
    ///
    /// # Panics
    ///
    /// Where there is no such repository, or its folder cannot be copied: no test could go on.
    #[expect(clippy::expect_used, reason = "a test whose repository is not there has failed")]
    pub fn copy(&self, owner: &str, from: &str, to: &str) -> u64 {
        let mut state = self.shared.state();
        let found = state.repository(owner, from).cloned().expect("a repository of that name");
        let (id, created) = (state.next_id(), state.now);
        let folder = state.root.join(format!("{id}.git"));
        copied(&found.folder, &folder).expect("a folder that can be copied");
        state.repositories.insert(id, Repository { id, name: to.to_owned(), folder, created, ..found });
        id
    }

    /// Gives a repository another name, as its owner would.
    pub fn rename(&self, owner: &str, from: &str, to: &str) {
        self.with(owner, from, |state, id| named(state, id, to));
    }

    /// Gives a repository to another account, as its owner would.
    pub fn transfer(&self, owner: &str, name: &str, to: &str) {
        self.with(owner, name, |state, id| give(state, id, to));
    }

    /// Removes a repository, as its owner would.
    pub fn remove(&self, owner: &str, name: &str) {
        self.with(owner, name, State::remove_repository);
    }

    fn with(&self, owner: &str, name: &str, act: impl FnOnce(&mut State, u64)) {
        let mut state = self.shared.state();
        let found = state.repository(owner, name).map(|one| one.id);
        if let Some(id) = found {
            act(&mut state, id);
        }
    }
}

/// Objects are the same wherever they are: both share a folder for them.
fn copied(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_name() == "objects" {
            std::os::unix::fs::symlink(fs::canonicalize(entry.path())?, target)?;
        } else if entry.file_type()?.is_dir() {
            copied(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
