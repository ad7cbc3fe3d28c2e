use crate::tests::repository::Repository;
use crate::{Catalogue, Confidence, Site};

const APP: &str = r#"{"name": "app", "private": true, "dependencies": {"express": "5"}}"#;
const PACKAGE: &str = r#"{"name": "@acme/buttons", "files": ["dist"]}"#;

fn catalogue(files: &[(&str, &str)]) -> Catalogue {
    Repository::of(files).catalogue(&Site::default())
}

fn components(files: &[(&str, &str)]) -> Vec<String> {
    let names = catalogue(files).names();
    names.into_iter().filter_map(|name| Some(name.strip_prefix("Component:")?.to_owned())).collect()
}

#[test]
fn parts_that_are_shipped_for_themselves_are_components() {
    let found = components(&[
        ("package.json", r#"{"private": true, "workspaces": ["packages/*"]}"#),
        ("packages/cart/package.json", APP),
        ("packages/cart/Dockerfile", "FROM node"),
        ("packages/web/package.json", r#"{"private": true, "dependencies": {"next": "15"}}"#),
        ("packages/lib/package.json", r#"{"private": true}"#),
    ]);
    assert_eq!(found, ["shop-cart", "shop-web"]);
}

#[test]
fn one_shipped_part_is_the_repository() {
    let found = components(&[
        ("app/package.json", APP),
        ("app/Dockerfile", "FROM node"),
        ("docs/package.json", r#"{"private": true}"#),
    ]);
    assert_eq!(found, ["shop"]);
}

#[test]
fn what_stands_beside_the_product_is_folded() {
    let found = components(&[
        ("go.mod", "module github.com/acme/shop\n"),
        ("main.go", "package main"),
        ("examples/a/package.json", APP),
        ("examples/a/Dockerfile", "FROM node"),
        ("test/b/package.json", APP),
        ("test/b/Dockerfile", "FROM node"),
        ("templates/skeleton/package.json", APP),
        ("templates/skeleton/Dockerfile", "FROM node"),
    ]);
    assert_eq!(found, ["shop"]);
}

#[test]
fn a_folder_with_a_list_of_packages_of_its_own_is_one_part() {
    let found = components(&[
        ("backend/Cargo.toml", "[workspace]\nmembers = [\"*\"]\n"),
        ("backend/api/Cargo.toml", "[package]\nname = \"api\"\n[dependencies]\naxum = \"1\"\n"),
        ("backend/api/src/main.rs", "fn main() {}"),
        ("backend/jobs/Cargo.toml", "[package]\nname = \"jobs\"\n"),
        ("backend/jobs/Dockerfile", "FROM scratch"),
        ("frontend/package.json", r#"{"private": true, "workspaces": ["a", "b"], "dependencies": {}}"#),
        ("frontend/Dockerfile", "FROM nginx"),
        ("frontend/a/package.json", r#"{"private": true}"#),
        ("shop-tool/Cargo.toml", "[package]\nname = \"shop-tool\"\n[[bin]]\nname = \"x\"\n"),
    ]);
    assert_eq!(found, ["shop-backend", "shop-frontend", "shop-tool"]);
}

#[test]
fn packages_for_others_are_suggested_and_not_too_many() {
    let root = ("package.json", r#"{"private": true, "workspaces": ["packages/*"]}"#);
    let few = catalogue(&[root, ("packages/ui/package.json", PACKAGE)]);
    assert_eq!(few.names(), ["Component:shop"]);
    let suggested: Vec<&str> = few.suggested.iter().map(|own| own.entity.metadata.name.as_str()).collect();
    assert_eq!(suggested, ["buttons"]);
    assert_eq!(few.suggested[0].existence.confidence, Confidence::Guess);

    let site = Site { most_libraries: 0, ..Site::default() };
    let none = Repository::of(&[root, ("packages/ui/package.json", PACKAGE)]).catalogue(&site);
    assert!(none.suggested.is_empty() && none.notes.iter().any(|note| note.rule == "components.libraries"));
}

#[test]
fn workspaces_of_every_kind_name_their_members() {
    for (file, text) in [
        ("pnpm-workspace.yaml", "packages:\n  - 'libs/**'\n  - '!libs/old'\n"),
        ("lerna.json", r#"{"packages": ["libs/*"]}"#),
    ] {
        let found = catalogue(&[(file, text), ("libs/ui/package.json", PACKAGE)]);
        assert_eq!(found.suggested.len(), 1, "{file}");
    }
    let left_out = catalogue(&[
        ("pnpm-workspace.yaml", "packages:\n  - 'libs/*'\n  - '!libs/ui'\n"),
        ("libs/ui/package.json", PACKAGE),
    ]);
    assert!(left_out.suggested.is_empty());
}

#[test]
fn names_are_legal_and_unique_whatever_people_call_things() {
    let long = format!("services/{}", "x".repeat(90));
    let (package, image) = (format!("{long}/package.json"), format!("{long}/Dockerfile"));
    let found = components(&[
        ("a/api/package.json", r#"{"name": "@x/shop-api"}"#),
        ("a/api/Dockerfile", "FROM node"),
        ("b/api/package.json", r#"{"name": "@y/Shop-API"}"#),
        ("b/api/Dockerfile", "FROM node"),
        ("ünï cödé/package.json", APP),
        ("ünï cödé/Dockerfile", "FROM node"),
        (&package, APP),
        (&image, "FROM node"),
    ]);
    assert_eq!(found.len(), 4);
    let mut small: Vec<String> = found.iter().map(|name| name.to_lowercase()).collect();
    small.sort();
    small.dedup();
    assert_eq!(small.len(), 4, "{found:?}");
}

#[test]
fn a_repository_whose_name_says_only_what_it_is_is_called_with_its_owner() {
    let mut repository = Repository::of(&[("go.mod", "module github.com/acme/core\n")]);
    repository.about.remote.as_mut().unwrap().url = "https://github.com/acme/core".to_owned();
    assert_eq!(repository.catalogue(&Site::default()).names(), ["Component:acme-core"]);
}
