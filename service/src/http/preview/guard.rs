//! Who may ask: the user's own browser on the preview's own page, and programs of this machine.
//!
//! A foreign website can make a browser send requests to this machine, and can make a name of its own lead here.
//! So the request must name this server by its loopback address, and a browser must say that it comes from our
//! own page. The invariant: a request that names another host or origin reaches no handler.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::http::error::ApiError;

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The names under which the server may be called.
#[derive(Clone, Debug)]
pub(super) struct Guard {
    hosts: Arc<[String]>,
}

impl Guard {
    pub(super) fn new(address: SocketAddr) -> Self {
        let port = address.port();
        let names = ["localhost", "127.0.0.1", "[::1]"].map(|name| format!("{name}:{port}"));
        let mut hosts = names.to_vec();
        hosts.push(address.to_string());
        Self { hosts: hosts.into() }
    }

    fn check(&self, headers: &HeaderMap, authority: Option<&str>) -> Result<(), ApiError> {
        let known = |host: &str| self.hosts.iter().any(|known| known.eq_ignore_ascii_case(host));
        let host = only(headers, &header::HOST);
        if !host.is_some_and(known) || !authority.is_none_or(known) {
            return Err(ApiError::not_allowed(
                "the preview answers only under the address that `stagecraft dev` printed",
            ));
        }
        let own = |origin: &str| origin.strip_prefix("http://").is_some_and(known);
        let foreign =
            headers.contains_key(header::ORIGIN) && !only(headers, &header::ORIGIN).is_some_and(own);
        // `none`: the user typed the address or followed a link outside of a browser.
        let site = headers.contains_key(FETCH_SITE)
            && !only(headers, &FETCH_SITE).is_some_and(|site| matches!(site, "same-origin" | "none"));
        if foreign || site {
            return Err(ApiError::not_allowed(
                "the preview answers only to its own page, not to other websites",
            ));
        }
        Ok(())
    }
}

/// The value of a header that stands there once.
fn only<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(first)
}

/// The layer.
pub(super) async fn require(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    let authority = request.uri().authority().map(|authority| authority.as_str());
    match guard.check(request.headers(), authority) {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn passes(headers: &[(&str, &str)]) -> bool {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(HeaderName::try_from(*name).unwrap(), HeaderValue::from_str(value).unwrap());
        }
        Guard::new("127.0.0.1:4567".parse().unwrap()).check(&map, None).is_ok()
    }

    #[test]
    fn the_own_page_and_programs_of_this_machine_may_ask() {
        assert!(passes(&[("host", "127.0.0.1:4567")]));
        assert!(passes(&[("host", "localhost:4567"), ("sec-fetch-site", "none")]));
        assert!(passes(&[
            ("host", "127.0.0.1:4567"),
            ("origin", "http://127.0.0.1:4567"),
            ("sec-fetch-site", "same-origin")
        ]));
    }

    #[test]
    fn a_name_that_was_made_to_lead_here_may_not() {
        for host in ["evil.example:4567", "127.0.0.1", "127.0.0.1:80", "127.0.0.1.evil.example:4567", ""] {
            assert!(!passes(&[("host", host)]), "{host}");
        }
        assert!(!passes(&[]));
        assert!(!passes(&[("host", "127.0.0.1:4567"), ("host", "evil.example")]));
    }

    #[test]
    fn another_website_may_not() {
        for origin in ["http://evil.example", "null", "https://127.0.0.1:4567", "http://127.0.0.1:80"] {
            assert!(!passes(&[("host", "127.0.0.1:4567"), ("origin", origin)]), "{origin}");
        }
        for site in ["cross-site", "same-site", ""] {
            assert!(!passes(&[("host", "127.0.0.1:4567"), ("sec-fetch-site", site)]), "{site}");
        }
    }
}
