//! What all actions that render in Backstage's language share: options, the ground, and putting the result.
//!
//! It reads no files from outside. The invariant: options that do not go together are an error before anything
//! is read.

use catalog_gen::{Entry, File, FileTree, OnConflict, TreePath};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{put_rendered, render_aside};
use crate::action::{ActionContext, ActionError, schema};
use crate::render::{Ground, Manner, RenderError, Spot, TreeOptions, render_file, render_tree};

/// The inputs about rendering; an action's schema says which of them it takes.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::action) struct Rendering {
    copy_without_templating: Option<Vec<String>>,
    cookiecutter_compat: Option<bool>,
    template_file_extension: Option<Extension>,
    replace: Option<bool>,
    trim_blocks: Option<bool>,
    lstrip_blocks: Option<bool>,
}

/// `true` stands for `.njk`.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Extension {
    Flag(bool),
    Text(String),
}

impl Rendering {
    /// The options, if they go together.
    pub(in crate::action) fn options(&self) -> Result<TreeOptions, ActionError> {
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

    /// The place to render to, as it is now.
    pub(in crate::action) fn ground(
        &self,
        ctx: &ActionContext<'_>,
        at: Option<&TreePath>,
    ) -> Result<Ground, ActionError> {
        Ok(Ground::new(ctx.workspace, at, self.replace.unwrap_or(false))?)
    }
}

/// Renders a skeleton that is called `shown` in errors, and puts it into the workspace.
pub(in crate::action) async fn render_folder(
    ctx: &mut ActionContext<'_>,
    skeleton: FileTree,
    shown: String,
    (options, ground): (TreeOptions, Ground),
) -> Result<(), ActionError> {
    let (values, hosts) = (ctx.input.get("values").clone(), hosts(ctx));
    let at = ground.at().cloned();
    let render = move || {
        render_tree(&skeleton, &options, &values, &hosts, &ground).map_err(|error| in_skeleton(&shown, error))
    };
    let rendered = render_aside(render).await?;
    // What stays was left out already; whatever else is in the way is an error.
    put_rendered(ctx, at.as_ref(), rendered, OnConflict::Replace).await
}

/// Where one file is to be rendered to; nothing if what stands there stays, which is logged.
pub(in crate::action) async fn spot(
    ctx: &mut ActionContext<'_>,
    at: &TreePath,
    rendering: &Rendering,
) -> Result<Option<(TreePath, bool)>, ActionError> {
    let ground = rendering.ground(ctx, None)?;
    match ground.spot(at, &Entry::file(""), || Manner::Text).map_err(ActionError::Input)? {
        Spot::Put { path, executable } => Ok(Some((path, executable.unwrap_or(false)))),
        Spot::Kept => {
            ctx.log(format!("Kept `{at}`, which stood there already; `replace: true` replaces it")).await?;
            Ok(None)
        }
    }
}

/// Renders a file that is called `shown` in errors, and puts it where [`spot`] said.
pub(in crate::action) async fn render_one(
    ctx: &mut ActionContext<'_>,
    file: File,
    shown: String,
    options: TreeOptions,
    (at, executable): (TreePath, bool),
) -> Result<(), ActionError> {
    let (values, hosts) = (ctx.input.get("values").clone(), hosts(ctx));
    let rendered = render_aside(move || render_file(&shown, &file, &options, &values, &hosts)).await?;
    let length = rendered.bytes.len();
    ctx.workspace.insert(at.clone(), Entry::File(File { executable, ..rendered }))?;
    ctx.log(format!("Wrote 1 file ({length} bytes) to `{at}`")).await
}

/// The schema of `templateFileExtension`.
pub(in crate::action) fn extension_schema() -> Value {
    json!({
        "type": ["string", "boolean"],
        "description": "Render only the contents of files with this extension, and drop it from their names. \
                        `true` stands for `.njk`. Names are rendered for all files."
    })
}

/// The schema of `copyWithoutTemplating`.
pub(in crate::action) fn copies_schema() -> Value {
    schema::texts(
        "Globs of files whose contents are copied as they are. Their names are rendered all the same.",
    )
}

/// The same error with the skeleton's own place before the file, so that the file can be found.
pub(super) fn in_skeleton(url: &str, error: RenderError) -> RenderError {
    let folder = url.trim_start_matches("./").trim_end_matches('/');
    let file = if folder.is_empty() { error.file } else { format!("{folder}/{}", error.file) };
    RenderError { file, ..error }
}

/// The hosts that `parseRepoUrl` knows.
fn hosts(ctx: &ActionContext<'_>) -> Vec<String> {
    ctx.capabilities.forges.hosts().map(str::to_owned).collect()
}
