//! What a caller is shown: tasks, their lists, and the templates that he may run.
//!
//! A list and a single task are judged by one decision, read once. Nothing is changed here.

use std::sync::Arc;

use super::{Caller, ListTasks, LookupError, Task, TaskError, TaskPage, Tasks};
use crate::backstage::permission::{PARAMETER_READ, STEP_READ, TASK_READ, TEMPLATE_RUN};
use crate::ids::TaskId;
use crate::template::{Listed, Template};

impl Tasks {
    /// The task with that id.
    pub async fn get(&self, id: TaskId, caller: &Caller) -> Result<Task, TaskError> {
        let task = self.stored(id).await?;
        self.access(caller, &[TASK_READ]).await?.require_for(&TASK_READ, &task)?;
        Ok(task)
    }

    /// A page of the tasks that the caller may see; the others are not counted either.
    pub async fn list(&self, wanted: &ListTasks, caller: &Caller) -> Result<TaskPage, TaskError> {
        let visible = self.access(caller, &[TASK_READ]).await?.visible_tasks()?;
        self.page(wanted, &visible).await
    }

    /// The template with that reference (comparable form) as the caller may see it: the pages of its form.
    pub async fn form(&self, reference: &str, caller: &Caller) -> Result<Arc<Template>, LookupError> {
        let asked = [TEMPLATE_RUN, PARAMETER_READ, STEP_READ];
        Ok(self.permitted(reference, caller, &asked).await?.0.template)
    }

    /// The templates that the caller may run. Broken ones are shown to those who may run every template.
    pub async fn templates(&self, caller: &Caller) -> Result<Vec<Listed>, LookupError> {
        let mut listed = self.inner.library.list();
        let refs: Vec<&str> = listed.iter().filter_map(|listed| listed.entity_ref.as_deref()).collect();
        let (access, readable) =
            tokio::join!(self.access(caller, &[TEMPLATE_RUN]), self.readable(&refs, caller));
        let (access, readable) = (access?, readable?);
        listed.retain(|listed| {
            listed.entity_ref.as_ref().is_none_or(|entity_ref| readable.contains(entity_ref))
        });
        if !access.runs_everything() {
            listed.retain(|listed| {
                let reference = listed.entity_ref.as_deref().filter(|_| listed.errors.is_empty());
                let template = reference.and_then(|reference| self.inner.library.find(reference).ok());
                template.is_some_and(|template| access.runs(&template))
            });
        }
        Ok(listed)
    }
}
