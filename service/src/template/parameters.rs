//! Checks values and secrets against a template's JSON Schemas, and reports faults in the shape of the
//! `jsonschema` npm package, which Backstage answers with.

use serde::Serialize;
use serde_json::Value;

use super::Template;

/// One violation, field by field as Backstage's clients know it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SchemaViolation {
    /// Keys and indexes down to the value.
    pub path: Vec<Value>,
    /// The same as text: `instance.a.b` or `secrets.a`.
    pub property: String,
    /// For example `requires property "name"`.
    pub message: String,
    /// The schema that was broken.
    pub schema: Value,
    /// The value that broke it (`{}` for secrets).
    pub instance: Value,
    /// The failed keyword.
    pub name: String,
    /// The keyword's argument.
    pub argument: Value,
    /// `property` and `message`.
    pub stack: String,
}

/// Checks `values` against each parameter page on its own; the first failing page answers, with every
/// violation it has.
pub fn validate_values(template: &Template, values: &Value) -> Result<(), Vec<SchemaViolation>> {
    unimplemented!()
}

/// Checks the caller's secrets against `spec.secrets.schema`; values never appear in the answer.
pub fn validate_secrets(template: &Template, secrets: &Value) -> Result<(), Vec<SchemaViolation>> {
    unimplemented!()
}

/// Checks any value against one schema (used for action input); property starts with `instance`.
pub fn validate_against(schema: &Value, value: &Value) -> Result<(), Vec<SchemaViolation>> {
    unimplemented!()
}

/// `values` with the defaults of the schemas filled in where nothing was given (our own doors only: the
/// compatible API leaves values as they came).
pub fn with_defaults(template: &Template, values: &Value) -> Value {
    unimplemented!()
}
