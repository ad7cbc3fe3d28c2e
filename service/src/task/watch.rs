//! Waiting for events.

use std::time::Duration;

use crate::db::Listener;
use crate::ids::TaskId;
use crate::journal::topic;

/// Signals may be lost with a connection to the database, and other processes on SQLite send none: a look
/// in this interval finds what they would have told.
const SAFETY_NET: Duration = Duration::from_secs(1);

/// Wakes when a task may have new events. Wakes may be spurious; none is missed once this exists.
#[derive(Debug)]
pub struct EventWatch {
    listener: Listener,
}

impl EventWatch {
    /// Resolves at the next sign of life of the task, or after a second as a safety net.
    pub async fn changed(&mut self) {
        self.listener.wait(SAFETY_NET).await;
    }
}

impl super::Tasks {
    /// Starts watching; call it before reading the events that are there.
    pub fn watch(&self, id: TaskId) -> EventWatch {
        EventWatch { listener: self.inner.db.listen(&topic(id)) }
    }
}
