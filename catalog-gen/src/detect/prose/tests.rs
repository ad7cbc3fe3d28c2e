use crate::tests::repository::Repository;
use crate::{Described, Site};

fn described(files: &[(&str, &str)]) -> Described {
    Repository::of(files).catalogue(&Site::default()).entities.remove(0)
}

fn description(files: &[(&str, &str)]) -> Option<String> {
    described(files).entity.metadata.description
}

#[test]
fn a_short_manifest_is_followed_by_what_the_readme_adds() {
    let manifest = ("package.json", "{\"name\": \"shop\", \"description\": \"The things that Acme sells\"}");
    for (readme, expected) in [
        ("# shop\n\nTakes orders over HTTP.\n", "The things that Acme sells. Takes orders over HTTP."),
        (
            "# shop\n\nAll the things that Acme sells, and the paper around them.\n",
            "All the things that Acme sells, and the paper around them.",
        ),
        ("# shop\n\nThe shop that sells things.\n", "The things that Acme sells"),
        ("# shop\n", "The things that Acme sells"),
    ] {
        assert_eq!(description(&[manifest, ("README.md", readme)]).unwrap(), expected, "{readme}");
    }
}

#[test]
fn both_places_are_told_where_both_were_taken() {
    let files = [
        ("package.json", "{\"name\": \"shop\", \"description\": \"The things that Acme sells\"}"),
        ("README.md", "# shop\n\nTakes orders over HTTP.\n"),
    ];
    let shop = described(&files);

    let claim = &shop.fields.iter().find(|field| field.field == "metadata.description").unwrap().claim;
    let files: Vec<&str> = claim.evidence.iter().filter_map(|one| one.file.as_deref()).collect();
    assert_eq!(files, ["package.json", "README.md"]);
}

#[test]
fn a_short_text_that_does_not_name_the_thing_gets_its_name() {
    for (readme, expected) in [
        ("# Acme Shop\n\nA quick way to buy things.\n", "Acme Shop: A quick way to buy things."),
        ("# Acme Shop\n\nThe Acme Shop sells things.\n", "The Acme Shop sells things."),
        ("# Acme Shop\n\nAcme sells things here.\n", "Acme sells things here."),
        ("# Shop\n\nA quick way to buy things.\n", "A quick way to buy things."),
    ] {
        assert_eq!(description(&[("README.md", readme)]).unwrap(), expected, "{readme}");
    }
}

#[test]
fn a_part_that_says_nothing_of_itself_is_a_part_of_the_whole() {
    let app = "{\"name\": \"app\", \"private\": true, \"dependencies\": {\"express\": \"5\"}}";
    let files = [
        ("README.md", "# Acme Shop\n\nSells things to people who come by.\n"),
        ("cart-service/package.json", app),
        ("cart-service/Dockerfile", "FROM node"),
        ("ui/package.json", app),
        ("ui/Dockerfile", "FROM node"),
    ];
    let catalogue = Repository::of(&files).catalogue(&Site::default());

    let of = |name: &str| catalogue.entity("Component", name).entity.metadata.description.clone();
    assert_eq!(of("shop-cart-service").as_deref(), Some("Cart service of Acme Shop"));
    assert_eq!(of("shop-ui").as_deref(), Some("UI of Acme Shop"));
}

#[test]
fn a_heading_that_greets_is_the_name_behind_the_greeting() {
    let shop = described(&[("README.md", "# Welcome to the Shop of Acme\n\nSells things to people.\n")]);
    assert_eq!(shop.entity.metadata.title.as_deref(), Some("Shop of Acme"));

    let shop = described(&[("README.md", "# Developing the shop\n\nSells things to people.\n")]);
    assert_eq!(shop.entity.metadata.title, None);
}
