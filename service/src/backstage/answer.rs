//! What Backstage answered.
//!
//! It reads bodies and judges statuses; it does not know what was asked for. The invariant: what a message takes
//! from an answer is one short line.

use reqwest::StatusCode;
use serde_json::Value;

use super::BackstageError;
use crate::outbound::words;

/// A whole answer, the token of the settings already taken out of it.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Names in lower case; several values of one name are joined by commas.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// Whether the request was done. A redirect is not followed, so it is not.
    pub fn is_ok(&self) -> bool {
        (200..300).contains(&self.status) || self.status == StatusCode::NOT_MODIFIED.as_u16()
    }

    /// The body as JSON if it says that it is; any other text as `{"message": text}`.
    pub fn content(&self) -> Result<Value, BackstageError> {
        if self.body.is_empty() || !self.header("content-type").contains("application/json") {
            return Ok(serde_json::json!({ "message": String::from_utf8_lossy(&self.body) }));
        }
        serde_json::from_slice(&self.body).map_err(|error| {
            BackstageError::Invalid(format!(
                "the answer says that it is JSON and is not, at line {} column {}",
                error.line(),
                error.column()
            ))
        })
    }

    fn header(&self, name: &str) -> &str {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
            .unwrap_or_default()
    }

    /// Why the request was not done, as an error; `asked` names it.
    pub fn refusal(&self, asked: &str) -> BackstageError {
        let Self { status, .. } = *self;
        let said = self.said();
        let told = |next: &str| format!("Backstage answered {asked} with status {status}{said}{next}");
        match status {
            300..=399 => {
                BackstageError::Invalid(told(", a redirect, which is not followed; write the new path"))
            }
            401 => BackstageError::NotAllowed(told(
                "; does Backstage know this service? With `backstage.token` that is one of `backend.auth.externalAccess` in \
                 its settings; without it, `discovery.endpoints` there leads plugin `stagecraft` to this service",
            )),
            403 => BackstageError::NotAllowed(told("; the token may not do this")),
            404 | 410 => BackstageError::NotFound(told("")),
            409 => BackstageError::Conflict(told("")),
            408 | 429 | 500..=599 => BackstageError::Unavailable(told("; try again later")),
            _ => BackstageError::Invalid(told("")),
        }
    }

    /// `: "…"` with what the answer says: Backstage's error message, or a short text that is no web page.
    pub(super) fn said(&self) -> String {
        let kind = self.header("content-type");
        let parsed: Option<Value> = serde_json::from_slice(&self.body).ok();
        let message = parsed.as_ref().and_then(|body| {
            let error = body.get("error")?;
            error.get("message").unwrap_or(error).as_str()
        });
        let said = match message {
            Some(message) => words(message.as_bytes()),
            None if kind.contains("html") => String::new(),
            None => words(&self.body),
        };
        if said.is_empty() { said } else { format!(": \"{said}\"") }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answer(status: u16, kind: &str, body: &str) -> Answer {
        let headers = vec![("content-type".to_owned(), kind.to_owned())];
        Answer { status, headers, body: body.as_bytes().to_vec() }
    }

    #[test]
    fn json_is_read_and_any_other_text_becomes_a_message() {
        let content = |kind: &str, body: &str| answer(200, kind, body).content();

        assert_eq!(content("application/json; charset=utf-8", "[1]").unwrap(), json!([1]));
        assert_eq!(content("text/plain", "[1]").unwrap(), json!({ "message": "[1]" }));
        assert_eq!(content("application/json", "").unwrap(), json!({ "message": "" }));
        assert!(content("application/json", "{").is_err());
    }

    #[test]
    fn a_refusal_says_what_backstage_says() {
        let body = r#"{"error":{"name":"ConflictError","message":"Location is\nthere"},"response":{"statusCode":409}}"#;

        let error = answer(409, "application/json", body).refusal("`POST catalog/locations`");

        assert_eq!(
            error,
            BackstageError::Conflict(
                "Backstage answered `POST catalog/locations` with status 409: \"Location is there\""
                    .to_owned()
            )
        );
    }

    #[test]
    fn what_can_be_done_about_a_status_is_told_apart() {
        let kind = |status: u16| answer(status, "text/html", "<html>").refusal("it");

        assert!(matches!(kind(302), BackstageError::Invalid(text) if text.contains("not followed")));
        assert!(matches!(kind(401), BackstageError::NotAllowed(text) if text.contains("`backstage.token`")));
        assert!(matches!(kind(403), BackstageError::NotAllowed(_)));
        assert!(matches!(kind(404), BackstageError::NotFound(_)));
        assert!(matches!(kind(503), BackstageError::Unavailable(text) if !text.contains("<html>")));
        assert!(matches!(kind(422), BackstageError::Invalid(_)));
    }
}
