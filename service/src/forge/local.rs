//! The local forge: bare repositories under the data folder, and what a host would keep beside them.
//!
//! `<root>/<host>/<owner>/<name>.git` is the repository, all in lower case, because a host tells no names apart
//! by it. `forge.json` in there says who made it and holds topics, protection, variables and the names (never
//! the values) of secrets, with keyed digests of them. It serves laptops, demos and tests; it has no users and no permissions. Protection
//! of a branch that is not there yet is taken: it may come before or after the push. A host may be one whose
//! repositories are shown as web pages ([`look`]); then their addresses lead there.
//!
//! The invariant: a repository has its name only when it is whole, record included, so a name is given once,
//! however many processes ask; a record is replaced in one step, under a lock that a killed process lets go.

mod collaboration;
mod look;
mod reading;
mod record;

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use catalog_gen::FileTree;
use serde_json::{Map, Value};

use super::{Acting, Change, Forge, ForgeError, Mode, NewRepository, RepoSlug, Repository, Setting};
use crate::git::{Author, CommitId, GitError, NewCommit, ObjectStore, Scratch, move_into_place};
use crate::secret::Sealer;

pub use look::GitFile;
pub use record::Facts;

use record::Record;

/// Names of owners that are the first part of other addresses where a host is shown.
const TAKEN_OWNERS: [&str; 2] = ["raw", "api"];

/// Bare repositories under one folder.
#[derive(Clone, Debug)]
pub struct LocalForge {
    root: PathBuf,
    /// Hosts whose repositories are shown as web pages.
    shown: Arc<BTreeSet<String>>,
    /// By whose key secrets are known again.
    sealer: Option<Sealer>,
}

impl LocalForge {
    /// A forge in this folder, which is made with the first repository.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        let root = root.into();
        Self { root: std::path::absolute(&root).unwrap_or(root), shown: Arc::default(), sealer: None }
    }

    /// The same forge, whose repositories of these hosts are shown as web pages there: `127.0.0.1:7009`.
    pub fn shown_at<'h>(mut self, hosts: impl IntoIterator<Item = &'h str>) -> Self {
        self.shown = Arc::new(hosts.into_iter().map(str::to_ascii_lowercase).collect());
        self
    }

    /// The same forge, which knows by digests under this key whether a secret is another; without one each is written.
    pub fn knowing_secrets(mut self, sealer: &Sealer) -> Self {
        self.sealer = Some(sealer.clone());
        self
    }

    /// The folder of a repository that an address on a host with pages names; `None` when it is on another host.
    pub fn folder_of(&self, address: &str) -> Option<PathBuf> {
        let slug = RepoSlug::from_url(address).ok()?.slug;
        if self.is_shown(&slug) { self.folder(&slug).ok() } else { None }
    }

    fn is_shown(&self, slug: &RepoSlug) -> bool {
        self.shown.contains(&slug.host.to_ascii_lowercase())
    }

    /// All repositories, in the order of their names.
    pub async fn repositories(&self) -> Result<Vec<Repository>, ForgeError> {
        let forge = self.clone();
        blocking(move || {
            let records = forge.records(&folders(&forge.root)?)?;
            Ok(records.into_iter().map(|(folder, record)| forge.repository(&record, &folder)).collect())
        })
        .await
    }

    /// What is kept beside the code of a repository, as it stands in `forge.json`.
    pub async fn settings(&self, slug: &RepoSlug) -> Result<Map<String, Value>, ForgeError> {
        let (folder, slug) = (self.folder(slug)?, slug.clone());
        blocking(move || Record::read(&folder)?.ok_or_else(|| missing(&slug))?.into_map()).await
    }

    /// Where a repository lies or would lie. The only place where a name becomes a path.
    fn folder(&self, slug: &RepoSlug) -> Result<PathBuf, ForgeError> {
        slug.check()?;
        let [host, owner, name] = [&slug.host, &slug.owner, &slug.name].map(|part| part.to_ascii_lowercase());
        Ok(self.root.join(host).join(owner).join(format!("{name}.git")))
    }

    /// What lies in the folders of these hosts, in the order of names.
    fn records(&self, hosts: &[PathBuf]) -> Result<Vec<(PathBuf, Record)>, ForgeError> {
        let mut found = Vec::new();
        for host in hosts {
            for owner in folders(host)? {
                for folder in folders(&owner)? {
                    if let Some(record) = Record::read(&folder)? {
                        found.push((folder, record));
                    }
                }
            }
        }
        found.sort_by_cached_key(|(_, record)| record.name().to_string().to_ascii_lowercase());
        Ok(found)
    }

    fn create_now(&self, slug: &RepoSlug, new: &NewRepository) -> Result<Repository, ForgeError> {
        let folder = self.folder(slug)?;
        let taken =
            || ForgeError::Conflict(format!("the repository `{slug}` exists already; choose another name"));
        let own = |record: Option<Record>| match record {
            Some(record) if record.created_by() == new.created_by => {
                Ok(Some(self.repository(&record, &folder)))
            }
            Some(_) => Err(taken()),
            None => Ok(None),
        };
        if let Some(own) = own(Record::read(&folder)?)? {
            return Ok(own);
        }
        if self.is_shown(slug) && TAKEN_OWNERS.iter().any(|taken| slug.owner.eq_ignore_ascii_case(taken)) {
            return Err(ForgeError::Invalid(format!(
                "`{}` cannot be an owner on `{}`, where it is the name of a page; choose another",
                slug.owner, slug.host
            )));
        }
        let record = Record::new(slug, new)?;
        let scratch =
            Scratch::new_in(&self.root.join(".drafts")).map_err(|error| failed(&self.root, &error))?;
        let draft = scratch.path().join("repository.git");
        ObjectStore::create(&draft, &new.default_branch)?;
        record.write(&draft)?;
        let owner = folder.parent().unwrap_or(&self.root);
        std::fs::create_dir_all(owner).map_err(|error| failed(owner, &error))?;
        match move_into_place(&draft, &folder) {
            Ok(true) => Ok(self.repository(&record, &folder)),
            Ok(false) => own(Record::read(&folder)?)?.ok_or_else(taken),
            Err(error) => Err(failed(&folder, &error)),
        }
    }

    fn repository(&self, record: &Record, folder: &Path) -> Repository {
        record.repository(folder, |slug| self.is_shown(slug))
    }

    fn store(&self, slug: &RepoSlug) -> Result<ObjectStore, ForgeError> {
        let folder = self.folder(slug)?;
        if !folder.is_dir() {
            return Err(missing(slug));
        }
        Ok(ObjectStore::open(&folder)?)
    }
}

#[async_trait]
impl Forge for LocalForge {
    fn acting(&self, _: Acting) -> Arc<dyn Forge> {
        // It has no users, and nobody waits for it.
        Arc::new(self.clone())
    }

    async fn can_ask(&self, _: &RepoSlug) -> Result<bool, ForgeError> {
        Ok(true)
    }

    async fn find(&self, slug: &RepoSlug) -> Result<Option<Repository>, ForgeError> {
        let (forge, folder) = (self.clone(), self.folder(slug)?);
        blocking(move || Ok(Record::read(&folder)?.map(|record| forge.repository(&record, &folder)))).await
    }

    async fn create(&self, slug: &RepoSlug, new: &NewRepository) -> Result<Repository, ForgeError> {
        let (forge, slug, new) = (self.clone(), slug.clone(), new.clone());
        blocking(move || forge.create_now(&slug, &new)).await
    }

    async fn generate(
        &self,
        from: &RepoSlug,
        slug: &RepoSlug,
        new: &NewRepository,
    ) -> Result<Repository, ForgeError> {
        let (_, tree) = self.read(from, None).await?;
        let made = self.create(slug, new).await?;
        let commit = NewCommit {
            tree,
            branch: new.default_branch.clone(),
            message: format!("made of {from}"),
            author: Author { name: "Stagecraft".to_owned(), email: "stagecraft@localhost".to_owned() },
            time_ms: 0,
        };
        self.push(slug, commit).await?;
        Ok(made)
    }

    async fn converge(
        &self,
        slug: &RepoSlug,
        setting: &Setting,
        mode: Mode,
    ) -> Result<Vec<Change>, ForgeError> {
        let (folder, slug, setting) = (self.folder(slug)?, slug.clone(), setting.clone());
        let sealer = self.sealer.clone();
        blocking(move || {
            let _lock = Record::lock(&folder)?.ok_or_else(|| missing(&slug))?;
            let record = Record::read(&folder)?.ok_or_else(|| missing(&slug))?;
            let (mut changed, mut changes) = record.clone().with(&setting)?;
            if let Some(sealer) = &sealer {
                (changed, changes) = changed.knowing(sealer, &setting, changes)?;
            }
            if changed != record && mode == Mode::Apply {
                changed.write(&folder)?;
            }
            Ok(changes)
        })
        .await
    }

    async fn push(&self, slug: &RepoSlug, commit: NewCommit) -> Result<CommitId, ForgeError> {
        let pushed = self.store(slug)?.create_branch(commit).await;
        pushed.map_err(|error| about(slug, error.into()))
    }

    async fn read(
        &self,
        slug: &RepoSlug,
        revision: Option<&str>,
    ) -> Result<(CommitId, FileTree), ForgeError> {
        let store = self.store(slug)?;
        let (commit, tree) = store.resolve(revision).await.map_err(|error| about(slug, error.into()))?;
        Ok((commit, store.read_tree(&tree, None).await?))
    }

    async fn head(&self, slug: &RepoSlug, branch: Option<&str>) -> Result<Option<CommitId>, ForgeError> {
        match self.store(slug)?.resolve(branch).await {
            Ok((commit, _)) => Ok(Some(commit)),
            Err(GitError::NotFound(_)) => Ok(None),
            Err(error) => Err(about(slug, error.into())),
        }
    }

    async fn is_discussed(&self, slug: &RepoSlug) -> Result<bool, ForgeError> {
        let folder = self.folder(slug)?;
        blocking(move || Ok(Record::read(&folder)?.is_some_and(|record| record.is_discussed()))).await
    }

    async fn delete(&self, slug: &RepoSlug) -> Result<(), ForgeError> {
        let (root, folder) = (self.root.clone(), self.folder(slug)?);
        blocking(move || {
            let Some(_lock) = Record::lock(&folder)? else { return Ok(()) };
            // Its name is free in one step; what a kill leaves of the rest is swept as a draft is.
            let drafts = root.join(".drafts");
            let scratch = Scratch::new_in(&drafts).map_err(|error| failed(&drafts, &error))?;
            match std::fs::rename(&folder, scratch.path().join("repository.git")) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(&folder, &error)),
                _ => Ok(()),
            }
        })
        .await
    }

    async fn owners(&self) -> Result<Vec<String>, ForgeError> {
        let all = LocalForge::repositories(self).await?;
        Ok(sorted(all.into_iter().map(|repository| repository.slug.owner)))
    }

    async fn repositories(&self, owner: &str) -> Result<Vec<String>, ForgeError> {
        let all = LocalForge::repositories(self).await?;
        let of_owner = all.into_iter().map(|repository| repository.slug);
        let of_owner = of_owner.filter(|slug| slug.owner.eq_ignore_ascii_case(owner));
        Ok(sorted(of_owner.map(|slug| slug.name)))
    }

    async fn branches(&self, slug: &RepoSlug) -> Result<Vec<String>, ForgeError> {
        let references = self.store(slug)?.references().await?;
        let mut names: Vec<String> =
            references.iter().filter_map(|reference| reference.branch().map(str::to_owned)).collect();
        names.sort();
        Ok(names)
    }
}

/// The same error, saying in which repository it was.
fn about(slug: &RepoSlug, error: ForgeError) -> ForgeError {
    match error {
        ForgeError::NotFound(message) => ForgeError::NotFound(format!("`{slug}`: {message}")),
        ForgeError::Conflict(message) => ForgeError::Conflict(format!("`{slug}`: {message}")),
        other => other,
    }
}

/// Each once, in order.
fn sorted(names: impl Iterator<Item = String>) -> Vec<String> {
    names.collect::<BTreeSet<_>>().into_iter().collect()
}

fn missing(slug: &RepoSlug) -> ForgeError {
    ForgeError::NotFound(format!("there is no repository `{slug}`; check its name"))
}

fn failed(path: &Path, error: &io::Error) -> ForgeError {
    ForgeError::Unavailable(format!("`{}` cannot be used: {error}", path.display()))
}

/// The folders in a folder, without hidden ones; none if it is not there.
fn folders(parent: &Path) -> Result<Vec<PathBuf>, ForgeError> {
    let entries = match std::fs::read_dir(parent) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed(parent, &error)),
    };
    let paths = entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>();
    let mut paths = paths.map_err(|error| failed(parent, &error))?;
    let is_draft = |path: &Path| path.file_name().is_some_and(|name| name == ".drafts");
    paths.retain(|path| path.is_dir() && !is_draft(path));
    Ok(paths)
}

/// Runs work on the disk where it may block.
async fn blocking<T, F>(work: F) -> Result<T, ForgeError>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T, ForgeError> + Send + 'static,
{
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(stopped) => match stopped.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(ForgeError::Unavailable("the service is stopping; try again later".to_owned())),
        },
    }
}

#[cfg(test)]
mod tests;
