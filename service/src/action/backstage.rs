//! Actions that a Backstage backend does: requests to its plugins, and the actions that its plugins register.
//!
//! They act as the service that `backstage.token` stands for. What may be repeated after a kill is told apart by
//! what the request or the action says of itself; what may not is begun once and never sent again unasked.

mod bridged;
mod offered;
mod request;

use super::{ActionError, Capabilities};
use crate::backstage::Backstage;

pub use offered::Actions;
pub(crate) use request::Request;

/// What a step says that needs a Backstage where none is configured.
pub(super) fn missing(action: &str) -> String {
    format!(
        "action `{action}` calls Backstage, and none is configured; set `backstage.base_url` and `backstage.token` \
         in the settings"
    )
}

/// The Backstage of the settings.
pub(super) fn configured<'c>(
    capabilities: &'c Capabilities,
    action: &str,
) -> Result<&'c Backstage, ActionError> {
    capabilities.backstage.as_ref().ok_or_else(|| ActionError::Unavailable(missing(action)))
}

/// What is told when a worker was stopped between sending and the answer.
pub(super) fn unknown_end(what: &str) -> ActionError {
    ActionError::Conflict(format!(
        "the worker was stopped while it waited for the answer to {what}: whether Backstage has done it is not known, \
         and it is not sent again. Look in Backstage; a retry of the task sends it once more"
    ))
}
