//! Forges: where repositories live.
//!
//! [`Forge`] is what the actions need of one, [`Collaboration`] what people do there together, [`Reading`] what the catalog
//! reads of one; [`Forges`] says
//! which forge serves which host (that is configuration: `github.com` may be served by the local forge on a
//! laptop). Every call is one small operation that can be looked up before it is done again: it looks first,
//! and takes what it finds of this very task as done. No action logic, no task.

mod acting;
mod checked;
mod collaboration;
pub mod github;
pub mod local;
mod reading;
mod setting;
mod slug;
mod survey;

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use catalog_gen::FileTree;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::git::{CommitId, GitError, NewCommit};
use crate::ids::TaskId;

pub use acting::{Acting, Notices};
pub use collaboration::{
    Collaboration, Dispatch, Issue, MergeHow, NewIssue, NewPullRequest, Origin, PullFate, PullRequest,
    WorkflowRun,
};
pub use reading::{AboutRepository, Reading};
pub use setting::{
    Autolink, BranchPolicy, Change, ChangeKind, DeployKey, EnvironmentSetting, Mode, Pages, Reviewer,
    Ruleset, Setting, Webhook, WorkflowPermissions,
};
pub use slug::RepoUrl;
pub use survey::Survey;

/// A repository's full name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RepoSlug {
    /// Host with port, for example `github.com`.
    pub host: String,
    /// User or organisation.
    pub owner: String,
    /// Repository name.
    pub name: String,
}

/// Who may see a repository.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Visibility {
    /// Its members only.
    #[default]
    Private,
    /// Everyone.
    Public,
    /// Everyone in the enterprise.
    Internal,
}

/// What a new repository is created with.
#[derive(Clone, Debug)]
pub struct NewRepository {
    /// One line about it.
    pub description: Option<String>,
    /// Web page of the project.
    pub homepage: Option<String>,
    /// Who may see it.
    pub visibility: Visibility,
    /// Name of the default branch.
    pub default_branch: String,
    /// Merge settings, features and the like, by GitHub's names.
    pub settings: Map<String, Value>,
    /// The task that makes it: the mark by which a resumed task knows its own repository.
    pub created_by: TaskId,
}

/// A repository as the forge knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repository {
    /// Its name.
    pub slug: RepoSlug,
    /// URL to clone from; on the local forge a `file://` URL of the bare repository.
    pub clone_url: String,
    /// Page of the repository, as its host would have it.
    pub html_url: String,
    /// `<html_url>/blob/<default branch>`: the base that `catalog:register` appends a path to.
    pub contents_url: String,
    /// The default branch.
    pub default_branch: String,
    /// The task that made it, where the forge knows.
    pub created_by: Option<TaskId>,
    /// Its numbers, which outlive a new name.
    pub ids: RepositoryIds,
}

/// The numbers that a forge knows a repository by. GitHub writes them into the identity of workflows, so that trust
/// in them does not pass on to whoever takes the name next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepositoryIds {
    /// The number of the user or organisation.
    pub owner: u64,
    /// The number of the repository.
    pub repository: u64,
}

impl Repository {
    /// Whether nobody but this service can read it: it has no address of the web.
    pub fn is_only_here(&self) -> bool {
        self.clone_url.starts_with("file://")
    }
}

/// Why a forge could not do it; the variants are what a caller can do about it.
#[derive(Debug, thiserror::Error)]
pub enum ForgeError {
    /// The repository or branch is not there.
    #[error("{0}")]
    NotFound(String),
    /// Something else has that name.
    #[error("{0}")]
    Conflict(String),
    /// The name or a setting is not acceptable.
    #[error("{0}")]
    Invalid(String),
    /// It is not permitted: to the App, the token or by the plan.
    #[error("{0}")]
    NotAllowed(String),
    /// This forge has no such thing.
    #[error("{0}")]
    Unsupported(String),
    /// Trying again may help.
    #[error("{0}")]
    Unavailable(String),
    /// Git said no.
    #[error(transparent)]
    Git(GitError),
}

impl From<GitError> for ForgeError {
    /// What a caller can tell apart here keeps its meaning; the rest stays git's.
    fn from(error: GitError) -> Self {
        match error {
            GitError::NotFound(message) => Self::NotFound(message),
            GitError::Conflict(message) => Self::Conflict(message),
            GitError::Invalid(message) => Self::Invalid(message),
            GitError::Unavailable(message) => Self::Unavailable(message),
            other => Self::Git(other),
        }
    }
}

/// What actions need of a place where repositories live.
#[async_trait]
pub trait Forge: Collaboration + Reading + Send + Sync {
    /// The same forge, used as `acting` says.
    fn acting(&self, acting: Acting) -> Arc<dyn Forge>;
    /// Whether there is anything to ask about the owner's repositories with. Without it they may still be public.
    async fn can_ask(&self, slug: &RepoSlug) -> Result<bool, ForgeError>;
    /// The repository, if it is there.
    async fn find(&self, slug: &RepoSlug) -> Result<Option<Repository>, ForgeError>;
    /// Creates it. One that this very task has made is given back as it was wanted; every other one is
    /// [`ForgeError::Conflict`].
    async fn create(&self, slug: &RepoSlug, new: &NewRepository) -> Result<Repository, ForgeError>;
    /// The same from a template repository, files included.
    async fn generate(
        &self,
        from: &RepoSlug,
        slug: &RepoSlug,
        new: &NewRepository,
    ) -> Result<Repository, ForgeError>;
    /// Brings one setting to what is wanted, or says what that would change. Doing it twice changes nothing the
    /// second time.
    async fn converge(
        &self,
        slug: &RepoSlug,
        setting: &Setting,
        mode: Mode,
    ) -> Result<Vec<Change>, ForgeError>;
    /// Applies one setting.
    async fn apply(&self, slug: &RepoSlug, setting: &Setting) -> Result<Vec<Change>, ForgeError> {
        self.converge(slug, setting, Mode::Apply).await
    }
    /// Puts a first commit on a branch; the very same commit already there is success.
    async fn push(&self, slug: &RepoSlug, commit: NewCommit) -> Result<CommitId, ForgeError>;
    /// The files at a branch, tag or commit (`None`: default branch).
    async fn read(&self, slug: &RepoSlug, revision: Option<&str>)
    -> Result<(CommitId, FileTree), ForgeError>;
    /// The commit at the head of a branch (`None`: default branch); `None` when there is no such branch.
    async fn head(&self, slug: &RepoSlug, branch: Option<&str>) -> Result<Option<CommitId>, ForgeError>;
    /// What the repository holds beside these commits, in words: `None` when that is all.
    async fn more_than(&self, slug: &RepoSlug, commits: &[CommitId]) -> Result<Option<String>, ForgeError> {
        for branch in self.branches(slug).await? {
            if self.head(slug, Some(&branch)).await?.is_some_and(|head| !commits.contains(&head)) {
                return Ok(Some(format!("its branch `{branch}` holds commits that this task did not push")));
            }
        }
        let discussed = self.is_discussed(slug).await?;
        Ok(discussed.then(|| "there are issues or pull requests in it".to_owned()))
    }
    /// Whether there ever was an issue or a pull request in it.
    async fn is_discussed(&self, slug: &RepoSlug) -> Result<bool, ForgeError>;
    /// Removes the repository, if it is there.
    async fn delete(&self, slug: &RepoSlug) -> Result<(), ForgeError>;
    /// Names of owners in which repositories can be made, for autocompletion; sorted.
    async fn owners(&self) -> Result<Vec<String>, ForgeError>;
    /// Names of an owner's repositories, for autocompletion; sorted.
    async fn repositories(&self, owner: &str) -> Result<Vec<String>, ForgeError>;
    /// Names of branches, for autocompletion; sorted.
    async fn branches(&self, slug: &RepoSlug) -> Result<Vec<String>, ForgeError>;
}

/// Which forge serves which host.
#[derive(Clone, Default)]
pub struct Forges {
    by_host: BTreeMap<String, Arc<dyn Forge>>,
}

impl std::fmt::Debug for Forges {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.by_host.keys()).finish()
    }
}

impl Forges {
    /// No host at all.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the forge that serves `host`.
    pub fn with(mut self, host: impl Into<String>, forge: Arc<dyn Forge>) -> Self {
        self.by_host.insert(host.into().to_ascii_lowercase(), forge);
        self
    }

    /// The forge of a host (letter case ignored).
    pub fn for_host(&self, host: &str) -> Option<&Arc<dyn Forge>> {
        self.by_host.get(&host.to_ascii_lowercase())
    }

    /// The hosts that are served, for messages.
    pub fn hosts(&self) -> impl Iterator<Item = &str> {
        self.by_host.keys().map(String::as_str)
    }
}
