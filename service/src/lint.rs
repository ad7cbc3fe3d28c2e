//! Rules about templates: what would fail, or do something else than meant, told before anybody runs it.
//!
//! [`lint`] finds the templates below some paths, reads them with the places of all their parts, and lets every
//! rule look at them ([`rules`] lists them, and `docs/lint.md` is made from that list). Nothing is run, nothing
//! is rendered, nothing is fetched. The invariant: whatever the files say, it ends within its limits, and each
//! finding points to the place that has to be changed.
//!
//! A new rule is a [`Rule`] in the table of its area, with an example that gives it and one that does not, and a
//! check that writes to the list of findings. Areas of the template have `check(&Linted, &mut Findings)`; areas
//! of skeletons also `check_file`, which is called once for every file that a step reads.

mod allow;
mod discover;
mod entity;
mod expressions;
mod files;
mod finding;
mod linted;
mod node;
mod page;
mod parameters;
pub mod report;
mod rule;
mod run;
mod skeleton;
mod skeleton_files;
mod slip;
mod source;

pub use finding::{Edit, Finding, Fix};
pub use page::{page, section};
pub use rule::{Area, Example, Level, Rule};
pub use run::{LintError, Options, Report, lint};
pub use source::{Place, Position, Source};

use finding::Findings;
use linted::{Fetch, FileText, Linted};

/// All rules, in the order of the page.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    let areas: [&[&'static Rule]; 5] =
        [&files::RULES, &entity::RULES, &expressions::RULES, &skeleton::RULES, &allow::RULES];
    areas.into_iter().flatten().copied()
}

/// Everything that can be said of a template without its skeletons' contents.
fn check(template: &Linted<'_>, findings: &mut Findings) {
    entity::check(template, findings);
    expressions::check(template, findings);
    skeleton::check(template, findings);
}

/// Everything that can be said of one file of a skeleton.
fn check_file(template: &Linted<'_>, fetch: &Fetch<'_>, file: &FileText<'_>, findings: &mut Findings) {
    skeleton::check_file(template, fetch, file, findings);
}
