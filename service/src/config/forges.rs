//! `forges`: which forge serves which host, and where it is shown.
//!
//! It checks what an address may be, and binds nothing. The invariant: a forge that is shown is shown to this
//! machine alone, under the name that its repositories' links have.

use std::net::SocketAddr;

use serde::Deserialize;

use super::{Config, ConfigError};

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
}

impl Config {
    /// The forges that are shown as web pages, and where.
    pub fn forge_pages(&self) -> impl Iterator<Item = (&str, SocketAddr)> {
        self.forges.iter().filter_map(|(host, kind)| match kind {
            ForgeKind::Local { listen } => listen.map(|listen| (host.as_str(), listen)),
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
