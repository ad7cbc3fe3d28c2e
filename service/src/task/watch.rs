//! Waiting for events.

use std::time::Duration;

use super::{Caller, TaskError, TaskStatus, Tasks};
use crate::backstage::permission::TASK_READ;
use crate::db::Listener;
use crate::ids::TaskId;
use crate::journal::{TaskEvent, topic};

/// Signals may be lost with a connection to the database, and other processes on SQLite send none: a look
/// in this interval finds what they would have told.
const SAFETY_NET: Duration = Duration::from_secs(1);

/// The events of a task, for somebody who may see it, and a wake when there may be new ones. Wakes may be spurious;
/// none is missed once this exists. Whether he may see it is decided when it is made and not again.
pub struct EventWatch {
    tasks: Tasks,
    id: TaskId,
    starts_over: bool,
    listener: Listener,
}

impl EventWatch {
    /// Resolves at the next sign of life of the task, or after a second as a safety net.
    pub async fn changed(&mut self) {
        self.listener.wait(SAFETY_NET).await;
    }

    /// Events with an id greater than `after`, in order; the ends of attempts that were retried are left out.
    pub async fn events(&self, after: i64) -> Result<Vec<TaskEvent>, TaskError> {
        self.tasks.events(self.id, after).await
    }

    /// The state of the task.
    pub async fn status(&self) -> Result<TaskStatus, TaskError> {
        Ok(self.tasks.stored(self.id).await?.status)
    }

    /// The task.
    pub fn task(&self) -> TaskId {
        self.id
    }

    /// Whether more may come after the end: who watches such a task waits for somebody to retry it.
    pub fn goes_on(&self) -> bool {
        self.starts_over
    }
}

impl Tasks {
    /// Starts watching a task that the caller may see.
    pub async fn watch(&self, id: TaskId, caller: &Caller) -> Result<EventWatch, TaskError> {
        let listener = self.inner.db.listen(&topic(id));
        let task = self.stored(id).await?;
        self.access(caller, &[TASK_READ]).await?.require_for(&TASK_READ, &task)?;
        Ok(EventWatch { tasks: self.clone(), id, starts_over: task.spec.starts_over(), listener })
    }
}
