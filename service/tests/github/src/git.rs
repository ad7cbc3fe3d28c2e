//! Git: bare repositories on disk, read and written directly, and served to git clients.
//!
//! `git http-backend` moves the packs, so that a push is a real push; the rest reads and writes loose objects and
//! refs itself, which costs no process. The invariant: what the API shows of a repository is what its folder holds.

pub(crate) mod backend;
pub(crate) mod plumbing;
pub(crate) mod pushed;
pub(crate) mod rules;
pub(crate) mod store;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

pub(crate) use store::Store;

/// The git of this machine, by its whole path: a child that is looked up in a path of its own is started by a copy of
/// this process, and that costs more than all it does.
pub(crate) fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let folders = std::env::var_os("PATH").unwrap_or_default();
        let found =
            std::env::split_paths(&folders).map(|folder| folder.join("git")).find(|file| file.is_file());
        found.unwrap_or_else(|| "git".into())
    })
}
