//! `roadiehq:utils:fs:parse`: what a file holds, as text or as data.

use serde::Deserialize;
use serde_json::{Value, json};

use super::file;
use crate::action::roadie::{json, yaml};
use crate::action::{Action, ActionContext, ActionError, Definition, Example, Kind, schema};

/// The action `roadiehq:utils:fs:parse`.
#[derive(Debug)]
pub(crate) struct Parse;

/// What it takes.
#[derive(Debug, Deserialize)]
pub(crate) struct Input {
    path: String,
    parser: Option<Parser>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Parser {
    Yaml,
    Json,
    MultiYaml,
}

const EXAMPLES: &[Example] = &[
    Example {
        description: "Read a file as text",
        example: "\
steps:
  - id: version
    name: Read the version
    action: roadiehq:utils:fs:parse
    input:
      path: VERSION
",
    },
    Example {
        description: "Read the data of a YAML file",
        example: "\
steps:
  - id: chart
    name: Read the chart
    action: roadiehq:utils:fs:parse
    input:
      path: chart/Chart.yaml
      parser: yaml
",
    },
    Example {
        description: "Read every document of a YAML file",
        example: "\
steps:
  - id: manifests
    name: Read the manifests
    action: roadiehq:utils:fs:parse
    input:
      path: manifests.yaml
      parser: multiyaml
",
    },
];

impl Action for Parse {
    type Input = Input;

    fn definition(&self) -> Definition {
        Definition {
            id: "roadiehq:utils:fs:parse".into(),
            description:
                "Reads a file of the workspace and puts out its text, or its data if a parser is named."
                    .into(),
            kind: Kind::Workspace,
            input: schema::closed(
                json!({
                    "path": schema::text("File of the workspace to read."),
                    "parser": schema::word(
                        &["yaml", "json", "multiyaml"],
                        "How to read it; `multiyaml` gives a list of all documents. Default: as text."
                    ),
                }),
                &["path"],
            ),
            output: Some(schema::closed(
                json!({ "content": {
                    "anyOf": [{ "type": "string" }, schema::object(json!({}), &[])],
                    "description": "The text or the data."
                } }),
                &[],
            )),
            supports_dry_run: true,
            examples: EXAMPLES,
        }
    }

    async fn run(&self, ctx: &mut ActionContext<'_>, input: Input) -> Result<(), ActionError> {
        let found = file(ctx.workspace, &input.path)?;
        let name = format!("`{}`", found.path);
        let content = match input.parser {
            None => Value::String(found.text),
            Some(Parser::Json) => json::parse(&name, &found.text)?,
            Some(Parser::Yaml) => yaml::read(&name, &found.text)?,
            Some(Parser::MultiYaml) => Value::Array(yaml::read_all(&name, &found.text)?),
        };
        ctx.output("content", content);
        Ok(())
    }
}
