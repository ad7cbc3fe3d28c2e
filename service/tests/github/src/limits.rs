//! The rate governor: how much one installation or user may do, counted as GitHub counts.
//!
//! It refuses in GitHub's words and keeps a note of each refusal: a client that paces itself well never meets one.

use std::collections::{BTreeMap, VecDeque};

use serde_json::{Value, json};

use crate::call::Answer;
use crate::clock::Millis;
use crate::errors;
use crate::setup::Limits;

const MINUTE: Millis = 60_000;
const HOUR: Millis = 3_600_000;

/// What one installation or user has done.
#[derive(Default)]
struct Account {
    running: u64,
    /// When the current hour of the primary limit began, and the requests in it.
    hour: (Millis, u64),
    content: VecDeque<Millis>,
    points: VecDeque<(Millis, u64)>,
}

/// The rate governor.
pub(crate) struct Governor {
    limits: Limits,
    accounts: BTreeMap<String, Account>,
    exceeded: Vec<String>,
    /// The most requests of one account that ran at once.
    pub(crate) most: u64,
}

/// What stands in the headers of an answer about the primary limit.
pub(crate) struct Quota {
    pub(crate) limit: u64,
    pub(crate) used: u64,
    pub(crate) reset: u64,
}

/// The words of a secondary limit.
pub(crate) fn secondary_body() -> Value {
    json!({
        "documentation_url": "https://docs.github.com/free-pro-team@latest/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits",
        "message": "You have exceeded a secondary rate limit and have been temporarily blocked from content creation. Please retry your request again later.",
    })
}

impl Governor {
    pub(crate) const fn new(limits: Limits) -> Self {
        Self { limits, accounts: BTreeMap::new(), exceeded: Vec::new(), most: 0 }
    }

    /// What was refused, as lines for people.
    pub(crate) fn exceeded(&self) -> Vec<String> {
        self.exceeded.clone()
    }

    /// From now on these limits.
    pub(crate) fn set(&mut self, limits: Limits) {
        self.limits = limits;
    }

    /// A request has come; it must [`end`](Self::end) once, whatever becomes of it.
    pub(crate) fn came(&mut self, who: &str) {
        let account = self.accounts.entry(who.to_owned()).or_default();
        account.running += 1;
        self.most = self.most.max(account.running);
    }

    /// Counts a request; refuses one too many.
    pub(crate) fn begin(&mut self, who: &str, writes: bool, now: Millis) -> Result<(), Answer> {
        let limits = self.limits;
        let (minute, hour) = (MINUTE / limits.compressed.max(1), HOUR / limits.compressed.max(1));
        let account = self.accounts.entry(who.to_owned()).or_default();
        account.content.retain(|at| at + hour > now);
        account.points.retain(|(at, _)| at + minute > now);
        if account.hour.0 + hour <= now {
            account.hour = (now, 0);
        }
        let points = if writes { 5 } else { 1 };
        let in_minute: Vec<Millis> = account.content.iter().copied().filter(|at| at + minute > now).collect();
        let spent: u64 = account.points.iter().map(|(_, points)| points).sum();
        let count = |list: usize| u64::try_from(list).unwrap_or(u64::MAX);
        let wait = |oldest: Option<Millis>, window: Millis| {
            oldest.map_or(window, |at| (at + window).saturating_sub(now)).div_ceil(1000).max(1)
        };
        let refused = if account.hour.1 >= limits.per_hour {
            Some((format!("{} requests in an hour", limits.per_hour), 0))
        } else if account.running > limits.concurrent {
            Some((format!("{} requests at once", limits.concurrent), wait(None, minute)))
        } else if spent + points > limits.points_per_minute {
            let oldest = account.points.front().map(|(at, _)| *at);
            Some((format!("{} points in a minute", limits.points_per_minute), wait(oldest, minute)))
        } else if writes && count(in_minute.len()) >= limits.content_per_minute {
            let oldest = in_minute.first().copied();
            Some((format!("{} writes in a minute", limits.content_per_minute), wait(oldest, minute)))
        } else if writes && count(account.content.len()) >= limits.content_per_hour {
            let oldest = account.content.front().copied();
            Some((format!("{} writes in an hour", limits.content_per_hour), wait(oldest, hour)))
        } else {
            None
        };
        let Some((limit, seconds)) = refused else {
            account.hour.1 += 1;
            account.points.push_back((now, points));
            if writes {
                account.content.push_back(now);
            }
            return Ok(());
        };
        self.exceeded.push(format!("{who}: more than {limit}"));
        Err(self.refusal(who, seconds))
    }

    /// The words of a refusal; 0 seconds: the primary limit.
    fn refusal(&self, who: &str, seconds: u64) -> Answer {
        if seconds == 0 {
            return errors::error(403, &format!("API rate limit exceeded for {who}."));
        }
        let answer = Answer::of(403, secondary_body());
        if self.limits.says_when { answer.header("retry-after", seconds.to_string()) } else { answer }
    }

    /// A request has ended.
    pub(crate) fn end(&mut self, who: &str) {
        if let Some(account) = self.accounts.get_mut(who) {
            account.running = account.running.saturating_sub(1);
        }
    }

    /// A request that is not to count after all: a conditional one that found nothing new.
    pub(crate) fn give_back(&mut self, who: &str) {
        if let Some(account) = self.accounts.get_mut(who) {
            account.hour.1 = account.hour.1.saturating_sub(1);
        }
    }

    /// What is left of the primary limit; nothing where there are no limits.
    pub(crate) fn quota(&self, who: &str, now: Millis) -> Option<Quota> {
        if self.limits.per_hour == u64::MAX {
            return None;
        }
        let hour = HOUR / self.limits.compressed.max(1);
        let (began, used) = self.accounts.get(who).map_or((now, 0), |account| account.hour);
        Some(Quota { limit: self.limits.per_hour, used, reset: (began + hour).div_ceil(1000) })
    }
}
