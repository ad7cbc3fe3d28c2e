//! `github:dependabot:secrets`: what Dependabot may know.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::json;

use super::applying::apply;
use crate::action::target::Target;
use crate::action::{Action, ActionContext, ActionError, Definition, Example, Kind};
use crate::forge::Setting;
use crate::secret::Secret;

/// The action `github:dependabot:secrets`.
#[derive(Debug)]
pub(crate) struct DependabotSecrets;

/// What it takes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Input {
    repo_url: String,
    token: Option<Secret>,
    secrets: BTreeMap<String, Secret>,
}

const EXAMPLES: &[Example] = &[Example {
    description: "Let Dependabot read a private registry",
    example: "\
steps:
  - id: dependabot
    name: Let Dependabot read the registry
    action: github:dependabot:secrets
    input:
      repoUrl: github.com?owner=acme&repo=demo
      secrets:
        REGISTRY_TOKEN: ${{ secrets.REGISTRY_TOKEN }}
",
}];

impl Action for DependabotSecrets {
    type Input = Input;

    fn definition(&self) -> Definition {
        let own = json!({
            "secrets": {
                "type": "object", "additionalProperties": { "type": "string" },
                "description": "Values by name; pass them from `secrets`."
            },
        });
        Definition {
            id: "github:dependabot:secrets".into(),
            description:
                "Sets secrets of Dependabot. Workflows that Dependabot starts see these and no others.".into(),
            kind: Kind::Effect,
            input: super::input(own, &["secrets"]),
            output: None,
            supports_dry_run: false,
            examples: EXAMPLES,
        }
    }

    async fn run(&self, ctx: &mut ActionContext<'_>, input: Input) -> Result<(), ActionError> {
        let target = Target::find(ctx, &input.repo_url, input.token).await?;
        let setting = Setting::DependabotSecrets(input.secrets);
        apply(ctx, &target, "secrets", "the set of Dependabot's secrets", &setting).await?;
        Ok(())
    }
}
