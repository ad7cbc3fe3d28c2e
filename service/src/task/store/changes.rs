//! The SQL that changes tasks: each function one wish, one transaction.

use serde_json::{Map, Value};
use sqlx::Row;

use super::{JOB_KIND, cancel_topic, keys, secrets_row, to_seal, unreadable};
use crate::backstage::UserToken;
use crate::db::{DbError, WriteTx};
use crate::ids::TaskId;
use crate::journal::{EventBody, EventKind, Journal, JournalError, NewEvent, StepState, insert_events};
use crate::queue::Lease;
use crate::task::{Caller, NewTask, RetryError, TaskError, TaskSpec, TaskStatus, Tasks};
use crate::template::{Pin, validate_secrets};

/// How an attempt begins, for its first event's key.
fn recovered_key(attempt: i64) -> String {
    format!("{attempt}/recovered")
}

struct RunRow {
    attempt: i64,
    cancel_requested: bool,
    status: TaskStatus,
}

impl Tasks {
    /// Stores a new task, its key and its job, all or nothing: nothing, and `false`, if the caller has a task under
    /// that key by now.
    pub(in crate::task) async fn store_new(
        &self,
        id: TaskId,
        spec: &TaskSpec,
        pin: Option<&Pin>,
        new: &NewTask,
    ) -> Result<bool, TaskError> {
        let text = |value: Result<String, serde_json::Error>| value.map_err(|error| unreadable(id, error));
        let spec = text(serde_json::to_string(spec))?;
        let pin = pin.map(|pin| text(serde_json::to_string(pin))).transpose()?;
        let mut tx = self.inner.db.begin().await?;
        sqlx::query("insert into tasks (id, spec, pin, status, created_by, created_at) values ($1, $2, $3, $4, $5, $6)")
            .bind(id.to_string())
            .bind(spec)
            .bind(pin)
            .bind(TaskStatus::Open.as_str())
            .bind(new.caller.user_ref())
            .bind(self.inner.db.now_ms())
            .execute(&mut *tx)
            .await
            .map_err(DbError::from)?;
        sqlx::query("insert into task_runs (task_id) values ($1)")
            .bind(id.to_string())
            .execute(&mut *tx)
            .await
            .map_err(DbError::from)?;
        if let Some(key) = &new.key
            && !keys::put(&mut tx, id, &new.caller, key).await?
        {
            return Ok(false);
        }
        self.put_secrets(&mut tx, id, &new.secrets, new.caller.token.as_ref()).await?;
        self.inner.queue.push(&mut tx, JOB_KIND, &id.to_string()).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Makes the run of this lease the only one that may write, and shows that it has begun.
    pub(in crate::task) async fn take_over(
        &self,
        id: TaskId,
        lease: &Lease,
    ) -> Result<Journal, JournalError> {
        let mut tx = self.inner.db.begin().await?;
        let journal =
            Journal::take_over(&mut tx, &self.inner.db, &self.inner.sealer, id, lease.fence).await?;
        sqlx::query("update tasks set status = 'processing' where id = $1 and status = 'open'")
            .bind(id.to_string())
            .execute(&mut *tx)
            .await
            .map_err(DbError::from)?;
        tx.commit().await?;
        Ok(journal)
    }

    /// Asks a task to stop. One that waits is ended at once; an ended one is left as it is.
    pub async fn cancel(&self, id: TaskId, caller: &Caller) -> Result<(), TaskError> {
        self.require_cancel(id, caller).await?;
        let mut tx = self.inner.db.begin().await?;
        let Some(run) = self.run_for_change(&mut tx, id).await? else {
            return Err(TaskError::NotFound(id.to_string()));
        };
        if run.status.is_terminal() || run.cancel_requested {
            return Ok(());
        }
        sqlx::query("update task_runs set cancel_requested = 1 where task_id = $1")
            .bind(id.to_string())
            .execute(&mut *tx)
            .await
            .map_err(DbError::from)?;
        let step = self.step_under_way(&mut tx, id).await?;
        let body = match &step {
            Some(step) => EventBody::of_step(step, format!("Step {step} has been cancelled."))
                .with_status(StepState::Cancelled),
            None => EventBody {
                status: Some(StepState::Cancelled),
                ..EventBody::message("The task has been cancelled.")
            },
        };
        self.add_event(
            &mut tx,
            id,
            self.new_event(format!("{}/cancelled", run.attempt), EventKind::Cancelled, body),
        )
        .await?;
        if self.inner.queue.withdraw(&mut tx, JOB_KIND, &id.to_string()).await? {
            let end = EventBody::message("Run completed with status: cancelled");
            self.add_event(
                &mut tx,
                id,
                self.new_event(format!("{}/completion", run.attempt), EventKind::Completion, end),
            )
            .await?;
            self.set_ended(&mut tx, &id.to_string(), TaskStatus::Cancelled).await?;
        }
        tx.signal(cancel_topic(id));
        Ok(tx.commit().await?)
    }

    /// Starts an ended task over, with new secrets and on behalf of this caller. What the task has done outside
    /// is not done again.
    pub async fn retry(
        &self,
        id: TaskId,
        secrets: Map<String, Value>,
        caller: &Caller,
    ) -> Result<(), RetryError> {
        if let Some(template) = self.require_retry(id, caller).await? {
            validate_secrets(&template, &Value::Object(secrets.clone())).map_err(RetryError::Violations)?;
        }
        let mut tx = self.inner.db.begin().await.map_err(TaskError::from)?;
        let run =
            self.run_for_change(&mut tx, id).await?.ok_or_else(|| TaskError::NotFound(id.to_string()))?;
        if !run.status.is_terminal() {
            return Err(RetryError::NotEnded(id));
        }
        for statement in [
            "update task_events set hidden = 1 where task_id = $1 and kind in ('completion', 'cancelled')",
            "update task_runs set attempt = attempt + 1, cancel_requested = 0 where task_id = $1",
            "update tasks set status = 'open', ended_at = null where id = $1",
        ] {
            sqlx::query(statement)
                .bind(id.to_string())
                .execute(&mut *tx)
                .await
                .map_err(|e| TaskError::Db(e.into()))?;
        }
        self.put_secrets(&mut tx, id, &secrets, caller.token.as_ref()).await?;
        let body = EventBody { recover_strategy: Some("none".to_owned()), ..EventBody::default() };
        self.add_event(
            &mut tx,
            id,
            self.new_event(recovered_key(run.attempt + 1), EventKind::Recovered, body),
        )
        .await?;
        self.inner.queue.push(&mut tx, JOB_KIND, &id.to_string()).await.map_err(TaskError::from)?;
        Ok(tx.commit().await.map_err(TaskError::from)?)
    }

    /// Removes ended tasks older than `before_ms`, with everything that belongs to them.
    pub async fn forget_ended_before(&self, before_ms: i64) -> Result<u64, TaskError> {
        let mut tx = self.inner.db.begin().await?;
        let ended = "select id from tasks where ended_at is not null and ended_at < $1";
        let jobs = sqlx::AssertSqlSafe(format!(
            "delete from jobs where kind = '{JOB_KIND}' and subject in ({ended})"
        ));
        sqlx::query(jobs).bind(before_ms).execute(&mut *tx).await.map_err(DbError::from)?;
        let done = sqlx::query("delete from tasks where ended_at is not null and ended_at < $1")
            .bind(before_ms)
            .execute(&mut *tx)
            .await
            .map_err(DbError::from)?;
        tx.commit().await?;
        Ok(done.rows_affected())
    }

    /// Seals the secrets and the initiator's token into their own table.
    pub(in crate::task) async fn put_secrets(
        &self,
        tx: &mut WriteTx,
        id: TaskId,
        secrets: &Map<String, Value>,
        token: Option<&UserToken>,
    ) -> Result<(), TaskError> {
        sqlx::query("delete from task_secrets where task_id = $1")
            .bind(id.to_string())
            .execute(&mut **tx)
            .await
            .map_err(DbError::from)?;
        let Some(plain) = to_seal(secrets, token).map_err(|error| unreadable(id, error))? else {
            return Ok(());
        };
        let sealed = self.inner.sealer.seal(&secrets_row(id), &plain)?;
        sqlx::query("insert into task_secrets (task_id, sealed) values ($1, $2)")
            .bind(id.to_string())
            .bind(sealed)
            .execute(&mut **tx)
            .await
            .map_err(DbError::from)?;
        Ok(())
    }

    /// Writes a status and drops the secrets; on success the journal is not needed any more either.
    pub(in crate::task) async fn set_ended(
        &self,
        tx: &mut WriteTx,
        id: &str,
        status: TaskStatus,
    ) -> Result<(), DbError> {
        sqlx::query("update tasks set status = $1, ended_at = $2 where id = $3")
            .bind(status.as_str())
            .bind(self.inner.db.now_ms())
            .bind(id)
            .execute(&mut **tx)
            .await?;
        let mut statements = vec!["delete from task_secrets where task_id = $1"];
        if status == TaskStatus::Completed {
            statements.push("delete from task_journal where task_id = $1");
        }
        for statement in statements {
            sqlx::query(statement).bind(id).execute(&mut **tx).await?;
        }
        Ok(())
    }

    /// Adds an event that a caller's wish brings about, not a run.
    async fn add_event(&self, tx: &mut WriteTx, id: TaskId, event: NewEvent) -> Result<(), TaskError> {
        let row = sqlx::query(
            "update task_runs set last_event = last_event + 1 where task_id = $1 returning last_event",
        )
        .bind(id.to_string())
        .fetch_one(&mut **tx)
        .await
        .map_err(DbError::from)?;
        let number: i64 = row.try_get(0).map_err(DbError::from)?;
        insert_events(tx, (id, number), &[event]).await.map_err(|error| match error {
            JournalError::Db(error) => TaskError::Db(error),
            other => unreadable(id, other),
        })
    }

    fn new_event(&self, key: String, kind: EventKind, body: EventBody) -> NewEvent {
        NewEvent { key, kind, body, created_at_ms: self.inner.db.now_ms() }
    }

    /// Reads the moving part of a task and locks it for the rest of the transaction.
    async fn run_for_change(&self, tx: &mut WriteTx, id: TaskId) -> Result<Option<RunRow>, TaskError> {
        let row = sqlx::query(
            "update task_runs set attempt = attempt where task_id = $1
             returning attempt, cancel_requested, (select status from tasks where id = $1)",
        )
        .bind(id.to_string())
        .fetch_optional(&mut **tx)
        .await
        .map_err(DbError::from)?;
        let Some(row) = row else { return Ok(None) };
        let read = || -> Result<_, sqlx::Error> {
            let (attempt, cancel, status): (i64, i64, String) =
                (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
            Ok((attempt, cancel != 0, status))
        };
        let (attempt, cancel_requested, word) = read().map_err(DbError::from)?;
        let status =
            TaskStatus::parse(&word).ok_or_else(|| unreadable(id, format!("unknown status `{word}`")))?;
        Ok(Some(RunRow { attempt, cancel_requested, status }))
    }

    async fn step_under_way(&self, tx: &mut WriteTx, id: TaskId) -> Result<Option<String>, TaskError> {
        let row = sqlx::query(
            "select body from task_events where task_id = $1 and kind = 'log' order by id desc limit 1",
        )
        .bind(id.to_string())
        .fetch_optional(&mut **tx)
        .await
        .map_err(DbError::from)?;
        let Some(row) = row else { return Ok(None) };
        let text: String = row.try_get(0).map_err(DbError::from)?;
        let body: EventBody = serde_json::from_str(&text).map_err(|error| unreadable(id, error))?;
        Ok(body.step_id)
    }
}
