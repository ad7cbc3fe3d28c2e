//! Reports of findings, for people and for programs.
//!
//! Each form is a function from findings to text; printing is left to the caller. The invariant: nothing that a
//! file says can write a control character into a terminal, or a command into a workflow's log.

mod github;
mod json;
mod sarif;
mod terminal;

pub use github::github;
pub use json::json;
pub use sarif::sarif;
pub use terminal::terminal;

use super::rule::Rule;

/// Where a rule is explained.
pub fn rule_url(rule: &Rule) -> String {
    format!("{}/blob/main/docs/lint.md#{}", env!("CARGO_PKG_REPOSITORY"), rule.id)
}
