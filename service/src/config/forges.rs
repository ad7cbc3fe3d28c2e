//! `forges`: which forge serves which host, and where it is shown.
//!
//! It checks what an address may be, and binds nothing. The invariant: a forge that is shown is shown to this
//! machine alone, under the name that its repositories' links have.

use std::net::SocketAddr;

use serde::Deserialize;

use super::{Config, ConfigError};
use crate::secret::Secret;

/// One entry of `forges`.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum ForgeKind {
    /// Bare repositories under the data folder.
    Local {
        /// Loopback address and port at which they are shown as web pages.
        #[serde(default)]
        listen: Option<SocketAddr>,
    },
    /// GitHub, GitHub Enterprise Cloud or GitHub Enterprise Server.
    #[serde(rename = "github")]
    GitHub(Box<GitHubForge>),
}

/// `forges.<host>` with `kind: github`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GitHubForge {
    /// Id or client id of the GitHub App; empty for none.
    pub app_id: String,
    /// The App's private key, PEM.
    pub private_key: Secret,
    /// What the App's deliveries are signed with.
    pub webhook_secret: Secret,
    /// What they were signed with before, while the secret is being changed.
    pub former_webhook_secrets: Vec<Secret>,
    /// A token, for sites without an App.
    pub token: Secret,
    /// Whether every step has to bring the user's own token.
    pub require_user_token: bool,
    /// Base address of the REST API; empty: by the host.
    pub api_url: String,
    /// Base address for git and pages; empty: by the host.
    pub git_url: String,
    /// Version of the REST API that is asked for.
    pub api_version: String,
    /// Seconds that one answer may take.
    pub timeout_seconds: u64,
    /// Seconds that an operation is tried again while GitHub is away.
    pub retry_seconds: u64,
    /// How commits come to GitHub.
    pub commits: CommitsBy,
    /// Limits that are kept.
    pub limits: GitHubLimits,
}

/// How commits come to GitHub.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CommitsBy {
    /// As a push over git.
    #[default]
    Git,
    /// Through the API, signed by GitHub.
    Api,
}

/// `forges.<host>.limits`; 0 is no limit.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GitHubLimits {
    /// Requests that change something, in a minute, for one installation.
    pub content_per_minute: u32,
    /// The same in an hour.
    pub content_per_hour: u32,
    /// Points in a minute: a read is 1, a write 5.
    pub points_per_minute: u32,
    /// Requests of this process under way at once.
    pub concurrent: u32,
    /// Seconds that stand for a minute: fewer in tests.
    pub minute_seconds: f64,
}

impl Default for GitHubForge {
    fn default() -> Self {
        Self {
            app_id: String::new(),
            private_key: Secret::default(),
            webhook_secret: Secret::default(),
            former_webhook_secrets: Vec::new(),
            token: Secret::default(),
            require_user_token: false,
            api_url: String::new(),
            git_url: String::new(),
            api_version: "2022-11-28".to_owned(),
            timeout_seconds: 30,
            retry_seconds: 300,
            commits: CommitsBy::Git,
            limits: GitHubLimits::default(),
        }
    }
}

impl Default for GitHubLimits {
    fn default() -> Self {
        Self {
            content_per_minute: 80,
            content_per_hour: 500,
            points_per_minute: 900,
            concurrent: 20,
            minute_seconds: 60.0,
        }
    }
}

impl GitHubForge {
    /// Base address of the REST API of `host`: `https://api.github.com`, `https://api.<name>.ghe.com`, or
    /// `https://<host>/api/v3`.
    pub fn api_url(&self, host: &str) -> String {
        match self.api_url.trim_end_matches('/') {
            "" if host == "github.com" || host.ends_with(".ghe.com") => format!("https://api.{host}"),
            "" => format!("https://{host}/api/v3"),
            given => given.to_owned(),
        }
    }

    /// Base address for git and pages of `host`: `https://<host>`.
    pub fn git_url(&self, host: &str) -> String {
        match self.git_url.trim_end_matches('/') {
            "" => format!("https://{host}"),
            given => given.to_owned(),
        }
    }
}

impl Config {
    /// The forges that are shown as web pages, and where.
    pub fn forge_pages(&self) -> impl Iterator<Item = (&str, SocketAddr)> {
        self.forges.iter().filter_map(|(host, kind)| match kind {
            ForgeKind::Local { listen } => listen.map(|listen| (host.as_str(), listen)),
            ForgeKind::GitHub(_) => None,
        })
    }
}

/// Refuses addresses that forges cannot be shown at, and a GitHub that could not be asked.
pub(super) fn check(config: &Config) -> Result<(), ConfigError> {
    config.forge_pages().try_for_each(|(host, listen)| check_page(host, listen))?;
    config.forges.iter().try_for_each(|(host, kind)| match kind {
        ForgeKind::GitHub(settings) => check_github(host, settings),
        ForgeKind::Local { .. } => Ok(()),
    })
}

/// Somebody to act as, and addresses to which a token may be sent.
fn check_github(host: &str, settings: &GitHubForge) -> Result<(), ConfigError> {
    let setting = format!("`forges.\"{host}\"`");
    let (app, key) = (settings.app_id.trim(), settings.private_key.expose().trim());
    let fault = match (app.is_empty(), key.is_empty()) {
        (false, true) => {
            Some("has an `app_id` and no `private_key`: give the key that GitHub made for the App")
        }
        (true, false) => Some("has a `private_key` and no `app_id`: give the App's id or client id"),
        (true, true) if settings.token.expose().trim().is_empty() && !settings.require_user_token => Some(
            "has nobody to act as: give the `app_id` and `private_key` of a GitHub App, or a `token`, or set \
             `require_user_token: true` to act as users alone",
        ),
        _ => None,
    };
    if let Some(fault) = fault {
        return Err(ConfigError(format!("{setting} {fault}")));
    }
    if !(settings.limits.minute_seconds.is_finite() && settings.limits.minute_seconds > 0.0) {
        return Err(ConfigError(format!("{setting}: `limits.minute_seconds` must be more than 0")));
    }
    for (name, address) in [("api_url", settings.api_url(host)), ("git_url", settings.git_url(host))] {
        check_address(&address).map_err(|why| ConfigError(format!("{setting}: `{name}` {why}")))?;
    }
    Ok(())
}

/// A token sent over plain HTTP can be read by everybody on its way.
fn check_address(address: &str) -> Result<(), String> {
    let shown = address.escape_debug();
    let (scheme, rest) = address.split_once("://").unwrap_or_default();
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if rest.contains(['?', '#', '@', '\\', ' ']) || host.is_empty() {
        return Err(format!(
            "`{shown}` is no address of a server; write it as `https://github.acme.io/api/v3`"
        ));
    }
    match scheme {
        "https" => Ok(()),
        "http" if is_loopback(host) => Ok(()),
        "http" => Err(format!("`{shown}` would send tokens in clear; write it with `https://`")),
        _ => Err(format!("`{shown}` does not begin with `https://`")),
    }
}

fn is_loopback(host: &str) -> bool {
    let own =
        |name: &str| name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
    host.parse::<SocketAddr>().is_ok_and(|address| address.ip().is_loopback())
        || own(host.trim_start_matches('[').trim_end_matches(']'))
        || host.rsplit_once(':').is_some_and(|(name, _)| own(name))
}

/// The local forge has no users, so only this machine may reach it; and a link to a repository has to open there.
fn check_page(host: &str, listen: SocketAddr) -> Result<(), ConfigError> {
    let setting = format!("`forges.\"{host}\".listen`");
    if !listen.ip().is_loopback() {
        return Err(ConfigError(format!(
            "{setting} is {listen}, which others can reach, but the local forge knows no users: write 127.0.0.1:{}",
            listen.port()
        )));
    }
    if listen.port() == 0 {
        return Err(ConfigError(format!("{setting} has port 0: name a port, because links need one")));
    }
    let own =
        (listen.is_ipv4() && host == listen.to_string()) || host == format!("localhost:{}", listen.port());
    if own {
        return Ok(());
    }
    let name = if listen.is_ipv4() { listen.to_string() } else { format!("localhost:{}", listen.port()) };
    Err(ConfigError(format!(
        "{setting} is {listen}, but links to the repositories of `{host}` would not lead there: call the forge `{name}`"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages(host: &str, listen: &str) -> Result<Vec<String>, String> {
        let file = format!("forges: {{ \"{host}\": {{ kind: local, listen: \"{listen}\" }} }}");
        let config =
            Config::from_parts(Some(("site.yaml", &file)), &[]).map_err(|error| error.to_string())?;
        Ok(config.forge_pages().map(|(host, listen)| format!("{host} at {listen}")).collect())
    }

    fn github(settings: &str) -> Result<Config, String> {
        let file = format!("forges: {{ github.com: {{ kind: github, {settings} }} }}");
        Config::from_parts(Some(("site.yaml", &file)), &[]).map_err(|error| error.to_string())
    }

    #[test]
    fn a_github_needs_somebody_to_act_as() {
        assert!(github("app_id: \"1\", private_key: key").is_ok());
        assert!(github("token: ghp_x").is_ok());
        assert!(github("require_user_token: true").is_ok());
        for (settings, said) in [
            ("app_id: \"1\"", "no `private_key`"),
            ("private_key: key", "no `app_id`"),
            ("timeout_seconds: 5", "nobody to act as"),
        ] {
            let fault = github(settings).unwrap_err();
            assert!(fault.contains(said) && fault.contains("`forges.\"github.com\"`"), "{fault}");
        }
    }

    #[test]
    fn a_token_is_sent_in_clear_to_this_machine_alone() {
        for address in [
            "http://127.0.0.1:8080",
            "http://localhost:1/api/v3",
            "http://[::1]:9",
            "https://ghes.acme.io/api/v3",
        ] {
            assert!(github(&format!("token: t, api_url: \"{address}\"")).is_ok(), "{address}");
        }
        for address in [
            "http://ghes.acme.io/api/v3",
            "http://127.0.0.1.evil.example",
            "http://localhost.evil.example:80",
            "https://user@ghes.acme.io",
            "https://ghes.acme.io/?x",
            "ftp://ghes.acme.io",
            "ghes.acme.io",
            "https://",
        ] {
            assert!(github(&format!("token: t, api_url: \"{address}\"")).is_err(), "{address}");
            assert!(github(&format!("token: t, git_url: \"{address}\"")).is_err(), "{address}");
        }
    }

    #[test]
    fn addresses_follow_from_the_host() {
        let settings = GitHubForge::default();

        assert_eq!(settings.api_url("github.com"), "https://api.github.com");
        assert_eq!(settings.api_url("acme.ghe.com"), "https://api.acme.ghe.com");
        assert_eq!(settings.api_url("github.acme.io"), "https://github.acme.io/api/v3");
        assert_eq!(settings.git_url("github.acme.io"), "https://github.acme.io");
    }

    #[test]
    fn a_forge_is_shown_under_its_own_name_on_this_machine() {
        assert_eq!(pages("127.0.0.1:7009", "127.0.0.1:7009").unwrap(), ["127.0.0.1:7009 at 127.0.0.1:7009"]);
        assert_eq!(pages("localhost:7009", "127.0.0.1:7009").unwrap(), ["localhost:7009 at 127.0.0.1:7009"]);
        assert_eq!(pages("localhost:7009", "[::1]:7009").unwrap(), ["localhost:7009 at [::1]:7009"]);
    }

    #[test]
    fn a_forge_is_not_shown_to_others_and_under_no_other_name() {
        assert_eq!(
            pages("10.0.0.1:7009", "10.0.0.1:7009").unwrap_err(),
            "`forges.\"10.0.0.1:7009\".listen` is 10.0.0.1:7009, which others can reach, but the local forge knows no users: \
             write 127.0.0.1:7009"
        );
        assert_eq!(
            pages("git.acme.io", "127.0.0.1:7009").unwrap_err(),
            "`forges.\"git.acme.io\".listen` is 127.0.0.1:7009, but links to the repositories of `git.acme.io` would not \
             lead there: call the forge `127.0.0.1:7009`"
        );
        for (host, listen) in [
            ("127.0.0.1:7009", "127.0.0.1:7010"),
            ("127.0.0.1", "127.0.0.1:80"),
            ("[::1]:7009", "[::1]:7009"),
            ("127.0.0.1:0", "127.0.0.1:0"),
            ("127.0.0.1:7009", "0.0.0.0:7009"),
        ] {
            assert!(pages(host, listen).is_err(), "{host} {listen}");
        }
    }
}
