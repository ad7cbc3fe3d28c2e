//! Expressions in step values: whether they can be read, and whether what they use is there.
//!
//! What names mean (parameters, steps, secrets) is judged in [`references`].

mod conditions;
mod references;
mod table;

use nunjucks::Inspection;

use super::finding::{Finding, Findings};
use super::linted::{Expression, Linted, Part};
use super::rule::Rule;
use super::slip::{meant, question};
use crate::render::inspect::CONDITION_FUNCTIONS;

pub(super) use table::RULES;
use table::{EXPRESSION_INVALID, UNKNOWN_FILTER, UNKNOWN_FUNCTION, UNKNOWN_METHOD, UNKNOWN_TEST};

/// What people write who mean nothing at all: `x if y else undefined`.
pub(super) const NOTHING: &str = "undefined";

/// Looks at all expressions of the template.
pub(super) fn check(template: &Linted<'_>, findings: &mut Findings) {
    let references = references::References::new(template);
    for expression in &template.expressions {
        match &expression.parsed {
            Err(fault) => {
                let end = fault.at + next_word(expression.text, fault.at);
                let place = expression.place(fault.at..end);
                let mend = if expression.part == Part::If {
                    "correct it; as it is, its text counts as true and the step always runs"
                } else {
                    "correct it; as it is, its text stays as it is written"
                };
                findings.add(&EXPRESSION_INVALID, place, fault.message.clone(), mend);
            }
            Ok(found) => {
                named(expression, found, findings);
                calls(template, expression, found, findings);
                references.check(expression, found, findings);
            }
        }
    }
    conditions::check(template, findings);
}

/// The length of what stands at a byte, up to the next space.
fn next_word(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    rest.find(char::is_whitespace).filter(|length| *length > 0).unwrap_or(rest.len().min(1))
}

fn named(expression: &Expression<'_>, found: &Inspection, findings: &mut Findings) {
    let kinds: [(&[nunjucks::Named], &'static Rule, &str); 2] =
        [(&found.filters, &UNKNOWN_FILTER, "filter"), (&found.tests, &UNKNOWN_TEST, "test")];
    for (names, rule, what) in kinds {
        for named in names.iter().filter(|named| !named.known) {
            let message = format!("there is no {what} `{}`", named.name);
            let mend = match &named.nearest {
                Some(near) => format!("did you mean `{near}`?"),
                None => {
                    format!("use a {what} that Backstage has; docs/templates.md tells where to find them")
                }
            };
            findings.add(rule, expression.place(named.range.clone()), message, mend);
        }
    }
}

fn calls(template: &Linted<'_>, expression: &Expression<'_>, found: &Inspection, findings: &mut Findings) {
    for call in found.calls.iter().filter(|call| !call.known) {
        let place = expression.place(call.range.clone());
        let known = template.known.values.callables(call.method);
        if call.method {
            let message = format!("no value has a method `{}`, so the expression fails", call.name);
            let otherwise = "use a filter, or one of the methods that Backstage allows";
            let mend = question(meant(&call.name, known), otherwise);
            findings.push(Finding::new(&UNKNOWN_METHOD, place, message, mend));
        } else if !CONDITION_FUNCTIONS.contains(&call.name.as_str()) {
            let message = format!("there is no function `{}`", call.name);
            let names = known.into_iter().chain(CONDITION_FUNCTIONS);
            let mend =
                question(meant(&call.name, names), "write a filter behind the value: `value | filter`");
            findings.add(&UNKNOWN_FUNCTION, place, message, mend);
        } else if expression.part != Part::If {
            let message = format!("`{}()` is there only in the `if` of a step", call.name);
            findings.add(&UNKNOWN_FUNCTION, place, message, "move it into an `if`");
        }
    }
}
