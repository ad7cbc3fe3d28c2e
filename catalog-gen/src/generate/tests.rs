use crate::testing::Repository;
use crate::{Confidence, Site, parse_documents};

const SHOP: &[(&str, &str)] = &[
    ("README.md", "# Shop\n\nSells things to people.\n"),
    (
        "package.json",
        r#"{"name": "@acme/shop", "dependencies": {"express": "5"}, "scripts": {"start": "node ."}}"#,
    ),
    ("Dockerfile", "FROM node\n"),
    ("index.js", "require('express')().listen(80)\n"),
];

#[test]
fn a_repository_is_a_component_with_a_reason_for_every_value() {
    let catalogue = Repository::of(SHOP).catalogue(&Site::default());

    assert_eq!(catalogue.names(), ["Component:shop"]);
    let shop = catalogue.entity("Component", "shop");
    insta::assert_snapshot!(catalogue.to_yaml().unwrap());
    for claimed in &shop.fields {
        assert!(!claimed.claim.evidence.is_empty(), "{claimed:?}");
        assert!(claimed.claim.confidence > Confidence::Guess, "{claimed:?}");
    }
}

#[test]
fn what_is_written_as_yaml_reads_as_the_same_entities() {
    let catalogue = Repository::of(SHOP).catalogue(&Site::default());

    let text = catalogue.to_yaml().unwrap();
    let read: Vec<_> = parse_documents(&text).into_iter().map(|document| document.unwrap().value).collect();
    let entities: Vec<_> = catalogue.entities.iter().map(|own| own.entity.to_value()).collect();
    assert_eq!(read, entities);
}

#[test]
fn an_empty_repository_gives_no_entity() {
    let catalogue = Repository::of(&[]).catalogue(&Site::default());
    assert!(catalogue.entities.is_empty(), "{:?}", catalogue.names());
}

#[test]
fn house_words_of_the_site_are_written() {
    let site: Site = serde_json::from_value(serde_json::json!({
        "namespace": "web", "types": {"service": "backend"}, "lifecycles": {"production": "live"},
    }))
    .unwrap();

    let catalogue = Repository::of(SHOP).catalogue(&site);

    let shop = &catalogue.entity("Component", "shop").entity;
    assert_eq!(shop.metadata.namespace.as_deref(), Some("web"));
    assert_eq!(shop.spec.as_ref().unwrap()["type"], "backend");
}
