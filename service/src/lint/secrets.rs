//! Secrets that end up where people read them, and values of users that reach paths and addresses.

mod paths;
mod table;

use nunjucks::Reference;

use super::finding::{Finding, Findings};
use super::linted::{Expression, Linted, Part};
use super::parameters::{SchemaPlace, schemas};

pub(super) use table::RULES;
use table::{PASSWORD_NOT_SECRET, SECRET_AS_PARAMETER, SECRET_LOGGED};

/// Looks at what becomes of secrets and of values that users give.
pub(super) fn check(template: &Linted<'_>, findings: &mut Findings) {
    let fields = fields(template, findings);
    for expression in &template.expressions {
        let Some(found) = expression.found() else { continue };
        for reference in &found.references {
            if is_secret(reference) {
                logged(template, expression, reference, findings);
            } else if reference.root == "parameters" {
                masked(expression, reference, &fields, findings);
            }
        }
    }
    paths::check(template, findings);
}

/// The fields whose real value is a secret. Passwords that are none are told on the way.
fn fields<'d>(template: &Linted<'d>, findings: &mut Findings) -> Vec<&'d str> {
    let mut names = Vec::new();
    for schema in template.pages.iter().flat_map(|page| schemas(*page)) {
        let SchemaPlace::Property(name) = schema.place else { continue };
        let Some(widget) = schema.node.get("ui:widget") else {
            names.extend((schema.field() == Some("Secret")).then_some(name));
            continue;
        };
        if schema.field() == Some("Secret") {
            names.push(name);
        } else if widget.text() == Some("password") {
            let message =
                format!("the value of `{name}` is hidden in the form and kept in clear with the task");
            let mend = format!("write `ui:field: Secret` in place of the widget, and read `secrets.{name}`");
            findings.add(&PASSWORD_NOT_SECRET, widget.place(), message, mend);
        }
    }
    names
}

fn is_secret(reference: &Reference) -> bool {
    let first = reference.path.first().and_then(|segment| segment.key.as_deref());
    reference.root == "secrets" || (reference.root == "environment" && first == Some("secrets"))
}

/// Inputs that are written to the log, or into the repository.
fn logged(
    template: &Linted<'_>,
    expression: &Expression<'_>,
    reference: &Reference,
    findings: &mut Findings,
) {
    let Some(step) = expression.step.and_then(|index| template.steps.get(index)) else { return };
    if expression.part != Part::Input {
        return;
    }
    let first = expression.path.first().copied().unwrap_or_default();
    let (what, mend) = match step.action_id() {
        Some("debug:log") => ("is written to the log", "leave it out of the message"),
        Some(action)
            if first == "values"
                && (action.starts_with("fetch:") || action.starts_with("workspace:template")) =>
        {
            (
                "is written into the files and to the log",
                "set it in the repository's settings, for example with `secrets` of `publish:github`",
            )
        }
        Some(action)
            if action.ends_with(":fs:write")
                || action.ends_with(":fs:append")
                || action == "catalog:write" =>
        {
            (
                "is written into a file of the repository",
                "set it in the repository's settings, for example with `secrets` of `publish:github`",
            )
        }
        _ => return,
    };
    let place = expression.place(reference.range.clone());
    let name = expression.text.get(reference.range.clone()).unwrap_or_default();
    findings.push(Finding::new(&SECRET_LOGGED, place, format!("the secret `{name}` {what}"), mend));
}

/// A secret field gives asterisks to whoever reads it as a parameter.
fn masked(expression: &Expression<'_>, reference: &Reference, fields: &[&str], findings: &mut Findings) {
    let Some(segment) = reference.path.first() else { return };
    let Some(name) = segment.key.as_deref().filter(|name| fields.contains(name)) else { return };
    if reference.guarded && reference.path.len() == 1 {
        return;
    }
    let message = format!("`{name}` is a secret field: as a parameter it is a row of asterisks");
    let mend = format!("write `secrets.{name}`");
    findings.add(&SECRET_AS_PARAMETER, expression.place(reference.range.clone()), message, mend);
}
