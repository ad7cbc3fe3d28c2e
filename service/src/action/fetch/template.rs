//! `fetch:template`: a skeleton, rendered in Backstage's template language.

use serde::Deserialize;
use serde_json::json;

use super::rendering::{Rendering, copies_schema, extension_schema, render_folder};
use super::{origin, shown_values};
use crate::action::place::place;
use crate::action::{Action, ActionContext, ActionError, Definition, Example, Kind, schema};
use crate::secret::Secret;

/// The action `fetch:template`.
#[derive(Debug)]
pub(crate) struct Template;

/// What it takes. The values are read from the marked input instead.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Input {
    url: String,
    target_path: Option<String>,
    copy_without_render: Option<Vec<String>>,
    token: Option<Secret>,
    #[serde(flatten)]
    rendering: Rendering,
}

const EXAMPLES: &[Example] = &[
    Example {
        description: "Render the skeleton that lies beside the template",
        example: "\
steps:
  - id: skeleton
    name: Render the skeleton
    action: fetch:template
    input:
      url: ./skeleton
      values:
        name: ${{ parameters.name }}
        owner: ${{ parameters.owner }}
",
    },
    Example {
        description: "Render into a folder and leave the workflows as they are",
        example: "\
steps:
  - id: skeleton
    name: Render the service
    action: fetch:template
    input:
      url: ./skeleton
      targetPath: service
      copyWithoutTemplating:
        - .github/workflows/*
      values:
        name: ${{ parameters.name }}
",
    },
];

impl Action for Template {
    type Input = Input;

    fn definition(&self) -> Definition {
        Definition {
            id: "fetch:template".into(),
            description:
                "Renders the names and contents of a folder's files with the given values and puts the \
                          result into the workspace."
                    .into(),
            kind: Kind::Read,
            input: schema::closed(properties(), &["url"]),
            output: None,
            supports_dry_run: true,
            examples: EXAMPLES,
        }
    }

    async fn run(&self, ctx: &mut ActionContext<'_>, input: Input) -> Result<(), ActionError> {
        let at = place("targetPath", input.target_path.as_deref().unwrap_or("./"))?;
        let options = input.rendering.options()?;
        let ground = input.rendering.ground(ctx, at.as_ref())?;
        if input.copy_without_render.is_some() {
            ctx.warn(
                "`copyWithoutRender` has no effect: contents and names are rendered; \
                 name the files in `copyWithoutTemplating` to copy their contents as they are",
            )
            .await?;
        }
        let shown = ctx.shown("url", "");
        ctx.log(format!("Rendering the folder `{shown}` with values {}", shown_values(ctx))).await?;
        let skeleton = origin::folder(ctx, &input.url, input.token.as_ref()).await?;
        render_folder(ctx, skeleton, shown, (options, ground)).await
    }
}

fn properties() -> serde_json::Value {
    json!({
        "url": schema::text(super::FOLDER_URL),
        "targetPath": schema::text(super::TARGET_FOLDER),
        "values": schema::any_object(super::VALUES),
        "copyWithoutRender": schema::texts("Has no effect; use `copyWithoutTemplating`."),
        "copyWithoutTemplating": copies_schema(),
        "cookiecutterCompat": schema::flag(super::COOKIECUTTER),
        "templateFileExtension": extension_schema(),
        "replace": schema::flag(super::REPLACE),
        "trimBlocks": schema::flag(super::TRIM_BLOCKS),
        "lstripBlocks": schema::flag(super::LSTRIP_BLOCKS),
        "token": schema::text(super::TOKEN),
    })
}
