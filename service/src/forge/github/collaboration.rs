//! Pull requests, issues, runs of workflows.
//!
//! What is made carries where it comes from ([`mark`]) in a comment that pages do not show, so that a repeated run
//! finds it. A run of a workflow can carry nothing: it is told from others by the runs that were there before. An event
//! leaves no trace at all and is sent once.

mod change;
mod issue;
mod mark;
mod merge;
mod people;
mod pull_request;
mod workflow;

use async_trait::async_trait;
use serde_json::{Map, Value};

use super::GitHub;
use super::answer::Failure;
use super::patience::{Kind, Trouble};
use crate::forge::{
    Collaboration, Dispatch, ForgeError, Issue, MergeHow, NewIssue, NewPullRequest, PullFate, PullRequest,
    RepoSlug, WorkflowRun,
};
use crate::git::CommitId;

#[async_trait]
impl Collaboration for GitHub {
    async fn open_pull_request(
        &self,
        slug: &RepoSlug,
        wanted: &NewPullRequest,
    ) -> Result<Option<PullRequest>, ForgeError> {
        pull_request::open(self, slug, wanted).await
    }

    async fn pull_request_of(
        &self,
        slug: &RepoSlug,
        branch: &str,
    ) -> Result<Option<(u64, String, PullFate)>, ForgeError> {
        pull_request::newest_of(self, slug, branch).await
    }

    async fn merge_pull_request(
        &self,
        slug: &RepoSlug,
        number: u64,
        how: &MergeHow,
    ) -> Result<CommitId, ForgeError> {
        merge::merge(self, slug, number, how).await
    }

    async fn open_issue(&self, slug: &RepoSlug, wanted: &NewIssue) -> Result<Issue, ForgeError> {
        issue::open(self, slug, wanted).await
    }

    async fn runs(&self, slug: &RepoSlug, wanted: &Dispatch) -> Result<Vec<u64>, ForgeError> {
        workflow::runs(self, slug, wanted).await
    }

    async fn dispatch(&self, slug: &RepoSlug, wanted: &Dispatch) -> Result<Option<WorkflowRun>, ForgeError> {
        workflow::dispatch(self, slug, wanted).await
    }

    async fn send_event(
        &self,
        slug: &RepoSlug,
        event_type: &str,
        payload: &Map<String, Value>,
    ) -> Result<(), ForgeError> {
        workflow::send_event(self, slug, event_type, payload).await
    }

    async fn code_owner_errors(
        &self,
        slug: &RepoSlug,
        revision: Option<&str>,
    ) -> Result<Vec<String>, ForgeError> {
        people::code_owner_errors(self, slug, revision).await
    }
}

/// `acme/shop`.
fn name(slug: &RepoSlug) -> String {
    format!("{}/{}", slug.owner, slug.name)
}

/// Why an operation stops: for a reason that GitHub tells, or for one that is found here.
#[derive(Debug)]
enum Stop {
    GitHub(Failure),
    Ours(ForgeError),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::GitHub(failure)
    }
}

impl From<ForgeError> for Stop {
    fn from(error: ForgeError) -> Self {
        Self::Ours(error)
    }
}

impl Trouble for Stop {
    fn kind(&self) -> Kind {
        match self {
            Self::GitHub(failure) => failure.kind(),
            Self::Ours(error) => error.kind(),
        }
    }

    fn words(&self) -> String {
        match self {
            Self::GitHub(failure) => failure.words(),
            Self::Ours(error) => error.words(),
        }
    }

    fn about(self, what: &str) -> ForgeError {
        match self {
            Self::GitHub(failure) => failure.about(what),
            Self::Ours(error) => error,
        }
    }
}
