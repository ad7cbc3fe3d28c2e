//! `github:environment:create`: a place to deploy to, with its rules, variables and secrets.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::json;

use super::applying::apply;
use super::people::{self, Person};
use crate::action::target::Target;
use crate::action::{Action, ActionContext, ActionError, Definition, Example, Kind, schema};
use crate::forge::{BranchPolicy, EnvironmentSetting, Setting};
use crate::secret::Secret;

/// The action `github:environment:create`.
#[derive(Debug)]
pub(crate) struct CreateEnvironment;

/// What it takes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Input {
    repo_url: String,
    token: Option<Secret>,
    name: String,
    deployment_branch_policy: Option<Policy>,
    custom_branch_policy_names: Option<Vec<String>>,
    custom_tag_policy_names: Option<Vec<String>>,
    environment_variables: Option<BTreeMap<String, String>>,
    secrets: Option<BTreeMap<String, Secret>>,
    wait_timer: Option<u32>,
    prevent_self_review: Option<bool>,
    reviewers: Option<Vec<String>>,
}

/// Which branches may deploy, in GitHub's words.
#[derive(Clone, Copy, Debug, Deserialize)]
struct Policy {
    protected_branches: bool,
    custom_branch_policies: bool,
}

const EXAMPLES: &[Example] = &[
    Example {
        description: "Make an environment with a variable and a secret",
        example: "\
steps:
  - id: environment
    name: Make the environment
    action: github:environment:create
    input:
      repoUrl: github.com?owner=acme&repo=demo
      name: test
      environmentVariables:
        REGION: eu-central-1
      secrets:
        DEPLOY_KEY: ${{ secrets.DEPLOY_KEY }}
",
    },
    Example {
        description: "Deploy releases alone, after half an hour and an approval",
        example: "\
steps:
  - id: environment
    name: Make the environment
    action: github:environment:create
    input:
      repoUrl: github.com?owner=acme&repo=demo
      name: production
      deploymentBranchPolicy:
        protected_branches: false
        custom_branch_policies: true
      customBranchPolicyNames:
        - main
        - release/*
      customTagPolicyNames:
        - v*
      waitTimer: 30
      preventSelfReview: true
      reviewers:
        - group:default/platform
        - user:default/jane
",
    },
];

impl Action for CreateEnvironment {
    type Input = Input;

    fn definition(&self) -> Definition {
        Definition {
            id: "github:environment:create".into(),
            description: "Makes an environment for deployments, or brings one to what is wanted.".into(),
            kind: Kind::Effect,
            input: super::input(properties(), &["name"]),
            output: None,
            supports_dry_run: false,
            examples: EXAMPLES,
        }
    }

    async fn run(&self, ctx: &mut ActionContext<'_>, input: Input) -> Result<(), ActionError> {
        let branches = input.branches()?;
        let target = Target::find(ctx, &input.repo_url, input.token.clone()).await?;
        let reviewers = match &input.reviewers {
            Some(references) => {
                let found = people::resolve(ctx, "reviewers", &target, references).await?;
                Some(found.into_iter().map(Person::into_reviewer).collect())
            }
            None => None,
        };
        let environment = EnvironmentSetting {
            name: input.name,
            branches,
            branch_patterns: input.custom_branch_policy_names.unwrap_or_default(),
            tag_patterns: input.custom_tag_policy_names.unwrap_or_default(),
            variables: input.environment_variables.unwrap_or_default(),
            secrets: input.secrets.unwrap_or_default(),
            wait_minutes: input.wait_timer,
            prevent_self_review: input.prevent_self_review,
            reviewers,
        };
        apply(ctx, &target, "environment", "the environment", &Setting::Environment(environment)).await?;
        Ok(())
    }
}

impl Input {
    fn branches(&self) -> Result<Option<BranchPolicy>, ActionError> {
        let some = |names: &Option<Vec<String>>| names.as_ref().is_some_and(|names| !names.is_empty());
        let has_names = some(&self.custom_branch_policy_names) || some(&self.custom_tag_policy_names);
        let policy = self
            .deployment_branch_policy
            .map(|policy| (policy.protected_branches, policy.custom_branch_policies));
        match policy {
            None => Ok(has_names.then_some(BranchPolicy::Listed)),
            Some((false, true)) => Ok(Some(BranchPolicy::Listed)),
            Some((true, false)) if !has_names => Ok(Some(BranchPolicy::Protected)),
            Some((true, false)) => Err(ActionError::Input(
                "`deploymentBranchPolicy` asks for protected branches, so the names of branches and tags have no \
                 place; set `custom_branch_policies: true` and `protected_branches: false`, or take the names out"
                    .to_owned(),
            )),
            Some(_) => Err(ActionError::Input(
                "of `protected_branches` and `custom_branch_policies` exactly one has to be true; leave \
                 `deploymentBranchPolicy` out to let every branch deploy"
                    .to_owned(),
            )),
        }
    }
}

fn properties() -> serde_json::Value {
    let policy = schema::object(
        json!({
            "protected_branches": schema::flag("Branches with protection."),
            "custom_branch_policies": schema::flag("Branches and tags that match a name."),
        }),
        &["protected_branches", "custom_branch_policies"],
    );
    let by_name = |description: &str| json!({ "type": "object", "additionalProperties": { "type": "string" }, "description": description });
    json!({
        "name": schema::text("Name of the environment."),
        "deploymentBranchPolicy": described(policy, "What may deploy; exactly one is true. Default: every branch."),
        "customBranchPolicyNames": schema::texts("Patterns of branches that may deploy."),
        "customTagPolicyNames": schema::texts("Patterns of tags that may deploy."),
        "environmentVariables": by_name("Variables of the environment."),
        "secrets": by_name("Secrets of the environment; pass them from `secrets`."),
        "waitTimer": schema::number("Minutes that a deployment waits."),
        "preventSelfReview": schema::flag("Whoever started a deployment may not approve it."),
        "reviewers": schema::texts(people::REFERENCES),
    })
}

fn described(mut schema: serde_json::Value, description: &str) -> serde_json::Value {
    if let Some(map) = schema.as_object_mut() {
        map.insert("description".to_owned(), description.into());
    }
    schema
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn branches(input: Value) -> Result<Option<BranchPolicy>, ActionError> {
        let mut all = json!({ "repoUrl": "x", "name": "x" });
        all.as_object_mut().unwrap().extend(input.as_object().cloned().unwrap());
        serde_json::from_value::<Input>(all).unwrap().branches()
    }

    fn policy(protected: bool, custom: bool) -> Value {
        json!({ "deploymentBranchPolicy": { "protected_branches": protected, "custom_branch_policies": custom } })
    }

    #[test]
    fn names_alone_list_what_may_deploy() {
        assert_eq!(branches(json!({})).unwrap(), None);
        assert_eq!(branches(json!({ "customTagPolicyNames": ["v*"] })).unwrap(), Some(BranchPolicy::Listed));
    }

    #[test]
    fn a_policy_that_contradicts_itself_is_refused() {
        assert_eq!(branches(policy(true, false)).unwrap(), Some(BranchPolicy::Protected));
        assert_eq!(branches(policy(false, true)).unwrap(), Some(BranchPolicy::Listed));
        assert!(matches!(branches(policy(true, true)), Err(ActionError::Input(_))));
        assert!(matches!(branches(policy(false, false)), Err(ActionError::Input(_))));
    }
}
