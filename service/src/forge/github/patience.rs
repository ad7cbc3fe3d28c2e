//! How often GitHub is asked.
//!
//! An operation that looks before it acts is repeated after an answer that was lost, after a limit, and while what
//! this service has just made is not known to all of GitHub yet. A failure that no time mends ends it at once. The
//! invariant: an operation ends, well or not, within the time that the settings allow, and the waits that GitHub
//! itself asks for.

use std::collections::HashMap;
use std::future::Future;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::GitHub;
use super::answer::{Failure, UNSAID_WAIT};
use super::repository;
use crate::forge::{ForgeError, Notices, RepoSlug};

/// How long what was just made may not be known yet.
const NEW_FOR: Duration = Duration::from_secs(90);
/// How long it is waited for at most.
const LONGEST_NOT_YET: Duration = Duration::from_secs(120);
/// How long limits are waited for in one operation.
const LONGEST_LIMITED: Duration = Duration::from_secs(3 * 3_600);
/// The waits for what is not there yet: they double.
const NOT_YET: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(8));
/// The waits for a GitHub that is away.
const AWAY: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));
/// What the waits are for.
const MINUTE: Duration = Duration::from_secs(60);
/// Waits from here on are told.
const TOLD_FROM: Duration = Duration::from_millis(1_500);
/// The part of a wait that may be left out.
const SPREAD: f64 = 0.25;

/// Repositories that were made lately, and until when they are new.
#[derive(Debug, Default)]
pub(super) struct Fresh(Mutex<HashMap<String, Instant>>);

impl Fresh {
    /// It was made now.
    pub(super) fn note(&self, slug: &RepoSlug) {
        self.note_age(slug, Duration::ZERO);
    }

    /// It was made so long ago, perhaps by another process.
    fn note_age(&self, slug: &RepoSlug, age: Duration) {
        let Some(left) = NEW_FOR.checked_sub(age) else { return };
        let now = Instant::now();
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, new_until| *new_until > now);
        all.insert(key(slug), now + left);
    }

    /// Whether it was made lately.
    pub(super) fn is_new(&self, slug: &RepoSlug) -> bool {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(&key(slug)).is_some_and(|new_until| *new_until > Instant::now())
    }
}

fn key(slug: &RepoSlug) -> String {
    format!("{}/{}", slug.owner, slug.name).to_ascii_lowercase()
}

/// What is repeated: failures of requests, and errors of git.
pub(super) trait Trouble: Send {
    /// What time can do about it.
    fn kind(&self) -> Kind;
    /// Its words.
    fn words(&self) -> String;
    /// As the error of an operation on `what`.
    fn about(self, what: &str) -> ForgeError;
}

/// What time can do about a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// GitHub is away, or its answer was lost.
    Away,
    /// GitHub says how long to wait.
    Limited(Duration),
    /// It is on its way.
    NotYet,
    /// It is on its way if it was made just now, and else hopeless.
    NotYetIfNew,
    /// It has another address.
    Moved,
    /// Nothing.
    Hopeless,
}

impl Trouble for Failure {
    fn kind(&self) -> Kind {
        match self {
            Self::Unknown(_) => Kind::Away,
            Self::Limited { wait, .. } => Kind::Limited(*wait),
            Self::NotYet(_) => Kind::NotYet,
            Self::NotFound(_) | Self::Conflict(_) | Self::Forbidden(_) | Self::Lacks { .. } => {
                Kind::NotYetIfNew
            }
            Self::Moved { .. } => Kind::Moved,
            Self::Invalid(_) | Self::Unauthorized(_) | Self::Settings(_) | Self::Unaskable(_) => {
                Kind::Hopeless
            }
        }
    }

    fn words(&self) -> String {
        self.message().to_owned()
    }

    fn about(self, what: &str) -> ForgeError {
        self.about(what)
    }
}

impl Trouble for ForgeError {
    fn kind(&self) -> Kind {
        match self {
            Self::Unavailable(_) => Kind::Away,
            Self::NotFound(_) => Kind::NotYetIfNew,
            _ => Kind::Hopeless,
        }
    }

    fn words(&self) -> String {
        self.to_string()
    }

    fn about(self, _: &str) -> ForgeError {
        self
    }
}

/// Does `operation` until it is done or hopeless. `what` names its object for messages.
pub(super) async fn patiently<T, E, F, Fut>(
    github: &GitHub,
    slug: &RepoSlug,
    what: &str,
    mut operation: F,
) -> Result<T, ForgeError>
where
    T: Send,
    E: Trouble,
    F: FnMut() -> Fut + Send,
    Fut: Future<Output = Result<T, E>> + Send,
{
    let fresh = || github.shared.fresh.is_new(slug);
    let patience = Patience {
        total: Duration::from_secs(github.shared.settings.retry_seconds),
        minute: github.shared.governor.minute().min(MINUTE),
        notices: &github.acting.notices,
        chance: &chance,
    };
    let asked = AtomicBool::new(false);
    let operation = || {
        let (attempt, asked) = (operation(), &asked);
        async move {
            let answer = attempt.await;
            let doubtful = answer.as_ref().is_err_and(|trouble| trouble.kind() == Kind::NotYetIfNew);
            // Another process may have made it: GitHub knows when that was.
            if doubtful && !github.shared.fresh.is_new(slug) && !asked.swap(true, Ordering::Relaxed) {
                learn_age(github, slug).await;
            }
            answer
        }
    };
    match patience.persist(fresh, operation).await {
        Ok(done) => Ok(done),
        Err(trouble) if trouble.kind() == Kind::Moved => match repository::new_name(github, slug).await {
            Some(now) => Err(ForgeError::NotFound(format!(
                "{what}: the repository `{slug}` is called `{now}` now, because it was renamed or transferred; use that name"
            ))),
            None => Err(trouble.about(what)),
        },
        Err(trouble) => Err(trouble.about(what)),
    }
}

async fn learn_age(github: &GitHub, slug: &RepoSlug) {
    if let Ok(Some(found)) = repository::look(github, slug).await
        && let Some(age) = found.age
    {
        github.shared.fresh.note_age(slug, age);
    }
}

/// How long somebody is patient, and who is told.
struct Patience<'a> {
    total: Duration,
    /// What stands for a minute: where it is shorter, so are the waits that GitHub does not ask for.
    minute: Duration,
    notices: &'a Notices,
    /// Between 0 and 1, another one each time.
    chance: &'a (dyn Fn() -> f64 + Sync),
}

/// What was waited so far.
#[derive(Default)]
struct Waited {
    away: u32,
    not_yet: u32,
    limited: Duration,
}

impl Patience<'_> {
    async fn persist<T, E, F, Fut>(&self, is_new: impl Fn() -> bool, mut operation: F) -> Result<T, E>
    where
        E: Trouble,
        F: FnMut() -> Fut + Send,
        Fut: Future<Output = Result<T, E>> + Send,
    {
        let begun = Instant::now();
        let mut waited = Waited::default();
        loop {
            let trouble = match operation().await {
                Ok(done) => return Ok(done),
                Err(trouble) => trouble,
            };
            let kind = match trouble.kind() {
                Kind::NotYetIfNew if is_new() => Kind::NotYet,
                kind => kind,
            };
            let spent = begun.elapsed().saturating_sub(waited.limited);
            let Some(wait) = self.wait(kind, spent, &mut waited) else { return Err(trouble) };
            self.tell(kind, wait, &trouble.words());
            tokio::time::sleep(wait).await;
        }
    }

    /// How long to wait before the next try; `None` when there is none.
    fn wait(&self, kind: Kind, spent: Duration, waited: &mut Waited) -> Option<Duration> {
        let (wait, until) = match kind {
            Kind::Limited(said) => {
                let wait = if said == UNSAID_WAIT { self.minute } else { said };
                waited.limited += wait;
                return (waited.limited <= LONGEST_LIMITED).then_some(wait);
            }
            Kind::Away => (self.spread(doubled(AWAY, &mut waited.away)), self.total),
            Kind::NotYet => {
                (self.spread(doubled(NOT_YET, &mut waited.not_yet)), self.total.min(LONGEST_NOT_YET))
            }
            Kind::NotYetIfNew | Kind::Moved | Kind::Hopeless => return None,
        };
        let wait = wait.mul_f64(self.minute.div_duration_f64(MINUTE));
        let left = until.checked_sub(spent).filter(|left| !left.is_zero())?;
        // The last wait ends with the time, so that there is one more try at its end.
        Some(wait.min(left))
    }

    /// Those who failed together do not come back together.
    fn spread(&self, wait: Duration) -> Duration {
        wait.mul_f64(1.0 - SPREAD * (self.chance)().clamp(0.0, 1.0))
    }

    fn tell(&self, kind: Kind, wait: Duration, words: &str) {
        if wait < TOLD_FROM {
            return;
        }
        let seconds = wait.as_secs_f64().round();
        self.notices.tell(match kind {
            Kind::Limited(_) => format!("GitHub limits requests: trying again in {seconds} s ({words})"),
            Kind::Away => format!("Trying again in {seconds} s: {words}"),
            _ => format!("GitHub is not ready yet: trying again in {seconds} s ({words})"),
        });
    }
}

/// A number between 0 and 1. It need not be hard to guess.
fn chance() -> f64 {
    let bits = u32::try_from(RandomState::new().build_hasher().finish() >> 32).unwrap_or_default();
    f64::from(bits) / f64::from(u32::MAX)
}

/// The next of waits that double up to the longest.
fn doubled((first, longest): (Duration, Duration), tries: &mut u32) -> Duration {
    let wait = first.saturating_mul(1_u32.checked_shl((*tries).min(16)).unwrap_or(u32::MAX));
    *tries += 1;
    wait.min(longest)
}

#[cfg(test)]
mod tests;
