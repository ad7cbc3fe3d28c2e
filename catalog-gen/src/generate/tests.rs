use proptest::prelude::*;

use super::from_findings;
use crate::tests::repository::Repository;
use crate::{
    Claim, Confidence, Edge, Evidence, Findings, Relation, Site, Subject, SubjectId, SubjectKind, Target,
    parse_documents, validate,
};

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

fn component(name: &str, confidence: Confidence) -> Subject {
    let evidence = || Evidence::of_repository("test", "made for a test");
    let mut subject = Subject::new(SubjectKind::Component, None, Claim::new("x", confidence, evidence()));
    subject.claim("metadata.name", Claim::new(name, Confidence::Likely, evidence()));
    subject
}

fn claim(value: &str, confidence: Confidence) -> Claim {
    Claim::new(value, confidence, Evidence::of_repository("test", "made for a test"))
}

fn edge(from: SubjectId, to: Target, confidence: Confidence) -> Edge {
    Edge {
        from,
        relation: Relation::DependsOn,
        to,
        confidence,
        evidence: vec![Evidence::of_repository("t", "t")],
    }
}

#[test]
fn the_surest_claim_is_written_a_guess_only_suggested_and_the_rest_kept() {
    let mut findings = Findings::default();
    let mut shop = component("shop", Confidence::Certain);
    shop.claim("spec.type", claim("library", Confidence::Likely));
    shop.claim("spec.type", claim("service", Confidence::Certain));
    shop.claim("spec.owner", claim("group:default/web", Confidence::Guess));
    findings.add(shop);

    let catalogue = from_findings(findings, &Site::default());

    let shop = catalogue.entity("Component", "shop");
    let spec = shop.entity.spec.as_ref().unwrap();
    assert_eq!((&spec["type"], &spec["owner"]), (&"service".into(), &"group:default/unknown".into()));
    assert_eq!(shop.missing, ["spec.lifecycle", "spec.owner"]);
    assert_eq!(shop.suggestions[0].claim.text(), Some("group:default/web"));
    assert_eq!(shop.outvoted[0].claim.text(), Some("library"));
}

#[test]
fn what_is_not_legal_is_left_out_with_a_note() {
    let mut findings = Findings::default();
    let mut shop = component("shop", Confidence::Certain);
    shop.claim("metadata.tags", claim("Not Legal", Confidence::Likely));
    shop.claim("metadata.annotations[\"not legal\"]", claim("x", Confidence::Certain));
    shop.claim("metadata.title", claim("Shop!", Confidence::Certain));
    findings.add(shop);

    let catalogue = from_findings(findings, &Site::default());

    let shop = catalogue.entity("Component", "shop");
    assert_eq!(validate(&shop.entity.to_value()), []);
    assert!(shop.entity.metadata.tags.is_empty() && shop.entity.metadata.annotations.is_empty());
    assert_eq!(shop.entity.metadata.title.as_deref(), Some("Shop!"));
    assert_eq!(catalogue.notes.iter().filter(|note| note.rule == "generate.not-legal").count(), 2);
}

#[test]
fn relations_name_kind_and_namespace_and_lead_to_nothing_that_is_only_guessed() {
    let mut findings = Findings::default();
    let shop = findings.add(component("shop", Confidence::Certain));
    let sure = findings.add(component("db", Confidence::Likely));
    let guessed = findings.add(component("cache", Confidence::Guess));
    findings.edges.push(edge(shop, Target::Subject(sure), Confidence::Likely));
    findings.edges.push(edge(shop, Target::Subject(sure), Confidence::Certain));
    findings.edges.push(edge(shop, Target::Subject(guessed), Confidence::Certain));
    let site = Site { namespace: Some("web".to_owned()), ..Site::default() };

    let catalogue = from_findings(findings, &site);

    let shop = catalogue.entity("Component", "shop");
    assert_eq!(shop.entity.spec.as_ref().unwrap()["dependsOn"], serde_json::json!(["component:web/db"]));
    assert_eq!(shop.suggestions[0].claim.text(), Some("component:web/cache"));
    assert_eq!(catalogue.suggested.len(), 1);
}

#[test]
fn names_that_differ_in_letter_case_alone_are_told_apart() {
    let mut findings = Findings::default();
    for name in ["Shop", "shop", "@acme/shop", "shop ", &"x".repeat(80), "???"] {
        findings.add(component(name, Confidence::Certain));
    }

    let catalogue = from_findings(findings, &Site::default());

    let mut names: Vec<String> = catalogue.names().iter().map(|name| name.to_lowercase()).collect();
    assert_eq!(names.len(), 6);
    names.dedup();
    assert_eq!(names.len(), 6, "{names:?}");
    assert!(catalogue.entities.iter().all(|own| validate(&own.entity.to_value()).is_empty()));
}

#[test]
fn the_reasons_are_told_for_what_is_written_and_for_what_is_not() {
    let catalogue = Repository::of(SHOP).catalogue(&Site::default());

    let text = crate::explain(&catalogue);

    for line in
        ["Component `shop` in the root (certain)", "spec.type = service (likely)", "spec.owner is missing"]
    {
        assert!(text.contains(line), "{line} is not in:\n{text}");
    }
    assert!(text.contains("README.md:3: its first paragraph [prose.readme]"), "{text}");
}

proptest! {
    #[test]
    fn whatever_a_repository_holds_its_entities_are_legal_and_the_same_again(
        names in proptest::collection::vec("[A-Za-zé@ ._-]{1,12}", 1..6),
        text in "[a-z{}\\[\\]\":,#\n =<>/@.-]{0,200}",
    ) {
        let manifests = ["package.json", "Dockerfile", "README.md", "go.mod", "openapi.yaml"];
        let mut files: Vec<(String, &str)> = Vec::new();
        for (at, name) in names.iter().enumerate() {
            for manifest in manifests.iter().take(1 + at) {
                files.push((format!("{}/{manifest}", name.trim().replace('.', "-")), &text));
            }
        }
        files.retain(|(path, _)| crate::TreePath::parse(path).is_ok());
        files.sort();
        files.dedup_by(|a, b| a.0 == b.0);
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
        // The repository checks that every entity is legal.
        let repository = Repository::of(&files);
        let (first, second) = (repository.catalogue(&Site::default()), repository.catalogue(&Site::default()));
        prop_assert_eq!(first.to_json().unwrap(), second.to_json().unwrap());
    }
}
