//! `github:custom-properties:set`: values of the organisation's custom properties.

use serde::Deserialize;
use serde_json::{Value, json};

use super::applying::apply;
use crate::action::target::Target;
use crate::action::{Action, ActionContext, ActionError, Definition, Example, Kind};
use crate::forge::Setting;
use crate::secret::Secret;

/// The action `github:custom-properties:set`.
#[derive(Debug)]
pub(crate) struct SetCustomProperties;

/// What it takes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Input {
    repo_url: String,
    token: Option<Secret>,
    properties: Value,
}

const EXAMPLES: &[Example] = &[Example {
    description: "Say which tier a service is of, and where it runs",
    example: "\
steps:
  - id: properties
    name: Set the custom properties
    action: github:custom-properties:set
    input:
      repoUrl: github.com?owner=acme&repo=demo
      properties:
        tier: gold
        regions:
          - eu
          - us
",
}];

impl Action for SetCustomProperties {
    type Input = Input;

    fn definition(&self) -> Definition {
        let value = json!({ "anyOf": [
            { "type": "string" }, { "type": "array", "items": { "type": "string" } }, { "type": "null" }
        ] });
        let own = json!({
            "properties": {
                "type": "object", "additionalProperties": value,
                "description": "Values by the names of the properties; `null` takes a value away. Others stay."
            },
        });
        Definition {
            id: "github:custom-properties:set".into(),
            description:
                "Sets values of the custom properties that an organisation has for its repositories.".into(),
            kind: Kind::Effect,
            input: super::input(own, &["properties"]),
            output: None,
            supports_dry_run: false,
            examples: EXAMPLES,
        }
    }

    async fn run(&self, ctx: &mut ActionContext<'_>, input: Input) -> Result<(), ActionError> {
        let target = Target::find(ctx, &input.repo_url, input.token).await?;
        let setting = Setting::CustomProperties(input.properties);
        apply(ctx, &target, "properties", "the set of custom properties", &setting).await?;
        Ok(())
    }
}
