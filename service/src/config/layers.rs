//! Laying settings over one another: defaults, file, environment.

use serde_yaml::{Mapping, Value};

use super::ConfigError;
use crate::words::did_you_mean;

/// Settings whose members are names of the site's own.
const OPEN_MAPS: &[&str] = &["forges", "tasks.environment.parameters", "tasks.environment.secrets"];
const ENV_PREFIX: &str = "STAGECRAFT_";

/// A text of settings and what to call it in messages.
pub(super) struct Layer<'a> {
    pub(super) name: &'a str,
    pub(super) text: &'a str,
}

impl Layer<'_> {
    pub(super) fn parse(&self) -> Result<Value, ConfigError> {
        let value: Value = serde_yaml::from_str(self.text).map_err(|error| {
            let place =
                error.location().map(|at| format!(":{}:{}", at.line(), at.column())).unwrap_or_default();
            ConfigError(format!("{}{place}: {error}", self.name))
        })?;
        match value {
            Value::Null => Ok(Value::Mapping(Mapping::new())),
            Value::Mapping(_) => Ok(value),
            _ => Err(ConfigError(format!("{}: settings are a map of `name: value` lines", self.name))),
        }
    }

    /// Lays `over` on `base`; a key that `base` does not have is refused.
    pub(super) fn lay(&self, base: &mut Value, over: Value) -> Result<(), ConfigError> {
        self.lay_at("", base, over)
    }

    fn lay_at(&self, path: &str, base: &mut Value, over: Value) -> Result<(), ConfigError> {
        let (Value::Mapping(known), Value::Mapping(members)) = (&mut *base, &over) else {
            *base = over;
            return Ok(());
        };
        for (key, value) in members {
            let name = key.as_str().unwrap_or_default();
            let path = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
            let open = path.rsplit_once('.').is_some_and(|(parent, _)| OPEN_MAPS.contains(&parent))
                || OPEN_MAPS.iter().any(|map| path.starts_with(&format!("{map}.")));
            match known.get_mut(key) {
                Some(slot) => self.lay_at(&path, slot, value.clone())?,
                None if open => {
                    known.insert(key.clone(), value.clone());
                }
                None => return Err(self.unknown(&path, name, known)),
            }
        }
        Ok(())
    }

    fn unknown(&self, path: &str, name: &str, known: &Mapping) -> ConfigError {
        let line =
            self.text.lines().position(|line| line.trim_start().trim_start_matches('"').starts_with(name));
        let place = line.map(|line| format!(":{}", line + 1)).unwrap_or_default();
        let hint = did_you_mean(name, known.keys().filter_map(Value::as_str));
        ConfigError(format!("{}{place}: `{path}` is not a setting{hint}", self.name))
    }
}

/// The settings in `STAGECRAFT_…` variables, one layer each: name and value as YAML.
pub(super) fn from_environment(variables: &[(String, String)]) -> Result<Vec<(String, Value)>, ConfigError> {
    let mut layers = Vec::new();
    for (name, text) in variables {
        let Some(path) = name.strip_prefix(ENV_PREFIX) else { continue };
        // A plain text that YAML would read otherwise (`a: b`, `*x`) is still a text.
        let mut value = serde_yaml::from_str(text).unwrap_or_else(|_| Value::String(text.clone()));
        if value.is_null() && !text.trim().eq_ignore_ascii_case("null") {
            value = Value::String(text.clone());
        }
        for part in path.to_ascii_lowercase().rsplit("__") {
            let mut map = Mapping::new();
            map.insert(Value::String(part.to_owned()), value);
            value = Value::Mapping(map);
        }
        layers.push((format!("environment variable {name}"), value));
    }
    Ok(layers)
}
