//! When the next request may go: the rule, without clock and database.
//!
//! A request counts from the moment it was let go until it was answered, because GitHub counted it somewhere in
//! between. A window holds every request whose last moment is not older than the window is long; one more goes when
//! there is room for it and for everybody who came before. The invariant: whenever GitHub counts what was let go,
//! no window of its clock holds more than the limit, and nobody takes the room of one who came before.

use std::time::Duration;

use crate::config::GitHubLimits;

/// GitHub's minute and hour, where settings and clocks of several machines leave room for error.
const SLACK_MS: i64 = 250;
/// Limits met one after the other double the pause so often.
const MOST_DOUBLINGS: u32 = 6;
/// Whoever did not look for this part of a minute has lost its place; in a short minute, for [`LEAST_ABSENCE_MS`].
const ABSENCE: i64 = 2;
const LEAST_ABSENCE_MS: i64 = 5_000;

/// So many requests within a length of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    limit: usize,
    length_ms: i64,
}

/// How fast requests may follow each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pace {
    windows: Vec<Window>,
    minute_ms: i64,
}

/// What is known of an account at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Ledger {
    /// The moment.
    pub(super) now_ms: i64,
    /// Nobody goes before.
    pub(super) paused_until_ms: i64,
    /// The last moments of the newest requests that were let go, in any order: at least [`Pace::memory`] of them.
    pub(super) counted_ms: Vec<i64>,
    /// How many came before and wait.
    pub(super) ahead: usize,
}

impl Pace {
    /// By the settings; a limit of 0 is none.
    pub(super) fn new(limits: &GitHubLimits) -> Self {
        let minute_ms = milliseconds(limits.minute_seconds).max(20);
        let slack = SLACK_MS.min(minute_ms / 20);
        let windows = [(limits.content_per_minute, minute_ms), (limits.content_per_hour, minute_ms * 60)]
            .into_iter()
            .filter(|(limit, _)| *limit > 0)
            .map(|(limit, length)| Window {
                limit: usize::try_from(limit).unwrap_or(usize::MAX),
                length_ms: length + slack,
            })
            .collect();
        Self { windows, minute_ms }
    }

    /// Whether nothing is limited.
    pub(super) fn is_free(&self) -> bool {
        self.windows.is_empty()
    }

    /// What stands for a minute.
    pub(super) fn minute_ms(&self) -> i64 {
        self.minute_ms
    }

    /// How many of the newest requests matter.
    pub(super) fn memory(&self) -> i64 {
        let most = self.windows.iter().map(|window| window.limit).max().unwrap_or(0);
        i64::try_from(most).unwrap_or(i64::MAX)
    }

    /// Requests older than this matter no more.
    pub(super) fn forgotten_before_ms(&self, now_ms: i64) -> i64 {
        now_ms - self.windows.iter().map(|window| window.length_ms).max().unwrap_or(0)
    }

    /// After this long without a look a place is lost.
    pub(super) fn absence_ms(&self) -> i64 {
        (self.minute_ms / ABSENCE).max(LEAST_ABSENCE_MS)
    }

    /// When whoever has `ledger.ahead` before it may go, as far as one can tell now: not later than now says that it
    /// may go now.
    pub(super) fn turn_ms(&self, ledger: &Ledger) -> i64 {
        // One under way is taken as answered now, so that the guess is not too late.
        let mut counted: Vec<i64> = ledger.counted_ms.iter().map(|at| (*at).min(ledger.now_ms)).collect();
        counted.sort_unstable();
        let mut at = ledger.now_ms.max(ledger.paused_until_ms);
        for _ in 0..=ledger.ahead {
            for window in &self.windows {
                let in_the_way = counted.len().checked_sub(window.limit).and_then(|index| counted.get(index));
                at = at.max(in_the_way.map_or(at, |earlier| earlier + window.length_ms + 1));
            }
            counted.push(at);
        }
        at
    }

    /// How many may still go in the minute and in the hour; none where there is no limit.
    pub(super) fn left(&self, limits: &GitHubLimits, ledger: &Ledger) -> [Option<usize>; 2] {
        let mut windows = self.windows.iter();
        [limits.content_per_minute, limits.content_per_hour].map(|limit| {
            let window = if limit == 0 { None } else { windows.next() }?;
            let since = ledger.now_ms - window.length_ms;
            let used = ledger.counted_ms.iter().filter(|at| **at >= since).count();
            Some(window.limit.saturating_sub(used))
        })
    }

    /// How long nobody asks, where GitHub said `said` after `strikes` limits that were met without anything done in
    /// between.
    pub(super) fn pause_ms(&self, said: Duration, strikes: i64) -> i64 {
        let said = i64::try_from(said.as_millis()).unwrap_or(i64::MAX / 128).max(1);
        let doublings = u32::try_from(strikes).unwrap_or(0).min(MOST_DOUBLINGS);
        let longest = (self.minute_ms * 15).max(said);
        said.saturating_mul(1 << doublings).min(longest)
    }
}

fn milliseconds(seconds: f64) -> i64 {
    let length = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::from_secs(60));
    i64::try_from(length.as_millis()).unwrap_or(60_000).min(3_600_000)
}

#[cfg(test)]
mod tests;
