//! The SQL of events and journal entries.

use serde_json::Value;

use super::{EventBody, EventKind};

/// Whether an entry outlives a retry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// Something was looked up: kept while the attempt lasts, read afresh by a retry.
    Read,
    /// Something was done: never done again, also not by a retry.
    Effect,
}

/// Why the journal could not be written.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// Another worker has the task now; this run must stop without a further effect.
    #[error("the lease on this task was lost")]
    LeaseLost,
    /// A sealed entry does not open.
    #[error(transparent)]
    Seal(#[from] crate::secret::SealError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] crate::db::DbError),
}

/// The journal of one run.
#[derive(Debug)]
pub struct Journal {}

impl Journal {
    /// A journal that lives in memory: for dry runs and for the command line. Its events can be read back.
    pub fn in_memory() -> Self {
        unimplemented!()
    }

    /// Adds an event. `key` names it within the task and is the same when the run is repeated; an event
    /// whose key is known is not added again.
    pub async fn event(&mut self, key: &str, kind: EventKind, body: EventBody) -> Result<(), JournalError> {
        unimplemented!()
    }

    /// What was recorded for `key` of a step (`step` includes the iteration, `fetch[2]`).
    pub fn recall(&self, step: &str, key: &str) -> Option<&Value> {
        unimplemented!()
    }

    /// Proves that the lease still holds, just before something is done outside.
    pub async fn about_to_act(&mut self) -> Result<(), JournalError> {
        unimplemented!()
    }

    /// Keeps the result of a read or an effect, sealed.
    pub async fn record(&mut self, step: &str, key: &str, kind: EntryKind, value: Value) -> Result<(), JournalError> {
        unimplemented!()
    }
}
