//! Steps: ids, actions and their inputs.

mod inputs;
mod table;

use std::collections::HashMap;

use super::finding::{Finding, Findings};
use super::linted::{Fetched, Linted, Step};
use super::node::Node;
use super::rule::Level;
use super::slip::meant;
use crate::action::UnknownAction;

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
        Err(unknown) => absent(template, (step, node), &unknown, findings),
    }
}

/// An action that is not there. Of several steps that name it the first is told, unless it is a slip.
fn absent(
    template: &Linted<'_>,
    (step, node): (&Step<'_>, Node<'_>),
    unknown: &UnknownAction,
    findings: &mut Findings,
) {
    let id = unknown.id.as_str();
    let slip = meant(id, template.known.actions.definitions().map(|action| &*action.id));
    let open = unknown.advice.is_none() && unknown.unlisted.is_none();
    let certain = slip.filter(|slip| slip.certain && open);
    let mut same = template.steps.iter().filter(|other| other.action_id() == Some(id));
    if certain.is_none() && same.next().is_some_and(|first| first.index != step.index) {
        return;
    }
    let more = if certain.is_none() { same.count() } else { 0 };
    let often = if more > 0 { format!(", which {} steps name", more + 1) } else { String::new() };
    let did_you_mean = slip.map(|slip| format!("did you mean `{}`? ", slip.name)).unwrap_or_default();
    let (message, mend) = match (unknown.advice, &unknown.unlisted) {
        (Some(advice), _) => (format!("Stagecraft has no action `{id}`{often}"), advice.to_owned()),
        (None, Some(why)) => (
            format!("it is not known whether Backstage has the action `{id}`{often}: {why}"),
            format!("{did_you_mean}`stagecraft actions` lists what there is, once Backstage can be asked"),
        ),
        (None, None) if certain.is_some() => {
            (format!("Stagecraft has no action `{id}`"), did_you_mean.trim_end().to_owned())
        }
        (None, None) => (
            format!("Stagecraft has no action `{id}`{often}"),
            format!(
                "{did_you_mean}if a plugin of your Backstage registers it, name the plugin in \
                 `backstage.action_plugins` of the settings; `stagecraft actions` lists what there is"
            ),
        ),
    };
    let level = if certain.is_some() { Level::Error } else { Level::Warning };
    let mut finding = Finding::new(&UNKNOWN_ACTION, node.place(), message, mend).weighing(level);
    if let Some(slip) = certain
        && node.is_exact()
        && node.place().text() == id
    {
        finding = finding.replacing(node.range(), slip.name);
    }
    findings.push(finding);
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::action::Registry;
    use crate::lint::{Level, Options, lint};

    #[test]
    fn a_backstage_that_could_not_be_asked_is_told_with_the_reason() {
        let mut registry = Registry::standard();
        registry.note_unlisted("acme", "Backstage does not answer".to_owned());
        let disk = tempfile::tempdir().unwrap();
        let template = "apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata: {name: a, title: A}\n\
                        spec:\n  type: service\n  owner: a\n  steps:\n    - {id: a, name: A, action: 'acme:do'}\n    \
                        - {id: b, name: B, action: 'other:do'}\n";
        std::fs::write(disk.path().join("template.yaml"), template).unwrap();
        let options = Options { actions: Some(Arc::new(registry)), ..Options::default() };
        let found = lint(&[disk.path().to_path_buf()], &options).unwrap().findings;

        let said: Vec<_> = found.iter().map(|one| (one.level, one.message.as_str())).collect();
        assert_eq!(
            said,
            [
                (
                    Level::Warning,
                    "it is not known whether Backstage has the action `acme:do`: Backstage does not answer"
                ),
                (Level::Warning, "Stagecraft has no action `other:do`"),
            ]
        );
    }
}
