//! Where repositories are read from: a folder, a bare git repository, GitHub.
//!
//! Each of them first lists, asks [`wanted()`] what is worth reading, and reads just that. What the rest of the crate
//! gets is a [`Snapshot`], which is a value. It generates nothing and writes nothing. The invariant: no more than
//! [`Limits::bytes`] of content are held, no link is followed out of a folder, and a file that cannot be read is
//! missing rather than fatal.

pub mod bare;
pub mod folder;
pub mod github;

use std::path::PathBuf;

use crate::detect::Wanted;
use crate::{
    About, CodeHost, Entry, FileTree, Listed, Listing, Material, Remote, TreeBudget, TreePath, WantedFile,
    wanted,
};

/// A repository at one revision, as far as it was read.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    /// Everything in it.
    pub listing: Listing,
    /// The files worth reading.
    pub files: FileTree,
    /// What its host says of it.
    pub about: About,
    /// Name of the commit, where there is one.
    pub commit: Option<String>,
    /// Files that were worth reading and were not read, for example because their content is kept by git LFS.
    pub unread: Vec<TreePath>,
}

/// How much is read of one repository.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Entries that are listed; what is beyond is counted in [`Listing::left_out`].
    pub entries: usize,
    /// Bytes of content; files that only may hold something are left out first.
    pub bytes: u64,
}

/// Why a repository was not read.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// There is no folder, or it cannot be read.
    #[error("`{path}` cannot be read: {source}")]
    Folder {
        /// The folder, as it was given.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// Git could not read it.
    #[error("git cannot read `{path}`: {}", source.message())]
    Git {
        /// The repository, as it was given.
        path: PathBuf,
        /// What git said.
        #[source]
        source: git2::Error,
    },
    /// The revision names no commit of the repository.
    #[error("`{revision}` is no revision of `{path}`; name a branch, a tag or a commit")]
    Revision {
        /// The repository, as it was given.
        path: PathBuf,
        /// The revision, as it was given.
        revision: String,
    },
    /// GitHub did not give what was asked for.
    #[error(transparent)]
    GitHub(#[from] github::GitHubError),
}

/// A file that could not be put among the others, or that holds nothing of its own.
pub(crate) enum Content {
    /// Its bytes.
    Bytes(Vec<u8>),
    /// Not there, not readable, or kept elsewhere.
    Nothing,
}

impl Default for Limits {
    fn default() -> Self {
        Self { entries: 500_000, bytes: 48 * 1024 * 1024 }
    }
}

impl Snapshot {
    /// The same as what a catalog is generated from.
    pub fn material(&self) -> Material<'_> {
        Material { listing: &self.listing, files: &self.files, about: &self.about }
    }
}

/// What is worth reading of a listing, within the limits: first what is wanted for its name, then what may hold
/// something, each in the order of their paths.
pub fn chosen(listing: &Listing, limits: Limits) -> (Vec<WantedFile>, Vec<TreePath>) {
    let mut files = wanted(listing);
    files.sort_by_key(|file| std::cmp::Reverse(file.wanted));
    let mut room = limits.bytes;
    let (mut taken, mut left) = (Vec::with_capacity(files.len()), Vec::new());
    for file in files {
        let size = listing.get(&file.path).map_or(0, |listed| listed.size);
        match room.checked_sub(size) {
            Some(rest) => {
                room = rest;
                taken.push(file);
            }
            None if file.wanted == Wanted::Yes => left.push(file.path),
            None => {}
        }
    }
    taken.sort_by(|a, b| a.path.cmp(&b.path));
    (taken, left)
}

/// Reads the files of a listing that are worth it, one by one.
pub(crate) fn gather(
    listing: &Listing,
    limits: Limits,
    mut read: impl FnMut(&Listed) -> Content,
) -> (FileTree, Vec<TreePath>) {
    let (chosen, mut unread) = chosen(listing, limits);
    let mut files = tree_for(limits);
    for path in chosen.into_iter().map(|file| file.path) {
        let content = listing.get(&path).map_or(Content::Nothing, &mut read);
        put(&mut files, &mut unread, path, content);
    }
    unread.sort();
    (files, unread)
}

/// An empty tree with the room that the limits give.
pub(crate) fn tree_for(limits: Limits) -> FileTree {
    FileTree::with_budget(TreeBudget {
        max_entries: limits.entries,
        max_bytes: limits.bytes.saturating_mul(2),
    })
}

/// Puts a file among those that were read, or notes that it was not.
pub(crate) fn put(files: &mut FileTree, unread: &mut Vec<TreePath>, path: TreePath, content: Content) {
    let kept = match content {
        Content::Bytes(bytes) if !is_lfs_pointer(&bytes) => {
            files.insert(path.clone(), Entry::file(bytes)).is_ok()
        }
        _ => false,
    };
    if !kept {
        unread.push(path);
    }
}

/// Does git LFS keep the content elsewhere, and only a note of it here?
fn is_lfs_pointer(bytes: &[u8]) -> bool {
    bytes.len() < 1024 && bytes.starts_with(b"version https://git-lfs.github.com/spec/")
}

/// `owner/name` on a host, as a remote; `None` when the text is no such thing.
///
/// Taken are addresses as git has them (`https://host/owner/name.git`, `git@host:owner/name.git`,
/// `ssh://git@host/owner/name`) and plain `owner/name`, which is on github.com.
pub fn remote(text: &str, revision: &str) -> Option<Remote> {
    let text = text.trim().trim_end_matches('/');
    let text = text.strip_suffix(".git").unwrap_or(text);
    let (host, path) = match text.split_once("://") {
        Some(("http" | "https" | "ssh" | "git", rest)) => {
            let (host, path) = rest.split_once('/')?;
            // A name and a password before the host are nobody's business.
            let host = host.rsplit('@').next()?;
            let host = if text.starts_with("ssh") { host.split(':').next()? } else { host };
            (host, path)
        }
        Some(_) => return None,
        None => match text.split_once(':') {
            Some((host, path)) if host.contains('.') && !host.contains('/') => {
                (host.rsplit('@').next()?, path)
            }
            None if text.split('/').count() == 2 => ("github.com", text),
            _ => return None,
        },
    };
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let plain = |part: &&str| !matches!(*part, "." | "..") && part.chars().all(is_slug_character);
    if parts.len() < 2 || host.is_empty() || !parts.iter().all(plain) {
        return None;
    }
    let url = format!("https://{host}/{}", parts.join("/"));
    Some(Remote { url, revision: revision.to_owned(), host: CodeHost::by_name(host) })
}

fn is_slug_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.')
}

#[cfg(test)]
mod tests;
