//! Which values of the form may be written into a repository.
//!
//! What the form itself kept secret is known by name (the task's secrets) and by shape (a text of asterisks).
//! A form can also hide what is typed without keeping it secret; that cannot be seen in the values, so a text
//! under a name that speaks of a secret is hidden as well. Too much hidden is a question asked again; too
//! little is a secret in a history.

use serde_json::{Map, Value};

const HIDDEN: &str = "***";

/// Parts of names, without separators and in lower case.
const TELLING: [&str; 8] =
    ["password", "passwd", "passphrase", "secret", "token", "apikey", "privatekey", "credential"];

/// The values without those of secrets, and with `***` for texts that look like one.
pub(super) fn public(parameters: &Value, secrets: &[String]) -> Value {
    match parameters {
        Value::Object(map) => {
            let kept = map.iter().filter(|(name, _)| !secrets.contains(name));
            let kept: Map<String, Value> = kept
                .map(|(name, value)| {
                    let hide = value.is_string() && speaks_of_a_secret(name);
                    (name.clone(), if hide { HIDDEN.into() } else { public(value, secrets) })
                })
                .collect();
            Value::Object(kept)
        }
        Value::Array(items) => items.iter().map(|item| public(item, secrets)).collect(),
        Value::String(text) if !text.is_empty() && text.chars().all(|c| c == '*') => HIDDEN.into(),
        other => other.clone(),
    }
}

fn speaks_of_a_secret(name: &str) -> bool {
    let bare: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    TELLING.iter().any(|part| bare.contains(part))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_of_secrets_are_left_out_and_what_looks_like_one_is_hidden() {
        let parameters = json!({
            "name": "demo",
            "registry": "********",
            "deployKey": "abc",
            "db": { "adminPassword": "hunter2", "api_key": "k", "size": 3, "tokens": ["a", "****"] },
            "stars": "",
        });

        let answers = public(&parameters, &["deployKey".to_owned()]);

        assert_eq!(
            answers,
            json!({
                "name": "demo",
                "registry": "***",
                "db": { "adminPassword": "***", "api_key": "***", "size": 3, "tokens": ["a", "***"] },
                "stars": "",
            })
        );
    }
}
