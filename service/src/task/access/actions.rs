//! Which steps may run: rules about actions, held to the input that the action really gets.
//!
//! What is compared is what counts where the action runs, not how it was written: the repository that `repoUrl`
//! names, and the schema's default where nothing was given. The invariant: an input that means what a rule names
//! is never taken for another because it is spelt otherwise.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::path;
use crate::action::Definition;
use crate::backstage::permission::{ActionRule, Criteria, Decision, Property};
use crate::forge::RepoSlug;

/// Parts of an action's id that say that it works on a host of repositories.
const HOSTS: [&str; 5] = ["github", "gitlab", "bitbucket", "bitbucketCloud", "bitbucketServer"];
/// Inputs of such actions that these hosts read without letter case.
const WITHOUT_CASE: [&str; 4] = ["owner", "repoName", "projectId", "repoUrl"];

/// What the initiator of a run may have run.
#[derive(Clone, Debug)]
pub(in crate::task) struct ActionAccess(Decision<ActionRule>);

/// One pass over an action.
struct Call<'c> {
    action: &'c str,
    schema: &'c Value,
    input: &'c Value,
}

impl ActionAccess {
    pub(super) fn new(decision: Decision<ActionRule>) -> Self {
        Self(decision)
    }

    /// For runs about which nobody is asked.
    pub(in crate::task) fn everything() -> Self {
        Self(Decision::Allow)
    }

    /// For runs that are to do nothing any more.
    pub(in crate::task) fn nothing() -> Self {
        Self(Decision::Deny)
    }

    /// Whether the action may run with this rendered input.
    pub(in crate::task) fn allows(&self, action: &Definition, input: &Value) -> bool {
        let call = Call { action: &action.id, schema: &action.input, input };
        if !self.0.allows(|rule| call.fits(rule)) {
            return false;
        }
        let Decision::When(criteria) = &self.0 else { return true };
        // A number in place of a group's path may be the number of any group that a rule names.
        let numbered = call.has_segment("group") && input.get("path").is_some_and(is_number);
        !numbered
            || paths_of(criteria).into_iter().all(|path| {
                let mut named = input.clone();
                if let Some(members) = named.as_object_mut() {
                    members.insert("path".to_owned(), json!(path));
                }
                criteria.holds(&|rule| Call { input: &named, ..call }.fits(rule))
            })
    }
}

impl Call<'_> {
    fn fits(&self, rule: &ActionRule) -> bool {
        match rule {
            ActionRule::HasId(id) => self.action == id,
            ActionRule::Has { key, property } => match property {
                Property::Text(None) => self.given(key).is_some_and(|found| found.is_string()),
                Property::Number(None) => self.given(key).is_some_and(|found| found.is_number()),
                Property::Boolean(None) => self.given(key).is_some_and(|found| found.is_boolean()),
                Property::Text(Some(value)) => self.counting(key).is_some_and(|found| {
                    found.as_str().is_some_and(|found| self.same_text(key, value, found))
                }),
                Property::Number(Some(value)) => self
                    .counting(key)
                    .is_some_and(|found| found.is_number() && found.as_f64() == value.as_f64()),
                Property::Boolean(Some(value)) => {
                    self.counting(key).is_some_and(|found| found.as_bool() == Some(*value))
                }
            },
        }
    }

    /// What was given under a key.
    fn given(&self, key: &str) -> Option<Cow<'_, Value>> {
        path::find(self.input, key)
    }

    /// What counts under a key: what was given, else what the action takes in its place.
    fn counting(&self, key: &str) -> Option<Cow<'_, Value>> {
        self.given(key).or_else(|| default_of(self.schema, &path::keys(key)).map(Cow::Borrowed))
    }

    fn same_text(&self, key: &str, wanted: &str, found: &str) -> bool {
        if wanted == found {
            return true;
        }
        let name = path::keys(key).join(".");
        let on_a_host = HOSTS.iter().any(|host| self.has_segment(host));
        let without_case =
            WITHOUT_CASE.contains(&name.as_str()) || (self.has_segment("group") && name == "path");
        if !(on_a_host && without_case) {
            return false;
        }
        if name == "repoUrl" && self.has_segment("github") {
            // Read as the action reads it: order, case, spaces and further parameters make no other repository.
            let slug = |text: &str| RepoSlug::parse_repo_url(text).ok();
            if let (Some(wanted), Some(found)) = (slug(wanted), slug(found)) {
                return wanted.is_same(&found);
            }
        }
        wanted.to_lowercase() == found.to_lowercase()
    }

    fn has_segment(&self, wanted: &str) -> bool {
        self.action.split(':').any(|segment| segment == wanted)
    }
}

/// What a schema says is taken where nothing is given.
fn default_of<'s>(schema: &'s Value, keys: &[String]) -> Option<&'s Value> {
    let (key, rest) = keys.split_first()?;
    let property = schema.get("properties")?.get(key)?;
    match (property.get("default"), rest) {
        (default, []) => default,
        (Some(default), rest) => rest.iter().try_fold(default, |value, key| value.get(key)),
        (None, rest) => default_of(property, rest),
    }
}

fn is_number(value: &Value) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    value.is_number() || value.as_str().is_some_and(digits)
}

/// The texts that rules want `path` to be.
fn paths_of(criteria: &Criteria<ActionRule>) -> Vec<&str> {
    let rules = criteria.rules().into_iter();
    rules
        .filter_map(|rule| match rule {
            ActionRule::Has { key, property: Property::Text(Some(text)) } => {
                (path::keys(key).join(".") == "path").then_some(text.as_str())
            }
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests;
