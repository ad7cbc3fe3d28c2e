//! Rules for names that every forge here keeps as GitHub does.
//!
//! It changes nothing but a name's letter case. The invariant: what passes is a name that GitHub takes, in the form in
//! which GitHub keeps it.

use std::collections::BTreeMap;

use super::ForgeError;

/// GitHub's limits for topics.
const MAX_TOPICS: usize = 20;
const MAX_TOPIC: usize = 50;

/// Topics in lower case, each once, by GitHub's rules.
pub(super) fn topics(topics: &[String]) -> Result<Vec<String>, ForgeError> {
    let mut checked: Vec<String> = Vec::with_capacity(topics.len());
    for topic in topics {
        let topic = topic.trim().to_lowercase();
        let is_good = !topic.is_empty()
            && topic.len() <= MAX_TOPIC
            && !topic.starts_with('-')
            && topic.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !is_good {
            return Err(ForgeError::Invalid(format!(
                "`{}` cannot be a topic: up to 50 letters, digits and `-` are allowed, no `-` in front",
                topic.escape_debug()
            )));
        }
        if !checked.contains(&topic) {
            checked.push(topic);
        }
    }
    if checked.len() > MAX_TOPICS {
        return Err(ForgeError::Invalid(format!("{} topics are too many; 20 are allowed", checked.len())));
    }
    Ok(checked)
}

/// Values by the names of variables or secrets as GitHub keeps them: in capitals. `what` is one of them.
pub(super) fn by_name<'v, V>(
    what: &str,
    values: &'v BTreeMap<String, V>,
) -> Result<BTreeMap<String, &'v V>, ForgeError> {
    let mut checked = BTreeMap::new();
    for (name, value) in values {
        let upper = in_capitals(what, name)?;
        if checked.insert(upper.clone(), value).is_some() {
            return Err(ForgeError::Invalid(format!(
                "the {what} `{upper}` is given twice: letter case does not count in its name"
            )));
        }
    }
    Ok(checked)
}

fn in_capitals(what: &str, name: &str) -> Result<String, ForgeError> {
    let upper = name.to_ascii_uppercase();
    let is_good = !upper.is_empty()
        && upper.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        && !upper.starts_with(|c: char| c.is_ascii_digit())
        && !upper.starts_with("GITHUB_");
    if is_good {
        return Ok(upper);
    }
    Err(ForgeError::Invalid(format!(
        "`{}` cannot be the name of a {what}: letters, digits and `_` are allowed, no digit and no `GITHUB_` in front",
        name.chars().take(80).collect::<String>().escape_debug()
    )))
}

/// One of the words that are allowed.
pub(super) fn word(what: &str, given: &str, allowed: &[&str]) -> Result<(), ForgeError> {
    if allowed.contains(&given) {
        return Ok(());
    }
    let allowed: Vec<String> = allowed.iter().map(|word| format!("`{word}`")).collect();
    Err(ForgeError::Invalid(format!(
        "`{}` is no {what}; use one of {}",
        given.chars().take(80).collect::<String>().escape_debug(),
        allowed.join(", ")
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_given_in_two_letter_cases_is_refused() {
        let values = BTreeMap::from([("region".to_owned(), 1), ("REGION".to_owned(), 2)]);

        let error = by_name("variable", &values).unwrap_err();

        assert!(error.to_string().contains("`REGION` is given twice"), "{error}");
    }

    #[test]
    fn a_word_that_is_not_allowed_is_told_with_those_that_are() {
        let error = word("level of access", "everyone", &["none", "user"]).unwrap_err();

        assert_eq!(error.to_string(), "`everyone` is no level of access; use one of `none`, `user`");
    }
}
