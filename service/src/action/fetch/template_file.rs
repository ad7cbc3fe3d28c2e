//! `fetch:template:file`: one file, rendered in Backstage's template language.

use catalog_gen::{Entry, File};
use serde::Deserialize;
use serde_json::json;

use super::{hosts, origin, render_aside, shown_values};
use crate::action::place::place_inside;
use crate::action::{Action, ActionContext, ActionError, Definition, Example, Kind, schema};
use crate::render::{TreeOptions, render_file};
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
    cookiecutter_compat: Option<bool>,
    replace: Option<bool>,
    trim_blocks: Option<bool>,
    lstrip_blocks: Option<bool>,
    token: Option<Secret>,
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
                    "replace": schema::flag("Replace the file if it is already there. Otherwise it stays as it is."),
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
        if ctx.workspace.contains(&at) && !input.replace.unwrap_or(false) {
            return ctx
                .log(format!("Kept `{at}`, which stood there already; `replace: true` replaces it"))
                .await;
        }
        let file = origin::file(ctx, &input.url, input.token.as_ref()).await?;
        let text = file.text().map(str::to_owned).ok_or_else(|| {
            ActionError::Input(format!("`{shown}` is not UTF-8 text; copy it with `fetch:plain:file`"))
        })?;
        let options = TreeOptions {
            cookiecutter_compat: input.cookiecutter_compat.unwrap_or(false),
            trim_blocks: input.trim_blocks.unwrap_or(false),
            lstrip_blocks: input.lstrip_blocks.unwrap_or(false),
            ..TreeOptions::default()
        };
        let (values, hosts) = (ctx.input.get("values").clone(), hosts(ctx));
        let rendered = render_aside(move || render_file(&shown, &text, &options, &values, &hosts)).await?;
        let sensitive = rendered.is_secret() || file.sensitive;
        let bytes = rendered.as_str().as_bytes().to_vec();
        let length = bytes.len();
        let file = File { sensitive, ..File::new(bytes) };
        ctx.workspace.insert(at.clone(), Entry::File(file))?;
        ctx.log(format!("Wrote 1 file ({length} bytes) to `{at}`")).await
    }
}
