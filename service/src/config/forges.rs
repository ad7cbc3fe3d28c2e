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

/// Refuses addresses that forges cannot be shown at.
pub(super) fn check(config: &Config) -> Result<(), ConfigError> {
    config.forge_pages().try_for_each(|(host, listen)| check_page(host, listen))
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
