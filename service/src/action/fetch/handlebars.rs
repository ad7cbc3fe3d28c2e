//! `fetch:handlebars`: a skeleton of Stagecraft's own kind, in which only `*.hbs` files are rendered.

use serde::Deserialize;
use serde_json::json;

use super::rendering::in_skeleton;
use super::{on_conflict, origin, put_rendered, render_aside, shown_values};
use crate::action::place::place;
use crate::action::{Action, ActionContext, ActionError, Definition, Example, Kind, schema};
use crate::render::handlebars::render_tree;
use crate::secret::Secret;

/// The action `fetch:handlebars`.
#[derive(Debug)]
pub(crate) struct Handlebars;

/// What it takes. The values are read from the marked input instead.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Input {
    url: String,
    target_path: Option<String>,
    replace: Option<bool>,
    token: Option<Secret>,
}

const EXAMPLES: &[Example] = &[Example {
    description: "Render a Handlebars skeleton; workflows and charts in it are copied byte for byte",
    example: "\
steps:
  - id: skeleton
    name: Render the service
    action: fetch:handlebars
    input:
      url: ./skeleton
      values:
        name: ${{ parameters.name }}
        owner: ${{ parameters.owner }}
",
}];

impl Action for Handlebars {
    type Input = Input;

    fn definition(&self) -> Definition {
        Definition {
            id: "fetch:handlebars".into(),
            description:
                "Renders the `*.hbs` files and all file names of a folder with Handlebars, copies every \
                          other file byte for byte, and puts the result into the workspace. A name that the \
                          values do not have is an error."
                    .into(),
            kind: Kind::Read,
            input: schema::closed(
                json!({
                    "url": schema::text(super::FOLDER_URL),
                    "targetPath": schema::text(super::TARGET_FOLDER),
                    "values": schema::any_object(super::VALUES),
                    "replace": schema::flag(super::REPLACE),
                    "token": schema::text(super::TOKEN),
                }),
                &["url"],
            ),
            output: None,
            supports_dry_run: true,
            examples: EXAMPLES,
        }
    }

    async fn run(&self, ctx: &mut ActionContext<'_>, input: Input) -> Result<(), ActionError> {
        let at = place("targetPath", input.target_path.as_deref().unwrap_or("./"))?;
        let line =
            format!("Rendering the folder `{}` with values {}", ctx.shown("url", ""), shown_values(ctx));
        ctx.log(line).await?;
        let skeleton = origin::folder(ctx, &input.url, input.token.as_ref()).await?;
        let values = ctx.input.get("values").clone();
        let shown = ctx.shown("url", "");
        let render = move || render_tree(&skeleton, &values).map_err(|error| in_skeleton(&shown, error));
        let rendered = render_aside(render).await?;
        put_rendered(ctx, at.as_ref(), rendered, on_conflict(input.replace)).await
    }
}
