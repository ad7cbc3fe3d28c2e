//! Which actions a run may take: asked once as it begins, and again while Backstage is away.
//!
//! What is decided is held to each pass over an action elsewhere. The invariants: without a decision nothing runs;
//! whoever watches the task is told for what it waits; a cancelled task waits for nothing.

use std::error::Error;

use tokio_util::sync::CancellationToken;

use crate::backstage::permission::ACTION_EXECUTE;
use crate::backstage::{BackstageError, Patience};
use crate::journal::{EventBody, EventKind, FailureInfo, Journal, JournalError};
use crate::queue::Lease;
use crate::task::access::{AccessError, ActionAccess};
use crate::task::model::Sealed;
use crate::task::runner::begin;
use crate::task::{Task, Tasks};

/// The run that the question is about.
pub(super) struct Asking<'a> {
    pub(super) task: &'a Task,
    pub(super) sealed: &'a Sealed,
    pub(super) lease: &'a Lease,
    pub(super) cancelled: &'a CancellationToken,
}

impl Tasks {
    /// What whoever started this attempt may have run; or why nobody could decide it.
    pub(super) async fn allowed_actions(
        &self,
        run: &Asking<'_>,
        journal: &mut Journal,
    ) -> Result<Result<ActionAccess, FailureInfo>, JournalError> {
        let Some(initiator) = run.sealed.initiator.as_ref().filter(|_| !run.task.spec.steps.is_empty())
        else {
            return Ok(Ok(ActionAccess::everything()));
        };
        let mut patience = self.inner.capabilities.backstage.as_ref().map(Patience::new);
        loop {
            let answer = tokio::select! {
                biased;
                () = run.cancelled.cancelled() => return Ok(Ok(ActionAccess::nothing())),
                answer = self.access_of(initiator, &[ACTION_EXECUTE]) => answer,
            };
            let error = match answer {
                Ok(access) => return Ok(Ok(access.actions())),
                Err(error) => error,
            };
            let (AccessError::Undecided(BackstageError::Unavailable(reason)), Some(patience)) =
                (&error, &mut patience)
            else {
                let cause = error.source().map(|cause| format!(" ({cause})")).unwrap_or_default();
                let why = format!("{cause}; retry the task when Backstage is well");
                return Ok(Err(undecided(&initiator.entity_ref, &why)));
            };
            let pause = match patience.after(reason) {
                Ok(pause) => pause,
                Err(last) => return Ok(Err(undecided(&initiator.entity_ref, &format!(": {last}")))),
            };
            begin(journal, &run.task.spec);
            let told = format!("Nobody has decided yet which actions may run: {}", pause.told);
            let key = format!("undecided/{}/{}", run.lease.fence, pause.number);
            journal.event(&key, EventKind::Log, EventBody::warn(None, told));
            journal.flush().await?;
            tokio::select! {
                () = run.cancelled.cancelled() => {}
                () = tokio::time::sleep(pause.length) => {}
            }
        }
    }
}

fn undecided(who: &str, why: &str) -> FailureInfo {
    FailureInfo {
        name: "ServiceUnavailableError".to_owned(),
        message: format!("nobody could decide which actions `{who}` may run{why}"),
        at: None,
    }
}
