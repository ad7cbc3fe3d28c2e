//! Repositories that are looked after: read when something happened to them, offered in the feed as long as people do not
//! say it themselves.
//!
//! `Catalog::see_to` is what a worker calls with a claimed job; `Catalog::onboard` and `Catalog::watch` leave such
//! jobs. How an entity is found is `catalog-gen`'s, what has happened is told by whoever leaves a `Change`. The
//! invariant: what a change says is looked up at the forge before anything is taken away, and of much that would go at
//! once nothing goes.

mod made;
mod onboard;
mod owners;
mod people;
mod proposal;
mod seeing;

use std::sync::Arc;
use std::time::Duration;

use catalog_gen::Site;

use super::{ChangeError, Changes};
use crate::config;
use crate::entities::{Delivery, EntityStoreError, Repositories, Watch};
use crate::forge::{ForgeError, RepoSlug};
use crate::queue::Queue;

pub use onboard::{OnboardError, OnboardRequest, Onboarded, RepositoryPage};

/// What looking after repositories stands on.
pub(super) struct Keeping {
    pub(super) repositories: Repositories,
    pub(super) changes: Changes,
    watch: Watch,
    queue: Queue,
    settings: config::Catalog,
    site: Arc<Site>,
    /// Digest of the site, a part of what entities follow from.
    site_digest: String,
    max_attempts: u32,
}

/// What [`Keeping`] is made of.
pub(super) struct KeepingParts<'p> {
    pub(super) db: &'p crate::db::Db,
    pub(super) queue: Queue,
    pub(super) settings: config::Catalog,
    pub(super) site: Arc<Site>,
    pub(super) max_attempts: u32,
}

impl Keeping {
    pub(super) fn new(parts: KeepingParts<'_>) -> Self {
        let KeepingParts { db, queue, settings, site, max_attempts } = parts;
        let site_digest = digest(&serde_json::to_string(&*site).unwrap_or_default());
        Self {
            repositories: Repositories::new(db.clone()),
            changes: Changes::new(db.clone(), queue.clone()),
            watch: Watch::new(db.clone()),
            queue,
            settings,
            site,
            site_digest,
            max_attempts,
        }
    }

    /// What the site file says.
    pub(super) fn site(&self) -> &Site {
        &self.site
    }

    /// What is done with the repositories of owners that the settings name.
    fn delivery(&self) -> Delivery {
        match self.settings.delivery {
            config::CatalogDelivery::Feed => Delivery::Feed,
            config::CatalogDelivery::PullRequest => Delivery::PullRequest,
        }
    }

    /// How often all repositories are looked at; none where they never are.
    fn interval(&self) -> Option<Duration> {
        let minutes = self.settings.reconcile_minutes;
        (minutes > 0).then(|| Duration::from_secs(minutes.saturating_mul(60)))
    }
}

/// Why a change could not be seen to.
#[derive(Debug, thiserror::Error)]
enum SeeError {
    #[error(transparent)]
    Forge(#[from] ForgeError),
    #[error(transparent)]
    Store(#[from] EntityStoreError),
    #[error(transparent)]
    Change(#[from] ChangeError),
}

impl SeeError {
    /// Whether time may mend it.
    fn passes(&self) -> bool {
        match self {
            Self::Forge(ForgeError::Unavailable(_)) | Self::Store(_) | Self::Change(_) => true,
            Self::Forge(_) => false,
        }
    }
}

/// The key of a repository: its name in lower case.
fn key(slug: &RepoSlug) -> String {
    slug.to_string().to_ascii_lowercase()
}

/// The key of an owner.
fn owner_key(host: &str, owner: &str) -> String {
    format!("{host}/{owner}").to_ascii_lowercase()
}

/// The repository of a name.
fn slug_of(shown: &str) -> Option<RepoSlug> {
    let mut parts = shown.splitn(3, '/');
    let (host, owner, name) = (parts.next()?, parts.next()?, parts.next()?);
    let slug = RepoSlug { host: host.to_owned(), owner: owner.to_owned(), name: name.to_owned() };
    slug.check().is_ok().then_some(slug)
}

/// Host and owner of an owner's name.
fn owner_of(shown: &str) -> Option<(String, String)> {
    let (host, owner) = shown.split_once('/')?;
    let fits = RepoSlug { host: host.to_owned(), owner: owner.to_owned(), name: "x".to_owned() };
    fits.check().is_ok().then(|| (host.to_owned(), owner.to_owned()))
}

fn digest(text: &str) -> String {
    let hash = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
    hash.as_ref().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
