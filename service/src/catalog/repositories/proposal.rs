//! The pull request by which a repository gets a catalog file.
//!
//! One branch for each repository, brought forward in place when the code changes; one that people closed is not opened
//! again until somebody asks for it, and a branch to which people have committed is theirs from then on. Its text says of
//! every value where it comes from, how sure it is, and what was left out. The invariant: no file that people wrote or
//! changed is touched, and what is only guessed is in no file.

mod text;

use catalog_gen::{Described, Entry, FileTree, TreePath};

use super::made::Made;
use super::{SeeError, digest};
use crate::catalog::{Catalog, PROPOSAL_BRANCH};
use crate::entities::{KeptRepository, PullNote, PullState};
use crate::forge::{AboutRepository, Forge, NewPullRequest, Origin, PullFate, PullRequest};
use crate::ids::TaskId;

/// What a catalog reads by its default rules.
const MAIN_FILE: &str = "catalog-info.yaml";
/// The kinds that its default rules do not take from a file.
pub(super) const MORE_FILE: &str = "catalog-more.yaml";
const USUAL_KINDS: [&str; 2] = ["Component", "API"];
const TITLE: &str = "Describe this repository in the software catalog";
const MESSAGE: &str = "Add a catalog file";
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
        let files = files(&made.catalogue.entities, about);
        let description = text::describe(&made.catalogue, &made.left_out, files.len() > 1);
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

/// The files that the pull request brings.
fn files(entities: &[Described], about: &AboutRepository) -> FileTree {
    let (usual, more): (Vec<&Described>, Vec<&Described>) =
        entities.iter().partition(|described| USUAL_KINDS.contains(&described.entity.kind.as_str()));
    let mut documents: Vec<String> = usual.iter().map(|described| document(described)).collect();
    let mut tree = FileTree::new();
    if !more.is_empty() {
        documents.push(text::location(&about.repository.slug.name, MORE_FILE));
        put(&mut tree, MORE_FILE, &more.iter().map(|described| document(described)).collect::<Vec<_>>());
    }
    put(&mut tree, MAIN_FILE, &documents);
    tree
}

fn put(tree: &mut FileTree, name: &str, documents: &[String]) {
    if let Ok(path) = TreePath::parse(name) {
        // Two small files fit into every budget.
        let _ = tree.insert(path, Entry::file(documents.join("---\n")));
    }
}

fn document(described: &Described) -> String {
    serde_yaml::to_string(&described.entity.to_value()).unwrap_or_default()
}
