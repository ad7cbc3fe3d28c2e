//! What a caller may do with tasks and templates.
//!
//! Every wish of a caller passes here before anything is read or changed for him: one question to Backstage about
//! all that the wish needs, and its decisions held to the very task, template and step. Only users that Backstage
//! vouches for are asked about; services, and callers by a token of our own settings, may do everything. The
//! invariant: without a decision nothing is done.

mod actions;
mod judge;
mod path;
mod templates;

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::found::{Found, User};
use super::store::Visible;
use super::{Caller, LookupError, RetryError, Task, TaskError, Tasks};
use crate::backstage::permission::{
    ACTION_EXECUTE, ActionRule, Decision, Decisions, PARAMETER_READ, Permission, STEP_READ, TASK_CANCEL,
    TASK_CREATE, TASK_READ, TEMPLATE_RUN, TaskRule, TemplatePartRule, TemplateRule,
};
use crate::backstage::{Backstage, BackstageError, UserToken};
use crate::ids::TaskId;
use crate::template::{FetchError, FindError, Library, Pin, Template};

pub(super) use actions::ActionAccess;
pub use judge::JudgeError;

/// What has to be decided before a task is started over.
const TO_RETRY: [Permission; 4] = [TASK_CREATE, TASK_READ, TEMPLATE_RUN, STEP_READ];

/// How long Backstage may take for a decision. People wait for it.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Why a wish is not granted.
#[derive(Clone, Debug, thiserror::Error)]
pub enum AccessError {
    /// The policy says no.
    #[error("You may not do this: the permission `{0}` is not granted")]
    NotAllowed(&'static str),
    /// The answer is for services alone.
    #[error("This is for services; users are shown what the catalog shows them")]
    ServicesOnly,
    /// Nobody could decide it.
    #[error("Backstage could not be asked whether you may do this; try again in a moment")]
    Undecided(#[source] BackstageError),
}

/// What one caller may do, as far as it was asked.
#[derive(Clone, Debug)]
pub(super) struct Access(Decisions);

impl Tasks {
    /// Asks what the caller may do; refuses him if he has not every permission of these that is about no resource.
    pub(super) async fn access(&self, caller: &Caller, asked: &[Permission]) -> Result<Access, AccessError> {
        match &caller.token {
            Some(token) => self.access_of(token, asked).await,
            None => Ok(Access(Decisions::everything())),
        }
    }

    /// The same about a user.
    pub(super) async fn access_of(
        &self,
        token: &UserToken,
        asked: &[Permission],
    ) -> Result<Access, AccessError> {
        let Some(backstage) = &self.inner.capabilities.backstage else {
            let none = "no Backstage is configured that could decide what its users may do".to_owned();
            return Err(AccessError::Undecided(BackstageError::Unavailable(none)));
        };
        if !backstage.settings().permissions {
            return Ok(Access(Decisions::everything()));
        }
        let decisions = backstage.authorize(token, asked, TIMEOUT).await.map_err(AccessError::Undecided)?;
        match asked.iter().find(|asked| asked.resource_type.is_none() && !decisions.grants(asked)) {
            Some(refused) => Err(AccessError::NotAllowed(refused.name)),
            None => Ok(Access(decisions)),
        }
    }

    /// Refuses a caller who has not a permission that is about no resource.
    pub async fn may(&self, caller: &Caller, permission: Permission) -> Result<(), AccessError> {
        self.access(caller, &[permission]).await.map(drop)
    }

    /// Refuses users of Backstage what would show them more than its policy can take back.
    pub fn for_services(&self, caller: &Caller) -> Result<(), AccessError> {
        let asks = |backstage: &Backstage| backstage.settings().permissions;
        let asked_about =
            caller.token.is_some() && self.inner.capabilities.backstage.as_ref().is_none_or(asks);
        if asked_about { Err(AccessError::ServicesOnly) } else { Ok(()) }
    }

    /// The template with that reference (comparable form), if the caller may read and run it; without what of it he
    /// may not see. What else was asked comes with it. Catalog and policy are asked at the same time.
    pub(super) async fn permitted(
        &self,
        reference: &str,
        caller: &Caller,
        asked: &[Permission],
    ) -> Result<(Permitted, Access), LookupError> {
        let (access, found) = tokio::join!(self.access(caller, asked), self.found(reference, caller));
        let access = access?;
        let refused = || LookupError::from(AccessError::NotAllowed(TEMPLATE_RUN.name));
        match found {
            _ if access.runs_nothing() => Err(refused()),
            Ok(found) if access.runs(&found.template) => Ok((access.shown(found), access)),
            // What is wrong with a template is for those who may run it, which nobody can tell of a broken one.
            Ok(_) | Err(LookupError::Find(FindError::Broken { .. })) if !access.runs_everything() => {
                Err(refused())
            }
            found => Err(found.err().unwrap_or_else(refused)),
        }
    }
}

impl Tasks {
    /// Refuses whoever may not stop this task.
    pub(super) async fn require_cancel(&self, id: TaskId, caller: &Caller) -> Result<(), TaskError> {
        let task = self.stored(id).await?;
        let access = self.access(caller, &[TASK_CANCEL, TASK_READ]).await?;
        access.require_for(&TASK_CANCEL, &task)?;
        Ok(access.require_for(&TASK_READ, &task)?)
    }

    /// Refuses whoever may not start this task over; gives its template, if that is still there. What a task does is
    /// fixed when it is created, so a step that the caller may not have run makes the whole of it not his to start.
    pub(super) async fn require_retry(
        &self,
        id: TaskId,
        caller: &Caller,
    ) -> Result<Option<Arc<Template>>, RetryError> {
        let task = self.stored(id).await?;
        let reference = task.spec.template_info.get("entityRef").and_then(Value::as_str).unwrap_or_default();
        let (access, found) = tokio::join!(self.access(caller, &TO_RETRY), self.found(reference, caller));
        let access = access.map_err(TaskError::from)?;
        access.require_for(&TASK_READ, &task).map_err(TaskError::from)?;
        access.require_steps(&task).map_err(TaskError::from)?;
        let template = match found {
            Ok(found) => Some(found.template),
            Err(LookupError::Find(FindError::NotFound { .. })) if caller.token.is_none() => None,
            // The task has a copy of the template from before it was broken.
            Err(LookupError::Find(FindError::Broken { .. })) => None,
            Err(error) => return Err(error.into()),
        };
        if access.runs_everything() || template.as_ref().is_some_and(|template| access.runs(template)) {
            return Ok(template);
        }
        Err(TaskError::from(AccessError::NotAllowed(TEMPLATE_RUN.name)).into())
    }
}

impl Access {
    /// Refuses unless the permission is held for this task.
    pub(super) fn require_for(&self, permission: &Permission, task: &Task) -> Result<(), AccessError> {
        let visible = Visible::new(self.0.about(permission, TaskRule::read));
        if visible.shows(task.created_by.as_deref()) {
            Ok(())
        } else {
            Err(AccessError::NotAllowed(permission.name))
        }
    }

    /// The tasks that may be listed; refuses where none may be.
    pub(super) fn visible_tasks(&self) -> Result<Visible, AccessError> {
        let visible = Visible::new(self.0.about(&TASK_READ, TaskRule::read));
        if visible.is_nothing() { Err(AccessError::NotAllowed(TASK_READ.name)) } else { Ok(visible) }
    }

    /// Whether the template may be run.
    pub(super) fn runs(&self, template: &Template) -> bool {
        templates::may_run(&self.0.about(&TEMPLATE_RUN, TemplateRule::read), template)
    }

    /// Whether every template may be run, also one that cannot be looked at.
    pub(super) fn runs_everything(&self) -> bool {
        self.0.about(&TEMPLATE_RUN, TemplateRule::read) == Decision::Allow
    }

    fn runs_nothing(&self) -> bool {
        self.0.about(&TEMPLATE_RUN, TemplateRule::read) == Decision::Deny
    }

    /// Refuses unless every step of a stored task may be seen by whoever starts it over.
    pub(super) fn require_steps(&self, task: &Task) -> Result<(), AccessError> {
        let steps = self.0.about(&STEP_READ, TemplatePartRule::read);
        if task.spec.steps.iter().all(|step| templates::shows_step(&steps, step)) {
            Ok(())
        } else {
            Err(AccessError::NotAllowed(STEP_READ.name))
        }
    }

    /// What may run.
    pub(super) fn actions(&self) -> ActionAccess {
        ActionAccess::new(self.0.about(&ACTION_EXECUTE, ActionRule::read))
    }

    fn shown(&self, found: Found) -> Permitted {
        let pages = self.0.about(&PARAMETER_READ, TemplatePartRule::read);
        let steps = self.0.about(&STEP_READ, TemplatePartRule::read);
        let restricted = found.template.restricted(
            |page| templates::shows_page(&pages, page),
            |step| templates::shows_step(&steps, step),
        );
        let (template, unseen) = match restricted {
            None => (Arc::clone(&found.template), Vec::new()),
            Some((restricted, unseen)) => (Arc::new(restricted), unseen),
        };
        Permitted { template, user: found.user.clone(), found, unseen }
    }
}

/// A template as its caller may see it.
pub(super) struct Permitted {
    /// The template, without pages and steps that he may not see.
    pub(super) template: Arc<Template>,
    /// What it sees of him.
    pub(super) user: User,
    /// All of it.
    found: Found,
    /// Parameters that only such pages ask for.
    unseen: Vec<String>,
}

impl Permitted {
    /// Fixes the files of the template as they are now, if it has some.
    pub(super) async fn pin(&self, library: &Library) -> Result<Option<Pin>, FetchError> {
        self.found.pin(library).await
    }

    /// Takes out the values that only pages ask for which the caller may not see.
    pub(super) fn own_values(&self, mut values: Value) -> Value {
        if let Some(members) = values.as_object_mut() {
            members.retain(|name, _| !self.unseen.contains(name));
        }
        values
    }
}
