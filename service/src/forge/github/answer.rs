//! What GitHub answered, and what that means for whoever asked.
//!
//! It reads statuses, headers and GitHub's error bodies; it sends nothing. The invariant: every failure has one of
//! the meanings of [`Failure`], and its text is GitHub's own words, shortened, without addresses of ours.

use std::time::Duration;

use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

use crate::forge::ForgeError;
use crate::outbound::words;

/// A whole answer.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    /// `null` for an empty body.
    pub(super) body: Value,
}

/// Why GitHub did not do it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// It is not there, or may not be known to be.
    NotFound(String),
    /// It is there already, or is not empty, or is another's.
    Conflict(String),
    /// GitHub takes no such input.
    Invalid(String),
    /// The token is not known (yet, or any more).
    Unauthorized(String),
    /// A permission, or the plan, is missing.
    Forbidden(String),
    /// Too much was asked; nothing was done. Again after this long.
    Limited {
        /// How long to wait.
        wait: Duration,
        /// GitHub's words.
        message: String,
    },
    /// A permission that the answer names is missing to an App, or not known yet of a new token.
    Lacks {
        /// As GitHub writes it: `administration=write`; empty where it does not say.
        needed: String,
        /// GitHub's words.
        message: String,
    },
    /// The repository has another address now.
    Moved {
        /// Its number, where the answer tells it.
        to: Option<u64>,
        /// GitHub's words.
        message: String,
    },
    /// It is on its way: what was just made is not known to all of GitHub yet. Nothing was done.
    NotYet(String),
    /// The settings, the App or the token have to change; in our own words.
    Settings(String),
    /// GitHub cannot even be asked for this; in our own words.
    Unaskable(String),
    /// Nobody knows whether it was done: look, then try again.
    Unknown(String),
}

impl Failure {
    /// GitHub's words, or ours where it had none.
    pub(super) fn message(&self) -> &str {
        match self {
            Self::NotFound(message)
            | Self::Conflict(message)
            | Self::Invalid(message)
            | Self::Unauthorized(message)
            | Self::Forbidden(message)
            | Self::Moved { message, .. }
            | Self::NotYet(message)
            | Self::Settings(message)
            | Self::Unaskable(message)
            | Self::Unknown(message)
            | Self::Lacks { message, .. }
            | Self::Limited { message, .. } => message,
        }
    }

    /// As the error of an operation on `what`, such as ``the repository `acme/shop` ``.
    pub(super) fn about(self, what: &str) -> ForgeError {
        let text = |message: String| format!("{what}: GitHub says: {message}");
        match self {
            Self::NotFound(message) => ForgeError::NotFound(text(message)),
            Self::Conflict(message) => ForgeError::Conflict(text(message)),
            Self::Invalid(message) => ForgeError::Invalid(text(message)),
            Self::Unauthorized(message) | Self::Forbidden(message) | Self::Lacks { message, .. } => {
                ForgeError::NotAllowed(text(message))
            }
            Self::Settings(message) => ForgeError::NotAllowed(format!("{what}: {message}")),
            Self::Unaskable(message) => ForgeError::Invalid(message),
            Self::NotYet(message) => {
                ForgeError::Unavailable(format!("{what}: GitHub is not ready yet: {message}; try again"))
            }
            Self::Moved { message, .. } => ForgeError::NotFound(text(message)),
            Self::Limited { message, .. } => ForgeError::Unavailable(text(message)),
            Self::Unknown(message) => ForgeError::Unavailable(format!("{what}: {message}")),
        }
    }
}

impl From<ForgeError> for Failure {
    /// An error that was found before anything was asked, such as a name that cannot be one.
    fn from(error: ForgeError) -> Self {
        match error {
            ForgeError::NotAllowed(message) => Self::Settings(message),
            ForgeError::Unavailable(message) => Self::Unknown(message),
            ForgeError::NotFound(message) => Self::NotFound(message),
            ForgeError::Conflict(message) => Self::Conflict(message),
            other => Self::Unaskable(other.to_string()),
        }
    }
}

impl Answer {
    /// The body in a shape of ours.
    pub(super) fn read<T: DeserializeOwned>(self) -> Result<T, Failure> {
        serde_json::from_value(self.body)
            .map_err(|error| Failure::Unknown(format!("GitHub's answer cannot be read: {error}")))
    }

    /// The header `name`, if it is text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The answer if it is one of success, else what its failure means. `now_s` is seconds since 1970.
    pub(super) fn checked(self, now_s: i64) -> Result<Self, Failure> {
        if self.status.is_success() || self.status == StatusCode::NOT_MODIFIED {
            return Ok(self);
        }
        let message = self.message();
        Err(match self.status.as_u16() {
            401 => Failure::Unauthorized(message),
            403 | 429 => match self.limited_for(&message, now_s) {
                Some(wait) => Failure::Limited { wait, message },
                None if message.contains("not accessible by integration") => {
                    let needed = self.header("x-accepted-github-permissions").unwrap_or_default();
                    Failure::Lacks { needed: words(needed.as_bytes()), message }
                }
                None => Failure::Forbidden(message),
            },
            404 | 410 => Failure::NotFound(message),
            301 | 302 | 307 | 308 => Failure::Moved { to: self.moved_to(), message },
            405 | 409 => Failure::Conflict(message),
            422 if is_taken(&self.body) => Failure::Conflict(message),
            400..=499 => Failure::Invalid(message),
            _ => Failure::Unknown(format!("GitHub answered {}: {message}", self.status.as_u16())),
        })
    }

    /// The number of the repository that the answer leads to: nothing else of the address is taken.
    fn moved_to(&self) -> Option<u64> {
        let address = self.header("location").or_else(|| self.body.get("url").and_then(Value::as_str))?;
        let (_, rest) = address.split_once("/repositories/")?;
        rest.split(['/', '?', '#']).next()?.parse().ok()
    }

    /// How long to wait where the answer is about a limit; `None` where it is about a permission.
    fn limited_for(&self, message: &str, now_s: i64) -> Option<Duration> {
        let seconds = |name: &str| self.header(name).and_then(|text| text.trim().parse::<i64>().ok());
        if let Some(wait) = seconds("retry-after") {
            return Some(Duration::from_secs(wait.clamp(1, LONGEST_WAIT_S).unsigned_abs()));
        }
        if seconds("x-ratelimit-remaining") == Some(0) {
            let wait = seconds("x-ratelimit-reset").unwrap_or(now_s).saturating_sub(now_s);
            return Some(Duration::from_secs(wait.clamp(1, LONGEST_WAIT_S).unsigned_abs()));
        }
        let about_limits = self.status == StatusCode::TOO_MANY_REQUESTS
            || message.contains("rate limit")
            || message.contains("abuse detection");
        about_limits.then_some(UNSAID_WAIT)
    }

    /// How long nothing is left to ask for, by GitHub's own clock, where this answer took the last of it.
    pub(super) fn used_up_for(&self) -> Option<Duration> {
        let number = |name: &str| self.header(name).and_then(|text| text.trim().parse::<i64>().ok());
        let is_core = self.header("x-ratelimit-resource").is_none_or(|resource| resource == "core");
        if number("x-ratelimit-remaining") != Some(0) || !is_core {
            return None;
        }
        let date = self.header("date").and_then(|text| OffsetDateTime::parse(text, &Rfc2822).ok());
        let now_s = date.unwrap_or_else(OffsetDateTime::now_utc).unix_timestamp();
        let rest = number("x-ratelimit-reset")?.saturating_sub(now_s).saturating_add(1);
        (rest > 0).then(|| Duration::from_secs(rest.min(LONGEST_WAIT_S).unsigned_abs()))
    }

    /// GitHub's words: the message and what its errors say.
    fn message(&self) -> String {
        let mut parts: Vec<String> = Vec::new();
        let mut add = |text: &str| {
            let text = words(text.as_bytes());
            if !text.is_empty() && !parts.contains(&text) {
                parts.push(text);
            }
        };
        add(self.body.get("message").and_then(Value::as_str).unwrap_or_default());
        for error in self.body.get("errors").and_then(Value::as_array).into_iter().flatten() {
            match error {
                Value::String(text) => add(text),
                other => match other.get("message").and_then(Value::as_str) {
                    Some(text) => add(text),
                    None => add(&described(other)),
                },
            }
        }
        if parts.is_empty() {
            let reason = self.status.canonical_reason().unwrap_or("no words");
            parts.push(format!("{} ({reason})", self.status.as_u16()));
        }
        words(parts.join("; ").as_bytes())
    }
}

/// GitHub asks to wait a minute where it does not say how long.
pub(super) const UNSAID_WAIT: Duration = Duration::from_secs(60);
/// Limits reset within the hour.
const LONGEST_WAIT_S: i64 = 3_600;

/// `field code` of an error without a message.
fn described(error: &Value) -> String {
    let word = |key: &str| error.get(key).and_then(Value::as_str).unwrap_or_default();
    format!("`{}` {}", word("field"), word("code").replace('_', " "))
}

/// Is the failure that something of this name is there already?
fn is_taken(body: &Value) -> bool {
    let says = |text: &str| {
        let text = text.to_ascii_lowercase();
        ["already exists", "already_exists", "already in use"].iter().any(|part| text.contains(part))
    };
    let of = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).is_some_and(says);
    let in_errors = body
        .get("errors")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .any(|error| error.as_str().is_some_and(says) || of(error, "message") || of(error, "code"));
    in_errors || of(body, "message")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn failure(status: u16, headers: &[(&'static str, &str)], body: Value) -> Failure {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        let status = StatusCode::from_u16(status).unwrap();
        Answer { status, headers: map, body }.checked(1_000).unwrap_err()
    }

    #[test]
    fn a_taken_name_is_a_conflict_in_githubs_words() {
        let body = json!({
            "message": "Repository creation failed.",
            "errors": [{ "resource": "Repository", "code": "custom", "field": "name", "message": "name already exists on this account" }],
            "status": "422",
        });

        assert_eq!(
            failure(422, &[], body),
            Failure::Conflict("Repository creation failed.; name already exists on this account".to_owned())
        );
    }

    #[test]
    fn a_limit_is_told_from_a_missing_permission() {
        let limited = |headers: &[(&'static str, &str)], message: &str| match failure(
            403,
            headers,
            json!({ "message": message }),
        ) {
            Failure::Limited { wait, .. } => Some(wait.as_secs()),
            Failure::Lacks { .. } => None,
            other => panic!("{other:?}"),
        };

        assert_eq!(limited(&[("retry-after", "7")], "wait"), Some(7));
        assert_eq!(
            limited(
                &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1030")],
                "API rate limit exceeded"
            ),
            Some(30)
        );
        assert_eq!(
            limited(&[("x-ratelimit-remaining", "4000")], "You have exceeded a secondary rate limit"),
            Some(60)
        );
        assert_eq!(
            limited(&[("x-ratelimit-remaining", "4000")], "Resource not accessible by integration"),
            None
        );
    }

    #[test]
    fn an_answer_that_is_no_json_leaves_it_open_whether_it_was_done() {
        assert!(matches!(failure(502, &[], Value::Null), Failure::Unknown(_)));
    }
}
