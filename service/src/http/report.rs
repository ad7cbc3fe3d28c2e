//! The outermost layer: the request's id and span, the body of an error, one log line, one count.
//!
//! It writes what the error module decided; it logs method, route pattern, status and time, never a path's
//! values, a query, a body or a token.

use std::any::Any;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Instrument;
use uuid::Uuid;

use super::error::ApiError;
use super::reply::JSON;
use crate::telemetry::Metrics;

/// The header that carries a request's id, in both directions.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Mounts that are left out of the `url` in an error body, as Backstage leaves out its plugin's.
const MOUNTS: [&str; 2] = ["/api/scaffolder", "/api/stagecraft"];

/// The layer.
pub(crate) async fn report(State(metrics): State<Metrics>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = request_id(request.headers());
    let method = request.method().clone();
    let url = relative_url(request.uri().path_and_query().map_or("/", |url| url.as_str())).to_owned();
    let route = request.extensions().get::<MatchedPath>().map_or("unmatched", MatchedPath::as_str).to_owned();
    let span = tracing::info_span!("request", request.id = %id, http.method = %method, http.route = %route);

    let answered = async move {
        let mut response = next.run(request).await;
        let error = response.extensions_mut().remove::<ApiError>();
        if let Some(error) = &error {
            write_body(error, method.as_str(), &url, &mut response);
        }
        let elapsed = started.elapsed();
        log(&route, &response, error.as_ref(), elapsed);
        metrics.request_answered(method.as_str(), &route, response.status().as_u16(), elapsed);
        response
    };
    let mut response = answered.instrument(span).await;
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    harden(response.headers_mut());
    response
}

/// What a handler's panic becomes. The panic's own words are logged by the panic hook.
pub(crate) fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    ApiError::internal(Panicked).into_response()
}

#[derive(Debug, thiserror::Error)]
#[error("a handler panicked")]
struct Panicked;

fn write_body(error: &ApiError, method: &str, url: &str, response: &mut Response) {
    let Some(body) = error.body(method, url) else { return };
    *response.body_mut() = Body::from(body.to_string());
    response.headers_mut().remove(header::CONTENT_LENGTH);
    response.headers_mut().insert(header::CONTENT_TYPE, JSON);
}

fn log(route: &str, response: &Response, error: Option<&ApiError>, elapsed: Duration) {
    let status = response.status().as_u16();
    let duration_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    match error {
        Some(error) if error.has_cause() => {
            tracing::error!(
                http.status = status,
                duration_ms,
                error.name = error.name(),
                error = error.for_log(),
                "request failed"
            );
        }
        Some(error) => {
            tracing::info!(http.status = status, duration_ms, error.name = error.name(), "request refused");
        }
        None if route.starts_with("/api/") => {
            tracing::info!(http.status = status, duration_ms, "request answered")
        }
        // Probes come every few seconds.
        None => tracing::debug!(http.status = status, duration_ms, "request answered"),
    }
}

fn harden(headers: &mut HeaderMap) {
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
    );
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}

/// The caller's id if it is one, else a new one.
fn request_id(headers: &HeaderMap) -> String {
    let given = headers.get(REQUEST_ID).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if (1..=64).contains(&given.len()) && given.bytes().all(plain) {
        given.to_owned()
    } else {
        Uuid::now_v7().to_string()
    }
}

fn relative_url(url: &str) -> &str {
    MOUNTS
        .iter()
        .find_map(|mount| url.strip_prefix(mount).filter(|rest| rest.starts_with('/')))
        .unwrap_or(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_id(id: &str) -> HeaderMap {
        [(REQUEST_ID, HeaderValue::from_str(id).unwrap())].into_iter().collect()
    }

    #[test]
    fn the_url_of_an_error_is_relative_to_the_mount() {
        assert_eq!(relative_url("/api/scaffolder/v2/tasks?limit=x"), "/v2/tasks?limit=x");
        assert_eq!(relative_url("/api/stagecraft/v1/templates"), "/v1/templates");
        assert_eq!(relative_url("/api/scaffolders/x"), "/api/scaffolders/x");
        assert_eq!(relative_url("/readyz"), "/readyz");
    }

    #[test]
    fn a_callers_request_id_is_kept() {
        assert_eq!(request_id(&with_id("req-1.a_B")), "req-1.a_B");
    }

    #[test]
    fn a_request_id_that_could_forge_a_log_line_is_replaced() {
        for bad in ["", "a b", "a\"b", &"x".repeat(65)] {
            assert!(Uuid::parse_str(&request_id(&with_id(bad))).is_ok(), "{bad}");
        }
    }
}
