//! The SQL of events and journal entries.

use std::collections::{HashMap, HashSet};

use serde_json::Value;
use sqlx::Row;

use super::{EventBody, EventKind};
use crate::db::{Db, DbError, WriteTx};
use crate::ids::TaskId;
use crate::secret::{SealError, Sealer};

/// Whether an entry outlives a retry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// Something was looked up: kept while the attempt lasts, read afresh by a retry.
    Read,
    /// Something was done: never done again, also not by a retry.
    Effect,
}

impl EntryKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Effect => "effect",
        }
    }
}

/// Why the journal could not be written.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// Another worker has the task now; this run must stop without a further effect.
    #[error("the lease on this task was lost")]
    LeaseLost,
    /// A sealed entry does not open.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// A stored entry is not what was stored.
    #[error("an entry of the journal cannot be read: {0}")]
    Unreadable(#[from] serde_json::Error),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<sqlx::Error> for JournalError {
    fn from(error: sqlx::Error) -> Self {
        Self::Db(error.into())
    }
}

/// Topic that is signalled when a task has new events.
pub fn topic(task: TaskId) -> String {
    format!("task/{task}")
}

/// The journal of one run.
#[derive(Debug)]
pub struct Journal {
    target: Target,
    attempt: i64,
    known_events: HashSet<String>,
    /// Events that are not written yet; see [`Journal::flush`].
    pending: Vec<NewEvent>,
    /// A write was begun and not seen to end: what is pending may be written already. A cancelled action is
    /// dropped wherever it waits.
    unsure: bool,
    entries: HashMap<(String, String), Value>,
}

#[derive(Debug)]
enum Target {
    Memory(Vec<(EventKind, EventBody)>),
    Stored(Box<Stored>),
}

#[derive(Debug)]
struct Stored {
    db: Db,
    sealer: Sealer,
    task: TaskId,
    fence: i64,
    attempt: i64,
}

impl Journal {
    /// A journal that lives in memory: for dry runs and for the command line. Its events can be read back.
    pub fn in_memory() -> Self {
        Self {
            target: Target::Memory(Vec::new()),
            attempt: 1,
            known_events: HashSet::new(),
            pending: Vec::new(),
            unsure: false,
            entries: HashMap::new(),
        }
    }

    /// Takes the task over: from here on only the run with this `fence` can write to it. Reads what earlier
    /// runs of the same task left.
    pub(crate) async fn take_over(
        tx: &mut WriteTx,
        db: &Db,
        sealer: &Sealer,
        task: TaskId,
        fence: i64,
    ) -> Result<Self, JournalError> {
        let row = sqlx::query(
            "update task_runs set fence = $1, heartbeat_at = $2 where task_id = $3 and fence < $1 returning attempt, last_event",
        )
        .bind(fence)
        .bind(db.now_ms())
        .bind(task.to_string())
        .fetch_optional(&mut **tx)
        .await?
        .ok_or(JournalError::LeaseLost)?;
        let (attempt, last_event): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
        let stored = Stored { db: db.clone(), sealer: sealer.clone(), task, fence, attempt };
        let known_events = if last_event == 0 { HashSet::new() } else { stored.event_keys(tx).await? };
        Ok(Self {
            target: Target::Stored(Box::new(stored)),
            attempt,
            known_events,
            pending: Vec::new(),
            unsure: false,
            entries: HashMap::new(),
        })
    }

    /// Opens what earlier runs have read and done; to be called before the run begins.
    pub(crate) async fn open_entries(&mut self) -> Result<(), JournalError> {
        if let Target::Stored(stored) = &self.target
            && !self.known_events.is_empty()
        {
            self.entries = stored.entries().await?;
        }
        Ok(())
    }

    /// Number of the attempt: 1, and one more with every retry.
    pub fn attempt(&self) -> i64 {
        self.attempt
    }

    /// Whether an earlier run of this attempt wrote the event with this key.
    pub fn has_event(&self, key: &str) -> bool {
        self.known_events.contains(&format!("{}/{key}", self.attempt))
    }

    /// Adds an event. `key` names it within the attempt and is the same when the run is repeated; an event
    /// whose key is known is not added again. Events are written together by the next [`Journal::flush`]: an
    /// event that a kill took with it is made again by the repeated run.
    pub fn event(&mut self, key: &str, kind: EventKind, body: EventBody) {
        let key = format!("{}/{key}", self.attempt);
        if !self.known_events.insert(key.clone()) {
            return;
        }
        match &mut self.target {
            Target::Memory(events) => events.push((kind, body)),
            Target::Stored(stored) => {
                self.pending.push(NewEvent { key, kind, body, created_at_ms: stored.db.now_ms() });
            }
        }
    }

    /// Writes the events so far and shows them to whoever watches: before anything that may take a while, and
    /// before and with anything that is done outside.
    pub async fn flush(&mut self) -> Result<(), JournalError> {
        let Target::Stored(stored) = &self.target else { return Ok(()) };
        if self.pending.is_empty() {
            return Ok(());
        }
        let mut tx = stored.db.begin().await?;
        stored.settle(&mut tx, &mut self.pending, self.unsure).await?;
        self.unsure = true;
        stored.append(&mut tx, &self.pending).await?;
        tx.commit().await?;
        self.written();
        Ok(())
    }

    /// Writes the events so far in the caller's transaction, for a change that must stand or fall with them.
    pub(crate) async fn flush_in(&mut self, tx: &mut WriteTx) -> Result<(), JournalError> {
        if let Target::Stored(stored) = &self.target {
            stored.settle(tx, &mut self.pending, self.unsure).await?;
            stored.append(tx, &self.pending).await?;
        }
        self.written();
        Ok(())
    }

    /// The events of a journal in memory, in order.
    pub fn into_events(self) -> Vec<(EventKind, EventBody)> {
        match self.target {
            Target::Memory(events) => events,
            Target::Stored(_) => Vec::new(),
        }
    }

    /// What was recorded for `key` of a step (`step` includes the iteration, `fetch[2]`).
    pub fn recall(&self, step: &str, key: &str) -> Option<&Value> {
        self.entries.get(&(step.to_owned(), key.to_owned()))
    }

    /// What was recorded in all steps, in their order of names: step, key, value.
    pub(crate) fn recorded(&self) -> Vec<(&str, &str, &Value)> {
        let mut all: Vec<_> =
            self.entries.iter().map(|((step, key), value)| (step.as_str(), key.as_str(), value)).collect();
        all.sort_unstable_by_key(|(step, key, _)| (*step, *key));
        all
    }

    /// Forgets what was recorded, as if it had never been done, and writes the events so far with that.
    pub(crate) async fn forget(&mut self, entries: &[(String, String)]) -> Result<(), JournalError> {
        if let Target::Stored(stored) = &self.target {
            let mut tx = stored.db.begin().await?;
            stored.hold(&mut tx).await?;
            stored.settle(&mut tx, &mut self.pending, self.unsure).await?;
            self.unsure = true;
            stored.forget(&mut tx, entries).await?;
            stored.append(&mut tx, &self.pending).await?;
            tx.commit().await?;
            self.written();
        }
        for entry in entries {
            self.entries.remove(entry);
        }
        Ok(())
    }

    /// Proves that the lease still holds, just before something is done outside.
    pub async fn about_to_act(&mut self) -> Result<(), JournalError> {
        let Target::Stored(stored) = &self.target else { return Ok(()) };
        let mut tx = stored.db.begin().await?;
        stored.hold(&mut tx).await?;
        stored.settle(&mut tx, &mut self.pending, self.unsure).await?;
        self.unsure = true;
        stored.append(&mut tx, &self.pending).await?;
        tx.commit().await?;
        self.written();
        Ok(())
    }

    /// Keeps the result of a read or an effect, sealed.
    pub async fn record(
        &mut self,
        step: &str,
        key: &str,
        kind: EntryKind,
        value: Value,
    ) -> Result<(), JournalError> {
        if let Target::Stored(stored) = &self.target {
            let mut tx = stored.db.begin().await?;
            stored.hold(&mut tx).await?;
            stored.settle(&mut tx, &mut self.pending, self.unsure).await?;
            self.unsure = true;
            stored.record(&mut tx, Entry { step, key, kind, value: &value }).await?;
            stored.append(&mut tx, &self.pending).await?;
            tx.commit().await?;
            self.written();
        }
        self.entries.insert((step.to_owned(), key.to_owned()), value);
        Ok(())
    }

    fn written(&mut self) {
        self.pending.clear();
        self.unsure = false;
    }
}

/// An entry on its way into the table.
struct Entry<'a> {
    step: &'a str,
    key: &'a str,
    kind: EntryKind,
    value: &'a Value,
}

impl Stored {
    async fn append(&self, tx: &mut WriteTx, events: &[NewEvent]) -> Result<(), JournalError> {
        let count = i64::try_from(events.len()).unwrap_or(i64::MAX);
        let bumped = sqlx::query(
            "update task_runs set last_event = last_event + $1 where task_id = $2 and fence = $3 returning last_event",
        )
        .bind(count)
        .bind(self.task.to_string())
        .bind(self.fence)
        .fetch_optional(&mut **tx)
        .await?
        .ok_or(JournalError::LeaseLost)?;
        let last: i64 = bumped.try_get(0)?;
        insert_events(tx, (self.task, last - count + 1), events).await
    }

    /// Takes from `pending` what a write that was dropped under way has written after all.
    async fn settle(
        &self,
        tx: &mut WriteTx,
        pending: &mut Vec<NewEvent>,
        unsure: bool,
    ) -> Result<(), JournalError> {
        if unsure {
            self.hold(tx).await?;
            let written = self.event_keys(tx).await?;
            pending.retain(|event| !written.contains(&event.key));
        }
        Ok(())
    }

    async fn record(&self, tx: &mut WriteTx, entry: Entry<'_>) -> Result<(), JournalError> {
        let Entry { step, key, kind, value } = entry;
        let sealed = self.sealer.seal(&self.row(step, key), &serde_json::to_vec(value)?)?;
        sqlx::query(
            "insert into task_journal (task_id, step, entry_key, kind, attempt, sealed) values ($1, $2, $3, $4, $5, $6)
             on conflict (task_id, step, entry_key) do update
             set kind = excluded.kind, attempt = excluded.attempt, sealed = excluded.sealed",
        )
        .bind(self.task.to_string())
        .bind(step)
        .bind(key)
        .bind(kind.as_str())
        .bind(self.attempt)
        .bind(sealed)
        .execute(&mut **tx)
        .await?;
        Ok(())
    }

    async fn forget(&self, tx: &mut WriteTx, entries: &[(String, String)]) -> Result<(), JournalError> {
        for (step, key) in entries {
            sqlx::query("delete from task_journal where task_id = $1 and step = $2 and entry_key = $3")
                .bind(self.task.to_string())
                .bind(step)
                .bind(key)
                .execute(&mut **tx)
                .await?;
        }
        Ok(())
    }

    /// Locks the task for the rest of the transaction, if it is still this run's.
    async fn hold(&self, tx: &mut WriteTx) -> Result<(), JournalError> {
        let held = sqlx::query("update task_runs set heartbeat_at = $1 where task_id = $2 and fence = $3")
            .bind(self.db.now_ms())
            .bind(self.task.to_string())
            .bind(self.fence)
            .execute(&mut **tx)
            .await?;
        if held.rows_affected() == 1 { Ok(()) } else { Err(JournalError::LeaseLost) }
    }

    async fn event_keys(&self, tx: &mut WriteTx) -> Result<HashSet<String>, JournalError> {
        let rows = sqlx::query("select event_key from task_events where task_id = $1")
            .bind(self.task.to_string())
            .fetch_all(&mut **tx)
            .await?;
        Ok(rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?)
    }

    async fn entries(&self) -> Result<HashMap<(String, String), Value>, JournalError> {
        let rows = sqlx::query(
            "select step, entry_key, sealed from task_journal where task_id = $1 and (kind = 'effect' or attempt = $2)",
        )
        .bind(self.task.to_string())
        .bind(self.attempt)
        .fetch_all(self.db.reader())
        .await?;
        let mut entries = HashMap::with_capacity(rows.len());
        for row in rows {
            let (step, key, sealed): (String, String, Vec<u8>) =
                (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
            let plain = self.sealer.open(&self.row(&step, &key), &sealed)?;
            entries.insert((step, key), serde_json::from_slice(&plain)?);
        }
        Ok(entries)
    }

    fn row(&self, step: &str, key: &str) -> String {
        format!("task_journal/{}/{step}/{key}", self.task)
    }
}

/// An event on its way into the table.
#[derive(Debug)]
pub(crate) struct NewEvent {
    /// Its key, attempt included.
    pub(crate) key: String,
    /// Its kind.
    pub(crate) kind: EventKind,
    /// Its body.
    pub(crate) body: EventBody,
    /// When it happened, milliseconds UTC.
    pub(crate) created_at_ms: i64,
}

/// Events that one statement writes; each binds six values.
const EVENTS_AT_ONCE: usize = 100;

/// Writes events whose numbers, from `first` on, were taken from `task_runs` in the same transaction.
pub(crate) async fn insert_events(
    tx: &mut WriteTx,
    (task, first): (TaskId, i64),
    events: &[NewEvent],
) -> Result<(), JournalError> {
    let mut numbers = first..;
    for chunk in events.chunks(EVENTS_AT_ONCE) {
        let rows: Vec<String> = (0..chunk.len()).map(|row| places(row * 6)).collect();
        let sql = format!(
            "insert into task_events (task_id, id, event_key, kind, body, created_at) values {}",
            rows.join(", ")
        );
        let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
        for (event, number) in chunk.iter().zip(&mut numbers) {
            query = query
                .bind(task.to_string())
                .bind(number)
                .bind(event.key.clone())
                .bind(event.kind.as_str())
                .bind(serde_json::to_string(&event.body)?)
                .bind(event.created_at_ms);
        }
        query.execute(&mut **tx).await?;
    }
    if !events.is_empty() {
        tx.signal(topic(task));
    }
    Ok(())
}

/// `($7, $8, …)`: the six places of a row after `before` others.
fn places(before: usize) -> String {
    let places: Vec<String> = (before + 1..=before + 6).map(|place| format!("${place}")).collect();
    format!("({})", places.join(", "))
}

#[cfg(test)]
mod tests;
