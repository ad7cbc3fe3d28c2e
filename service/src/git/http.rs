//! Requests to a repository over HTTP, for reading it and for pushing to it.
//!
//! It knows addresses, statuses and how a server's words are shown; what is asked is `download`'s and `push`'s,
//! the bytes are `wire`'s. It repeats nothing. The invariant: no redirect is followed, and a token is sent to the
//! scheme, host and port it is bound to and never shown, in none of the forms in which a server may send it back.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{ACCEPT, CONTENT_TYPE, LOCATION};
use reqwest::{RequestBuilder, Response, StatusCode, Url};

use super::error::GitError;
use super::fetch::Credentials;
use super::push::refusal;
use super::wire::{Advertisement, WireError};
use crate::outbound::{
    MAX_WORDS, client_for, ip_of, is_about_trust, may_be_a_server, reason, words, words_up_to,
};

/// What a server's list of references may measure.
const MAX_LIST_BYTES: u64 = 64 * 1024 * 1024;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(20);
/// What git says of itself. Some servers answer programs that call themselves git, and no others.
pub(super) const AGENT: &str = concat!("git/2.0 (stagecraft ", env!("CARGO_PKG_VERSION"), ")");

/// What a repository is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Service {
    /// Packs are taken from it.
    Reading,
    /// Packs are sent to it.
    Pushing,
}

impl Service {
    /// Its name in git.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Reading => "git-upload-pack",
            Self::Pushing => "git-receive-pack",
        }
    }
}

/// A repository on a server, opened for one service.
pub(super) struct Remote {
    client: reqwest::Client,
    pub(super) url: Url,
    credentials: Option<Credentials>,
    service: Service,
    /// Whether version 2 of the protocol is spoken.
    second: bool,
    /// How long nothing may happen.
    idle: Duration,
}

impl Remote {
    /// Prepares for requests. Credentials that are bound to another place are left out.
    pub(super) fn new(
        url: Url,
        credentials: Option<&Credentials>,
        service: Service,
        idle: Duration,
    ) -> Result<Self, GitError> {
        if ip_of(&url).is_some_and(|address| !may_be_a_server(address)) {
            return Err(GitError::Refused(format!("`{url}` is no address of a repository")));
        }
        let mut client = client_for(&url).connect_timeout(idle.min(CONNECT_TIMEOUT)).user_agent(AGENT);
        if service == Service::Reading {
            // It also counts the time that a body takes to be sent, so that a push keeps time by itself.
            client = client.read_timeout(idle);
        }
        let client = client.build().map_err(|error| GitError::Unavailable(reason(&error)))?;
        let credentials = credentials.filter(|credentials| credentials.are_for(&url)).cloned();
        Ok(Self { client, url, credentials, service, second: false, idle })
    }

    /// The same, spoken to in version 2 of the protocol: what is wanted can be asked for without a list of everything.
    pub(super) fn in_second_version(self) -> Self {
        Self { second: true, ..self }
    }

    /// What the repository has; the list may measure `limit` bytes.
    pub(super) async fn list(&self, limit: u64) -> Result<Advertisement, GitError> {
        let mut url = self.place("info/refs");
        url.set_query(Some(&format!("service={}", self.service.name())));
        let mut response = self.send(self.client.get(url), "advertisement").await?;
        let (mut body, limit) = (Vec::new(), limit.min(MAX_LIST_BYTES));
        while let Some(piece) = response.chunk().await.map_err(|error| self.broken(&error))? {
            body.extend_from_slice(&piece);
            self.check_size(body.len() as u64, limit)?;
        }
        let listed = Advertisement::parse(&body).map_err(|error| self.wire(error))?;
        if let Some(format) = listed.foreign_format() {
            let message = format!("`{}` names its objects by {format}, which is not supported", self.url);
            return Err(GitError::Invalid(message));
        }
        Ok(listed)
    }

    /// Asks the service to do its work; the answer's body is still to come.
    pub(super) async fn ask(&self, body: impl Into<reqwest::Body>) -> Result<Response, GitError> {
        let request = self
            .client
            .post(self.place(self.service.name()))
            .header(CONTENT_TYPE, format!("application/x-{}-request", self.service.name()))
            .body(body);
        self.send(request, "result").await
    }

    fn place(&self, name: &str) -> Url {
        let mut url = self.url.clone();
        let path = format!("{}/{name}", url.path().trim_end_matches('/'));
        url.set_path(&path);
        url
    }

    async fn send(&self, request: RequestBuilder, kind: &str) -> Result<Response, GitError> {
        let expected = format!("application/x-{}-{kind}", self.service.name());
        let request = match &self.credentials {
            Some(credentials) => request.basic_auth(&credentials.username, Some(credentials.token.expose())),
            None => request,
        };
        let request = if self.second { request.header("git-protocol", "version=2") } else { request };
        let response =
            request.header(ACCEPT, &expected).send().await.map_err(|error| self.unreachable(&error))?;
        if response.status() != StatusCode::OK {
            return Err(self.refusal(response).await);
        }
        let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        if kind.unwrap_or_default().split(';').next().map(str::trim) != Some(expected.as_str()) {
            return Err(GitError::Refused(format!(
                "`{}` answers with `{}`, not as a git server does; check the address",
                self.url,
                words(kind.unwrap_or("nothing").as_bytes())
            )));
        }
        Ok(response)
    }

    async fn refusal(&self, response: Response) -> GitError {
        let (url, status, token) = (&self.url, response.status(), self.credentials.is_some());
        if status.is_redirection() {
            let target = response.headers().get(LOCATION).map(|target| self.shown(target.as_bytes()));
            let target = target.unwrap_or_default();
            let message =
                format!("`{url}` redirects to `{target}`, which is not followed; write the new address");
            return GitError::Refused(message);
        }
        let text = self.words_of(response).await;
        let said = if text.is_empty() { String::new() } else { format!(": \"{text}\"") };
        match status {
            StatusCode::NOT_FOUND | StatusCode::GONE => GitError::NotFound(format!(
                "`{url}` is not there, or not for {}{said}; check the address",
                if token { "this token" } else { "callers without a token" }
            )),
            StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => GitError::Unavailable(format!(
                "`{url}` answers with status {}{said}; try again later",
                status.as_u16()
            )),
            status if status.is_server_error() => GitError::Unavailable(format!(
                "`{url}` answers with status {}{said}; try again later",
                status.as_u16()
            )),
            StatusCode::UNAUTHORIZED if !token => GitError::Refused(format!(
                "`{url}` asks for a token{said}; none is set for `{}`",
                url.origin().ascii_serialization()
            )),
            status if self.service == Service::Pushing => {
                refusal::of_status(url, status.as_u16(), &text).into()
            }
            StatusCode::UNAUTHORIZED => {
                GitError::TokenRefused(format!("`{url}` refused the token{said}; is it still valid?"))
            }
            StatusCode::FORBIDDEN => {
                GitError::Refused(format!("`{url}` may not be read{said}; ask its owner for access"))
            }
            status => GitError::Refused(format!("`{url}` answers with status {}{said}", status.as_u16())),
        }
    }

    /// What a plain answer says; pages made for a browser are left out.
    async fn words_of(&self, mut response: Response) -> String {
        let kind =
            response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if kind.contains("html") {
            return String::new();
        }
        let mut body = Vec::new();
        while body.len() < MAX_WORDS * 4
            && let Ok(Some(piece)) = response.chunk().await
        {
            body.extend_from_slice(piece.get(..MAX_WORDS * 4).unwrap_or(&piece));
        }
        self.shown(&body)
    }

    /// A server's text for people, and without the token if it sent that back.
    pub(super) fn shown(&self, text: &[u8]) -> String {
        self.shown_up_to(text, MAX_WORDS)
    }

    /// The same, of up to so many characters.
    pub(super) fn shown_up_to(&self, text: &[u8], longest: usize) -> String {
        let mut text = String::from_utf8_lossy(text).into_owned();
        if let Some(Credentials { username, token, .. }) = &self.credentials
            && !token.expose().is_empty()
        {
            let token = token.expose();
            let encoded: String = url_encoded(token);
            for form in
                [token, &encoded, &STANDARD.encode(format!("{username}:{token}")), &STANDARD.encode(token)]
            {
                text = text.replace(form, "***");
            }
        }
        words_up_to(text.as_bytes(), longest)
    }

    pub(super) fn check_size(&self, bytes: u64, limit: u64) -> Result<(), GitError> {
        if bytes <= limit {
            return Ok(());
        }
        let advice = match self.service {
            Service::Reading => "use a smaller repository",
            Service::Pushing => "check the address",
        };
        Err(GitError::Invalid(format!(
            "`{}` sends more than {limit} bytes, which is the limit; {advice}",
            self.url
        )))
    }

    pub(super) fn wire(&self, error: WireError) -> GitError {
        match error {
            // The commit is gone, or hidden from those who ask for it by its id.
            WireError::Server(said) if said.contains("not our ref") => {
                GitError::NotFound(format!("`{}`: \"{}\"", self.url, self.shown(said.as_bytes())))
            }
            WireError::Server(said) => {
                GitError::Refused(format!("`{}` refused: \"{}\"", self.url, self.shown(said.as_bytes())))
            }
            WireError::Malformed(what) => GitError::Refused(format!(
                "`{}` does not answer as a git server does ({what}); check the address",
                self.url
            )),
        }
    }

    fn unreachable(&self, error: &reqwest::Error) -> GitError {
        if is_about_trust(error) {
            return GitError::Refused(format!("`{}` cannot be trusted: {}", self.url, reason(error)));
        }
        self.broken(error)
    }

    pub(super) fn broken(&self, error: &reqwest::Error) -> GitError {
        if error.is_timeout() {
            return self.stands_still();
        }
        GitError::Unavailable(format!("`{}` cannot be reached: {}; try again", self.url, reason(error)))
    }

    /// Nothing happened for as long as it may.
    pub(super) fn stands_still(&self) -> GitError {
        let (url, idle) = (&self.url, self.idle.as_secs_f32());
        GitError::Unavailable(format!("`{url}` did not move for {idle} seconds; try again"))
    }
}

/// As a form or an address would hold it.
fn url_encoded(text: &str) -> String {
    reqwest::Url::parse_with_params("http://x", [("x", text)])
        .ok()
        .and_then(|url| url.query().and_then(|query| query.strip_prefix("x=")).map(str::to_owned))
        .unwrap_or_else(|| text.to_owned())
}
