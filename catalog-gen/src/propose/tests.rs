use proptest::prelude::*;

use super::*;
use crate::{Entry, validate};

fn tree(files: &[(&str, &str)]) -> FileTree {
    let mut tree = FileTree::new();
    for (path, text) in files {
        tree.insert(TreePath::parse(path).unwrap(), Entry::file(text.as_bytes().to_vec())).unwrap();
    }
    tree
}

fn remote(url: &str) -> Remote {
    let host = CodeHost::by_name(url.split('/').nth(2).unwrap_or_default());
    Remote { url: url.to_owned(), revision: "main".to_owned(), host }
}

fn field<'p>(proposal: &'p Proposal, name: &str) -> &'p FieldNote {
    proposal.fields.iter().find(|field| field.field == name).unwrap_or_else(|| panic!("no field `{name}`"))
}

const SLUG: &str = "metadata.annotations[\"github.com/project-slug\"]";

#[test]
fn a_repository_with_everything_gives_a_whole_entity() {
    let files = tree(&[
        ("package.json", r#"{"name": "@acme/shop", "description": "Sells  things"}"#),
        ("README.md", "# Shop\n\nAnother text.\n"),
        ("mkdocs.yml", "site_name: Shop\n"),
        (".github/CODEOWNERS", "* @acme/payments\n"),
    ]);

    let proposal = propose(&files, None, &remote("https://github.com/acme/shop"));

    assert_eq!(
        proposal.entity,
        json!({
            "apiVersion": "backstage.io/v1alpha1",
            "kind": "Component",
            "metadata": {
                "name": "shop",
                "description": "Sells things",
                "annotations": {
                    "github.com/project-slug": "acme/shop",
                    "backstage.io/source-location": "url:https://github.com/acme/shop/tree/main/",
                    "backstage.io/techdocs-ref": "dir:.",
                },
            },
            "spec": { "type": "other", "lifecycle": "unknown", "owner": "payments" },
        })
    );
    assert_eq!(validate(&proposal.entity), []);
    assert_eq!(field(&proposal, "metadata.description").description, "The description in `package.json`");
    assert_eq!(
        field(&proposal, "spec.owner").description,
        "`.github/CODEOWNERS` line 1 names `@acme/payments`; see that the catalog has it under this name"
    );
    assert_eq!(field(&proposal, SLUG).state, FieldState::Suggested);
    assert_eq!(field(&proposal, "spec.type").state, FieldState::NeedsInput);
}

#[test]
fn an_empty_repository_says_what_is_missing() {
    let proposal = propose(&FileTree::new(), None, &remote("https://github.com/acme/shop.git/"));

    assert_eq!(proposal.entity["metadata"]["name"], "shop");
    assert_eq!(proposal.entity["spec"], json!({ "type": "other", "lifecycle": "unknown" }));
    let states: Vec<(&str, FieldState)> =
        proposal.fields.iter().map(|field| (field.field.as_str(), field.state)).collect();
    assert_eq!(
        states,
        [
            ("metadata.name", FieldState::Suggested),
            ("metadata.description", FieldState::NoValue),
            (SLUG, FieldState::Suggested),
            ("metadata.annotations[\"backstage.io/source-location\"]", FieldState::Suggested),
            ("metadata.annotations[\"backstage.io/techdocs-ref\"]", FieldState::NoValue),
            ("spec.type", FieldState::NeedsInput),
            ("spec.lifecycle", FieldState::NeedsInput),
            ("spec.owner", FieldState::NeedsInput),
        ]
    );
}

#[test]
fn a_folder_is_a_component_of_its_own() {
    let files = tree(&[
        ("README.md", "All of it.\n"),
        ("CODEOWNERS", "* @acme/all\n/services/basket/ @jane\n"),
        ("services/basket/README.md", "Keeps what is bought.\n"),
    ]);
    let folder = TreePath::parse("services/basket").unwrap();

    let proposal = propose(&files, Some(&folder), &remote("https://github.com/acme/shop"));

    assert_eq!(proposal.entity["metadata"]["name"], "basket");
    assert_eq!(proposal.entity["spec"]["owner"], "user:jane");
    assert_eq!(
        field(&proposal, "metadata.description").description,
        "The first paragraph of `services/basket/README.md`, line 1"
    );
    assert_eq!(
        proposal.entity["metadata"]["annotations"]["backstage.io/source-location"],
        "url:https://github.com/acme/shop/tree/main/services/basket/"
    );
}

#[test]
fn each_host_has_its_own_addresses_and_slug() {
    let annotations =
        |url: &str| propose(&FileTree::new(), None, &remote(url)).entity["metadata"]["annotations"].clone();

    let gitlab = annotations("https://gitlab.acme.io/a/b/shop");
    assert_eq!(gitlab["gitlab.com/project-slug"], "a/b/shop");
    assert_eq!(gitlab["backstage.io/source-location"], "url:https://gitlab.acme.io/a/b/shop/-/tree/main/");
    let bitbucket = annotations("https://bitbucket.org/acme/shop");
    assert_eq!(bitbucket["backstage.io/source-location"], "url:https://bitbucket.org/acme/shop/src/main/");
    let other = annotations("https://git.acme.io/acme/shop");
    assert_eq!(
        other,
        json!({ "backstage.io/source-location": "url:https://git.acme.io/acme/shop/tree/main/" })
    );
}

#[test]
fn the_page_of_a_file_is_its_address() {
    let path = TreePath::parse("a b/catalog-info.yaml").unwrap();

    assert_eq!(
        remote("https://github.com/acme/shop").file_url(&path),
        "https://github.com/acme/shop/blob/main/a%20b/catalog-info.yaml"
    );
}

#[test]
fn the_description_of_a_crate_is_read_where_it_stands_plainly() {
    let read = |text: &str| cargo_toml(text);

    assert_eq!(read("[package]\nname = \"x\"\ndescription = \"Sells\" # now\n").unwrap(), "Sells");
    for text in [
        "[workspace.package]\ndescription = \"Other\"\n",
        "[package]\ndescription.workspace = true\n",
        "[package]\n[badges]\ndescription = \"Other\"\n",
        "[package]\ndescription = \"\"\n",
        "[package]\ndescription = \"\"\"\nlong\"\"\"\n",
        "[package]\ndescription = \"a\\nb\"\n",
    ] {
        assert_eq!(read(text), None, "{text}");
    }
}

#[test]
fn files_that_cannot_be_read_are_as_good_as_none() {
    let mut files = tree(&[("package.json", "{"), ("README.md", "")]);
    let large = "x ".repeat(MAX_FILE);
    files.insert(TreePath::parse("Cargo.toml").unwrap(), Entry::file(large.into_bytes())).unwrap();
    files.insert(TreePath::parse("CODEOWNERS").unwrap(), Entry::file(vec![0xff, 0xfe])).unwrap();

    let proposal = propose(&files, None, &remote("https://github.com/acme/shop"));

    assert_eq!(field(&proposal, "metadata.description").state, FieldState::NoValue);
    assert_eq!(field(&proposal, "spec.owner").state, FieldState::NeedsInput);
}

#[test]
fn a_name_without_letters_is_asked_for() {
    let proposal = propose(&FileTree::new(), None, &remote("https://github.com/acme/___"));

    assert_eq!(field(&proposal, "metadata.name").state, FieldState::NeedsInput);
    assert!(proposal.entity["metadata"].get("name").is_none());
}

proptest! {
    #[test]
    fn what_is_proposed_is_legal(name in "[a-zA-Z0-9._ äß/@-]{1,80}", readme in "[ -~\n]{0,200}", owners in "[*/@a-z .#-]{0,40}") {
        let files = tree(&[("README.md", &readme), ("CODEOWNERS", &owners)]);
        let url = format!("https://github.com/acme/{name}");

        let mut entity = propose(&files, None, &remote(&url)).entity;

        // What somebody has to say is said.
        let metadata = entity["metadata"].as_object_mut().unwrap();
        metadata.entry("name").or_insert(json!("said"));
        let spec = entity["spec"].as_object_mut().unwrap();
        spec.entry("owner").or_insert(json!("said"));
        let violations: Vec<String> = validate(&entity).iter().map(ToString::to_string).collect();
        prop_assert!(violations.is_empty(), "{:?}", violations);
    }
}
