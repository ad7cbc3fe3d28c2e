//! `fetch:template`: a skeleton, rendered in Backstage's template language.

use serde::Deserialize;
use serde_json::json;

use super::{hosts, in_skeleton, on_conflict, origin, put_rendered, render_aside, shown_values};
use crate::action::place::place;
use crate::action::{Action, ActionContext, ActionError, Definition, Example, Kind, schema};
use crate::render::{TreeOptions, render_tree};
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
    copy_without_templating: Option<Vec<String>>,
    cookiecutter_compat: Option<bool>,
    template_file_extension: Option<Extension>,
    replace: Option<bool>,
    trim_blocks: Option<bool>,
    lstrip_blocks: Option<bool>,
    token: Option<Secret>,
}

/// `true` stands for `.njk`.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Extension {
    Flag(bool),
    Text(String),
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
        let options = input.options()?;
        if input.copy_without_render.is_some() {
            ctx.warn(
                "`copyWithoutRender` has no effect: contents and names are rendered; \
                 name the files in `copyWithoutTemplating` to copy their contents as they are",
            )
            .await?;
        }
        let line =
            format!("Rendering the folder `{}` with values {}", ctx.shown("url", ""), shown_values(ctx));
        ctx.log(line).await?;
        let skeleton = origin::folder(ctx, &input.url, input.token.as_ref()).await?;
        let values = ctx.input.get("values").clone();
        let (hosts, shown) = (hosts(ctx), ctx.shown("url", ""));
        let render = move || {
            render_tree(&skeleton, &options, &values, &hosts).map_err(|error| in_skeleton(&shown, error))
        };
        let rendered = render_aside(render).await?;
        put_rendered(ctx, at.as_ref(), rendered, on_conflict(input.replace)).await
    }
}

impl Input {
    /// The options, if they go together.
    fn options(&self) -> Result<TreeOptions, ActionError> {
        let extension = match &self.template_file_extension {
            Some(Extension::Flag(true)) => Some(".njk".to_owned()),
            Some(Extension::Text(text)) if text.starts_with('.') => Some(text.clone()),
            Some(Extension::Text(text)) if !text.is_empty() => Some(format!(".{text}")),
            _ => None,
        };
        if extension.is_some() {
            let other = match (&self.copy_without_templating, self.cookiecutter_compat) {
                (Some(_), _) => Some("copyWithoutTemplating"),
                (None, Some(true)) => Some("cookiecutterCompat"),
                _ => None,
            };
            if let Some(other) = other {
                return Err(ActionError::Input(format!(
                    "`templateFileExtension` and `{other}` cannot be used together; leave one of them out"
                )));
            }
        }
        Ok(TreeOptions {
            copy_without_templating: self.copy_without_templating.clone().unwrap_or_default(),
            cookiecutter_compat: self.cookiecutter_compat.unwrap_or(false),
            template_file_extension: extension,
            trim_blocks: self.trim_blocks.unwrap_or(false),
            lstrip_blocks: self.lstrip_blocks.unwrap_or(false),
        })
    }
}

fn properties() -> serde_json::Value {
    json!({
        "url": schema::text(super::FOLDER_URL),
        "targetPath": schema::text(super::TARGET_FOLDER),
        "values": schema::any_object(super::VALUES),
        "copyWithoutRender": schema::texts("Has no effect; use `copyWithoutTemplating`."),
        "copyWithoutTemplating": schema::texts(
            "Globs of files whose contents are copied as they are. Their names are rendered all the same."
        ),
        "cookiecutterCompat": schema::flag(super::COOKIECUTTER),
        "templateFileExtension": {
            "type": ["string", "boolean"],
            "description": "Render only the contents of files with this extension, and drop it from their names. \
                            `true` stands for `.njk`. Names are rendered for all files."
        },
        "replace": schema::flag("Replace files that are already in the workspace. Otherwise they stay as they are."),
        "trimBlocks": schema::flag(super::TRIM_BLOCKS),
        "lstripBlocks": schema::flag(super::LSTRIP_BLOCKS),
        "token": schema::text(super::TOKEN),
    })
}
