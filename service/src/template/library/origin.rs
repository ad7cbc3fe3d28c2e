//! Where a file of entities lies: in a folder of this machine, or in a repository at a commit.
//!
//! It reads and names; which files are wanted is decided in `load`.

use std::sync::Arc;

use catalog_gen::{Entry, FileTree, MAX_YAML_BYTES, TreePath};
use globset::GlobBuilder;

use super::watch::Witness;
use crate::git::{CommitId, TreeId};
use crate::template::source::{Folder, GitPlace, Reach, blocking};
use crate::template::{FetchError, Pin, Sources};

/// A git repository as it was found.
#[derive(Debug)]
pub(super) struct Checkout {
    /// URL of the repository, as configured.
    pub(super) repository: String,
    /// The revision that was asked for.
    pub(super) revision: Option<String>,
    /// What it was.
    pub(super) commit: CommitId,
    /// Its tree.
    pub(super) tree: TreeId,
}

/// A source that files of entities are read from.
#[derive(Clone, Debug)]
pub(super) enum Origin {
    /// A folder.
    Folder(Arc<Folder>),
    /// A repository.
    Git(Arc<Checkout>),
}

/// A file of entities.
#[derive(Clone, Debug)]
pub(super) struct At {
    /// Its source.
    pub(super) origin: Origin,
    /// Its path in there.
    pub(super) path: TreePath,
}

impl Origin {
    /// The source's URL.
    pub(super) fn url(&self) -> &str {
        match self {
            Self::Folder(folder) => folder.url(),
            Self::Git(checkout) => &checkout.repository,
        }
    }

    /// The text of a file, and what tells later whether it is still the same; none where no file is.
    pub(super) async fn text(
        &self,
        sources: &Sources,
        path: &TreePath,
    ) -> Result<(Option<String>, Option<Witness>), FetchError> {
        match self {
            Self::Folder(folder) => {
                let (aside, wanted) = (Arc::clone(folder), path.clone());
                let (read, stamp) = blocking(move || {
                    let stamp = aside.stamp(&wanted);
                    Ok((aside.text(&wanted), stamp))
                })
                .await?;
                let witness = Witness::File { folder: Arc::clone(folder), path: path.clone(), stamp };
                read.map(|found| (found, Some(witness)))
            }
            Self::Git(checkout) => {
                let tree = files(sources, checkout).await?;
                let Some(file) = tree.file(path) else { return Ok((None, None)) };
                if file.bytes.len() > MAX_YAML_BYTES {
                    return Err(FetchError::Invalid(format!(
                        "`{path}` has {} bytes, more than the {MAX_YAML_BYTES} that are read; split it",
                        file.bytes.len()
                    )));
                }
                let text = file.text().ok_or_else(|| {
                    FetchError::Invalid(format!("`{path}` is not UTF-8 text; save it as UTF-8"))
                })?;
                Ok((Some(text.to_owned()), None))
            }
        }
    }

    /// The files that match a pattern, in order.
    pub(super) async fn matching(
        &self,
        sources: &Sources,
        pattern: &str,
    ) -> Result<Vec<TreePath>, FetchError> {
        match self {
            Self::Folder(folder) => {
                let (folder, pattern) = (Arc::clone(folder), pattern.to_owned());
                blocking(move || folder.matching(&pattern)).await
            }
            Self::Git(checkout) => {
                let glob = GlobBuilder::new(pattern).literal_separator(true).build();
                let glob = glob
                    .map_err(|error| FetchError::Invalid(format!("`{pattern}` is not a pattern: {error}")))?;
                let matcher = glob.compile_matcher();
                let tree = files(sources, checkout).await?;
                let files = tree.iter().filter(|(_, entry)| matches!(entry, Entry::File(_)));
                Ok(files
                    .map(|(path, _)| path.clone())
                    .filter(|path| matcher.is_match(path.as_str()))
                    .collect())
            }
        }
    }

    /// Is there a folder? The root is one.
    pub(super) async fn is_folder(
        &self,
        sources: &Sources,
        path: Option<&TreePath>,
    ) -> Result<bool, FetchError> {
        match (self, path) {
            (_, None) => Ok(true),
            (Self::Folder(folder), path) => Ok(folder.is_folder(path)),
            (Self::Git(checkout), Some(path)) => Ok(files(sources, checkout).await?.is_dir(path)),
        }
    }
}

async fn files(sources: &Sources, checkout: &Checkout) -> Result<FileTree, FetchError> {
    sources.tree(&checkout.tree, "").await
}

impl At {
    /// Name of the file for messages: its path in the source.
    pub(super) fn file(&self) -> &str {
        self.path.as_str()
    }

    /// `<source>/<path>`.
    pub(super) fn place(&self) -> String {
        format!("{}/{}", self.origin.url(), self.path)
    }

    /// The folder, if it lies in one.
    pub(super) fn folder(&self) -> Option<&Arc<Folder>> {
        match &self.origin {
            Origin::Folder(folder) => Some(folder),
            Origin::Git(_) => None,
        }
    }

    /// The folder of this file, if the other lies in the same source.
    pub(super) fn folder_beside(&self, other: &Self) -> Option<String> {
        let beside = self.origin.url() == other.origin.url();
        beside.then(|| self.path.parent().map(|folder| folder.as_str().to_owned()).unwrap_or_default())
    }

    /// Backstage's location of this file: `file:<path>`, or `url:<url>`.
    pub(super) fn location(&self) -> String {
        match &self.origin {
            Origin::Folder(folder) => format!("file:{}/{}", folder.root().display(), self.path),
            Origin::Git(checkout) => format!("url:{}", checkout.url("blob", Some(&self.path))),
        }
    }

    /// Backstage's location of the folder that holds this file, for files that lie elsewhere.
    pub(super) fn source_location(&self) -> Option<String> {
        match &self.origin {
            Origin::Folder(_) => None,
            Origin::Git(checkout) => {
                let url = checkout.url("tree", self.path.parent().as_ref());
                Some(format!("url:{}/", url.trim_end_matches('/')))
            }
        }
    }

    /// Fixes the source as it is now.
    pub(super) async fn pin(
        &self,
        sources: &Sources,
        reach: &Reach,
        strict: &[String],
    ) -> Result<Pin, FetchError> {
        let (tree, commit) = match &self.origin {
            Origin::Folder(folder) => {
                (sources.snapshot(folder, reach, Some(&self.path), strict).await?, None)
            }
            Origin::Git(checkout) => (checkout.tree.clone(), Some(checkout.commit.clone())),
        };
        Ok(Pin { source: self.origin.url().to_owned(), tree, commit, path: self.path.as_str().to_owned() })
    }
}

impl Checkout {
    /// Is this what the place asks for?
    pub(super) fn answers(&self, place: &GitPlace) -> bool {
        self.repository == place.repository && self.revision == place.revision
    }

    /// A URL of a place inside that reads back to it.
    fn url(&self, marker: &str, path: Option<&TreePath>) -> String {
        let path = path.map(TreePath::as_str).unwrap_or_default();
        let revision = self.revision.as_deref().unwrap_or("HEAD");
        match self.repository.split_once("://") {
            Some(("https" | "http", rest)) if rest.matches('/').count() == 2 => {
                let repository = self.repository.trim_end_matches(".git");
                format!("{repository}/{marker}/{revision}/{path}")
            }
            _ => format!("git+{}//{path}?ref={revision}", self.repository),
        }
    }
}
