//! The public keys that a server publishes, kept and renewed.
//!
//! It fetches one address and remembers what it found; whose keys they are and what they are good for is the
//! caller's to know. The invariants: all who wait share one fetch; names of keys that nobody has published cannot
//! make it fetch often; a key that the server takes back is gone after [`FRESH`], unless the server is away, and
//! after [`STALE`] in any case.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::jwt::{KeySet, PublicKey};
use super::{ApiPath, Backstage, BackstageError};

/// How long what was fetched is used without a further question.
const FRESH: Duration = Duration::from_secs(600);
/// How long known keys are used while the server is away.
const STALE: Duration = Duration::from_secs(3_600);
/// How long a failed fetch is not repeated for the sake of a known key.
const PAUSE: Duration = Duration::from_secs(30);
/// Fetches that may follow one another at once; afterwards there is one in each [`REFILL`].
const BURST: u32 = 6;
const REFILL: Duration = Duration::from_secs(5);

/// Why a key is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    /// Nobody has published it.
    Unknown,
    /// What is published cannot be read.
    Unavailable(BackstageError),
}

/// The keys behind one address. Cheap to clone; every clone is the same.
#[derive(Clone, Debug)]
pub(super) struct Published {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    backstage: Backstage,
    path: ApiPath,
    memory: Mutex<Memory>,
    /// Held by the one who fetches.
    fetching: tokio::sync::Mutex<()>,
}

impl Published {
    /// Nothing is fetched yet.
    pub(super) fn new(backstage: Backstage, path: ApiPath) -> Self {
        let memory = Mutex::new(Memory::new(Instant::now()));
        Self { inner: Arc::new(Inner { backstage, path, memory, fetching: tokio::sync::Mutex::new(()) }) }
    }

    /// The key of this name.
    pub(super) async fn key(&self, kid: &str) -> Result<PublicKey, Missing> {
        let (key, seen) = match self.inner.memory(|memory| memory.look(kid, Instant::now())) {
            Look::Use(key) => return Ok(key),
            Look::Renew { known, seen } => (known, seen),
        };
        let inner = self.inner.clone();
        // A task of its own: who asked may go away, and the others still wait for the answer.
        let renewed = tokio::spawn(async move { inner.renew(seen).await }).await;
        if let Err(error) = renewed {
            return key.ok_or_else(|| Missing::Unavailable(BackstageError::Unavailable(error.to_string())));
        }
        self.inner.memory(|memory| memory.settle(kid, Instant::now()))
    }
}

impl Inner {
    fn memory<T>(&self, use_it: impl FnOnce(&mut Memory) -> T) -> T {
        // What is in it stands at any moment, also where somebody has panicked.
        use_it(&mut self.memory.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Fetches, unless somebody has done so since `seen`, or it was done often of late.
    async fn renew(&self, seen: u64) {
        let _alone = self.fetching.lock().await;
        if !self.memory(|memory| memory.may_fetch(seen, Instant::now())) {
            return;
        }
        let fetched = self.backstage.public_document(&self.path).await.and_then(|text| {
            KeySet::read(&text).ok_or_else(|| {
                BackstageError::Invalid(
                    "Backstage answered the question for its keys with something else; does `backstage.base_url` \
                     name the backend?"
                        .to_owned(),
                )
            })
        });
        if let Err(error) = &fetched {
            tracing::warn!(error = %error, plugin.id = %self.path.plugin(), "Backstage's keys could not be fetched");
        }
        self.memory(|memory| memory.fetched(fetched, Instant::now()));
    }
}

/// What to do for a key.
enum Look {
    Use(PublicKey),
    Renew { known: Option<PublicKey>, seen: u64 },
}

/// What is remembered. It asks no clock, so that the rules of time can be tested.
#[derive(Debug)]
struct Memory {
    keys: KeySet,
    /// When `keys` were fetched.
    fetched_at: Option<Instant>,
    /// How often a fetch has ended, and how the last one did.
    count: u64,
    failure: Option<(BackstageError, Instant)>,
    /// Fetches that may be made at once.
    budget: u32,
    refilled_at: Instant,
}

impl Memory {
    fn new(now: Instant) -> Self {
        let keys = KeySet::default();
        Self { keys, fetched_at: None, count: 0, failure: None, budget: BURST, refilled_at: now }
    }

    fn age(&self, now: Instant) -> Duration {
        self.fetched_at.map_or(Duration::MAX, |then| now.saturating_duration_since(then))
    }

    fn look(&self, kid: &str, now: Instant) -> Look {
        let known = self.keys.get(kid).cloned();
        let age = self.age(now);
        let failed_lately =
            self.failure.as_ref().is_some_and(|(_, then)| now.saturating_duration_since(*then) < PAUSE);
        match known {
            Some(key) if age <= FRESH || (age <= STALE && failed_lately) => Look::Use(key),
            known => Look::Renew { known: known.filter(|_| age <= STALE), seen: self.count },
        }
    }

    /// What is to be said once it was tried to renew the keys.
    fn settle(&self, kid: &str, now: Instant) -> Result<PublicKey, Missing> {
        match (self.keys.get(kid), &self.failure) {
            (Some(key), _) if self.age(now) <= STALE => Ok(key.clone()),
            // The server is there and says that it has no keys.
            (_, Some((BackstageError::NotFound(_), _))) => Err(Missing::Unknown),
            (_, Some((error, _))) => Err(Missing::Unavailable(error.clone())),
            (_, None) => Err(Missing::Unknown),
        }
    }

    /// Whether a fetch may begin; it is counted.
    fn may_fetch(&mut self, seen: u64, now: Instant) -> bool {
        if self.count != seen {
            return false;
        }
        while self.budget < BURST && now.saturating_duration_since(self.refilled_at) >= REFILL {
            self.budget += 1;
            self.refilled_at += REFILL;
        }
        if self.budget == BURST {
            self.refilled_at = now;
        }
        let Some(left) = self.budget.checked_sub(1) else { return false };
        self.budget = left;
        true
    }

    fn fetched(&mut self, fetched: Result<KeySet, BackstageError>, now: Instant) {
        self.count = self.count.wrapping_add(1);
        match fetched {
            Ok(keys) => {
                self.keys = keys;
                self.fetched_at = Some(now);
                self.failure = None;
            }
            Err(error) => self.failure = Some((error, now)),
        }
    }
}

#[cfg(test)]
mod tests;
