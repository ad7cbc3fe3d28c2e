//! Creating a task.

use super::{CreateError, NewTask};
use crate::ids::TaskId;
use crate::task::Tasks;

impl Tasks {
    /// Creates a task: template found, values checked, files pinned, everything stored in one transaction.
    pub async fn create(&self, new: NewTask) -> Result<TaskId, CreateError> {
        unimplemented!()
    }
}
