//! Rendering of file trees (`fetch:template` and its kin): names, contents, modes.

use catalog_gen::FileTree;
use nunjucks::Value as NValue;

/// How a tree is rendered; the names are those of `fetch:template`'s input.
#[derive(Clone, Debug, Default)]
pub struct TreeOptions {
    /// Globs of files whose contents are copied, names still rendered.
    pub copy_without_templating: Vec<String>,
    /// `{{ }}` with `cookiecutter` in scope.
    pub cookiecutter_compat: bool,
    /// Render only files with this extension (with its dot) and drop it.
    pub template_file_extension: Option<String>,
    /// Trim the newline after a block tag.
    pub trim_blocks: bool,
    /// Strip blanks before a block tag.
    pub lstrip_blocks: bool,
}

/// A file or name that could not be rendered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}:{column}: {message}")]
pub struct RenderError {
    /// The skeleton file.
    pub file: String,
    /// 1-based line.
    pub line: usize,
    /// 1-based column.
    pub column: usize,
    /// What is wrong and what to do.
    pub message: String,
}

/// Renders a skeleton with `values` in scope (as `values`, or `cookiecutter`).
pub fn render_tree(skeleton: &FileTree, options: &TreeOptions, values: &NValue, hosts: &[String]) -> Result<FileTree, RenderError> {
    unimplemented!()
}

/// Renders one file's text.
pub fn render_file(name: &str, text: &str, options: &TreeOptions, values: &NValue, hosts: &[String]) -> Result<nunjucks::Text, RenderError> {
    unimplemented!()
}
