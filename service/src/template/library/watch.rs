//! What tells whether a source is still as it was when it was loaded.
//!
//! Nothing is read for it but marks of files, names in folders, and at most once a minute the head of a
//! remote branch.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use catalog_gen::TreePath;

use super::origin::Checkout;
use crate::git::{CommitId, TreeId};
use crate::template::source::{Folder, GitPlace, Stamp, blocking};
use crate::template::{FetchError, Sources};

/// How long the head of a remote branch is taken for current.
const HEAD_AGE: Duration = Duration::from_secs(60);

/// Something that a load has seen.
#[derive(Clone, Debug)]
pub(super) enum Witness {
    /// A file with these marks, or no file.
    File {
        /// The folder it is in.
        folder: Arc<Folder>,
        /// Its path there.
        path: TreePath,
        /// Its marks; none where there was no file.
        stamp: Option<Stamp>,
    },
    /// A pattern that these files match.
    Pattern {
        /// The folder that was searched.
        folder: Arc<Folder>,
        /// The pattern.
        pattern: String,
        /// What it found.
        found: Vec<TreePath>,
    },
    /// A revision that was this commit.
    Head {
        /// Repository and revision.
        place: GitPlace,
        /// The commit.
        commit: CommitId,
    },
    /// Something failed, and may go well now.
    Failure,
}

impl Witness {
    /// Is it still so?
    pub(super) async fn holds(&self, sources: &Sources, heads: &mut Heads) -> bool {
        match self {
            Self::File { folder, path, stamp } => match (stamp, folder.stamp(path)) {
                (Some(before), Some(now)) => before.holds(&now),
                (None, None) => true,
                _ => false,
            },
            Self::Pattern { folder, pattern, found } => {
                let (folder, pattern) = (Arc::clone(folder), pattern.clone());
                blocking(move || folder.matching(&pattern)).await.is_ok_and(|now| now == *found)
            }
            Self::Head { place, commit } => {
                heads.checkout(sources, place).await.is_ok_and(|now| now.commit == *commit)
            }
            Self::Failure => false,
        }
    }
}

/// The heads of remote branches that were asked for lately.
#[derive(Debug, Default)]
pub(super) struct Heads {
    known: HashMap<(String, Option<String>), Head>,
}

#[derive(Debug)]
struct Head {
    asked: Instant,
    /// What was answered last; none where there was never an answer.
    answer: Option<(CommitId, TreeId)>,
    /// Why the last question was not answered.
    failure: Option<String>,
}

impl Heads {
    /// The repository at a place. A remote that does not answer is as it was when it last did.
    pub(super) async fn checkout(
        &mut self,
        sources: &Sources,
        place: &GitPlace,
    ) -> Result<Checkout, FetchError> {
        let key = (place.repository.clone(), place.revision.clone());
        let known = self.known.get(&key);
        if known.is_none_or(|known| known.asked.elapsed() >= HEAD_AGE) {
            let before = known.and_then(|known| known.answer.clone());
            let asked = Instant::now();
            let head = match sources.fetch(&place.repository, place.revision.as_deref(), None).await {
                Ok(answer) => Head { asked, answer: Some(answer), failure: None },
                Err(error) => {
                    tracing::warn!(source = place.repository, %error, "a template source cannot be reached");
                    Head { asked, answer: before, failure: Some(error.to_string()) }
                }
            };
            self.known.insert(key.clone(), head);
        }
        let known = self.known.get(&key);
        let (commit, tree) = known.and_then(|known| known.answer.clone()).ok_or_else(|| {
            let why = known.and_then(|known| known.failure.clone()).unwrap_or_default();
            FetchError::NotFound(format!("`{}` cannot be read: {why}", place.repository))
        })?;
        Ok(Checkout { repository: place.repository.clone(), revision: place.revision.clone(), commit, tree })
    }
}
