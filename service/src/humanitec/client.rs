//! Sending one request to Humanitec, and judging the answer.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Method, Url};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::{Application, Environment, HumanitecError};
use crate::config;
use crate::outbound::{client_for, ip_of, is_about_trust, reason, words};
use crate::secret::Secret;

/// Longest answer that is read.
const MAX_BODY: usize = 1024 * 1024;
const TIMEOUT: Duration = Duration::from_secs(30);
const MASK: &str = "***";
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// An organisation of Humanitec. Cheap to clone.
#[derive(Clone)]
pub struct Humanitec {
    inner: Arc<Inner>,
}

struct Inner {
    client: reqwest::Client,
    base: Url,
    organization: String,
    token: Secret,
}

impl fmt::Debug for Humanitec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Humanitec({}, {})", self.inner.base, self.inner.organization)
    }
}

/// An answer: its status and body.
struct Answer {
    status: u16,
    body: Vec<u8>,
}

impl Humanitec {
    /// The organisation that the settings name; none if they name none.
    pub fn from_settings(settings: &config::Humanitec) -> Result<Option<Self>, HumanitecError> {
        if settings.organization.is_empty() {
            return Ok(None);
        }
        let base = base_of(&settings.base_url)?;
        if HeaderValue::from_str(settings.token.expose()).is_err() {
            return Err(HumanitecError::Invalid(
                "`humanitec.token` holds characters that no token has; is it the text of the token alone?"
                    .to_owned(),
            ));
        }
        let client = client_for(&base)
            .timeout(TIMEOUT)
            .user_agent(concat!("stagecraft/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| HumanitecError::Unavailable(reason(&error)))?;
        let (organization, token) = (settings.organization.clone(), settings.token.clone());
        Ok(Some(Self { inner: Arc::new(Inner { client, base, organization, token }) }))
    }

    /// The organisation.
    pub fn organization(&self) -> &str {
        &self.inner.organization
    }

    /// Where people see an application, if the address of the API tells.
    pub fn page_of(&self, application: &str) -> Option<String> {
        let host = self.inner.base.host_str()?.strip_prefix("api.")?;
        Some(format!("https://app.{host}/orgs/{}/apps/{application}", self.inner.organization))
    }

    /// An application, if it is there.
    pub async fn application(&self, id: &str) -> Result<Option<Application>, HumanitecError> {
        self.look(&["apps", id], &format!("the question for the application `{id}`")).await
    }

    /// Makes an application; with an environment in place of the one that Humanitec gives each.
    pub async fn create_application(
        &self,
        application: &Application,
        first: Option<&Environment>,
    ) -> Result<(), HumanitecError> {
        let mut body = json!({ "id": application.id, "name": application.name });
        if let (Some(first), Some(object)) = (first, body.as_object_mut()) {
            object.insert("env".to_owned(), json!(first));
        }
        self.make(&["apps"], &body, &format!("the request for the application `{}`", application.id)).await
    }

    /// An environment of an application, if it is there.
    pub async fn environment(
        &self,
        application: &str,
        id: &str,
    ) -> Result<Option<Environment>, HumanitecError> {
        self.look(&["apps", application, "envs", id], &format!("the question for the environment `{id}`"))
            .await
    }

    /// Makes an environment of an application.
    pub async fn create_environment(
        &self,
        application: &str,
        environment: &Environment,
    ) -> Result<(), HumanitecError> {
        let asked = format!("the request for the environment `{}`", environment.id);
        self.make(&["apps", application, "envs"], environment, &asked).await
    }

    async fn look<T: DeserializeOwned>(
        &self,
        path: &[&str],
        asked: &str,
    ) -> Result<Option<T>, HumanitecError> {
        let answer = self.send(Method::GET, path, None, asked).await?;
        match answer.status {
            200 => serde_json::from_slice(&answer.body).map(Some).map_err(|error| {
                HumanitecError::Invalid(format!(
                    "Humanitec's answer to {asked} is not what its API says: {error}"
                ))
            }),
            404 => Ok(None),
            _ => Err(self.refusal(&answer, asked)),
        }
    }

    async fn make(&self, path: &[&str], body: &impl Serialize, asked: &str) -> Result<(), HumanitecError> {
        let body = serde_json::to_vec(body).map_err(|error| HumanitecError::Invalid(error.to_string()))?;
        let answer = self.send(Method::POST, path, Some(body), asked).await?;
        if (200..300).contains(&answer.status) { Ok(()) } else { Err(self.refusal(&answer, asked)) }
    }

    async fn send(
        &self,
        method: Method,
        path: &[&str],
        body: Option<Vec<u8>>,
        asked: &str,
    ) -> Result<Answer, HumanitecError> {
        let Inner { client, base, organization, token } = &*self.inner;
        let mut url = base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(["orgs", organization]).extend(path);
        }
        let mut bearer = HeaderValue::from_str(&format!("Bearer {}", token.expose()))
            .map_err(|_| HumanitecError::Invalid("`humanitec.token` is no token".to_owned()))?;
        bearer.set_sensitive(true);
        let mut request = client.request(method, url).header(AUTHORIZATION, bearer).header(ACCEPT, JSON);
        if let Some(body) = body {
            request = request.header(CONTENT_TYPE, JSON).body(body);
        }
        let broken = |error: reqwest::Error| self.broken(&error, asked);
        let mut response = request.send().await.map_err(broken)?;
        let status = response.status().as_u16();
        let mut body = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(broken)? {
            if body.len() + piece.len() > MAX_BODY {
                let message = format!("Humanitec's answer to {asked} has more than {MAX_BODY} bytes");
                return Err(HumanitecError::Invalid(message));
            }
            body.extend_from_slice(&piece);
        }
        Ok(Answer { status, body })
    }

    fn broken(&self, error: &reqwest::Error, asked: &str) -> HumanitecError {
        let base = &self.inner.base;
        let why = reason(error);
        if is_about_trust(error) {
            return HumanitecError::NotAllowed(format!("Humanitec at `{base}` cannot be trusted: {why}"));
        }
        if error.is_timeout() {
            let seconds = TIMEOUT.as_secs();
            return HumanitecError::Unavailable(format!(
                "Humanitec did not answer {asked} within {seconds} seconds"
            ));
        }
        HumanitecError::Unavailable(format!(
            "Humanitec at `{base}` broke {asked} off: {why}; try again later"
        ))
    }

    /// Why a request was not done.
    fn refusal(&self, answer: &Answer, asked: &str) -> HumanitecError {
        let Answer { status, body } = answer;
        let said = words(body).replace(self.inner.token.expose(), MASK);
        let said = if said.is_empty() { said } else { format!(": {said}") };
        let told = |next: &str| format!("Humanitec answered {asked} with status {status}{said}{next}");
        let organization = &self.inner.organization;
        match status {
            401 => HumanitecError::NotAllowed(told(
                "; the token is not taken: make a new one for the service user, set it as `humanitec.token`, and retry the \
                 task, which goes on with what is there",
            )),
            403 => HumanitecError::NotAllowed(told(&format!(
                "; the service user behind `humanitec.token` may not do this in `{organization}`: give it a role that may, \
                 and retry the task, which goes on with what is there"
            ))),
            404 => HumanitecError::Invalid(told(&format!("; is `{organization}` the organisation?"))),
            409 => HumanitecError::Conflict(told("")),
            408 | 429 | 500..=599 => HumanitecError::Unavailable(told("; retry the task later")),
            300..=399 => HumanitecError::Invalid(told(
                ", a redirect, which is not followed; is `humanitec.base_url` right?",
            )),
            _ => HumanitecError::Invalid(told("")),
        }
    }
}

/// The address of the settings, checked.
fn base_of(text: &str) -> Result<Url, HumanitecError> {
    let wrong = |what: &str| {
        HumanitecError::Invalid(format!(
            "`humanitec.base_url` {what}; the usual one is `https://api.humanitec.io`"
        ))
    };
    let url = Url::parse(text).map_err(|_| wrong("is not an address"))?;
    let here =
        url.host_str() == Some("localhost") || ip_of(&url).is_some_and(|address| address.is_loopback());
    match url.scheme() {
        "https" if url.host_str().is_some() => {}
        "http" if here => {}
        "http" => return Err(wrong("would send the token readable for all; use `https`")),
        _ => return Err(wrong("is not a web address")),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("holds a user name or a password; the token belongs in `humanitec.token`"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("holds more than an address"));
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_is_none_is_refused_with_what_to_write() {
        for text in [
            "api.humanitec.io",
            "http://api.humanitec.io",
            "ftp://a.io",
            "https://a:hunter2@a.io",
            "https://a.io?x=1",
        ] {
            let error = base_of(text).unwrap_err().to_string();

            assert!(error.contains("`humanitec.base_url`") && !error.contains("hunter2"), "{error}");
        }
        assert!(base_of("http://127.0.0.1:8080/x/").is_ok() && base_of("https://api.humanitec.io").is_ok());
    }

    #[test]
    fn the_page_of_an_application_follows_from_the_address() {
        let at = |base_url: &str| {
            let settings = config::Humanitec {
                base_url: base_url.to_owned(),
                organization: "acme".to_owned(),
                token: Secret::new("abc"),
            };
            Humanitec::from_settings(&settings).unwrap().unwrap().page_of("web")
        };

        assert_eq!(
            at("https://api.humanitec.io").as_deref(),
            Some("https://app.humanitec.io/orgs/acme/apps/web")
        );
        assert_eq!(at("https://humanitec.acme.io"), None);
    }
}
