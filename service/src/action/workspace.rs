//! Actions of the `workspace` family: rendering what an earlier step brought into the workspace.
//!
//! They look at nothing outside and render as `fetch:template` does. The invariant: the source stays as it is,
//! unless the input names it as the target too.

mod template;
mod template_file;

pub(crate) use template::Template;
pub(crate) use template_file::TemplateFile;
