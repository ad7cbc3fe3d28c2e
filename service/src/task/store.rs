//! The SQL of tasks.

use serde_json::{Map, Value};

use super::{ListTasks, RetryError, Task, TaskError, TaskPage, Tasks};
use crate::ids::TaskId;
use crate::journal::TaskEvent;

impl Tasks {
    /// The task with that id.
    pub async fn get(&self, id: TaskId) -> Result<Task, TaskError> {
        unimplemented!()
    }

    /// A page of tasks.
    pub async fn list(&self, wanted: &ListTasks) -> Result<TaskPage, TaskError> {
        unimplemented!()
    }

    /// Events with an id greater than `after`, in order; events that a retry took back are left out.
    pub async fn events(&self, id: TaskId, after: i64) -> Result<Vec<TaskEvent>, TaskError> {
        unimplemented!()
    }

    /// Asks a task to stop. One that waits is ended at once; an ended one is left as it is.
    pub async fn cancel(&self, id: TaskId) -> Result<(), TaskError> {
        unimplemented!()
    }

    /// Starts an ended task over, with new secrets.
    pub async fn retry(&self, id: TaskId, secrets: Map<String, Value>) -> Result<(), RetryError> {
        unimplemented!()
    }
}
