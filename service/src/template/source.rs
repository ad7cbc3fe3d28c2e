//! Where template files come from: folders and git repositories, pinned by content.
//!
//! [`Sources`] turns a URL into files. A relative URL is read from the tree that was pinned when the task was
//! created; an absolute one from a git repository, or from a folder that is a configured source. Nothing is
//! rendered here, and nothing is unpacked on a disk. The invariant: what a [`Pin`] names never changes; it
//! can be read again, or reading it is an error that says why.

mod folder;
mod held;
mod listing;
mod remote;
mod trees;
mod url;

use std::collections::BTreeSet;
use std::collections::HashSet;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use catalog_gen::{FileTree, Follow, TreeError, TreePath};
use serde::{Deserialize, Serialize};

use crate::config;
use crate::git::{CommitId, GitError, ObjectStore, TreeId};
use crate::secret::Secret;

pub(crate) use folder::CASE_SNAPSHOTS;
pub(super) use folder::{Folder, Reach, ReadFiles, Stamp, blocking};
pub use held::Held;
pub(crate) use url::revision_of;
pub(super) use url::{Absolute, GitPlace, absolute, beside, is_absolute};

use held::Holding;
use remote::{Lender, Nearby, Remotes};
use trees::Trees;

/// Bytes of trees that are kept at hand.
const KEPT_BYTES: u64 = 16 * 1024 * 1024;

/// The files a task sees, fixed when the task is created: a tree in the object store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Pin {
    /// The source as configured or as fetched: `file:///srv/templates` or `https://github.com/acme/templates`.
    pub source: String,
    /// Content hash of the source: of a repository all of it, of a folder what its templates can read.
    pub tree: TreeId,
    /// The commit, where the source is a git repository.
    pub commit: Option<CommitId>,
    /// Path of the file or folder inside the source, `/`-separated, empty for the root. For a template it is
    /// its `template.yaml`; relative URLs resolve beside it.
    pub path: String,
}

/// Files that were read for a `fetch:*` URL.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// The folder's files (or the one file, under its own name, for a file URL).
    pub tree: FileTree,
    /// What was read, for the journal: reading it again gives the same files.
    pub pin: Pin,
}

/// Why files could not be read.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The URL cannot be understood or leaves the template's source.
    #[error("{0}")]
    Invalid(String),
    /// Nothing is there.
    #[error("{0}")]
    NotFound(String),
    /// What was pinned is not to be had any more.
    #[error("{0}")]
    Gone(String),
    /// Git failed.
    #[error(transparent)]
    Git(#[from] GitError),
    /// The files cannot be held.
    #[error(transparent)]
    Tree(#[from] TreeError),
    /// The disk failed.
    #[error("`{path}` cannot be read: {source}")]
    Io {
        /// The file.
        path: String,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
}

/// Reads files for `fetch:*` and `catalog:register`, through the object store. Cheap to clone; every clone is
/// the same.
#[derive(Clone, Debug)]
pub struct Sources {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    store: ObjectStore,
    remotes: Remotes,
    trees: Trees,
    holding: Arc<Holding>,
    folders: RwLock<Vec<Arc<Folder>>>,
    /// Repositories on this machine that are sources.
    repositories: RwLock<HashSet<String>>,
}

/// Whether a folder or one file is wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Folder,
    File,
}

impl Sources {
    /// Sources over an object store, reading git as the settings say.
    pub fn new(store: ObjectStore, git: &config::Git) -> Self {
        Self::with_nearby(store, git, |_| None)
    }

    /// The same, where some repositories are read from this machine's disk whatever their web address: those for
    /// whose address `folder` gives a folder.
    pub fn with_nearby(
        store: ObjectStore,
        git: &config::Git,
        folder: impl Fn(&str) -> Option<PathBuf> + Send + Sync + 'static,
    ) -> Self {
        let inner = Inner {
            remotes: Remotes::new(store.clone(), git.clone(), Nearby::new(folder)),
            store,
            trees: Trees::new(KEPT_BYTES),
            holding: Arc::default(),
            folders: RwLock::default(),
            repositories: RwLock::default(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// The same, where addresses without configured credentials are read by tokens that `lend` gives; what it cannot
    /// give is told in its own words. It is asked again with a token that was refused. Only for sources that nobody else has yet.
    #[must_use]
    pub fn with_tokens<F, Fut>(mut self, lend: F) -> Self
    where
        F: Fn(String, Option<Secret>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Option<Secret>, String>> + Send + 'static,
    {
        if let Some(inner) = Arc::get_mut(&mut self.inner) {
            inner.remotes.lend(Lender::new(lend));
        }
        self
    }

    /// Reads the folder that `url` names: relative to the template's own files (`base`), or an absolute
    /// `https://…/tree/<rev>/<folder>` or `file://` one. `token` replaces configured credentials.
    pub async fn read_folder(
        &self,
        base: Option<&Pin>,
        url: &str,
        token: Option<&Secret>,
    ) -> Result<Fetched, FetchError> {
        self.read(base, url, token, Wanted::Folder).await
    }

    /// Reads one file.
    pub async fn read_file(
        &self,
        base: Option<&Pin>,
        url: &str,
        token: Option<&Secret>,
    ) -> Result<Fetched, FetchError> {
        self.read(base, url, token, Wanted::File).await
    }

    /// Reads again what a pin names: the same files, or an error that says why they cannot be had.
    pub async fn read_pinned(&self, pin: &Pin) -> Result<FileTree, FetchError> {
        match self.look_again(pin, Wanted::Folder).await {
            Err(error) if error.is_of(|tree| matches!(tree, TreeError::NotADirectory { .. })) => {
                self.look(pin, Wanted::File).await
            }
            answer => answer,
        }
    }

    /// Keeps files that were posted, under a pin of their own, for as long as the answer lives.
    pub fn hold(&self, files: FileTree, path: &str) -> Held {
        Holding::hold(&self.inner.holding, files, path)
    }

    async fn read(
        &self,
        base: Option<&Pin>,
        url: &str,
        token: Option<&Secret>,
        wanted: Wanted,
    ) -> Result<Fetched, FetchError> {
        let pin = if is_absolute(url) {
            self.pin_absolute(url, token).await?
        } else {
            let base = base.ok_or_else(|| {
                FetchError::Invalid(format!(
                    "`{url}` is relative, but the template has no files of its own; write an absolute URL"
                ))
            })?;
            let path = beside(&base.path, url)?.map(|path| path.as_str().to_owned()).unwrap_or_default();
            Pin { path, ..base.clone() }
        };
        match self.look_again(&pin, wanted).await {
            Ok(tree) => Ok(Fetched { tree, pin }),
            Err(error)
                if error.is_of(|tree| {
                    matches!(tree, TreeError::NotFound { .. } | TreeError::NotADirectory { .. })
                }) =>
            {
                let what = if wanted == Wanted::Folder { "folder" } else { "file" };
                Err(FetchError::NotFound(format!(
                    "there is no {what} at `{url}` (`{}` in `{}`); check the spelling and the letter case",
                    pin.path, pin.source
                )))
            }
            Err(error) => Err(error),
        }
    }

    async fn pin_absolute(&self, url: &str, token: Option<&Secret>) -> Result<Pin, FetchError> {
        match absolute(url)? {
            Absolute::Git(place) => {
                self.check_local(&place.repository)?;
                let revision = place.revision.as_deref();
                let (commit, tree) = self.fetch(&place.repository, revision, token).await?;
                let path = place.path.map(|path| path.as_str().to_owned()).unwrap_or_default();
                Ok(Pin { source: place.repository, tree, commit: Some(commit), path })
            }
            Absolute::File(path) => {
                let (folder, path) = self.folder_of(Path::new(&path)).ok_or_else(|| {
                    FetchError::Invalid(format!(
                        "`{url}` lies outside of the folders in `templates.sources`; add its folder there"
                    ))
                })?;
                let reach = Some(BTreeSet::from([path.clone()]));
                let tree = self.snapshot(&folder, &reach, None, &[]).await?;
                Ok(Pin { source: folder.url().to_owned(), tree, commit: None, path })
            }
        }
    }

    /// Reads what a pin names, if need be after bringing its tree back.
    async fn look_again(&self, pin: &Pin, wanted: Wanted) -> Result<FileTree, FetchError> {
        match self.look(pin, wanted).await {
            Err(FetchError::Git(GitError::NotFound(_))) => {
                self.restore(pin).await?;
                self.look(pin, wanted).await
            }
            answer => answer,
        }
    }

    async fn look(&self, pin: &Pin, wanted: Wanted) -> Result<FileTree, FetchError> {
        if wanted == Wanted::Folder {
            return self.tree(&pin.tree, &pin.path).await;
        }
        let path = TreePath::parse(&pin.path).map_err(TreeError::from)?;
        match self.file(&pin.tree, &path).await {
            // There may be a link on the way, and it may lead anywhere in the tree.
            Err(error) if error.is_of(|_| true) => {
                let whole = self.tree(&pin.tree, "").await?;
                match whole.follow(&path, Follow::All)? {
                    Some(aim) if aim != path => self.file(&pin.tree, &aim).await,
                    _ => Err(error),
                }
            }
            answer => answer,
        }
    }

    /// A tree that holds one file of another under its own name; no link is followed.
    async fn file(&self, id: &TreeId, path: &TreePath) -> Result<FileTree, FetchError> {
        let folder = path.parent().map(|folder| folder.as_str().to_owned()).unwrap_or_default();
        let tree = self.tree(id, &folder).await?;
        let name = TreePath::parse(path.file_name()).map_err(TreeError::from)?;
        let file = tree.file(&name).cloned().ok_or_else(|| TreeError::NotFound { path: path.clone() })?;
        let mut one = FileTree::with_budget(tree.budget());
        one.insert(name, file.into())?;
        Ok(one)
    }

    /// A folder of a tree, from what is kept at hand or from the store.
    pub(super) async fn tree(&self, id: &TreeId, folder: &str) -> Result<FileTree, FetchError> {
        let Inner { store, trees, holding, .. } = &*self.inner;
        if let Some(held) = holding.get(id) {
            return part(held, folder);
        }
        if let Some(tree) = trees.get(id, folder) {
            return Ok(tree);
        }
        if let Some(whole) = trees.get(id, "") {
            let tree = part(whole, folder)?;
            trees.put(id, folder, &tree);
            return Ok(tree);
        }
        let tree = store.read_tree(id, Some(folder).filter(|folder| !folder.is_empty())).await?;
        trees.put(id, folder, &tree);
        Ok(tree)
    }

    /// Brings a pinned tree back that this store lacks: another process has made the pin.
    async fn restore(&self, pin: &Pin) -> Result<(), FetchError> {
        let gone = |why: &str| {
            FetchError::Gone(format!(
                "the files of `{}` as they were when the task was created cannot be had: {why}; create the task anew",
                pin.source
            ))
        };
        let tree = match &pin.commit {
            Some(commit) => self.fetch(&pin.source, Some(&commit.0), None).await?.1,
            None => {
                let folders = self.inner.folders.read().unwrap_or_else(PoisonError::into_inner).clone();
                let folder = folders.into_iter().find(|folder| folder.url() == pin.source);
                let folder = folder.ok_or_else(|| gone("the folder is not one of `templates.sources`"))?;
                folder.forget().await;
                return self.restore_from(&folder, pin).await?.ok_or_else(|| gone("they have changed since"));
            }
        };
        if tree == pin.tree { Ok(()) } else { Err(gone("they have changed since")) }
    }

    /// Makes snapshots of a folder until one has the tree of the pin.
    async fn restore_from(&self, folder: &Arc<Folder>, pin: &Pin) -> Result<Option<()>, FetchError> {
        let mut reaches = folder.served();
        reaches.insert(Some(BTreeSet::from([pin.path.clone()])));
        // A template that the catalog has and no library serves.
        let beside = pin.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        reaches.insert(Some(BTreeSet::from([beside.to_owned()])));
        for reach in reaches {
            if self.snapshot(folder, &reach, None, &[]).await? == pin.tree {
                return Ok(Some(()));
            }
        }
        Ok(None)
    }

    /// Fetches a repository; requests for the same wait for one another.
    pub(super) async fn fetch(
        &self,
        repository: &str,
        revision: Option<&str>,
        token: Option<&Secret>,
    ) -> Result<(CommitId, TreeId), FetchError> {
        self.inner.remotes.fetch(repository, revision, token).await
    }

    /// Lets a repository on this machine be read.
    pub(super) fn allow(&self, repository: &str) {
        self.inner.repositories.write().unwrap_or_else(PoisonError::into_inner).insert(repository.to_owned());
    }

    /// What a template or a Location names on this machine has to be a source, or to lie in one.
    pub(super) fn check_local(&self, repository: &str) -> Result<(), FetchError> {
        let Some(path) = repository.strip_prefix("file://") else { return Ok(()) };
        let known =
            self.inner.repositories.read().unwrap_or_else(PoisonError::into_inner).contains(repository);
        if known || self.folder_of(Path::new(path)).is_some() {
            return Ok(());
        }
        Err(FetchError::Invalid(format!(
            "the repository `{path}` on this machine is not one of `templates.sources`; add it there"
        )))
    }

    /// The folder at `root`, known from now on as one that may be read.
    pub(super) fn folder(&self, root: &Path) -> Result<Arc<Folder>, FetchError> {
        let folder = Folder::open(root)?;
        let mut folders = self.inner.folders.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = folders.iter().find(|known| known.root() == folder.root()) {
            return Ok(Arc::clone(known));
        }
        let folder = Arc::new(folder);
        folders.push(Arc::clone(&folder));
        Ok(folder)
    }

    /// The known folder that holds `path`, and the path inside of it.
    pub(super) fn folder_of(&self, path: &Path) -> Option<(Arc<Folder>, String)> {
        let folders = self.inner.folders.read().unwrap_or_else(PoisonError::into_inner);
        folders.iter().find_map(|folder| {
            let inside = path.strip_prefix(folder.root()).ok()?.to_str()?;
            Some((Arc::clone(folder), inside.trim_end_matches('/').to_owned()))
        })
    }

    /// The folder's files as a tree in the store, as they are now. `template` is looked at once more;
    /// `strict` are the folders in which every entry counts.
    pub(super) async fn snapshot(
        &self,
        folder: &Arc<Folder>,
        reach: &Reach,
        template: Option<&TreePath>,
        strict: &[String],
    ) -> Result<TreeId, FetchError> {
        let (id, fresh) = folder.snapshot(&self.inner.store, reach, template, strict).await?;
        if let Some(tree) = fresh {
            self.inner.trees.put(&id, "", &tree);
        }
        Ok(id)
    }
}

fn part(tree: FileTree, folder: &str) -> Result<FileTree, FetchError> {
    if folder.is_empty() {
        return Ok(tree);
    }
    let path = TreePath::parse(folder).map_err(TreeError::from)?;
    if tree.contains(&path) { Ok(tree.subtree(&path)?) } else { Err(TreeError::NotFound { path }.into()) }
}

impl FetchError {
    /// Is it a fault of a tree, and of this sort?
    fn is_of(&self, sort: impl Fn(&TreeError) -> bool) -> bool {
        match self {
            Self::Tree(error) | Self::Git(GitError::Tree(error)) => sort(error),
            _ => false,
        }
    }
}
