//! The SQL of the queue.

use crate::db::DbError;

/// The queue. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Queue {}

/// A claimed job: the right to work on it until it runs out.
#[derive(Debug)]
pub struct Lease {
    /// Kind of the job.
    pub kind: String,
    /// What it is about (a task id).
    pub subject: String,
}

/// How many jobs are in which state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JobCounts {
    /// Waiting.
    pub ready: i64,
    /// Claimed.
    pub leased: i64,
    /// Given up.
    pub dead: i64,
}

impl Queue {
    /// Counts, for metrics.
    pub async fn counts(&self) -> Result<JobCounts, DbError> {
        unimplemented!()
    }
}
