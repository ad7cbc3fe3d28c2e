//! Waiting for events.

use crate::ids::TaskId;

/// Wakes when a task may have new events. Wakes may be spurious; none is missed once this exists.
#[derive(Debug)]
pub struct EventWatch {}

impl EventWatch {
    /// Resolves at the next sign of life of the task, or after a few seconds as a safety net.
    pub async fn changed(&mut self) {
        unimplemented!()
    }
}

impl super::Tasks {
    /// Starts watching; call it before reading the events that are there.
    pub fn watch(&self, id: TaskId) -> EventWatch {
        unimplemented!()
    }
}
