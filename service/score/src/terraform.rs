//! The Terraform root module of a workload in an environment.
//!
//! One call of a platform module for each resource that has one, in Terraform's JSON syntax. Every input is data:
//! what looks like an expression is escaped, so nothing a team writes is evaluated. It configures no provider and no
//! backend; those are the pipeline's.

use serde_json::{Map, Value, json};

use crate::Fault;
use crate::placeholder;
use crate::render::KNOWN_AFTER_APPLY;
use crate::resolve::{Context, Resolved, module_name};

/// The file's content; none when no resource has a module, or all of them wait for another's outputs.
pub(crate) fn root(context: &Context<'_>, resources: &[Resolved<'_>]) -> Result<Option<String>, Fault> {
    let (mut modules, mut outputs) = (Map::new(), Map::new());
    for resolved in resources {
        let Some(module) = &resolved.definition.terraform else { continue };
        let fault = |message: String| {
            context.platform.fault(&resolved.definition.id, &["terraform", "inputs"], message)
        };
        let lookup = |path: &[String]| context.of_definition(resolved, path);
        let inputs = Value::Object(module.inputs.clone());
        let inputs =
            placeholder::expand(&inputs, &lookup, &|output| context.stand_in(output)).map_err(fault)?;
        if mentions(&inputs, KNOWN_AFTER_APPLY) {
            continue;
        }
        let mut call = Map::new();
        call.insert("source".to_owned(), Value::String(module.source.clone()));
        if let Some(version) = &module.version {
            call.insert("version".to_owned(), Value::String(version.clone()));
        }
        if let Value::Object(inputs) = escaped(inputs) {
            call.extend(inputs);
        }
        let name = module_name(resolved);
        for output in &module.outputs {
            let value = json!({ "value": format!("${{module.{name}.{output}}}") });
            outputs.insert(format!("{name}_{output}"), value);
        }
        modules.insert(name, Value::Object(call));
    }
    if modules.is_empty() {
        return Ok(None);
    }
    let mut root = Map::new();
    root.insert("module".to_owned(), Value::Object(modules));
    if !outputs.is_empty() {
        root.insert("output".to_owned(), Value::Object(outputs));
    }
    Ok(Some(format!("{:#}\n", Value::Object(root))))
}

/// Texts as Terraform reads them literally.
fn escaped(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(text.replace("${", "$${").replace("%{", "%%{")),
        Value::Array(items) => Value::Array(items.into_iter().map(escaped).collect()),
        Value::Object(map) => {
            Value::Object(map.into_iter().map(|(key, value)| (key, escaped(value))).collect())
        }
        other => other,
    }
}

fn mentions(value: &Value, text: &str) -> bool {
    match value {
        Value::String(there) => there.contains(text),
        Value::Array(items) => items.iter().any(|item| mentions(item, text)),
        Value::Object(map) => map.values().any(|value| mentions(value, text)),
        _ => false,
    }
}
