//! A folder on this machine as a template source.
//!
//! It is read through a directory handle, so that no link leads out of it. Its files become a tree in the
//! object store on the first pin, and again after a change was noticed; between the two nothing of them is
//! kept but their marks. Whether something changed is told by [`Folder::look`], which reads no file. The
//! invariant: a snapshot is made by one caller at a time, and the others share it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex as SyncMutex, MutexGuard, PoisonError};

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use catalog_gen::{Entry, File, FileTree, MAX_YAML_BYTES, TreeError, TreePath};
use globset::GlobBuilder;
use tokio::sync::Mutex;

use super::FetchError;
use super::listing::{Found, Listing, entries, join};
use crate::git::{ObjectStore, TreeId};

pub(in crate::template) use super::listing::Stamp;

/// Where the cases of a template lie beside it.
const CASES: &str = "cases";
/// Where their snapshots lie.
pub(crate) const CASE_SNAPSHOTS: &str = "cases/snapshots";
/// Entries that are looked at for one pattern.
const MAX_LOOKED_AT: usize = 100_000;

/// A folder that may be read.
#[derive(Debug)]
pub(in crate::template) struct Folder {
    root: PathBuf,
    url: String,
    dir: Dir,
    /// By what they cover.
    snapshots: Mutex<BTreeMap<Reach, Snapshot>>,
    /// What its templates reach, one by one.
    reaches: SyncMutex<BTreeSet<Reach>>,
}

/// The parts of a folder that one reader can read; none for all of it. The root is empty.
pub(in crate::template) type Reach = Option<BTreeSet<String>>;

/// Files of a folder with the marks that they had when they were read.
#[derive(Clone, Debug)]
pub(in crate::template) struct ReadFiles {
    /// The files.
    pub(in crate::template) tree: FileTree,
    listing: Arc<Listing>,
    /// How many of them were read from the disk this time.
    pub(in crate::template) anew: usize,
}

impl ReadFiles {
    /// The file, if its marks say that it is the same as then.
    fn kept(&self, path: &TreePath, now: &Stamp) -> Option<&File> {
        match self.listing.entries.get(path) {
            Some(Found::File(then)) if then.holds(now) => self.tree.file(path),
            _ => None,
        }
    }
}

#[derive(Clone, Debug)]
struct Snapshot {
    listing: Arc<Listing>,
    tree: TreeId,
    stale: bool,
}

impl Folder {
    /// Opens the folder; links in the path to it are followed, those in it are not.
    pub(super) fn open(root: &Path) -> Result<Self, FetchError> {
        let io = |source| FetchError::Io { path: root.display().to_string(), source };
        let root = root.canonicalize().map_err(io)?;
        let shown = root.to_str().ok_or_else(|| {
            FetchError::Invalid(format!(
                "the folder `{}` has a name that is not UTF-8; rename it",
                root.display()
            ))
        })?;
        let dir = Dir::open_ambient_dir(&root, ambient_authority()).map_err(io)?;
        let url = format!("file://{shown}");
        Ok(Self { url, dir, root, snapshots: Mutex::default(), reaches: SyncMutex::default() })
    }

    /// Absolute path without links.
    pub(in crate::template) fn root(&self) -> &Path {
        &self.root
    }

    /// `file://` and the path.
    pub(in crate::template) fn url(&self) -> &str {
        &self.url
    }

    /// The marks of a file, if there is one.
    pub(in crate::template) fn stamp(&self, path: &TreePath) -> Option<Stamp> {
        self.dir.metadata(path.as_str()).ok().filter(|found| found.is_file()).map(|found| Stamp::of(&found))
    }

    /// Is there a folder? The root is one.
    pub(in crate::template) fn is_folder(&self, path: Option<&TreePath>) -> bool {
        path.is_none_or(|path| self.dir.metadata(path.as_str()).is_ok_and(|found| found.is_dir()))
    }

    /// The text of a file of entities; none where no file is.
    pub(in crate::template) fn text(&self, path: &TreePath) -> Result<Option<String>, FetchError> {
        let Some(stamp) = self.stamp(path) else { return Ok(None) };
        if stamp.length > MAX_YAML_BYTES as u64 {
            return Err(FetchError::Invalid(format!(
                "`{path}` has {} bytes, more than the {MAX_YAML_BYTES} that are read; split it into several files",
                stamp.length
            )));
        }
        let text = self.dir.read_to_string(path.as_str()).map_err(|error| match error.kind() {
            std::io::ErrorKind::InvalidData => {
                FetchError::Invalid(format!("`{path}` is not UTF-8 text; save it as UTF-8"))
            }
            _ => FetchError::Io { path: path.to_string(), source: error },
        })?;
        Ok(Some(text))
    }

    /// The files that match a pattern, in order. `*` stays inside of a segment, `**` does not.
    pub(in crate::template) fn matching(&self, pattern: &str) -> Result<Vec<TreePath>, FetchError> {
        let glob = GlobBuilder::new(pattern).literal_separator(true).build();
        let glob =
            glob.map_err(|error| FetchError::Invalid(format!("`{pattern}` is not a pattern: {error}")))?;
        let matcher = glob.compile_matcher();
        let folders = pattern.rsplit_once('/').map(|(folders, _)| folders).unwrap_or_default();
        let plain: Vec<&str> =
            folders.split('/').take_while(|segment| !segment.contains(['*', '?', '[', '{'])).collect();
        let start = TreePath::parse(&plain.join("/")).ok();
        let depth = if pattern.contains("**") { usize::MAX } else { pattern.split('/').count() };
        let mut open = vec![start];
        let (mut found, mut looked_at) = (Vec::new(), 0);
        while let Some(folder) = open.pop() {
            for entry in entries(&self.dir, folder.as_ref(), &self.url)? {
                looked_at += 1;
                let Some(Ok(path)) = entry.file_name().to_str().map(|name| join(folder.as_ref(), name))
                else {
                    continue;
                };
                match entry.file_type() {
                    Ok(kind) if kind.is_dir() && path.segments().count() < depth => open.push(Some(path)),
                    Ok(kind) if !kind.is_dir() && matcher.is_match(path.as_str()) => found.push(path),
                    _ => {}
                }
            }
            if looked_at > MAX_LOOKED_AT {
                return Err(FetchError::Invalid(format!(
                    "the pattern `{pattern}` looks at more than {MAX_LOOKED_AT} files; write a narrower one"
                )));
            }
        }
        found.sort();
        Ok(found)
    }

    /// Says what each of the folder's templates can read. Snapshots that none of them needs are forgotten.
    pub(in crate::template) async fn serve(&self, reaches: BTreeSet<Reach>) {
        self.snapshots.lock().await.retain(|reach, _| reaches.contains(reach));
        *self.reaches() = reaches;
    }

    /// What its templates reach, one by one.
    pub(super) fn served(&self) -> BTreeSet<Reach> {
        self.reaches().clone()
    }

    fn reaches(&self) -> MutexGuard<'_, BTreeSet<Reach>> {
        self.reaches.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks whether anything changed since the snapshots were made, so that the next pin makes a new one.
    pub(in crate::template) async fn look(self: &Arc<Self>) {
        let known = self.snapshots.lock().await.clone();
        for (reach, snapshot) in known.into_iter().filter(|(_, snapshot)| !snapshot.stale) {
            let now = self.listing(&reach, BTreeSet::new()).await;
            if now.is_ok_and(|now| snapshot.listing.holds(&now)) {
                continue;
            }
            // A newer one may have been made meanwhile.
            if let Some(current) = self.snapshots.lock().await.get_mut(&reach)
                && Arc::ptr_eq(&current.listing, &snapshot.listing)
            {
                current.stale = true;
            }
        }
    }

    /// Makes the next snapshots look at every file.
    pub(super) async fn forget(&self) {
        self.snapshots.lock().await.clear();
    }

    /// The folder's files as a tree in the store. A tree that was made for this call is given as well, for
    /// whoever wants to read it at once. It covers `reach`. `template` is looked at in any case; in the folders `strict` an
    /// entry that cannot be held is an error, elsewhere it is left out.
    pub(super) async fn snapshot(
        self: &Arc<Self>,
        store: &ObjectStore,
        reach: &Reach,
        template: Option<&TreePath>,
        strict: &[String],
    ) -> Result<(TreeId, Option<FileTree>), FetchError> {
        let mut snapshots = self.snapshots.lock().await;
        if let Some(known) = snapshots.get(reach).filter(|known| self.is_current(known, template)) {
            return Ok((known.tree.clone(), None));
        }
        snapshots.remove(reach);
        let listing = Arc::new(self.listing(reach, BTreeSet::new()).await?);
        let (folder, found, strict) = (Arc::clone(self), Arc::clone(&listing), strict.to_vec());
        let read = move || folder.read(&found, &strict, |path, stamp| folder.file(path, stamp));
        let tree = blocking(read).await?;
        let id = store.write_tree(tree.clone()).await?;
        snapshots.insert(reach.clone(), Snapshot { listing, tree: id.clone(), stale: false });
        Ok((id, Some(tree)))
    }

    /// The folder's files as they are now, kept nowhere; `strict` as for a snapshot. What is the same as
    /// `before` is taken from there and not read. Snapshots of the cases in `strict` folders, which may be large,
    /// are no part of a template.
    pub(in crate::template) async fn files(
        self: &Arc<Self>,
        reach: &Reach,
        strict: &[String],
        before: Option<&ReadFiles>,
    ) -> Result<ReadFiles, FetchError> {
        let snapshots = |folder: &String| {
            let path = format!("{folder}/{CASE_SNAPSHOTS}");
            TreePath::parse(path.trim_start_matches('/')).ok()
        };
        let listing = self.listing(reach, strict.iter().filter_map(snapshots).collect()).await?;
        if let Some(before) = before.filter(|before| before.listing.holds(&listing)) {
            return Ok(ReadFiles { anew: 0, ..before.clone() });
        }
        let (folder, strict, before) = (Arc::clone(self), strict.to_vec(), before.cloned());
        blocking(move || {
            let anew = AtomicUsize::new(0);
            let tree = folder.read(&listing, &strict, |path, stamp| {
                if let Some(file) = before.as_ref().and_then(|before| before.kept(path, stamp)) {
                    return Ok(file.clone());
                }
                anew.fetch_add(1, Ordering::Relaxed);
                folder.file(path, stamp)
            })?;
            Ok(ReadFiles { tree, listing: Arc::new(listing), anew: anew.into_inner() })
        })
        .await
    }

    fn is_current(&self, known: &Snapshot, template: Option<&TreePath>) -> bool {
        let unchanged = |path: &TreePath| match (known.listing.entries.get(path), self.stamp(path)) {
            (Some(Found::File(before)), Some(now)) => before.holds(&now),
            // A template behind a link: its target is looked at by the walk.
            (Some(Found::Link(_)), Some(_)) => true,
            _ => false,
        };
        !known.stale && template.is_none_or(unchanged)
    }

    async fn listing(
        self: &Arc<Self>,
        reach: &Reach,
        left_out: BTreeSet<TreePath>,
    ) -> Result<Listing, FetchError> {
        let (folder, reach) = (Arc::clone(self), reach.clone());
        blocking(move || Listing::of(&folder.dir, &folder.url, folder.starts(&reach), &left_out)).await
    }

    /// The folders to walk for a reach, none of them inside of another.
    fn starts(&self, reach: &Reach) -> Vec<Option<TreePath>> {
        let Some(parts) = reach else { return vec![None] };
        let mut starts: Vec<Option<TreePath>> = Vec::new();
        // In this order a folder comes before what is in it.
        for path in parts {
            let path = TreePath::parse(path).ok();
            let folder =
                if self.is_folder(path.as_ref()) { path } else { path.and_then(|path| path.parent()) };
            let covered = |start: &Option<TreePath>| match (start, &folder) {
                (None, _) => true,
                (Some(start), Some(folder)) => folder.starts_with(start),
                (Some(_), None) => false,
            };
            if !starts.iter().any(covered) && self.is_folder(folder.as_ref()) {
                starts.retain(|start| {
                    !matches!((start, &folder), (_, None))
                        && !start
                            .as_ref()
                            .zip(folder.as_ref())
                            .is_some_and(|(start, folder)| start.starts_with(folder))
                });
                starts.push(folder);
            }
        }
        starts
    }

    fn read(
        &self,
        listing: &Listing,
        strict: &[String],
        file: impl Fn(&TreePath, &Stamp) -> std::io::Result<File>,
    ) -> Result<FileTree, FetchError> {
        // Cases lie beside a template and are none of what it is made of.
        let counts = |path: &str| {
            strict.iter().any(|folder| {
                let rest = if folder.is_empty() {
                    Some(path)
                } else {
                    path.strip_prefix(folder.as_str()).and_then(|rest| rest.strip_prefix('/'))
                };
                rest.is_some_and(|rest| rest.split('/').next() != Some(CASES))
            })
        };
        let leave_out = |path: &str, reason: &str| {
            if counts(path) {
                let message = format!("`{path}` in `{}` cannot be part of a template: {reason}", self.url);
                return Err(FetchError::Invalid(message));
            }
            tracing::warn!(path, source = self.url, reason, "an entry of a template source is left out");
            Ok(())
        };
        for (path, reason) in &listing.unfit {
            leave_out(path, reason)?;
        }
        let mut tree = FileTree::new();
        for (path, found) in &listing.entries {
            let entry = match found {
                Found::EmptyFolder => Entry::Dir,
                Found::Link(target) => Entry::Symlink { target: target.clone() },
                Found::File(stamp) => match file(path, stamp) {
                    Ok(file) => Entry::File(file),
                    Err(error) => {
                        leave_out(path.as_str(), &error.to_string())?;
                        continue;
                    }
                },
            };
            match tree.insert(path.clone(), entry) {
                Err(error @ (TreeError::LinkLeadsOut { .. } | TreeError::LinkTurnsBack { .. })) => {
                    leave_out(path.as_str(), &error.to_string())?;
                }
                other => drop(other?),
            }
        }
        Ok(tree)
    }

    fn file(&self, path: &TreePath, stamp: &Stamp) -> std::io::Result<File> {
        let mut bytes = Vec::with_capacity(usize::try_from(stamp.length).unwrap_or_default());
        self.dir.open(path.as_str())?.read_to_end(&mut bytes)?;
        Ok(File { executable: stamp.is_executable(), ..File::new(bytes) })
    }
}

/// Runs what waits for the disk aside from the tasks that must not wait.
pub(in crate::template) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, FetchError> + Send + 'static,
) -> Result<T, FetchError> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| {
        Err(FetchError::Io { path: "a template source".to_owned(), source: std::io::Error::other(error) })
    })
}
