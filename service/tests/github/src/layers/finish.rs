//! From an answer to bytes and headers, as GitHub sends them.

use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use ring::digest::{SHA256, digest};

use crate::auth::Identity;
use crate::call::Answer;
use crate::clock::http_date;
use crate::limits::Quota;
use crate::server::Reply;
use crate::setup::Variant;
use crate::shared::Shared;

/// Requests that were answered, for their ids.
static ANSWERED: AtomicU64 = AtomicU64::new(0);

/// What every answer has.
const ALWAYS: [(&str, &str); 10] = [
    (
        "access-control-expose-headers",
        "ETag, Link, Location, Retry-After, X-GitHub-OTP, X-RateLimit-Limit, X-RateLimit-Remaining, \
         X-RateLimit-Used, X-RateLimit-Resource, X-RateLimit-Reset, X-OAuth-Scopes, X-Accepted-OAuth-Scopes, \
         X-Poll-Interval, X-GitHub-Media-Type, X-GitHub-SSO, X-GitHub-Request-Id, Deprecation, Sunset",
    ),
    ("access-control-allow-origin", "*"),
    ("content-security-policy", "default-src 'none'"),
    ("referrer-policy", "origin-when-cross-origin, strict-origin-when-cross-origin"),
    ("server", "github.com"),
    ("strict-transport-security", "max-age=31536000; includeSubdomains; preload"),
    ("vary", "Accept-Encoding, Accept, X-Requested-With"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "deny"),
    ("x-xss-protection", "0"),
];

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// An answer outside of any operation.
pub(crate) fn plain(shared: &Shared, answer: Answer) -> Reply {
    let number = ANSWERED.fetch_add(1, Ordering::Relaxed);
    let mut reply = Reply { status: answer.status, headers: answer.headers, body: Bytes::new() };
    let mut add = |name: &str, value: String| reply.headers.push((name.to_owned(), value));
    for (name, value) in ALWAYS {
        add(name, value.to_owned());
    }
    add("date", http_date(shared.clock.now()));
    add("x-github-media-type", "github.v3; format=json".to_owned());
    add(
        "x-github-request-id",
        format!("D0B1:{:X}:{number:X}:{:X}:6A0F12C4", number % 0xFFFF, number * 7 + 3),
    );
    if let Some(body) = answer.body {
        add("content-type", "application/json; charset=utf-8".to_owned());
        reply.body = Bytes::from(body.to_string());
    }
    reply
}

/// What an operation's answer has besides.
pub(crate) struct Around<'a> {
    pub(crate) who: &'a Identity,
    pub(crate) quota: Option<Quota>,
    pub(crate) version: &'a str,
    /// The permissions that the operation takes, as `name=level`.
    pub(crate) accepted: String,
    pub(crate) variant: Variant,
    pub(crate) reads: bool,
    pub(crate) if_none_match: Option<&'a str>,
}

/// What was made is told with where it is.
fn place_of_new(answer: &mut Answer) {
    let told = answer.headers.iter().any(|(name, _)| name == "location");
    let url = answer.body.as_ref().and_then(|body| body.get("url")?.as_str()).map(str::to_owned);
    if let (201, false, Some(url)) = (answer.status, told, url) {
        answer.headers.push(("location".to_owned(), url));
    }
}

/// An operation's answer. What one has already, by its tag, is not sent again.
pub(crate) fn finished(shared: &Shared, mut answer: Answer, around: &Around<'_>) -> Reply {
    place_of_new(&mut answer);
    let mut reply = plain(shared, answer);
    let mut add = |name: &str, value: String| reply.headers.push((name.to_owned(), value));
    add("x-github-api-version-selected", around.version.to_owned());
    if let Identity::User { scopes, .. } = around.who {
        add("x-accepted-oauth-scopes", if around.accepted.is_empty() { "" } else { "repo" }.to_owned());
        add("x-oauth-scopes", scopes.iter().cloned().collect::<Vec<_>>().join(", "));
    }
    if !around.accepted.is_empty() {
        add("x-accepted-github-permissions", around.accepted.clone());
    }
    if let Some(quota) = &around.quota {
        add("x-ratelimit-limit", quota.limit.to_string());
        add("x-ratelimit-remaining", quota.limit.saturating_sub(quota.used).to_string());
        add("x-ratelimit-reset", quota.reset.to_string());
        add("x-ratelimit-used", quota.used.to_string());
        add("x-ratelimit-resource", "core".to_owned());
    }
    if around.variant == Variant::Server {
        add("x-github-enterprise-version", "3.19.0".to_owned());
    }
    if matches!(reply.status, 200 | 201) {
        let tag = format!("W/\"{}\"", hex(digest(&SHA256, &reply.body).as_ref()));
        reply.headers.push(("cache-control".to_owned(), "private, max-age=60, s-maxage=60".to_owned()));
        let known = around.if_none_match.is_some_and(|tags| tags.split(',').any(|one| one.trim() == tag));
        reply.headers.push(("etag".to_owned(), tag));
        if around.reads && known {
            reply.status = 304;
            reply.body = Bytes::new();
            reply.headers.retain(|(name, _)| name != "content-type");
        }
    }
    reply
}
