//! Pull requests, issues and runs of workflows of the local forge.
//!
//! They are noted in the repository's record ([`book`]) under its lock, so that a step that is repeated finds what it
//! has made. Nothing is run: a run of a workflow is a note that it was asked for. Users and teams are not known here
//! and are taken by their names.

mod book;
mod owners;
mod pulls;

use async_trait::async_trait;
use catalog_gen::TreePath;
use serde_json::{Map, Value};

use super::record::Record;
use super::{LocalForge, blocking, missing};
use crate::forge::{
    Collaboration, Dispatch, Forge, ForgeError, Issue, MergeHow, NewIssue, NewPullRequest, PullFate,
    PullRequest, RepoSlug, Repository, WorkflowRun,
};
use crate::git::CommitId;

pub(super) use book::Book;
use book::{EventNote, IssueNote, Maker, RunNote};

impl LocalForge {
    /// Writes in the book of a repository while nobody else does.
    async fn note<T, W>(&self, slug: &RepoSlug, write: W) -> Result<T, ForgeError>
    where
        T: Send + 'static,
        W: FnOnce(&mut Book, &Repository) -> Result<T, ForgeError> + Send + 'static,
    {
        let (forge, folder, slug) = (self.clone(), self.folder(slug)?, slug.clone());
        blocking(move || {
            let _lock = Record::lock(&folder)?.ok_or_else(|| missing(&slug))?;
            let record = Record::read(&folder)?.ok_or_else(|| missing(&slug))?;
            let repository = forge.repository(&record, &folder);
            let mut changed = record.clone();
            let written = write(changed.book_mut(), &repository)?;
            if changed != record {
                changed.write(&folder)?;
            }
            Ok(written)
        })
        .await
    }

    /// The branch or tag that a workflow is to run on, if the workflow lies there.
    async fn workflow_place(&self, slug: &RepoSlug, wanted: &Dispatch) -> Result<String, ForgeError> {
        let repository = self.find(slug).await?.ok_or_else(|| missing(slug))?;
        let reference = wanted.reference.clone().unwrap_or(repository.default_branch);
        let (_, tree) = self.read(slug, Some(&reference)).await?;
        let path = TreePath::parse(&format!(".github/workflows/{}", wanted.workflow));
        if path.is_ok_and(|path| tree.file(&path).is_some()) {
            return Ok(reference);
        }
        Err(ForgeError::NotFound(format!(
            "`{slug}` has no workflow `{}` on `{reference}`; workflows are files in `.github/workflows`",
            wanted.workflow
        )))
    }
}

#[async_trait]
impl Collaboration for LocalForge {
    async fn open_pull_request(
        &self,
        slug: &RepoSlug,
        wanted: &NewPullRequest,
    ) -> Result<Option<PullRequest>, ForgeError> {
        pulls::open(self, slug, wanted).await
    }

    async fn pull_request_of(
        &self,
        slug: &RepoSlug,
        branch: &str,
    ) -> Result<Option<(u64, String, PullFate)>, ForgeError> {
        let branch = branch.to_owned();
        self.note(slug, move |book, _| Ok(book.newest_pull_of(&branch))).await
    }

    async fn merge_pull_request(
        &self,
        slug: &RepoSlug,
        number: u64,
        how: &MergeHow,
    ) -> Result<CommitId, ForgeError> {
        pulls::merge(self, slug, number, how).await
    }

    async fn open_issue(&self, slug: &RepoSlug, wanted: &NewIssue) -> Result<Issue, ForgeError> {
        let wanted = wanted.clone();
        self.note(slug, move |book, repository| {
            let by = Maker::from(&wanted.origin);
            let number = match book.issue_by(&by) {
                Some(made) => made.number,
                None => {
                    let number = book.next_number();
                    book.issues.push(IssueNote {
                        number,
                        by,
                        title: wanted.title,
                        body: wanted.body,
                        assignees: wanted.assignees,
                        milestone: wanted.milestone,
                        labels: wanted.labels,
                    });
                    number
                }
            };
            Ok(Issue { number, url: format!("{}/issues/{number}", repository.html_url) })
        })
        .await
    }

    async fn runs(&self, slug: &RepoSlug, wanted: &Dispatch) -> Result<Vec<u64>, ForgeError> {
        let workflow = wanted.workflow.clone();
        self.note(slug, move |book, _| {
            Ok(book.runs.iter().filter(|run| run.workflow == workflow).map(|run| run.id).collect())
        })
        .await
    }

    async fn dispatch(&self, slug: &RepoSlug, wanted: &Dispatch) -> Result<Option<WorkflowRun>, ForgeError> {
        let (reference, wanted) = (self.workflow_place(slug, wanted).await?, wanted.clone());
        self.note(slug, move |book, repository| {
            let by = Maker::from(&wanted.origin);
            let id = match book.run_by(&by) {
                Some(started) => started.id,
                None => {
                    let id = book.runs.iter().map(|run| run.id).max().unwrap_or(0) + 1;
                    let inputs = wanted.inputs.keys().cloned().collect();
                    book.runs.push(RunNote { id, by, workflow: wanted.workflow, reference, inputs });
                    id
                }
            };
            let html_url = format!("{}/actions/runs/{id}", repository.html_url);
            Ok(Some(WorkflowRun { id, url: html_url.clone(), html_url }))
        })
        .await
    }

    async fn send_event(
        &self,
        slug: &RepoSlug,
        event_type: &str,
        payload: &Map<String, Value>,
    ) -> Result<(), ForgeError> {
        let event =
            EventNote { event_type: event_type.to_owned(), payload: payload.keys().cloned().collect() };
        self.note(slug, move |book, _| {
            book.events.push(event);
            Ok(())
        })
        .await
    }

    async fn code_owner_errors(
        &self,
        slug: &RepoSlug,
        revision: Option<&str>,
    ) -> Result<Vec<String>, ForgeError> {
        let (_, tree) = self.read(slug, revision).await?;
        owners::faults(&tree).ok_or_else(|| {
            ForgeError::NotFound(format!(
                "`{slug}` has no file CODEOWNERS; it belongs into `.github`, the root or `docs`"
            ))
        })
    }
}
