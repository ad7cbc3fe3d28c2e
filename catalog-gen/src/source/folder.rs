//! A folder on this machine: what git tracks or would track in it, or everything where there is no git.
//!
//! Files are opened through a handle of the folder, so that no link leads out of it; links are listed and never
//! followed. It runs nothing that the folder brings with it. The invariant: nothing outside the folder is read but
//! git's own record of it.

use std::io::Read;
use std::path::{Path, PathBuf};

use cap_std::ambient_authority;
use cap_std::fs::{Dir, Metadata};
use git2::{Repository, Status, StatusOptions};

use super::bare::{head_branch, origin};
use super::{Content, Limits, Snapshot, SourceError, gather};
use crate::{About, Listed, ListedKind, Listing, TreePath, is_foreign};

/// Deepest folder that is looked into where there is no git.
const DEEPEST: usize = 64;

/// Lists a folder and reads what is worth it.
pub fn snapshot(path: &Path, limits: Limits) -> Result<Snapshot, SourceError> {
    let failed = |source| SourceError::Folder { path: path.to_owned(), source };
    let path = &path.canonicalize().map_err(failed)?;
    let root = Dir::open_ambient_dir(path, ambient_authority()).map_err(failed)?;
    let tracked = Tracked::of(path);
    let listing = match &tracked {
        Some(tracked) => tracked.listing(&root, limits)?,
        None => walked(&root, limits),
    };
    let (files, unread) = gather(&listing, limits, |file| content(&root, &file.path, limits.bytes));
    let remote = tracked.as_ref().and_then(Tracked::remote);
    let commit = tracked.as_ref().and_then(Tracked::commit);
    Ok(Snapshot { listing, files, about: About { remote, ..About::default() }, commit, unread })
}

/// The content of a file below a folder, which may be one that nobody asked to read before.
pub fn read(folder: &Path, path: &TreePath, most: u64) -> Option<Vec<u8>> {
    let root = Dir::open_ambient_dir(folder, ambient_authority()).ok()?;
    match content(&root, path, most) {
        Content::Bytes(bytes) => Some(bytes),
        Content::Nothing => None,
    }
}

fn content(root: &Dir, path: &TreePath, most: u64) -> Content {
    let mut bytes = Vec::new();
    let read = root.open(path.as_str()).and_then(|file| file.take(most).read_to_end(&mut bytes));
    if read.is_ok() { Content::Bytes(bytes) } else { Content::Nothing }
}

/// A folder in a work tree of git.
struct Tracked {
    repository: Repository,
    /// The folder, seen from the root of the work tree; empty for the root, else with a slash at its end.
    prefix: String,
    folder: PathBuf,
}

impl Tracked {
    fn of(folder: &Path) -> Option<Self> {
        let repository = Repository::discover(folder).ok()?;
        let root = repository.workdir()?.canonicalize().ok()?;
        let below = folder.strip_prefix(&root).ok()?;
        let prefix = match below.to_str()? {
            "" => String::new(),
            below => format!("{below}/"),
        };
        // A folder that git is told to ignore has nothing to do with the repository around it.
        if !prefix.is_empty() && repository.is_path_ignored(below).unwrap_or(true) {
            return None;
        }
        Some(Self { repository, prefix, folder: folder.to_owned() })
    }

    fn remote(&self) -> Option<crate::Remote> {
        origin(&self.repository, head_branch(&self.repository).as_deref())
    }

    fn commit(&self) -> Option<String> {
        Some(self.repository.head().ok()?.peel_to_commit().ok()?.id().to_string())
    }

    fn listing(&self, root: &Dir, limits: Limits) -> Result<Listing, SourceError> {
        let git = |source| SourceError::Git { path: self.folder.clone(), source };
        let index = self.repository.index().map_err(git)?;
        let (mut entries, mut left_out) = (Vec::new(), 0);
        let mut take = |path: &[u8], module: bool| {
            let Some(path) = path.strip_prefix(self.prefix.as_bytes()) else { return };
            let path = std::str::from_utf8(path).ok().and_then(|path| TreePath::parse(path).ok());
            let Some(path) = path.filter(|_| entries.len() < limits.entries) else {
                left_out += 1;
                return;
            };
            if module {
                entries.push(Listed { path, kind: ListedKind::Submodule, size: 0, id: None });
            } else if let Ok(metadata) = root.symlink_metadata(path.as_str())
                && let Some(kind) = kind(&metadata)
            {
                entries.push(Listed { path, kind, size: metadata.len(), id: None });
            }
        };
        for entry in index.iter() {
            take(&entry.path, entry.mode == 0o160_000);
        }
        let mut options = StatusOptions::new();
        options.include_untracked(true).recurse_untracked_dirs(true).include_ignored(false);
        options.exclude_submodules(true).include_unmodified(false).no_refresh(true);
        let fresh = self.repository.statuses(Some(&mut options)).map_err(git)?;
        for entry in fresh.iter().filter(|entry| entry.status().contains(Status::WT_NEW)) {
            take(entry.path_bytes(), false);
        }
        Ok(Listing::new(entries, left_out))
    }
}

/// Everything below a folder that no git knows, but for what is not its own.
fn walked(root: &Dir, limits: Limits) -> Listing {
    let (mut entries, mut left_out) = (Vec::new(), 0);
    let mut folders: Vec<(Option<TreePath>, usize)> = vec![(None, 0)];
    while let Some((folder, depth)) = folders.pop() {
        let opened = match &folder {
            Some(folder) => root.read_dir(folder.as_str()),
            None => root.entries(),
        };
        let Ok(opened) = opened else {
            left_out += 1;
            continue;
        };
        for entry in opened.flatten() {
            let name = entry.file_name();
            let path = name.to_str().and_then(|name| match &folder {
                Some(folder) => folder.join(name).ok(),
                None => TreePath::parse(name).ok(),
            });
            let (Some(path), Ok(metadata)) = (path, entry.metadata()) else {
                left_out += usize::from(name != ".git");
                continue;
            };
            if metadata.is_dir() {
                let own = path.join("x").is_ok_and(|inside| !is_foreign(&inside));
                if own && depth < DEEPEST {
                    folders.push((Some(path), depth + 1));
                }
            } else if let Some(kind) = kind(&metadata) {
                if entries.len() < limits.entries {
                    entries.push(Listed { path, kind, size: metadata.len(), id: None });
                } else {
                    left_out += 1;
                }
            }
        }
    }
    Listing::new(entries, left_out)
}

fn kind(metadata: &Metadata) -> Option<ListedKind> {
    if metadata.is_symlink() {
        return Some(ListedKind::Link);
    }
    // Pipes, sockets and devices are nothing that a repository has.
    metadata.is_file().then(|| if executable(metadata) { ListedKind::Executable } else { ListedKind::File })
}

#[cfg(unix)]
fn executable(metadata: &Metadata) -> bool {
    use cap_std::fs::PermissionsExt;
    metadata.permissions().mode() & 0o111 != 0
}

#[cfg(not(unix))]
fn executable(_: &Metadata) -> bool {
    false
}
