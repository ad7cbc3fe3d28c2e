//! Does a case fit its template? Names that it writes have to be there: parameters, steps, actions, outputs.
//!
//! Nothing is run. The invariant: a name that cannot have an effect is a finding, never looked over.

use serde_json::{Map, Value};

use super::case::Case;
use super::finding::Finding;
use super::keys::below;
use crate::action::Registry;
use crate::task::Mock;
use crate::template::parameters::unknown_names;
use crate::template::{Step, Template};
use crate::words::did_you_mean;

/// Everything in the case that its template does not know.
pub(super) fn findings(case: &Case, template: &Template, registry: &Registry) -> Vec<Finding> {
    let mut fit = Fit { case, steps: &template.spec.steps, registry, found: Vec::new() };
    for (name, fault) in unknown_names(template, &case.values) {
        fit.tell(&below("values", &name), fault);
    }
    fit.mocks();
    fit.expectations();
    fit.found
}

struct Fit<'a> {
    case: &'a Case,
    steps: &'a [Step],
    registry: &'a Registry,
    found: Vec<Finding>,
}

impl<'a> Fit<'a> {
    fn tell(&mut self, path: &str, message: String) {
        self.found.push(self.case.finding(path, message));
    }

    fn mocks(&mut self) {
        let case = self.case;
        for (id, answers) in &case.mocks.steps {
            let path = below("mocks.steps", id);
            let Some(step) = self.step(&path, id) else { continue };
            for answer in answers {
                self.iteration(&path, step, answer.iteration.as_deref());
                self.answer(&path, &step.action, answer);
            }
        }
        for (action, answers) in &case.mocks.actions {
            let path = below("mocks.actions", action);
            if !self.steps.iter().any(|step| step.action == *action) {
                let hint = did_you_mean(action, self.steps.iter().map(|step| step.action.as_str()));
                self.tell(&path, format!("no step of the template uses the action `{action}`{hint}"));
                continue;
            }
            answers.iter().for_each(|answer| self.answer(&path, action, answer));
        }
    }

    fn answer(&mut self, path: &str, action: &str, answer: &Mock) {
        let path = match &answer.iteration {
            Some(key) => format!("{}.output", below(&format!("{path}.each"), key)),
            None => format!("{path}.output"),
        };
        self.outputs(&path, action, &answer.output);
    }

    fn expectations(&mut self) {
        let case = self.case;
        for (id, expected) in &case.expect.steps {
            let path = below("expect.steps", id);
            let Some(step) = self.step(&path, id) else { continue };
            for (key, _) in &expected.each {
                self.iteration(&path, step, Some(key));
            }
            if let Some(Value::Object(output)) = &expected.output {
                self.outputs(&format!("{path}.output"), &step.action, output);
            }
        }
        if let Some(id) = case.expect.error.as_ref().and_then(|error| error.step.as_ref()) {
            self.step("expect.error.step", id);
        }
    }

    fn step(&mut self, path: &str, id: &str) -> Option<&'a Step> {
        let steps = self.steps;
        let found = steps.iter().find(|step| step.id == *id);
        if found.is_none() {
            let hint = did_you_mean(id, steps.iter().map(|step| step.id.as_str()));
            self.tell(path, format!("the template has no step `{id}`{hint}"));
        }
        found
    }

    fn iteration(&mut self, path: &str, step: &Step, key: Option<&str>) {
        if let (Some(key), None) = (key, &step.each) {
            let message = format!("step `{}` has no `each`, so it has no element `{key}`", step.id);
            self.tell(&format!("{path}.each"), message);
        }
    }

    /// Outputs that the action does not give. What an action that is not there gives, nobody knows.
    fn outputs(&mut self, path: &str, action: &str, outputs: &Map<String, Value>) {
        let registry = self.registry;
        let Ok(registered) = registry.get(action) else { return };
        let Some(known) = registered.definition().output.as_ref().and_then(declared) else { return };
        for name in outputs.keys().filter(|name| !known.contains(&name.as_str())) {
            let hint = did_you_mean(name, known.iter().copied());
            self.tell(&below(path, name), format!("the action `{action}` has no output `{name}`{hint}"));
        }
    }
}

/// The outputs that a schema names; none if it lets any name be.
fn declared(schema: &Value) -> Option<Vec<&str>> {
    let closed = schema.get("additionalProperties") == Some(&Value::Bool(false));
    let properties = schema.get("properties").and_then(Value::as_object).filter(|_| closed)?;
    Some(properties.keys().map(String::as_str).collect())
}
