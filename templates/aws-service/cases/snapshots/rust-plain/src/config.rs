//! The configuration: read once at the start, from environment variables.

use anyhow::{Context, anyhow};

/// The port when `PORT` is not set.
pub const DEFAULT_PORT: u16 = 8080;

/// What can be set from outside.
#[derive(Debug, PartialEq, Eq)]
pub struct Config {
    /// The port to listen on; 0 takes a free one.
    pub port: u16,
}

impl Config {
    /// Reads the variables that `variable` knows by name.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> anyhow::Result<Self> {
        Ok(Self { port: number(&variable, "PORT", DEFAULT_PORT)? })
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// What has to be set.
    const COMPLETE: &[(&str, &str)] = &[];

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
}
