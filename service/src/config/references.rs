//! Secrets that stand elsewhere: `{ env: NAME }` and `{ file: path }`.
//!
//! It puts the text in place of the reference, where one is allowed, and knows no setting but by its path.

use serde_yaml::Value;

use super::ConfigError;

/// Settings that may be written `{ env: NAME }` or `{ file: path }`.
const SECRETS: &[&str] = &[
    "database.url",
    "secrets.key",
    "auth.tokens[].token",
    "git.credentials[].token",
    "backstage.token",
    "tasks.environment.secrets.*",
];

/// The same for `forges.<host>.…`.
const SECRETS_OF_FORGES: &[&str] = &["private_key", "webhook_secret", "former_webhook_secrets[]", "token"];

/// Puts the text of the variable or file in place of each reference to one.
pub(super) fn resolve(
    path: &str,
    value: &mut Value,
    environment: &[(String, String)],
) -> Result<(), ConfigError> {
    if is_secret(path) {
        return resolve_secret(path, value, environment);
    }
    match value {
        Value::Mapping(members) => members.iter_mut().try_for_each(|(key, member)| {
            let key = key.as_str().unwrap_or_default();
            let path = if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
            resolve(&path, member, environment)
        }),
        Value::Sequence(items) => {
            items.iter_mut().try_for_each(|item| resolve(&format!("{path}[]"), item, environment))
        }
        _ => Ok(()),
    }
}

fn is_secret(path: &str) -> bool {
    let (parent, name) = path.rsplit_once('.').unwrap_or_default();
    SECRETS.contains(&path)
        || SECRETS.contains(&format!("{parent}.*").as_str())
        // A host has dots in its name.
        || (parent.starts_with("forges.") && SECRETS_OF_FORGES.contains(&name))
}

fn resolve_secret(
    path: &str,
    value: &mut Value,
    environment: &[(String, String)],
) -> Result<(), ConfigError> {
    let text = match &*value {
        Value::Mapping(members) => match (members.len(), members.get("env"), members.get("file")) {
            (1, Some(Value::String(name)), _) => environment
                .iter()
                .find(|(candidate, _)| candidate == name)
                .map(|(_, text)| text.clone())
                .ok_or_else(|| {
                    ConfigError(format!("`{path}` is to come from the variable `{name}`, which is not set"))
                })?,
            (1, _, Some(Value::String(file))) => std::fs::read_to_string(file).map_err(|error| {
                ConfigError(format!("`{path}` is to come from the file `{file}`: {error}"))
            })?,
            _ => {
                return Err(ConfigError(format!(
                    "`{path}` is a text, `{{ env: NAME }}` or `{{ file: path }}`"
                )));
            }
        },
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return Err(ConfigError(format!("`{path}` is a text, `{{ env: NAME }}` or `{{ file: path }}`"))),
    };
    *value = Value::String(text.trim().to_owned());
    Ok(())
}
