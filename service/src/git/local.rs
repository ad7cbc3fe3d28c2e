//! Reading a repository that lies on this machine.
//!
//! One commit and its files are copied, not its history. Nothing of the other repository is run or obeyed, and
//! one that belongs to another user is refused, as git itself does.

use std::ffi::OsStr;
use std::path::Path;

use git2::{ErrorCode, Repository, RepositoryOpenFlags};

use super::error::GitError;
use super::pack::{Incoming, copy_pack};
use super::{CommitId, TreeId, read};

/// Copies the commit that `revision` names from the repository in `folder` (bare, or with files beside it).
pub(super) fn copy(
    store: &Repository,
    folder: &Path,
    revision: Option<&str>,
) -> Result<(CommitId, TreeId), GitError> {
    let source = open(folder)?;
    let commit = read::commit(&source, revision).map_err(|error| match error {
        GitError::NotFound(reason) => GitError::NotFound(format!("`{}`: {reason}", folder.display())),
        other => other,
    })?;
    if !store.odb()?.exists(commit.id()) {
        let incoming = Incoming::new(store)?;
        let mut builder = source.packbuilder()?;
        builder.insert_commit(commit.id())?;
        incoming.index(|indexer| copy_pack(&mut builder, indexer))?;
        incoming.install()?;
    }
    read::described(&commit)
}

fn open(folder: &Path) -> Result<Repository, GitError> {
    let no_ceiling: [&OsStr; 0] = [];
    Repository::open_ext(folder, RepositoryOpenFlags::NO_SEARCH, no_ceiling).map_err(|error| {
        let folder = folder.display();
        match error.code() {
            ErrorCode::NotFound => GitError::NotFound(format!(
                "there is no git repository at `{folder}`; check the path, and that this machine has it"
            )),
            ErrorCode::Owner => GitError::Refused(format!(
                "the repository `{folder}` belongs to another user; give it to the user this service runs as"
            )),
            _ => GitError::Git(error),
        }
    })
}
