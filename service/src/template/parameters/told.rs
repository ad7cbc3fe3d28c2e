//! Faults of values in sentences for the people who gave them.
//!
//! The words of [`SchemaViolation`] are those of Backstage's clients; here they are said of a parameter by its
//! name, with the author's help. Nothing is judged here but names that no page knows.

use serde_json::{Map, Value};

use super::SchemaViolation;
use crate::template::Template;
use crate::words::did_you_mean;

/// Keywords that may bring in more names than the pages list.
const CONDITIONAL: [&str; 5] = ["dependencies", "allOf", "anyOf", "oneOf", "if"];

/// The parameters that the template's pages describe, with their schemas, in order.
pub(crate) fn parameters(template: &Template) -> Vec<(&String, &Value)> {
    let pages = template.spec.pages.iter();
    pages.filter_map(|page| page.get("properties")?.as_object()).flatten().collect()
}

/// Values that no page knows, each with a sentence: they are most likely slips.
pub(crate) fn unknown_names(template: &Template, values: &Map<String, Value>) -> Vec<(String, String)> {
    if template.spec.pages.iter().any(|page| CONDITIONAL.iter().any(|keyword| page.get(keyword).is_some())) {
        return Vec::new();
    }
    let known: Vec<&str> = parameters(template).into_iter().map(|(name, _)| name.as_str()).collect();
    let unknown = values.keys().filter(|name| !known.contains(&name.as_str()));
    let told = |name: &String| format!("`{name}` is unknown{}", did_you_mean(name, known.iter().copied()));
    unknown.map(|name| (name.clone(), told(name))).collect()
}

/// A violation as a sentence about the parameter.
pub(crate) fn describe(template: &Template, violation: &SchemaViolation) -> String {
    let property = violation.property.strip_prefix("instance").unwrap_or(&violation.property);
    let name = property.trim_start_matches('.');
    if let ("required", Some(Value::String(missing))) = (violation.name.as_str(), &violation.argument) {
        let about = parameters(template).into_iter().find(|(known, _)| *known == missing);
        let about = about.and_then(|(_, schema)| schema.get("description").or_else(|| schema.get("title")));
        let about = about.and_then(Value::as_str).map(|text| format!(": {text}")).unwrap_or_default();
        let place = if name.is_empty() { missing.clone() } else { format!("{name}.{missing}") };
        return format!("`{place}` is missing{about}");
    }
    let fault = fault(violation);
    if name.is_empty() { fault } else { format!("`{name}` {fault}") }
}

/// What is wrong with one value, with the author's help where a rule does not explain itself.
pub(crate) fn fault(violation: &SchemaViolation) -> String {
    let help = violation.schema.get("ui:help").and_then(Value::as_str);
    let help = help.map(|text| format!(" ({text})")).unwrap_or_default();
    match violation.name.as_str() {
        "not" => format!("is a value that is not allowed{help}"),
        "pattern" => format!("{}{help}", violation.message),
        "type" => violation.message.replace("is not of a type(s) ", "must be of type "),
        "enum" => violation.message.replace("is not one of enum values: ", "must be one of: "),
        _ => violation.message.clone(),
    }
}
