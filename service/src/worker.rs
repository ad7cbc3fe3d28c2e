//! The worker: claims jobs, oldest first, and hands them to the use case they belong to, a task or the catalog.
//!
//! It runs at most `concurrency` tasks and reads at most `readers` repositories at once, wakes at once when a job becomes
//! ready and looks from time to time for jobs whose worker died. It decides nothing about a task or a repository.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::catalog::{CHANGE_JOB, Catalog};
use crate::db::Db;
use crate::queue::{Lease, Queue, topic};
use crate::task::{JOB_KIND, RunEnd, Tasks};

/// How often a worker looks for jobs that nobody told it about.
const LOOK_INTERVAL: Duration = Duration::from_millis(500);
/// How often ended tasks are looked through for old ones, and clocks are compared.
const UPKEEP_INTERVAL: Duration = Duration::from_secs(60);
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// A worker of this process.
#[derive(Clone)]
pub struct Worker {
    db: Db,
    queue: Queue,
    tasks: Tasks,
    catalog: Catalog,
    name: Arc<str>,
    concurrency: usize,
    readers: usize,
    retention_days: u64,
}

/// What [`Worker`] stands on.
pub struct WorkerParts {
    /// The database.
    pub db: Db,
    /// The queue in it.
    pub queue: Queue,
    /// Runs tasks.
    pub tasks: Tasks,
    /// Sees to what happened to repositories.
    pub catalog: Catalog,
    /// Tasks at once.
    pub concurrency: usize,
    /// Repositories at once.
    pub readers: usize,
    /// Days until ended tasks are removed; 0 is never.
    pub retention_days: u64,
}

impl Worker {
    /// A worker under a name that is unique among all processes.
    pub fn new(parts: WorkerParts) -> Self {
        let WorkerParts { db, queue, tasks, catalog, concurrency, readers, retention_days } = parts;
        let name = format!("{}-{}", std::process::id(), uuid::Uuid::now_v7().simple());
        Self { db, queue, tasks, catalog, name: name.into(), concurrency, readers, retention_days }
    }

    /// Works until `shutdown` fires; what is under way is then broken off and given back, to be gone on with by
    /// another worker or by the next start.
    pub async fn run(&self, shutdown: CancellationToken) {
        tokio::join!(
            self.take(JOB_KIND, self.concurrency, shutdown.clone()),
            self.take(CHANGE_JOB, self.readers, shutdown.clone())
        );
    }

    /// Claims jobs of one kind and works on so many at once.
    async fn take(&self, kind: &'static str, at_once: usize, shutdown: CancellationToken) {
        if at_once == 0 {
            return shutdown.cancelled().await;
        }
        let slots = Arc::new(Semaphore::new(at_once));
        let mut wakes = self.db.listen(&topic(kind));
        let mut runs = JoinSet::new();
        let mut pause = FIRST_PAUSE;
        loop {
            let Ok(slot) = slots.clone().acquire_owned().await else { return };
            while runs.try_join_next().is_some() {}
            let claimed = tokio::select! {
                biased;
                () = shutdown.cancelled() => break,
                claimed = self.queue.claim(kind, &self.name) => claimed,
            };
            match claimed {
                Ok(Some(lease)) => {
                    pause = FIRST_PAUSE;
                    let (worker, shutdown) = (self.clone(), shutdown.clone());
                    runs.spawn(async move {
                        worker.work(lease, shutdown).await;
                        drop(slot);
                    });
                }
                Ok(None) => tokio::select! {
                    () = shutdown.cancelled() => break,
                    () = wakes.wait(LOOK_INTERVAL) => {}
                },
                Err(error) => {
                    tracing::warn!(%error, pause_ms = pause.as_millis(), "no job could be claimed; trying again");
                    tokio::select! {
                        () = shutdown.cancelled() => break,
                        () = tokio::time::sleep(pause) => {}
                    }
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
        }
        while runs.join_next().await.is_some() {}
    }

    /// Claims and runs one task, if there is one. For tests and for commands that run a single task.
    pub async fn run_next(&self, shutdown: CancellationToken) -> Result<Option<RunEnd>, crate::db::DbError> {
        match self.queue.claim(JOB_KIND, &self.name).await? {
            Some(lease) => Ok(Some(self.run_task(lease, shutdown).await)),
            None => Ok(None),
        }
    }

    /// Claims one change and sees to it, if there is one; says whether there was. For tests.
    pub async fn see_next(&self, shutdown: CancellationToken) -> Result<bool, crate::db::DbError> {
        let claimed = self.queue.claim(CHANGE_JOB, &self.name).await?;
        let was_one = claimed.is_some();
        if let Some(lease) = claimed {
            self.work(lease, shutdown).await;
        }
        Ok(was_one)
    }

    async fn work(&self, lease: Lease, shutdown: CancellationToken) {
        if lease.kind == JOB_KIND {
            self.run_task(lease, shutdown).await;
            return;
        }
        let (subject, catalog) = (lease.subject.clone(), self.catalog.clone());
        let seen = tokio::spawn(async move { catalog.see_to(lease, shutdown).await });
        if let Err(error) = seen.await {
            tracing::error!(catalog.subject = subject, %error, "seeing to a change broke down; it will be done again");
        }
    }

    /// Runs a job; a panic in it ends that run alone, and the job is claimed again when its lease runs out.
    async fn run_task(&self, lease: Lease, shutdown: CancellationToken) -> RunEnd {
        let task_id = lease.subject.clone();
        let tasks = self.tasks.clone();
        let run = tokio::spawn(async move { tasks.run_claimed(lease, shutdown).await });
        run.await.unwrap_or_else(|error| {
            tracing::error!(task.id = task_id, %error, "the run of a task broke down; it will be run again");
            RunEnd::Abandoned
        })
    }

    /// Forgets old tasks and keeps the clocks together, until `shutdown` fires.
    pub async fn keep_house(&self, shutdown: CancellationToken) {
        loop {
            if let Err(error) = self.db.sync_clock().await {
                tracing::warn!(%error, "the database's clock could not be read");
            }
            if self.retention_days > 0 {
                let days = i64::try_from(self.retention_days).unwrap_or(i64::MAX / DAY_MS);
                let before = self.db.now_ms().saturating_sub(days.saturating_mul(DAY_MS));
                match self.tasks.forget_ended_before(before).await {
                    Ok(0) => {}
                    Ok(count) => tracing::info!(
                        tasks.count = count,
                        "ended tasks older than the retention were removed"
                    ),
                    Err(error) => tracing::warn!(%error, "old tasks could not be removed"),
                }
            }
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = tokio::time::sleep(UPKEEP_INTERVAL) => {}
            }
        }
    }
}
