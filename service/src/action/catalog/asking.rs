//! What catalog actions share that ask Backstage: for how long they do while it is away.
//!
//! The invariant: a step neither gives up at the first failure nor waits for ever.

use std::time::{Duration, Instant};

use crate::action::{ActionContext, ActionError};
use crate::backstage::Backstage;

const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

/// How often and how long something has been tried.
pub(super) struct Patience {
    limit: Duration,
    begun: Instant,
    pause: Duration,
    times: usize,
}

impl Patience {
    /// As much as the settings allow.
    pub(super) fn new(backstage: &Backstage) -> Self {
        let limit = Duration::from_secs(backstage.settings().retry_seconds);
        Self { limit, begun: Instant::now(), pause: FIRST_PAUSE, times: 0 }
    }

    /// Waits before the next try, and says so; or the failure once there was time enough. Every other error is
    /// given back as it is.
    pub(super) async fn after(
        &mut self,
        error: ActionError,
        ctx: &mut ActionContext<'_>,
    ) -> Result<(), ActionError> {
        let ActionError::Unavailable(reason) = error else { return Err(error) };
        if self.begun.elapsed() + self.pause > self.limit {
            return Err(ActionError::Unavailable(format!(
                "{reason}. This was tried {}; retry the task when Backstage is there again: what it has done so far \
                 is not done again",
                times(self.times + 1)
            )));
        }
        let seconds = self.limit.as_secs();
        let told = match self.times {
            0 => format!("{reason}. Trying again, for up to {seconds} seconds"),
            _ => format!("{reason}. Trying again in {} seconds", self.pause.as_secs_f64()),
        };
        ctx.warn_aside(&format!("away/{}", self.times), told).await?;
        let cancelled = ctx.cancelled.clone();
        tokio::select! {
            () = cancelled.cancelled() => return Err(ActionError::Cancelled),
            () = tokio::time::sleep(self.pause) => {}
        }
        self.times += 1;
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
        Ok(())
    }
}

fn times(count: usize) -> String {
    if count == 1 { "once".to_owned() } else { format!("{count} times") }
}
