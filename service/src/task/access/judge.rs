//! Conditions that Backstage asks about: the other half of its permission framework.
//!
//! Where a question there names a task or a template, Backstage has this service hold its conditions to it. The
//! judges are those of every other wish. What is not there fits nothing.

use serde_json::Value;

use super::{Access, AccessError};
use crate::backstage::permission::{Decisions, TASK_READ, TEMPLATE_RUN};
use crate::task::{Caller, TaskError, Tasks};

/// Why conditions were not held to anything.
#[derive(Debug, thiserror::Error)]
pub enum JudgeError {
    /// They are none.
    #[error("the conditions cannot be read; Backstage writes them as `allOf`, `anyOf`, `not` and `rule`")]
    Conditions,
    /// No plugin of this service has such resources.
    #[error("Unexpected resource types: {0}.")]
    UnknownType(String),
    /// They cannot be named.
    #[error("conditions on `{0}` cannot be held to a resource by its reference")]
    Nameless(String),
    /// The caller may not ask.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The tasks cannot be read.
    #[error(transparent)]
    Task(#[from] TaskError),
}

impl Tasks {
    /// Which of these resources meet the conditions.
    pub async fn judge(
        &self,
        resource_type: &str,
        conditions: &Value,
        refs: &[String],
    ) -> Result<Vec<bool>, JudgeError> {
        match resource_type {
            "scaffolder-task" => self.judge_tasks(conditions, refs).await,
            "stagecraft-template" => self.judge_templates(conditions, refs),
            "scaffolder-template" | "scaffolder-action" => {
                Err(JudgeError::Nameless(resource_type.to_owned()))
            }
            other => Err(JudgeError::UnknownType(other.to_owned())),
        }
    }

    /// Refuses users that ask on their own: what conditions say of a task is not theirs to see.
    pub fn may_judge(&self, caller: &Caller) -> Result<(), AccessError> {
        let is_plugin = caller.user_ref().is_none() || caller.through.is_some();
        if is_plugin { Ok(()) } else { Err(AccessError::ServicesOnly) }
    }

    async fn judge_tasks(&self, conditions: &Value, refs: &[String]) -> Result<Vec<bool>, JudgeError> {
        let access = Access(Decisions::under(&TASK_READ, conditions).ok_or(JudgeError::Conditions)?);
        let visible = access.visible_tasks().ok();
        let mut fitting = Vec::with_capacity(refs.len());
        for reference in refs {
            let task = match reference.parse() {
                Ok(id) => match self.stored(id).await {
                    Ok(task) => Some(task),
                    Err(TaskError::NotFound(_)) => None,
                    Err(error) => return Err(error.into()),
                },
                Err(_) => None,
            };
            let fits = task.zip(visible.as_ref());
            fitting.push(fits.is_some_and(|(task, visible)| visible.shows(task.created_by.as_deref())));
        }
        Ok(fitting)
    }

    fn judge_templates(&self, conditions: &Value, refs: &[String]) -> Result<Vec<bool>, JudgeError> {
        let access = Access(Decisions::under(&TEMPLATE_RUN, conditions).ok_or(JudgeError::Conditions)?);
        let fits = |reference: &String| {
            self.inner.library.find(reference).is_ok_and(|template| access.runs(&template))
        };
        Ok(refs.iter().map(fits).collect())
    }
}
