//! Git: bare repositories on disk, read and written directly, and served to git clients.
//!
//! `git http-backend` moves the packs, so that a push is a real push; the rest reads and writes loose objects and
//! refs itself, which costs no process. The invariant: what the API shows of a repository is what its folder holds.

pub(crate) mod backend;
pub(crate) mod plumbing;
pub(crate) mod pushed;
pub(crate) mod rules;
pub(crate) mod store;

pub(crate) use store::Store;
