//! Facts about a GitHub host, for whoever wants to know whether it can be used.
//!
//! It asks and judges nothing. Nothing here waits for limits or tries twice: a fault is what one wants to see.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

use super::GitHub;
use super::answer::{Answer, Failure};
use super::client::Ask;
use super::route::Route;
use crate::outbound::{client_for, reason};
use crate::secret::Secret;

const PROBE_TIMEOUT: Duration = Duration::from_secs(15);

/// Everything that was found.
#[derive(Clone, Debug)]
pub struct Checkup {
    /// The host.
    pub host: String,
    /// Base address of its API.
    pub api_url: String,
    /// Whether the API answers.
    pub reached: Result<Reached, String>,
    /// The App, where the settings name one.
    pub app: Option<Result<AppFacts, String>>,
    /// Where it is installed.
    pub installations: Vec<InstallationFacts>,
    /// The App's webhook.
    pub hook: Option<Result<HookFacts, String>>,
    /// Whether the settings hold a webhook secret.
    pub webhook_secret: bool,
    /// The token of the settings, where there is one.
    pub token: Option<Result<TokenFacts, String>>,
}

/// An API that answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reached {
    /// Version of GitHub Enterprise Server.
    pub server_version: Option<String>,
    /// Seconds that this machine's clock is ahead.
    pub clock_skew_s: Option<i64>,
}

/// An App.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct AppFacts {
    /// Its short name.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// What it asks for.
    #[serde(default)]
    pub permissions: BTreeMap<String, String>,
    /// The events that it wants to be told of.
    #[serde(default)]
    pub events: Vec<String>,
}

/// An installation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstallationFacts {
    /// Organisation or user.
    pub account: String,
    /// Whether it is a user's.
    pub is_user: bool,
    /// Whether it is suspended.
    pub suspended: bool,
    /// Whether it is for selected repositories.
    pub selected: bool,
    /// What it grants.
    pub permissions: BTreeMap<String, String>,
    /// What is left of its limit.
    pub rate: Option<Result<Rate, String>>,
    /// Whether git can read one of its repositories: which, or why not.
    pub git: Option<Result<String, String>>,
}

/// A limit of requests in an hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Rate {
    /// How many there are.
    pub limit: u64,
    /// How many are left.
    pub remaining: u64,
}

/// A webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HookFacts {
    /// Where deliveries go; empty for nowhere.
    pub url: String,
    /// Whether they are signed.
    pub has_secret: bool,
    /// Whether certificates are not checked.
    pub insecure: bool,
}

/// A token of the settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenFacts {
    /// Whose it is.
    pub login: String,
    /// What it may do; empty for tokens that have no scopes.
    pub scopes: Vec<String>,
}

impl GitHub {
    /// Asks for everything.
    pub async fn checkup(&self) -> Checkup {
        let shared = &self.shared;
        let mut found = Checkup {
            host: shared.host.clone(),
            api_url: shared.settings.api_url(&shared.host),
            reached: self.reached().await,
            app: None,
            installations: Vec::new(),
            hook: None,
            webhook_secret: !shared.settings.webhook_secret.expose().is_empty(),
            token: None,
        };
        if found.reached.is_err() {
            return found;
        }
        let token = &shared.settings.token;
        if !token.expose().is_empty() {
            found.token = Some(self.whose(token).await.map_err(told));
        }
        if shared.settings.app_id.is_empty() {
            return found;
        }
        found.app = Some(self.as_app("app").await.and_then(Answer::read).map_err(told));
        if matches!(found.app, Some(Ok(_))) {
            found.hook = self.hook().await;
            found.installations = self.installations().await;
        }
        found
    }

    async fn reached(&self) -> Result<Reached, String> {
        match self.shared.client.send(Ask::get(Route::fixed("meta")), None).await {
            Ok(answer) => Ok(Reached {
                server_version: text(&answer.body, "installed_version"),
                clock_skew_s: skew(&answer),
            }),
            // A server in private mode tells strangers nothing; it is there all the same.
            Err(Failure::Unauthorized(_) | Failure::Forbidden(_) | Failure::NotFound(_)) => {
                Ok(Reached { server_version: None, clock_skew_s: None })
            }
            Err(failure) => Err(told(failure)),
        }
    }

    async fn whose(&self, token: &Secret) -> Result<TokenFacts, Failure> {
        let answer = self.shared.client.send(Ask::get(Route::fixed("user")), Some(token)).await?;
        let scopes = answer.header("x-oauth-scopes").unwrap_or_default();
        let scopes = scopes.split(',').map(str::trim).filter(|scope| !scope.is_empty()).map(str::to_owned);
        Ok(TokenFacts { scopes: scopes.collect(), login: text(&answer.body, "login").unwrap_or_default() })
    }

    async fn as_app(&self, path: &'static str) -> Result<Answer, Failure> {
        let token = self.shared.access.app_token(self.shared.client.now_s())?;
        self.shared.client.send(Ask::get(Route::fixed(path)), Some(&token)).await
    }

    async fn hook(&self) -> Option<Result<HookFacts, String>> {
        match self.as_app("app/hook/config").await {
            Ok(answer) => Some(Ok(HookFacts {
                url: text(&answer.body, "url").unwrap_or_default(),
                has_secret: text(&answer.body, "secret").is_some_and(|secret| !secret.is_empty()),
                insecure: match answer.body.get("insecure_ssl") {
                    Some(Value::String(text)) => text != "0",
                    Some(Value::Number(number)) => number.as_u64() != Some(0),
                    _ => false,
                },
            })),
            // Without a webhook there is no configuration of one.
            Err(Failure::NotFound(_)) => {
                Some(Ok(HookFacts { url: String::new(), has_secret: false, insecure: false }))
            }
            Err(failure) => Some(Err(told(failure))),
        }
    }

    async fn installations(&self) -> Vec<InstallationFacts> {
        let route = Route::fixed("app/installations").with("per_page", "100");
        let answer = match self.shared.access.app_token(self.shared.client.now_s()) {
            Ok(token) => self.shared.client.send(Ask::get(route), Some(&token)).await,
            Err(failure) => Err(failure),
        };
        let Ok(Answer { body: Value::Array(all), .. }) = answer else { return Vec::new() };
        let mut found = Vec::with_capacity(all.len());
        for one in &all {
            found.push(self.installation(one).await);
        }
        found
    }

    async fn installation(&self, one: &Value) -> InstallationFacts {
        let account = one.pointer("/account/login").and_then(Value::as_str).unwrap_or_default().to_owned();
        let permissions = one.get("permissions").cloned().unwrap_or_default();
        let mut facts = InstallationFacts {
            is_user: text(one, "target_type").is_some_and(|kind| kind == "User"),
            suspended: one.get("suspended_at").is_some_and(|at| !at.is_null()),
            selected: text(one, "repository_selection").is_some_and(|selection| selection == "selected"),
            permissions: serde_json::from_value(permissions).unwrap_or_default(),
            rate: None,
            git: None,
            account,
        };
        if facts.suspended {
            return facts;
        }
        match self.shared.access.token(self, &facts.account).await {
            Ok(token) => {
                facts.rate = match self.rate(&token.secret).await {
                    // A server without limits says so.
                    Err(Failure::NotFound(_)) => None,
                    rate => Some(rate.map_err(told)),
                };
                facts.git = self.git(&token.secret).await;
            }
            Err(failure) => facts.rate = Some(Err(told(failure))),
        }
        facts
    }

    async fn rate(&self, token: &Secret) -> Result<Rate, Failure> {
        let answer = self.shared.client.send(Ask::get(Route::fixed("rate_limit")), Some(token)).await?;
        let core = answer.body.pointer("/resources/core").cloned().unwrap_or_default();
        serde_json::from_value(core)
            .map_err(|error| Failure::Unknown(format!("GitHub's answer cannot be read: {error}")))
    }

    /// Reads the references of the installation's first repository; `None` when it has none.
    async fn git(&self, token: &Secret) -> Option<Result<String, String>> {
        let route = Route::fixed("installation/repositories").with("per_page", "1");
        let answer = match self.shared.client.send(Ask::get(route), Some(token)).await {
            Ok(answer) => answer,
            Err(failure) => return Some(Err(told(failure))),
        };
        let name = answer.body.pointer("/repositories/0/full_name").and_then(Value::as_str)?.to_owned();
        let url = format!(
            "{}/{name}.git/info/refs?service=git-upload-pack",
            self.shared.git.as_str().trim_end_matches('/')
        );
        let login = BASE64_STANDARD.encode(format!("x-access-token:{}", token.expose()));
        let client = client_for(&self.shared.git).timeout(PROBE_TIMEOUT).build();
        let sent = match client {
            Ok(client) => client.get(url).header("authorization", format!("Basic {login}")).send().await,
            Err(error) => Err(error),
        };
        Some(match sent {
            Ok(answer) if answer.status().is_success() => Ok(name),
            Ok(answer) => Err(format!("`{name}`: status {}", answer.status().as_u16())),
            Err(error) => Err(format!("`{name}`: {}", reason(&error))),
        })
    }
}

fn text(value: &Value, key: &str) -> Option<String> {
    value.get(key).and_then(Value::as_str).map(str::to_owned)
}

/// How far this machine's clock is ahead of the one that answered.
fn skew(answer: &Answer) -> Option<i64> {
    let theirs = OffsetDateTime::parse(&answer.header("date")?.replace("GMT", "+0000"), &Rfc2822).ok()?;
    Some((OffsetDateTime::now_utc() - theirs).whole_seconds())
}

fn told(failure: Failure) -> String {
    failure.message().to_owned()
}
