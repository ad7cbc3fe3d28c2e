//! Requests from pages of other origins: which may read the answers, and what browsers ask beforehand.
//!
//! The answers are those of Backstage's backend with `backend.cors`. An origin that the settings do not name is
//! given nothing to go on, so its pages read nothing; who may call is still decided by `auth`.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Methods that pages may use, as Backstage lists them.
const METHODS: HeaderValue = HeaderValue::from_static("GET,HEAD,PATCH,POST,PUT,DELETE");

/// The origins of the settings.
#[derive(Debug)]
pub(crate) struct Origins(Vec<String>);

impl Origins {
    /// From `server.cors_origins`.
    pub(crate) fn new(origins: Vec<String>) -> Self {
        Self(origins.into_iter().map(|origin| origin.trim_end_matches('/').to_owned()).collect())
    }

    /// The origin of the request, if its pages may read the answer.
    fn allowed(&self, headers: &HeaderMap) -> Option<HeaderValue> {
        let origin = headers.get(header::ORIGIN)?;
        let text = origin.to_str().ok()?;
        self.0.iter().any(|known| known == text).then(|| origin.clone())
    }
}

/// The layer. It stands before `auth`, because what browsers ask beforehand carries no token.
pub(crate) async fn share(State(origins): State<Arc<Origins>>, request: Request, next: Next) -> Response {
    let Some(origin) = origins.allowed(request.headers()) else { return next.run(request).await };
    let asks_first = request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if asks_first { beforehand(request.headers()) } else { next.run(request).await };
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    response
}

/// Whatever the page wants to send may be sent: no header has a meaning here beyond the request itself.
fn beforehand(asked: &HeaderMap) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    headers.insert(header::VARY, HeaderValue::from_static("Access-Control-Request-Headers"));
    if let Some(names) = asked.get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, names.clone());
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(origin: &'static str) -> HeaderMap {
        [(header::ORIGIN, HeaderValue::from_static(origin))].into_iter().collect()
    }

    #[test]
    fn only_an_origin_of_the_settings_is_shared_with() {
        let origins = Origins::new(vec!["https://backstage.acme.io/".to_owned()]);

        assert!(origins.allowed(&from("https://backstage.acme.io")).is_some());
        for other in ["https://backstage.acme.io.evil.example", "http://backstage.acme.io", "null"] {
            assert!(origins.allowed(&from(other)).is_none(), "{other}");
        }
        assert!(origins.allowed(&HeaderMap::new()).is_none());
    }

    #[test]
    fn headers_that_a_page_wants_to_send_are_allowed_by_name() {
        let asked = [(header::ACCESS_CONTROL_REQUEST_HEADERS, HeaderValue::from_static("authorization"))]
            .into_iter()
            .collect();

        let answer = beforehand(&asked);

        assert_eq!(answer.headers()[header::ACCESS_CONTROL_ALLOW_HEADERS], "authorization");
    }
}
