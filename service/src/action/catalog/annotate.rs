//! What `catalog:scaffolded-from` and `catalog:template:version` share: an entity, with something added to it.
//!
//! The entity comes from a file of the workspace or from the input, and is written as YAML; comments and the
//! author's layout are lost, as they are upstream. What the input gives goes over what the action adds.

use catalog_gen::{Entry, File};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::action::place::place_inside;
use crate::action::{ActionContext, ActionError, schema};

/// Where an entity stands if the input does not say.
const DEFAULT_FILE: &str = "catalog-info.yaml";

/// What both actions take.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Input {
    #[serde(default)]
    labels: Map<String, Value>,
    #[serde(default)]
    annotations: Map<String, Value>,
    #[serde(default)]
    spec: Map<String, Value>,
    entity_file_path: Option<String>,
    object_yaml: Option<Map<String, Value>>,
    write_to_file: Option<String>,
}

/// What an action adds of its own.
#[derive(Debug, Default)]
pub(super) struct Addition {
    pub(super) annotation: Option<(&'static str, String)>,
    pub(super) spec: Option<(&'static str, String)>,
}

impl Input {
    pub(super) fn annotates(&self, name: &str) -> bool {
        self.annotations.contains_key(name)
    }
}

pub(super) fn input_schema() -> Value {
    let texts = |description: &str| json!({ "type": "object", "additionalProperties": { "type": "string" }, "description": description });
    schema::closed(
        json!({
            "labels": texts("Labels to set in `metadata.labels` of the entity."),
            "annotations": texts("Annotations to set in `metadata.annotations` of the entity."),
            "spec": schema::any_object("Members to set in `spec` of the entity."),
            "entityFilePath": schema::text("File of the workspace that holds the entity. Default: `catalog-info.yaml`."),
            "objectYaml": schema::any_object("The entity itself, instead of a file."),
            "writeToFile": schema::text(
                "File of the workspace to write, also when `entityFilePath` names another. Default: `catalog-info.yaml`.",
            ),
        }),
        &[],
    )
}

pub(super) fn output_schema() -> Value {
    schema::closed(json!({ "annotatedObject": schema::text("The entity as it was written, as YAML.") }), &[])
}

/// Reads the entity, adds to it, writes it.
pub(super) async fn annotate(
    ctx: &mut ActionContext<'_>,
    input: Input,
    addition: Addition,
) -> Result<(), ActionError> {
    let target = place_inside("writeToFile", input.write_to_file.as_deref().unwrap_or(DEFAULT_FILE))?;
    let (entity, sensitive) = match &input.object_yaml {
        Some(entity) => (entity.clone(), false),
        None => read(ctx, input.entity_file_path.as_deref().unwrap_or(DEFAULT_FILE))?,
    };
    let annotated = annotated(entity, &input, addition)?;
    let text = serde_yaml::to_string(&annotated)
        .map_err(|_| ActionError::Input("the entity cannot be written as YAML".to_owned()))?;
    let sensitive = sensitive || ctx.input.contains_secret();
    ctx.workspace.insert(target.clone(), Entry::File(File { sensitive, ..File::new(text.clone()) }))?;
    ctx.output("annotatedObject", text);
    ctx.log(format!("Wrote `{target}`")).await
}

fn read(ctx: &ActionContext<'_>, name: &str) -> Result<(Map<String, Value>, bool), ActionError> {
    let path = place_inside("entityFilePath", name)?;
    let file = ctx.workspace.file(&path).ok_or_else(|| {
        ActionError::NotFound(format!(
            "the workspace has no file `{path}`; name the entity's file in `entityFilePath`, or give the entity in `objectYaml`"
        ))
    })?;
    let entity = serde_yaml::from_slice(&file.bytes).map_err(|error| {
        let place = error.location().map(|at| format!(":{}:{}", at.line(), at.column())).unwrap_or_default();
        ActionError::Input(format!(
            "`{path}`{place} is not one YAML object; an entity is, and a file holds one"
        ))
    })?;
    Ok((entity, file.sensitive))
}

fn annotated(
    mut entity: Map<String, Value>,
    input: &Input,
    addition: Addition,
) -> Result<Map<String, Value>, ActionError> {
    let own = |pair: Option<(&'static str, String)>| {
        pair.map(|(name, value)| (name.to_owned(), Value::from(value))).into_iter()
    };
    let annotations: Map<String, Value> = own(addition.annotation).chain(input.annotations.clone()).collect();
    let spec: Map<String, Value> = own(addition.spec).chain(input.spec.clone()).collect();
    let Some(Value::Object(metadata)) = entity.get_mut("metadata") else {
        return Err(ActionError::Input(
            "the entity has no `metadata`; give it at least `metadata.name`".to_owned(),
        ));
    };
    add(metadata, "annotations", annotations)?;
    add(metadata, "labels", input.labels.clone())?;
    add(&mut entity, "spec", spec)?;
    Ok(entity)
}

/// Adds members to the object under `name`, which is made if it is not there.
fn add(parent: &mut Map<String, Value>, name: &str, members: Map<String, Value>) -> Result<(), ActionError> {
    let slot = parent.entry(name).or_insert(Value::Null);
    if slot.is_null() {
        *slot = Value::Object(Map::new());
    }
    let Value::Object(known) = slot else {
        return Err(ActionError::Input(format!(
            "`{name}` of the entity is not an object of names and values"
        )));
    };
    known.extend(members);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(entity: Value, input: Value, addition: Addition) -> Result<Value, ActionError> {
        let entity = serde_json::from_value(entity).unwrap();
        let input: Input = serde_json::from_value(input).unwrap();
        annotated(entity, &input, addition).map(Value::Object)
    }

    fn version() -> Addition {
        Addition { annotation: Some(("a/version", "1".to_owned())), ..Addition::default() }
    }

    #[test]
    fn what_the_input_gives_goes_over_what_the_action_adds() {
        let entity = json!({ "metadata": { "name": "x", "annotations": { "a/version": "0", "b": "c" } } });

        assert_eq!(
            with(entity.clone(), json!({}), version()).unwrap(),
            json!({ "metadata": { "name": "x", "annotations": { "a/version": "1", "b": "c" }, "labels": {} }, "spec": {} })
        );
        let input =
            json!({ "annotations": { "a/version": "2" }, "labels": { "l": "m" }, "spec": { "owner": "o" } });
        assert_eq!(
            with(entity, input, version()).unwrap(),
            json!({
                "metadata": { "name": "x", "annotations": { "a/version": "2", "b": "c" }, "labels": { "l": "m" } },
                "spec": { "owner": "o" }
            })
        );
    }

    #[test]
    fn an_entity_that_is_none_is_refused() {
        for entity in [json!({}), json!({ "metadata": "x" }), json!({ "metadata": { "annotations": [] } })] {
            assert!(matches!(with(entity, json!({}), version()), Err(ActionError::Input(_))));
        }
    }
}
