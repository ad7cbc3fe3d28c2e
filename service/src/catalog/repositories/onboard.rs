//! Saying which repositories are to be looked after, and how they stand.
//!
//! It remembers the wish and leaves a change; the work is done when a worker comes to it. Who may say so was decided
//! before. The invariant: a wish that cannot be understood as a whole changes nothing.

use serde_json::Value;

use super::{key, owner_key, owner_of, slug_of};
use crate::catalog::{Catalog, Change, ChangeError};
use crate::entities::{
    Delivery, EntityStoreError, KeptOwner, KeptRepository, ListRepositories, PullState, RepositoryState,
};
use crate::forge::{ForgeError, RepoSlug};

/// What is to be looked after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnboardRequest {
    /// Repositories, as `github.com/acme/shop` or by their address.
    pub repositories: Vec<String>,
    /// Owners all of whose repositories are meant, as `github.com/acme`.
    pub owners: Vec<String>,
    /// What is done with what is found.
    pub delivery: Delivery,
    /// Whether a pull request is opened although one was closed.
    pub again: bool,
}

/// What was understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Onboarded {
    /// Repositories, by their names.
    pub repositories: Vec<String>,
    /// Owners.
    pub owners: Vec<String>,
}

/// Repositories that are looked after, with what is made of each and whether it is the one that offers it.
#[derive(Clone, Debug, PartialEq)]
pub struct RepositoryPage {
    /// The repositories.
    pub repositories: Vec<(KeptRepository, Vec<(String, bool)>)>,
    /// Where the next page begins; none on the last.
    pub next: Option<String>,
    /// Owners all of whose repositories are looked after.
    pub owners: Vec<KeptOwner>,
}

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum OnboardError {
    /// A name is none, or of a host that is not served.
    #[error("{0}")]
    Name(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] EntityStoreError),
    /// A change could not be left.
    #[error(transparent)]
    Change(#[from] ChangeError),
}

impl Catalog {
    /// Looks after repositories from now on, or not any more.
    pub async fn onboard(&self, request: &OnboardRequest) -> Result<Onboarded, OnboardError> {
        let slugs = request.repositories.iter().map(|text| self.repository_of(text));
        let slugs: Vec<RepoSlug> = slugs.collect::<Result<_, _>>()?;
        let owners = request.owners.iter().map(|text| self.owner_of(text));
        let owners: Vec<(String, String)> = owners.collect::<Result<_, _>>()?;
        let keeping = &self.inner.keeping;
        let mut changes = Vec::new();
        for slug in &slugs {
            self.follow(slug, request).await?;
            changes.push(Change::Read { repository: slug.clone(), commit: None });
        }
        for (host, owner) in &owners {
            let (key, shown) = (owner_key(host, owner), format!("{host}/{owner}"));
            keeping.repositories.follow_owner(&key, &shown, request.delivery).await?;
            if request.delivery == Delivery::None {
                self.let_go_all(&key).await?;
            }
            changes.push(Change::Owner { host: host.clone(), owner: owner.clone() });
        }
        if request.delivery != Delivery::None {
            keeping.changes.leave(&changes).await?;
        }
        Ok(Onboarded {
            repositories: slugs.iter().map(ToString::to_string).collect(),
            owners: owners.iter().map(|(host, owner)| format!("{host}/{owner}")).collect(),
        })
    }

    async fn follow(&self, slug: &RepoSlug, request: &OnboardRequest) -> Result<(), OnboardError> {
        let repositories = &self.inner.keeping.repositories;
        let key = key(slug);
        repositories.follow(&key, &slug.to_string(), request.delivery).await?;
        if request.delivery == Delivery::None {
            repositories.withdraw(&key, 0, RepositoryState::Waiting, "").await?;
        }
        let pull = repositories.get(&key).await?.and_then(|row| row.pull);
        if let Some(mut pull) = pull.filter(|pull| request.again && pull.state == PullState::Declined) {
            pull.state = PullState::Asked;
            repositories.note_pull(&key, Some(&pull)).await?;
            repositories.forget_input(&key).await?;
        }
        Ok(())
    }

    async fn let_go_all(&self, owner: &str) -> Result<(), OnboardError> {
        for row in self.rows(Some(owner)).await? {
            let repositories = &self.inner.keeping.repositories;
            repositories.withdraw(&row.key, 0, RepositoryState::Waiting, "").await?;
        }
        Ok(())
    }

    /// A page of the repositories that are looked after.
    pub async fn repositories(&self, wanted: &ListRepositories) -> Result<RepositoryPage, EntityStoreError> {
        let repositories = &self.inner.keeping.repositories;
        let rows = repositories.list(wanted).await?;
        let is_full = u32::try_from(rows.len()).unwrap_or(u32::MAX) >= wanted.limit;
        let next = rows.last().filter(|_| is_full).map(|row| row.key.clone());
        let mut page = Vec::with_capacity(rows.len());
        for row in rows {
            let made = repositories.made_of(&row.key).await?;
            page.push((row, made));
        }
        Ok(RepositoryPage { repositories: page, next, owners: repositories.owners().await? })
    }

    /// What was said of a repository when it was last read.
    pub async fn details(&self, repository: &str) -> Result<Option<Value>, EntityStoreError> {
        let row = self.inner.keeping.repositories.get(&repository.to_ascii_lowercase()).await?;
        Ok(row.and_then(|row| row.details))
    }

    fn repository_of(&self, text: &str) -> Result<RepoSlug, OnboardError> {
        let text = text.trim();
        let is_address = text.starts_with("https://") || text.starts_with("http://");
        let slug = if is_address {
            RepoSlug::from_url(text).map(|found| found.slug)
        } else {
            slug_of(text).ok_or_else(|| {
                ForgeError::Invalid(format!(
                    "`{}` is no repository; write it as `github.com/acme/shop`",
                    text.escape_debug()
                ))
            })
        };
        let slug = slug.map_err(|error| OnboardError::Name(error.to_string()))?;
        self.served(&slug.host)?;
        Ok(slug)
    }

    fn owner_of(&self, text: &str) -> Result<(String, String), OnboardError> {
        let bare = text.trim().trim_start_matches("https://").trim_end_matches('/');
        let found = owner_of(bare).ok_or_else(|| {
            OnboardError::Name(format!(
                "`{}` is no owner of repositories; write it as `github.com/acme`",
                text.escape_debug()
            ))
        })?;
        self.served(&found.0)?;
        Ok(found)
    }

    fn served(&self, host: &str) -> Result<(), OnboardError> {
        let forges = &self.inner.capabilities.forges;
        if forges.for_host(host).is_some() {
            return Ok(());
        }
        let hosts: Vec<String> = forges.hosts().map(|host| format!("`{host}`")).collect();
        Err(OnboardError::Name(format!(
            "no forge serves `{}`; there are {}. Name it in `forges` of the settings",
            host.escape_debug(),
            hosts.join(", ")
        )))
    }
}
