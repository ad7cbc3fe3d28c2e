//! `roadiehq:utils:fs:append`: a text to the end of a file.

use serde::Deserialize;
use serde_json::json;

use super::{existing, in_a_folder, put};
use crate::action::place::place_inside;
use crate::action::{Action, ActionContext, ActionError, Definition, Example, Kind, schema};

/// The action `roadiehq:utils:fs:append`.
#[derive(Debug)]
pub(crate) struct Append;

/// What it takes.
#[derive(Debug, Deserialize)]
pub(crate) struct Input {
    path: String,
    content: String,
}

const EXAMPLES: &[Example] = &[Example {
    description: "Add a line to a file, which is made if it is not there",
    example: "\
steps:
  - id: append
    name: Ignore the build folder
    action: roadiehq:utils:fs:append
    input:
      path: .gitignore
      content: |
        target/
",
}];

impl Action for Append {
    type Input = Input;

    fn definition(&self) -> Definition {
        Definition {
            id: "roadiehq:utils:fs:append".into(),
            description:
                "Adds a text to the end of a file of the workspace. A file that is not there is made; its \
                          folder has to be there."
                    .into(),
            kind: Kind::Workspace,
            input: schema::closed(
                json!({
                    "path": schema::text("File of the workspace."),
                    "content": schema::text("What is added to its end."),
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
        in_a_folder(ctx.workspace, &path)?;
        let before = existing(ctx.workspace, &path)?;
        let hidden = before.as_ref().is_some_and(|found| found.sensitive);
        let sensitive = hidden || ctx.input.get("content").contains_secret();
        let text = before.map_or_else(String::new, |found| found.text) + &input.content;
        put(ctx.workspace, &path, text, sensitive)?;
        ctx.output("path", path.as_str());
        ctx.log(format!("Added to `{path}`")).await
    }
}
