//! From a checked entity to a [`Template`].

use std::sync::Arc;

use serde_json::{Map, Value};

use super::faults::{self, step_id};
use super::locate::Source;
use super::{Step, Template, TemplateError, TemplateSpec, Written};
use crate::template::parameters::Patterns;

/// The template, or everything that keeps the entity from being one.
pub(super) fn template(
    entity: Value,
    source: Source<'_>,
    base_url: Option<String>,
) -> Result<Template, Vec<TemplateError>> {
    let patterns = Arc::new(Patterns::default());
    let found = faults::find(&entity, source, &patterns);
    if !found.errors.is_empty() {
        return Err(found.errors);
    }
    let entity = with_namespace(entity);
    let entity_ref = entity_ref(&entity).ok_or_else(|| {
        vec![TemplateError::of_file(source.file, "the template has no name; write `metadata.name`")]
    })?;
    let base_url = base_url.or_else(|| base_url_of(&entity));
    let spec = spec(entity.get("spec").and_then(Value::as_object).unwrap_or(&Map::new()));
    let written = Written { file: source.file.to_owned(), text: source.text.into(), line: source.line };
    Ok(Template { entity, entity_ref, base_url, spec, warnings: found.warnings, patterns, written })
}

/// The comparable reference of an entity, where it has a name.
pub(in crate::template) fn entity_ref(entity: &Value) -> Option<String> {
    let metadata = entity.get("metadata")?;
    let text = |key: &str| metadata.get(key).and_then(Value::as_str);
    let kind = entity.get("kind").and_then(Value::as_str)?;
    let namespace = text("namespace").unwrap_or(catalog_gen::DEFAULT_NAMESPACE);
    catalog_gen::EntityRef::new(kind, namespace, text("name")?).ok().map(|reference| reference.to_string())
}

/// Backstage's catalog writes the namespace in front of the rest of the metadata.
fn with_namespace(mut entity: Value) -> Value {
    if let Some(metadata) = entity.get_mut("metadata").and_then(Value::as_object_mut)
        && !metadata.contains_key("namespace")
    {
        metadata.shift_insert(
            0,
            "namespace".to_owned(),
            Value::String(catalog_gen::DEFAULT_NAMESPACE.to_owned()),
        );
    }
    entity
}

/// What the location annotations say: a `url` target as it is, a `file` target as a `file://` URL.
fn base_url_of(entity: &Value) -> Option<String> {
    let annotations = entity.pointer("/metadata/annotations")?;
    let location = ["backstage.io/source-location", "backstage.io/managed-by-location"]
        .into_iter()
        .find_map(|key| annotations.get(key).and_then(Value::as_str))?;
    match location.split_once(':')? {
        ("url", target) => Some(target.to_owned()),
        ("file", target) => Some(format!("file://{target}")),
        _ => None,
    }
}

fn spec(spec: &Map<String, Value>) -> TemplateSpec {
    let pages = match spec.get("parameters") {
        None => Vec::new(),
        Some(Value::Array(pages)) => pages.clone(),
        Some(page) => vec![page.clone()],
    };
    let decorators = spec.get("formDecorators").or_else(|| spec.get("EXPERIMENTAL_formDecorators"));
    let steps = spec.get("steps").and_then(Value::as_array).into_iter().flatten();
    TemplateSpec {
        pages,
        secrets_schema: spec.get("secrets").and_then(|secrets| secrets.get("schema")).cloned(),
        steps: steps.enumerate().map(|(index, written)| step(written, index)).collect(),
        output: spec.get("output").cloned().unwrap_or_else(|| Value::Object(Map::new())),
        presentation: spec.get("presentation").cloned(),
        form_decorators: decorators.cloned(),
        recovery: spec.get("EXPERIMENTAL_recovery").cloned(),
    }
}

fn step(written: &Value, index: usize) -> Step {
    let mut rest = written.as_object().cloned().unwrap_or_default();
    let mut text = |key: &str| match rest.shift_remove(key) {
        Some(Value::String(text)) if !text.is_empty() => Some(text),
        _ => None,
    };
    let (name, action) = (text("name"), text("action").unwrap_or_default());
    rest.shift_remove("id");
    let input = match rest.shift_remove("input") {
        Some(Value::Object(input)) => Some(input),
        _ => None,
    };
    Step {
        id: step_id(written, index),
        name: name.unwrap_or_else(|| action.clone()),
        action,
        input,
        condition: rest.shift_remove("if"),
        each: rest.shift_remove("each"),
        rest,
    }
}
