//! `workspace:template:file`: one file of the workspace, rendered to another place.

use catalog_gen::Follow;
use serde::Deserialize;
use serde_json::json;

use crate::action::fetch::rendering::{Rendering, render_one, spot};
use crate::action::fetch::{COOKIECUTTER, REPLACE_FILE, VALUES, shown_values};
use crate::action::place::place_inside;
use crate::action::{Action, ActionContext, ActionError, Definition, Example, Kind, schema};

/// The action `workspace:template:file`.
#[derive(Debug)]
pub(crate) struct TemplateFile;

/// What it takes. The values are read from the marked input instead.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Input {
    source_path: String,
    target_path: String,
    #[serde(flatten)]
    rendering: Rendering,
}

const EXAMPLES: &[Example] = &[Example {
    description: "Render a file that an earlier step has fetched, in its place",
    example: "\
steps:
  - id: readme
    name: Fill in the readme
    action: workspace:template:file
    input:
      sourcePath: README.md
      targetPath: README.md
      replace: true
      values:
        name: ${{ parameters.name }}
",
}];

impl Action for TemplateFile {
    type Input = Input;

    fn definition(&self) -> Definition {
        Definition {
            id: "workspace:template:file".into(),
            description:
                "Renders the contents of one file of the workspace with the given values and writes \
                          them to a file of the workspace."
                    .into(),
            kind: Kind::Workspace,
            input: schema::closed(
                json!({
                    "sourcePath": schema::text("File of the workspace to render."),
                    "targetPath": schema::text("File of the workspace to write."),
                    "values": schema::any_object(VALUES),
                    "cookiecutterCompat": schema::flag(COOKIECUTTER),
                    "replace": schema::flag(REPLACE_FILE),
                }),
                &["sourcePath", "targetPath"],
            ),
            output: None,
            supports_dry_run: true,
            examples: EXAMPLES,
        }
    }

    async fn run(&self, ctx: &mut ActionContext<'_>, input: Input) -> Result<(), ActionError> {
        let from = place_inside("sourcePath", &input.source_path)?;
        let to = place_inside("targetPath", &input.target_path)?;
        ctx.log(format!("Rendering `{from}` with values {}", shown_values(ctx))).await?;
        let options = input.rendering.options()?;
        let Some(spot) = spot(ctx, &to, &input.rendering).await? else { return Ok(()) };
        let file =
            ctx.workspace.follow(&from, Follow::All)?.and_then(|path| ctx.workspace.file(&path).cloned());
        let file = file.ok_or_else(|| {
            ActionError::NotFound(format!(
                "there is no file at `{from}` in the workspace; check `sourcePath` and the steps before"
            ))
        })?;
        render_one(ctx, file, from.to_string(), options, spot).await
    }
}
