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

#[test]
fn what_a_generator_of_projects_copies_is_not_shipped_from_here() {
    let found = components(&[
        ("src/.template.config/template.json", "{}"),
        ("src/Shop.Api/package.json", APP),
        ("src/Shop.Api/Dockerfile", "FROM node"),
        ("src/Shop.Web/package.json", APP),
        ("src/Shop.Web/Dockerfile", "FROM node"),
    ]);
    assert_eq!(found, ["shop"]);
}

#[test]
fn a_repository_of_templates_is_one_component() {
    let found = components(&[
        ("README.md", "# Templates of the shop\n"),
        ("web/template.yaml", "apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\n"),
        ("web/skeleton/package.json", APP),
        ("web/skeleton/Dockerfile", "FROM node"),
        ("cart/${{ values.name }}/package.json", APP),
        ("cart/${{ values.name }}/Dockerfile", "FROM node"),
    ]);
    assert_eq!(found, ["shop"]);

    let found = components(&[
        ("examples/a/package.json", APP),
        ("examples/a/Dockerfile", "FROM node"),
        ("examples/b/package.json", APP),
        ("examples/b/Dockerfile", "FROM node"),
    ]);
    assert_eq!(found, ["shop-a", "shop-b"]);
}

fn name(remote: &str, files: &[(&str, &str)]) -> String {
    let mut repository = Repository::of(files);
    repository.about.remote.as_mut().unwrap().url = format!("https://github.com/{remote}");
    let catalogue = repository.catalogue(&Site::default());
    catalogue.entities[0].entity.metadata.name.clone()
}

#[test]
fn a_heading_of_the_owner_and_the_end_of_the_repositorys_name_is_its_name() {
    let readme = |heading: &str| vec![("README.md", heading.to_owned())];
    for (remote, heading, expected) in [
        ("AcmeUK/infra-shop-modules", "# Acme's Shop Modules\n", "acmes-shop-modules"),
        ("acme/infra-shop-modules", "# Beta's Shop Modules\n", "infra-shop-modules"),
        ("acme/shop", "# Acme Shop\n", "acme-shop"),
        ("acme/infra-shop", "# Acme Shop\n", "infra-shop"),
    ] {
        let files = readme(heading);
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
        assert_eq!(name(remote, &files), expected, "{heading}");
    }
}

#[test]
fn where_manifest_and_heading_agree_against_the_repository_they_are_right() {
    let manifest = ("package.json", "{\"name\": \"lending\"}");
    for (remote, heading, expected) in [
        ("acme/test-driven-node", "# Lending application\n", "lending"),
        ("acme/test-driven-node", "# A node\n", "test-driven-node"),
        ("acme/lending-cards", "# Lending\n", "lending-cards"),
    ] {
        assert_eq!(name(remote, &[manifest, ("README.md", heading)]), expected, "{remote} {heading}");
    }
}
