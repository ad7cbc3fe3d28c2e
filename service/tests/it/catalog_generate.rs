//! `catalog:generate`: repositories that are there already get catalog files, and people's own stay.

use serde_json::{Value, json};
use stagecraft::action::ActionError;

use crate::support::bench::Bench;

const SERVICE: &[(&str, &str)] = &[
    (
        "package.json",
        r#"{ "name": "shop", "description": "Sells things", "scripts": { "start": "node ." }, "dependencies": { "express": "5.1.0" } }"#,
    ),
    ("Dockerfile", "FROM node:24\nCMD [\"node\", \".\"]\n"),
    (
        "compose.yaml",
        "services:\n  shop:\n    build: .\n    depends_on: [db]\n  db:\n    image: postgres:17\n",
    ),
];

fn wanted(more: Value) -> Value {
    let mut input = json!({ "repoUrl": "github.com?owner=acme&repo=shop" });
    input.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
    input
}

async fn generated(more: Value) -> Bench {
    let mut bench = Bench::new().await;
    bench.repository("shop", SERVICE).await;
    bench.step("catalog:generate", wanted(more)).await.unwrap();
    bench
}

async fn refused(files: &[(&str, &str)], more: Value) -> ActionError {
    let mut bench = Bench::new().await;
    bench.repository("shop", files).await;
    bench.step("catalog:generate", wanted(more)).await.unwrap_err()
}

#[tokio::test]
async fn a_repository_is_described_with_the_reason_for_every_value() {
    let bench = generated(json!({})).await;

    let text = bench.text("catalog-info.yaml");
    assert!(text.contains("kind: Component") && text.contains("name: shop"), "{text}");
    assert_eq!(bench.outputs["existing"], json!([]));
    assert_eq!(bench.outputs["entities"][0], "component:default/shop");
    assert!(
        bench.outputs["missing"].as_array().unwrap().contains(&json!("component:default/shop spec.owner"))
    );
    let description = bench.outputs["description"].as_str().unwrap();
    assert!(description.contains("`package.json`") && description.contains("Sells things"), "{description}");
    assert_eq!(bench.outputs["repoContentsUrl"], "https://github.com/acme/shop/blob/main");
    for file in bench.outputs["files"].as_array().unwrap() {
        assert!(!bench.text(file.as_str().unwrap()).is_empty(), "{file}");
    }
}

#[tokio::test]
async fn what_a_person_says_wins_over_what_was_found() {
    let told =
        json!({ "owner": "team-a", "system": "sales", "lifecycle": "deprecated", "targetPath": "out" });

    let bench = generated(told).await;

    let text = bench.text("out/catalog-info.yaml");
    for line in ["owner: group:default/team-a", "system: system:default/sales", "lifecycle: deprecated"] {
        assert!(text.contains(line), "{text}");
    }
    assert_eq!(bench.outputs["missing"], json!([]));
    assert!(bench.names().iter().all(|name| name.starts_with("out/")), "{:?}", bench.names());
}

#[tokio::test]
async fn a_repository_that_describes_itself_is_left_to_its_people() {
    let own = [SERVICE, &[("catalog-info.yaml", "apiVersion: backstage.io/v1alpha1\n")]].concat();

    let error = refused(&own, json!({})).await;
    assert!(matches!(error, ActionError::Conflict(_)), "{error}");
    assert!(error.to_string().contains("`catalog-info.yaml`; register that file"), "{error}");

    let mut bench = Bench::new().await;
    bench.repository("shop", &own).await;
    bench.step("catalog:generate", wanted(json!({ "whenPresent": "leave" }))).await.unwrap();
    assert_eq!(bench.outputs["existing"], json!(["catalog-info.yaml"]));
    assert_eq!((bench.outputs["files"].clone(), bench.names()), (json!([]), Vec::new()));
}

#[tokio::test]
async fn a_file_where_one_of_ours_would_stand_is_not_replaced() {
    let taken = [SERVICE, &[("catalog-more.yaml", "kind: Other\n")]].concat();

    let error = refused(&taken, json!({})).await;

    assert!(error.to_string().contains("`catalog-more.yaml`"), "{error}");
}

#[tokio::test]
async fn what_cannot_be_described_is_refused_with_what_to_do() {
    for owner in ["a:b:c", "a b", "group:default/", "team\nkind: Other"] {
        let reference = refused(SERVICE, json!({ "owner": owner })).await.to_string();
        assert!(reference.contains("`owner`") && reference.contains("`group:default/shop`"), "{reference}");
    }

    let outside = refused(SERVICE, json!({ "targetPath": "../x" })).await;
    assert!(matches!(outside, ActionError::NotAllowed(_)), "{outside}");

    let mut bench = Bench::new().await;
    let gone = bench.step("catalog:generate", wanted(json!({}))).await.unwrap_err();
    assert!(matches!(gone, ActionError::NotFound(_)), "{gone}");
}
