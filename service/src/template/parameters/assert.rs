//! Keywords that judge one value alone.
//!
//! Each gives the faults it finds; none leads to another schema. A keyword whose argument makes no sense
//! refuses nothing, save where a comparison with it cannot hold.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::check::{Spot, is_listed};
use super::format;
use super::javascript::{fingerprint, number, quoted, same, text};

/// What a keyword has to say against a value.
pub(super) struct Fault {
    /// The keyword.
    pub(super) name: &'static str,
    /// Its argument, where the package tells it.
    pub(super) argument: Option<Value>,
    /// What is wrong.
    pub(super) message: String,
}

impl Fault {
    /// A fault from its parts.
    pub(super) fn new(name: &'static str, argument: Option<Value>, message: String) -> Self {
        Self { name, argument, message }
    }
}

/// Is the value of the type with this name? Names that mean nothing are met by everything.
pub(super) fn is_of_type(value: &Value, name: &str) -> bool {
    match name {
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "null" => value.is_null(),
        "object" => value.is_object(),
        "date" => false,
        _ => true,
    }
}

/// The faults that one keyword finds; unknown keywords find none.
pub(super) fn faults(keyword: &str, argument: &Value, spot: Spot<'_>) -> Vec<Fault> {
    if keyword == "required" {
        return required(argument, spot.value);
    }
    let Some(value) = spot.value else { return Vec::new() };
    let fault = match value {
        Value::Number(_) => of_number(keyword, argument, value, spot),
        Value::String(text) => of_text(keyword, argument, text),
        Value::Array(items) => of_list(keyword, argument, items),
        Value::Object(map) => of_object(keyword, argument, map.len()),
        _ => None,
    };
    fault.or_else(|| of_any(keyword, argument, value)).into_iter().collect()
}

fn required(argument: &Value, value: Option<&Value>) -> Vec<Fault> {
    match (argument, value) {
        // The boolean form of older drafts.
        (Value::Bool(true), None) => vec![Fault::new("required", None, "is required".to_owned())],
        (Value::Array(names), Some(Value::Object(map))) => names
            .iter()
            .filter(|name| !map.contains_key(&text(name)))
            .map(|name| Fault::new("required", Some(name.clone()), format!("requires property {name}")))
            .collect(),
        _ => Vec::new(),
    }
}

fn of_any(keyword: &str, argument: &Value, value: &Value) -> Option<Fault> {
    match (keyword, argument) {
        ("enum", Value::Array(list)) if !is_listed(list, value) => {
            let shown: Vec<String> = list.iter().map(text).collect();
            let message = format!("is not one of enum values: {}", shown.join(","));
            Some(Fault::new("enum", Some(argument.clone()), message))
        }
        ("const", _) if !same(argument, value) => {
            let message = format!("does not exactly match expected constant: {}", text(argument));
            Some(Fault::new("const", Some(argument.clone()), message))
        }
        _ => None,
    }
}

fn of_number(keyword: &str, argument: &Value, value: &Value, spot: Spot<'_>) -> Option<Fault> {
    let (given, limit) = (number(value), number(argument));
    let exclusive = |key: &str| spot.map.get(key) == Some(&Value::Bool(true));
    let (name, holds, words) = match keyword {
        "minimum" if exclusive("exclusiveMinimum") => ("minimum", given > limit, "must be greater than"),
        "minimum" => ("minimum", given >= limit, "must be greater than or equal to"),
        "maximum" if exclusive("exclusiveMaximum") => ("maximum", given < limit, "must be less than"),
        "maximum" => ("maximum", given <= limit, "must be less than or equal to"),
        "exclusiveMinimum" if !argument.is_boolean() => {
            ("exclusiveMinimum", given > limit, "must be strictly greater than")
        }
        "exclusiveMaximum" if !argument.is_boolean() => {
            ("exclusiveMaximum", given < limit, "must be strictly less than")
        }
        "multipleOf" => ("multipleOf", is_multiple(given, limit), "is not a multiple of (divisible by)"),
        "divisibleBy" => ("divisibleBy", is_multiple(given, limit), "is not divisible by (multiple of)"),
        _ => return None,
    };
    (!holds).then(|| Fault::new(name, Some(argument.clone()), format!("{words} {}", text(argument))))
}

/// Decimal fractions are scaled to whole numbers first, so that 0.3 is a multiple of 0.1.
fn is_multiple(value: f64, divisor: f64) -> bool {
    if divisor == 0.0 {
        return true;
    }
    let decimals = decimals(value).max(decimals(divisor));
    let scale = 10_f64.powi(decimals);
    (value * scale).round() % (divisor * scale).round() == 0.0
}

fn decimals(value: f64) -> i32 {
    let shown = format!("{value}");
    let digits = shown.split_once('.').map_or(0, |(_, digits)| digits.len());
    i32::try_from(digits).unwrap_or(i32::MAX)
}

fn of_text(keyword: &str, argument: &Value, value: &str) -> Option<Fault> {
    match keyword {
        "minLength" | "maxLength" => of_length(keyword, argument, value.chars().count(), "length"),
        "format" => {
            let name = argument.as_str().filter(|name| !format::conforms(name, value))?;
            let message = format!("does not conform to the {} format", quoted(name));
            Some(Fault::new("format", Some(argument.clone()), message))
        }
        _ => None,
    }
}

fn of_list(keyword: &str, argument: &Value, items: &[Value]) -> Option<Fault> {
    match keyword {
        "minItems" | "maxItems" => of_length(keyword, argument, items.len(), "length"),
        "uniqueItems" if *argument == json!(true) => {
            let mut seen = HashSet::new();
            let twice = items.iter().any(|item| !seen.insert(fingerprint(item)));
            twice.then(|| Fault::new("uniqueItems", None, "contains duplicate item".to_owned()))
        }
        _ => None,
    }
}

fn of_object(keyword: &str, argument: &Value, fields: usize) -> Option<Fault> {
    match keyword {
        "minProperties" | "maxProperties" => of_length(keyword, argument, fields, "property length"),
        _ => None,
    }
}

#[expect(clippy::cast_precision_loss, reason = "a length beyond 2^52 does not fit into memory")]
fn of_length(keyword: &str, argument: &Value, length: usize, what: &str) -> Option<Fault> {
    let (length, limit) = (length as f64, number(argument));
    let (name, holds, bound) = match keyword {
        "minLength" => ("minLength", length >= limit, "minimum"),
        "maxLength" => ("maxLength", length <= limit, "maximum"),
        "minItems" => ("minItems", length >= limit, "minimum"),
        "maxItems" => ("maxItems", length <= limit, "maximum"),
        "minProperties" => ("minProperties", length >= limit, "minimum"),
        _ => ("maxProperties", length <= limit, "maximum"),
    };
    let message = || format!("does not meet {bound} {what} of {}", text(argument));
    (!holds).then(|| Fault::new(name, Some(argument.clone()), message()))
}
