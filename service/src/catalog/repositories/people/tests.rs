//! What files of people take, on trees made by hand.

use catalog_gen::{Entry, Listed};

use super::*;

const SHOP: &str = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: { name: Shop }\n\
                    spec: { type: service, lifecycle: production, owner: a }\n";

fn path(text: &str) -> TreePath {
    TreePath::parse(text).unwrap()
}

fn tree(files: &[(&str, &str)]) -> FileTree {
    let mut tree = FileTree::new();
    for (name, text) in files {
        tree.insert(path(name), Entry::file((*text).to_owned())).unwrap();
    }
    tree
}

fn listing(names: &[&str]) -> Listing {
    let file = |name: &&str| Listed { path: path(name), kind: ListedKind::File, size: 10, id: None };
    Listing::new(names.iter().map(file), 0)
}

#[test]
fn catalog_files_are_found_wherever_they_lie_but_not_in_what_others_wrote() {
    let listing = listing(&[
        "services/cart/catalog-info.yml",
        "node_modules/x/catalog-info.yaml",
        ".backstage/catalog-info.yaml",
        "README.md",
    ]);

    let found: Vec<String> = files(&listing).iter().map(|path| path.as_str().to_owned()).collect();

    assert_eq!(found, [".backstage/catalog-info.yaml", "services/cart/catalog-info.yml"]);
}

#[test]
fn what_a_file_declares_is_its_own_whatever_the_letter_case_is() {
    let declared = Declared::read(&tree(&[("catalog-info.yaml", SHOP)]));

    assert!(declared.claims("component:default/shop", "services/x").is_some());
    assert!(declared.claims("component:default/other", "services/x").is_none());
    assert!(declared.claims("resource:default/shop", "").is_none());
}

#[test]
fn a_component_of_the_same_folder_under_another_name_is_left_to_the_file() {
    for place in ["catalog-info.yaml", ".backstage/catalog-info.yaml", "docs/catalog-info.yml"] {
        let declared = Declared::read(&tree(&[(place, SHOP)]));

        let why = declared.claims("component:default/shop-service", "").unwrap();

        assert!(why.contains("`component:default/shop`"), "{place}: {why}");
        assert_eq!(declared.component_of(""), Some("component:default/shop"));
    }
}

#[test]
fn a_file_that_does_not_parse_takes_the_component_of_its_folder_and_is_told() {
    let declared = Declared::read(&tree(&[("cart/catalog-info.yaml", "kind: [\n")]));

    assert!(declared.claims("component:default/cart", "cart").is_some());
    assert!(declared.claims("component:default/shop", "").is_none());
    assert_eq!(declared.broken.len(), 1);
    assert!(!declared.is_nothing());
}

#[test]
fn a_file_that_breaks_a_rule_takes_what_it_names() {
    let broken =
        "apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: { name: shop }\nspec: { type: openapi }\n";

    let declared = Declared::read(&tree(&[("catalog-info.yaml", broken)]));

    assert!(declared.claims("api:default/shop", "").is_some());
    assert_eq!(declared.broken.len(), 1);
}

#[test]
fn locations_lead_to_further_files_of_the_repository() {
    let all = "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: { name: all }\n\
               spec: { targets: [./cart/component.yaml, ../out.yaml, ./gone.yaml, 'https://x.io/a.yaml'] }\n";
    let files = tree(&[("sub/catalog-info.yaml", all)]);

    let found = led_to(&files, &listing(&["sub/cart/component.yaml", "out.yaml", "other.yaml"]));

    assert_eq!(found, [path("out.yaml"), path("sub/cart/component.yaml")]);
}
