//! Pull requests, issues and runs of workflows of the local forge.

use async_trait::async_trait;
use serde_json::{Map, Value};

use super::LocalForge;
use crate::forge::{
    Collaboration, Dispatch, ForgeError, Issue, MergeHow, NewIssue, NewPullRequest, PullRequest, RepoSlug,
    WorkflowRun,
};
use crate::git::CommitId;

#[async_trait]
impl Collaboration for LocalForge {
    async fn open_pull_request(
        &self,
        slug: &RepoSlug,
        wanted: &NewPullRequest,
    ) -> Result<Option<PullRequest>, ForgeError> {
        let _ = (slug, wanted);
        Err(ForgeError::Unsupported("not served yet".to_owned()))
    }

    async fn merge_pull_request(
        &self,
        slug: &RepoSlug,
        number: u64,
        how: &MergeHow,
    ) -> Result<CommitId, ForgeError> {
        let _ = (slug, number, how);
        Err(ForgeError::Unsupported("not served yet".to_owned()))
    }

    async fn open_issue(&self, slug: &RepoSlug, wanted: &NewIssue) -> Result<Issue, ForgeError> {
        let _ = (slug, wanted);
        Err(ForgeError::Unsupported("not served yet".to_owned()))
    }

    async fn dispatch(&self, slug: &RepoSlug, wanted: &Dispatch) -> Result<Option<WorkflowRun>, ForgeError> {
        let _ = (slug, wanted);
        Err(ForgeError::Unsupported("not served yet".to_owned()))
    }

    async fn send_event(
        &self,
        slug: &RepoSlug,
        event_type: &str,
        payload: &Map<String, Value>,
    ) -> Result<(), ForgeError> {
        let _ = (slug, event_type, payload);
        Err(ForgeError::Unsupported("not served yet".to_owned()))
    }

    async fn code_owner_errors(
        &self,
        slug: &RepoSlug,
        revision: Option<&str>,
    ) -> Result<Vec<String>, ForgeError> {
        let _ = (slug, revision);
        Err(ForgeError::Unsupported("not served yet".to_owned()))
    }
}
