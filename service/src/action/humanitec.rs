//! Actions for Humanitec's orchestrator, which deploys a service in place of a workflow's own hands.
//!
//! They act as the service user behind `humanitec.token`, whoever started the task; a template cannot bring a token.

mod create;

pub(crate) use create::CreateApp;

use super::{ActionError, Capabilities};
use crate::humanitec::Humanitec;

/// What a step says that needs Humanitec where none is configured.
fn missing(action: &str) -> String {
    format!(
        "action `{action}` calls Humanitec, and no organisation is configured; set `humanitec.organization` and \
         `humanitec.token` in the settings"
    )
}

/// The organisation of the settings.
fn configured<'c>(capabilities: &'c Capabilities, action: &str) -> Result<&'c Humanitec, ActionError> {
    capabilities.humanitec.as_ref().ok_or_else(|| ActionError::Unavailable(missing(action)))
}
