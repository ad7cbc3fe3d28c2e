//! How fast GitHub is asked.
//!
//! It keeps the limits of each account (an installation, or the user of a token). Requests that change something
//! wait in one queue of all processes, in the database; requests at once and points in a minute are kept by each
//! process for itself. When GitHub says to wait, nobody of any process asks before; after that one request goes
//! alone, and the others follow when it went through. It does not repeat anything: that is `patience`'s business.
//!
//! The invariant: no window of a limit ever holds more requests than the limit allows, whatever the way to GitHub
//! takes; and nobody takes the room of one who came before.

mod lane;
mod pace;
mod store;
mod telling;

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use tokio::sync::OwnedSemaphorePermit;

use super::answer::{Answer, Failure, UNSAID_WAIT};
use super::client::Ask;
use crate::config::GitHubLimits;
use crate::db::{Db, DbError};
use crate::forge::Notices;
use lane::Lanes;
use pace::Pace;
use store::{Limits, Look, Place, Standing};
use telling::Telling;

/// What the names of users' accounts begin with.
pub(super) const USERS: &str = "user/";
/// Between two looks at least, so that nobody hammers the database.
const SHORTEST_SLEEP_MS: i64 = 10;
/// While another request tries whether a limit is over.
const TRIAL_LOOK_MS: i64 = 1_000;
/// Unused accounts are looked for so often.
const CLEAR_EVERY_MS: i64 = 60 * 60 * 1000;

/// The limits of one host.
#[derive(Debug)]
pub struct Governor {
    host: String,
    settings: GitHubLimits,
    limits: Limits,
    lanes: Lanes,
    clear_at_ms: AtomicI64,
}

/// What a request costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// It changes nothing.
    Read,
    /// It changes something.
    Write,
}

impl Weight {
    fn points(self) -> u32 {
        match self {
            Self::Read => 1,
            Self::Write => 5,
        }
    }
}

/// What an answer says about limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lesson {
    /// GitHub did what it was asked, or said why not.
    Answered,
    /// The same, and nothing is left for so long.
    UsedUp(Duration),
    /// Too much was asked: wait so long.
    Limited(Duration),
    /// Nobody knows.
    Unknown,
}

/// Leave to send one request; to be held until it is answered.
#[derive(Debug)]
pub struct Pass {
    account: String,
    /// Its number among the writes.
    seq: Option<i64>,
    /// Limits that had been met when it was sent.
    strikes: i64,
    _slot: Option<OwnedSemaphorePermit>,
}

/// How an account stands, for an operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountStatus {
    /// Which one: `installation 7`.
    pub account: String,
    /// Requests that may change something within this minute; `None` for as many as one likes.
    pub left_this_minute: Option<usize>,
    /// The same for this hour.
    pub left_this_hour: Option<usize>,
    /// Points that this process may spend within this minute; `None` for as many as one likes.
    pub points_left: Option<u32>,
    /// Requests that wait, of all processes.
    pub waiting: usize,
    /// Nobody asks for so long, because GitHub said so.
    pub paused_for: Option<Duration>,
}

impl AccountStatus {
    /// Whether it is the account of a token that a user gave to a step.
    pub fn is_users(&self) -> bool {
        self.account.starts_with(USERS)
    }
}

impl Governor {
    /// For the host with these limits; a request ends, well or not, within `timeout`.
    pub fn new(host: &str, settings: &GitHubLimits, timeout: Duration, db: Db) -> Self {
        let pace = Pace::new(settings);
        let minute = Duration::from_millis(pace.minute_ms().unsigned_abs());
        // It may wait for its points and for its turn among those at once as well.
        let under_way = timeout * 2 + minute * 2;
        let under_way_ms = i64::try_from(under_way.as_millis()).unwrap_or(i64::MAX / 4);
        Self {
            host: host.to_owned(),
            lanes: Lanes::new(settings.concurrent, settings.points_per_minute, minute),
            settings: settings.clone(),
            limits: Limits { db, pace, under_way_ms },
            clear_at_ms: AtomicI64::new(0),
        }
    }

    /// What stands for a minute.
    pub(super) fn minute(&self) -> Duration {
        self.lanes.minute
    }

    /// Waits until a request may be sent as `account`.
    pub async fn pass(&self, account: &str, weight: Weight, notices: &Notices) -> Result<Pass, DbError> {
        let account = format!("{} {account}", self.host);
        let lane = self.lanes.of(&account);
        let mut telling = Telling::new(notices);
        let mut place = Waiting { limits: &self.limits, account: &account, place: None };
        self.clear_sometimes().await?;
        loop {
            if weight == Weight::Write && !self.limits.pace.is_free() {
                self.turn(&mut place, &mut telling).await?;
            }
            let slot = lane.slot().await;
            let gate = self.gate(&account).await?;
            if let Gate::Open { strikes } = gate
                && (!lane.spend(weight.points()).await || !self.is_paused(&account).await?)
            {
                let seq = place.place.take().map(|place| place.seq);
                return Ok(Pass { account: account.clone(), seq, strikes, _slot: slot });
            }
            // Others use the room meanwhile.
            drop(slot);
            place.give_back().await?;
            if let Gate::Closed { until_ms } = gate {
                let left_ms = until_ms - self.now_ms();
                telling.waits(None, left_ms);
                self.sleep(&account, left_ms).await;
            }
        }
    }

    /// Takes from an answer what it says about limits.
    pub async fn learn(&self, pass: Pass, lesson: Lesson) {
        if let Err(error) = self.keep(&pass, lesson).await {
            // What is not kept is met again: by the same answer of GitHub.
            tracing::warn!(%error, github.account = pass.account, "an answer's word about limits could not be kept");
        }
    }

    /// How the accounts of this host stand, of which something is known.
    pub async fn status(&self) -> Result<Vec<AccountStatus>, DbError> {
        let prefix = format!("{} ", self.host);
        let now = self.now_ms();
        let seen = self.limits.seen(&prefix, now).await?;
        Ok(seen
            .into_iter()
            .map(|seen| {
                let [left_this_minute, left_this_hour] = self.limits.pace.left(&self.settings, &seen.ledger);
                let paused_ms = seen.standing.paused_until_ms - now;
                AccountStatus {
                    account: seen.account.strip_prefix(&prefix).unwrap_or_default().to_owned(),
                    left_this_minute,
                    left_this_hour,
                    points_left: self.lanes.points_left(&seen.account),
                    waiting: usize::try_from(seen.waiting).unwrap_or(0),
                    paused_for: (paused_ms > 0).then(|| Duration::from_millis(paused_ms.unsigned_abs())),
                }
            })
            .collect())
    }

    /// Waits for the turn of a request that changes something.
    async fn turn(&self, place: &mut Waiting<'_>, telling: &mut Telling<'_>) -> Result<(), DbError> {
        loop {
            let now = self.now_ms();
            match self.limits.look(place.account, &mut place.place, now).await? {
                Look::Go => return Ok(()),
                Look::Wait { position, until_ms } => {
                    telling.waits(Some(position), until_ms - now);
                    self.sleep(place.account, until_ms - now).await;
                }
            }
        }
    }

    /// Whether GitHub may be asked at all now; after a limit, one goes alone.
    async fn gate(&self, account: &str) -> Result<Gate, DbError> {
        let (standing, now) = (self.limits.standing(account).await?, self.now_ms());
        let Standing { paused_until_ms, strikes, trial_until_ms } = standing;
        if paused_until_ms > now {
            return Ok(Gate::Closed { until_ms: paused_until_ms });
        }
        let trial_ms = self.limits.pace.minute_ms() / 2;
        if strikes == 0 || self.limits.try_alone(account, now, now + trial_ms).await? {
            return Ok(Gate::Open { strikes });
        }
        Ok(Gate::Closed { until_ms: trial_until_ms.max(now + SHORTEST_SLEEP_MS).min(now + TRIAL_LOOK_MS) })
    }

    async fn is_paused(&self, account: &str) -> Result<bool, DbError> {
        Ok(self.limits.standing(account).await?.paused_until_ms > self.now_ms())
    }

    async fn keep(&self, pass: &Pass, lesson: Lesson) -> Result<(), DbError> {
        let now = self.now_ms();
        if let Some(seq) = pass.seq {
            self.limits.answered(seq, now).await?;
        }
        match lesson {
            Lesson::Limited(said) => {
                let said = if said == UNSAID_WAIT { self.lanes.minute } else { said };
                let pause_ms = self.limits.struck(&pass.account, (pass.strikes, said), now).await?;
                tracing::warn!(
                    github.account = pass.account,
                    pause_ms,
                    "GitHub met a request with a limit; nobody asks it meanwhile"
                );
            }
            Lesson::UsedUp(rest) => {
                let rest_ms = i64::try_from(rest.as_millis()).unwrap_or(i64::MAX / 4);
                self.limits.pause(&pass.account, now + rest_ms, now).await?;
                if pass.strikes > 0 {
                    self.limits.went_through(&pass.account, (pass.strikes, true)).await?;
                }
            }
            Lesson::Answered | Lesson::Unknown if pass.strikes > 0 => {
                let answered = lesson == Lesson::Answered;
                self.limits.went_through(&pass.account, (pass.strikes, answered)).await?;
            }
            Lesson::Answered | Lesson::Unknown => {}
        }
        Ok(())
    }

    /// Sleeps so long, or until others say that something has changed; never so long that the place is lost.
    async fn sleep(&self, account: &str, milliseconds: i64) {
        let longest = self.limits.pace.absence_ms() / 3;
        let length = milliseconds.clamp(SHORTEST_SLEEP_MS, longest.max(SHORTEST_SLEEP_MS));
        let mut listener = self.limits.db.listen(&store::topic(account));
        listener.wait(Duration::from_millis(length.unsigned_abs())).await;
    }

    async fn clear_sometimes(&self) -> Result<(), DbError> {
        let now = self.now_ms();
        let due = self.clear_at_ms.load(Ordering::Relaxed);
        let next = now + CLEAR_EVERY_MS;
        if now >= due
            && self.clear_at_ms.compare_exchange(due, next, Ordering::Relaxed, Ordering::Relaxed).is_ok()
        {
            self.limits.clear(now).await?;
        }
        Ok(())
    }

    fn now_ms(&self) -> i64 {
        self.limits.db.now_ms()
    }
}

/// Whether GitHub may be asked.
enum Gate {
    Open { strikes: i64 },
    Closed { until_ms: i64 },
}

/// A place in the queue that is given up when whoever waits goes away.
struct Waiting<'g> {
    limits: &'g Limits,
    account: &'g str,
    place: Option<Place>,
}

impl Waiting<'_> {
    /// Puts one that was let go back: it was not sent.
    async fn give_back(&mut self) -> Result<(), DbError> {
        match &mut self.place {
            Some(place) if place.taken => {
                place.taken = false;
                self.limits.give_back(place.seq).await
            }
            _ => Ok(()),
        }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let Some(Place { seq, .. }) = self.place else { return };
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let (limits, account) = (self.limits.clone(), self.account.to_owned());
        runtime.spawn(async move {
            if let Err(error) = limits.leave(&account, seq).await {
                tracing::debug!(%error, "a place in the queue could not be given up; it is lost for a while");
            }
        });
    }
}

impl Governor {
    /// Waits until `ask` may be sent.
    pub(super) async fn let_pass(
        &self,
        account: &str,
        ask: &Ask,
        notices: &Notices,
    ) -> Result<Pass, Failure> {
        let weight = if ask.is_write() { Weight::Write } else { Weight::Read };
        self.pass(account, weight, notices).await.map_err(|error| {
            Failure::Unknown(format!("GitHub was not asked, because its limits cannot be looked up: {error}"))
        })
    }

    /// Takes from GitHub's answer what it says about limits.
    pub(super) async fn learn_from(&self, pass: Pass, answer: &Result<Answer, Failure>) {
        self.learn(pass, lesson(answer)).await;
    }
}

fn lesson(answer: &Result<Answer, Failure>) -> Lesson {
    match answer {
        Ok(answer) => answer.used_up_for().map_or(Lesson::Answered, Lesson::UsedUp),
        Err(Failure::Limited { wait, .. }) => Lesson::Limited(*wait),
        Err(Failure::Unknown(_)) => Lesson::Unknown,
        Err(_) => Lesson::Answered,
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, StatusCode};
    use serde_json::Value;

    use super::*;

    fn answer(headers: &[(&'static str, &str)]) -> Result<Answer, Failure> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        Ok(Answer { status: StatusCode::OK, headers: map, body: Value::Null })
    }

    #[test]
    fn an_answer_that_took_the_last_is_a_pause_by_githubs_own_clock() {
        let last = [
            ("date", "Mon, 23 Nov 2026 20:00:00 GMT"),
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-reset", "1795464030"),
        ];
        let other = [last.as_slice(), &[("x-ratelimit-resource", "search")]].concat();

        assert_eq!(lesson(&answer(&last)), Lesson::UsedUp(Duration::from_secs(31)));
        assert_eq!(lesson(&answer(&other)), Lesson::Answered);
        assert_eq!(lesson(&answer(&[("x-ratelimit-remaining", "1")])), Lesson::Answered);
    }

    #[test]
    fn a_refusal_is_an_answer_and_silence_is_none() {
        let wait = Duration::from_secs(7);
        let limited = Failure::Limited { wait, message: "too fast".to_owned() };

        assert_eq!(lesson(&Err(limited)), Lesson::Limited(wait));
        assert_eq!(lesson(&Err(Failure::NotFound("gone".to_owned()))), Lesson::Answered);
        assert_eq!(lesson(&Err(Failure::Unknown("away".to_owned()))), Lesson::Unknown);
    }
}
