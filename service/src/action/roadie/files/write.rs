//! `roadiehq:utils:fs:write`: a text into a file.

use serde::Deserialize;
use serde_json::json;

use super::put;
use crate::action::place::place_inside;
use crate::action::roadie::json;
use crate::action::{Action, ActionContext, ActionError, Definition, Example, Kind, schema};

/// The action `roadiehq:utils:fs:write`.
#[derive(Debug)]
pub(crate) struct Write;

/// What it takes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Input {
    path: String,
    content: String,
    preserve_formatting: Option<bool>,
}

const EXAMPLES: &[Example] = &[
    Example {
        description: "Write a file, and the folders above it",
        example: "\
steps:
  - id: write
    name: Write the readme
    action: roadiehq:utils:fs:write
    input:
      path: docs/README.md
      content: |
        # ${{ parameters.name }}
",
    },
    Example {
        description: "Write JSON with an indentation of two",
        example: "\
steps:
  - id: write
    name: Write the settings
    action: roadiehq:utils:fs:write
    input:
      path: settings.json
      content: '{\"name\":\"${{ parameters.name }}\",\"ports\":[8080]}'
      preserveFormatting: true
",
    },
];

impl Action for Write {
    type Input = Input;

    fn definition(&self) -> Definition {
        Definition {
            id: "roadiehq:utils:fs:write".into(),
            description: "Writes a text to a file of the workspace. A file that is there is replaced.".into(),
            kind: Kind::Workspace,
            input: schema::closed(
                json!({
                    "path": schema::text("File of the workspace to write."),
                    "content": schema::text("What the file shall hold."),
                    "preserveFormatting": schema::flag(
                        "Indent the content by two if it is JSON; other content stays as it is. Default: false."
                    ),
                }),
                &["path", "content"],
            ),
            output: Some(schema::closed(
                json!({ "path": schema::text("Path of the file in the workspace.") }),
                &[],
            )),
            supports_dry_run: true,
            examples: EXAMPLES,
        }
    }

    async fn run(&self, ctx: &mut ActionContext<'_>, input: Input) -> Result<(), ActionError> {
        let path = place_inside("path", &input.path)?;
        let text = match json::parse("content", &input.content) {
            Ok(value) if input.preserve_formatting == Some(true) => json::write(&value, None, "  "),
            _ => input.content,
        };
        let sensitive = ctx.input.get("content").contains_secret();
        put(ctx.workspace, &path, text, sensitive)?;
        ctx.output("path", path.as_str());
        ctx.log(format!("Wrote `{path}`")).await
    }
}
