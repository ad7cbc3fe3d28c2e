//! An entity as it goes out to a catalog.
//!
//! A catalog takes an entity from a provider only with the two annotations that say where it came from, and one
//! that breaks a rule of the envelope takes the whole set down with it. So the annotations are written here, and
//! what breaks a rule does not go out. `Location` entities do not either: what they lead to is offered itself, and
//! a catalog would read their targets a second time, with rights of its own.

use catalog_gen::{Violation, validate};
use serde_json::{Map, Value};

/// The annotation that says which file an entity was read from. An entity of the store has it from whoever stored it.
pub const MANAGED_BY_LOCATION: &str = "backstage.io/managed-by-location";
const ORIGIN: &str = "backstage.io/managed-by-origin-location";
const SOURCE: &str = "backstage.io/source-location";
/// A catalog may have a module for the kind.
const UNKNOWN_KIND: &str = "kind.unknown";

/// Why an entity does not go out.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Withheld {
    /// It is a `Location`.
    Location,
    /// It breaks these rules.
    Broken(Vec<Violation>),
}

/// An entity of the store: it says itself which file it was read from; `location` is the one that was registered and
/// led there.
pub(super) fn registered(entity: Value, location: &str) -> Result<Value, Withheld> {
    if entity.get("kind").and_then(Value::as_str).is_some_and(|kind| kind.eq_ignore_ascii_case("location")) {
        return Err(Withheld::Location);
    }
    let managed = web_location(&entity, MANAGED_BY_LOCATION).unwrap_or_else(|| location.to_owned());
    checked(with_locations(entity, &managed, location))
}

/// A template of the library. It brings its locations along; a path on this machine, or the address of a repository that
/// is no page, means nothing to a catalog elsewhere, so such a template is said to come from Stagecraft.
pub(super) fn template(mut entity: Value, entity_ref: &str) -> Result<Value, Withheld> {
    let own = format!("stagecraft:{entity_ref}");
    let managed = web_location(&entity, MANAGED_BY_LOCATION).unwrap_or_else(|| own.clone());
    let origin = web_location(&entity, ORIGIN).unwrap_or(own);
    if web_location(&entity, SOURCE).is_none()
        && let Some(annotations) = entity.pointer_mut("/metadata/annotations").and_then(Value::as_object_mut)
    {
        annotations.shift_remove(SOURCE);
    }
    checked(with_locations(entity, &managed, &origin))
}

/// The location that an annotation names, if a browser could open it.
fn web_location(entity: &Value, annotation: &str) -> Option<String> {
    let written = entity.get("metadata")?.get("annotations")?.get(annotation)?.as_str()?;
    ["url:https://", "url:http://"].iter().any(|begin| written.starts_with(begin)).then(|| written.to_owned())
}

/// Writes the annotations over whatever the author wrote there: they are the catalog's.
fn with_locations(mut entity: Value, managed: &str, origin: &str) -> Value {
    let Some(metadata) = entity.get_mut("metadata").and_then(Value::as_object_mut) else { return entity };
    let annotations = metadata.entry("annotations").or_insert_with(|| Value::Object(Map::new()));
    if let Some(annotations) = annotations.as_object_mut() {
        annotations.insert(MANAGED_BY_LOCATION.to_owned(), Value::String(managed.to_owned()));
        annotations.insert(ORIGIN.to_owned(), Value::String(origin.to_owned()));
    }
    entity
}

fn checked(entity: Value) -> Result<Value, Withheld> {
    let mut violations = validate(&entity);
    violations.retain(|violation| violation.rule != UNKNOWN_KIND);
    if violations.is_empty() { Ok(entity) } else { Err(Withheld::Broken(violations)) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn template_with(annotations: Value) -> Value {
        json!({
            "apiVersion": "scaffolder.backstage.io/v1beta3",
            "kind": "Template",
            "metadata": { "name": "t", "annotations": annotations },
            "spec": { "type": "service", "steps": [{ "id": "a", "action": "debug:log" }] },
        })
    }

    fn annotations(entity: &Value) -> Value {
        entity["metadata"]["annotations"].clone()
    }

    fn component(annotations: Value) -> Value {
        json!({
            "apiVersion": "backstage.io/v1alpha1",
            "kind": "Component",
            "metadata": { "name": "shop", "annotations": annotations },
            "spec": { "type": "service", "lifecycle": "production", "owner": "a" },
        })
    }

    #[test]
    fn a_registered_entity_says_which_file_it_is_from_and_what_led_there() {
        let (all, one) = (
            "url:https://github.com/acme/shop/blob/main/all.yaml",
            "url:https://github.com/acme/shop/blob/main/a.yaml",
        );

        let led_to = registered(
            component(json!({ MANAGED_BY_LOCATION: one, ORIGIN: "url:https://x.io/y", "a/b": "c" })),
            all,
        );
        let without = registered(component(json!({})), all);

        assert_eq!(
            annotations(&led_to.unwrap()),
            json!({ MANAGED_BY_LOCATION: one, ORIGIN: all, "a/b": "c" })
        );
        assert_eq!(annotations(&without.unwrap()), json!({ MANAGED_BY_LOCATION: all, ORIGIN: all }));
    }

    #[test]
    fn a_template_of_a_repository_keeps_its_locations() {
        let given = json!({
            MANAGED_BY_LOCATION: "url:https://github.com/acme/t/blob/main/t/template.yaml",
            ORIGIN: "url:https://github.com/acme/t/blob/main/all.yaml",
            SOURCE: "url:https://github.com/acme/t/tree/main/t/",
        });

        assert_eq!(
            annotations(&template(template_with(given.clone()), "template:default/t").unwrap()),
            given
        );
    }

    #[test]
    fn a_template_of_a_folder_or_of_a_repository_without_pages_tells_no_place() {
        for (managed, source) in [
            ("file:/srv/t/template.yaml", json!({})),
            (
                "url:git+file:///srv/t.git//t/template.yaml?ref=main",
                json!({ SOURCE: "url:git+file:///srv/t.git//t?ref=main/" }),
            ),
        ] {
            let mut given = source;
            given[MANAGED_BY_LOCATION] = json!(managed);
            given[ORIGIN] = json!("file:/srv/all.yaml");

            let out = template(template_with(given), "template:default/t").unwrap();

            let own = "stagecraft:template:default/t";
            assert_eq!(annotations(&out), json!({ MANAGED_BY_LOCATION: own, ORIGIN: own }), "{managed}");
        }
    }

    #[test]
    fn a_location_and_what_breaks_a_rule_stay_here() {
        let location = json!({
            "apiVersion": "backstage.io/v1alpha1",
            "kind": "Location",
            "metadata": { "name": "all" },
            "spec": { "targets": ["./a.yaml"] },
        });
        assert_eq!(registered(location, "url:https://x.io/a"), Err(Withheld::Location));

        let mut broken = template_with(json!({}));
        broken["metadata"]["name"] = json!("no good");
        let Err(Withheld::Broken(why)) = template(broken, "template:default/t") else {
            unreachable!("the name is none")
        };
        assert_eq!(why[0].path, "metadata.name");
    }

    #[test]
    fn a_kind_that_the_stock_catalog_does_not_know_goes_out() {
        let gadget =
            json!({ "apiVersion": "acme.io/v1", "kind": "Gadget", "metadata": { "name": "x" }, "spec": {} });

        assert!(registered(gadget, "url:https://x.io/a").is_ok());
    }
}
