//! The configuration: read once at the start, from environment variables.

use anyhow::{Context, anyhow};

use crate::database;

/// The port when `PORT` is not set.
pub const DEFAULT_PORT: u16 = 8080;

/// What can be set from outside.
#[derive(Debug, PartialEq, Eq)]
pub struct Config {
    /// The port to listen on; 0 takes a free one.
    pub port: u16,
    /// Where the database is.
    pub database: database::Settings,
}

impl Config {
    /// Reads the variables that `variable` knows by name.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> anyhow::Result<Self> {
        Ok(Self {
            port: number(&variable, "PORT", DEFAULT_PORT)?,
            database: database::Settings {
                host: text(&variable, "DATABASE_HOST")?,
                port: number(&variable, "DATABASE_PORT", 5432)?,
                name: text(&variable, "DATABASE_NAME")?,
                user: text(&variable, "DATABASE_USER")?,
                password_file: text(&variable, "DATABASE_PASSWORD_FILE")?.into(),
                tls: tls(&variable)?,
            },
        })
    }
}

fn text(variable: impl Fn(&str) -> Option<String>, name: &str) -> anyhow::Result<String> {
    variable(name)
        .filter(|text| !text.is_empty())
        .ok_or_else(|| anyhow!("`{name}` is not set; docs/index.md says what it means"))
}

fn number(
    variable: impl Fn(&str) -> Option<String>,
    name: &str,
    default: u16,
) -> anyhow::Result<u16> {
    match variable(name) {
        None => Ok(default),
        Some(text) => text
            .parse()
            .with_context(|| format!("`{name}` is {text:?}; set a port, or unset it for {default}"))
            .map_err(|error| anyhow!("{error:#}")),
    }
}

fn tls(variable: impl Fn(&str) -> Option<String>) -> anyhow::Result<database::Tls> {
    match variable("DATABASE_SSLMODE").as_deref() {
        None | Some("verify-full") => {
            let ca_file = text(&variable, "DATABASE_CA_FILE")?.into();
            Ok(database::Tls::Verified { ca_file })
        }
        Some("disable") => Ok(database::Tls::Disabled),
        Some(other) => {
            Err(anyhow!("`DATABASE_SSLMODE` is {other:?}; set `verify-full` or `disable`"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What has to be set.
    const COMPLETE: &[(&str, &str)] = &[
        ("DATABASE_HOST", "db.example.com"),
        ("DATABASE_NAME", "orders"),
        ("DATABASE_USER", "orders"),
        ("DATABASE_PASSWORD_FILE", "/run/secrets/password"),
        ("DATABASE_CA_FILE", "/etc/ssl/ca.pem"),
    ];

    /// The complete configuration, but for one variable.
    fn read_with(name: &str, value: Option<&str>) -> anyhow::Result<Config> {
        Config::read(|asked| {
            if asked == name {
                return value.map(str::to_owned);
            }
            let (_, value) = COMPLETE.iter().find(|(known, _)| *known == asked)?;
            Some((*value).to_owned())
        })
    }

    #[test]
    fn the_port_has_a_default_and_can_be_set() {
        assert_eq!(read_with("PORT", None).unwrap().port, DEFAULT_PORT);
        assert_eq!(read_with("PORT", Some("4321")).unwrap().port, 4321);
    }

    #[test]
    fn a_wrong_port_is_refused_by_name() {
        for wrong in ["", "http", "-1", "65536"] {
            let error = read_with("PORT", Some(wrong)).unwrap_err().to_string();

            assert!(error.contains("`PORT`") && error.contains(wrong), "{error}");
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        for (name, _) in COMPLETE {
            for missing in [None, Some("")] {
                let error = read_with(name, missing).unwrap_err().to_string();

                assert!(error.contains(&format!("`{name}`")), "{error}");
            }
        }
    }

    #[test]
    fn connections_are_encrypted_and_verified_unless_said_otherwise() {
        let verified = database::Tls::Verified { ca_file: "/etc/ssl/ca.pem".into() };

        assert_eq!(read_with("DATABASE_SSLMODE", None).unwrap().database.tls, verified);
        let disabled = read_with("DATABASE_SSLMODE", Some("disable")).unwrap();
        assert_eq!(disabled.database.tls, database::Tls::Disabled);
        let error = read_with("DATABASE_SSLMODE", Some("prefer")).unwrap_err().to_string();
        assert!(error.contains("prefer"), "{error}");
    }
}
