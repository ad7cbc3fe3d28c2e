//! Where template files come from: folders and git repositories, pinned by content.

use catalog_gen::FileTree;
use serde::{Deserialize, Serialize};

use crate::git::{CommitId, GitError, ObjectStore, TreeId};

/// The files a task sees, fixed when the task is created: a tree in the object store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Pin {
    /// The source as configured or as fetched: `file:///srv/templates` or `https://github.com/acme/templates`.
    pub source: String,
    /// Content hash of the whole source.
    pub tree: TreeId,
    /// The commit, where the source is a git repository.
    pub commit: Option<CommitId>,
    /// Path of `template.yaml` inside the source, `/`-separated; relative URLs resolve beside it.
    pub path: String,
}

/// Files that were read for a `fetch:*` URL.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// The folder's files (or the one file, under its own name, for a file URL).
    pub tree: FileTree,
    /// What was read, for the journal: reading it again gives the same files.
    pub pin: Pin,
}

/// Why files could not be read.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The URL cannot be understood or leaves the template's source.
    #[error("{0}")]
    Invalid(String),
    /// Nothing is there.
    #[error("{0}")]
    NotFound(String),
    /// Git failed.
    #[error(transparent)]
    Git(#[from] GitError),
    /// The files cannot be held.
    #[error(transparent)]
    Tree(#[from] catalog_gen::TreeError),
    /// The disk failed.
    #[error("`{path}` cannot be read")]
    Io {
        /// The file.
        path: String,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
}

/// Reads files for `fetch:*` and `catalog:register`, through the object store.
#[derive(Clone, Debug)]
pub struct Sources {
    store: ObjectStore,
}

impl Sources {
    /// Reads the folder that `url` names: relative to the template's own files (`base`), or an absolute
    /// `https://…/tree/<rev>/<folder>` or `file://` one. `token` replaces configured credentials.
    pub async fn read_folder(&self, base: Option<&Pin>, url: &str, token: Option<&crate::secret::Secret>) -> Result<Fetched, FetchError> {
        unimplemented!()
    }

    /// Reads one file.
    pub async fn read_file(&self, base: Option<&Pin>, url: &str, token: Option<&crate::secret::Secret>) -> Result<Fetched, FetchError> {
        unimplemented!()
    }
}
