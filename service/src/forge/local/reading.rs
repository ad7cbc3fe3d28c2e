//! Looking into repositories of the local forge: from the bare repository and the record beside it.

use async_trait::async_trait;
use bytes::Bytes;
use catalog_gen::Listing;

use super::record::Record;
use super::{LocalForge, about, blocking};
use crate::forge::reading::{AboutRepository, Reading};
use crate::forge::{Forge, ForgeError, RepoSlug};
use crate::git::CommitId;

impl LocalForge {
    /// The same with the head of the code in its stamp.
    async fn stamped(&self, mut found: AboutRepository) -> Result<AboutRepository, ForgeError> {
        let head = self.head(&found.repository.slug, None).await?;
        let head = head.map_or_else(|| "-".to_owned(), |commit| commit.0);
        found.stamp = format!(
            "{head} {} {} {:?} {:?} {}",
            found.repository.default_branch,
            found.archived,
            found.description,
            found.homepage,
            found.topics.join(" ")
        );
        Ok(found)
    }
}

#[async_trait]
impl Reading for LocalForge {
    async fn about(&self, slug: &RepoSlug) -> Result<Option<AboutRepository>, ForgeError> {
        let (forge, folder) = (self.clone(), self.folder(slug)?);
        let found = blocking(move || {
            let record = Record::read(&folder)?;
            Ok(record.map(|record| record.about(forge.repository(&record, &folder))))
        })
        .await?;
        match found {
            Some(found) => self.stamped(found).await.map(Some),
            None => Ok(None),
        }
    }

    async fn about_all(&self, owner: &str) -> Result<Vec<AboutRepository>, ForgeError> {
        let all = LocalForge::repositories(self).await?;
        let of_owner = all.into_iter().filter(|one| one.slug.owner.eq_ignore_ascii_case(owner));
        let mut found = Vec::new();
        for repository in of_owner {
            found.extend(self.about(&repository.slug).await?);
        }
        Ok(found)
    }

    async fn default_head(&self, slug: &RepoSlug) -> Result<Option<CommitId>, ForgeError> {
        self.head(slug, None).await
    }

    async fn listing(&self, slug: &RepoSlug, commit: &CommitId) -> Result<Listing, ForgeError> {
        self.store(slug)?.listing(commit).await.map_err(|error| about(slug, error.into()))
    }

    async fn contents(
        &self,
        slug: &RepoSlug,
        ids: Vec<String>,
        max_bytes: u64,
    ) -> Result<Vec<Bytes>, ForgeError> {
        self.store(slug)?.contents(ids, max_bytes).await.map_err(|error| about(slug, error.into()))
    }
}
