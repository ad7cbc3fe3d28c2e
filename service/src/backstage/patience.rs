//! For how long something is tried again while Backstage is away, and what is told of it meanwhile.
//!
//! It neither waits nor asks: whoever does has a log of his own to tell it in, and may be stopped while he waits. The
//! invariant: the pauses grow, and all of them together stay below `backstage.retry_seconds`.

use std::time::{Duration, Instant};

use super::Backstage;

const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

/// How often and how long something has been tried.
#[derive(Debug)]
pub struct Patience {
    limit: Duration,
    begun: Instant,
    pause: Duration,
    times: usize,
}

/// What comes before the next try.
#[derive(Debug)]
pub struct Pause {
    /// How many there were before.
    pub number: usize,
    /// How long it is.
    pub length: Duration,
    /// What to tell.
    pub told: String,
}

impl Patience {
    /// As much as the settings allow.
    pub fn new(backstage: &Backstage) -> Self {
        let limit = Duration::from_secs(backstage.settings().retry_seconds);
        Self { limit, begun: Instant::now(), pause: FIRST_PAUSE, times: 0 }
    }

    /// What comes after a failure for this reason: a pause, or the last word once there was time enough.
    pub fn after(&mut self, reason: &str) -> Result<Pause, String> {
        self.times += 1;
        let length = self.pause;
        if self.begun.elapsed() + length > self.limit {
            let times = if self.times == 1 { "once".to_owned() } else { format!("{} times", self.times) };
            return Err(format!(
                "{reason}. This was tried {times}; retry the task when Backstage is there again: what it has done so \
                 far is not done again"
            ));
        }
        self.pause = (length * 2).min(LONGEST_PAUSE);
        let number = self.times - 1;
        let told = match number {
            0 => format!("{reason}. Trying again, for up to {} seconds", self.limit.as_secs()),
            _ => format!("{reason}. Trying again in {} seconds", length.as_secs_f64()),
        };
        Ok(Pause { number, length, told })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patience(seconds: u64) -> Patience {
        Patience { limit: Duration::from_secs(seconds), begun: Instant::now(), pause: FIRST_PAUSE, times: 0 }
    }

    #[test]
    fn pauses_grow_up_to_the_longest() {
        let mut patience = patience(600);

        let pauses: Vec<Pause> = (0..9).map(|_| patience.after("It is away").unwrap()).collect();

        let seconds: Vec<f64> = pauses.iter().map(|pause| pause.length.as_secs_f64()).collect();
        assert_eq!(seconds, [0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 15.0, 15.0]);
        assert_eq!(pauses[0].told, "It is away. Trying again, for up to 600 seconds");
        assert_eq!(pauses[4].told, "It is away. Trying again in 4 seconds");
        assert_eq!(pauses[8].number, 8);
    }

    #[test]
    fn the_last_word_says_how_often_it_was_tried() {
        let last = patience(0).after("It is away").unwrap_err();
        assert!(last.starts_with("It is away. This was tried once; retry the task"), "{last}");

        let mut twice = patience(600);
        twice.after("It is away").unwrap();
        twice.limit = Duration::ZERO;
        assert!(twice.after("It is away").unwrap_err().contains("This was tried 2 times"));
    }
}
