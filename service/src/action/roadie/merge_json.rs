//! `roadiehq:utils:json:merge`: data into a JSON file.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::files::{existing, in_a_folder, put};
use super::json;
use super::merge::{Lists, content_schema, merged};
use crate::action::place::place_inside;
use crate::action::{Action, ActionContext, ActionError, Definition, Example, Kind, schema};

/// How far a file is indented when nothing says otherwise.
const INDENT: usize = 2;

/// The action `roadiehq:utils:json:merge`.
#[derive(Debug)]
pub(crate) struct MergeJson;

/// What it takes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Input {
    path: String,
    content: Value,
    merge_arrays: Option<bool>,
    match_file_indent: Option<bool>,
}

const EXAMPLES: &[Example] = &[
    Example {
        description: "Add scripts to a package file",
        example: "\
steps:
  - id: scripts
    name: Add the scripts
    action: roadiehq:utils:json:merge
    input:
      path: package.json
      content:
        scripts:
          lint: eslint .
",
    },
    Example {
        description: "Add to the lists of a file and keep its indentation",
        example: "\
steps:
  - id: extensions
    name: Recommend an extension
    action: roadiehq:utils:json:merge
    input:
      path: .vscode/extensions.json
      content: '{ \"recommendations\": [\"rust-lang.rust-analyzer\"] }'
      mergeArrays: true
      matchFileIndent: true
",
    },
];

impl Action for MergeJson {
    type Input = Input;

    fn definition(&self) -> Definition {
        Definition {
            id: "roadiehq:utils:json:merge".into(),
            description: "Merges data into a JSON file of the workspace. A file that is not there is made."
                .into(),
            kind: Kind::Workspace,
            input: schema::closed(
                json!({
                    "path": schema::text("The JSON file."),
                    "content": content_schema("What to merge into it: an object, or a text of JSON."),
                    "mergeArrays": schema::flag(
                        "Add to lists what they do not have yet, instead of replacing them. Default: false."
                    ),
                    "matchFileIndent": schema::flag("Indent as the file is indented. Default: false, which is by two."),
                }),
                &["path", "content"],
            ),
            output: Some(schema::closed(
                json!({ "path": schema::text("Path of the file in the workspace.") }),
                &["path"],
            )),
            supports_dry_run: true,
            examples: EXAMPLES,
        }
    }

    async fn run(&self, ctx: &mut ActionContext<'_>, input: Input) -> Result<(), ActionError> {
        let path = place_inside("path", &input.path)?;
        in_a_folder(ctx.workspace, &path)?;
        let found = existing(ctx.workspace, &path)?;
        let hidden = found.as_ref().is_some_and(|found| found.sensitive);
        let sensitive = hidden || ctx.input.get("content").contains_secret();
        let into = match &found {
            Some(found) => json::parse(&format!("`{path}`"), &found.text)?,
            None => {
                ctx.log(format!("There is no `{path}`; it is made")).await?;
                Value::Object(Map::new())
            }
        };
        let content = match &input.content {
            Value::String(text) => json::parse("`content`", text)?,
            other => json::ordered(other.clone()),
        };
        let indent = match (&found, input.match_file_indent) {
            (Some(found), Some(true)) => match json::indentation(&found.text) {
                0 => INDENT,
                indent => indent,
            },
            (None, Some(true)) => {
                return Err(ActionError::NotFound(format!(
                    "`matchFileIndent` needs a file to match, and there is no `{path}`; leave it out"
                )));
            }
            _ => INDENT,
        };
        let merged = merged(into, content, Lists::of(input.merge_arrays))?;
        put(ctx.workspace, &path, json::write(&merged, None, &json::spaces(indent)), sensitive)?;
        ctx.output("path", path.as_str());
        ctx.log(format!("Merged into `{path}`")).await
    }
}
