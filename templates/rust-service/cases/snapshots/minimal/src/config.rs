//! The configuration: read once at the start, from environment variables.

use std::env::{self, VarError};

use anyhow::{Context, bail};

/// The port when `PORT` is not set.
pub const DEFAULT_PORT: u16 = 8080;

/// What can be set from outside.
#[derive(Debug, PartialEq, Eq)]
pub struct Config {
    /// The port to listen on; 0 takes a free one.
    pub port: u16,
}

impl Config {
    /// Reads the environment of this process.
    pub fn from_env() -> anyhow::Result<Self> {
        match env::var("PORT") {
            Ok(port) => Self::parse(Some(&port)),
            Err(VarError::NotPresent) => Self::parse(None),
            Err(VarError::NotUnicode(_)) => bail!("`PORT` is not valid UTF-8"),
        }
    }

    fn parse(port: Option<&str>) -> anyhow::Result<Self> {
        let port = match port {
            None => DEFAULT_PORT,
            Some(text) => text.parse().with_context(|| {
                format!("`PORT` is {text:?}; set a port number, or unset it for {DEFAULT_PORT}")
            })?,
        };
        Ok(Self { port })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_has_a_default() {
        assert_eq!(Config::parse(None).unwrap(), Config { port: DEFAULT_PORT });
    }

    #[test]
    fn the_port_can_be_set() {
        assert_eq!(Config::parse(Some("4321")).unwrap(), Config { port: 4321 });
    }

    #[test]
    fn a_wrong_port_is_refused_by_name() {
        for wrong in ["", "http", "-1", "65536"] {
            let error = Config::parse(Some(wrong)).unwrap_err().to_string();

            assert!(error.contains("`PORT`") && error.contains(wrong), "{error}");
        }
    }
}
