//! Running a claimed task to its end, under a lease.

mod allowed;

use std::time::{Duration, Instant};

use catalog_gen::{FileTree, TreeBudget};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use self::allowed::Asking;
use super::access::ActionAccess;
use super::leftovers::Leftovers;
use super::mocks::Record;
use super::model::{BACKSTAGE_TOKEN, Sealed, TaskSecrets};
use super::runner::{Outcome, Runner, START, Tools};
use super::scope::Scope;
use super::store::cancel_topic;
use super::{Task, TaskError, TaskStatus, Tasks};
use crate::action::{RunInfo, TemplateInfo};
use crate::config;
use crate::db::DbError;
use crate::ids::TaskId;
use crate::journal::{EventBody, EventKind, FailureInfo, Journal, JournalError};
use crate::queue::Lease;
use crate::telemetry;

/// A lease is extended this many times before it would run out.
const BEATS_PER_LEASE: u32 = 3;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunEnd {
    /// In a terminal state.
    Ended(TaskStatus),
    /// The lease was lost, the database is away or the process is shutting down: another run will go on.
    Abandoned,
}

impl Tasks {
    /// Runs the task of a claimed job to its end. `shutdown` breaks the run off and gives the job back.
    pub async fn run_claimed(&self, lease: Lease, shutdown: CancellationToken) -> RunEnd {
        let Ok(id) = lease.subject.parse::<TaskId>() else {
            tracing::error!(job.subject = lease.subject, "a job of the queue does not name a task");
            return RunEnd::Abandoned;
        };
        let cancelled = CancellationToken::new();
        let ended = tokio::select! {
            biased;
            () = shutdown.cancelled() => {
                if let Err(error) = self.inner.queue.release(&lease).await {
                    tracing::warn!(task.id = %id, %error, "the job could not be given back; its lease will run out");
                }
                return RunEnd::Abandoned;
            }
            () = self.keep_alive(id, &lease, &cancelled) => Err(JournalError::LeaseLost),
            ended = self.run_to_end(id, &lease, &cancelled) => ended,
        };
        match ended {
            Ok(status) => RunEnd::Ended(status),
            Err(error) => {
                tracing::warn!(task.id = %id, lease.fence = lease.fence, %error, "the run was broken off; the task will be run again");
                RunEnd::Abandoned
            }
        }
    }

    async fn run_to_end(
        &self,
        id: TaskId,
        lease: &Lease,
        cancelled: &CancellationToken,
    ) -> Result<TaskStatus, JournalError> {
        let started = Instant::now();
        let mut journal = self.take_over(id, lease).await?;
        if journal.has_event(START) {
            let body = EventBody::message(
                "The worker that ran this task is gone; another one goes on where it stopped",
            );
            journal.event(&format!("resumed/{}", lease.fence), EventKind::Log, body);
        }
        let mut given_up = false;
        let (template, status, outcome) = match self.open(id, lease, &mut journal).await {
            Ok((task, sealed)) => {
                let asking = Asking { task: &task, sealed: &sealed, lease, cancelled };
                let (status, outcome) = self.run_opened(&asking, &mut journal).await?;
                (task.spec.entity_ref().to_owned(), status, outcome)
            }
            Err(Unopened::Away(error)) => return Err(error.into()),
            Err(Unopened::Hopeless(failure)) => {
                given_up = true;
                let outcome = Outcome { output: Value::Null, failure: Some(failure) };
                (String::new(), ended_as(&outcome, cancelled), outcome)
            }
        };
        self.end(lease, &mut journal, Ending { status, outcome, given_up }).await?;
        self.inner.metrics.task_ended(&template, counted_as(status), started.elapsed());
        tracing::info!(task.id = %id, task.status = status.as_str(), "task ended");
        Ok(status)
    }

    /// Runs the steps, unless an earlier run came to the end and died while it looked after what the task has left.
    async fn run_opened(
        &self,
        asking: &Asking<'_>,
        journal: &mut Journal,
    ) -> Result<(TaskStatus, Outcome), JournalError> {
        let leftovers = Leftovers::new(&self.inner.capabilities.forges, asking.task);
        let (status, outcome) = match leftovers.known_end(journal)? {
            Some(known) => known,
            None => {
                let outcome = match leftovers.take_out(journal).await? {
                    Ok(()) => self.run_steps(asking, journal).await?,
                    Err(failure) => Outcome { output: Value::Null, failure: Some(failure) },
                };
                (ended_as(&outcome, asking.cancelled), outcome)
            }
        };
        if status != TaskStatus::Completed {
            leftovers.look_after(journal, status, &outcome).await?;
        }
        Ok((status, outcome))
    }

    async fn run_steps(&self, asking: &Asking<'_>, journal: &mut Journal) -> Result<Outcome, JournalError> {
        let Asking { task, sealed, cancelled, .. } = *asking;
        let run = self.run_info(task, sealed);
        match self.allowed_actions(asking, journal).await? {
            Ok(actions) => {
                let secrets = &sealed.secrets;
                self.walk(&Walk { task, secrets, run: &run, actions: &actions, cancelled }, journal).await
            }
            Err(failure) => Ok(Outcome { output: Value::Null, failure: Some(failure) }),
        }
    }

    /// Reads what a run needs. A task that cannot be read, or whose workers keep dying, ends here instead of
    /// being tried for ever.
    async fn open(
        &self,
        id: TaskId,
        lease: &Lease,
        journal: &mut Journal,
    ) -> Result<(Task, Sealed), Unopened> {
        if lease.attempts > i64::from(self.inner.max_attempts) {
            let text = format!(
                "the task was started {} times and its worker died each time; it is given up. Look at the log of the \
                 workers, then retry the task",
                lease.attempts - 1
            );
            return Err(Unopened::Hopeless(FailureInfo {
                name: "ServiceUnavailableError".to_owned(),
                message: text,
                at: None,
            }));
        }
        journal.open_entries().await?;
        Ok((self.stored(id).await?, self.sealed(id).await?))
    }

    async fn walk(&self, walk: &Walk<'_>, journal: &mut Journal) -> Result<Outcome, JournalError> {
        let Walk { task, secrets, run, actions, cancelled } = *walk;
        let inner = &self.inner;
        let registry = self.registry_for(&task.spec.steps).await;
        let renderer = inner.renderer.in_mode(task.spec.value_mode());
        let mut runner = Runner {
            tools: Tools {
                registry: &registry,
                capabilities: &inner.capabilities,
                renderer: &renderer,
                cancelled,
                expression_errors: inner.settings.expression_errors,
                metrics: &inner.metrics,
                mocks: None,
                actions,
            },
            run,
            spec: &task.spec,
            scope: Scope::new(task.id, &task.spec, secrets, &inner.settings.environment),
            workspace: empty_workspace(&inner.settings),
            journal,
            failure: None,
            record: Record::default(),
        };
        runner.walk().await
    }

    /// The last event, the status and the end of the job, in one transaction.
    async fn end(&self, lease: &Lease, journal: &mut Journal, ending: Ending) -> Result<(), JournalError> {
        let Ending { status, outcome, given_up } = ending;
        let message = format!("Run completed with status: {}", status.as_str());
        let body = match outcome.failure {
            Some(error) => EventBody { error: Some(error), ..EventBody::message(message) },
            None => EventBody { output: Some(outcome.output), ..EventBody::message(message) },
        };
        let mut tx = self.inner.db.begin().await?;
        journal.event("completion", EventKind::Completion, body);
        journal.flush_in(&mut tx).await?;
        self.set_ended(&mut tx, &lease.subject, status).await?;
        let queue = &self.inner.queue;
        let held =
            if given_up { queue.bury(&mut tx, lease).await? } else { queue.finish(&mut tx, lease).await? };
        if !held {
            return Err(JournalError::LeaseLost);
        }
        Ok(tx.commit().await?)
    }

    fn run_info(&self, task: &Task, sealed: &Sealed) -> RunInfo {
        let entity_ref = task.spec.entity_ref();
        RunInfo {
            task_id: task.id,
            created_at_ms: task.created_at_ms,
            template: TemplateInfo::new(entity_ref, &task.spec.template_info, task.pin.clone()),
            parameters: task.spec.parameters.clone(),
            secret_names: sealed.secrets.keys().cloned().collect(),
            backstage_token: sealed.secrets.get(BACKSTAGE_TOKEN).cloned(),
            user_ref: task.created_by.clone(),
            user_token: sealed.initiator.clone(),
            dry_run: false,
            write_lock_file: self.inner.settings.write_lock_file,
        }
    }

    /// Extends the lease and looks for a wish to stop; returns when the lease is lost.
    async fn keep_alive(&self, id: TaskId, lease: &Lease, cancelled: &CancellationToken) {
        let mut wishes = self.inner.db.listen(&cancel_topic(id));
        let pause = self.inner.queue.lease_duration() / BEATS_PER_LEASE;
        let mut held_until = tokio::time::Instant::now() + self.inner.queue.lease_duration();
        loop {
            wishes.wait(pause.min(Duration::from_secs(1))).await;
            match self.beat(id, lease.fence).await {
                Ok(true) => cancelled.cancel(),
                Ok(false) => {}
                Err(error) => {
                    tracing::warn!(task.id = %id, %error, "the heartbeat of a task could not be written")
                }
            }
            match self.inner.queue.extend(lease).await {
                Ok(true) => held_until = tokio::time::Instant::now() + self.inner.queue.lease_duration(),
                Ok(false) => return,
                Err(error) => {
                    tracing::warn!(task.id = %id, %error, "the lease of a task could not be extended")
                }
            }
            if tokio::time::Instant::now() >= held_until {
                return;
            }
        }
    }
}

/// An empty workspace with the budget of the settings.
pub(super) fn empty_workspace(settings: &config::Tasks) -> FileTree {
    FileTree::with_budget(TreeBudget {
        max_entries: settings.max_workspace_files,
        max_bytes: settings.max_workspace_bytes,
    })
}

/// What a walk needs of its task.
struct Walk<'a> {
    task: &'a Task,
    secrets: &'a TaskSecrets,
    run: &'a RunInfo,
    actions: &'a ActionAccess,
    cancelled: &'a CancellationToken,
}

/// The end of a run.
struct Ending {
    status: TaskStatus,
    outcome: Outcome,
    /// No worker can make anything of the task: its job stays visible as dead.
    given_up: bool,
}

/// Why a run did not begin.
enum Unopened {
    /// The database is away: another run will try.
    Away(DbError),
    /// No run will ever get further.
    Hopeless(FailureInfo),
}

impl From<TaskError> for Unopened {
    fn from(error: TaskError) -> Self {
        match error {
            TaskError::Db(error) => Self::Away(error),
            other => {
                Self::Hopeless(FailureInfo { name: "Error".to_owned(), message: other.to_string(), at: None })
            }
        }
    }
}

impl From<JournalError> for Unopened {
    fn from(error: JournalError) -> Self {
        match error {
            JournalError::Db(error) => Self::Away(error),
            other => {
                Self::Hopeless(FailureInfo { name: "Error".to_owned(), message: other.to_string(), at: None })
            }
        }
    }
}

fn ended_as(outcome: &Outcome, cancelled: &CancellationToken) -> TaskStatus {
    match (&outcome.failure, cancelled.is_cancelled()) {
        (None, _) => TaskStatus::Completed,
        (Some(_), true) => TaskStatus::Cancelled,
        (Some(_), false) => TaskStatus::Failed,
    }
}

fn counted_as(status: TaskStatus) -> telemetry::Outcome {
    match status {
        TaskStatus::Completed => telemetry::Outcome::Ok,
        TaskStatus::Cancelled => telemetry::Outcome::Cancelled,
        _ => telemetry::Outcome::Failed,
    }
}
