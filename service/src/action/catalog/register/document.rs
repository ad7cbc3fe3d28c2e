//! The entities that a catalog file holds, judged.
//!
//! Every document is read and every fault is told, with its line; only a file without a fault gives entities.
//! A kind that the stock catalog does not know is a warning, because a catalog may have a module for it.

use catalog_gen::{DEFAULT_NAMESPACE, Document, EntityRef, parse_documents, validate};
use serde_json::{Value, json};

use crate::action::ActionError;
use crate::entities::MANAGED_BY_LOCATION;

const UNKNOWN_KIND: &str = "kind.unknown";

/// What a file holds, or several.
#[derive(Debug, Default)]
pub(super) struct Entities {
    /// In the order of the file; of a file that was read at least one.
    pub(super) entities: Vec<(EntityRef, Value)>,
    /// What may be wrong.
    pub(super) warnings: Vec<String>,
}

impl Entities {
    /// Adds what the file at `url` holds; every entity says from now on that it is managed there.
    pub(super) fn take(&mut self, mut more: Self, url: &str) -> Result<(), ActionError> {
        let known = |reference: &EntityRef| self.entities.iter().any(|(known, _)| known == reference);
        if let Some((reference, _)) = more.entities.iter().find(|(reference, _)| known(reference)) {
            return Err(ActionError::Input(format!(
                "`{reference}` stands in the catalog file at `{url}` and in one before it; give one another name"
            )));
        }
        more.entities.iter_mut().for_each(|(_, entity)| manage(entity, url));
        self.entities.extend(more.entities);
        self.warnings.extend(more.warnings);
        Ok(())
    }

    /// The entity that stands for the whole file.
    pub(super) fn chosen(&self) -> String {
        let references: Vec<(&str, String)> =
            self.entities.iter().map(|(reference, _)| (reference.kind(), reference.to_string())).collect();
        let chosen = super::chosen(references.iter().map(|(kind, reference)| (*kind, reference.as_str())));
        chosen.unwrap_or_default()
    }
}

/// Writes the file's address into an entity, as the stock catalog does. Whatever its author wrote there gives way: what
/// an entity names is looked for beside this file.
fn manage(entity: &mut Value, url: &str) {
    let Some(metadata) = entity.get_mut("metadata").and_then(Value::as_object_mut) else { return };
    let annotations = metadata.entry("annotations").or_insert_with(|| json!({}));
    if let Some(annotations) = annotations.as_object_mut() {
        annotations.insert(MANAGED_BY_LOCATION.to_owned(), Value::String(format!("url:{url}")));
    }
}

/// Reads and judges a catalog file; `url` is for messages.
pub(super) fn entities(text: &str, url: &str) -> Result<Entities, ActionError> {
    let (mut faults, mut warnings, mut entities) = (Vec::new(), Vec::new(), Vec::<(EntityRef, Value)>::new());
    for document in parse_documents(text) {
        let document = match document {
            Ok(document) => document,
            Err(error) => {
                faults.push(error.to_string());
                continue;
            }
        };
        for violation in validate(&document.value) {
            let told = format!("line {}: {violation}", document.line);
            if violation.rule == UNKNOWN_KIND { warnings.push(told) } else { faults.push(told) }
        }
        let Some(reference) = reference(&document) else { continue };
        if entities.iter().any(|(known, _)| *known == reference) {
            faults.push(format!(
                "line {}: `{reference}` is in the file twice; give one another name",
                document.line
            ));
        }
        entities.push((reference, document.value));
    }
    if !faults.is_empty() {
        return Err(ActionError::Input(format!(
            "the catalog file at `{url}` cannot be registered: {}",
            faults.join("; ")
        )));
    }
    if entities.is_empty() {
        return Err(ActionError::Input(format!(
            "the catalog file at `{url}` holds no entity; write one into it"
        )));
    }
    Ok(Entities { entities, warnings })
}

fn reference(document: &Document) -> Option<EntityRef> {
    let text = |pointer: &str| document.value.pointer(pointer).and_then(Value::as_str);
    let namespace = text("/metadata/namespace").unwrap_or(DEFAULT_NAMESPACE);
    EntityRef::new(text("/kind")?, namespace, text("/metadata/name")?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://github.com/acme/demo/blob/main/catalog-info.yaml";

    fn component(name: &str) -> String {
        format!(
            "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: {name}\n\
             spec: {{ type: service, lifecycle: production, owner: team-a }}\n"
        )
    }

    fn system(name: &str) -> String {
        format!(
            "apiVersion: backstage.io/v1alpha1\nkind: System\nmetadata:\n  name: {name}\nspec: {{ owner: team-a }}\n"
        )
    }

    #[test]
    fn the_first_component_with_a_name_of_its_own_stands_for_the_file() {
        let text = [system("shop"), component("generated-1"), component("Basket")].join("---\n");

        let read = entities(&text, URL).unwrap();

        assert_eq!(read.entities.len(), 3);
        assert_eq!(read.chosen(), "component:default/basket");
    }

    #[test]
    fn without_a_component_the_first_entity_stands_for_the_file() {
        assert_eq!(
            entities(&[component("generated-1"), system("shop")].join("---\n"), URL).unwrap().chosen(),
            "system:default/shop"
        );
        assert_eq!(
            entities(&component("generated-1"), URL).unwrap().chosen(),
            "component:default/generated-1"
        );
    }

    #[test]
    fn every_fault_is_told_with_its_line() {
        let text =
            format!("{}---\nkind: Component\nmetadata:\n  name: 'no good'\n---\na: [\n", component("a"));

        let Err(ActionError::Input(message)) = entities(&text, URL) else {
            unreachable!("the file is wrong")
        };

        assert!(message.contains("line 7: metadata.name"), "{message}");
        assert!(message.contains("apiVersion"), "{message}");
        assert!(message.contains("; line "), "{message}");
    }

    #[test]
    fn an_empty_file_and_a_name_that_comes_twice_are_faults() {
        assert!(matches!(entities("# nothing\n", URL), Err(ActionError::Input(_))));
        assert!(matches!(
            entities(&[component("a"), component("A")].join("---\n"), URL),
            Err(ActionError::Input(_))
        ));
    }

    #[test]
    fn an_unknown_kind_is_a_warning() {
        let text = "apiVersion: acme.io/v1\nkind: Gadget\nmetadata:\n  name: x\nspec: {}\n";

        let read = entities(text, URL).unwrap();

        assert_eq!(read.warnings.len(), 1);
        assert_eq!(read.chosen(), "gadget:default/x");
    }
}
