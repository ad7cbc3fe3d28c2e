//! What the names in expressions stand for: parameters, steps and their outputs, secrets.

use std::collections::HashMap;

use nunjucks::{Inspection, Reference};
use serde_json::Value;

use super::table::{
    DASHED_STEP_ID, LATER_STEP, SECRETS_UNAVAILABLE, UNDEFINED_PARAMETER, UNKNOWN_NAME, UNKNOWN_OUTPUT,
    UNKNOWN_STEP,
};
use crate::lint::finding::{Finding, Findings};
use crate::lint::linted::{Expression, Linted, Part};
use crate::lint::parameters::Declared;
use crate::lint::rule::Level;
use crate::lint::slip::{meant, question};
use crate::words::nearest;

/// Names that every step value sees.
const NAMES: [&str; 5] = ["parameters", "steps", "user", "context", "environment"];

/// What there is to refer to.
pub(super) struct References<'d> {
    template: &'d Linted<'d>,
    declared: Declared<'d>,
    /// Positions of steps, by their ids; of several with one id the first.
    steps: HashMap<&'d str, usize>,
}

impl<'d> References<'d> {
    pub(super) fn new(template: &'d Linted<'d>) -> Self {
        let mut steps = HashMap::new();
        for step in &template.steps {
            steps.entry(step.id.as_str()).or_insert(step.index);
        }
        Self { template, declared: Declared::of(template), steps }
    }

    pub(super) fn check(&self, expression: &Expression<'_>, found: &Inspection, findings: &mut Findings) {
        for reference in &found.references {
            // What a dash ties to a step's id is judged with the id.
            if reference.tied {
                continue;
            }
            match reference.root.as_str() {
                "steps" => self.step(expression, reference, findings),
                "parameters" => self.parameter(expression, reference, findings),
                "secrets" => self.secrets(expression, findings, reference),
                "each" if self.has_each(expression) => {}
                "user" | "context" | "environment" => self.environment(expression, reference, findings),
                _ => self.unknown(expression, reference, findings),
            }
        }
    }

    fn has_each(&self, expression: &Expression<'_>) -> bool {
        let step = expression.step.and_then(|index| self.template.steps.get(index));
        expression.part != Part::Each && step.is_some_and(|step| step.each.is_some())
    }

    fn unknown(&self, expression: &Expression<'_>, reference: &Reference, findings: &mut Findings) {
        let name = reference.root.as_str();
        if name == super::NOTHING {
            return;
        }
        let range = reference.range.start..reference.range.start + name.len();
        let message = format!("nothing is called `{name}` here, so it renders as nothing");
        let near = nearest(name, NAMES.into_iter().chain(["secrets", "each"]));
        let mend = match name {
            "values" => "write `parameters`: `values` is there only in the files of a skeleton".to_owned(),
            "each" => "write it in a step that has `each`".to_owned(),
            _ if self.declared.has(name) => format!("write `parameters.{name}`"),
            _ if self.steps.contains_key(name) => format!("write `steps.{name}`"),
            _ => near.map_or_else(
                || format!("what there is: {}", NAMES.map(|name| format!("`{name}`")).join(", ")),
                |near| format!("did you mean `{near}`?"),
            ),
        };
        findings.add(&UNKNOWN_NAME, expression.place(range), message, mend);
    }

    /// `parameters.name` and what lies below it.
    fn parameter(&self, expression: &Expression<'_>, reference: &Reference, findings: &mut Findings) {
        let keys: Vec<&str> = reference.path.iter().map_while(|segment| segment.key.as_deref()).collect();
        let Some(missing) = self.declared.missing(&keys) else { return };
        let Some(segment) = reference.path.get(missing.depth) else { return };
        let key = segment.key.as_deref().unwrap_or_default();
        let dashed = reference.dashed.and_then(|end| expression.text.get(segment.range.start..end));
        if let Some(dashed) = dashed.filter(|dashed| {
            missing.known.contains(dashed) || missing.depth == 0 && self.declared.has(dashed)
        }) {
            let message = format!("this subtracts from `{key}`: a name with dashes needs brackets");
            let end = reference.dashed.unwrap_or(reference.range.end);
            let place = expression.place(reference.range.start..end);
            let head = expression.text.get(reference.range.start..segment.range.start.saturating_sub(1));
            findings.add(
                &DASHED_STEP_ID,
                place,
                message,
                format!("write `{}['{dashed}']`", head.unwrap_or_default()),
            );
            return;
        }
        let what = if missing.depth == 0 {
            "no parameter".to_owned()
        } else {
            format!("no member of `{}`", keys.get(missing.depth - 1).copied().unwrap_or_default())
        };
        let message = format!("{what} is called `{key}`, so it renders as nothing");
        let top = (missing.depth == 0).then(|| self.declared.names()).into_iter().flatten();
        let near = meant(key, top.chain(missing.known.iter().copied()));
        let otherwise = "declare it in `spec.parameters`, or correct the name";
        let place = expression.place(segment.range.clone());
        let mut finding =
            Finding::new(&UNDEFINED_PARAMETER, place.clone(), message, question(near, otherwise));
        if reference.guarded {
            finding = finding.weighing(Level::Warning);
        }
        findings.push(finding);
    }

    fn secrets(&self, expression: &Expression<'_>, findings: &mut Findings, reference: &Reference) {
        let each = || self.has_each(expression);
        let (part, mend) = match expression.part {
            Part::Output => ("`output`", "let the task give out nothing that is secret"),
            Part::If if !each() => ("`if`", "ask for a parameter, or do it in the `input` of a step"),
            _ => return,
        };
        let message = format!("secrets are not there in {part}, so this renders as nothing");
        findings.add(&SECRETS_UNAVAILABLE, expression.place(reference.range.clone()), message, mend);
    }

    fn environment(&self, expression: &Expression<'_>, reference: &Reference, findings: &mut Findings) {
        let first = reference.path.first().and_then(|segment| segment.key.as_deref());
        if (reference.root.as_str(), first) == ("environment", Some("secrets")) {
            self.secrets(expression, findings, reference);
        }
    }

    /// `steps.id.output.name`.
    fn step(&self, expression: &Expression<'_>, reference: &Reference, findings: &mut Findings) {
        let Some(first) = reference.path.first() else { return };
        let Some(id) = first.key.as_deref() else { return };
        if self.dashed(expression, reference, findings) {
            return;
        }
        let Some(&index) = self.steps.get(id) else {
            let message = format!("no step has the id `{id}`, so this renders as nothing");
            let near = meant(id, self.steps.keys().copied());
            let place = expression.place(first.range.clone());
            findings.add(
                &UNKNOWN_STEP,
                place,
                message,
                question(near, "give a step this id, or correct the name"),
            );
            return;
        };
        let own = expression.step;
        if own.is_some_and(|own| index >= own) {
            let message = if own == Some(index) {
                format!("the step `{id}` uses its own output, which is not there yet")
            } else {
                format!("the step `{id}` runs later, so its output is not there yet")
            };
            findings.add(
                &LATER_STEP,
                expression.place(reference.range.clone()),
                message,
                "use an earlier step, or change the order of the steps",
            );
            return;
        }
        self.output(expression, reference, index, findings);
    }

    /// Whether the reference is one to a step with dashes in its id, written so that it subtracts.
    fn dashed(&self, expression: &Expression<'_>, reference: &Reference, findings: &mut Findings) -> bool {
        let (Some(end), [segment]) = (reference.dashed, reference.path.as_slice()) else { return false };
        let Some(id) = expression.text.get(segment.range.start..end) else { return false };
        let is_step = self.steps.contains_key(id);
        if !is_step && self.steps.contains_key(segment.key.as_deref().unwrap_or_default()) {
            return false;
        }
        let place = expression.place(reference.range.start..end);
        let message = format!("this subtracts: `steps.{id}` is no name, because of the dashes in it");
        let mend = format!("write `steps['{id}']`");
        let mut finding = Finding::new(&DASHED_STEP_ID, place.clone(), message, mend);
        if is_step && place.text() == format!("steps.{id}") {
            // Inside of a text in single quotes, a quote would end it.
            let quote = if expression.node.place().text().starts_with('\'') { "\"" } else { "'" };
            if !expression.node.place().text().starts_with('"') || quote == "'" {
                finding = finding.replacing(place.range, format!("steps[{quote}{id}{quote}]"));
            }
        }
        findings.push(finding);
        true
    }

    fn output(
        &self,
        expression: &Expression<'_>,
        reference: &Reference,
        index: usize,
        findings: &mut Findings,
    ) {
        let Some(step) = self.template.steps.get(index) else { return };
        let Some(member) = reference.path.get(1) else { return };
        let Some(name) = member.key.as_deref() else { return };
        if name != "output" {
            let message =
                format!("a step has only `output`, so `steps.{}.{name}` renders as nothing", step.id);
            let mend = match name {
                "outputs" => "write `output`".to_owned(),
                _ => format!("write `steps.{}.output.{name}`", step.id),
            };
            findings.add(&UNKNOWN_OUTPUT, expression.place(member.range.clone()), message, mend);
            return;
        }
        let Some(action) = step.action_id() else { return };
        let Ok(registered) = self.template.known.actions.get(action) else { return };
        let Some(wanted) = reference.path.get(2) else { return };
        let Some(wanted_name) = wanted.key.as_deref() else { return };
        let known = outputs(action, registered.definition().output.as_ref());
        // With `each` every output is a list.
        if known.is_open || known.names.contains(&wanted_name) {
            return;
        }
        let message =
            format!("the action `{action}` has no output `{wanted_name}`, so this renders as nothing");
        let otherwise = match known.names.as_slice() {
            [] => "this action has no outputs".to_owned(),
            names => format!(
                "it has {}",
                names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
            ),
        };
        let near = meant(wanted_name, known.names.iter().copied());
        findings.add(
            &UNKNOWN_OUTPUT,
            expression.place(wanted.range.clone()),
            message,
            question(near, &otherwise),
        );
    }
}

struct Outputs<'s> {
    names: Vec<&'s str>,
    is_open: bool,
}

/// Outputs that an action gives although its schema does not tell them.
const UNTOLD: [(&str, &[&str]); 1] = [("catalog:register", &["catalogInfoUrl", "entityRef"])];
/// Actions without a schema of outputs that indeed give none.
const WITHOUT_OUTPUTS: [&str; 4] = ["fetch:", "debug:", "fs:delete", "fs:rename"];

/// The outputs that an action gives, as far as it tells.
fn outputs<'s>(action: &str, schema: Option<&'s Value>) -> Outputs<'s> {
    let Some(schema) = schema else {
        let untold = UNTOLD.iter().find(|(id, _)| *id == action).map(|(_, names)| names.to_vec());
        let is_open = untold.is_none() && !WITHOUT_OUTPUTS.iter().any(|prefix| action.starts_with(prefix));
        return Outputs { names: untold.unwrap_or_default(), is_open };
    };
    let forms =
        ["anyOf", "oneOf", "allOf"].into_iter().filter_map(|key| schema.get(key)?.as_array()).flatten();
    let mut names = Vec::new();
    let mut is_open = false;
    for form in std::iter::once(schema).chain(forms) {
        let properties = form.get("properties").and_then(Value::as_object);
        names.extend(properties.into_iter().flatten().map(|(name, _)| name.as_str()));
        is_open |= match form.get("additionalProperties") {
            None => properties.is_none() && form.get("anyOf").is_none(),
            Some(more) => *more != Value::Bool(false),
        };
    }
    Outputs { names, is_open }
}
