//! Asking the engine, within limits of time and memory.
//!
//! The limit of memory is what the process may take beyond what it has when the question is asked. The engine knows
//! one such limit for the whole process, so whoever uses it takes a [`Turn`] and is alone with it. The invariant: a
//! question ends, and whoever asked learns why it ended without an answer.

use std::num::NonZeroU32;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use regorus::utils::limits::ExecutionTimerConfig;
use regorus::{Engine, LimitError};
use serde_json::Value;

/// How often the engine looks at the clock, in steps of its work.
const STEPS: NonZeroU32 = match NonZeroU32::new(64) {
    Some(steps) => steps,
    None => NonZeroU32::MIN,
};

/// What policies may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// For one policy and one document.
    pub question: Duration,
    /// For all questions of a check.
    pub whole: Duration,
    /// Bytes, beyond what the process has when a question is asked.
    pub memory: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { question: Duration::from_secs(2), whole: Duration::from_secs(60), memory: 256 * 1024 * 1024 }
    }
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NoAnswer {
    /// It took too long.
    Time(Duration),
    /// It took too much memory.
    Memory(u64),
    /// It broke.
    Broken(String),
}

/// Asks questions until the time for all of them is over.
pub(crate) struct Asker {
    limits: Limits,
    end: Instant,
    _turn: Turn,
}

impl Asker {
    /// Waits for its turn; then the time begins.
    pub(crate) fn new(limits: Limits) -> Self {
        let turn = Turn::wait();
        Self { limits, end: Instant::now() + limits.whole, _turn: turn }
    }

    /// The value of a rule for an input; none where it has no value.
    pub(crate) fn ask(
        &self,
        engine: &mut Engine,
        rule: &str,
        input: regorus::Value,
    ) -> Result<Option<Value>, NoAnswer> {
        let left = self.end.saturating_duration_since(Instant::now());
        let limit = self.limits.question.min(left);
        if limit.is_zero() {
            return Err(NoAnswer::Time(self.limits.whole));
        }
        engine.set_execution_timer_config(ExecutionTimerConfig { limit, check_interval: STEPS });
        let answer = within(self.limits.memory, || {
            engine.set_input(input);
            let value = engine.eval_rule(rule.to_owned())?;
            if value == regorus::Value::Undefined { Ok(None) } else { value.to_json_str().map(Some) }
        });
        let text = match answer {
            Ok(None) => return Ok(None),
            Ok(Some(text)) => text,
            Err(error) => {
                return Err(match error.downcast_ref::<LimitError>() {
                    Some(LimitError::TimeLimitExceeded { .. }) => NoAnswer::Time(limit),
                    Some(LimitError::MemoryLimitExceeded { .. }) => NoAnswer::Memory(self.limits.memory),
                    _ => NoAnswer::Broken(error.to_string()),
                });
            }
        };
        serde_json::from_str(&text).map(Some).map_err(|error| NoAnswer::Broken(error.to_string()))
    }
}

/// Whose turn it is: the engine reads and asks within a limit that is the process's.
static TURNS: Mutex<()> = Mutex::new(());

/// Time alone with the engine. Reading policies counts as well: the engine looks at the limit there, too.
pub(crate) struct Turn {
    _alone: MutexGuard<'static, ()>,
}

impl Turn {
    /// Waits until nobody else uses the engine.
    pub(crate) fn wait() -> Self {
        Self { _alone: TURNS.lock().unwrap_or_else(PoisonError::into_inner) }
    }
}

/// Puts the limit away, whatever ends the work.
struct Lifted;

impl Drop for Lifted {
    fn drop(&mut self) {
        regorus::set_global_memory_limit(None);
    }
}

fn within<T>(bytes: u64, work: impl FnOnce() -> T) -> T {
    let _lifted = Lifted;
    regorus::flush_thread_memory_counters();
    regorus::set_global_memory_limit(Some(0));
    let taken = match regorus::check_global_memory_limit() {
        Err(LimitError::MemoryLimitExceeded { usage, .. }) => usage,
        _ => 0,
    };
    regorus::set_global_memory_limit(Some(taken.saturating_add(bytes)));
    work()
}
