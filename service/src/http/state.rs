//! What handlers stand on, in parts: each handler asks for the part it uses.
//!
//! It is put together once by the wiring and holds no request.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::FromRef;
use catalog_gen::TreeBudget;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::auth::Access;
use super::cors::Origins;
use crate::backstage::{OwnKeys, Verifier};
use crate::catalog::Catalog;
use crate::config;
use crate::db::Db;
use crate::entities::Entities;
use crate::forge::github::GitHub;
use crate::queue::Queue;
use crate::task::Tasks;
use crate::telemetry::Metrics;
use crate::webhook::Webhooks;

/// Bytes of deliveries that are held at once while they are read and stored.
const ROOM: usize = 128 * 1024 * 1024;

/// What the wiring hands over.
pub struct HttpParts {
    /// The task use case.
    pub tasks: Tasks,
    /// The entity store.
    pub entities: Entities,
    /// What Backstage's catalog gets.
    pub catalog: Catalog,
    /// Deliveries of GitHub.
    pub webhooks: Webhooks,
    /// The queue, for its depth.
    pub queue: Queue,
    /// The database, for readiness.
    pub db: Db,
    /// The GitHubs of the settings by their hosts, for what their limits leave.
    pub github: BTreeMap<String, GitHub>,
    /// The numbers.
    pub metrics: Metrics,
    /// `server` of the settings.
    pub server: config::Server,
    /// `auth` of the settings.
    pub auth: config::Auth,
    /// Verifies the tokens of the Backstage that the settings name.
    pub verifier: Option<Arc<Verifier>>,
    /// The keys by which Backstage knows this service.
    pub own_keys: Option<OwnKeys>,
    /// `tasks` of the settings: budgets and expression errors of dry runs.
    pub task_settings: config::Tasks,
    /// Fires when the process is going down: open streams end then.
    pub closing: CancellationToken,
}

/// The state of the router. Cheap to clone.
#[derive(Clone)]
pub struct HttpState {
    pub(super) tasks: Tasks,
    pub(super) entities: Entities,
    pub(super) catalog: Catalog,
    pub(super) deliveries: Deliveries,
    pub(super) operations: Operations,
    pub(super) metrics: Metrics,
    pub(super) access: Arc<Access>,
    pub(super) own_keys: Published,
    pub(super) origins: Arc<Origins>,
    pub(super) bodies: BodyLimit,
    pub(super) streaming: Streaming,
    pub(super) dry_runs: DryRuns,
}

/// What receives deliveries, and room for those that are being read.
#[derive(Clone)]
pub(super) struct Deliveries {
    pub(super) webhooks: Webhooks,
    pub(super) room: Arc<Semaphore>,
}

/// What readiness and metrics look at.
#[derive(Clone)]
pub(super) struct Operations {
    pub(super) db: Db,
    pub(super) webhooks: Webhooks,
    pub(super) catalog: Catalog,
    pub(super) queue: Queue,
    pub(super) github: Arc<BTreeMap<String, GitHub>>,
    pub(super) metrics: Metrics,
}

/// The keys by which Backstage knows this service, if it has some.
#[derive(Clone, Debug)]
pub(super) struct Published(pub(super) Option<OwnKeys>);

/// Largest request body, bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct BodyLimit(pub(super) usize);

/// What open streams need.
#[derive(Clone, Debug)]
pub(super) struct Streaming {
    pub(super) keep_alive: Duration,
    /// One for each stream that may be open.
    pub(super) places: Arc<Semaphore>,
    pub(super) closing: CancellationToken,
    pub(super) metrics: Metrics,
}

/// What dry runs are held to.
#[derive(Clone, Copy, Debug)]
pub(super) struct DryRuns {
    pub(super) budget: TreeBudget,
    pub(super) expression_errors: config::ExpressionErrors,
}

impl HttpState {
    /// Puts the parts together.
    pub fn new(parts: HttpParts) -> Self {
        let HttpParts { tasks, entities, catalog, queue, db, metrics, server, auth, verifier, .. } = parts;
        let (task_settings, closing, own_keys) = (parts.task_settings, parts.closing, parts.own_keys);
        let (webhooks, github) = (parts.webhooks, Arc::new(parts.github));
        let budget = TreeBudget {
            max_entries: task_settings.max_workspace_files,
            max_bytes: task_settings.max_workspace_bytes,
        };
        Self {
            tasks,
            entities,
            catalog: catalog.clone(),
            deliveries: Deliveries { webhooks: webhooks.clone(), room: Arc::new(Semaphore::new(ROOM)) },
            operations: Operations { db, webhooks, catalog, queue, github, metrics: metrics.clone() },
            access: Arc::new(Access::new(auth, verifier)),
            own_keys: Published(own_keys),
            origins: Arc::new(Origins::new(server.cors_origins)),
            bodies: BodyLimit(server.max_body_bytes),
            streaming: Streaming {
                // A pause of zero would be a loop.
                keep_alive: Duration::from_secs(server.keep_alive_seconds.max(1)),
                places: Arc::new(Semaphore::new(server.max_event_streams.min(Semaphore::MAX_PERMITS))),
                closing,
                metrics: metrics.clone(),
            },
            metrics,
            dry_runs: DryRuns { budget, expression_errors: task_settings.expression_errors },
        }
    }
}

macro_rules! parts {
    ($($field:ident: $part:ty),+ $(,)?) => {
        $(impl FromRef<HttpState> for $part {
            fn from_ref(state: &HttpState) -> Self {
                state.$field.clone()
            }
        })+
    };
}

parts! {
    own_keys: Published,
    tasks: Tasks,
    entities: Entities,
    catalog: Catalog,
    deliveries: Deliveries,
    operations: Operations,
    bodies: BodyLimit,
    streaming: Streaming,
    dry_runs: DryRuns,
}
