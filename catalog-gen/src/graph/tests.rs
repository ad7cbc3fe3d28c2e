use serde_json::{Value, json};

use super::*;

fn entity(value: Value) -> Entity {
    Entity::from_value(&value).unwrap()
}

fn shop() -> Vec<Entity> {
    let of = |kind: &str, name: &str, spec: Value| {
        entity(
            json!({"apiVersion": "backstage.io/v1alpha1", "kind": kind, "metadata": {"name": name}, "spec": spec}),
        )
    };
    vec![
        of("System", "store", json!({"owner": "x"})),
        of(
            "Component",
            "shop",
            json!({
                "type": "service", "system": "store", "providesApis": ["cart"],
                "dependsOn": ["resource:default/db", "component:other/mail"],
            }),
        ),
        of("API", "cart", json!({"type": "openapi", "system": "store"})),
        of("Resource", "db", json!({"type": "database"})),
        of("Group", "team", json!({})),
    ]
}

#[test]
fn entities_and_what_leads_from_one_to_another_are_drawn() {
    let graph = Graph::of(&shop());

    insta::assert_snapshot!(graph.to_mermaid());
}

#[test]
fn the_picture_is_well_formed_whatever_the_entities_say() {
    let mut entities = shop();
    entities.push(entity(json!({
        "apiVersion": "v1", "kind": "Component", "metadata": {"name": "x", "title": "<b>\"&]-->\n#quot;"},
        "spec": {"type": "</text><script>", "dependsOn": ["component:shop", "component:x"]},
    })));
    let graph = Graph::of(&entities);

    let svg = graph.to_svg();
    let mut reader = quick_xml::Reader::from_str(&svg);
    loop {
        match reader.read_event().unwrap() {
            quick_xml::events::Event::Eof => break,
            quick_xml::events::Event::Start(element) => assert_ne!(element.local_name().as_ref(), "script"),
            _ => {}
        }
    }
    let mermaid = graph.to_mermaid();
    assert!(!mermaid.contains("<b>") && !mermaid.contains("<script>"), "{mermaid}");
    assert_eq!(mermaid.lines().count(), 1 + 4 + 3 + 4, "{mermaid}");
}

#[test]
fn circles_are_drawn() {
    let part = |name: &str, other: &str| {
        entity(json!({"apiVersion": "v1", "kind": "Component", "metadata": {"name": name},
            "spec": {"dependsOn": [format!("component:{other}")]}}))
    };
    let entities = [part("a", "b"), part("b", "a")];

    assert_eq!(Graph::of(&entities).to_svg().matches("marker-end").count(), 2);
}
