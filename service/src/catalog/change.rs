//! What happened to repositories, as far as the catalog cares: the work of `catalog` jobs.
//!
//! Whoever hears of something says it as a [`Change`] and leaves it in [`Changes`]; whoever claims a job of
//! [`CHANGE_JOB`] takes what is there about its subject and sees to it. A change says where to look, not what is true:
//! it may come late, twice or from a replay, so whoever sees to it asks the forge before anything is taken away. The
//! invariant: there is a job about a subject for as long as a change about it waits.

use serde::{Deserialize, Serialize};

use crate::forge::RepoSlug;

pub use super::store::changes::{ChangeError, Changes, Waiting};

/// Kind of the jobs in the queue.
pub const CHANGE_JOB: &str = "catalog";

/// Branch of the pull requests by which this service proposes catalog files. Pull requests of another branch are
/// nobody's business here.
pub const PROPOSAL_BRANCH: &str = "stagecraft/catalog-info";

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Change {
    /// Read it again.
    Read {
        /// The repository.
        repository: RepoSlug,
        /// What its default branch is said to point to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        commit: Option<String>,
    },
    /// It has another name or owner.
    Moved {
        /// What it was.
        from: RepoSlug,
        /// What it is.
        to: RepoSlug,
    },
    /// It was archived, or is in use again.
    Archived {
        /// The repository.
        repository: RepoSlug,
        /// Which of both.
        archived: bool,
    },
    /// It was deleted, or can no longer be read.
    Gone {
        /// The repository.
        repository: RepoSlug,
    },
    /// All repositories of an owner are to be looked at: an installation was added, a team changed.
    Owner {
        /// The forge.
        host: String,
        /// User or organisation.
        owner: String,
    },
    /// The App no longer sees the repositories of an owner.
    Lost {
        /// The forge.
        host: String,
        /// User or organisation.
        owner: String,
    },
    /// A pull request of [`PROPOSAL_BRANCH`] was closed or opened again.
    Proposal {
        /// The repository.
        repository: RepoSlug,
        /// Its number.
        number: u64,
        /// What became of it.
        became: ProposalState,
    },
}

/// What became of a pull request that proposes catalog files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProposalState {
    /// It is to be decided.
    Open,
    /// It was closed: no.
    Declined,
    /// It was merged: yes.
    Taken,
}

impl Change {
    /// What the job is about: a repository, or an owner. Two changes of one subject are never seen to at once.
    ///
    /// A repository that moved is found under its new name.
    pub fn subject(&self) -> String {
        match self {
            Self::Read { repository, .. }
            | Self::Archived { repository, .. }
            | Self::Gone { repository }
            | Self::Proposal { repository, .. }
            | Self::Moved { to: repository, .. } => repository.to_string().to_ascii_lowercase(),
            Self::Owner { host, owner } | Self::Lost { host, owner } => {
                format!("{host}/{owner}").to_ascii_lowercase()
            }
        }
    }

    /// What two changes share of which only the later one is kept.
    pub(crate) fn key(&self) -> (String, String) {
        (self.subject(), self.sort())
    }

    /// Of two changes of the same subject and sort only the later one is kept.
    pub(super) fn sort(&self) -> String {
        match self {
            Self::Read { .. } => "read".to_owned(),
            Self::Moved { from, .. } => format!("moved {from}").to_ascii_lowercase(),
            Self::Archived { .. } => "archived".to_owned(),
            Self::Gone { .. } => "gone".to_owned(),
            Self::Owner { .. } | Self::Lost { .. } => "owner".to_owned(),
            Self::Proposal { number, .. } => format!("proposal {number}"),
        }
    }
}

#[cfg(test)]
mod tests;
