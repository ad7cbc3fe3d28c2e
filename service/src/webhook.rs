//! Deliveries of GitHub: checked, kept, planned once, and told of.
//!
//! A delivery is stored before it is acknowledged, many in one transaction; what is to be done about it is worked out
//! afterwards ([`plan()`]) and left as [`catalog::Change`](crate::catalog::Change) for the jobs of the catalog. Its
//! payload is dropped then, because the changes are all that is needed of it; that of one that could not be understood
//! stays, to be planned once more. What GitHub could not hand over is asked for again ([`missed`]). No repository is
//! read here. The invariant: what was acknowledged is planned, and one delivery has one effect however often it comes.

mod intake;
mod missed;
mod plan;
mod planner;
mod signature;
mod store;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::catalog::{ChangeError, Changes};
use crate::config;
use crate::db::{Db, DbError};
use crate::forge::github::GitHub;
use crate::telemetry::Metrics;

use intake::Intake;
use signature::Signers;
use store::Store;

pub use intake::{Arrived, Received, Source};
pub use plan::{Plan, Reason, Unplannable, matters, plan};
pub use signature::Mismatch;
pub use store::{Backlog, Delivery, Listing, State};

/// Whether a text has the form of a signature: nothing else is worth reading a body for.
pub fn is_signature(text: &str) -> bool {
    signature::digest_of(text).is_some()
}

/// How often deliveries are looked for that nobody told of, and the other rounds are due.
const LOOK_INTERVAL: Duration = Duration::from_secs(5);
/// How long further deliveries are waited for before those that came are planned.
const GATHER: Duration = Duration::from_millis(50);
/// How long one waits after the database failed.
const PAUSE: Duration = Duration::from_secs(1);
/// How often old deliveries are looked for.
const TIDY_INTERVAL: Duration = Duration::from_secs(10 * 60);
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// The use case. Cheap to clone; every clone is the same.
#[derive(Clone)]
pub struct Webhooks {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    signers: Signers,
    intake: Intake,
    changes: Changes,
    hosts: BTreeMap<String, GitHub>,
    settings: config::Webhooks,
    metrics: Metrics,
}

/// What [`Webhooks`] stands on.
pub struct WebhooksParts<'p> {
    /// The database.
    pub db: Db,
    /// Where changes are left.
    pub changes: Changes,
    /// The GitHub hosts of the settings.
    pub hosts: BTreeMap<String, GitHub>,
    /// `forges` of the settings, for the secrets.
    pub forges: &'p BTreeMap<String, config::ForgeKind>,
    /// `webhooks` of the settings.
    pub settings: config::Webhooks,
    /// The numbers.
    pub metrics: Metrics,
}

/// Why something about deliveries cannot be done.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// There is none of that id, or it is no longer kept.
    #[error("there is no delivery `{0}`, or it is no longer kept")]
    NotFound(String),
    /// It has no effect to be had again.
    #[error("the delivery `{0}` {1}, so there is nothing to be done again")]
    NothingToReplay(String, &'static str),
    /// The changes of a delivery, or those that wait, cannot be kept or read.
    #[error(transparent)]
    Change(#[from] ChangeError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The database did not take it.
    #[error("the delivery could not be kept; send it again")]
    NotKept,
    /// The process is going down.
    #[error("the service is stopping")]
    Stopping,
}

impl Webhooks {
    /// Puts the parts together, inside a runtime.
    pub fn new(parts: WebhooksParts<'_>) -> Self {
        let WebhooksParts { db, changes, hosts, forges, settings, metrics } = parts;
        let store = Store::new(db);
        let inner = Inner {
            signers: Signers::of(forges),
            intake: Intake::start(store.clone()),
            store,
            changes,
            hosts,
            settings,
            metrics,
        };
        Self { inner: Arc::new(inner) }
    }

    /// Whether anybody could sign a delivery.
    pub fn are_expected(&self) -> bool {
        !self.inner.signers.is_empty()
    }

    /// The forge that signed these bytes; `enterprise` is the host that a GitHub Enterprise Server says it is.
    pub fn signer(&self, signature: &str, body: &[u8], enterprise: Option<&str>) -> Result<String, Mismatch> {
        let signer = self.inner.signers.signer(signature, body, enterprise);
        if signer.is_err() {
            self.inner.metrics.delivery("unknown", "refused");
        }
        signer
    }

    /// The forge of the settings that an address in a payload belongs to; without one the only GitHub that there is.
    pub fn host_of(&self, address: Option<&str>) -> Option<String> {
        let of_address = address.and_then(|address| {
            self.inner.hosts.iter().find(|(_, github)| github.has(address)).map(|(host, _)| host.clone())
        });
        let mut hosts = self.inner.hosts.keys();
        match (of_address, hosts.next(), hosts.next()) {
            (Some(host), ..) => Some(host),
            (None, Some(only), None) if address.is_none() => Some(only.clone()),
            _ => None,
        }
    }

    /// Whether the settings name a GitHub of that host.
    pub fn has_host(&self, host: &str) -> bool {
        self.inner.hosts.contains_key(host)
    }

    /// Keeps a delivery. When this has returned, it is on the disk.
    pub async fn receive(&self, arrived: Arrived) -> Result<Received, WebhookError> {
        let event = arrived.event.clone();
        let received = self.inner.intake.keep(arrived).await?;
        let outcome = if received.repeated { "repeated" } else { "received" };
        self.inner.metrics.delivery(&event, outcome);
        Ok(received)
    }

    /// A page of what came, newest first.
    pub async fn list(&self, listing: &Listing) -> Result<Vec<Delivery>, WebhookError> {
        Ok(self.inner.store.list(listing).await?)
    }

    /// One delivery.
    pub async fn get(&self, id: &str) -> Result<Delivery, WebhookError> {
        self.inner.store.get(id).await?.ok_or_else(|| WebhookError::NotFound(id.to_owned()))
    }

    /// Does again what a delivery says: a failed one is planned anew, a planned one has its changes once more.
    pub async fn replay(&self, id: &str) -> Result<Delivery, WebhookError> {
        let found = self.get(id).await?;
        match found.state {
            State::Failed => self.inner.store.plan_again(id).await?,
            State::Planned => {
                let changes = found.changes.clone();
                let mut tx = self.inner.store.begin().await?;
                self.inner.changes.enqueue(&mut tx, &changes).await?;
                tx.commit().await?;
            }
            State::Received => {
                return Err(WebhookError::NothingToReplay(found.id, "has not been planned yet"));
            }
            State::Ignored => return Err(WebhookError::NothingToReplay(found.id, "was ignored")),
        }
        self.get(id).await
    }

    /// How many wait, and how many changes do.
    pub async fn backlog(&self) -> Result<(Backlog, i64, Option<i64>), DbError> {
        let (changes, oldest) = self.inner.changes.backlog().await?;
        Ok((self.inner.store.backlog().await?, changes, oldest))
    }

    /// Plans what comes, forgets what is old and asks for what did not come, until `shutdown` fires.
    pub async fn run(&self, shutdown: CancellationToken) {
        let missed = async {
            while !shutdown.is_cancelled() {
                self.look_for_missed().await;
                tokio::select! {
                    () = shutdown.cancelled() => {}
                    () = tokio::time::sleep(LOOK_INTERVAL) => {}
                }
            }
        };
        tokio::join!(self.plan_all(shutdown.clone()), missed);
    }

    async fn plan_all(&self, shutdown: CancellationToken) {
        let mut wakes = self.inner.store.listen();
        let mut tidied = None;
        while !shutdown.is_cancelled() {
            let pause = match self.plan_waiting().await {
                Ok(_) => LOOK_INTERVAL,
                Err(error) => {
                    tracing::warn!(%error, "deliveries could not be planned; trying again");
                    PAUSE
                }
            };
            if tidied.is_none_or(|at: tokio::time::Instant| at.elapsed() >= TIDY_INTERVAL) {
                tidied = Some(tokio::time::Instant::now());
                if let Err(error) = self.forget_old().await {
                    tracing::warn!(%error, "old deliveries could not be removed");
                }
            }
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = wakes.wait(pause) => {}
            }
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = tokio::time::sleep(GATHER) => {}
            }
        }
    }

    /// Plans everything that waits; gives how many that were.
    pub async fn plan_waiting(&self) -> Result<usize, WebhookError> {
        planner::plan_waiting(&self.inner).await
    }

    /// Removes deliveries that are older than the settings want them kept; gives how many.
    pub async fn forget_old(&self) -> Result<u64, WebhookError> {
        let days = self.inner.settings.retention_days;
        if days == 0 {
            return Ok(0);
        }
        let days = i64::try_from(days).unwrap_or(i64::MAX / DAY_MS);
        Ok(self.inner.store.forget(days.saturating_mul(DAY_MS)).await?)
    }

    /// Asks every GitHub whose turn it is for what it could not deliver; gives how many deliveries were asked for.
    pub async fn look_for_missed(&self) -> usize {
        missed::look(&self.inner).await
    }
}
