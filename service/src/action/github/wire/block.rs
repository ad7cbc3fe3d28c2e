//! The block of `github:actions:wire`, and the settings that it stands for.
//!
//! The order is that in which they are needed: what workflows may do, what they know, where they deploy to, and last
//! the rules that ask for their checks.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::action::github::people::{self, Person};
use crate::action::target::Target;
use crate::action::{ActionContext, ActionError, schema};
use crate::forge::{BranchPolicy, EnvironmentSetting, Ruleset, Setting, WorkflowPermissions};
use crate::secret::Secret;

/// By this name the ruleset is found again.
pub(super) const RULESET: &str = "stagecraft: required checks";

/// What the input says.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Block {
    variables: BTreeMap<String, String>,
    secrets: BTreeMap<String, Secret>,
    dependabot_secrets: BTreeMap<String, Secret>,
    environments: BTreeMap<String, Environment>,
    oidc: Option<Value>,
    workflows: Option<Workflows>,
    required_checks: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Environment {
    reviewers: Option<Vec<String>>,
    branches: Option<Branches>,
    tags: Vec<String>,
    variables: BTreeMap<String, String>,
    secrets: BTreeMap<String, Secret>,
    wait_timer: Option<u32>,
    prevent_self_review: Option<bool>,
}

/// `all`, `protected`, or patterns.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Branches {
    Word(String),
    Patterns(Vec<String>),
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Workflows {
    access: Option<String>,
    #[serde(flatten)]
    permissions: WorkflowPermissions,
}

/// One setting on its way.
pub(super) struct Part {
    /// Name of the journal entry.
    pub(super) key: String,
    /// What messages call it.
    pub(super) what: String,
    pub(super) setting: Setting,
}

impl Block {
    /// The settings, in order.
    pub(super) async fn parts(
        self,
        ctx: &mut ActionContext<'_>,
        target: &Target,
    ) -> Result<Vec<Part>, ActionError> {
        let mut parts = Vec::new();
        let mut add = |key: &str, what: &str, setting| {
            parts.push(Part { key: key.to_owned(), what: what.to_owned(), setting });
        };
        if let Some(Workflows { access, permissions }) = self.workflows {
            if permissions != WorkflowPermissions::default() {
                let setting = Setting::WorkflowPermissions(permissions);
                add("workflows", "the permissions of workflows", setting);
            }
            if let Some(access) = access {
                add("access", "the access of others to the workflows", Setting::WorkflowAccess(access));
            }
        }
        if let Some(oidc) = self.oidc {
            add("oidc", "the identity of workflows", Setting::OidcCustomization(oidc));
        }
        if !self.variables.is_empty() {
            add("variables", "the set of variables", Setting::Variables(self.variables));
        }
        if !self.secrets.is_empty() {
            add("secrets", "the set of secrets", Setting::Secrets(self.secrets));
        }
        if !self.dependabot_secrets.is_empty() {
            let setting = Setting::DependabotSecrets(self.dependabot_secrets);
            add("dependabotSecrets", "the set of Dependabot's secrets", setting);
        }
        for (name, environment) in self.environments {
            parts.push(environment.part(ctx, target, name).await?);
        }
        if !self.required_checks.is_empty() {
            let setting = Setting::Ruleset(required(&self.required_checks));
            let (key, what) = ("requiredChecks".to_owned(), "the set of required checks".to_owned());
            parts.push(Part { key, what, setting });
        }
        Ok(parts)
    }
}

impl Environment {
    async fn part(
        self,
        ctx: &mut ActionContext<'_>,
        target: &Target,
        name: String,
    ) -> Result<Part, ActionError> {
        let (branches, branch_patterns) = self.policy(&name)?;
        let reviewers = match &self.reviewers {
            Some(references) => {
                let found = people::resolve(ctx, &format!("environments/{name}"), target, references).await?;
                Some(found.into_iter().map(Person::into_reviewer).collect())
            }
            None => None,
        };
        let setting = Setting::Environment(EnvironmentSetting {
            name: name.clone(),
            branches,
            branch_patterns,
            tag_patterns: self.tags,
            variables: self.variables,
            secrets: self.secrets,
            wait_minutes: self.wait_timer,
            prevent_self_review: self.prevent_self_review,
            reviewers,
        });
        Ok(Part { key: format!("environment/{name}"), what: "an environment".to_owned(), setting })
    }

    /// Which branches may deploy, and their patterns.
    fn policy(&self, name: &str) -> Result<(Option<BranchPolicy>, Vec<String>), ActionError> {
        let has_tags = !self.tags.is_empty();
        match &self.branches {
            None => Ok((has_tags.then_some(BranchPolicy::Listed), Vec::new())),
            Some(Branches::Patterns(patterns)) => Ok((Some(BranchPolicy::Listed), patterns.clone())),
            Some(Branches::Word(word)) => {
                let policy = if word == "protected" { BranchPolicy::Protected } else { BranchPolicy::All };
                if has_tags {
                    return Err(ActionError::Input(format!(
                        "`environments.{name}`: `tags` stand beside a list of `branches`, not beside `{word}`"
                    )));
                }
                Ok((Some(policy), Vec::new()))
            }
        }
    }
}

/// The default branch takes only what these checks have passed.
fn required(checks: &[String]) -> Ruleset {
    let checks: Vec<Value> = checks.iter().map(|check| json!({ "context": check })).collect();
    Ruleset {
        name: RULESET.to_owned(),
        target: "branch".to_owned(),
        enforcement: "active".to_owned(),
        conditions: json!({ "ref_name": { "include": ["~DEFAULT_BRANCH"], "exclude": [] } }),
        rules: vec![json!({
            "type": "required_status_checks",
            "parameters": { "required_status_checks": checks, "strict_required_status_checks_policy": true },
        })],
        bypass_actors: Vec::new(),
    }
}

/// Schema properties of [`Block`].
pub(super) fn properties() -> Value {
    let by_name = |description: &str| json!({ "type": "object", "additionalProperties": { "type": "string" }, "description": description });
    let oidc = schema::object(
        json!({
            "useDefault": schema::flag("Take the usual subject; `includeClaimKeys` then has no place."),
            "includeClaimKeys": schema::texts("The claims that make up the subject."),
        }),
        &["useDefault"],
    );
    json!({
        "variables": by_name("Variables of the workflows."),
        "secrets": by_name("Secrets of the workflows; pass them from `secrets`."),
        "dependabotSecrets": by_name("Secrets of workflows that Dependabot starts; pass them from `secrets`."),
        "environments": {
            "type": "object", "additionalProperties": environment(),
            "description": "Environments by name."
        },
        "oidc": described(oidc, "What the identity of the workflows is made of."),
        "workflows": described(workflows(), "What workflows may do."),
        "requiredChecks": schema::texts(
            "Checks that must pass before anything is merged into the default branch; they are the ruleset `stagecraft: required checks`."
        ),
    })
}

fn environment() -> Value {
    let by_name = |description: &str| json!({ "type": "object", "additionalProperties": { "type": "string" }, "description": description });
    schema::object(
        json!({
            "reviewers": schema::texts(people::REFERENCES),
            "branches": {
                "anyOf": [{ "type": "string", "enum": ["all", "protected"] }, { "type": "array", "items": { "type": "string" } }],
                "description": "What may deploy: `all`, `protected`, or a list of patterns of branches."
            },
            "tags": schema::texts("Patterns of tags that may deploy, beside a list of branches."),
            "variables": by_name("Its variables."),
            "secrets": by_name("Its secrets; pass them from `secrets`."),
            "waitTimer": schema::number("Minutes that a deployment waits."),
            "preventSelfReview": schema::flag("Whoever started a deployment may not approve it."),
        }),
        &[],
    )
}

fn workflows() -> Value {
    schema::object(
        json!({
            "enabled": schema::flag("Whether they run at all."),
            "allowedActions": schema::word(&["all", "local_only", "selected"], "Which actions they may use."),
            "defaultPermission": schema::word(&["read", "write"], "What `GITHUB_TOKEN` may do by default."),
            "canApprovePullRequests": schema::flag("Whether they may approve pull requests."),
            "access": schema::word(&["none", "organization", "user"], "Which other repositories may use them."),
        }),
        &[],
    )
}

/// A schema with a description.
pub(super) fn described(mut schema: Value, description: &str) -> Value {
    if let Some(map) = schema.as_object_mut() {
        map.insert("description".to_owned(), description.into());
    }
    schema
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(value: Value) -> Result<(Option<BranchPolicy>, Vec<String>), ActionError> {
        serde_json::from_value::<Environment>(value).unwrap().policy("test")
    }

    #[test]
    fn branches_are_a_word_or_a_list() {
        assert_eq!(policy(json!({})).unwrap(), (None, vec![]));
        assert_eq!(policy(json!({ "branches": "all" })).unwrap().0, Some(BranchPolicy::All));
        assert_eq!(policy(json!({ "branches": "protected" })).unwrap().0, Some(BranchPolicy::Protected));
        assert_eq!(
            policy(json!({ "branches": ["main"], "tags": ["v*"] })).unwrap(),
            (Some(BranchPolicy::Listed), vec!["main".to_owned()])
        );
    }

    #[test]
    fn tags_have_no_place_beside_a_word() {
        assert!(matches!(policy(json!({ "branches": "all", "tags": ["v*"] })), Err(ActionError::Input(_))));
    }

    #[test]
    fn the_required_checks_are_one_ruleset_of_a_fixed_name() {
        let ruleset = required(&["ci".to_owned(), "lint".to_owned()]);

        assert_eq!(ruleset.name, "stagecraft: required checks");
        assert_eq!(
            ruleset.rules[0]["parameters"]["required_status_checks"],
            json!([{ "context": "ci" }, { "context": "lint" }])
        );
    }
}
