use proptest::prelude::*;
use serde_json::json;

use super::*;

fn component() -> Value {
    json!({
        "apiVersion": "backstage.io/v1alpha1",
        "kind": "Component",
        "metadata": {
            "name": "Payments",
            "title": "Payments",
            "labels": {"tier": "1"},
            "annotations": {"github.com/project-slug": "acme/payments"},
            "tags": ["rust"],
            "links": [{"url": "https://acme.test", "type": "runbook", "zeta": 1, "alpha": 2}],
            "zeta": {"b": 1, "a": 2},
            "alpha": true
        },
        "spec": {"type": "service", "lifecycle": "production", "owner": "team-a", "zeta": 1, "alpha": [1, 2]}
    })
}

#[test]
fn an_entity_is_written_as_it_was_read_with_unknown_keys_in_order() {
    let value = component();
    let written = Entity::from_value(&value).unwrap().to_value();
    assert_eq!(serde_json::to_string(&written).unwrap(), serde_json::to_string(&value).unwrap());
}

#[test]
fn serde_and_to_value_write_the_same_text() {
    let entity = Entity::from_value(&component()).unwrap();
    assert_eq!(serde_json::to_string(&entity).unwrap(), entity.to_value().to_string());
}

#[test]
fn the_reference_of_an_entity_uses_the_default_namespace() {
    let mut entity = Entity::from_value(&component()).unwrap();
    assert_eq!(entity.entity_ref().unwrap().to_written(), "Component:default/Payments");
    entity.metadata.namespace = Some("shop".into());
    assert_eq!(entity.entity_ref().unwrap().to_string(), "component:shop/payments");
}

#[test]
fn a_value_of_another_shape_is_refused_with_the_field_that_is_wrong() {
    let mut value = component();
    value["metadata"]["labels"]["tier"] = json!(1);
    let error = Entity::from_value(&value).unwrap_err();
    assert!(error.to_string().contains("metadata.labels.tier"), "{error}");
    assert!(!error.violations.is_empty());
}

#[test]
fn a_foreign_root_field_is_refused_rather_than_lost() {
    let mut value = component();
    value["relations"] = json!([]);
    assert!(Entity::from_value(&value).unwrap_err().to_string().contains("relations"));
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-z]{1,4}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn writing_and_reading_gives_the_same_entity(
        name in "[a-z]{1,8}",
        namespace in prop::option::of("[a-z]{1,8}"),
        description in prop::option::of("\\PC{0,16}"),
        labels in prop::collection::btree_map("[a-z]{1,4}", "[a-z]{0,4}", 0..4),
        tags in prop::collection::vec("[a-z]{1,4}", 0..4),
        other in prop::collection::btree_map("x-[a-z]{1,4}", json_value(), 0..4),
        spec in prop::option::of(prop::collection::btree_map("[a-zA-Z]{1,4}", json_value(), 0..4)),
    ) {
        let entity = Entity {
            api_version: "backstage.io/v1alpha1".into(),
            kind: "Component".into(),
            metadata: Metadata {
                name,
                namespace,
                description,
                labels: labels.into_iter().collect(),
                tags,
                other: other.into_iter().collect(),
                ..Metadata::default()
            },
            spec: spec.map(|spec| spec.into_iter().collect()),
        };
        let value = entity.to_value();
        prop_assert_eq!(&Entity::from_value(&value).unwrap(), &entity);
        prop_assert_eq!(&Entity::from_value(&value).unwrap().to_value(), &value);
    }
}
