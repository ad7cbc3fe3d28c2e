//! The input of `http:backstage:request`, and the request that is made of it.
//!
//! It follows what JavaScript makes of values in queries, headers and bodies, and refuses what it would make a
//! useless text of.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::action::ActionError;
use crate::backstage::{ApiPath, Credentials, Request};

const DEFAULT_TIMEOUT_MS: f64 = 60_000.0;
const LONGEST_TIMEOUT_MS: f64 = 600_000.0;

/// What the action takes.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Input {
    path: String,
    pub(super) method: String,
    headers: Option<Map<String, Value>>,
    params: Option<Map<String, Value>>,
    body: Option<Value>,
    pub(super) log_request_path: Option<bool>,
    pub(super) continue_on_bad_response: Option<bool>,
    timeout: Option<f64>,
    pub(super) use_backstage_token: Option<bool>,
    pub(super) idempotency_key: Option<String>,
}

impl Input {
    /// Whether the method only looks.
    pub(super) fn is_read(&self) -> bool {
        matches!(self.method.as_str(), "GET" | "HEAD" | "OPTIONS")
    }

    /// Whether HTTP says that doing it twice is doing it once.
    pub(super) fn may_be_repeated(&self) -> bool {
        self.is_read() || matches!(self.method.as_str(), "PUT" | "DELETE")
    }

    /// The request; `shown` is how messages name it.
    pub(super) fn prepare(&self, shown: &str) -> Result<Request, ActionError> {
        let mut headers = pairs("headers", self.headers.as_ref())?;
        let says_json = |(name, value): &(String, String)| {
            name.eq_ignore_ascii_case("content-type") && value.to_lowercase().contains("json")
        };
        let typed = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        let body = match &self.body {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(text.clone().into_bytes()),
            Some(_) if typed && !headers.iter().any(says_json) => {
                return Err(ActionError::Input(
                    "`body` is not a text, and the `content-type` header does not ask for JSON; give a text, for example \
                     with the filter `dump`, or send JSON"
                        .to_owned(),
                ));
            }
            Some(body) => Some(body.to_string().into_bytes()),
        };
        if body.is_some() && matches!(self.method.as_str(), "GET" | "HEAD") {
            return Err(ActionError::Input(format!(
                "a `{}` request has no `body`; leave it out, or put it into `params`",
                self.method
            )));
        }
        if body.is_some() && !typed {
            let kind = match &self.body {
                Some(Value::String(_)) => "text/plain;charset=UTF-8",
                _ => "application/json",
            };
            headers.push(("content-type".to_owned(), kind.to_owned()));
        }
        Ok(Request {
            method: self.method.clone(),
            path: ApiPath::parse(&self.path)?,
            query: pairs("params", self.params.as_ref())?,
            headers,
            body,
            credentials: Credentials::Service,
            timeout: self.timeout()?,
            shown: shown.to_owned(),
        })
    }

    fn timeout(&self) -> Result<Duration, ActionError> {
        let milliseconds = self.timeout.unwrap_or(DEFAULT_TIMEOUT_MS);
        if milliseconds > 0.0 && milliseconds <= LONGEST_TIMEOUT_MS {
            return Ok(Duration::from_secs_f64(milliseconds / 1000.0));
        }
        Err(ActionError::Input(format!(
            "`timeout` is {milliseconds} milliseconds; give a time above 0 and up to {LONGEST_TIMEOUT_MS}"
        )))
    }
}

fn pairs(name: &str, members: Option<&Map<String, Value>>) -> Result<Vec<(String, String)>, ActionError> {
    let members = members.into_iter().flatten();
    members
        .map(|(key, value)| {
            let text = text_of(value).ok_or_else(|| {
                ActionError::Input(format!(
                    "`{name}.{key}` is an object; give a text, a number or a list of them"
                ))
            })?;
            Ok((key.clone(), text))
        })
        .collect()
}

/// A value as JavaScript writes it into a text; none for an object, of which it makes `[object Object]`.
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some("null".to_owned()),
        Value::String(text) => Some(text.clone()),
        // In a list, what is missing is nothing.
        Value::Array(items) => {
            let texts =
                items.iter().map(|item| if item.is_null() { Some(String::new()) } else { text_of(item) });
            Some(texts.collect::<Option<Vec<String>>>()?.join(","))
        }
        Value::Object(_) => None,
        Value::Bool(_) | Value::Number(_) => Some(value.to_string().trim_end_matches(".0").to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn prepare(input: Value) -> Result<Request, ActionError> {
        let input: Input = serde_json::from_value(input).unwrap();
        input.prepare("it")
    }

    fn body(input: Value) -> (Option<String>, Vec<(String, String)>) {
        let request = prepare(input).unwrap();
        (request.body.map(|body| String::from_utf8(body).unwrap()), request.headers)
    }

    fn header(name: &str, value: &str) -> Vec<(String, String)> {
        vec![(name.to_owned(), value.to_owned())]
    }

    #[test]
    fn values_are_written_as_javascript_writes_them() {
        let input = json!({
            "method": "GET", "path": "x/y",
            "params": { "a": 1, "b": 1.5, "c": 2.0, "d": true, "e": null, "f": ["x", 1, null, ["y"]], "g": "t" }
        });

        let query = prepare(input).unwrap().query;

        let written: Vec<String> = query.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(written, ["a=1", "b=1.5", "c=2", "d=true", "e=null", "f=x,1,,y", "g=t"]);
    }

    #[test]
    fn an_object_in_a_query_or_a_header_is_refused() {
        for (name, value) in [("params", json!({ "a": {} })), ("headers", json!({ "a": [{}] }))] {
            let error = prepare(json!({ "method": "GET", "path": "x", name: value })).unwrap_err();

            assert!(error.to_string().starts_with(&format!("`{name}.a`")), "{error}");
        }
    }

    #[test]
    fn a_text_is_sent_as_it_is_and_anything_else_as_json() {
        let post = |body: Value| json!({ "method": "POST", "path": "x", "body": body });
        let json_type = header("content-type", "application/json");

        assert_eq!(
            body(post(json!({ "b": 1, "a": [true] }))),
            (Some(r#"{"b":1,"a":[true]}"#.to_owned()), json_type)
        );
        let text_type = header("content-type", "text/plain;charset=UTF-8");
        assert_eq!(body(post(json!("{}"))), (Some("{}".to_owned()), text_type));
        assert_eq!(body(post(Value::Null)), (None, Vec::new()));
        let typed = json!({ "method": "POST", "path": "x", "headers": { "Content-Type": "application/x+JSON" }, "body": [] });
        assert_eq!(body(typed), (Some("[]".to_owned()), header("Content-Type", "application/x+JSON")));
    }

    #[test]
    fn a_body_that_cannot_be_sent_is_refused() {
        let read = json!({ "method": "GET", "path": "x", "body": "a" });
        let form = json!({
            "method": "POST", "path": "x", "headers": { "content-type": "text/xml" }, "body": { "a": 1 }
        });

        for input in [read, form] {
            assert!(matches!(prepare(input), Err(ActionError::Input(_))));
        }
    }

    #[test]
    fn a_request_waits_a_minute_and_never_longer_than_ten() {
        let timeout = |value: Value| prepare(json!({ "method": "GET", "path": "x", "timeout": value }));

        assert_eq!(timeout(Value::Null).unwrap().timeout, Duration::from_secs(60));
        assert_eq!(timeout(json!(1500)).unwrap().timeout, Duration::from_millis(1500));
        for wrong in [json!(0), json!(-1), json!(600_001)] {
            assert!(matches!(timeout(wrong), Err(ActionError::Input(_))));
        }
    }
}
