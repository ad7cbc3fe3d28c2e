//! What a look at a setting found: differences, and the requests that end them.
//!
//! [`At`] is one repository as it is looked at and changed; it knows no kind of setting. The invariant: looking sends
//! nothing but reads.

use http::header;
use serde_json::Value;
use tokio::sync::OnceCell;

use super::secrets::Writes;
use super::webhook::Signed;
use crate::forge::github::GitHub;
use crate::forge::github::answer::{Answer, Failure};
use crate::forge::github::client::Ask;
use crate::forge::github::route::Route;
use crate::forge::{Change, ForgeError, RepoSlug};

/// A list that is longer than this many pages is broken off: GitHub takes no such number of settings.
const MAX_PAGES: usize = 100;
/// Longer values are cut in what is told of a change.
const SHOWN: usize = 200;

/// What differs, and what ends it.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) changes: Vec<Change>,
    acts: Vec<Act>,
}

/// One thing to do.
#[derive(Debug)]
pub(super) enum Act {
    /// One request.
    Ask(Ask),
    /// One request, and another in its place where the thing is there already.
    Or(Ask, Ask),
    /// Secrets of one place.
    Secrets(Writes),
    /// A webhook whose secret is to be known again.
    Webhook(Signed),
}

impl Plan {
    /// A difference and the request that ends it.
    pub(super) fn one(change: Change, ask: Ask) -> Self {
        Self { changes: vec![change], acts: vec![Act::Ask(ask)] }
    }

    /// Differences that one request ends; nothing where there are none.
    pub(super) fn all(changes: Vec<Change>, ask: impl FnOnce() -> Ask) -> Self {
        let acts = if changes.is_empty() { Vec::new() } else { vec![Act::Ask(ask())] };
        Self { changes, acts }
    }

    /// Adds a difference.
    pub(super) fn differs(&mut self, change: Change) {
        self.changes.push(change);
    }

    /// Adds something to do.
    pub(super) fn act(&mut self, act: Act) {
        self.acts.push(act);
    }

    /// Adds a request.
    pub(super) fn ask(&mut self, ask: Ask) {
        self.acts.push(Act::Ask(ask));
    }

    /// Adds what another plan has.
    pub(super) fn then(&mut self, other: Self) {
        self.changes.extend(other.changes);
        self.acts.extend(other.acts);
    }
}

/// A repository whose settings are looked at.
#[derive(Debug)]
pub(super) struct At<'a> {
    pub(super) github: &'a GitHub,
    pub(super) slug: &'a RepoSlug,
    id: OnceCell<i64>,
}

impl<'a> At<'a> {
    /// A look at `slug`.
    pub(super) fn new(github: &'a GitHub, slug: &'a RepoSlug) -> Self {
        Self { github, slug, id: OnceCell::new() }
    }

    /// `/repos/{owner}/{name}`.
    pub(super) fn repository(&self) -> Result<Route, Failure> {
        Route::repository(self.slug).map_err(refused)
    }

    /// `/repos/{owner}/{name}/` and fixed words.
    pub(super) fn route(&self, words: &'static str) -> Result<Route, Failure> {
        Ok(self.repository()?.then(words))
    }

    /// GitHub's number of the repository.
    pub(super) async fn id(&self) -> Result<i64, Failure> {
        let ask = || async {
            let found = self.get(self.repository()?).await?;
            let id = found.get("id").and_then(Value::as_i64);
            id.ok_or_else(|| Failure::Unknown("GitHub's answer does not name the repository".to_owned()))
        };
        self.id.get_or_try_init(ask).await.copied()
    }

    /// Whether this is done as an App, and not as a user.
    pub(super) async fn acts_as_app(&self) -> Result<bool, Failure> {
        Ok(self.github.shared.access.token(self.github, &self.slug.owner).await?.is_of_app())
    }

    /// Reads.
    pub(super) async fn get(&self, route: Route) -> Result<Value, Failure> {
        Ok(self.asked(Ask::get(route)).await?.body)
    }

    /// Reads what need not be there.
    pub(super) async fn find(&self, route: Route) -> Result<Option<Value>, Failure> {
        match self.get(route).await {
            Ok(found) => Ok(Some(found)),
            Err(Failure::NotFound(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Reads a list, all its pages; `key` names it where the answer holds more than the list.
    pub(super) async fn list(&self, route: Route, key: Option<&str>) -> Result<Vec<Value>, Failure> {
        // Variables come 30 at a time at most.
        let size = if key == Some("variables") { "30" } else { "100" };
        let route = route.with("per_page", size);
        let mut all = Vec::new();
        for page in 1..=MAX_PAGES {
            let route = if page == 1 { route.clone() } else { route.clone().with("page", &page.to_string()) };
            let answer = self.asked(Ask::get(route)).await?;
            let has_more =
                answer.header(header::LINK.as_str()).is_some_and(|link| link.contains("rel=\"next\""));
            let list = match key {
                Some(key) => answer.body.get(key).cloned(),
                None => Some(answer.body),
            };
            match list {
                Some(Value::Array(items)) => all.extend(items),
                _ => return Err(Failure::Unknown("GitHub's answer is no list".to_owned())),
            }
            if !has_more {
                break;
            }
        }
        Ok(all)
    }

    /// Does what a plan holds, in its order.
    pub(super) async fn carry_out(&self, plan: Plan) -> Result<(), Failure> {
        for act in plan.acts {
            match act {
                Act::Ask(ask) => self.send(ask).await?,
                Act::Or(ask, other) => match self.send(ask).await {
                    Err(Failure::Conflict(_)) => self.send(other).await?,
                    done => done?,
                },
                Act::Secrets(writes) => writes.carry_out(self).await?,
                Act::Webhook(signed) => signed.carry_out(self).await?,
            }
        }
        Ok(())
    }

    /// Sends what changes something.
    pub(super) async fn send(&self, ask: Ask) -> Result<(), Failure> {
        self.asked(ask).await.map(|_| ())
    }

    /// What the plan of the account does not have, no time brings.
    async fn asked(&self, ask: Ask) -> Result<Answer, Failure> {
        match self.github.ask(&self.slug.owner, ask).await {
            Err(Failure::Forbidden(message)) if message.contains("Upgrade to") => {
                Err(Failure::Settings(format!("GitHub says: {message}")))
            }
            answer => answer,
        }
    }
}

/// What GitHub is not asked for, as a failure of an operation.
pub(super) fn refused(error: ForgeError) -> Failure {
    Failure::Unaskable(error.to_string())
}

/// A value as people read it: a text as it is, anything else as JSON, long ones cut; `None` for nothing.
pub(super) fn shown(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(cut(text)),
        other => Some(cut(&other.to_string())),
    }
}

/// A text, shortened where it is long.
pub(super) fn cut(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// The text at `key`, or nothing.
pub(super) fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// Whether the value at `key` is `true`.
pub(super) fn flag(value: &Value, key: &str) -> bool {
    value.get(key).and_then(Value::as_bool).unwrap_or(false)
}

/// The number at `key`.
pub(super) fn id(value: &Value) -> u64 {
    value.get("id").and_then(Value::as_u64).unwrap_or_default()
}
