//! The worker: claims jobs, oldest first, and hands them to the task use case.
//!
//! It runs at most `concurrency` tasks at once, wakes at once when a job becomes ready and looks from time to
//! time for jobs whose worker died. It decides nothing about a task.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

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
    name: Arc<str>,
    concurrency: usize,
    retention_days: u64,
}

impl Worker {
    /// A worker under a name that is unique among all processes.
    pub fn new(db: Db, queue: Queue, tasks: Tasks, concurrency: usize, retention_days: u64) -> Self {
        let name = format!("{}-{}", std::process::id(), uuid::Uuid::now_v7().simple());
        Self { db, queue, tasks, name: name.into(), concurrency, retention_days }
    }

    /// Works until `shutdown` fires; runs under way are then broken off and given back, to be gone on with by
    /// another worker or by the next start.
    pub async fn run(&self, shutdown: CancellationToken) {
        if self.concurrency == 0 {
            return shutdown.cancelled().await;
        }
        let slots = Arc::new(Semaphore::new(self.concurrency));
        let mut wakes = self.db.listen(&topic(JOB_KIND));
        let mut runs = JoinSet::new();
        let mut pause = FIRST_PAUSE;
        loop {
            let Ok(slot) = slots.clone().acquire_owned().await else { return };
            while runs.try_join_next().is_some() {}
            let claimed = tokio::select! {
                biased;
                () = shutdown.cancelled() => break,
                claimed = self.queue.claim(JOB_KIND, &self.name) => claimed,
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

    /// Claims and runs one job, if there is one. For tests and for commands that run a single task.
    pub async fn run_next(&self, shutdown: CancellationToken) -> Result<Option<RunEnd>, crate::db::DbError> {
        match self.queue.claim(JOB_KIND, &self.name).await? {
            Some(lease) => Ok(Some(self.work(lease, shutdown).await)),
            None => Ok(None),
        }
    }

    /// Runs a job; a panic in it ends that run alone, and the job is claimed again when its lease runs out.
    async fn work(&self, lease: Lease, shutdown: CancellationToken) -> RunEnd {
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
