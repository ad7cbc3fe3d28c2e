//! The pull request by which a repository gets a catalog file.
//!
//! One branch for each repository, brought forward in place when the code changes; one that people closed is not opened
//! again until somebody asks for it, and a branch to which people have committed is theirs from then on. Its text says of
//! every value where it comes from, how sure it is, and what was left out. The invariant: no file that people wrote or
//! changed is touched, and what is only guessed is in no file.

use catalog_gen::{FileTree, MORE_FILE, TreePath, describe_offer, offered_files};

use super::made::Made;
use super::{SeeError, digest};
use crate::catalog::{Catalog, PROPOSAL_BRANCH};
use crate::entities::{KeptRepository, PullNote, PullState};
use crate::forge::{AboutRepository, Forge, NewPullRequest, Origin, PullFate, PullRequest};
use crate::ids::TaskId;

const TITLE: &str = "Describe this repository in the software catalog";
const MESSAGE: &str = "Add a catalog file";
const CLOSING: &str = "Close the pull request if you do not want it: no other one is opened.";
/// The word that stands for this work in a pull request's mark.
const STEP: &str = "catalog";

impl Catalog {
    /// Opens the pull request of a repository, or brings it up to date.
    pub(super) async fn propose(
        &self,
        forge: &dyn Forge,
        row: &KeptRepository,
        about: &AboutRepository,
        made: &Made,
    ) -> Result<(), SeeError> {
        let slug = &about.repository.slug;
        if made.has_files || made.is_taken || made.entities.is_empty() {
            return Ok(());
        }
        let files = offered_files(&made.catalogue.entities, &slug.name);
        let description = describe_offer(&made.catalogue, &made.left_out, files.len() > 1, CLOSING);
        let brings = digest(&format!("{files:?}{description}"));
        let known = self.fate(forge, row, about).await?;
        match &known {
            Some(pull) if pull.state != PullState::Open || pull.brings == brings => {
                return self.keep_pull(row, known.as_ref()).await;
            }
            _ => {}
        }
        let is_open = known.is_some();
        let wanted = self.wanted(files, description, is_open);
        let opened: Option<PullRequest> = forge.open_pull_request(slug, &wanted).await?;
        let pull = opened.map(|opened| PullNote {
            number: opened.number,
            url: opened.url,
            state: PullState::Open,
            brings,
        });
        self.keep_pull(row, pull.or(known).as_ref()).await
    }

    async fn keep_pull(&self, row: &KeptRepository, pull: Option<&PullNote>) -> Result<(), SeeError> {
        if row.pull.as_ref() == pull {
            return Ok(());
        }
        Ok(self.inner.keeping.repositories.note_pull(&row.key, pull).await?)
    }

    /// What is known of the pull request, and what became of it since. One that people ask to have opened again is not
    /// known any more.
    async fn fate(
        &self,
        forge: &dyn Forge,
        row: &KeptRepository,
        about: &AboutRepository,
    ) -> Result<Option<PullNote>, SeeError> {
        let found = forge.pull_request_of(&about.repository.slug, PROPOSAL_BRANCH).await?;
        let Some((number, url, fate)) = found else { return Ok(None) };
        let state = match fate {
            PullFate::Open => PullState::Open,
            PullFate::Merged => PullState::Taken,
            PullFate::Closed => PullState::Declined,
        };
        let known = row.pull.as_ref().filter(|pull| pull.number == number);
        let brings = known.map(|pull| pull.brings.clone()).unwrap_or_default();
        let is_asked = row.pull.as_ref().is_some_and(|pull| pull.state == PullState::Asked);
        if is_asked && state != PullState::Open {
            return Ok(None);
        }
        Ok(Some(PullNote { number, url, state, brings }))
    }

    /// `is_open`: the branch may have a file from before that is not wanted any more.
    fn wanted(&self, files: FileTree, description: String, is_open: bool) -> NewPullRequest {
        let capabilities = &self.inner.capabilities;
        let more = TreePath::parse(MORE_FILE).ok().filter(|path| is_open && files.get(path).is_none());
        NewPullRequest {
            origin: Origin {
                task: TaskId::generate(),
                step: STEP.to_owned(),
                since_ms: self.inner.db.now_ms(),
            },
            branch: PROPOSAL_BRANCH.to_owned(),
            target: None,
            files,
            delete: more.into_iter().collect(),
            message: MESSAGE.to_owned(),
            author: Some(capabilities.author.clone()),
            title: TITLE.to_owned(),
            description,
            draft: false,
            update: true,
            only_ours: true,
            force_fork: false,
            // The branch of one that was closed has it all already.
            when_empty: true,
            reviewers: Vec::new(),
            team_reviewers: Vec::new(),
            assignees: Vec::new(),
        }
    }
}
