//! `roadiehq:utils:jsonata:json:transform` and `…:yaml:transform`: a JSONata expression over the data of a file.
//!
//! The file stays as it is; the result is an output, as text or as data.

use serde::Deserialize;
use serde_json::{Value, json};

use super::files::file;
use super::json;
use super::transform::evaluated;
use super::yaml::{self, Options};
use crate::action::{Action, ActionContext, ActionError, Definition, Example, Kind, schema};

/// The form of the result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Form {
    #[default]
    String,
    Object,
}

fn form_schema() -> Value {
    json!({
        "type": "string",
        "enum": ["string", "object"],
        "default": "string",
        "description": "The form of the result: its text, or its data."
    })
}

/// The action `roadiehq:utils:jsonata:json:transform`.
#[derive(Debug)]
pub(crate) struct TransformJson;

/// What the action on JSON files takes.
#[derive(Debug, Deserialize)]
pub(crate) struct JsonInput {
    path: String,
    expression: String,
    replacer: Option<Vec<String>>,
    space: Option<String>,
    #[serde(default, rename = "as")]
    form: Form,
}

const JSON_EXAMPLES: &[Example] = &[
    Example {
        description: "Change a value and put the text out",
        example: "\
steps:
  - id: package
    name: Name the package
    action: roadiehq:utils:jsonata:json:transform
    input:
      path: package.json
      expression: '$merge([$, { \"name\": \"${{ parameters.name }}\" }])'
      space: '  '
",
    },
    Example {
        description: "Put a part of the data out",
        example: "\
steps:
  - id: dependencies
    name: List the dependencies
    action: roadiehq:utils:jsonata:json:transform
    input:
      path: package.json
      expression: '{ \"names\": $keys(dependencies) }'
      as: object
",
    },
];

impl Action for TransformJson {
    type Input = JsonInput;

    fn definition(&self) -> Definition {
        Definition {
            id: "roadiehq:utils:jsonata:json:transform".into(),
            description:
                "Evaluates a JSONata expression over the data of a JSON file of the workspace and puts the \
                          result out. The file stays as it is."
                    .into(),
            kind: Kind::Workspace,
            input: schema::closed(
                json!({
                    "path": schema::text("The JSON file."),
                    "expression": schema::text("The JSONata expression."),
                    "replacer": schema::texts("Names of the members to keep in the text, at every depth. Default: all."),
                    "space": schema::text("What to indent the text with. Default: nothing, all in one line."),
                    "as": form_schema(),
                }),
                &["path", "expression"],
            ),
            output: Some(schema::closed(
                json!({ "result": {
                    "anyOf": [{ "type": "string" }, { "type": "object", "additionalProperties": {} }],
                    "description": "What the expression gives."
                } }),
                &["result"],
            )),
            supports_dry_run: true,
            examples: JSON_EXAMPLES,
        }
    }

    async fn run(&self, ctx: &mut ActionContext<'_>, input: JsonInput) -> Result<(), ActionError> {
        let found = file(ctx.workspace, &input.path)?;
        let data = json::parse(&format!("`{}`", found.path), &found.text)?;
        let Some(result) = evaluated(ctx, input.expression, Some(data)).await? else { return Ok(()) };
        let result = match input.form {
            Form::Object => result,
            Form::String => {
                let space = input.space.unwrap_or_default();
                json::write(&result, input.replacer.as_deref(), &space).into()
            }
        };
        ctx.output("result", result);
        Ok(())
    }
}

/// The action `roadiehq:utils:jsonata:yaml:transform`.
#[derive(Debug)]
pub(crate) struct TransformYaml;

/// What the action on YAML files takes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct YamlInput {
    path: String,
    expression: String,
    options: Option<Options>,
    load_all: Option<bool>,
    #[serde(default, rename = "as")]
    form: Form,
}

const YAML_EXAMPLES: &[Example] = &[
    Example {
        description: "Add an annotation and put the text out",
        example: "\
steps:
  - id: entity
    name: Note the team
    action: roadiehq:utils:jsonata:yaml:transform
    input:
      path: catalog-info.yaml
      expression: '$ ~> | metadata | { \"annotations\": { \"acme.com/team\": \"${{ parameters.team }}\" } } |'
",
    },
    Example {
        description: "Read the names of all documents",
        example: "\
steps:
  - id: names
    name: Name the manifests
    action: roadiehq:utils:jsonata:yaml:transform
    input:
      path: manifests.yaml
      expression: '{ \"names\": metadata.name }'
      loadAll: true
      as: object
",
    },
];

impl Action for TransformYaml {
    type Input = YamlInput;

    fn definition(&self) -> Definition {
        Definition {
            id: "roadiehq:utils:jsonata:yaml:transform".into(),
            description:
                "Evaluates a JSONata expression over the data of a YAML file of the workspace and puts the \
                          result out. The file stays as it is."
                    .into(),
            kind: Kind::Workspace,
            input: schema::closed(
                json!({
                    "path": schema::text("The YAML file."),
                    "expression": schema::text("The JSONata expression."),
                    "options": yaml::options_schema(),
                    "loadAll": schema::flag(
                        "Evaluate over the list of all documents. Default: false, and the file has one document."
                    ),
                    "as": form_schema(),
                }),
                &["path", "expression"],
            ),
            output: Some(schema::closed(
                json!({ "result": {
                    "type": "object",
                    "additionalProperties":
                        { "anyOf": [{ "type": "string" }, { "type": "object", "additionalProperties": {} }] },
                    "description": "What the expression gives."
                } }),
                &["result"],
            )),
            supports_dry_run: true,
            examples: YAML_EXAMPLES,
        }
    }

    async fn run(&self, ctx: &mut ActionContext<'_>, input: YamlInput) -> Result<(), ActionError> {
        let found = file(ctx.workspace, &input.path)?;
        let name = format!("`{}`", found.path);
        let data = match input.load_all {
            Some(true) => Value::Array(yaml::read_all(&name, &found.text)?),
            _ => yaml::read(&name, &found.text)?,
        };
        let Some(result) = evaluated(ctx, input.expression, Some(data)).await? else { return Ok(()) };
        let result = match input.form {
            Form::Object => result,
            Form::String => yaml::write(&result, &input.options.unwrap_or_default())?.into(),
        };
        ctx.output("result", result);
        Ok(())
    }
}
