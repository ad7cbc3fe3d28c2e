//! The local forge: bare repositories under the data folder, and what a host would keep beside them.
//!
//! `<root>/<host>/<owner>/<name>.git` is the repository, `<name>.json` next to it holds topics, protection,
//! variables and the names (never the values) of secrets. It serves laptops, demos and tests; it has no
//! users and no permissions.

use std::path::PathBuf;

/// Bare repositories under one folder.
#[derive(Clone, Debug)]
pub struct LocalForge {
    root: PathBuf,
}
