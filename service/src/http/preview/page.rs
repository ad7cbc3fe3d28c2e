//! The page's own files, and the headers that hold it to them.
//!
//! `make generate` makes the files from `service/preview`; they are part of the program.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

const INDEX: &str = include_str!("../../../preview/built/index.html");
const SCRIPT: &str = include_str!("../../../preview/built/preview.js");
const STYLE: &str = include_str!("../../../preview/built/preview.css");
const ICON: &str = include_str!("../../../preview/built/icon.svg");
const LICENCES: &str = include_str!("../../../preview/built/licences.txt");

/// The form library compiles JSON Schemas into functions, which is what `unsafe-eval` is for. Scripts of other
/// places and scripts in the page's text are not run.
const POLICY: &str = "default-src 'none'; script-src 'self' 'unsafe-eval'; style-src 'self'; img-src 'self' data:; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// `GET /`
pub(super) async fn index() -> Response {
    file("text/html; charset=utf-8", INDEX)
}

/// `GET /preview.js`
pub(super) async fn script() -> Response {
    file("text/javascript; charset=utf-8", SCRIPT)
}

/// `GET /preview.css`
pub(super) async fn style() -> Response {
    file("text/css; charset=utf-8", STYLE)
}

/// `GET /icon.svg`
pub(super) async fn icon() -> Response {
    file("image/svg+xml", ICON)
}

/// `GET /licences.txt`
pub(super) async fn licences() -> Response {
    file("text/plain; charset=utf-8", LICENCES)
}

fn file(media_type: &'static str, text: &'static str) -> Response {
    let mut response = Response::new(Body::from(text));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}

/// The outermost layer: what every answer says to the browser.
pub(super) async fn protect(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
