//! Rendering: the values of steps, and trees of files, in two languages.
//!
//! Step values and `fetch:template` speak Nunjucks as Backstage defines it; `fetch:handlebars` speaks
//! Handlebars, strictly. Rendering is pure and runs on a budget; it never reads a file, the network or the
//! clock. Strings that stem from a secret stay marked.

pub mod filters;
pub mod handlebars;
pub mod tree;
pub mod values;

pub use tree::{RenderError, TreeOptions, render_file, render_tree};
pub use values::{ExpressionProblem, RenderedValue, StepStatus, ValueRenderer};
