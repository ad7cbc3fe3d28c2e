//! As whom a forge is used, and how it tells why it waits.
//!
//! It decides nothing. The invariant: telling never blocks and never fails; whoever does not listen is not told.

use tokio::sync::mpsc;

use crate::secret::Secret;

/// As whom a forge is used by one step.
#[derive(Clone, Debug, Default)]
pub struct Acting {
    /// Token to act with, in place of the settings' credentials.
    pub token: Option<Secret>,
    /// Hears why a call waits.
    pub notices: Notices,
}

/// Where a call tells why it waits: one line each, for the task's log.
#[derive(Clone, Debug, Default)]
pub struct Notices(Option<mpsc::UnboundedSender<String>>);

impl Notices {
    /// Somebody who is told, and what he hears it by.
    pub fn channel() -> (Self, mpsc::UnboundedReceiver<String>) {
        let (sender, receiver) = mpsc::unbounded_channel();
        (Self(Some(sender)), receiver)
    }

    /// Tells one line, without secrets.
    pub fn tell(&self, line: impl Into<String>) {
        if let Some(sender) = &self.0 {
            // Nobody listens any more: the step has ended.
            let _ = sender.send(line.into());
        }
    }
}
