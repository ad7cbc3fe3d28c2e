//! Sending one request to Backstage.
//!
//! It knows the server, the token, and the limits of time and size. It does not know what an answer means and
//! repeats nothing: whether a request may be sent twice is the caller's to know.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Response, Url};

use super::{Answer, ApiPath, BackstageError, OwnKeys, TokenForm, UserToken};
use crate::config;
use crate::outbound::{client_for, is_about_trust, reason};
use crate::secret::Secret;

/// Largest body in either direction: Backstage's own limit for requests.
const MAX_BODY: usize = 10 * 1024 * 1024;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(20);
/// Largest public document, and how long it may take: small, and asked for while somebody waits.
const MAX_DOCUMENT: usize = 1024 * 1024;
const DOCUMENT_TIMEOUT: Duration = Duration::from_secs(5);
const MASK: &str = "***";
/// Headers that belong to the connection, not to the request.
const OWN_HEADERS: &[&str] = &[
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Who a request comes from.
#[derive(Clone, Debug)]
pub enum Credentials {
    /// The service itself: by a token of its own making, or as the one that `backstage.token` stands for.
    Service,
    /// This user, for whom the service acts.
    User(UserToken),
    /// Whoever this token stands for.
    Token(Secret),
    /// Whoever the `authorization` header among the request's own stands for.
    InHeaders,
}

/// A request to the API of a plugin.
#[derive(Clone, Debug)]
pub struct Request {
    /// `GET`, `POST` …
    pub method: String,
    /// Where to.
    pub path: ApiPath,
    /// Pairs added to the query.
    pub query: Vec<(String, String)>,
    /// Headers.
    pub headers: Vec<(String, String)>,
    /// The body, if there is one.
    pub body: Option<Vec<u8>>,
    /// Who it comes from.
    pub credentials: Credentials,
    /// How long the whole answer may take.
    pub timeout: Duration,
    /// How messages name it: without secrets.
    pub shown: String,
}

/// A Backstage backend. Cheap to clone.
#[derive(Clone)]
pub struct Backstage {
    inner: Arc<Inner>,
}

#[derive(Clone)]
struct Inner {
    client: reqwest::Client,
    base: Url,
    token: Secret,
    keys: Option<OwnKeys>,
    settings: config::Backstage,
}

impl fmt::Debug for Backstage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Backstage({})", self.inner.base)
    }
}

impl Backstage {
    /// The backend that the settings name; none if they name none.
    pub fn from_settings(settings: &config::Backstage) -> Result<Option<Self>, BackstageError> {
        if settings.base_url.is_empty() {
            return Ok(None);
        }
        let base = base_of(&settings.base_url)?;
        if HeaderValue::from_str(settings.token.expose()).is_err() {
            return Err(BackstageError::Invalid(
                "`backstage.token` holds characters that no token has; is it the text of the token alone?"
                    .to_owned(),
            ));
        }
        let client = client_for(&base)
            .connect_timeout(CONNECT_TIMEOUT)
            .user_agent(concat!("stagecraft/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| BackstageError::Unavailable(reason(&error)))?;
        let (token, settings) = (settings.token.clone(), settings.clone());
        let inner = Inner { client, base, token, keys: None, settings };
        Ok(Some(Self { inner: Arc::new(inner) }))
    }

    /// The same, asked with tokens that the service signs itself: as the service, and for users.
    pub fn with_own_keys(self, keys: OwnKeys) -> Self {
        let inner = Arc::unwrap_or_clone(self.inner);
        Self { inner: Arc::new(Inner { keys: Some(keys), ..inner }) }
    }

    /// The settings it was made from.
    pub fn settings(&self) -> &config::Backstage {
        &self.inner.settings
    }

    /// Sends a request once and reads the whole answer, whatever its status is.
    pub async fn send(&self, request: &Request) -> Result<Answer, BackstageError> {
        self.exchange(request, MAX_BODY).await
    }

    async fn exchange(&self, request: &Request, limit: usize) -> Result<Answer, BackstageError> {
        let token = self.token(request).await?;
        let prepared = self.prepare(request, token.as_ref())?;
        let hidden = Hidden { shared: &self.inner.token, sent: token.as_ref() };
        let exchange = async {
            let response = prepared.send().await.map_err(|error| self.broken(request, &error))?;
            self.read(request, response, (limit, hidden)).await
        };
        match tokio::time::timeout(request.timeout, exchange).await {
            Ok(answer) => answer,
            Err(_) => Err(BackstageError::Unavailable(format!(
                "Backstage did not answer {} within {} seconds",
                request.shown,
                request.timeout.as_secs_f64()
            ))),
        }
    }

    /// Reads what anybody may read, with no token.
    pub(super) async fn public_document(&self, path: &ApiPath) -> Result<Vec<u8>, BackstageError> {
        let request = Request {
            method: "GET".to_owned(),
            path: path.clone(),
            query: Vec::new(),
            headers: Vec::new(),
            body: None,
            credentials: Credentials::InHeaders,
            timeout: DOCUMENT_TIMEOUT,
            shown: format!("the question for the keys of `{}`", path.plugin()),
        };
        let answer = self.exchange(&request, MAX_DOCUMENT).await?;
        if answer.is_ok() { Ok(answer.body) } else { Err(answer.refusal(&request.shown)) }
    }

    /// The token that goes with a request, if it is to have one beside its own headers.
    async fn token(&self, request: &Request) -> Result<Option<Secret>, BackstageError> {
        let Inner { token: shared, keys, .. } = &*self.inner;
        let target = request.path.plugin();
        let user = match (&request.credentials, keys) {
            (Credentials::InHeaders, _) => return Ok(None),
            (Credentials::Token(token), _) => return Ok(Some(token.clone())),
            (Credentials::Service, Some(keys)) => return keys.own_token(target).await.map(Some),
            (Credentials::Service, None) => {
                return Ok(Some(shared.clone()).filter(|token| !token.expose().is_empty()));
            }
            (Credentials::User(user), _) => user,
        };
        let UserToken { entity_ref, form, jwt: token, .. } = user;
        if user.has_run_out() {
            return Err(BackstageError::NotAllowed(format!(
                "the service can no longer act for `{entity_ref}`: the token of the sign-in has run out; sign in and retry the task"
            )));
        }
        match (keys, form) {
            (Some(keys), _) => keys.token_for(target, user).await.map(Some),
            (None, TokenForm::Full) => Ok(Some(token.clone())),
            (None, TokenForm::Limited) => Err(BackstageError::NotAllowed(format!(
                "the service cannot act for `{entity_ref}`: it was not given the user's whole token, and with \
                 `backstage.token` it has no keys of its own to use the limited one; leave `backstage.token` empty"
            ))),
        }
    }

    fn prepare(
        &self,
        request: &Request,
        token: Option<&Secret>,
    ) -> Result<reqwest::RequestBuilder, BackstageError> {
        let url = request.path.url(&self.inner.base, &request.query)?;
        let method = Method::from_bytes(request.method.as_bytes())
            .map_err(|_| BackstageError::Invalid(format!("`{}` is not a method of HTTP", request.method)))?;
        let mut headers = headers_of(&request.headers)?;
        if let Some(token) = token {
            let value = HeaderValue::from_str(&format!("Bearer {}", token.expose())).map(|mut value| {
                value.set_sensitive(true);
                value
            });
            let value = value.map_err(|_| {
                BackstageError::Invalid("the token to send holds characters that no token has".to_owned())
            })?;
            headers.insert(AUTHORIZATION, value);
        }
        let prepared = self.inner.client.request(method, url).headers(headers);
        Ok(match &request.body {
            Some(body) if body.len() > MAX_BODY => {
                return Err(BackstageError::Invalid(format!(
                    "the body of {} has {} bytes; the limit is {MAX_BODY}",
                    request.shown,
                    body.len()
                )));
            }
            Some(body) => prepared.body(body.clone()),
            None => prepared,
        })
    }

    async fn read(
        &self,
        request: &Request,
        mut response: Response,
        (limit, hidden): (usize, Hidden<'_>),
    ) -> Result<Answer, BackstageError> {
        let status = response.status().as_u16();
        let headers = hidden.in_headers(response.headers());
        let mut body = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(|error| self.broken(request, &error))? {
            if body.len() + piece.len() > limit {
                return Err(BackstageError::Invalid(format!(
                    "Backstage's answer to {} has more than {limit} bytes, which is the limit; ask for less",
                    request.shown
                )));
            }
            body.extend_from_slice(&piece);
        }
        Ok(Answer { status, headers, body: hidden.in_body(body) })
    }

    fn broken(&self, request: &Request, error: &reqwest::Error) -> BackstageError {
        let Request { shown, .. } = request;
        let base = &self.inner.base;
        if is_about_trust(error) {
            return BackstageError::NotAllowed(format!(
                "Backstage at `{base}` cannot be trusted: {}",
                reason(error)
            ));
        }
        if error.is_connect() {
            return BackstageError::Unavailable(format!(
                "Backstage at `{base}` cannot be reached for {shown}: {}",
                reason(error)
            ));
        }
        BackstageError::Unavailable(format!("Backstage broke {shown} off: {}", reason(error)))
    }
}

/// The tokens that an answer must not hold: a server that repeats what it was sent must not give them to a template.
#[derive(Clone, Copy)]
struct Hidden<'a> {
    shared: &'a Secret,
    sent: Option<&'a Secret>,
}

impl Hidden<'_> {
    fn in_headers(self, headers: &HeaderMap) -> Vec<(String, String)> {
        let names = headers.keys().map(HeaderName::as_str);
        names
            .map(|name| {
                let values =
                    headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes()));
                let text = values.collect::<Vec<_>>().join(", ");
                (name.to_owned(), self.without(&text).unwrap_or(text))
            })
            .collect()
    }

    fn in_body(self, body: Vec<u8>) -> Vec<u8> {
        match std::str::from_utf8(&body).ok().and_then(|text| self.without(text)) {
            Some(hidden) => hidden.into_bytes(),
            None => body,
        }
    }

    /// The text without the tokens, if there is one in it.
    fn without(self, text: &str) -> Option<String> {
        let tokens = [Some(self.shared), self.sent].into_iter().flatten().map(Secret::expose);
        tokens.filter(|token| !token.is_empty()).fold(None, |hidden, token| {
            let text = hidden.as_deref().unwrap_or(text);
            if text.contains(token) { Some(text.replace(token, MASK)) } else { hidden }
        })
    }
}

/// The address of the settings, checked.
fn base_of(text: &str) -> Result<Url, BackstageError> {
    let wrong = |what: &str| {
        BackstageError::Invalid(format!(
            "`backstage.base_url` {what}; write the address of the Backstage backend, for example `https://backstage.acme.io`"
        ))
    };
    let url = Url::parse(text).map_err(|_| wrong("is not an address"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(wrong("is not a web address"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("holds a user name or a password; the token belongs in `backstage.token`"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("holds more than an address"));
    }
    if url.path().trim_end_matches('/').ends_with("/api") {
        return Err(wrong("ends with `/api`, which is added to it"));
    }
    Ok(url)
}

fn headers_of(given: &[(String, String)]) -> Result<HeaderMap, BackstageError> {
    let mut headers = HeaderMap::new();
    for (name, value) in given {
        let wrong =
            |what: &str| BackstageError::Invalid(format!("the header `{}` {what}", name.escape_debug()));
        let known =
            HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong("is not the name of a header"))?;
        if OWN_HEADERS.contains(&known.as_str()) {
            return Err(wrong("belongs to the connection and cannot be set; leave it out"));
        }
        let value = HeaderValue::from_str(value).map_err(|_| wrong("has a value that no header can have"))?;
        headers.append(known, value);
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_is_none_is_refused_with_what_to_write() {
        for text in [
            "backstage.acme.io",
            "ftp://backstage.acme.io",
            "https://jane:hunter2@backstage.acme.io",
            "https://backstage.acme.io?x=1",
            "https://backstage.acme.io/api/",
        ] {
            let error = base_of(text).unwrap_err().to_string();

            assert!(error.contains("`backstage.base_url`") && !error.contains("hunter2"), "{error}");
        }
        assert!(base_of("http://backstage:7007/portal/").is_ok());
    }

    #[test]
    fn a_header_of_the_connection_cannot_be_set() {
        for name in ["Host", "content-length", "Transfer-Encoding", "a b", ""] {
            assert!(headers_of(&[(name.to_owned(), "1".to_owned())]).is_err(), "{name}");
        }
        assert!(headers_of(&[("x".to_owned(), "a\r\nb: c".to_owned())]).is_err());
        assert_eq!(headers_of(&[("X-A".to_owned(), "1".to_owned())]).unwrap().len(), 1);
    }
}
