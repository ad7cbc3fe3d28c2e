//! The input of a step against the schema of its action.
//!
//! What is an expression has its value only when the template runs, so it fits every schema here.

use serde_json::{Map, Value};

use super::table::{INPUT_TYPE, MISSING_INPUT, UNKNOWN_INPUT};
use crate::action::Definition;
use crate::lint::finding::{Finding, Findings};
use crate::lint::linted::{Linted, Step};
use crate::lint::node::Node;
use crate::lint::slip::meant;
use crate::template::{SchemaViolation, validate_against};

/// Inputs that Stagecraft takes for other services' sake and does nothing with.
const SPARED: [&str; 1] = ["copyWithoutRender"];

/// The most inputs that a message names.
const MAX_LISTED: usize = 12;

/// Looks at what the step gives its action.
pub(super) fn check(template: &Linted<'_>, step: &Step<'_>, action: &Definition, findings: &mut Findings) {
    let empty = Value::Object(Map::new());
    let given = step.input.map_or(&empty, |input| input.value);
    if step.node.get("input").is_some_and(|input| template.is_computed(input) || input.is_placeholder()) {
        return;
    }
    let Err(violations) = validate_against(&action.input, given) else { return };
    let mut check = Check { template, step, action, findings };
    for violation in &violations {
        check.violation(violation);
    }
}

struct Check<'c, 'd> {
    template: &'c Linted<'d>,
    step: &'c Step<'d>,
    action: &'c Definition,
    findings: &'c mut Findings,
}

impl<'d> Check<'_, 'd> {
    fn violation(&mut self, violation: &SchemaViolation) {
        let (at, key) = self.at(&violation.path);
        if at.is_some_and(|node| self.template.is_computed(node) || node.is_placeholder()) {
            return;
        }
        let argument = violation.argument.as_ref().and_then(Value::as_str);
        match (violation.name.as_str(), argument) {
            ("additionalProperties", Some(key)) => self.unknown(violation, at, key),
            ("required", Some(key)) => self.missing(violation, at, key),
            // Which of the forms was meant is only known if nothing in it is still to come.
            ("anyOf" | "oneOf" | "not" | "allOf", _) => self.none_of_the_forms(violation, at),
            _ => {
                let message = format!("`{}` {}", key, violation.message);
                let place = at.map_or_else(|| self.place(), |node| node.place());
                let mend = format!("see `stagecraft actions {}`", self.action.id);
                self.findings.add(&INPUT_TYPE, place, message, mend);
            }
        }
    }

    /// The part of the input that a violation is about, and its name.
    fn at(&self, path: &[Value]) -> (Option<Node<'d>>, String) {
        let mut node = self.step.input;
        let mut name = String::from("input");
        for part in path {
            let below = match part {
                Value::String(key) => node.and_then(|node| node.get(key)),
                Value::Number(index) => {
                    let index = index.as_u64().and_then(|index| usize::try_from(index).ok());
                    node.and_then(|node| node.items().nth(index?))
                }
                _ => None,
            };
            name = match part {
                Value::String(key) if name == "input" => key.clone(),
                Value::String(key) => format!("{name}.{key}"),
                other => format!("{name}[{other}]"),
            };
            node = Some(below.or(node).unwrap_or(self.step.node)).filter(|_| below.is_some());
        }
        (node, name)
    }

    fn place(&self) -> crate::lint::source::Place {
        let action = self.step.action.map(|action| action.place());
        action.unwrap_or_else(|| self.step.node.place())
    }

    fn unknown(&mut self, violation: &SchemaViolation, at: Option<Node<'_>>, key: &str) {
        if SPARED.contains(&key) {
            return;
        }
        let Some(member) = at.and_then(|node| node.member(key)) else { return };
        let whole = at.map(|node| node.value);
        let known = known_keys(&violation.schema);
        let absent = known.iter().copied().filter(|name| whole.and_then(|whole| whole.get(name)).is_none());
        let slip = meant(key, absent);
        let message = format!("the action `{}` has no input `{key}` and refuses it", self.action.id);
        let mend = match slip {
            Some(slip) => format!("did you mean `{}`?", slip.name),
            None if known.len() > MAX_LISTED => {
                format!("remove it; `stagecraft actions {}` tells which there are", self.action.id)
            }
            None => format!("remove it; there are {}", list(&known)),
        };
        let mut finding = Finding::new(&UNKNOWN_INPUT, member.key_place(), message, mend);
        if let Some(slip) = slip.filter(|slip| slip.certain && member.is_plain_key()) {
            finding = finding.replacing(member.key_range.clone(), slip.name);
        }
        self.findings.push(finding);
    }

    fn missing(&mut self, violation: &SchemaViolation, at: Option<Node<'_>>, key: &str) {
        // A misspelt one is told as such.
        let known = known_keys(&violation.schema);
        let slipped = at.is_some_and(|node| {
            node.members().any(|member| {
                !known.contains(&member.key)
                    && meant(member.key, known.iter().copied()).is_some_and(|meant| meant.name == key)
            })
        });
        if slipped {
            return;
        }
        let message = format!("the action `{}` needs the input `{key}`", self.action.id);
        let place =
            at.filter(|_| !violation.path.is_empty()).map_or_else(|| self.place(), |node| node.place());
        self.findings.add(&MISSING_INPUT, place, message, format!("write `{key}:` into the `input`"));
    }

    fn none_of_the_forms(&mut self, violation: &SchemaViolation, at: Option<Node<'_>>) {
        let forms = violation.schema.get(&violation.name).and_then(Value::as_array);
        let known: Vec<&str> = forms.into_iter().flatten().flat_map(known_keys).collect();
        let mut told = false;
        for member in at.into_iter().flat_map(Node::members) {
            if !known.is_empty() && !known.contains(&member.key) {
                self.unknown(violation, at, member.key);
                told = true;
            }
        }
        if told || at.is_some_and(|node| self.template.holds_computed(node)) {
            return;
        }
        let place =
            at.filter(|_| !violation.path.is_empty()).map_or_else(|| self.place(), |node| node.place());
        let needs: Vec<String> = forms
            .into_iter()
            .flatten()
            .filter_map(|form| form.get("required")?.as_array())
            .map(|names| {
                names
                    .iter()
                    .filter_map(Value::as_str)
                    .map(|name| format!("`{name}`"))
                    .collect::<Vec<_>>()
                    .join(" and ")
            })
            .filter(|names| !names.is_empty())
            .collect();
        if needs.is_empty() {
            let message = format!("the input of `{}` has none of the forms that it takes", self.action.id);
            let mend = format!("see `stagecraft actions {}`", self.action.id);
            self.findings.add(&INPUT_TYPE, place, message, mend);
        } else {
            let message = format!("the action `{}` needs one of its inputs", self.action.id);
            self.findings.add(&MISSING_INPUT, place, message, format!("write {}", needs.join(" or ")));
        }
    }
}

fn known_keys(schema: &Value) -> Vec<&str> {
    let forms =
        ["anyOf", "oneOf", "allOf"].into_iter().filter_map(|key| schema.get(key)?.as_array()).flatten();
    let properties =
        std::iter::once(schema).chain(forms).filter_map(|form| form.get("properties")?.as_object());
    properties.flatten().map(|(key, _)| key.as_str()).collect()
}

fn list(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
