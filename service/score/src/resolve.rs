//! Every resource that a workload asks for, with the definition that stands for it and what that gives.
//!
//! Resources may name each other's outputs in their parameters; they are resolved in that order. What Terraform has
//! not told yet is noted and stood in for by [`KNOWN_AFTER_APPLY`]. The invariant: a resource is resolved once, and a
//! circle is a fault, not an endless walk.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use serde_json::{Map, Value};

use crate::definition::{Asked, Definition, choose};
use crate::placeholder::{self, Output};
use crate::platform::Environment;
use crate::render::KNOWN_AFTER_APPLY;
use crate::workload::Resource;
use crate::{Fault, Faults, Platform, Workload};

/// All that rendering looks at.
pub(crate) struct Context<'c> {
    pub(crate) workload: &'c Workload,
    pub(crate) platform: &'c Platform,
    pub(crate) environment: &'c str,
    pub(crate) settings: &'c Environment,
    pub(crate) namespace: String,
    /// As `terraform output -json` writes them.
    pub(crate) outputs: &'c Map<String, Value>,
    /// Outputs of Terraform that were named and are not known, as `resource.output`.
    pub(crate) waiting: RefCell<BTreeSet<String>>,
}

/// A resource and what stands for it.
#[derive(Debug, Clone)]
pub(crate) struct Resolved<'r> {
    /// Its name in the Score file.
    pub(crate) name: &'r str,
    /// Its name in the environment: its id where it is shared, else the workload's name and its own.
    pub(crate) unique: String,
    pub(crate) resource: &'r Resource,
    pub(crate) definition: &'r Definition,
    /// Why that definition.
    pub(crate) reasons: Vec<String>,
    /// The other definitions of its type, and why not those.
    pub(crate) passed_over: Vec<(String, String)>,
    pub(crate) params: Map<String, Value>,
    pub(crate) outputs: IndexMap<String, Output>,
}

impl<'c> Context<'c> {
    /// Resolves all resources, in the order of the Score file.
    pub(crate) fn resolve(&self) -> Result<Vec<Resolved<'c>>, Faults> {
        let resources = &self.workload.spec.resources;
        let mut done: BTreeMap<&str, Resolved<'c>> = BTreeMap::new();
        let mut faults = Vec::new();
        for name in self.in_order()? {
            let Some((name, resource)) = resources.get_key_value(name) else { continue };
            match self.resolve_one(name, resource, &done) {
                Ok(resolved) => drop(done.insert(name, resolved)),
                Err(fault) => faults.push(fault),
            }
        }
        if !faults.is_empty() {
            faults.sort_by_key(|fault: &Fault| (fault.line, fault.column));
            return Err(Faults(faults));
        }
        Ok(resources.keys().filter_map(|name| done.remove(name.as_str())).collect())
    }

    fn resolve_one(
        &self,
        name: &'c str,
        resource: &'c Resource,
        done: &BTreeMap<&str, Resolved<'c>>,
    ) -> Result<Resolved<'c>, Fault> {
        let text = &self.workload.text;
        let asked = Asked {
            resource,
            workload: self.workload.name(),
            environment: self.environment,
            environment_type: &self.settings.kind,
        };
        let (definition, passed_over) = choose(&self.platform.spec.definitions, &asked)
            .map_err(|message| text.fault(&["resources", name], message))?;
        let lookup = |path: &[String]| self.of_workload(path, &|other| Some(&done.get(other)?.outputs));
        let mut given = Map::new();
        for (param, value) in &resource.params {
            let at = ["resources", name, "params", param];
            let value = placeholder::expand(value, &lookup, &|output| self.stand_in(output))
                .map_err(|message| text.fault(&at, message))?;
            given.insert(param.clone(), value);
        }
        let params = definition
            .params(&given)
            .map_err(|(param, message)| text.fault(&["resources", name, "params", &param], message))?;
        let passed_over = passed_over.into_iter().map(|(one, why)| (one.id.clone(), why)).collect();
        let unique = resource.id.clone().unwrap_or_else(|| format!("{}-{name}", self.workload.name()));
        let reasons = definition.criteria.reasons(&asked);
        let outputs = IndexMap::new();
        let mut resolved =
            Resolved { name, unique, resource, definition, reasons, passed_over, params, outputs };
        resolved.outputs = self.outputs_of(&resolved)?;
        Ok(resolved)
    }

    fn outputs_of(&self, resolved: &Resolved<'_>) -> Result<IndexMap<String, Output>, Fault> {
        let definition = resolved.definition;
        let mut outputs = IndexMap::new();
        for (key, value) in &definition.outputs {
            let fault = |message: String| self.platform.fault(&definition.id, &["outputs", key], message);
            let part = |part: &str| {
                let text = value.get(part).and_then(Value::as_str).unwrap_or_default();
                let parts = placeholder::parts(text, &|path| self.of_definition(resolved, path))?;
                placeholder::joined(&parts, &|output| self.stand_in(output))
            };
            let output = if value.get("secret").is_some() {
                Output::Secret { name: part("secret").map_err(fault)?, key: part("key").map_err(fault)? }
            } else if value.get("configMap").is_some() {
                Output::ConfigMap {
                    name: part("configMap").map_err(fault)?,
                    key: part("key").map_err(fault)?,
                }
            } else {
                self.plain_output(resolved, value).map_err(fault)?
            };
            outputs.insert(key.clone(), output);
        }
        Ok(outputs)
    }

    /// One placeholder keeps what it stands for, so that what is not known yet is told where it is used.
    fn plain_output(&self, resolved: &Resolved<'_>, value: &Value) -> Result<Output, String> {
        let lookup = |path: &[String]| self.of_definition(resolved, path);
        if let Value::String(text) = value {
            let parts = placeholder::parts(text, &lookup)?;
            if let [placeholder::Part::Found(output)] = parts.as_slice() {
                return Ok(output.clone());
            }
        }
        Ok(Output::Known(placeholder::expand(value, &lookup, &|output| self.stand_in(output))?))
    }

    /// What a placeholder of the Score file stands for.
    pub(crate) fn of_workload<'o>(
        &self,
        path: &[String],
        outputs: &dyn Fn(&str) -> Option<&'o IndexMap<String, Output>>,
    ) -> Result<Output, String> {
        let named = path.join(".");
        match path {
            [first, rest @ ..] if first == "metadata" && !rest.is_empty() => {
                inside(&self.workload.spec.metadata, rest)
                    .map(Output::Known)
                    .ok_or_else(|| format!("the metadata has no `{}`", rest.join(".")))
            }
            [first, name, rest @ ..] if first == "resources" => {
                let known = self.workload.spec.resources.contains_key(name);
                let outputs = outputs(name).filter(|_| known).ok_or_else(|| {
                    format!("the workload has no resource `{name}`; name it under `resources`")
                })?;
                match rest {
                    [] => Ok(Output::Known(Value::String(name.clone()))),
                    [output] => outputs.get(output).cloned().ok_or_else(|| {
                        let known: Vec<String> = outputs.keys().map(|key| format!("`{key}`")).collect();
                        let known = if known.is_empty() { "nothing".to_owned() } else { known.join(", ") };
                        format!("`{name}` gives no `{output}`; it gives {known}")
                    }),
                    _ => Err(format!("`{named}` goes too deep; outputs are plain values")),
                }
            }
            _ => Err(format!(
                "`${{{named}}}` stands for nothing; use `metadata.…` or `resources.<name>.<output>`, and `$$` for a dollar"
            )),
        }
    }

    /// What a placeholder of a definition stands for.
    pub(crate) fn of_definition(&self, resolved: &Resolved<'_>, path: &[String]) -> Result<Output, String> {
        let text = |text: &str| Ok(Output::Known(Value::String(text.to_owned())));
        let parts: Vec<&str> = path.iter().map(String::as_str).collect();
        match parts.as_slice() {
            ["workload"] => text(self.workload.name()),
            ["environment"] => text(self.environment),
            ["environment", "type"] => text(&self.settings.kind),
            ["namespace"] => text(&self.namespace),
            ["resource"] => text(resolved.name),
            ["name"] => text(&resolved.unique),
            ["type"] => text(&resolved.resource.kind),
            ["class"] => text(resolved.resource.class.as_deref().unwrap_or("default")),
            ["id"] => text(resolved.resource.id.as_deref().unwrap_or_default()),
            ["params", ..] => inside(&resolved.params, path.get(1..).unwrap_or_default())
                .map(Output::Known)
                .ok_or_else(|| format!("the rule has no parameter `{}`", parts.join("."))),
            ["values", ..] => inside(&self.settings.values, path.get(1..).unwrap_or_default())
                .map(Output::Known)
                .ok_or_else(|| {
                    format!("the environment `{}` has no `{}`", self.environment, parts.join("."))
                }),
            ["terraform", output] => self.terraform_output(resolved, output),
            _ => Err(format!(
                "`${{{}}}` stands for nothing here; there are `workload`, `environment`, `environment.type`, \
                 `namespace`, `resource`, `name`, `type`, `class`, `id`, `params.…`, `values.…`, `terraform.…`",
                parts.join(".")
            )),
        }
    }

    fn terraform_output(&self, resolved: &Resolved<'_>, output: &str) -> Result<Output, String> {
        let Some(module) = &resolved.definition.terraform else {
            return Err("the rule has no `terraform` block".to_owned());
        };
        if !module.outputs.iter().any(|known| known == output) {
            return Err(format!("`{output}` is not among the rule's `terraform.outputs`"));
        }
        let key = format!("{}_{output}", module_name(resolved));
        let Some(known) = self.outputs.get(&key) else {
            return Ok(Output::Terraform { module: resolved.name.to_owned(), output: output.to_owned() });
        };
        if known.get("sensitive").and_then(Value::as_bool).unwrap_or_default() {
            return Err(format!(
                "Terraform marks `{key}` sensitive; let the module keep it in a `Secret` and name that"
            ));
        }
        Ok(Output::Known(known.get("value").cloned().unwrap_or(Value::Null)))
    }

    /// Text for what is not known now.
    pub(crate) fn stand_in(&self, output: &Output) -> Result<String, String> {
        match output {
            Output::Known(value) => Ok(placeholder::as_text(value)),
            Output::Terraform { module, output } => {
                self.waiting.borrow_mut().insert(format!("{module}.{output}"));
                Ok(KNOWN_AFTER_APPLY.to_owned())
            }
            Output::Secret { name, key } => {
                Err(format!("key `{key}` of the `Secret` `{name}` can only be used in `variables`"))
            }
            Output::ConfigMap { name, key } => {
                Err(format!("key `{key}` of the `ConfigMap` `{name}` can only be used in `variables`"))
            }
        }
    }

    /// Names of the resources, each after those whose outputs it names.
    fn in_order(&self) -> Result<Vec<&'c str>, Fault> {
        let mut order: Vec<&'c str> = Vec::new();
        let mut left: Vec<(&'c str, BTreeSet<String>)> = Vec::new();
        for (name, resource) in &self.workload.spec.resources {
            let mut needs = BTreeSet::new();
            names_in(&Value::Object(resource.params.clone()), &mut needs);
            needs.retain(|need| self.workload.spec.resources.contains_key(need));
            left.push((name, needs));
        }
        while !left.is_empty() {
            let ready = |needs: &BTreeSet<String>| needs.iter().all(|need| order.contains(&need.as_str()));
            let (now, later): (Vec<_>, Vec<_>) = left.into_iter().partition(|(_, needs)| ready(needs));
            if now.is_empty() {
                let circle: Vec<String> = later.iter().map(|(name, _)| format!("`{name}`")).collect();
                let first = later.first().map(|(name, _)| *name).unwrap_or_default();
                let message = format!("these resources wait for each other: {}", circle.join(", "));
                return Err(self.workload.text.fault(&["resources", first], message));
            }
            order.extend(now.into_iter().map(|(name, _)| name));
            left = later;
        }
        Ok(order)
    }
}

/// The name of a resource's module in Terraform.
pub(crate) fn module_name(resolved: &Resolved<'_>) -> String {
    resolved.name.replace('-', "_")
}

fn names_in(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => {
            for path in placeholder::mentioned(text) {
                if let [first, name, ..] = path.as_slice()
                    && first == "resources"
                {
                    names.insert(name.clone());
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| names_in(item, names)),
        Value::Object(map) => map.values().for_each(|value| names_in(value, names)),
        _ => {}
    }
}

fn inside(map: &Map<String, Value>, path: &[String]) -> Option<Value> {
    let (first, rest) = path.split_first()?;
    let found = map.get(first)?;
    rest.iter().try_fold(found, |value, key| value.get(key)).cloned()
}
