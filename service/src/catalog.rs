//! What Backstage's catalog gets from this service: the feed of entities, kept in line with the library, and what a
//! repository says about itself.
//!
//! [`Catalog::run`] brings changed templates into the feed and tells Backstage that there is something new;
//! [`Catalog::analyze`] reads a repository that somebody wants to bring in; what is offered of repositories without
//! anybody writing a file stands in `repositories`. Who reads the feed, and what he does with
//! it, is not known here. The invariant: telling is a courtesy; nothing
//! waits for it, and nothing is lost when it fails.

mod analyze;
mod change;
mod repositories;
mod store;
mod tell;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::action::Capabilities;
use crate::config;
use crate::db::Db;
use crate::entities::{EntityStoreError, FEED_TOPIC, Feed, LibrarySource, Published, Publisher};
use crate::queue::Queue;
use crate::template::Library;
use analyze::{Desk, Hosts};
use repositories::{Keeping, KeepingParts};
use tell::Teller;

pub use analyze::{Analysis, AnalyzeError, AnalyzeRequest, Existing};
pub use change::{CHANGE_JOB, Change, ChangeError, Changes, PROPOSAL_BRANCH, ProposalState, Waiting};
pub use repositories::{OnboardError, OnboardRequest, Onboarded, RepositoryPage};

/// How often the library is compared without anybody having said that it changed.
const LOOK_INTERVAL: Duration = Duration::from_secs(10);
/// How long further changes are waited for before Backstage is told of one.
const GATHER: Duration = Duration::from_millis(250);
/// How often old removals are looked for.
const TIDY_INTERVAL: Duration = Duration::from_secs(60 * 60);
/// How long removals are told of.
const REMOVALS_KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// The use case. Cheap to clone; every clone is the same.
#[derive(Clone)]
pub struct Catalog {
    inner: Arc<Inner>,
}

struct Inner {
    db: Db,
    feed: Feed,
    publisher: Publisher,
    library: Arc<Library>,
    capabilities: Capabilities,
    teller: Option<Teller>,
    desk: Desk,
    keeping: Keeping,
    library_changed: Notify,
}

/// What [`Catalog`] stands on.
pub struct CatalogParts<'p> {
    /// The database.
    pub db: Db,
    /// The templates.
    pub library: Arc<Library>,
    /// Where repositories are read; without a Backstage nobody is told of changes.
    pub capabilities: Capabilities,
    /// `git` of the settings.
    pub git: &'p config::Git,
    /// The queue of the changes that are seen to.
    pub queue: Queue,
    /// `catalog` of the settings.
    pub settings: config::Catalog,
    /// Starts before a change is given up.
    pub max_attempts: u32,
}

impl Catalog {
    /// Puts the parts together.
    pub fn new(parts: CatalogParts<'_>) -> Self {
        let CatalogParts { db, library, capabilities, git, queue, settings, max_attempts } = parts;
        let site = capabilities.site.clone();
        let keeping = Keeping::new(KeepingParts { db: &db, queue, settings, site, max_attempts });
        let inner = Inner {
            feed: Feed::new(db.clone()),
            publisher: Publisher::new(db.clone()),
            db,
            library,
            teller: capabilities.backstage.clone().map(Teller::new),
            desk: Desk::new(Hosts::new(capabilities.forges.hosts(), git)),
            capabilities,
            keeping,
            library_changed: Notify::new(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// The feed, for readers.
    pub fn feed(&self) -> &Feed {
        &self.inner.feed
    }

    /// Says that the library may have changed.
    pub fn library_changed(&self) {
        self.inner.library_changed.notify_one();
    }

    /// Brings the feed in line with the library, unless another process sees to that; tells nobody.
    pub async fn publish(&self) -> Result<Option<Published>, EntityStoreError> {
        let parts = self.inner.library.parts().into_iter();
        let library: Vec<LibrarySource> = parts
            .map(|part| LibrarySource {
                source: part.source,
                templates: part
                    .templates
                    .iter()
                    .map(|template| (template.entity_ref.clone(), template.entity.clone()))
                    .collect(),
                broken: part.broken,
                whole: part.whole,
            })
            .collect();
        self.inner.publisher.publish(&library).await
    }

    /// The same, and tells Backstage if it has not heard of the last change yet.
    pub async fn publish_and_tell(&self) -> Result<(), EntityStoreError> {
        let (Some(published), Some(teller)) = (self.publish().await?, &self.inner.teller) else {
            return Ok(());
        };
        if published.told < published.seq && teller.tell(&self.inner.feed.cursor().await?).await {
            self.inner.publisher.note_told(published.seq).await?;
        }
        Ok(())
    }

    /// Lets another process see to the feed from now on.
    pub async fn release(&self) -> Result<(), EntityStoreError> {
        self.inner.publisher.release().await
    }

    /// Publishes and tells whenever something changed, until `shutdown` fires.
    pub async fn run(&self, shutdown: CancellationToken) {
        let mut changes = self.inner.db.listen(FEED_TOPIC);
        let mut tidied = None;
        while !shutdown.is_cancelled() {
            if let Err(error) = self.publish_and_tell().await {
                tracing::warn!(%error, "the catalog feed could not be brought up to date; trying again");
            }
            if tidied.is_none_or(|at: tokio::time::Instant| at.elapsed() >= TIDY_INTERVAL) {
                tidied = Some(tokio::time::Instant::now());
                if let Err(error) = self.inner.feed.forget_removals(REMOVALS_KEPT).await {
                    tracing::warn!(%error, "old removals could not be taken out of the catalog feed");
                }
            }
            let pause = self.inner.teller.as_ref().and_then(Teller::pause).unwrap_or(LOOK_INTERVAL);
            tokio::select! {
                () = shutdown.cancelled() => break,
                () = changes.wait(pause) => {}
                () = self.inner.library_changed.notified() => {}
            }
            tokio::select! {
                () = shutdown.cancelled() => break,
                () = tokio::time::sleep(GATHER) => {}
            }
        }
        if let Err(error) = self.release().await {
            tracing::debug!(%error, "the catalog feed's publisher was not released; another takes over in a while");
        }
    }
}
