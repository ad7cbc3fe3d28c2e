//! Keywords of schemas whose value has the wrong form.

use serde_json::Value;

use super::schemas::Place;
use super::schemas::Schema;
use super::table::{REQUIRED_ON_PROPERTY, SCHEMA_INVALID};
use crate::lint::finding::Findings;
use crate::lint::slip::{meant, question};

/// What a keyword's value has to be.
#[derive(Clone, Copy)]
enum Form {
    Text,
    Flag,
    Number,
    /// Zero or a whole number above it.
    Count,
    Texts,
    List,
    Mapping,
    /// A schema: a mapping, `true` or `false`.
    Schema,
    /// A list of schemas that is not empty.
    Schemas,
    /// A schema, or a list of them.
    SchemaOrSchemas,
}

const KEYWORDS: [(&str, Form); 37] = [
    ("$ref", Form::Text),
    ("$id", Form::Text),
    ("title", Form::Text),
    ("description", Form::Text),
    ("format", Form::Text),
    ("pattern", Form::Text),
    ("minimum", Form::Number),
    ("maximum", Form::Number),
    ("exclusiveMinimum", Form::Number),
    ("exclusiveMaximum", Form::Number),
    ("multipleOf", Form::Number),
    ("minLength", Form::Count),
    ("maxLength", Form::Count),
    ("minItems", Form::Count),
    ("maxItems", Form::Count),
    ("minProperties", Form::Count),
    ("maxProperties", Form::Count),
    ("uniqueItems", Form::Flag),
    ("readOnly", Form::Flag),
    ("writeOnly", Form::Flag),
    ("required", Form::Texts),
    ("enum", Form::List),
    ("examples", Form::List),
    ("properties", Form::Mapping),
    ("patternProperties", Form::Mapping),
    ("definitions", Form::Mapping),
    ("dependencies", Form::Mapping),
    ("additionalProperties", Form::Schema),
    ("items", Form::SchemaOrSchemas),
    ("contains", Form::Schema),
    ("propertyNames", Form::Schema),
    ("not", Form::Schema),
    ("if", Form::Schema),
    ("then", Form::Schema),
    ("oneOf", Form::Schemas),
    ("anyOf", Form::Schemas),
    ("allOf", Form::Schemas),
];

const TYPES: [&str; 7] = ["string", "number", "integer", "boolean", "object", "array", "null"];

/// Looks at the keywords of a schema.
pub(super) fn check(schema: &Schema<'_>, findings: &mut Findings) {
    for member in schema.node.members().filter(|member| !member.node.is_placeholder()) {
        let value = member.node.value;
        if member.key == "type" {
            types(&member.node, findings);
            continue;
        }
        let Some((_, form)) = KEYWORDS.iter().find(|(key, _)| *key == member.key) else { continue };
        if fits(*form, value) || is_draft_4(schema, member.key, value) {
            continue;
        }
        if member.key == "required" && value.is_boolean() {
            let name = match schema.place {
                Place::Property(name) => name,
                _ => "name",
            };
            let message = "`required` of a property does nothing; it is a list of names beside `properties`";
            let mend = format!("write `required: [{name}]` beside `properties`, and remove this");
            findings.add(&REQUIRED_ON_PROPERTY, member.key_place(), message, mend);
            continue;
        }
        let message = format!("`{}` has to be {}", member.key, wanted(*form));
        findings.add(&SCHEMA_INVALID, member.node.place(), message, "write it so, or remove the keyword");
    }
}

/// Older drafts wrote `exclusiveMinimum: true` beside `minimum`.
fn is_draft_4(schema: &Schema<'_>, key: &str, value: &Value) -> bool {
    let beside = match key {
        "exclusiveMinimum" => "minimum",
        "exclusiveMaximum" => "maximum",
        _ => return false,
    };
    value.is_boolean() && schema.node.get(beside).is_some()
}

fn types(node: &crate::lint::node::Node<'_>, findings: &mut Findings) {
    let listed: Vec<_> = node.items().collect();
    let all = if node.value.is_array() { listed } else { vec![*node] };
    for one in all {
        // YAML reads `null` as nothing, and both validators take it for no type.
        let Some(name) = one.text() else {
            if !one.value.is_null() {
                findings.add(
                    &SCHEMA_INVALID,
                    one.place(),
                    "`type` has to be the name of a type",
                    "write it as text",
                );
            }
            continue;
        };
        if !TYPES.contains(&name) {
            let message = format!("`{name}` is no type of JSON Schema, so nothing or everything fits");
            let otherwise = format!("there are {}", TYPES.map(|name| format!("`{name}`")).join(", "));
            findings.add(
                &SCHEMA_INVALID,
                one.place(),
                message,
                question(synonym(name).or(meant(name, TYPES)), &otherwise),
            );
        }
    }
}

/// Names of types in other languages.
fn synonym(name: &str) -> Option<crate::lint::slip::Meant<'static>> {
    let name = match name.to_lowercase().as_str() {
        "bool" => "boolean",
        "int" | "long" => "integer",
        "float" | "double" => "number",
        "str" | "text" | "date" => "string",
        "list" => "array",
        "map" | "dict" | "mapping" => "object",
        _ => return None,
    };
    Some(crate::lint::slip::Meant { name, certain: false })
}

fn fits(form: Form, value: &Value) -> bool {
    let is_schema = |value: &Value| value.is_object() || value.is_boolean();
    match form {
        Form::Text => value.is_string(),
        Form::Flag => value.is_boolean(),
        Form::Number => value.is_number(),
        Form::Count => value.is_u64(),
        Form::Texts => value.as_array().is_some_and(|items| items.iter().all(Value::is_string)),
        Form::List => value.is_array(),
        // A keyword with nothing behind it is as good as none.
        Form::Mapping => value.is_object() || value.is_null(),
        Form::Schema => is_schema(value),
        Form::Schemas => {
            value.as_array().is_some_and(|items| !items.is_empty() && items.iter().all(is_schema))
        }
        Form::SchemaOrSchemas => {
            is_schema(value) || value.as_array().is_some_and(|items| items.iter().all(is_schema))
        }
    }
}

fn wanted(form: Form) -> &'static str {
    match form {
        Form::Text => "a text",
        Form::Flag => "`true` or `false`",
        Form::Number => "a number",
        Form::Count => "a whole number from 0",
        Form::Texts => "a list of names",
        Form::List => "a list",
        Form::Mapping => "a mapping of names to schemas",
        Form::Schema => "a schema",
        Form::Schemas => "a list of schemas that is not empty",
        Form::SchemaOrSchemas => "a schema, or a list of schemas",
    }
}
