//! Rules about templates: what would fail, or do something else than meant, told before anybody runs it.
//!
//! [`lint`] finds the templates below some paths, reads them with the places of all their parts, and lets every
//! rule look at them ([`rules`] lists them, and `docs/lint.md` is made from that list). Nothing is run, nothing
//! is rendered, nothing is fetched. The invariant: whatever the files say, it ends within its limits, and each
//! finding points to the place that has to be changed.
//!
//! A new rule is a [`Rule`] in the table of its area, with an example that gives it and one that does not, and a
//! check that writes to the list of findings. Areas of the template have `check(&Linted, &mut Findings)`; areas
//! of skeletons are asked once for every file that a step reads, too.

mod allow;
mod discover;
mod entity;
mod expressions;
mod files;
mod finding;
mod fix;
mod linted;
mod node;
mod page;
mod parameters;
mod placeholders;
pub mod report;
mod rule;
mod run;
mod secrets;
mod skeleton;
mod skeleton_files;
mod slip;
mod source;
mod steps;
mod trust;
mod workflow;

pub use finding::{Edit, Finding, Fix};
pub use fix::{FixError, Mended, fix};
pub use page::{page, section};
pub use rule::{Area, Example, Level, Rule};
pub use run::{LintError, Options, Report, lint};
pub use source::{Place, Position, Source};

use finding::Findings;
use linted::{Fetch, FileText, Linted};

/// All rules, in the order of the page.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    let areas: [&[&'static Rule]; 10] = [
        &files::RULES,
        &entity::RULES,
        &placeholders::RULES,
        &parameters::RULES,
        &steps::RULES,
        &expressions::RULES,
        &secrets::RULES,
        &skeleton::RULES,
        &workflow::RULES,
        &allow::RULES,
    ];
    areas.into_iter().flatten().copied()
}

/// Everything that can be said of a template without its skeletons' contents.
fn check(template: &Linted<'_>, findings: &mut Findings) {
    entity::check(template, findings);
    if template.is_old() {
        return;
    }
    parameters::check(template, findings);
    steps::check(template, findings);
    expressions::check(template, findings);
    secrets::check(template, findings);
    skeleton::check(template, findings);
}

/// Everything that can be said of the files of one skeleton.
fn check_files(
    template: &Linted<'_>,
    fetch: &Fetch<'_>,
    findings: &mut Findings,
    mut seen: impl FnMut(&FileText<'_>),
) {
    let Some(skeleton) = fetch.skeleton().filter(|_| !template.is_old()) else { return };
    let declared = parameters::Declared::of(template);
    let mut files = skeleton::Files::new(fetch, findings);
    for file in &skeleton.files {
        let Some(bytes) = skeleton.read(file) else {
            if !file.link {
                files.unread();
            }
            continue;
        };
        let text = fetch.open(skeleton, file, &bytes);
        seen(&text);
        files.file(&text, findings);
        workflow::check_file(template, &declared, (fetch, &text), findings);
    }
    files.end(findings);
}
