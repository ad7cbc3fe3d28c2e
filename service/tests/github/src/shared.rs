//! What the server's tasks and the tests' handle share.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::clock::Clock;
use crate::fault::Fault;
use crate::limits::Governor;
use crate::recorder::Exchange;
use crate::state::State;

/// Everything, each part behind a lock of its own.
pub(crate) struct Shared {
    pub(crate) clock: Clock,
    pub(crate) state: Mutex<State>,
    pub(crate) governor: Mutex<Governor>,
    pub(crate) faults: Mutex<Vec<Fault>>,
    pub(crate) recorded: Mutex<Vec<Exchange>>,
    pub(crate) violations: Mutex<Vec<String>>,
    pub(crate) stop: Notify,
}

/// The content of a lock. A test that panicked with it leaves it as it was.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    /// The state, at the time now.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        let mut state = locked(&self.state);
        state.now = self.clock.now();
        state
    }
}
