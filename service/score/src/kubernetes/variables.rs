//! Environment variables of a container.
//!
//! What is in a `Secret` or `ConfigMap` stays there: a variable refers to it. A variable that mixes it with other
//! text refers to a helper variable through Kubernetes' `$(NAME)`, which is why `$(` of a plain text is escaped.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::Writer;
use crate::placeholder::{self, Output, Part};

impl Writer<'_, '_> {
    /// What a placeholder of the Score file stands for.
    pub(super) fn lookup(&self, path: &[String]) -> Result<Output, String> {
        let outputs = |name: &str| {
            let found = self.resources.iter().find(|resolved| resolved.name == name);
            found.map(|resolved| &resolved.outputs)
        };
        self.context.of_workload(path, &outputs)
    }

    pub(super) fn variables(&mut self, container: &str, variables: &IndexMap<String, String>) -> Value {
        let taken: BTreeSet<&str> = variables.keys().map(String::as_str).collect();
        let mut helpers: IndexMap<String, Value> = IndexMap::new();
        let mut entries: Vec<Value> = Vec::new();
        for (name, text) in variables {
            let at = ["containers", container, "variables", name];
            let parts = match placeholder::parts(text, &|path| self.lookup(path)) {
                Ok(parts) => parts,
                Err(message) => {
                    self.fault(&at, message);
                    continue;
                }
            };
            if let [Part::Found(output)] = parts.as_slice()
                && let Some(reference) = reference(output)
            {
                entries.push(json!({ "name": name, "valueFrom": reference }));
                continue;
            }
            let mut value = String::new();
            for part in &parts {
                match part {
                    Part::Text(plain) => value.push_str(&literal(plain)),
                    Part::Found(output) => match reference(output) {
                        Some(reference) => {
                            let helper = helper_name(output, &taken);
                            value.push_str(&format!("$({helper})"));
                            helpers.entry(helper).or_insert(reference);
                        }
                        None => match self.context.stand_in(output) {
                            Ok(known) => value.push_str(&literal(&known)),
                            Err(message) => self.fault(&at, message),
                        },
                    },
                }
            }
            entries.push(json!({ "name": name, "value": value }));
        }
        let helpers =
            helpers.into_iter().map(|(name, reference)| json!({ "name": name, "valueFrom": reference }));
        Value::Array(helpers.chain(entries).collect())
    }
}

fn reference(output: &Output) -> Option<Value> {
    match output {
        Output::Secret { name, key } => Some(json!({ "secretKeyRef": { "name": name, "key": key } })),
        Output::ConfigMap { name, key } => Some(json!({ "configMapKeyRef": { "name": name, "key": key } })),
        Output::Known(_) | Output::Terraform { .. } => None,
    }
}

/// A name that no variable of the team has.
fn helper_name(output: &Output, taken: &BTreeSet<&str>) -> String {
    let (name, key) = match output {
        Output::Secret { name, key } | Output::ConfigMap { name, key } => (name.as_str(), key.as_str()),
        Output::Known(_) | Output::Terraform { .. } => ("", ""),
    };
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
    let mut helper: String = format!("FROM_{name}__{key}").chars().map(plain).collect();
    while taken.contains(helper.as_str()) {
        helper.push('_');
    }
    helper
}

/// A text that Kubernetes does not expand.
fn literal(text: &str) -> String {
    text.replace("$(", "$$(")
}
