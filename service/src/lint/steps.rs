//! Steps: ids, actions and their inputs.

mod inputs;
mod table;

use std::collections::HashMap;

use super::finding::{Finding, Findings};
use super::linted::{Fetched, Linted, Step};
use super::rule::Level;
use super::slip::meant;

pub(super) use table::RULES;
use table::{DUPLICATE_STEP_ID, FETCH_NOT_FOUND, STEP_WITHOUT_ACTION, UNKNOWN_ACTION};

/// Looks at the steps.
pub(super) fn check(template: &Linted<'_>, findings: &mut Findings) {
    duplicates(template, findings);
    for step in &template.steps {
        action(template, step, findings);
    }
    for fetch in &template.fetches {
        let (message, mend) = match &fetch.fetched {
            Fetched::Missing => (
                "nothing lies at this path beside the template",
                "check the spelling and the letter case of every folder",
            ),
            Fetched::Outside => (
                "this path leads out of the repository that the template lies in",
                "move the files into it, or write the URL of their own repository",
            ),
            Fetched::File => ("this is a file, and the action reads a folder", "write the folder's path"),
            Fetched::Folder(_) | Fetched::Remote | Fetched::Computed => continue,
        };
        findings.add(&FETCH_NOT_FOUND, fetch.url.place(), message, mend);
    }
}

fn duplicates(template: &Linted<'_>, findings: &mut Findings) {
    let mut seen: HashMap<&str, usize> = HashMap::new();
    for step in &template.steps {
        if let Some(first) = seen.get(step.id.as_str()) {
            let place = step.written_id.unwrap_or(step.node).place();
            let message = format!(
                "the steps {} and {} both have the id `{}`, so the later outputs replace the earlier",
                first + 1,
                step.index + 1,
                step.id
            );
            findings.add(&DUPLICATE_STEP_ID, place, message, "give one of them another id");
        }
        seen.entry(step.id.as_str()).or_insert(step.index);
    }
}

fn action(template: &Linted<'_>, step: &Step<'_>, findings: &mut Findings) {
    let Some(node) = step.action else {
        if step.node.value.is_object() && !step.node.is_placeholder() {
            let message = format!("the step `{}` names no action", step.id);
            findings.add(
                &STEP_WITHOUT_ACTION,
                step.node.place(),
                message,
                "write `action:` with the action to run",
            );
        }
        return;
    };
    let Some(id) = node.text() else { return };
    if id.trim().is_empty() {
        let message = format!("the step `{}` names no action", step.id);
        findings.add(&STEP_WITHOUT_ACTION, node.place(), message, "name the action to run");
        return;
    }
    if template.known.values.has_tag(id) {
        return;
    }
    match template.known.actions.get(id) {
        Ok(action) => inputs::check(template, step, action.definition(), findings),
        Err(unknown) => {
            let slip = meant(id, template.known.actions.definitions().map(|action| &*action.id));
            let message = format!("Stagecraft has no action `{id}`");
            let (mend, level) = match (unknown.advice, slip) {
                (None, Some(slip)) => (format!("did you mean `{}`?", slip.name), Level::Error),
                (Some(advice), _) => (advice.to_owned(), Level::Warning),
                (None, None) => (
                    "`stagecraft actions` lists what there is; a template with an action of your own Backstage has to run there"
                        .to_owned(),
                    Level::Warning,
                ),
            };
            let mut finding = Finding::new(&UNKNOWN_ACTION, node.place(), message, mend).weighing(level);
            if let Some(slip) = slip.filter(|slip| slip.certain && unknown.advice.is_none())
                && node.is_exact()
                && node.place().text() == id
            {
                finding = finding.replacing(node.range(), slip.name);
            }
            findings.push(finding);
        }
    }
}
