//! Telling Backstage that the feed has something new, through its events bus.
//!
//! One small request says up to where the feed goes; what changed is read from the feed. A bus that has no
//! subscriber, or a Backstage without a bus, is as good as one that delivered: whoever follows the feed also looks
//! from time to time. The invariant: one kind of failure stands in the log once, until there is another or it is
//! over.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::backstage::{Answer, ApiPath, Backstage, BackstageError, Credentials, Request};

/// Topic of the event.
const TOPIC: &str = "stagecraft.catalog";
const PATH: &str = "events/bus/v1/events";
const TIMEOUT: Duration = Duration::from_secs(10);
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// What tells Backstage.
pub(super) struct Teller {
    backstage: Backstage,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// What was logged last and is still so.
    said: Option<String>,
    /// Not to be tried before, and how long the pause is.
    pause: Option<(Instant, Duration)>,
}

enum Told {
    Yes,
    /// There is no such thing as an events bus.
    NoBus,
}

impl Teller {
    pub(super) fn new(backstage: Backstage) -> Self {
        Self { backstage, state: Mutex::default() }
    }

    /// Tells that the feed goes up to `cursor`. True when it need not be told again.
    pub(super) async fn tell(&self, cursor: &str) -> bool {
        if self.pause().is_some() {
            return false;
        }
        match self.post(cursor).await {
            Ok(Told::Yes) => {
                *self.state() = State::default();
                true
            }
            Ok(Told::NoBus) => {
                self.say("Backstage has no events backend, so it hears of changes to the catalog feed when it looks; install `@backstage/plugin-events-backend` there to have them at once");
                self.state().pause = None;
                true
            }
            Err(error) => {
                self.say(&format!("Backstage was not told of changes to the catalog feed, and sees them when it looks: {error}"));
                let mut state = self.state();
                let pause = state.pause.map_or(FIRST_PAUSE, |(_, pause)| (pause * 2).min(LONGEST_PAUSE));
                state.pause = Some((Instant::now() + pause, pause));
                false
            }
        }
    }

    /// How long to wait before the next attempt after a failure.
    pub(super) fn pause(&self) -> Option<Duration> {
        let until = self.state().pause?.0;
        until.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())
    }

    async fn post(&self, cursor: &str) -> Result<Told, BackstageError> {
        let body = json!({ "event": { "topic": TOPIC, "payload": { "cursor": cursor } } });
        let shown = format!("`POST {PATH}`");
        let request = Request {
            method: "POST".to_owned(),
            path: ApiPath::parse(PATH)?,
            query: Vec::new(),
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: Some(body.to_string().into_bytes()),
            credentials: Credentials::Service,
            timeout: TIMEOUT,
            shown: shown.clone(),
        };
        let answer: Answer = self.backstage.send(&request).await?;
        match answer.status {
            404 => Ok(Told::NoBus),
            _ if answer.is_ok() => Ok(Told::Yes),
            _ => Err(answer.refusal(&shown)),
        }
    }

    fn say(&self, message: &str) {
        let mut state = self.state();
        if state.said.as_deref() != Some(message) {
            tracing::warn!("{message}");
            state.said = Some(message.to_owned());
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
