//! Actions of the `fetch` family: files from outside into the workspace, as they are or rendered.
//!
//! Each reads through [`origin`], which journals what was read, and writes through [`put`], which never leaves
//! the workspace. Rendering itself is `crate::render`'s; [`rendering`] is shared with the `workspace` family.

mod handlebars;
mod origin;
mod plain;
mod plain_file;
pub(in crate::action) mod rendering;
mod template;
mod template_file;

use catalog_gen::{Entry, FileTree, OnConflict, TreeError, TreePath};

pub(crate) use handlebars::Handlebars;
pub(crate) use plain::Plain;
pub(crate) use plain_file::PlainFile;
pub(crate) use template::Template;
pub(crate) use template_file::TemplateFile;

use super::phrase::count;
use super::place::shown;
use super::{ActionContext, ActionError, Capabilities};
use crate::git::CommitId;
use crate::render::{RenderError, RenderedTree};

const FOLDER_URL: &str = "The folder: a path beside the template, or an absolute URL.";
const FILE_URL: &str = "The file: a path beside the template, or an absolute URL.";
const TARGET_FOLDER: &str = "Folder of the workspace to write to. Default: the workspace itself.";
const TARGET_FILE: &str = "File of the workspace to write.";
pub(in crate::action) const VALUES: &str = "What the files see as `values`.";
const TOKEN: &str = "Token to read with, instead of the configured credentials of the host.";
pub(in crate::action) const COOKIECUTTER: &str =
    "Read expressions between `{{` and `}}` with the values as `cookiecutter`.";
pub(in crate::action) const REPLACE: &str =
    "Replace files that are already in the workspace. Otherwise they stay as they are.";
pub(in crate::action) const REPLACE_FILE: &str =
    "Replace the file if it is already there. Otherwise it stays as it is.";
const TRIM_BLOCKS: &str = "Drop the first line break after a block tag.";
const LSTRIP_BLOCKS: &str = "Drop blanks and tabs before a block tag that starts a line.";

/// How much of the values a log line shows.
const LONGEST_VALUES: usize = 2_000;

/// The files of a folder of a repository, and the commit they were read at, where there is one.
pub(crate) async fn read_folder(
    capabilities: &Capabilities,
    url: &str,
) -> Result<(Option<CommitId>, FileTree), ActionError> {
    origin::folder_of(capabilities, url).await
}

/// Puts fetched files into the workspace and logs what that came to.
async fn put(
    ctx: &mut ActionContext<'_>,
    at: Option<&TreePath>,
    tree: FileTree,
    on: OnConflict,
) -> Result<(), ActionError> {
    put_besides(ctx, at, tree, on, 0).await
}

/// Puts a rendered skeleton into the workspace; what was left out for its name is told as a warning.
async fn put_rendered(
    ctx: &mut ActionContext<'_>,
    at: Option<&TreePath>,
    rendered: RenderedTree,
    on: OnConflict,
) -> Result<(), ActionError> {
    for skipped in &rendered.skipped {
        ctx.warn(skipped.to_string()).await?;
    }
    put_besides(ctx, at, rendered.tree, on, rendered.kept).await
}

/// Puts files into the workspace beside `kept` others that were left out for what stands there.
async fn put_besides(
    ctx: &mut ActionContext<'_>,
    at: Option<&TreePath>,
    tree: FileTree,
    on: OnConflict,
    kept: usize,
) -> Result<(), ActionError> {
    let mut incoming = Vec::with_capacity(tree.len());
    for (path, entry) in tree.iter().filter(|(_, entry)| **entry != Entry::Dir) {
        let path = match at {
            Some(at) => at.join_path(path).map_err(|error| ActionError::Input(error.to_string()))?,
            None => path.clone(),
        };
        let stays = on == OnConflict::Keep && ctx.workspace.contains(&path);
        if on == OnConflict::Replace && ctx.workspace.get(&path) == Some(&Entry::Dir) {
            return Err(TreeError::IsADirectory { path }.into());
        }
        incoming.push((path, entry.size(), stays));
    }
    ctx.workspace.graft(at, tree, on)?;
    let written = |(path, _, stays): &&(TreePath, u64, bool)| !stays && ctx.workspace.get(path).is_some();
    let files = incoming.iter().filter(written).count();
    let bytes: u64 = incoming.iter().filter(written).map(|(_, bytes, _)| bytes).sum();
    let kept = match kept + incoming.len() - files {
        0 => String::new(),
        kept => format!("; kept {kept} that stood there already"),
    };
    ctx.log(format!("Wrote {} ({bytes} bytes) to {}{kept}", count(files, "file"), shown(at))).await
}

/// The values of the form as a log line may show them.
pub(in crate::action) fn shown_values(ctx: &ActionContext<'_>) -> String {
    let values = ctx.input.get("values").to_masked_json();
    let text = values.map_or_else(|| "none".to_owned(), |values| values.to_string());
    match text.char_indices().nth(LONGEST_VALUES) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// Existing files stay unless the input says `replace`.
fn on_conflict(replace: Option<bool>) -> OnConflict {
    if replace.unwrap_or(false) { OnConflict::Replace } else { OnConflict::Keep }
}

/// Renders away from the threads that serve requests: a large skeleton takes a while.
async fn render_aside<T: Send + 'static>(
    render: impl FnOnce() -> Result<T, RenderError> + Send + 'static,
) -> Result<T, ActionError> {
    match tokio::task::spawn_blocking(render).await {
        Ok(rendered) => Ok(rendered?),
        Err(stopped) => match stopped.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(ActionError::Unavailable("the service is stopping; try again later".to_owned())),
        },
    }
}
