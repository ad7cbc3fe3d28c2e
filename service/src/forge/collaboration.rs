//! What people do in a repository together: pull requests, issues, runs of workflows.
//!
//! These are things that are made, not settings that are brought to a state; each carries where it comes from
//! ([`Origin`]), so that a repeated run finds what an earlier one has made and makes no second.

use async_trait::async_trait;
use catalog_gen::{FileTree, TreePath};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{ForgeError, RepoSlug};
use crate::git::{Author, CommitId};
use crate::ids::TaskId;

/// Which step of which task makes a thing: the mark by which it is known again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The task.
    pub task: TaskId,
    /// The step's name in the journal, iteration included.
    pub step: String,
    /// When the task was created, milliseconds UTC: nothing of it is older.
    pub since_ms: i64,
}

/// A pull request that is wanted.
#[derive(Clone, Debug)]
pub struct NewPullRequest {
    /// Where it comes from.
    pub origin: Origin,
    /// Branch of the change; it is made, or moved on where `update` says so.
    pub branch: String,
    /// Branch to merge into (`None`: default branch).
    pub target: Option<String>,
    /// Files that are added or replaced, by their paths in the repository.
    pub files: FileTree,
    /// Files that go.
    pub delete: Vec<TreePath>,
    /// Message of the commit.
    pub message: String,
    /// Author and committer of the commit (`None`: the forge's own for the token).
    pub author: Option<Author>,
    /// Title.
    pub title: String,
    /// Text.
    pub description: String,
    /// Whether it is a draft.
    pub draft: bool,
    /// Whether an open pull request of the same branch gets the commit, instead of being in the way.
    pub update: bool,
    /// With `update`: whether a branch that somebody else committed to last is left as it is.
    pub only_ours: bool,
    /// Whether the branch lies in a fork even where it could lie in the repository.
    pub force_fork: bool,
    /// Whether one is made although nothing differs.
    pub when_empty: bool,
    /// Users who are asked for a review.
    pub reviewers: Vec<String>,
    /// Teams that are asked for a review.
    pub team_reviewers: Vec<String>,
    /// Users who are to take care of it.
    pub assignees: Vec<String>,
}

/// A pull request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PullRequest {
    /// Its number.
    pub number: u64,
    /// Its page.
    pub url: String,
    /// The branch that it is to be merged into.
    pub target: String,
    /// What could not be done beside it, such as a reviewer who may not review.
    #[serde(default)]
    pub warnings: Vec<String>,
}

/// What has become of a pull request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PullFate {
    /// It waits.
    Open,
    /// It was merged.
    Merged,
    /// It was closed.
    Closed,
}

/// How a pull request is merged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MergeHow {
    /// `merge`, `squash` or `rebase`.
    pub method: String,
    /// Title of the commit.
    pub title: Option<String>,
    /// Message of the commit.
    pub message: Option<String>,
}

/// An issue that is wanted.
#[derive(Clone, Debug)]
pub struct NewIssue {
    /// Where it comes from.
    pub origin: Origin,
    /// Title.
    pub title: String,
    /// Text.
    pub body: Option<String>,
    /// Users who are to take care of it.
    pub assignees: Vec<String>,
    /// Number of a milestone, or its title.
    pub milestone: Option<Value>,
    /// Labels.
    pub labels: Vec<String>,
}

/// An issue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issue {
    /// Its number.
    pub number: u64,
    /// Its page.
    pub url: String,
}

/// A run of a workflow that is wanted.
#[derive(Clone, Debug)]
pub struct Dispatch {
    /// Where it comes from.
    pub origin: Origin,
    /// File name or id of the workflow.
    pub workflow: String,
    /// Branch or tag (`None`: default branch).
    pub reference: Option<String>,
    /// Inputs.
    pub inputs: Map<String, Value>,
    /// The runs that were there before an earlier try of this very step, which was broken off; `None` in the first.
    pub before: Option<Vec<u64>>,
}

/// A run of a workflow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkflowRun {
    /// Its id.
    pub id: u64,
    /// Its address in the API.
    pub url: String,
    /// Its page.
    pub html_url: String,
}

/// What actions need of a place where people work on repositories.
#[async_trait]
pub trait Collaboration: Send + Sync {
    /// Makes the branch with its commit and the pull request. One that this step has made is given back; `None`
    /// where nothing differs and none is wanted then.
    async fn open_pull_request(
        &self,
        slug: &RepoSlug,
        wanted: &NewPullRequest,
    ) -> Result<Option<PullRequest>, ForgeError>;
    /// The newest pull request of a branch of the repository itself: number, page and fate.
    async fn pull_request_of(
        &self,
        slug: &RepoSlug,
        branch: &str,
    ) -> Result<Option<(u64, String, PullFate)>, ForgeError>;
    /// Merges a pull request; one that is merged already is success. Gives the commit.
    async fn merge_pull_request(
        &self,
        slug: &RepoSlug,
        number: u64,
        how: &MergeHow,
    ) -> Result<CommitId, ForgeError>;
    /// Makes an issue; one that this step has made is given back.
    async fn open_issue(&self, slug: &RepoSlug, wanted: &NewIssue) -> Result<Issue, ForgeError>;
    /// The ids of the newest runs of the workflow.
    async fn runs(&self, slug: &RepoSlug, wanted: &Dispatch) -> Result<Vec<u64>, ForgeError>;
    /// Starts a workflow; a run that this step has started is given back where the forge can tell.
    async fn dispatch(&self, slug: &RepoSlug, wanted: &Dispatch) -> Result<Option<WorkflowRun>, ForgeError>;
    /// Sends an event to the repository's workflows (`repository_dispatch`). It cannot be looked up.
    async fn send_event(
        &self,
        slug: &RepoSlug,
        event_type: &str,
        payload: &Map<String, Value>,
    ) -> Result<(), ForgeError>;
    /// What is wrong with the file CODEOWNERS, one line each; empty when nothing is.
    async fn code_owner_errors(
        &self,
        slug: &RepoSlug,
        revision: Option<&str>,
    ) -> Result<Vec<String>, ForgeError>;
}
