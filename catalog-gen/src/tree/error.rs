//! What can go wrong with a tree, by what the caller can do about it.
//!
//! It decides nothing; the checks stand in `tree.rs`. Messages name the path and the mend, never any content.

use super::path::{PathError, TreePath};

/// Why an operation on a tree was refused. The tree is then as it was before.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// A text is not a path of a tree.
    #[error(transparent)]
    Path(#[from] PathError),
    /// A directory above the path is a file or a link.
    #[error("cannot write `{path}`: `{parent}` is not a directory; remove it first or choose another path")]
    ParentIsNotADirectory {
        /// What was to be written.
        path: TreePath,
        /// The file or link that stands in the way.
        parent: TreePath,
    },
    /// A file or link was to be written where a directory with entries is.
    #[error("cannot write `{path}`: it is a directory with entries; remove it first or choose another path")]
    IsADirectory {
        /// The directory.
        path: TreePath,
    },
    /// A file or link stands where a directory is needed.
    #[error("`{path}` is not a directory; name the directory itself")]
    NotADirectory {
        /// The file or link.
        path: TreePath,
    },
    /// There is nothing at the path.
    #[error("there is nothing at `{path}`; check the spelling and the letter case")]
    NotFound {
        /// The path that was asked for.
        path: TreePath,
    },
    /// Something is at the path already.
    #[error("`{path}` exists already; remove it first, or say that it may be replaced")]
    AlreadyExists {
        /// The path that is taken.
        path: TreePath,
    },
    /// A directory was to be moved to a place below itself.
    #[error("cannot move `{from}` into itself at `{to}`; choose a place outside of it")]
    IntoItself {
        /// The directory.
        from: TreePath,
        /// The place below it.
        to: TreePath,
    },
    /// A link leads out of the tree, or to a place that no entry may have.
    #[error("the link `{path}` leads outside of the tree; point it at something inside with a relative path")]
    LinkLeadsOut {
        /// The link.
        path: TreePath,
        /// What is wrong with its target.
        source: PathError,
    },
    /// A link's target has a `..` behind a name, where another link could turn it outward.
    #[error(
        "the link `{path}` has `..` after a name in its target; write the target with `..` in front only"
    )]
    LinkTurnsBack {
        /// The link.
        path: TreePath,
    },
    /// Links lead to each other without end.
    #[error("`{path}` passes through links that go in a circle; point one of them at a file or a directory")]
    LinksInACircle {
        /// The path that was asked for.
        path: TreePath,
    },
    /// The tree would hold more entries than its budget allows.
    #[error("`{path}` does not fit: the tree may hold at most {limit} entries; leave files out")]
    TooManyEntries {
        /// The entry that was one too many.
        path: TreePath,
        /// The budget's `max_entries`.
        limit: usize,
    },
    /// The tree would hold more bytes than its budget allows.
    #[error("`{path}` does not fit: the tree may hold at most {limit} bytes; leave large files out")]
    TooManyBytes {
        /// The entry that was too large.
        path: TreePath,
        /// The budget's `max_bytes`.
        limit: u64,
    },
}
