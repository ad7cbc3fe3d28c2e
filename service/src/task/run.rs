//! Running a claimed task.

use tokio_util::sync::CancellationToken;

use super::{Tasks, TaskStatus};
use crate::queue::Lease;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunEnd {
    /// In a terminal state.
    Ended(TaskStatus),
    /// The lease was lost or the process is shutting down: another run will go on.
    Abandoned,
}

impl Tasks {
    /// Runs the task of a claimed job to its end.
    pub async fn run_claimed(&self, lease: Lease, shutdown: CancellationToken) -> RunEnd {
        unimplemented!()
    }
}
