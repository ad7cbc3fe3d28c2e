//! What catalog actions share that ask Backstage: they go on asking while it is away.
//!
//! The invariant: a step neither gives up at the first failure nor waits for ever.

use crate::action::{ActionContext, ActionError};
use crate::backstage::{Backstage, Patience};

/// A step's patience with a Backstage that is away.
pub(super) struct Asking(Patience);

impl Asking {
    /// With as much patience as the settings allow.
    pub(super) fn new(backstage: &Backstage) -> Self {
        Self(Patience::new(backstage))
    }

    /// Waits before the next try, and says so; or the failure once there was time enough. Every other error is
    /// given back as it is.
    pub(super) async fn after(
        &mut self,
        error: ActionError,
        ctx: &mut ActionContext<'_>,
    ) -> Result<(), ActionError> {
        let ActionError::Unavailable(reason) = error else { return Err(error) };
        let pause = self.0.after(&reason).map_err(ActionError::Unavailable)?;
        ctx.warn_aside(&format!("away/{}", pause.number), pause.told).await?;
        let cancelled = ctx.cancelled.clone();
        tokio::select! {
            () = cancelled.cancelled() => Err(ActionError::Cancelled),
            () = tokio::time::sleep(pause.length) => Ok(()),
        }
    }
}
