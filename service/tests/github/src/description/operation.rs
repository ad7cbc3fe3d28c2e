//! One operation of the description: its parameters, the schema of its body, those of its answers.
//!
//! A validator is built when a schema is first asked, because a test needs a few of some three thousand.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use jsonschema::{Draft, Registry, Validator};
use serde_json::Value;

use super::paths::Template;
use super::{Description, URN};

/// An operation. The schemas in it are those of the document.
#[derive(Debug)]
pub(super) struct Operation {
    pub(super) id: &'static str,
    pub(super) method: &'static str,
    pub(super) template: Template,
    source: &'static Value,
    parts: OnceLock<Parts>,
}

/// What an operation consists of.
#[derive(Debug)]
pub(super) struct Parts {
    pub(super) params: Vec<Param>,
    pub(super) body: Option<Body>,
    /// By status, as the description writes it.
    pub(super) answers: BTreeMap<&'static str, Option<Schema>>,
}

/// A parameter of the path or the query.
#[derive(Debug)]
pub(super) struct Param {
    pub(super) name: &'static str,
    pub(super) place: &'static str,
    pub(super) required: bool,
    pub(super) schema: Schema,
}

/// The body of a request.
#[derive(Debug)]
pub(super) struct Body {
    pub(super) required: bool,
    /// None if the body is no JSON.
    pub(super) schema: Option<Schema>,
}

/// A schema of the document.
#[derive(Debug)]
pub(super) struct Schema {
    pub(super) source: &'static Value,
    validator: OnceLock<Result<Validator, String>>,
}

impl Operation {
    /// As the document has it.
    pub(super) const fn new(
        id: &'static str,
        method: &'static str,
        template: Template,
        source: &'static Value,
    ) -> Self {
        Self { id, method, template, source, parts: OnceLock::new() }
    }

    /// What it consists of.
    pub(super) fn parts(&self, description: &Description) -> &Parts {
        self.parts.get_or_init(|| {
            let answers = self.source.get("responses").and_then(Value::as_object).into_iter().flatten();
            let answers = answers.map(|(status, answer)| {
                let content = description.resolved(answer).get("content");
                (status.as_str(), json(content).map(Schema::new))
            });
            let body = self.source.get("requestBody").map(|body| {
                let body = description.resolved(body);
                Body {
                    required: is_true(body, "required"),
                    schema: json(body.get("content")).map(Schema::new),
                }
            });
            let params = params(self.source).map(|param| Param::new(description.resolved(param)));
            Parts { params: params.collect(), body, answers: answers.collect() }
        })
    }
}

impl Param {
    fn new(source: &'static Value) -> Self {
        let text = |key: &str| source.get(key).and_then(Value::as_str).unwrap_or_default();
        Self {
            name: text("name"),
            place: text("in"),
            required: is_true(source, "required"),
            schema: Schema::new(source.get("schema").unwrap_or(&Value::Bool(true))),
        }
    }
}

impl Schema {
    const fn new(source: &'static Value) -> Self {
        Self { source, validator: OnceLock::new() }
    }

    /// What is wrong with a value. The value itself is not told: it may be a secret.
    pub(super) fn faults(&self, registry: &Registry<'static>, value: &Value) -> Vec<String> {
        let validator = self.validator.get_or_init(|| {
            let options = jsonschema::options().with_draft(Draft::Draft7).with_registry(registry);
            options.build(self.source).map_err(|error| format!("its schema cannot be used: {error}"))
        });
        match validator {
            Ok(validator) => validator
                .iter_errors(value)
                .map(|error| format!("`{}`: {}", error.instance_path(), error.masked()))
                .collect(),
            Err(fault) => vec![fault.clone()],
        }
    }
}

/// The parameters that may be several segments of a path.
pub(super) fn long_params(document: &'static Value, source: &'static Value) -> Vec<&'static str> {
    let resolved = |param: &'static Value| {
        let pointer =
            param.get("$ref").and_then(Value::as_str).and_then(|reference| reference.strip_prefix(URN));
        pointer.and_then(|pointer| document.pointer(pointer.strip_prefix('#')?)).unwrap_or(param)
    };
    let long = params(source).map(resolved).filter(|param| is_true(param, "x-multi-segment"));
    let path = long.filter(|param| param.get("in").and_then(Value::as_str) == Some("path"));
    path.filter_map(|param| param.get("name")?.as_str()).collect()
}

fn params(source: &'static Value) -> impl Iterator<Item = &'static Value> {
    source.get("parameters").and_then(Value::as_array).into_iter().flatten()
}

fn is_true(node: &Value, key: &str) -> bool {
    node.get(key).and_then(Value::as_bool).unwrap_or(false)
}

/// The schema of the JSON among some media types.
fn json(content: Option<&'static Value>) -> Option<&'static Value> {
    let content = content?.as_object()?;
    let kind = content.get("application/json").or_else(|| {
        let vendor = content.iter().find(|(kind, _)| kind.ends_with("+json"));
        vendor.map(|(_, value)| value)
    });
    kind?.get("schema")
}
