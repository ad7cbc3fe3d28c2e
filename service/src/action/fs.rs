//! Actions of the `fs` family: the workspace alone.
//!
//! All of them are pure functions of the workspace: repeating a run repeats them.

mod delete;
mod readdir;
mod rename;

pub(crate) use delete::Delete;
pub(crate) use readdir::ReadDir;
pub(crate) use rename::Rename;
