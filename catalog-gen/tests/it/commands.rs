//! The program as a person or a workflow runs it: what it prints, what it writes, how it ends.

use serde_json::Value;

use crate::support::{Made, err, out, put, run};

const SHOP: [(&str, &str); 3] = [
    (
        "package.json",
        "{\"name\":\"shop\",\"description\":\"Sells things.\",\"dependencies\":{\"express\":\"4\"}}",
    ),
    ("Dockerfile", "FROM node\nCMD node .\n"),
    ("openapi.yaml", "openapi: 3.0.0\ninfo:\n  title: Shop\n  version: '1'\npaths:\n  /a:\n    get: {}\n"),
];

#[test]
fn generate_prints_entities_of_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), &SHOP);

    let done = run(folder.path(), &["generate", "--remote", "acme/shop"]);

    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    let text = out(&done);
    assert!(text.contains("github.com/project-slug: acme/shop"), "{text}");
    assert!(text.contains("kind: Component"), "{text}");
}

#[test]
fn generate_prints_json_and_the_reasons() {
    let made = Made::of(&SHOP);
    let bare = made.folder.path().to_str().unwrap();

    let plain = run(made.folder.path(), &["generate", bare, "--remote", "acme/shop", "--format", "json"]);
    let reasons = run(
        made.folder.path(),
        &["generate", bare, "--remote", "acme/shop", "--format", "json", "--explain"],
    );
    let text = run(made.folder.path(), &["generate", bare, "--remote", "acme/shop", "--explain"]);

    let entities: Vec<Value> = serde_json::from_str(&out(&plain)).unwrap();
    assert!(entities.iter().any(|one| one["kind"] == "Component"));
    let catalogue: Value = serde_json::from_str(&out(&reasons)).unwrap();
    assert!(catalogue["entities"][0]["fields"].is_array());
    assert!(out(&text).contains("(certain)"), "{}", out(&text));
}

#[test]
fn writing_keeps_what_people_wrote_and_a_second_time_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), &SHOP);
    let human = "# Ours.\napiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: shop # short\n  \
                 description: The best shop\nspec:\n  type: website\n  lifecycle: experimental\n  owner: team-shop\n";
    put(folder.path(), &[("catalog-info.yaml", human)]);
    let file = folder.path().join("catalog-info.yaml");

    let first = run(folder.path(), &["generate", "--remote", "acme/shop", "--write"]);
    let written = std::fs::read_to_string(&file).unwrap();
    let second = run(folder.path(), &["generate", "--remote", "acme/shop", "--write"]);

    assert_eq!((first.status.code(), second.status.code()), (Some(0), Some(0)), "{}", err(&first));
    for kept in
        ["# Ours.", "name: shop # short", "description: The best shop", "type: website", "owner: team-shop"]
    {
        assert!(written.contains(kept), "{written}");
    }
    assert!(written.contains("github.com/project-slug: acme/shop"), "{written}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), written);
    assert!(err(&second).contains("has all of it already"), "{}", err(&second));
}

#[test]
fn a_file_that_does_not_parse_is_left_alone_and_reported() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), &SHOP);
    let broken = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: [name: shop\n";
    put(folder.path(), &[("catalog-info.yaml", broken)]);

    let written = run(folder.path(), &["generate", "--remote", "acme/shop", "--write"]);
    let judged = run(folder.path(), &["validate"]);

    assert_eq!(written.status.code(), Some(1), "{}", err(&written));
    assert!(
        err(&written).contains("`catalog-info.yaml` cannot be read and is left as it is"),
        "{}",
        err(&written)
    );
    assert_eq!(std::fs::read_to_string(folder.path().join("catalog-info.yaml")).unwrap(), broken);
    assert_eq!(judged.status.code(), Some(1), "{}", out(&judged));
}

#[test]
fn kinds_that_the_site_keeps_apart_go_to_a_file_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), &SHOP);
    put(folder.path(), &[("site.yaml", "separateKinds: [API]\n")]);

    let done = run(folder.path(), &["generate", "--remote", "acme/shop", "--site", "site.yaml", "--write"]);

    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    let main = std::fs::read_to_string(folder.path().join("catalog-info.yaml")).unwrap();
    let apart = std::fs::read_to_string(folder.path().join(".backstage/catalog-more.yaml")).unwrap();
    assert!(main.contains("kind: Component") && !main.contains("kind: API"), "{main}");
    assert!(apart.contains("kind: API"), "{apart}");
}

#[test]
fn validate_ends_with_the_code_of_what_it_found_in_every_format() {
    let folder = tempfile::tempdir().unwrap();
    put(
        folder.path(),
        &[(
            "catalog-info.yaml",
            "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: a b}\n",
        )],
    );

    for format in ["text", "json", "sarif", "github"] {
        let done = run(folder.path(), &["validate", "--format", format]);
        assert_eq!(done.status.code(), Some(1), "{format}");
        assert!(out(&done).contains("catalog-info.yaml"), "{format}: {}", out(&done));
    }
}

#[test]
fn check_tells_of_a_file_that_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), &SHOP);
    let api = "apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata:\n  name: shop\nspec:\n  type: openapi\n  lifecycle: \
               production\n  owner: team-shop\n  definition:\n    $text: ./openapi.yaml\n";
    put(folder.path(), &[("catalog-info.yaml", api)]);
    let fine = run(folder.path(), &["check", "--remote", "acme/shop"]);
    std::fs::rename(folder.path().join("openapi.yaml"), folder.path().join("api.yaml")).unwrap();

    let drifted = run(folder.path(), &["check", "--remote", "acme/shop"]);

    assert_eq!(fine.status.code(), Some(0), "{}", out(&fine));
    assert_eq!(drifted.status.code(), Some(1), "{}", out(&drifted));
    assert!(out(&drifted).contains("openapi.yaml"), "{}", out(&drifted));
    let ignored = run(folder.path(), &["check", "--remote", "acme/shop", "--ignore", "drift.api-file"]);
    assert_eq!(ignored.status.code(), Some(0), "{}", out(&ignored));
    assert_eq!(run(folder.path(), &["check", "--ignore", "drift.nothing"]).status.code(), Some(2));
}

#[test]
fn what_cannot_be_done_ends_with_2_and_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), &[("site.yaml", "tpyes: {}\n"), ("file", "")]);
    let cases: [(&[&str], &str); 6] = [
        (&["generate", "no/such/folder"], "neither a folder here nor a repository"),
        (&["generate", "--site", "site.yaml"], "is not right"),
        (&["generate", "--site", "missing.yaml"], "cannot be read"),
        (&["generate", "--remote", "nonsense"], "names no repository"),
        (&["generate", "file"], "is a file"),
        (&["map", "file"], "holds no catalog entities"),
    ];

    for (arguments, told) in cases {
        let done = run(folder.path(), arguments);
        assert_eq!(done.status.code(), Some(2), "{arguments:?}");
        assert!(err(&done).contains(told), "{arguments:?}: {}", err(&done));
    }
    assert_eq!(run(folder.path(), &["generate", "--no-such-option"]).status.code(), Some(2));
    assert_eq!(run(folder.path(), &["--help"]).status.code(), Some(0));
}

#[test]
fn a_revision_that_is_not_there_is_told() {
    let made = Made::of(&SHOP);

    let done = run(made.folder.path(), &["generate", ".", "--revision", "v9"]);

    assert_eq!(done.status.code(), Some(2));
    assert!(err(&done).contains("`v9` is no revision"), "{}", err(&done));
}

#[test]
fn org_reads_a_folder_of_repositories_once() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["one", "two"] {
        let repository = git2::Repository::init_bare(folder.path().join(format!("{name}.git"))).unwrap();
        let made = Made { folder: tempfile::tempdir().unwrap(), repository };
        let mut index = git2::Index::new().unwrap();
        for (path, text) in SHOP {
            index.add(&made.entry(path.as_bytes(), text.as_bytes())).unwrap();
        }
        made.commit_index(&mut index);
    }
    let outside = tempfile::tempdir().unwrap();
    let state = outside.path().join("state.jsonl");
    let arguments =
        ["org", ".", "--state", state.to_str().unwrap(), "--out", outside.path().to_str().unwrap()];

    let first = run(folder.path(), &arguments);
    let kept = std::fs::read_to_string(&state).unwrap();
    let second = run(folder.path(), &arguments);

    assert_eq!(first.status.code(), Some(0), "{}", err(&first));
    assert!(out(&first).contains("2 repositories: "), "{}", out(&first));
    assert_eq!(out(&first), out(&second));
    assert_eq!(kept.lines().count(), 2);
    assert_eq!(std::fs::read_to_string(&state).unwrap(), kept);
    assert!(outside.path().join("one/catalog-info.yaml").is_file());
}

#[test]
fn validate_names_the_files_of_an_organisation_by_their_repositories() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["one", "two"] {
        let repository = git2::Repository::init_bare(folder.path().join(format!("{name}.git"))).unwrap();
        let made = Made { folder: tempfile::tempdir().unwrap(), repository };
        let mut index = git2::Index::new().unwrap();
        let text = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: a b}\n";
        index.add(&made.entry(b"catalog-info.yaml", text.as_bytes())).unwrap();
        made.commit_index(&mut index);
    }

    let done = run(folder.path(), &["validate", "--org", "."]);

    assert_eq!(done.status.code(), Some(1), "{}", err(&done));
    for place in ["--> one/catalog-info.yaml:", "--> two/catalog-info.yaml:"] {
        assert!(out(&done).contains(place), "{place}: {}", out(&done));
    }
}

#[test]
fn with_what_the_catalog_has_every_reference_that_leads_nowhere_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let shop = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: shop}\nspec:\n  type: service\n  \
                lifecycle: production\n  owner: team-shop\n  dependsOn: ['resource:orders']\n";
    let catalog = "{\"items\": [{\"apiVersion\": \"backstage.io/v1alpha1\", \"kind\": \"Group\", \"metadata\": \
                   {\"name\": \"Team-Shop\", \"namespace\": \"default\"}}]}";
    put(folder.path(), &[("repository/catalog-info.yaml", shop), ("known.json", catalog)]);

    let alone = run(folder.path(), &["validate", "repository"]);
    let beside = run(folder.path(), &["validate", "repository", "--known", "known.json"]);
    let nothing = run(folder.path(), &["validate", "repository", "--known", "missing.json"]);

    assert!(!out(&alone).contains("warning[reference.dangling]"), "{}", out(&alone));
    let told = out(&beside);
    assert_eq!(told.matches("warning[reference.dangling]").count(), 1, "{told}");
    assert!(told.contains("resource:orders"), "{told}");
    assert_eq!(nothing.status.code(), Some(2), "{}", err(&nothing));
}

#[test]
fn graph_draws_text_and_a_picture() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), &SHOP);

    let text = run(folder.path(), &["graph", "--remote", "acme/shop"]);
    let picture = run(folder.path(), &["graph", "--remote", "acme/shop", "--format", "svg"]);

    assert!(out(&text).starts_with("flowchart"), "{}", out(&text));
    assert!(out(&picture).contains("<svg"), "{}", out(&picture));
}

#[test]
fn map_proposes_a_site_file_that_generate_takes() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), &SHOP);
    let component = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: shop\n  annotations:\n    \
                     github.com/project-slug: acme/shop\nspec: {type: backend, lifecycle: live, owner: team-shop}\n";
    put(folder.path(), &[("catalog/shop.yaml", component)]);

    let proposed = run(folder.path(), &["map", "catalog"]);
    put(folder.path(), &[("site.yaml", &out(&proposed))]);
    let done = run(folder.path(), &["generate", "--remote", "acme/shop", "--site", "site.yaml"]);

    assert_eq!(proposed.status.code(), Some(0), "{}", err(&proposed));
    assert!(out(&proposed).contains("service: backend"), "{}", out(&proposed));
    assert!(out(&done).contains("type: backend"), "{}{}", out(&done), err(&done));
    assert!(out(&done).contains("lifecycle: live"), "{}", out(&done));
}

#[test]
fn the_site_file_of_the_page_is_one() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/catalog.md")).unwrap();
    let block = page.split("### The site file").nth(1).unwrap().split("```").nth(1).unwrap();
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), &SHOP);
    put(folder.path(), &[("site.yaml", block.strip_prefix("yaml").unwrap())]);

    let done = run(folder.path(), &["generate", "--remote", "acme/shop", "--site", "site.yaml"]);

    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    assert!(out(&done).contains("type: backend"), "{}", out(&done));
    assert!(out(&done).contains("namespace: acme"), "{}", out(&done));
}
