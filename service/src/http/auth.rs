//! Who asks: static tokens and the tokens of a Backstage, presented as `Authorization: Bearer …`.
//!
//! Everything needs a token except the few paths in [`OPEN`]; a path that is not known needs one too, so that
//! nobody without a token learns what there is. Where the settings name neither a token nor a Backstage every
//! caller is `external:local`: the wiring permits that on a loopback address only, and here such a request must
//! also have been addressed to this machine, so that a web page cannot reach it under a name of its own. What a
//! caller may do is not decided here, but for one: Backstage's permission plugin, alone or for a user, reaches the
//! routes of its own framework and nothing else.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::error::ApiError;
use crate::backstage::{Principal, TokenError, Verifier};
use crate::config;
use crate::task::Caller;

/// Paths that need no token: they tell nothing about tasks or templates beyond counts.
const OPEN: [&str; 9] = [
    "/healthz",
    "/readyz",
    "/metrics",
    "/openapi.json",
    "/.backstage/health/v1/liveness",
    "/.backstage/health/v1/readiness",
    "/api/stagecraft/.backstage/auth/v1/jwks.json",
    "/api/scaffolder/.backstage/auth/v1/jwks.json",
    // Deliveries are signed.
    "/webhooks/github",
];

/// The plugin of Backstage that asks which conditions a resource meets, and where it asks that.
const PERMISSION: &str = "permission";
const ITS_ROUTES: [&str; 2] = [
    "/api/scaffolder/.well-known/backstage/permissions/",
    "/api/stagecraft/.well-known/backstage/permissions/",
];

/// The subject of callers where no token is configured.
const LOCAL_SUBJECT: &str = "external:local";

/// The tokens that are accepted.
#[derive(Debug)]
pub(crate) struct Access {
    tokens: Vec<config::StaticToken>,
    backstage: Option<Arc<Verifier>>,
}

impl Access {
    /// From `auth` of the settings, and what verifies the tokens of the Backstage that they name.
    pub(crate) fn new(auth: config::Auth, backstage: Option<Arc<Verifier>>) -> Self {
        Self { tokens: auth.tokens, backstage }
    }

    /// The caller behind these headers.
    async fn caller(&self, headers: &HeaderMap) -> Result<Caller, ApiError> {
        if self.tokens.is_empty() && self.backstage.is_none() {
            return local_caller(headers);
        }
        let token = bearer(headers)?.ok_or_else(|| ApiError::authentication("Missing credentials"))?;
        // Every token is compared, so that the time taken does not tell which one was nearly right.
        let found = self
            .tokens
            .iter()
            .fold(None, |found, known| known.token.matches(token).then_some(known).or(found));
        match (found, &self.backstage) {
            (Some(known), _) => Ok(Caller::named(&known.subject)),
            (None, Some(backstage)) => Ok(caller_of(backstage.verify(token).await?)),
            (None, None) => Err(ApiError::authentication("Illegal token")),
        }
    }
}

fn caller_of(principal: Principal) -> Caller {
    match principal {
        Principal::User(token) => Caller::user(token),
        Principal::UserThrough(token, plugin) => Caller::user(token).through(plugin),
        Principal::Plugin(id) => Caller::named(format!("plugin:{id}")),
    }
}

impl From<TokenError> for ApiError {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Refused(message) => Self::authentication(message),
            error @ TokenError::Unavailable(_) => Self::unavailable(
                "Backstage cannot be asked whose token this is; try again in a moment",
                error,
            ),
        }
    }
}

/// The layer: puts the [`Caller`] into the request's extensions, or answers 401.
pub(crate) async fn require(State(access): State<Arc<Access>>, mut request: Request, next: Next) -> Response {
    if OPEN.contains(&request.uri().path()) {
        return next.run(request).await;
    }
    match access.caller(request.headers()).await {
        Ok(caller) if is_permission_plugin(&caller) && !is_its_route(request.uri().path()) => {
            ApiError::not_allowed(
                "Backstage's permission plugin may ask about conditions here, and nothing else",
            )
            .into_response()
        }
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(error) => error.into_response(),
    }
}

fn is_permission_plugin(caller: &Caller) -> bool {
    let alone = caller.subject.strip_prefix("plugin:") == Some(PERMISSION);
    alone || caller.through.as_ref().is_some_and(|plugin| plugin.as_str() == PERMISSION)
}

fn is_its_route(path: &str) -> bool {
    ITS_ROUTES.iter().any(|route| path.starts_with(route))
}

/// The token of a `Bearer` header; every other scheme is no credential at all. Of several headers nobody can say which
/// one another server on the way has looked at.
fn bearer(headers: &HeaderMap) -> Result<Option<&str>, ApiError> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let first = values.next();
    if values.next().is_some() {
        return Err(ApiError::authentication("The request has several `authorization` headers; send one"));
    }
    let parts = first.and_then(|value| value.to_str().ok()).and_then(|value| value.split_once(' '));
    Ok(parts.and_then(|(scheme, token)| {
        let token = token.trim();
        (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() && !token.contains(char::is_whitespace))
            .then_some(token)
    }))
}

fn local_caller(headers: &HeaderMap) -> Result<Caller, ApiError> {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    if is_loopback(host) {
        return Ok(Caller::named(LOCAL_SUBJECT));
    }
    Err(ApiError::not_allowed(
        "Without `auth.tokens` or `backstage.base_url` only requests to `localhost` or a loopback address are served; configure one of them to be called by another name",
    ))
}

fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next(),
        None => host.split(':').next(),
    };
    let name = name.unwrap_or_default();
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;

    fn access(tokens: &[(&str, &str)]) -> Access {
        let tokens = tokens
            .iter()
            .map(|(token, subject)| config::StaticToken {
                token: Secret::new(*token),
                subject: (*subject).to_owned(),
            })
            .collect();
        Access::new(config::Auth { tokens, ..config::Auth::default() }, None)
    }

    fn headers(pairs: &[(header::HeaderName, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect()
    }

    fn message(result: Result<Caller, ApiError>) -> String {
        result.unwrap_err().for_log()
    }

    #[tokio::test]
    async fn a_known_token_is_its_subject() {
        let access =
            access(&[("token-of-backstage", "external:backstage"), ("token-of-jane", "user:default/jane")]);

        let caller =
            access.caller(&headers(&[(header::AUTHORIZATION, "Bearer token-of-jane")])).await.unwrap();

        assert_eq!(caller.subject, "user:default/jane");
    }

    #[tokio::test]
    async fn the_scheme_is_read_in_any_letter_case() {
        let access = access(&[("token-of-jane", "user:default/jane")]);

        assert!(access.caller(&headers(&[(header::AUTHORIZATION, "bearer token-of-jane")])).await.is_ok());
    }

    #[tokio::test]
    async fn no_token_is_missing_and_a_wrong_one_illegal() {
        let access = access(&[("token-of-jane", "user:default/jane")]);

        assert_eq!(message(access.caller(&HeaderMap::new()).await), "Missing credentials");
        assert_eq!(
            message(access.caller(&headers(&[(header::AUTHORIZATION, "Basic YTpi")])).await),
            "Missing credentials"
        );
        assert_eq!(
            message(access.caller(&headers(&[(header::AUTHORIZATION, "Bearer nope")])).await),
            "Illegal token"
        );
    }

    #[tokio::test]
    async fn of_several_headers_none_is_taken() {
        let access = access(&[("token-of-jane", "user:default/jane")]);
        let mut twice = headers(&[(header::AUTHORIZATION, "Bearer token-of-jane")]);
        twice.append(header::AUTHORIZATION, "Bearer token-of-jane".parse().unwrap());

        assert!(message(access.caller(&twice).await).contains("several `authorization` headers"));
    }

    #[tokio::test]
    async fn without_tokens_a_caller_on_this_machine_is_local() {
        let access = access(&[]);

        for host in ["localhost", "localhost:7008", "127.0.0.1:7008", "[::1]:7008"] {
            let caller = access.caller(&headers(&[(header::HOST, host)])).await.unwrap();
            assert_eq!(caller.subject, "external:local", "{host}");
        }
    }

    #[tokio::test]
    async fn without_tokens_a_request_under_another_name_is_refused() {
        let access = access(&[]);

        for host in ["evil.example", "evil.example:7008", "localhost.evil.example", ""] {
            assert!(access.caller(&headers(&[(header::HOST, host)])).await.is_err(), "{host}");
        }
    }
}
