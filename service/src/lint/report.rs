//! Reports of findings, for people and for programs.
//!
//! Each form is a function from findings to text; printing is left to the caller. The invariant: nothing that a
//! file says can write a control character into a terminal.

mod terminal;

pub use terminal::terminal;

use super::rule::Rule;

/// Where a rule is explained.
pub fn rule_url(rule: &Rule) -> String {
    format!("{}/blob/main/docs/lint.md#{}", env!("CARGO_PKG_REPOSITORY"), rule.id)
}
