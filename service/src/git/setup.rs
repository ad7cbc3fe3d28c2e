//! Opening and making bare repositories, with libgit2 told once to mind nobody's configuration.
//!
//! It holds the crate's only touch of libgit2's global state. The invariant: every repository that is opened
//! here was opened after that, and one that is made is whole before it has its name.

use std::io;
use std::path::Path;
use std::sync::OnceLock;

use git2::{ConfigLevel, Repository, RepositoryInitOptions};

use super::error::GitError;
use super::scratch::Scratch;

/// HEAD of a store that has no branches.
const NO_BRANCH: &str = "main";

/// Opens the bare repository at `path`. Its owner is not asked for: the folder is the service's own.
pub(super) fn open(path: &Path) -> Result<Repository, GitError> {
    ready()?;
    Repository::open_bare(path).map_err(|error| match error.code() {
        git2::ErrorCode::NotFound => {
            GitError::NotFound(format!("there is no git repository at `{}`", path.display()))
        }
        _ => GitError::Git(error),
    })
}

/// Makes a bare repository in a folder that is not there yet.
pub(super) fn create(path: &Path, default_branch: &str) -> Result<(), GitError> {
    ready()?;
    if !git2::Branch::name_is_valid(default_branch).unwrap_or(false) {
        return Err(GitError::Invalid(format!(
            "`{default_branch}` is not a branch name that git takes; choose another"
        )));
    }
    let mut options = RepositoryInitOptions::new();
    options.bare(true).no_reinit(true).mkpath(true).external_template(false);
    options.initial_head(default_branch);
    Repository::init_opts(path, &options)?;
    Ok(())
}

/// Makes a bare repository beside `path` and moves it there, unless another process was faster.
pub(super) fn create_beside(path: &Path) -> Result<(), GitError> {
    let failed = |source| GitError::io(path, source);
    let path = std::path::absolute(path).map_err(failed)?;
    let parent = path.parent().unwrap_or(&path);
    let scratch = Scratch::new_in(&parent.join(".drafts")).map_err(failed)?;
    let draft = scratch.path().join("repository.git");
    create(&draft, NO_BRANCH)?;
    // A store holds loose objects that no second copy stands for: they are on the disk before they are named.
    Repository::open_bare(&draft)?.config()?.set_bool("core.fsyncObjectFiles", true)?;
    move_into_place(&draft, &path).map(drop).map_err(failed)
}

/// Gives a finished folder its name; `false` when the name was taken.
pub(crate) fn move_into_place(draft: &Path, place: &Path) -> io::Result<bool> {
    match std::fs::rename(draft, place) {
        Ok(()) => Ok(true),
        Err(error)
            if matches!(error.kind(), io::ErrorKind::AlreadyExists | io::ErrorKind::DirectoryNotEmpty) =>
        {
            Ok(false)
        }
        Err(error) => Err(error),
    }
}

/// Tells libgit2, once for the process, to read no configuration but a repository's own.
pub(super) fn ready() -> Result<(), GitError> {
    static READY: OnceLock<Result<(), String>> = OnceLock::new();
    READY
        .get_or_init(|| {
            let levels =
                [ConfigLevel::ProgramData, ConfigLevel::System, ConfigLevel::XDG, ConfigLevel::Global];
            levels.into_iter().try_for_each(forget_level).map_err(|error| error.message().to_owned())
        })
        .clone()
        .map_err(|message| GitError::Git(git2::Error::from_str(&message)))
}

#[expect(unsafe_code, reason = "the search path is a global of libgit2")]
fn forget_level(level: ConfigLevel) -> Result<(), git2::Error> {
    // SAFETY: `ready` runs this once and before any repository is opened, so nobody reads the path meanwhile.
    unsafe { git2::opts::set_search_path(level, "") }
}
