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

use super::finding::Finding;
use super::rule::Rule;
use super::source::{Place, Position};
use crate::report::{Remark, Replacement, Spot};

/// Where a rule is explained.
pub fn rule_url(rule: &Rule) -> String {
    format!("{}/blob/main/docs/lint.md#{}", env!("CARGO_PKG_REPOSITORY"), rule.id)
}

/// A finding in the words of the reports that are shared.
fn remark(finding: &Finding) -> Remark<'_> {
    let edits = finding.fix.iter().flat_map(|fix| &fix.edits).map(|edit| {
        let place = Place::new(&finding.place.source, edit.range.clone());
        Replacement { start: spot(place.start()), end: spot(place.exact_end()), text: &edit.text }
    });
    Remark {
        rule: finding.rule.id,
        level: finding.level.word(),
        file: &finding.place.source.name,
        start: spot(finding.place.start()),
        end: Some(spot(finding.place.end())),
        message: &finding.message,
        mend: &finding.mend,
        url: rule_url(finding.rule),
        replacements: edits.collect(),
    }
}

fn spot(position: Position) -> Spot {
    Spot { line: position.line, column: Some(position.column) }
}
