//! A repository read as far as a catalog has use for it.
//!
//! The list of its files first, then contents in few and bounded readings; what they mean is `catalog-gen`'s. The
//! invariant: of no repository more is read than [`MOST_BYTES`] and, at once, [`MOST_FILES`].

use bytes::Bytes;
use catalog_gen::{About, CodeHost, Entry, FileTree, Listing, Remote, TreePath, Wanted, wanted};

use super::{AboutRepository, Forge, ForgeError, RepoSlug};
use crate::git::CommitId;

/// Bytes that are read of one repository.
const MOST_BYTES: u64 = 64 * 1024 * 1024;
/// Files that are read in one go.
const MOST_FILES: usize = 5_000;

/// A repository that is being read.
pub struct Survey<'f> {
    forge: &'f dyn Forge,
    slug: &'f RepoSlug,
    /// Everything in it.
    pub listing: Listing,
    /// What was read of it.
    pub files: FileTree,
    /// Files that were wanted and are too much.
    pub unread: usize,
    left: u64,
}

impl<'f> Survey<'f> {
    /// Lists the files at a commit.
    pub async fn begin(
        forge: &'f dyn Forge,
        slug: &'f RepoSlug,
        commit: &CommitId,
    ) -> Result<Self, ForgeError> {
        let listing = forge.listing(slug, commit).await?;
        Ok(Self { forge, slug, listing, files: FileTree::new(), unread: 0, left: MOST_BYTES })
    }

    /// The files that a detector wants: those it surely reads before those that may hold something.
    pub fn worth_reading(&self) -> Vec<TreePath> {
        let mut wanted = wanted(&self.listing);
        wanted.sort_by_key(|file| std::cmp::Reverse(file.wanted == Wanted::Yes));
        wanted.into_iter().map(|file| file.path).collect()
    }

    /// Reads files that were not read yet, as far as there is room for them.
    pub async fn read(&mut self, paths: Vec<TreePath>) -> Result<(), ForgeError> {
        let (mut chosen, mut ids, mut bytes) = (Vec::new(), Vec::new(), 0);
        for path in paths {
            let Some(listed) = self.listing.get(&path) else { continue };
            let Some(id) = listed.id.as_ref().filter(|_| self.files.get(&path).is_none()) else { continue };
            if chosen.len() >= MOST_FILES || bytes + listed.size > self.left {
                self.unread += 1;
                continue;
            }
            bytes += listed.size;
            ids.push(id.clone());
            chosen.push(path);
        }
        let contents = self.forge.contents(self.slug, ids, MOST_BYTES).await?;
        self.left = self.left.saturating_sub(contents.iter().map(|bytes| bytes.len() as u64).sum());
        for (path, content) in chosen.into_iter().zip(contents) {
            let content: Bytes = content;
            if self.files.insert(path, Entry::file(content)).is_err() {
                self.unread += 1;
            }
        }
        Ok(())
    }
}

impl AboutRepository {
    /// The same in the words of `catalog-gen`.
    pub fn for_catalog(&self) -> About {
        let remote = Remote {
            url: self.repository.html_url.clone(),
            revision: self.repository.default_branch.clone(),
            host: CodeHost::GitHub,
        };
        About {
            remote: Some(remote),
            description: self.description.clone(),
            homepage: self.homepage.clone(),
            topics: self.topics.clone(),
            archived: self.archived,
            template: self.template,
            released: None,
            teams: Vec::new(),
        }
    }
}
