//! What octocrab's requests go through: our own HTTP client.
//!
//! It follows no redirect, repeats nothing, has limits of time and size, and takes proxies as all our clients do.
//! The invariant: a request goes to the base address it was made for and to no other.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use http_body_util::{BodyExt, Full};
use octocrab::OctoBody;
use reqwest::Url;
use tower_service::Service;

use crate::outbound::client_for;

/// Largest answer that is read; GitHub's largest are a few megabytes.
const MAX_ANSWER: usize = 32 * 1024 * 1024;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

type Error = Box<dyn std::error::Error + Send + Sync>;

/// Sends requests to one API.
#[derive(Clone)]
pub(super) struct Transport {
    client: reqwest::Client,
    base: Url,
}

impl Transport {
    /// To the API at `base`; a whole answer may take `timeout`.
    pub(super) fn new(base: Url, timeout: Duration) -> Result<Self, reqwest::Error> {
        let client =
            client_for(&base).connect_timeout(CONNECT_TIMEOUT).timeout(timeout).tcp_nodelay(true).build()?;
        Ok(Self { client, base })
    }

    async fn send(self, request: http::Request<OctoBody>) -> Result<http::Response<Full<Bytes>>, Error> {
        let (parts, body) = request.into_parts();
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        let url = format!("{}{path}", self.base.as_str().trim_end_matches('/'));
        let body = body.collect().await?.to_bytes();
        let sent = self.client.request(parts.method, url).headers(parts.headers).body(body).send().await?;
        let (status, headers) = (sent.status(), sent.headers().clone());
        let mut content = BytesMut::new();
        let mut stream = sent.bytes_stream();
        while let Some(chunk) = stream.next().await {
            let chunk = chunk?;
            if content.len() + chunk.len() > MAX_ANSWER {
                return Err(format!("the answer is larger than {MAX_ANSWER} bytes").into());
            }
            content.extend_from_slice(&chunk);
        }
        let mut answer = http::Response::new(Full::new(content.freeze()));
        *answer.status_mut() = status;
        *answer.headers_mut() = headers;
        Ok(answer)
    }
}

impl Service<http::Request<OctoBody>> for Transport {
    type Response = http::Response<Full<Bytes>>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<OctoBody>) -> Self::Future {
        Box::pin(self.clone().send(request))
    }
}
