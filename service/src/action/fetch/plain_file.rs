//! `fetch:plain:file`: one file, as it is.

use catalog_gen::{Entry, Follow};
use serde::Deserialize;
use serde_json::json;

use super::origin;
use crate::action::place::place_inside;
use crate::action::{Action, ActionContext, ActionError, Definition, Example, Kind, schema};
use crate::secret::Secret;

/// The action `fetch:plain:file`.
#[derive(Debug)]
pub(crate) struct PlainFile;

/// What it takes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Input {
    url: String,
    target_path: String,
    token: Option<Secret>,
}

const EXAMPLES: &[Example] = &[Example {
    description: "Copy one file of another repository under a name of its own",
    example: "\
steps:
  - id: licence
    name: Add the licence
    action: fetch:plain:file
    input:
      url: https://github.com/acme/standards/blob/main/LICENSE
      targetPath: LICENSE
",
}];

impl Action for PlainFile {
    type Input = Input;

    fn definition(&self) -> Definition {
        Definition {
            id: "fetch:plain:file".into(),
            description: "Copies one file into the workspace. A file that is already there is replaced."
                .into(),
            kind: Kind::Read,
            input: schema::closed(
                json!({
                    "url": schema::text(super::FILE_URL),
                    "targetPath": schema::text(super::TARGET_FILE),
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
        let named = place_inside("targetPath", &input.target_path)?;
        let shown = ctx.shown("url", "");
        ctx.log(format!("Fetching the file `{shown}`")).await?;
        let file = origin::file(ctx, &input.url, input.token.as_ref()).await?;
        let bytes = file.bytes.len();
        let at = ctx.workspace.follow(&named, Follow::All)?.filter(|at| !ctx.workspace.is_dir(at));
        let at = at.ok_or_else(|| {
            ActionError::Input(format!("`targetPath`: `{named}` is a folder of the workspace; name a file"))
        })?;
        ctx.workspace.insert(at.clone(), Entry::File(file))?;
        ctx.log(format!("Wrote 1 file ({bytes} bytes) to `{at}`")).await
    }
}
