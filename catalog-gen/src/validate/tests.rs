use proptest::prelude::*;
use serde_json::json;

use super::*;

fn component() -> Value {
    json!({
        "apiVersion": "backstage.io/v1alpha1",
        "kind": "Component",
        "metadata": {
            "name": "payments",
            "namespace": "shop",
            "title": "Payments",
            "description": "",
            "labels": {"tier": "1", "acme.test/Team": ""},
            "annotations": {"github.com/project-slug": "acme/payments"},
            "tags": ["c++", "a:b"],
            "links": [{"url": "https://acme.test", "title": "Home", "icon": "web", "type": "doc"}],
            "ui:options": {"any": 1}
        },
        "spec": {
            "type": "service", "lifecycle": "production", "owner": "team-a", "system": "shop",
            "providesApis": ["payments"], "dependsOn": ["resource:shop/db"], "house": {"made": true}
        }
    })
}

/// A minimal entity of the kind with this spec.
fn of_kind(kind: &str, spec: Value) -> Value {
    let api_version =
        if kind == "Template" { "scaffolder.backstage.io/v1beta3" } else { "backstage.io/v1alpha1" };
    json!({"apiVersion": api_version, "kind": kind, "metadata": {"name": "x"}, "spec": spec})
}

fn found(entity: &Value) -> Vec<(String, &'static str)> {
    validate(entity).into_iter().map(|violation| (violation.path, violation.rule)).collect()
}

/// The component, with the value at a JSON pointer replaced (or removed by `None`), breaks exactly this rule.
#[track_caller]
fn broken(pointer: &str, value: Option<Value>, path: &str, rule: &str) {
    let mut entity = component();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let parent = entity.pointer_mut(parent).unwrap();
    match (parent, value) {
        (Value::Object(map), Some(value)) => drop(map.insert(key.replace("~1", "/"), value)),
        (Value::Object(map), None) => drop(map.remove(key)),
        (Value::Array(items), Some(value)) => items[key.parse::<usize>().unwrap()] = value,
        other => panic!("no such place: {other:?}"),
    }
    assert_eq!(found(&entity), [(path.to_owned(), rule)], "{pointer}");
}

#[test]
fn a_sound_entity_of_every_kind_has_no_violation() {
    assert_eq!(found(&component()), []);
    let specs = [
        (
            "API",
            json!({"type": "openapi", "lifecycle": "x", "owner": "a", "definition": {"$text": "./api.yaml"}}),
        ),
        ("Resource", json!({"type": "database", "owner": "user:me", "lifecycle": "production"})),
        ("System", json!({"owner": "a", "domain": "d"})),
        ("Domain", json!({"owner": "a", "subdomainOf": "d"})),
        (
            "Group",
            json!({"type": "team", "children": [], "profile": {"displayName": "A"}, "members": ["me"]}),
        ),
        ("User", json!({"memberOf": []})),
        ("Location", json!({"targets": ["./a.yaml"], "presence": "optional"})),
        ("Location", json!({})),
        (
            "Template",
            json!({"type": "service", "parameters": [{}], "steps": [{"action": "debug:log", "if": true}]}),
        ),
    ];
    for (kind, spec) in specs {
        assert_eq!(found(&of_kind(kind, spec)), [], "{kind}");
    }
}

#[test]
fn the_envelope_needs_its_fields_as_text() {
    for (pointer, path) in [
        ("/apiVersion", "apiVersion"),
        ("/kind", "kind"),
        ("/metadata", "metadata"),
        ("/metadata/name", "metadata.name"),
    ] {
        broken(pointer, None, path, "envelope.required");
        broken(pointer, Some(json!(7)), path, "value.type");
        if path != "metadata" {
            broken(pointer, Some(json!("")), path, "value.empty");
            broken(pointer, Some(json!({"$text": "x"})), path, "value.type");
        }
    }
    for value in [json!([]), json!("x"), json!(null)] {
        assert_eq!(found(&value), [(String::new(), "envelope.mapping")]);
    }
    assert_eq!(found(&json!({})).len(), 3);
}

#[test]
fn only_four_fields_may_stand_at_the_root() {
    for key in ["relations", "status", "Spec"] {
        broken(&format!("/{key}"), Some(json!([])), key, "envelope.foreign-field");
    }
}

#[test]
fn every_format_is_checked_at_its_field() {
    broken("/kind", Some(json!("My-Kind")), "kind", "format.kind");
    broken("/metadata/name", Some(json!("a b")), "metadata.name", "format.name");
    broken("/metadata/namespace", Some(json!("Shop")), "metadata.namespace", "format.namespace");
    broken("/metadata/namespace", Some(json!("")), "metadata.namespace", "value.empty");
    broken("/metadata/labels/a b", Some(json!("x")), "metadata.labels[\"a b\"]", "format.label-key");
    broken("/metadata/labels/tier", Some(json!("a b")), "metadata.labels.tier", "format.label-value");
    broken("/metadata/labels/tier", Some(json!(1)), "metadata.labels.tier", "value.type");
    broken(
        "/metadata/annotations/a~1b~1c",
        Some(json!("")),
        "metadata.annotations[\"a/b/c\"]",
        "format.annotation-key",
    );
    broken("/metadata/annotations/a", Some(json!(true)), "metadata.annotations.a", "value.type");
    broken("/metadata/tags/0", Some(json!("C")), "metadata.tags[0]", "format.tag");
    broken("/metadata/tags", Some(json!("c")), "metadata.tags", "value.type");
    broken("/metadata/links/0/url", Some(json!("acme.test")), "metadata.links[0].url", "format.link-url");
    broken("/metadata/links/0/url", None, "metadata.links[0].url", "envelope.required");
    broken("/metadata/links/0/icon", Some(json!("")), "metadata.links[0].icon", "value.empty");
    broken("/metadata/links/0", Some(json!("https://a")), "metadata.links[0]", "value.type");
    broken("/metadata/title", Some(json!("")), "metadata.title", "value.empty");
    broken("/metadata/description", Some(json!(null)), "metadata.description", "value.type");
    broken("/spec", Some(json!("x")), "spec", "value.type");
}

#[test]
fn a_bad_api_version_breaks_its_format_and_its_kind() {
    let mut entity = component();
    entity["apiVersion"] = json!("a/b/c");
    let expected =
        [("apiVersion".to_owned(), "format.api-version"), ("apiVersion".to_owned(), "kind.api-version")];
    assert_eq!(found(&entity), expected);
    broken("/apiVersion", Some(json!("scaffolder.backstage.io/v1beta3")), "apiVersion", "kind.api-version");
    let mut template = of_kind("Template", json!({"type": "x", "steps": []}));
    template["apiVersion"] = json!("backstage.io/v1beta2");
    assert_eq!(found(&template), [("apiVersion".to_owned(), "kind.api-version")]);
}

#[test]
fn an_unknown_kind_is_reported_with_the_right_letter_case_where_there_is_one() {
    broken("/kind", Some(json!("component")), "kind", "kind.unknown");
    let mut entity = component();
    entity["kind"] = json!("component");
    assert!(validate(&entity)[0].message.contains("write `Component`"));
    entity["kind"] = json!("Sandwich");
    assert!(validate(&entity)[0].message.contains("`Component`, `API`"));
}

#[test]
fn each_kind_asks_for_its_fields() {
    let required = [
        ("Component", vec!["type", "lifecycle", "owner"]),
        ("API", vec!["type", "lifecycle", "owner", "definition"]),
        ("Resource", vec!["type", "owner"]),
        ("System", vec!["owner"]),
        ("Domain", vec!["owner"]),
        ("Group", vec!["type", "children"]),
        ("User", vec!["memberOf"]),
        ("Location", vec![]),
        ("Template", vec!["type", "steps"]),
    ];
    for (kind, fields) in required {
        let expected: Vec<_> =
            fields.iter().map(|field| (format!("spec.{field}"), "spec.required")).collect();
        assert_eq!(found(&of_kind(kind, json!({}))), expected, "{kind}");
        let mut without_spec = of_kind(kind, json!({}));
        without_spec.as_object_mut().unwrap().remove("spec");
        assert_eq!(found(&without_spec), [("spec".to_owned(), "spec.required")], "{kind}");
    }
}

#[test]
fn fields_of_a_spec_have_their_shapes() {
    broken("/spec/type", Some(json!("")), "spec.type", "value.empty");
    broken("/spec/system", Some(json!(["a"])), "spec.system", "value.type");
    broken("/spec/providesApis", Some(json!("a")), "spec.providesApis", "value.type");
    broken("/spec/providesApis", Some(json!(["a", ""])), "spec.providesApis[1]", "value.empty");
    let cases = [
        (of_kind("Location", json!({"presence": "maybe"})), "spec.presence", "spec.presence"),
        (
            of_kind("Group", json!({"type": "t", "children": [], "profile": {"email": ""}})),
            "spec.profile.email",
            "value.empty",
        ),
        (of_kind("Template", json!({"type": "t", "steps": [{}]})), "spec.steps[0].action", "spec.required"),
        (
            of_kind("Template", json!({"type": "t", "steps": [{"action": "a", "if": 1}]})),
            "spec.steps[0].if",
            "value.type",
        ),
        (of_kind("Template", json!({"type": "t", "steps": {}})), "spec.steps", "value.type"),
        (
            of_kind("Template", json!({"type": "t", "steps": [], "parameters": [1]})),
            "spec.parameters[0]",
            "value.type",
        ),
    ];
    for (entity, path, rule) in cases {
        assert_eq!(found(&entity), [(path.to_owned(), rule)]);
    }
}

#[test]
fn references_must_be_readable_with_the_kind_their_field_implies() {
    broken("/spec/owner", Some(json!("group:/a")), "spec.owner", "reference.form");
    broken("/spec/system", Some(json!("shop/")), "spec.system", "reference.form");
    broken("/spec/dependsOn/0", Some(json!("db")), "spec.dependsOn[0]", "reference.kind-missing");
    broken("/spec/dependencyOf", Some(json!("shop/db")), "spec.dependencyOf", "reference.kind-missing");
    broken(
        "/spec/dependencyOf",
        Some(json!(["component:a", ":b"])),
        "spec.dependencyOf[1]",
        "reference.form",
    );
    let group = of_kind("Group", json!({"type": "t", "children": ["a/"], "parent": ":a", "members": ["/a"]}));
    let rules: Vec<_> = found(&group).into_iter().map(|(path, _)| path).collect();
    assert_eq!(rules, ["spec.children[0]", "spec.parent", "spec.members[0]"]);
}

#[test]
fn the_places_an_entity_came_from_must_be_locations() {
    let key = "/metadata/annotations/backstage.io~1managed-by-location";
    let path = "metadata.annotations[\"backstage.io/managed-by-location\"]";
    for text in ["nowhere", ":x", "url:", "https://acme.test/x", "url:java\nscript:alert(1)"] {
        broken(key, Some(json!(text)), path, "reference.location");
    }
    let mut entity = component();
    entity["metadata"]["annotations"]["backstage.io/managed-by-location"] = json!("url:https://acme.test/x");
    assert_eq!(found(&entity), []);
}

#[test]
fn keys_that_differ_in_letter_case_only_are_reported() {
    broken("/spec/House", Some(json!({"made": 1})), "spec.House.made", "search.case-clash");
    broken("/metadata/labels/Tier", Some(json!("1")), "metadata.labels.Tier", "search.case-clash");
    let clash = json!(["resource:shop/db", "Resource:shop/db"]);
    broken("/spec/dependsOn", Some(clash), "spec.dependsOn.Resource:shop/db", "search.case-clash");
}

#[test]
fn messages_name_the_value_the_rule_and_the_mend() {
    let mut entity = component();
    entity["metadata"]["annotations"]["a"] = json!(5);
    entity["metadata"]["tags"] = json!(["My Tag"]);
    entity["spec"]["dependsOn"] = json!(["db"]);
    entity["spec"].as_object_mut().unwrap().remove("owner");
    let messages: Vec<String> = validate(&entity).iter().map(ToString::to_string).collect();
    insta::assert_snapshot!("messages", messages.join("\n"));
}

#[test]
fn a_long_value_is_shortened_in_its_message() {
    let mut entity = component();
    entity["metadata"]["name"] = json!("x".repeat(5_000));
    assert!(validate(&entity)[0].message.len() < 400);
}

proptest! {
    #[test]
    fn no_value_makes_the_validator_panic(
        kind in "Component|API|Template|Group|[A-Z]{0,3}",
        key in "[a-zA-Z$./ ]{0,6}|dependsOn|steps|owner|children",
        text in "\\PC{0,8}",
        number in any::<f64>(),
    ) {
        for value in [json!(text), json!(number), json!([text, null]), json!({ key.clone(): [number] }), json!(null)] {
            let mut entity = component();
            entity["kind"] = json!(kind);
            entity["spec"][&key] = value.clone();
            entity["metadata"][&key] = value.clone();
            validate(&entity);
            for root in ["metadata", "spec", "kind", "apiVersion"] {
                let mut entity = component();
                entity[root] = value.clone();
                validate(&entity);
            }
        }
    }
}
