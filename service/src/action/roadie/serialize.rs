//! `roadiehq:utils:serialize:json` and `…:yaml`: data as text.

use serde::Deserialize;
use serde_json::{Value, json};

use super::yaml::{self, Options};
use crate::action::roadie::json;
use crate::action::{Action, ActionContext, ActionError, Definition, Example, Kind, schema};

/// The action `roadiehq:utils:serialize:json`.
#[derive(Debug)]
pub(crate) struct SerializeJson;

/// What `serialize:json` takes.
#[derive(Debug, Deserialize)]
pub(crate) struct JsonInput {
    data: Value,
    replacer: Option<Vec<String>>,
    space: Option<String>,
}

const JSON_EXAMPLES: &[Example] = &[Example {
    description: "Write data as JSON, indented by two",
    example: "\
steps:
  - id: text
    name: Write the settings as JSON
    action: roadiehq:utils:serialize:json
    input:
      data:
        name: ${{ parameters.name }}
        ports: [80, 443]
      space: '  '
",
}];

impl Action for SerializeJson {
    type Input = JsonInput;

    fn definition(&self) -> Definition {
        Definition {
            id: "roadiehq:utils:serialize:json".into(),
            description: "Puts data out as a text of JSON.".into(),
            kind: Kind::Workspace,
            input: schema::closed(
                json!({
                    "data": schema::any_object("The data."),
                    "replacer": schema::texts("Names of the members to keep, at every depth. Default: all."),
                    "space": schema::text("What to indent with. Default: nothing, all in one line."),
                }),
                &["data"],
            ),
            output: Some(schema::closed(json!({ "serialized": schema::text("The text.") }), &[])),
            supports_dry_run: true,
            examples: JSON_EXAMPLES,
        }
    }

    async fn run(&self, ctx: &mut ActionContext<'_>, input: JsonInput) -> Result<(), ActionError> {
        let replacer = input.replacer.filter(|names| !names.is_empty());
        let data = json::ordered(input.data);
        ctx.output(
            "serialized",
            json::write(&data, replacer.as_deref(), input.space.as_deref().unwrap_or_default()),
        );
        Ok(())
    }
}

/// The action `roadiehq:utils:serialize:yaml`.
#[derive(Debug)]
pub(crate) struct SerializeYaml;

/// What `serialize:yaml` takes. `replacer` is taken and has no effect, as in Backstage.
#[derive(Debug, Deserialize)]
pub(crate) struct YamlInput {
    data: Value,
    options: Option<Options>,
}

const YAML_EXAMPLES: &[Example] = &[
    Example {
        description: "Write data as YAML",
        example: "\
steps:
  - id: text
    name: Write the settings as YAML
    action: roadiehq:utils:serialize:yaml
    input:
      data:
        name: ${{ parameters.name }}
        ports: [80, 443]
",
    },
    Example {
        description: "Write data as YAML with an indentation of four and single quotes",
        example: "\
steps:
  - id: text
    name: Write the settings as YAML
    action: roadiehq:utils:serialize:yaml
    input:
      data:
        server:
          listen: '8080'
      options:
        indent: 4
        singleQuote: true
",
    },
];

impl Action for SerializeYaml {
    type Input = YamlInput;

    fn definition(&self) -> Definition {
        Definition {
            id: "roadiehq:utils:serialize:yaml".into(),
            description: "Puts data out as a text of YAML.".into(),
            kind: Kind::Workspace,
            input: schema::closed(
                json!({
                    "data": schema::any_object("The data."),
                    "replacer": schema::texts("Has no effect; taken because Backstage takes it."),
                    "options": yaml::options_schema(),
                }),
                &["data"],
            ),
            output: Some(schema::closed(json!({ "serialized": schema::text("The text.") }), &[])),
            supports_dry_run: true,
            examples: YAML_EXAMPLES,
        }
    }

    async fn run(&self, ctx: &mut ActionContext<'_>, input: YamlInput) -> Result<(), ActionError> {
        let text = yaml::write(&json::ordered(input.data), &input.options.unwrap_or_default())?;
        ctx.output("serialized", text);
        Ok(())
    }
}
