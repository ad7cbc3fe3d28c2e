//! The two requests that reading a repository over HTTP takes.
//!
//! It knows addresses, statuses and limits; the bytes are `wire`'s, the objects `fetch`'s. It repeats nothing.
//! The invariant: no redirect is followed, and a token is sent to the scheme, host and port it is bound to and
//! never shown.

use std::path::Path;
use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE, LOCATION};
use reqwest::{RequestBuilder, Response, StatusCode, Url};
use tokio::io::AsyncWriteExt;

use super::error::GitError;
use super::fetch::{Credentials, FetchLimits};
use super::read::{full_id, reference_names, unknown_revision};
use super::wire::{Advertisement, Decoder, PackAnswer, Wanted, WireError};
use crate::outbound::{MAX_WORDS, client_for, is_about_trust, reason, words};

/// What a server's list of references may measure.
const MAX_LIST_BYTES: u64 = 64 * 1024 * 1024;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(20);

/// One reading from one repository.
pub(super) struct Session {
    client: reqwest::Client,
    url: Url,
    credentials: Option<Credentials>,
    limits: FetchLimits,
}

impl Session {
    /// Prepares a reading. Credentials that are bound to another place are left out.
    pub(super) fn new(
        url: Url,
        credentials: Option<&Credentials>,
        limits: FetchLimits,
    ) -> Result<Self, GitError> {
        let client = client_for(&url)
            .connect_timeout(limits.idle.min(CONNECT_TIMEOUT))
            .read_timeout(limits.idle)
            // Some servers answer programs that call themselves git, and no others.
            .user_agent(concat!("git/2.0 (stagecraft ", env!("CARGO_PKG_VERSION"), ")"))
            .build()
            .map_err(|error| GitError::Unavailable(reason(&error)))?;
        let credentials = credentials.filter(|credentials| credentials.are_for(&url)).cloned();
        Ok(Self { client, url, credentials, limits })
    }

    /// Asks what the repository has, and finds the revision in it.
    pub(super) async fn want(&self, revision: Option<&str>) -> Result<Wanted, GitError> {
        let mut url = self.service("info/refs");
        url.set_query(Some("service=git-upload-pack"));
        let mut response =
            self.send(self.client.get(url), "application/x-git-upload-pack-advertisement").await?;
        let (mut body, limit) = (Vec::new(), self.limits.max_bytes.min(MAX_LIST_BYTES));
        while let Some(piece) = response.chunk().await.map_err(|error| self.broken(&error))? {
            body.extend_from_slice(&piece);
            self.check_size(body.len() as u64, limit)?;
        }
        let listed = Advertisement::parse(&body).map_err(|error| self.wire(error))?;
        if let Some(format) = listed.foreign_format() {
            let message = format!("`{}` names its objects by {format}, which is not supported", self.url);
            return Err(GitError::Invalid(message));
        }
        let (names, id) = match revision {
            None | Some("HEAD") => (vec!["HEAD".to_owned()], None),
            Some(revision) => (reference_names(revision), full_id(revision).map(|_| revision)),
        };
        let wanted = listed.want(&names, id).map_err(|error| self.wire(error))?;
        wanted.ok_or_else(|| {
            let reason = match revision {
                _ if listed.is_empty() => "the repository is empty".to_owned(),
                None => "the repository's default branch is not there; name a branch".to_owned(),
                Some(revision) => unknown_revision(revision).to_string(),
            };
            GitError::NotFound(format!("`{}`: {reason}", self.url))
        })
    }

    /// Asks for a pack and writes it into a new file.
    pub(super) async fn download(&self, request: String, file: &Path) -> Result<(), GitError> {
        let failed = |source| GitError::io(file, source);
        let request = self
            .client
            .post(self.service("git-upload-pack"))
            .header(CONTENT_TYPE, "application/x-git-upload-pack-request")
            .body(request);
        let mut response = self.send(request, "application/x-git-upload-pack-result").await?;
        let file = tokio::fs::File::create_new(file).await.map_err(failed)?;
        let mut file = tokio::io::BufWriter::with_capacity(256 * 1024, file);
        let (mut decoder, mut answer, mut total) = (Decoder::default(), PackAnswer::default(), 0);
        while let Some(piece) = response.chunk().await.map_err(|error| self.broken(&error))? {
            total += piece.len() as u64;
            self.check_size(total, self.limits.max_bytes)?;
            decoder.push(&piece);
            while let Some(packet) = decoder.pop().map_err(|error| self.wire(error))? {
                if let Some(pack) = answer.feed(packet).map_err(|error| self.wire(error))? {
                    file.write_all(&pack).await.map_err(failed)?;
                }
            }
        }
        if !answer.is_complete() || !decoder.is_drained() {
            return Err(GitError::Unavailable(format!("`{}` broke the transfer off; try again", self.url)));
        }
        file.flush().await.map_err(failed)
    }

    fn service(&self, name: &str) -> Url {
        let mut url = self.url.clone();
        let path = format!("{}/{name}", url.path().trim_end_matches('/'));
        url.set_path(&path);
        url
    }

    async fn send(&self, request: RequestBuilder, expected: &str) -> Result<Response, GitError> {
        let request = match &self.credentials {
            Some(credentials) => request.basic_auth(&credentials.username, Some(credentials.token.expose())),
            None => request,
        };
        let response =
            request.header(ACCEPT, expected).send().await.map_err(|error| self.unreachable(&error))?;
        if response.status() != StatusCode::OK {
            return Err(self.refusal(response).await);
        }
        let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        if kind.unwrap_or_default().split(';').next().map(str::trim) != Some(expected) {
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
        let said = self.words_of(response).await;
        match status {
            StatusCode::UNAUTHORIZED if token => {
                GitError::Refused(format!("`{url}` refused the token{said}; is it still valid?"))
            }
            StatusCode::UNAUTHORIZED => GitError::Refused(format!(
                "`{url}` asks for a token{said}; none is set for `{}`",
                url.origin().ascii_serialization()
            )),
            StatusCode::FORBIDDEN => {
                GitError::Refused(format!("`{url}` may not be read{said}; ask its owner for access"))
            }
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
            status => GitError::Refused(format!("`{url}` answers with status {}{said}", status.as_u16())),
        }
    }

    /// `: "…"` with what a plain answer says; pages made for a browser are left out.
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
        let said = self.shown(&body);
        if said.is_empty() { said } else { format!(": \"{said}\"") }
    }

    /// A server's text for people, and without the token if it sent that back.
    fn shown(&self, text: &[u8]) -> String {
        match &self.credentials {
            Some(credentials) if !credentials.token.expose().is_empty() => {
                words(String::from_utf8_lossy(text).replace(credentials.token.expose(), "***").as_bytes())
            }
            _ => words(text),
        }
    }

    fn check_size(&self, bytes: u64, limit: u64) -> Result<(), GitError> {
        if bytes <= limit {
            return Ok(());
        }
        Err(GitError::Invalid(format!(
            "`{}` sends more than {limit} bytes, which is the limit; use a smaller repository",
            self.url
        )))
    }

    fn wire(&self, error: WireError) -> GitError {
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

    fn broken(&self, error: &reqwest::Error) -> GitError {
        let (url, idle) = (&self.url, self.limits.idle);
        if error.is_timeout() {
            let message = format!("`{url}` did not move for {} seconds; try again", idle.as_secs_f32());
            return GitError::Unavailable(message);
        }
        GitError::Unavailable(format!("`{url}` cannot be reached: {}; try again", reason(error)))
    }
}
