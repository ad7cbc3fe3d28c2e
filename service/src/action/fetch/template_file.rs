//! `fetch:template:file`: one file, rendered in Backstage's template language.

use serde::Deserialize;
use serde_json::json;

use super::rendering::{Rendering, render_one, spot};
use super::{origin, shown_values};
use crate::action::place::place_inside;
use crate::action::{Action, ActionContext, ActionError, Definition, Example, Kind, schema};
use crate::secret::Secret;

/// The action `fetch:template:file`.
#[derive(Debug)]
pub(crate) struct TemplateFile;

/// What it takes. The values are read from the marked input instead.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Input {
    url: String,
    target_path: String,
    token: Option<Secret>,
    #[serde(flatten)]
    rendering: Rendering,
}

const EXAMPLES: &[Example] = &[Example {
    description: "Render one file",
    example: "\
steps:
  - id: readme
    name: Render the readme
    action: fetch:template:file
    input:
      url: ./README.md
      targetPath: README.md
      values:
        name: ${{ parameters.name }}
",
}];

impl Action for TemplateFile {
    type Input = Input;

    fn definition(&self) -> Definition {
        Definition {
            id: "fetch:template:file".into(),
            description:
                "Renders the contents of one file with the given values and puts it into the workspace."
                    .into(),
            kind: Kind::Read,
            input: schema::closed(
                json!({
                    "url": schema::text(super::FILE_URL),
                    "targetPath": schema::text(super::TARGET_FILE),
                    "values": schema::any_object(super::VALUES),
                    "cookiecutterCompat": schema::flag(super::COOKIECUTTER),
                    "replace": schema::flag(super::REPLACE_FILE),
                    "trimBlocks": schema::flag(super::TRIM_BLOCKS),
                    "lstripBlocks": schema::flag(super::LSTRIP_BLOCKS),
                    "token": schema::text(super::TOKEN),
                }),
                &["url", "targetPath"],
            ),
            output: None,
            supports_dry_run: true,
            examples: EXAMPLES,
        }
    }

    async fn run(&self, ctx: &mut ActionContext<'_>, input: Input) -> Result<(), ActionError> {
        let at = place_inside("targetPath", &input.target_path)?;
        let shown = ctx.shown("url", "");
        ctx.log(format!("Rendering the file `{shown}` with values {}", shown_values(ctx))).await?;
        let options = input.rendering.options()?;
        let Some(spot) = spot(ctx, &at, &input.rendering).await? else { return Ok(()) };
        let file = origin::file(ctx, &input.url, input.token.as_ref()).await?;
        render_one(ctx, file, shown, options, spot).await
    }
}
