//! Wiring: from settings to a running service.
//!
//! Every part is made here, once, in the order in which parts need each other. Nothing here has a rule.

mod workbench;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use catalog_gen::Site;
use tokio_util::sync::CancellationToken;

use crate::action::{Actions, Capabilities, Registry};
use crate::backstage::{Backstage, BackstageError, OwnKeys, Verifier};
use crate::catalog::{Catalog, CatalogParts, Changes};
use crate::config::{self, Config, ConfigError, ForgeKind};
use crate::db::Db;
use crate::entities::Entities;
use crate::forge::Forges;
use crate::forge::github::GitHub;
use crate::forge::local::LocalForge;
use crate::git::{Author, FetchLimits, ObjectStore};
use crate::http::{HttpParts, HttpState};
use crate::humanitec::Humanitec;
use crate::queue::Queue;
use crate::render::ValueRenderer;
use crate::secret::{Sealer, Secret};
use crate::task::{Tasks, TasksParts};
use crate::telemetry::Metrics;
use crate::template::{Library, Sources};
use crate::webhook::{Webhooks, WebhooksParts};
use crate::worker::{Worker, WorkerParts};

pub use workbench::{Offline, Workbench};

/// The parts of a running service.
pub struct App {
    /// The settings it was made from.
    pub config: Config,
    /// The database.
    pub db: Db,
    /// The queue.
    pub queue: Queue,
    /// The task use case.
    pub tasks: Tasks,
    /// The entity store.
    pub entities: Entities,
    /// What Backstage's catalog gets.
    pub catalog: Catalog,
    /// Deliveries of GitHub.
    pub webhooks: Webhooks,
    /// The local forge.
    pub local_forge: LocalForge,
    /// The GitHub hosts of the settings.
    pub github: BTreeMap<String, GitHub>,
    /// The numbers.
    pub metrics: Metrics,
    /// Verifies the tokens of the Backstage that the settings name.
    pub verifier: Option<Arc<Verifier>>,
    /// The keys by which Backstage knows this service, unless they share a token.
    pub own_keys: Option<OwnKeys>,
}

/// Where things lie in the data folder.
pub struct DataFolder(PathBuf);

impl DataFolder {
    /// Makes the folder if it is not there.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        std::fs::create_dir_all(path)
            .with_context(|| format!("the data folder `{}` cannot be made", path.display()))?;
        let path = path
            .canonicalize()
            .with_context(|| format!("the data folder `{}` cannot be used", path.display()))?;
        Ok(Self(path))
    }

    fn database(&self) -> PathBuf {
        self.0.join("stagecraft.db")
    }

    fn key(&self) -> PathBuf {
        self.0.join("secret.key")
    }

    fn objects(&self) -> PathBuf {
        self.0.join("objects.git")
    }

    fn forge(&self) -> PathBuf {
        self.0.join("forge")
    }

    /// Templates that the demo lays out.
    pub fn templates(&self) -> PathBuf {
        self.0.join("templates")
    }
}

/// Opens the database that the settings name, with the schema this program knows.
pub async fn open_database(config: &Config, folder: &DataFolder) -> anyhow::Result<Db> {
    let db = if config.database.url.expose().is_empty() {
        let path = folder.database();
        Db::open_sqlite(&path)
            .await
            .with_context(|| format!("the database `{}` cannot be opened", path.display()))?
    } else {
        Db::open_postgres(&config.database.url, config.database.max_connections)
            .await
            .context("the database that `database.url` names cannot be reached")?
    };
    if let Err(error) = db.migrate().await {
        // A database that is not for us is left as it was found, without files beside it.
        db.close().await;
        return Err(error.into());
    }
    Ok(db)
}

impl App {
    /// Makes every part and loads the templates.
    pub async fn build(config: Config) -> anyhow::Result<Self> {
        let folder = DataFolder::open(&config.data_dir)?;
        let db = open_database(&config, &folder).await?;
        let sealer = if config.secrets.key.expose().is_empty() {
            Sealer::from_key_file(&folder.key())?
        } else {
            Sealer::from_hex(&config.secrets.key)?
        };
        let places = Places::new(&config, &db, &sealer, folder.forge(), &folder.objects())?;
        let (local_forge, github) = (places.local.clone(), places.github.clone());
        let library = Library::load(&config.templates, places.sources.clone()).await;
        let own_keys = own_keys(&config, &db, &sealer);
        let parts = Parts { config: &config, db, sealer, places, own_keys };
        let (tasks, queue, metrics) = parts.tasks(library)?;
        let Parts { db, own_keys, .. } = parts;
        let entities = Entities::new(db.clone());
        let backstage = tasks.capabilities().backstage.as_ref();
        let verifier = backstage.map(|backstage| verifier(backstage, &config)).transpose()?;
        let catalog = Catalog::new(CatalogParts {
            db: db.clone(),
            library: tasks.library().clone(),
            capabilities: tasks.capabilities().clone(),
            git: &config.git,
            queue: queue.clone(),
            settings: config.catalog.clone(),
            max_attempts: config.worker.max_attempts,
        });
        let webhooks = Webhooks::new(WebhooksParts {
            db: db.clone(),
            changes: Changes::new(db.clone(), queue.clone()),
            hosts: github.clone(),
            forges: &config.forges,
            settings: config.webhooks.clone(),
            metrics: metrics.clone(),
        });
        Ok(Self {
            config,
            db,
            queue,
            tasks,
            entities,
            catalog,
            webhooks,
            local_forge,
            github,
            metrics,
            verifier,
            own_keys,
        })
    }

    /// The worker of this process.
    pub fn worker(&self) -> Worker {
        Worker::new(WorkerParts {
            db: self.db.clone(),
            queue: self.queue.clone(),
            tasks: self.tasks.clone(),
            catalog: self.catalog.clone(),
            concurrency: self.config.worker.concurrency,
            readers: self.config.catalog.concurrency,
            retention_days: self.config.tasks.retention_days,
        })
    }

    /// The state of the HTTP router; `closing` fires when the process goes down.
    pub fn http_state(&self, closing: CancellationToken) -> HttpState {
        HttpState::new(HttpParts {
            tasks: self.tasks.clone(),
            entities: self.entities.clone(),
            catalog: self.catalog.clone(),
            webhooks: self.webhooks.clone(),
            queue: self.queue.clone(),
            db: self.db.clone(),
            github: self.github.clone(),
            metrics: self.metrics.clone(),
            server: self.config.server.clone(),
            auth: self.config.auth.clone(),
            verifier: self.verifier.clone(),
            own_keys: self.own_keys.clone(),
            task_settings: self.config.tasks.clone(),
            closing,
        })
    }

    /// Looks for changed templates in the interval of the settings, until `shutdown` fires.
    pub async fn watch_templates(&self, shutdown: CancellationToken) {
        let seconds = self.config.templates.reload_seconds;
        if seconds == 0 {
            return;
        }
        loop {
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = tokio::time::sleep(Duration::from_secs(seconds)) => {}
            }
            let changed = self.tasks.library().refresh().await;
            if changed > 0 {
                self.catalog.library_changed();
                tracing::info!(templates.changed = changed, "templates were loaded again");
            }
        }
    }
}

/// Where repositories live, and what is read through them.
struct Places {
    local: LocalForge,
    github: BTreeMap<String, GitHub>,
    forges: Forges,
    sources: Sources,
}

impl Places {
    /// The forges of the settings, and sources that read the local forge's repositories from the disk where it has
    /// addresses of its own, and those of a GitHub as the service itself.
    fn new(
        config: &Config,
        db: &Db,
        sealer: &Sealer,
        forge: PathBuf,
        objects: &Path,
    ) -> anyhow::Result<Self> {
        let shown = config.forge_pages().map(|(host, _)| host);
        let local = LocalForge::new(forge).shown_at(shown).knowing_secrets(sealer);
        let store = object_store(config, objects)?;
        let (mut forges, mut hosts) = (Forges::new(), BTreeMap::new());
        for (host, kind) in &config.forges {
            forges = match kind {
                ForgeKind::Local { .. } => forges.with(host.clone(), Arc::new(local.clone())),
                ForgeKind::GitHub(settings) => {
                    let github = GitHub::new(host, settings, db.clone(), sealer.clone(), store.clone())
                        .with_context(|| format!("`forges.\"{host}\"` cannot be used"))?;
                    hosts.insert(host.clone(), github.clone());
                    forges.with(host.clone(), Arc::new(github))
                }
            };
        }
        let (nearby, readers): (_, Vec<GitHub>) = (local.clone(), hosts.values().cloned().collect());
        let sources = Sources::with_nearby(store, &config.git, move |address| nearby.folder_of(address));
        let sources =
            sources.with_tokens(move |address, refused| reading_token(readers.clone(), address, refused));
        Ok(Self { local, github: hosts, forges, sources })
    }
}

/// The token by which a GitHub's repository is read; `not` the one that was refused.
async fn reading_token(of: Vec<GitHub>, at: String, not: Option<Secret>) -> Result<Option<Secret>, String> {
    for github in of {
        let token = github.reading_token(&at, not.as_ref()).await;
        if let Some(token) = token.map_err(|error| error.to_string())? {
            return Ok(Some(token));
        }
    }
    Ok(None)
}

/// What the site file says.
fn site(settings: &config::Catalog) -> anyhow::Result<Arc<Site>> {
    let path = &settings.site;
    if path.as_os_str().is_empty() {
        return Ok(Arc::default());
    }
    let read = || -> anyhow::Result<Site> { Ok(serde_yaml::from_str(&std::fs::read_to_string(path)?)?) };
    read()
        .map(Arc::new)
        .with_context(|| format!("the site file `{}` of `catalog.site` cannot be used", path.display()))
}

fn object_store(config: &Config, path: &Path) -> anyhow::Result<ObjectStore> {
    let idle = Duration::from_secs(config.git.timeout_seconds.max(1));
    let store = ObjectStore::open_or_init(path)
        .with_context(|| format!("the object store `{}` cannot be used", path.display()))?;
    Ok(store.with_limits(FetchLimits { idle, ..FetchLimits::default() }))
}

/// Every action that steps can name with these settings.
pub fn actions(config: &Config) -> anyhow::Result<Actions> {
    Ok(backstage_and_actions(config, None)?.1)
}

fn wrong(error: BackstageError) -> ConfigError {
    ConfigError(error.to_string())
}

fn verifier(backstage: &Backstage, config: &Config) -> Result<Arc<Verifier>, ConfigError> {
    Verifier::new(backstage, &config.auth).map(Arc::new).map_err(wrong)
}

fn own_keys(config: &Config, db: &Db, sealer: &Sealer) -> Option<OwnKeys> {
    let settings = &config.backstage;
    let needed = !settings.base_url.is_empty() && settings.token.expose().is_empty();
    needed.then(|| OwnKeys::new(db.clone(), sealer.clone()))
}

fn backstage_and_actions(
    config: &Config,
    own_keys: Option<&OwnKeys>,
) -> Result<(Option<Backstage>, Actions), ConfigError> {
    let backstage = Backstage::from_settings(&config.backstage).map_err(wrong)?;
    let backstage = backstage.map(|backstage| match own_keys {
        Some(keys) => backstage.with_own_keys(keys.clone()),
        None => backstage,
    });
    let actions = Actions::new(Registry::standard(), backstage.as_ref()).map_err(wrong)?;
    Ok((backstage, actions))
}

/// What the task use case is put together from.
struct Parts<'a> {
    config: &'a Config,
    db: Db,
    sealer: Sealer,
    places: Places,
    own_keys: Option<OwnKeys>,
}

impl Parts<'_> {
    fn tasks(&self, library: Library) -> anyhow::Result<(Tasks, Queue, Metrics)> {
        let config = self.config;
        let queue = Queue::new(self.db.clone(), Duration::from_secs(config.worker.lease_seconds));
        let metrics = Metrics::new();
        let forges = self.places.forges.clone();
        let (backstage, actions) = backstage_and_actions(config, self.own_keys.as_ref())?;
        let hosts: Vec<String> = forges.hosts().map(str::to_owned).collect();
        let tasks = Tasks::new(TasksParts {
            db: self.db.clone(),
            queue: queue.clone(),
            sealer: self.sealer.clone(),
            library: Arc::new(library),
            actions,
            capabilities: Capabilities {
                forges,
                sources: self.places.sources.clone(),
                entities: Entities::new(self.db.clone()),
                backstage,
                humanitec: Humanitec::from_settings(&config.humanitec)
                    .map_err(|error| ConfigError(error.to_string()))?,
                author: Author {
                    name: config.commits.author_name.clone(),
                    email: config.commits.author_email.clone(),
                },
                commit_message: config.commits.message.clone(),
                site: site(&config.catalog)?,
            },
            renderer: ValueRenderer::new(&hosts, config.templates.value_mode),
            settings: config.tasks.clone(),
            max_attempts: config.worker.max_attempts,
            metrics: metrics.clone(),
        });
        Ok((tasks, queue, metrics))
    }
}
