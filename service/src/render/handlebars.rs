//! Handlebars for Stagecraft's own golden paths: strict, `*.hbs` only, everything else byte for byte.

use catalog_gen::FileTree;
use nunjucks::Value as NValue;

use super::RenderError;

/// Renders a skeleton: contents of `*.hbs` (suffix dropped) and every file name; `values` is the root.
pub fn render_tree(skeleton: &FileTree, values: &NValue) -> Result<FileTree, RenderError> {
    unimplemented!()
}
