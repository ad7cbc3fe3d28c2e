//! One request to GitHub.
//!
//! It sends a request as somebody and gives the answer, or what its failure means. It does not wait for limits,
//! repeat anything, follow an address of an answer, or know what is asked for: that is its callers' business. The
//! invariant: a token leaves only for the API it was configured for, and is in no error.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use http::{HeaderMap, HeaderValue, Method, Request, header};
use http_body_util::BodyExt;
use octocrab::{AuthState, OctoBody, Octocrab, OctocrabBuilder};
use reqwest::Url;
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

use super::answer::{Answer, Failure};
use super::recording::{Exchange, Recording};
use super::route::Route;
use super::transport::Transport;
use crate::forge::ForgeError;
use crate::outbound::{is_about_trust, reason};
use crate::secret::Secret;

const AGENT: &str = concat!("stagecraft/", env!("CARGO_PKG_VERSION"));
const ACCEPT: &str = "application/vnd.github+json";

/// A request that is about to be sent.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    pub(super) method: Method,
    pub(super) route: Route,
    pub(super) body: Option<Value>,
    /// The entity tag of an answer that is known: 304 means that it still holds.
    pub(super) known: Option<String>,
    /// Whether the answer is kept, to be asked for again at no cost.
    pub(super) kept: bool,
}

impl Ask {
    /// Reads.
    pub(super) fn get(route: Route) -> Self {
        Self { method: Method::GET, route, body: None, known: None, kept: false }
    }

    /// The same, for what is asked often: the answer is kept with its entity tag.
    pub(super) fn kept(self) -> Self {
        Self { kept: true, ..self }
    }

    /// Makes something.
    pub(super) fn post(route: Route, body: Value) -> Self {
        Self { method: Method::POST, route, body: Some(body), known: None, kept: false }
    }

    /// Puts something in its place.
    pub(super) fn put(route: Route, body: Option<Value>) -> Self {
        Self { method: Method::PUT, route, body, known: None, kept: false }
    }

    /// Changes something.
    pub(super) fn patch(route: Route, body: Value) -> Self {
        Self { method: Method::PATCH, route, body: Some(body), known: None, kept: false }
    }

    /// Removes something.
    pub(super) fn delete(route: Route) -> Self {
        Self { method: Method::DELETE, route, body: None, known: None, kept: false }
    }

    /// Whether it changes anything.
    pub(super) fn is_write(&self) -> bool {
        self.method != Method::GET
    }
}

/// Sends requests to the API of one host.
#[derive(Debug)]
pub(super) struct Client {
    octocrab: Octocrab,
    base: Url,
    api_version: HeaderValue,
    /// Seconds that GitHub's clock is before ours.
    ahead_s: AtomicI64,
    /// Where exchanges are kept, once somebody wants them.
    recording: OnceLock<Recording>,
}

impl Client {
    /// For the API at `base`, such as `https://api.github.com` or `https://ghes.acme.io/api/v3`.
    pub(super) fn new(base: Url, api_version: &str, timeout: Duration) -> Result<Self, ForgeError> {
        let transport = Transport::new(base.clone(), timeout)
            .map_err(|error| ForgeError::Invalid(format!("no client can be made: {}", reason(&error))))?;
        let built = OctocrabBuilder::new_empty().with_service(transport).with_auth(AuthState::None).build();
        let octocrab = match built {
            Ok(octocrab) => octocrab,
            Err(never) => match never {},
        };
        let api_version = HeaderValue::from_str(api_version)
            .map_err(|_| ForgeError::Invalid(format!("`{api_version}` is no version of GitHub's API")))?;
        Ok(Self { octocrab, base, api_version, ahead_s: AtomicI64::new(0), recording: OnceLock::new() })
    }

    /// The address that requests go to.
    pub(super) fn base(&self) -> &Url {
        &self.base
    }

    /// Whether it is a GitHub Enterprise Server: only those have their API below a path.
    pub(super) fn is_server(&self) -> bool {
        self.base.path().trim_matches('/') == "api/v3"
    }

    /// Seconds since 1970 by GitHub's clock, as far as its answers have told it.
    pub(super) fn now_s(&self) -> i64 {
        own_now_s().saturating_add(self.ahead_s.load(Ordering::Relaxed))
    }

    fn set_clock(&self, headers: &HeaderMap) {
        let date = headers.get(header::DATE).and_then(|date| date.to_str().ok());
        if let Some(theirs) = date.and_then(|date| OffsetDateTime::parse(date, &Rfc2822).ok()) {
            self.ahead_s.store(theirs.unix_timestamp().saturating_sub(own_now_s()), Ordering::Relaxed);
        }
    }

    /// Sends it with a token, or without any.
    pub(super) async fn send(&self, ask: Ask, token: Option<&Secret>) -> Result<Answer, Failure> {
        let asked = self.recording.get().map(|_| (ask.method.to_string(), ask.route.to_string()));
        let request = self.request(ask, token)?;
        let answer = self.octocrab.send(request).await.map_err(|error| unknown(&error))?;
        let (parts, body) = answer.into_parts();
        self.set_clock(&parts.headers);
        let bytes = body.collect().await.map_err(|error| unknown(&error))?.to_bytes();
        let json = if bytes.is_empty() { Ok(Value::Null) } else { serde_json::from_slice(&bytes) };
        let body = match json {
            Ok(body) => body,
            Err(_) if parts.status.is_success() => {
                return Err(Failure::Unknown("GitHub's answer is not JSON, or was cut off".to_owned()));
            }
            Err(_) => Value::Null,
        };
        if let (Some(recording), Some((method, path))) = (self.recording.get(), asked) {
            recording.add(Exchange { method, path, status: parts.status.as_u16(), body: body.clone() });
        }
        Answer { status: parts.status, headers: parts.headers, body }.checked(self.now_s())
    }

    /// From now on every exchange is kept, for as long as this client lives.
    pub(super) fn record(&self) -> Recording {
        self.recording.get_or_init(Recording::default).clone()
    }

    fn request(&self, ask: Ask, token: Option<&Secret>) -> Result<Request<OctoBody>, Failure> {
        let mut builder = Request::builder()
            .method(ask.method)
            .uri(ask.route.to_string())
            .header(header::USER_AGENT, AGENT)
            .header(header::ACCEPT, ACCEPT)
            .header("x-github-api-version", self.api_version.clone());
        if let Some(token) = token {
            let mut value = HeaderValue::from_str(&format!("Bearer {}", token.expose().trim()))
                .map_err(|_| Failure::Settings("the token holds characters that no token has".to_owned()))?;
            value.set_sensitive(true);
            builder = builder.header(header::AUTHORIZATION, value);
        }
        if let Some(known) = &ask.known {
            builder = builder.header(header::IF_NONE_MATCH, known.as_str());
        }
        let body = match &ask.body {
            Some(body) => {
                builder = builder.header(header::CONTENT_TYPE, "application/json");
                OctoBody::from(body.to_string())
            }
            None => OctoBody::empty(),
        };
        builder.body(body).map_err(|error| Failure::Unaskable(format!("no request can be made: {error}")))
    }
}

fn own_now_s() -> i64 {
    OffsetDateTime::now_utc().unix_timestamp()
}

/// The way to GitHub failed: nobody knows how far the request came.
fn unknown(error: &octocrab::Error) -> Failure {
    let mut next: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = next {
        if let Some(error) = error.downcast_ref::<reqwest::Error>() {
            if is_about_trust(error) {
                return Failure::Settings(format!("GitHub's certificate is not trusted: {}", reason(error)));
            }
            let timeout = error.is_timeout();
            let why = if timeout { "it did not answer in time".to_owned() } else { reason(error) };
            return Failure::Unknown(format!("GitHub cannot be reached: {why}"));
        }
        next = error.source();
    }
    Failure::Unknown("GitHub cannot be reached: the request failed".to_owned())
}
