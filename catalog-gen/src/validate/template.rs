//! What the scaffolder asks of a template's spec beyond texts.
//!
//! The forms are a table; one walk checks them. Keys that the table does not name are always allowed, but for those of
//! an output, which have to be texts. What the parts of a template mean is not asked.

use serde_json::{Map, Value};

use super::{Report, below, is_placeholder};

/// What a value must look like.
#[derive(Debug)]
pub(super) enum Form {
    /// Text, which may be empty.
    Text,
    /// Text with at least one character.
    Filled,
    /// An expression, or true or false.
    Condition,
    /// A list of such values.
    List(&'static Form),
    /// One such mapping, or a list of them.
    OneOrMany(&'static Form),
    /// A mapping with these fields, the first `needed` of which have to be there, and others of a form.
    Mapping { fields: &'static [(&'static str, Form)], needed: usize, others: Option<&'static Form> },
}

const fn mapping(fields: &'static [(&'static str, Form)]) -> Form {
    Form::Mapping { fields, needed: 0, others: None }
}

const PERMISSIONS: (&str, Form) = ("backstage:permissions", mapping(&[("tags", Form::List(&Form::Text))]));

/// The form or the pages of the form.
pub(super) const PARAMETERS: Form = Form::OneOrMany(&mapping(&[PERMISSIONS]));
/// What is asked and not kept.
pub(super) const SECRETS: Form = mapping(&[("schema", mapping(&[]))]);
/// How the form looks.
pub(super) const PRESENTATION: Form = mapping(&[(
    "buttonLabels",
    mapping(&[
        ("backButtonText", Form::Text),
        ("createButtonText", Form::Text),
        ("reviewButtonText", Form::Text),
    ]),
)]);
/// What happens to a task whose worker died.
pub(super) const RECOVERY: Form = mapping(&[("EXPERIMENTAL_strategy", Form::Text)]);
/// What changes the form before it is sent.
pub(super) const DECORATORS: Form = Form::List(&mapping(&[("id", Form::Text), ("input", mapping(&[]))]));
/// What is done.
pub(super) const STEPS: Form = Form::List(&Form::Mapping {
    fields: &[
        ("action", Form::Text),
        ("id", Form::Text),
        ("name", Form::Text),
        ("input", mapping(&[])),
        ("if", Form::Condition),
        PERMISSIONS,
    ],
    needed: 1,
    others: None,
});
/// What a task shows at its end.
pub(super) const OUTPUT: Form = Form::Mapping {
    fields: &[
        (
            "links",
            Form::List(&mapping(&[
                ("if", Form::Condition),
                ("url", Form::Filled),
                ("entityRef", Form::Filled),
                ("title", Form::Filled),
                ("icon", Form::Filled),
            ])),
        ),
        (
            "text",
            Form::List(&mapping(&[
                ("if", Form::Condition),
                ("title", Form::Filled),
                ("icon", Form::Filled),
                ("content", Form::Text),
            ])),
        ),
    ],
    needed: 0,
    others: Some(&Form::Text),
};

/// Checks a value against a form.
pub(super) fn check(path: &str, value: &Value, form: &Form, report: &mut Report) {
    if is_placeholder(value) {
        return;
    }
    match (form, value) {
        (Form::Text, Value::String(_)) | (Form::Condition, Value::String(_) | Value::Bool(_)) => {}
        (Form::Filled, _) => drop(report.filled_text(path, value)),
        (Form::List(form) | Form::OneOrMany(form), Value::Array(items)) => {
            for (at, item) in items.iter().enumerate() {
                check(&format!("{path}[{at}]"), item, form, report);
            }
        }
        (Form::OneOrMany(form), one) => check(path, one, form, report),
        (Form::Mapping { .. }, Value::Object(map)) => check_mapping(path, map, form, report),
        (Form::Text, other) => report.wrong_type(path, other, "text"),
        (Form::Condition, other) => report.wrong_type(path, other, "an expression, or true or false,"),
        (Form::List(_), other) => report.wrong_type(path, other, "a list"),
        (Form::Mapping { .. }, other) => report.wrong_type(path, other, "a mapping"),
    }
}

fn check_mapping(path: &str, map: &Map<String, Value>, form: &Form, report: &mut Report) {
    let Form::Mapping { fields, needed, others } = form else { return };
    for (name, _) in fields.iter().take(*needed).filter(|(name, _)| !map.contains_key(*name)) {
        report.missing(&below(path, name), "spec.required", "every step");
    }
    for (key, value) in map {
        let known = fields.iter().find(|(name, _)| name == key).map(|(_, form)| form);
        if let Some(form) = known.or(*others) {
            check(&below(path, key), value, form, report);
        }
    }
}
