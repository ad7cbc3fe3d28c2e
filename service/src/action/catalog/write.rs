//! `catalog:write`: an entity, as a YAML file of the workspace.

use catalog_gen::{Entry, File};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::action::place::place_inside;
use crate::action::{Action, ActionContext, ActionError, Definition, Example, Kind, schema};

/// The annotation that says which template an entity was made from.
const SOURCE_TEMPLATE: &str = "backstage.io/source-template";

/// The action `catalog:write`.
#[derive(Debug)]
pub(crate) struct Write;

/// What it takes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Input {
    entity: Map<String, Value>,
    file_path: Option<String>,
}

const EXAMPLES: &[Example] = &[Example {
    description: "Write the entity of a new component",
    example: "\
steps:
  - id: entity
    name: Write the catalog file
    action: catalog:write
    input:
      entity:
        apiVersion: backstage.io/v1alpha1
        kind: Component
        metadata:
          name: ${{ parameters.name }}
          annotations:
            backstage.io/techdocs-ref: dir:.
        spec:
          type: service
          lifecycle: experimental
          owner: ${{ parameters.owner }}
",
}];

impl Action for Write {
    type Input = Input;

    fn definition(&self) -> Definition {
        Definition {
            id: "catalog:write".into(),
            description: "Writes an entity to a YAML file and notes in it which template it was made from."
                .into(),
            kind: Kind::Workspace,
            input: schema::closed(
                json!({
                    "entity": schema::any_object("The entity, with `apiVersion`, `kind`, `metadata` and `spec`."),
                    "filePath": schema::text("File of the workspace to write. Default: `catalog-info.yaml`."),
                }),
                &["entity"],
            ),
            output: None,
            supports_dry_run: true,
            examples: EXAMPLES,
        }
    }

    async fn run(&self, ctx: &mut ActionContext<'_>, input: Input) -> Result<(), ActionError> {
        let path = place_inside("filePath", input.file_path.as_deref().unwrap_or("catalog-info.yaml"))?;
        let entity = annotated(input.entity, &ctx.run.template.entity_ref)?;
        let text = serde_yaml::to_string(&entity)
            .map_err(|_| ActionError::Input("`entity` cannot be written as YAML".to_owned()))?;
        let sensitive = ctx.input.get("entity").contains_secret();
        let file = File { sensitive, ..File::new(text) };
        ctx.workspace.insert(path.clone(), Entry::File(file))?;
        ctx.log(format!("Wrote `{path}`")).await
    }
}

fn annotated(mut entity: Map<String, Value>, template: &str) -> Result<Map<String, Value>, ActionError> {
    let Some(Value::Object(metadata)) = entity.get_mut("metadata") else {
        return Err(ActionError::Input(
            "`entity.metadata` is missing; give the entity at least `metadata.name`".to_owned(),
        ));
    };
    let annotations = metadata.entry("annotations").or_insert(Value::Null);
    if annotations.is_null() {
        *annotations = Value::Object(Map::new());
    }
    let Value::Object(annotations) = annotations else {
        return Err(ActionError::Input(
            "`entity.metadata.annotations` must be a mapping of names to texts".to_owned(),
        ));
    };
    annotations.insert(SOURCE_TEMPLATE.to_owned(), template.into());
    Ok(entity)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn annotations_of(entity: Value) -> Result<Value, ActionError> {
        let Value::Object(entity) = entity else { unreachable!("an object was given") };
        let entity = annotated(entity, "template:default/demo")?;
        Ok(entity["metadata"]["annotations"].clone())
    }

    #[test]
    fn the_template_is_noted_beside_other_annotations() {
        let entity = json!({ "metadata": { "name": "x", "annotations": { "a": "b" } } });

        assert_eq!(
            annotations_of(entity).unwrap(),
            json!({ "a": "b", SOURCE_TEMPLATE: "template:default/demo" })
        );
    }

    #[test]
    fn missing_annotations_are_made() {
        for metadata in [json!({ "name": "x" }), json!({ "name": "x", "annotations": null })] {
            let annotations = annotations_of(json!({ "metadata": metadata })).unwrap();

            assert_eq!(annotations, json!({ SOURCE_TEMPLATE: "template:default/demo" }));
        }
    }

    #[test]
    fn an_entity_without_metadata_is_refused() {
        assert!(matches!(annotations_of(json!({ "kind": "Component" })), Err(ActionError::Input(_))));
        assert!(matches!(
            annotations_of(json!({ "metadata": { "annotations": 1 } })),
            Err(ActionError::Input(_))
        ));
    }
}
