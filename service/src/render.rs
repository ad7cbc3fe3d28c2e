//! Rendering: the values of steps, and trees of files, in two languages.
//!
//! Step values and `fetch:template` speak Nunjucks as Backstage defines it; `fetch:handlebars` speaks
//! Handlebars, strictly. Rendering is pure and runs on a budget; no file, network, clock or chance has a part in
//! what comes out, so that the same input gives the same output on every run. Strings that stem from a secret
//! stay marked, and so do the files that they are written to.

mod binary;
mod crew;
mod error;
mod filters;
mod globs;
mod ground;
pub mod handlebars;
pub mod inspect;
mod names;
mod outcome;
pub mod tree;
pub mod values;

pub use error::{Place, RenderError};
pub use ground::{Ground, Manner, Spot};
pub use outcome::{RenderedTree, SkipReason, Skipped};
pub use tree::{TreeOptions, render_file, render_tree};
pub use values::{ExpressionProblem, RenderedValue, StepStatus, ValueRenderer};
