//! `fetch:plain`: a folder, as it is.

use catalog_gen::{Follow, OnConflict};
use serde::Deserialize;
use serde_json::json;

use super::{origin, put};
use crate::action::place::place;
use crate::action::{Action, ActionContext, ActionError, Definition, Example, Kind, schema};
use crate::secret::Secret;

/// The action `fetch:plain`.
#[derive(Debug)]
pub(crate) struct Plain;

/// What it takes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Input {
    url: String,
    target_path: Option<String>,
    token: Option<Secret>,
}

const EXAMPLES: &[Example] = &[
    Example {
        description: "Copy a folder that lies beside the template",
        example: "\
steps:
  - id: docs
    name: Copy the documentation
    action: fetch:plain
    input:
      url: ./docs
      targetPath: docs
",
    },
    Example {
        description: "Copy a folder of another repository",
        example: "\
steps:
  - id: policies
    name: Copy the shared policies
    action: fetch:plain
    input:
      url: https://github.com/acme/standards/tree/main/policies
      targetPath: .policies
",
    },
];

impl Action for Plain {
    type Input = Input;

    fn definition(&self) -> Definition {
        Definition {
            id: "fetch:plain".into(),
            description: "Copies a folder into the workspace. Files that are already there are replaced."
                .into(),
            kind: Kind::Read,
            input: schema::closed(
                json!({
                    "url": schema::text(super::FOLDER_URL),
                    "targetPath": schema::text(super::TARGET_FOLDER),
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
        let shown = ctx.shown("url", "");
        ctx.log(format!("Fetching the folder `{shown}`")).await?;
        let tree = origin::folder(ctx, &input.url, input.token.as_ref()).await?;
        let at = match at {
            Some(at) => ctx.workspace.follow(&at, Follow::Folders)?,
            None => None,
        };
        put(ctx, at.as_ref(), tree, OnConflict::Replace).await
    }
}
