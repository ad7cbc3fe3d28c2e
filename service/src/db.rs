//! One database layer for two engines: SQLite (the embedded default) and PostgreSQL.
//!
//! One SQL text serves both; what differs (write transactions, types in migrations, notification, clock)
//! stands here alone. It holds connections, migrations and wake-ups; it knows no table of anybody.

mod checkpoint;
mod error;
mod migrate;
mod signals;

use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sqlx::any::AnyPoolOptions;
use sqlx::{Any, AnyConnection, AnyPool, Connection, Executor, Row, Transaction};

pub use error::DbError;
pub use migrate::KNOWN_VERSION;
pub use signals::Listener;

use crate::secret::Secret;
use signals::Signals;

/// Readers that SQLite may have at once; writes go through one connection.
const SQLITE_READERS: u32 = 4;
const SQLITE_BUSY_MS: u32 = 10_000;
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
/// What may not stand in the path of an address as it is.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The engine behind a [`Db`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// A file in the data folder.
    Sqlite,
    /// A server.
    Postgres,
}

/// A database. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    inner: Arc<Inner>,
}

struct Inner {
    engine: Engine,
    read: AnyPool,
    write: AnyPool,
    signals: Signals,
    /// Milliseconds that the database's clock is ahead of ours; leases are measured by its clock.
    clock_offset_ms: AtomicI64,
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Db({:?})", self.inner.engine)
    }
}

impl Db {
    /// Opens (and makes) the SQLite file at `path`.
    pub async fn open_sqlite(path: &Path) -> Result<Self, DbError> {
        sqlx::any::install_default_drivers();
        let url = format!("sqlite://{}?mode=rwc", utf8_percent_encode(&path.display().to_string(), PATH));
        let options = || {
            // A connection to a file does not go away; asking whether it has would double every read.
            AnyPoolOptions::new().acquire_timeout(ACQUIRE_TIMEOUT).test_before_acquire(false).after_connect(
                |connection, _| {
                    Box::pin(async move { connection.execute(sqlite_pragmas()).await.map(|_| ()) })
                },
            )
        };
        // A pool tries until its time is up; one connection of our own tells at once what is wrong.
        let mut probe = AnyConnection::connect(&url).await?;
        probe.execute(sqlite_pragmas()).await?;
        probe.execute("select 1 from sqlite_schema limit 1").await?;
        probe.close().await?;
        let write = options().max_connections(1).connect(&url).await?;
        let read = options().max_connections(SQLITE_READERS).min_connections(0).connect_lazy(&url)?;
        let db = Self::new(Engine::Sqlite, read, write);
        checkpoint::keep_short(Arc::downgrade(&db.inner));
        Ok(db)
    }

    /// A database that lives in memory and is gone with this value.
    pub async fn open_memory() -> Result<Self, DbError> {
        sqlx::any::install_default_drivers();
        // One connection that is never given up: each connection to memory is a database of its own.
        let pool = AnyPoolOptions::new()
            .max_connections(1)
            .min_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect("sqlite::memory:")
            .await?;
        Ok(Self::new(Engine::Sqlite, pool.clone(), pool))
    }

    /// Connects to the PostgreSQL server at `url`.
    pub async fn open_postgres(url: &Secret, max_connections: u32) -> Result<Self, DbError> {
        sqlx::any::install_default_drivers();
        let probe = AnyConnection::connect(url.expose());
        tokio::time::timeout(ACQUIRE_TIMEOUT, probe)
            .await
            .map_err(|_| sqlx::Error::PoolTimedOut)??
            .close()
            .await?;
        let pool = AnyPoolOptions::new()
            .max_connections(max_connections.max(2))
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .connect(url.expose())
            .await?;
        let db = Self::new(Engine::Postgres, pool.clone(), pool);
        db.sync_clock().await?;
        signals::relay_notifications(url.clone(), Arc::downgrade(&db.inner));
        Ok(db)
    }

    fn new(engine: Engine, read: AnyPool, write: AnyPool) -> Self {
        let inner =
            Inner { engine, read, write, signals: Signals::default(), clock_offset_ms: AtomicI64::new(0) };
        Self { inner: Arc::new(inner) }
    }

    /// Brings the schema to the version this program knows. A newer one is refused.
    pub async fn migrate(&self) -> Result<(), DbError> {
        migrate::run(self).await
    }

    /// The engine.
    pub fn engine(&self) -> Engine {
        self.inner.engine
    }

    /// Whether it answers: for readiness.
    pub async fn ping(&self) -> Result<(), DbError> {
        sqlx::query("select 1").execute(&self.inner.read).await?;
        Ok(())
    }

    /// Connections for reading.
    pub(crate) fn reader(&self) -> &AnyPool {
        &self.inner.read
    }

    /// A connection whose last transaction could neither be kept nor undone, because the disk was full, begins no other
    /// one: it makes way for a new connection.
    async fn begin_immediate(&self) -> Result<Transaction<'static, Any>, sqlx::Error> {
        const BEGIN: &str = "begin immediate";
        match self.inner.write.begin_with(BEGIN).await {
            Err(sqlx::Error::InvalidSavePointStatement) => {
                self.inner.write.acquire().await?.close().await?;
                self.inner.write.begin_with(BEGIN).await
            }
            begun => begun,
        }
    }

    /// Starts a write transaction. On SQLite it holds the write lock from the start, so it never fails
    /// half-way for a lock.
    pub(crate) async fn begin(&self) -> Result<WriteTx, DbError> {
        let transaction = match self.inner.engine {
            Engine::Sqlite => self.begin_immediate().await?,
            Engine::Postgres => self.inner.write.begin().await?,
        };
        Ok(WriteTx { db: self.clone(), transaction, topics: Vec::new() })
    }

    /// Milliseconds since 1970 UTC by the database's clock.
    pub fn now_ms(&self) -> i64 {
        process_now_ms() + self.inner.clock_offset_ms.load(Ordering::Relaxed)
    }

    /// Measures how far the database's clock is from ours. Nothing to do on SQLite.
    pub(crate) async fn sync_clock(&self) -> Result<(), DbError> {
        if self.inner.engine == Engine::Postgres {
            let row = sqlx::query("select cast(extract(epoch from clock_timestamp()) * 1000 as bigint)")
                .fetch_one(&self.inner.read)
                .await?;
            let theirs: i64 = row.try_get(0)?;
            self.inner.clock_offset_ms.store(theirs - process_now_ms(), Ordering::Relaxed);
        }
        Ok(())
    }

    /// Listens for signals on `topic`, from this process and from others.
    pub fn listen(&self, topic: &str) -> Listener {
        self.inner.signals.listen(topic)
    }

    /// Closes all connections, waiting for what is under way.
    pub async fn close(&self) {
        self.inner.write.close().await;
        self.inner.read.close().await;
    }
}

/// A write transaction and the topics to signal once it stands.
pub(crate) struct WriteTx {
    db: Db,
    transaction: Transaction<'static, Any>,
    topics: Vec<String>,
}

impl WriteTx {
    /// Wakes listeners of `topic`, here and in other processes, when the transaction is committed.
    pub(crate) fn signal(&mut self, topic: impl Into<String>) {
        self.topics.push(topic.into());
    }

    /// Makes it stand.
    pub(crate) async fn commit(mut self) -> Result<(), DbError> {
        if self.db.inner.engine == Engine::Postgres {
            for topic in &self.topics {
                sqlx::query("select 1 from (select pg_notify('stagecraft', $1)) as sent")
                    .bind(topic)
                    .execute(&mut *self.transaction)
                    .await?;
            }
        }
        self.transaction.commit().await?;
        for topic in &self.topics {
            self.db.inner.signals.signal(topic);
        }
        Ok(())
    }
}

impl Deref for WriteTx {
    type Target = <Any as sqlx::Database>::Connection;

    fn deref(&self) -> &<Any as sqlx::Database>::Connection {
        &self.transaction
    }
}

impl DerefMut for WriteTx {
    fn deref_mut(&mut self) -> &mut <Any as sqlx::Database>::Connection {
        &mut self.transaction
    }
}

fn sqlite_pragmas() -> sqlx::AssertSqlSafe<String> {
    sqlx::AssertSqlSafe(format!(
        "pragma busy_timeout = {SQLITE_BUSY_MS}; pragma journal_mode = wal; pragma synchronous = normal; \
         pragma foreign_keys = on; pragma cache_size = -2000; pragma temp_store = memory; \
         pragma wal_autocheckpoint = {};",
        checkpoint::PAGES_AT_MOST
    ))
}

fn process_now_ms() -> i64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX)
}
