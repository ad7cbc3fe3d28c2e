//! Looking into repositories without bringing them here.
//!
//! For whoever looks at very many of them, some very large: what a host says of one, where its default branch is, the
//! list of its files, and the contents of a few. Nothing is written anywhere. The invariant: what one question costs
//! does not grow with what is in the repository beside the files that are asked for.

use async_trait::async_trait;
use bytes::Bytes;
use catalog_gen::Listing;

use super::{ForgeError, RepoSlug, Repository};
use crate::git::CommitId;

/// What a host says of a repository beside its files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AboutRepository {
    /// Its name as it is now, and its addresses.
    pub repository: Repository,
    /// Its line of description.
    pub description: Option<String>,
    /// Its web page.
    pub homepage: Option<String>,
    /// Its topics.
    pub topics: Vec<String>,
    /// Whether it is archived.
    pub archived: bool,
    /// Whether others are made from it.
    pub template: bool,
    /// A text that is another one after any of this, or the code, has changed.
    pub stamp: String,
}

/// What the catalog needs of a place where repositories live.
#[async_trait]
pub trait Reading: Send + Sync {
    /// What is said of a repository; none where it is not there, or may not be seen. One that has another name now is
    /// given under that.
    async fn about(&self, slug: &RepoSlug) -> Result<Option<AboutRepository>, ForgeError>;
    /// The same of all repositories of an owner, in the order of their names.
    async fn about_all(&self, owner: &str) -> Result<Vec<AboutRepository>, ForgeError>;
    /// The commit at the head of the default branch; none where there is no commit.
    async fn default_head(&self, slug: &RepoSlug) -> Result<Option<CommitId>, ForgeError>;
    /// The files at a commit.
    async fn listing(&self, slug: &RepoSlug, commit: &CommitId) -> Result<Listing, ForgeError>;
    /// Contents by their ids, in that order; all of them may have so many bytes.
    async fn contents(
        &self,
        slug: &RepoSlug,
        ids: Vec<String>,
        max_bytes: u64,
    ) -> Result<Vec<Bytes>, ForgeError>;
}
