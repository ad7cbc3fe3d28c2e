//! Tasks: created from a template and values, run step by step, watched, cancelled, retried, forgotten.
//!
//! [`Tasks`] is the use case that the HTTP API and the command line call; [`Tasks::run_claimed`] is what a
//! worker calls. Who the caller is was decided before; what an action does is the action's.

mod access;
mod create;
mod dry_run;
mod found;
mod leftovers;
mod mocks;
mod model;
mod read;
mod run;
mod runner;
mod scope;
mod step;
mod store;
mod trial;
mod watch;

pub use access::{AccessError, JudgeError};
pub use found::LookupError;
pub use mocks::{Mock, MockFailure, MockTask, Mocks, StepCall, StepEnd, StepReport, holds};
pub use model::{
    Caller, CreateError, DryRunError, DryRunRequest, DryRunResult, FailedExpression, ListTasks, NewTask,
    Order, OrderField, RetryError, StepFault, Task, TaskError, TaskPage, TaskSpec, TaskStatus, Unknown,
};
pub use run::RunEnd;
pub use store::JOB_KIND;
pub use trial::{CompareWith, Comparison, Problem, Trial, TrialError, TrialResult, TrialRun, TrialTemplate};
pub use watch::EventWatch;

use std::sync::Arc;

use crate::action::{Actions, Capabilities, Registry};
use crate::config;
use crate::db::Db;
use crate::queue::Queue;
use crate::render::ValueRenderer;
use crate::secret::Sealer;
use crate::telemetry::Metrics;
use crate::template::{Library, Step};

/// The task use case. Cheap to clone; every clone is the same.
#[derive(Clone)]
pub struct Tasks {
    inner: Arc<TasksInner>,
}

pub(crate) struct TasksInner {
    pub(crate) db: Db,
    pub(crate) queue: Queue,
    pub(crate) sealer: Sealer,
    pub(crate) library: Arc<Library>,
    pub(crate) actions: Actions,
    pub(crate) capabilities: Capabilities,
    pub(crate) renderer: ValueRenderer,
    pub(crate) settings: config::Tasks,
    pub(crate) max_attempts: u32,
    pub(crate) metrics: Metrics,
}

/// What [`Tasks`] stands on.
pub struct TasksParts {
    /// The database.
    pub db: Db,
    /// The queue in it.
    pub queue: Queue,
    /// Seals secrets and journals.
    pub sealer: Sealer,
    /// The templates.
    pub library: Arc<Library>,
    /// The actions.
    pub actions: Actions,
    /// What actions reach.
    pub capabilities: Capabilities,
    /// Renders step values.
    pub renderer: ValueRenderer,
    /// `tasks` of the settings.
    pub settings: config::Tasks,
    /// Starts before a task fails for good.
    pub max_attempts: u32,
    /// Counts tasks and steps.
    pub metrics: Metrics,
}

impl Tasks {
    /// Puts the parts together.
    pub fn new(parts: TasksParts) -> Self {
        let TasksParts {
            db,
            queue,
            sealer,
            library,
            actions,
            capabilities,
            renderer,
            settings,
            max_attempts,
            metrics,
        } = parts;
        let inner = TasksInner {
            db,
            queue,
            sealer,
            library,
            actions,
            capabilities,
            renderer,
            settings,
            max_attempts,
            metrics,
        };
        Self { inner: Arc::new(inner) }
    }

    /// The templates that tasks are made from.
    pub fn library(&self) -> &Arc<Library> {
        &self.inner.library
    }

    /// The actions that steps can name.
    pub fn actions(&self) -> &Actions {
        &self.inner.actions
    }

    /// What actions reach.
    pub fn capabilities(&self) -> &Capabilities {
        &self.inner.capabilities
    }

    /// Those among which the actions of these steps are, if they are anywhere.
    async fn registry_for(&self, steps: &[Step]) -> Arc<Registry> {
        self.inner.actions.for_names(steps.iter().map(|step| step.action.as_str())).await
    }
}
