use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::{Catalogue, Claim, Confidence, Described, Entity, Entry, Evidence, FileTree, TreePath};

fn generated(entity: Value) -> Generated {
    Generated { entity, placeholders: Vec::new() }
}

fn shop() -> Value {
    json!({
        "apiVersion": "backstage.io/v1alpha1",
        "kind": "Component",
        "metadata": {
            "name": "shop",
            "title": "The shop",
            "description": "Sells: things",
            "annotations": {"github.com/project-slug": "acme/shop", "backstage.io/techdocs-ref": "dir:."},
            "tags": ["go", "grpc"],
            "links": [{"url": "https://acme.test", "title": "Home"}],
        },
        "spec": {
            "type": "service", "lifecycle": "production", "owner": "group:default/team-a", "system": "store",
            "dependsOn": ["resource:default/db"],
        },
    })
}

/// Merges, and holds the result to what a merge promises.
#[track_caller]
fn merged(text: &str, entities: &[Value]) -> Merged {
    let entities: Vec<Generated> = entities.iter().cloned().map(generated).collect();
    let merged = merge(text, &entities).unwrap();
    hold(text, &merged, &entities);
    merged
}

fn hold(text: &str, merged: &Merged, entities: &[Generated]) {
    assert!(
        is_within(text.chars(), merged.text.chars()),
        "something was taken out:\n{text}\n---\n{}",
        merged.text
    );
    let before = parse_documents(text).into_iter().map(|document| document.unwrap().value);
    let after: Vec<Value> =
        parse_documents(&merged.text).into_iter().map(|document| document.unwrap().value).collect();
    for (before, after) in before.zip(&after) {
        assert!(says(after, &before), "{after} does not say {before}");
    }
    let again = merge(&merged.text, entities).unwrap();
    assert_eq!(
        (again.text.as_str(), again.added.len()),
        (merged.text.as_str(), 0),
        "a second merge changes something"
    );
}

/// Are the parts of one there in the other, in their order?
fn is_within<T: PartialEq>(parts: impl Iterator<Item = T>, mut whole: impl Iterator<Item = T>) -> bool {
    parts.into_iter().all(|part| whole.any(|other| other == part))
}

/// Does one value say all that the other does?
fn says(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (Value::Object(whole), Value::Object(part)) => {
            part.iter().all(|(key, part)| whole.get(key).is_some_and(|whole| says(whole, part)))
        }
        (whole, part) => whole == part,
    }
}

#[test]
fn what_is_missing_is_put_where_it_belongs_as_the_file_is_indented() {
    let text = "\
# Our shop.
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
    name: Shop   # keep the capital
    # who to ask
    annotations:
        acme.test/channel: '#shop'	# with a tab

    tags:
    - go
spec:
    type: website # sic
    owner: team-a
    # the rest is history

# The end.
";

    let merged = merged(text, &[shop()]);

    assert_eq!(
        merged.text,
        "\
# Our shop.
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
    name: Shop   # keep the capital
    title: The shop
    description: 'Sells: things'
    # who to ask
    annotations:
        acme.test/channel: '#shop'	# with a tab
        github.com/project-slug: acme/shop
        backstage.io/techdocs-ref: dir:.

    tags:
    - go
    links:
    - url: https://acme.test
      title: Home
spec:
    type: website # sic
    lifecycle: production
    owner: team-a
    system: store
    dependsOn:
    - resource:default/db
    # the rest is history

# The end.
"
    );
    assert_eq!(merged.not_added, []);
    let differences: Vec<_> = merged
        .differences
        .iter()
        .map(|difference| (difference.field.as_str(), difference.place.line, difference.place.column))
        .collect();
    assert_eq!(differences, [("metadata.tags", 10, 5), ("spec.type", 13, 11)]);
    assert_eq!(merged.differences[1].written, "website");
    assert_eq!(merged.added[0].entity, "component:default/shop");
}

#[test]
fn a_file_that_has_everything_stays_as_it_is() {
    let text = merged("", &[shop()]).text;
    let merged = merged(&text, &[shop()]);

    assert_eq!(merged.text, text);
    assert_eq!((merged.added, merged.differences), (vec![], vec![]));
}

#[test]
fn an_empty_file_becomes_the_entities() {
    for text in ["", "\n", "# Written by hand.\n"] {
        let merged = merged(
            text,
            &[
                shop(),
                json!({"apiVersion": "backstage.io/v1alpha1", "kind": "System", "metadata": {"name": "store"}, "spec": {"owner": "a"}}),
            ],
        );
        assert!(merged.text.starts_with(text), "{}", merged.text);
        assert_eq!(parse_documents(&merged.text).len(), 2);
    }
}

#[test]
fn each_document_gets_its_own_and_new_ones_come_last() {
    let text = "---\nkind: System\nmetadata: {name: store}\n...\n---\nkind: component\nmetadata:\n  name: SHOP\n---\n# nothing\n";
    let system =
        json!({"kind": "System", "metadata": {"name": "store", "title": "Store"}, "spec": {"owner": "a"}});
    let merged = merged(text, &[system, shop(), json!({"kind": "API", "metadata": {"name": "orders"}})]);

    assert_eq!(
        merged.text,
        "---\nkind: System\nmetadata: {name: store, title: \"Store\"}\nspec:\n  owner: a\n...\n---\napiVersion: backstage.io/v1alpha1\nkind: component\n\
         metadata:\n  name: SHOP\n  title: The shop\n  description: 'Sells: things'\n  annotations:\n    github.com/project-slug: acme/shop\n    \
         backstage.io/techdocs-ref: dir:.\n  tags:\n    - go\n    - grpc\n  links:\n    - url: https://acme.test\n      title: Home\n\
         spec:\n  type: service\n  lifecycle: production\n  owner: group:default/team-a\n  system: store\n  dependsOn:\n    - resource:default/db\n\
         ---\n# nothing\n---\nkind: API\nmetadata:\n  name: orders\n"
    );
}

#[test]
fn flow_style_stays_flow_style() {
    let text =
        "{kind: Component, metadata: {name: shop, annotations: {}, tags: [ a ] }, spec: {owner: team-a , } }";
    let found = json!({"kind": "Component", "metadata": {"name": "shop", "title": "S", "annotations": {"a/b": "c"}},
        "spec": {"type": "service", "owner": "team-a"}});

    assert_eq!(
        merged(text, &[found]).text,
        "{kind: Component, metadata: {name: shop, title: \"S\", annotations: {\"a/b\": \"c\"}, tags: [ a ] }, spec: {type: \"service\", owner: team-a , } }"
    );
}

#[test]
fn line_ends_and_the_lack_of_the_last_one_are_kept() {
    let found = json!({"kind": "System", "metadata": {"name": "a", "title": "A"}, "spec": {"owner": "b", "domain": "c"}});
    let text = "kind: System\r\nmetadata:\r\n  name: a\r\nspec:\r\n  owner: b";

    let merged = merged(text, &[found]);
    assert_eq!(
        merged.text,
        "kind: System\r\nmetadata:\r\n  name: a\r\n  title: A\r\nspec:\r\n  owner: b\r\n  domain: c"
    );
}

#[test]
fn text_in_lines_of_its_own_keeps_every_line() {
    for (head, tail) in [("|", "\n"), ("|+", "\n\n\n"), (">-", "\n"), ("|2-", "\n\n")] {
        let text = format!(
            "kind: API\nmetadata:\n  name: a\nspec:\n  definition: {head}\n    x: 1\n\n    # y{tail}# end\n"
        );
        let found =
            json!({"kind": "API", "metadata": {"name": "a"}, "spec": {"type": "openapi", "zone": "z"}});
        let merged = merged(&text, &[found]);
        assert_eq!(merged.not_added, [], "{text}");
        assert!(merged.text.ends_with("# end\n"), "{}", merged.text);
    }
}

#[test]
fn what_stands_elsewhere_is_not_written_into() {
    let text = "kind: Component\nmetadata: &all\n  name: shop\nspec:\n  copy: *all\n";
    let merged = merge(text, &[generated(shop())]).unwrap();

    assert!(merged.text.contains("metadata: &all\n  name: shop\nspec:\n"), "{}", merged.text);
    assert!(
        merged.not_added.iter().any(|addition| addition.field == "metadata.title"),
        "{:?}",
        merged.not_added
    );
    assert!(merged.text.contains("  owner: group:default/team-a\n"), "{}", merged.text);

    let text = "kind: Component\nmetadata: {name: shop}\nx: &x {owner: a}\nspec: *x\n";
    let merged = merge(text, &[generated(shop())]).unwrap();
    assert!(merged.not_added.iter().any(|addition| addition.field == "spec.type"));
}

#[test]
fn a_value_of_the_file_is_never_changed_whatever_it_is() {
    let text = "kind: Component\nmetadata:\n  name: shop\n  annotations:\n  tags: ~\n  title: ''\nspec: []\n";
    let merged = merged(text, &[shop()]);

    let fields: Vec<_> = merged.differences.iter().map(|difference| difference.field.as_str()).collect();
    assert_eq!(fields, ["metadata.title", "metadata.annotations", "metadata.tags", "spec"]);
    assert!(merged.text.contains("  tags: ~\n  links:"), "{}", merged.text);
}

#[test]
fn the_same_owner_in_other_words_is_no_difference() {
    let text = "kind: Component\nmetadata: {name: shop}\nspec:\n  owner: Team-A\n  providesApis: [b, api:a]\n  system: other\n";
    let found = json!({"kind": "Component", "metadata": {"name": "shop"}, "spec": {"owner": "group:default/team-a",
        "providesApis": ["api:default/a"], "system": "system:default/store"}});

    let merged = merged(text, &[found]);
    assert_eq!(merged.differences.len(), 1);
    assert_eq!(merged.differences[0].field, "spec.system");
}

#[test]
fn what_only_holds_a_place_is_written_into_new_documents_alone() {
    let unknown = Generated {
        entity: json!({"kind": "System", "metadata": {"name": "a"}, "spec": {"owner": "unknown", "type": "t"}}),
        placeholders: vec!["spec.owner".to_owned()],
    };

    let into = |text: &str| merge(text, std::slice::from_ref(&unknown)).unwrap().text;
    assert!(into("").contains("owner: unknown"));
    assert_eq!(
        into("kind: System\nmetadata:\n  name: a\n"),
        "kind: System\nmetadata:\n  name: a\nspec:\n  type: t\n"
    );
    assert_eq!(
        into("kind: System\nmetadata: {name: a}\nspec: {owner: b}\n"),
        "kind: System\nmetadata: {name: a}\nspec: {type: \"t\", owner: b}\n"
    );
}

#[test]
fn a_file_that_cannot_be_read_is_left_alone() {
    for text in ["kind: [\n", "a: 1\na: 2\n", "kind: Component\n---\n'\n"] {
        let error = merge(text, &[generated(shop())]).unwrap_err();
        assert!(error.to_string().contains("left as it is"), "{error}");
    }
    let large = "#".repeat(crate::MAX_YAML_BYTES + 1);
    assert!(merge(&large, &[generated(shop())]).is_err());
}

#[test]
fn thousands_of_documents_are_merged_at_once() {
    let text: String =
        (0..2_000).map(|number| format!("---\nkind: System\nmetadata:\n  name: s{number}\n")).collect();
    let found: Vec<Generated> = (0..2_000)
        .map(|number| {
            generated(json!({"kind": "System", "metadata": {"name": format!("s{number}"), "title": "T"}}))
        })
        .collect();

    let merged = merge(&text, &found).unwrap();
    assert_eq!((merged.added.len(), merged.not_added.len()), (2_000, 0));
}

#[test]
fn odd_texts_are_merged_or_left_alone() {
    let deep = |depth: usize| {
        format!(
            "kind: Component\nmetadata:\n  name: shop\n  x: {}1{}\n",
            "[".repeat(depth),
            "]".repeat(depth)
        )
    };
    let long = format!("kind: Component\nmetadata:\n  name: shop\n  other: {}\n", "x".repeat(1_000_000));
    let keys: String = (0..20_000).map(|number| format!("    k{number}: v\n")).collect();
    let wide = format!("kind: Component\nmetadata:\n  name: shop\n  labels:\n{keys}");
    let merge_keys =
        "x: &x {owner: a}\nkind: Component\nmetadata:\n  name: shop\nspec:\n  <<: *x\n".to_owned();
    let many = format!(
        "{}{}",
        "---\nkind: System\nmetadata: {name: s}\n".repeat(9_000),
        "---\nkind: Component\nmetadata: {name: shop}\n"
    );
    for text in [deep(100), long, wide, merge_keys, many] {
        let merged = merged(&text, &[shop()]);
        assert_eq!(merged.not_added, [], "{}", &text[..80]);
        assert!(merged.added.len() > 5);
    }
    let bomb: String = (1..30)
        .map(|level| format!("a{level}: &a{level} [{}]\n", vec![format!("*a{}", level - 1); 9].join(", ")))
        .collect();
    for text in [deep(5_000), "a: 1\n---\n".repeat(10_001), format!("a0: &a0 [x]\n{bomb}"), "\0".to_owned()] {
        assert!(merge(&text, &[generated(shop())]).is_err(), "{}", &text[..1]);
    }
}

fn described(folder: &str, entity: Value) -> Described {
    Described {
        entity: Entity::from_value(&entity).unwrap(),
        folder: folder.to_owned(),
        existence: Claim::new(true, Confidence::Certain, Evidence::of_repository("test", "it is there")),
        fields: Vec::new(),
        suggestions: Vec::new(),
        outvoted: Vec::new(),
        missing: Vec::new(),
    }
}

fn tree(files: &[(&str, &[u8])]) -> FileTree {
    let mut tree = FileTree::new();
    for (path, bytes) in files {
        tree.insert(TreePath::parse(path).unwrap(), Entry::file(bytes.to_vec())).unwrap();
    }
    tree
}

#[test]
fn entities_go_to_the_files_that_declare_them() {
    let component = |name: &str| json!({"apiVersion": "backstage.io/v1alpha1", "kind": "Component", "metadata": {"name": name, "title": "T"}, "spec": {"type": "service"}});
    let catalogue = Catalogue {
        entities: vec![
            described("", component("shop")),
            described("cart", component("cart")),
            described("new", component("new")),
        ],
        ..Catalogue::default()
    };
    let files = tree(&[
        ("catalog-info.yaml", b"kind: Component\nmetadata:\n  name: shop\n"),
        ("cart/catalog-info.yml", b"kind: Component\nmetadata:\n  name: basket\n"),
    ]);
    let new = TreePath::parse("catalog-info.yaml").unwrap();

    let merged = merge_files(&files, &catalogue.entities, &new);

    let paths: Vec<&str> = merged.files.keys().map(TreePath::as_str).collect();
    assert_eq!(paths, ["cart/catalog-info.yml", "catalog-info.yaml"]);
    let cart = &merged.files[&TreePath::parse("cart/catalog-info.yml").unwrap()];
    assert!(cart.text.contains("name: basket\n  title: T\n"), "{}", cart.text);
    assert_eq!(cart.differences[0].field, "metadata.name");
    let root = &merged.files[&new].text;
    assert!(root.contains("name: shop\n  title: T\n") && root.contains("name: new\n"), "{root}");
    assert!(!root.contains("cart"), "{root}");
}

#[test]
fn paths_count_from_the_file_that_they_are_written_into() {
    let api = json!({"apiVersion": "backstage.io/v1alpha1", "kind": "API",
        "metadata": {"name": "orders", "annotations": {"backstage.io/techdocs-ref": "dir:."}},
        "spec": {"definition": {"$text": "./openapi.yaml"}}});
    let found = [described("services/cart", api)];
    let new = TreePath::parse("catalog-info.yaml").unwrap();
    let text = |files: &FileTree| merge_files(files, &found, &new).files.pop_first().unwrap().1;

    let root = text(&FileTree::new()).text;
    assert!(root.contains("$text: ./services/cart/openapi.yaml\n"), "{root}");
    assert!(root.contains("techdocs-ref: dir:services/cart\n"), "{root}");
    let own = b"kind: API\nmetadata:\n  name: orders\nspec:\n  definition: {$text: openapi.yaml}\n";
    let merged = text(&tree(&[("services/cart/catalog-info.yaml", own)]));
    assert_eq!(merged.differences, []);
    assert!(merged.text.contains("techdocs-ref: dir:.\n"), "{}", merged.text);
}

#[test]
fn nothing_new_is_written_while_a_file_cannot_be_read() {
    let found = [described("", shop())];
    let new = TreePath::parse("catalog-info.yaml").unwrap();
    for bytes in [b"kind: [\n".as_slice(), b"kind: Component # \xff\n"] {
        for path in ["catalog-info.yaml", "a/catalog-info.yaml"] {
            let merged = merge_files(&tree(&[(path, bytes)]), &found, &new);
            if path == "catalog-info.yaml" || bytes[6] == b'[' {
                assert_eq!((merged.files.len(), merged.left_alone.len()), (0, 1), "{path} {merged:?}");
            }
        }
    }
    let merged = merge_files(&FileTree::new(), &found, &new);
    assert_eq!(merged.files[&new].added.len(), 1);
}

/// A document as a person may have written it.
fn document() -> impl Strategy<Value = String> {
    let name = prop_oneof![
        Just("  name: shop\n"),
        Just("  name: 'shop' # c\n"),
        Just("  # c\n  name: &n shop\n"),
        Just("  \"name\": \"shop\"\n\n")
    ];
    let meta = prop::collection::vec(
        prop_oneof![
            Just("  title: x\n"),
            Just("  description: >-\n    a\n\n    b\n"),
            Just("  description: |+\n    a\n\n"),
            Just("  annotations:\n    a.b/c: d # e\n    # f\n"),
            Just("  annotations: {a: b}\n"),
            Just("  annotations: {}\n"),
            Just("  annotations:\n"),
            Just("  tags:\n  - a\n"),
            Just("  tags:\n      - a\n      -\n"),
            Just("  tags: [a,\n    b]\n"),
            Just("  links:\n    - url: https://a.test\n      title: |\n        x\n"),
            Just("  # only a comment\n"),
            Just("  other: \"a\n    b\"\n"),
            Just("  labels: &l\n    a: b\n"),
            Just("\n"),
            Just("  ? x\n  : y\n"),
        ],
        0..5,
    );
    let spec = prop_oneof![
        Just("spec:\n  type: service\n"),
        Just("spec: {owner: a, }\n"),
        Just("spec:\n    # c\n    owner: a\t# t\n"),
        Just(""),
        Just("spec:\n  dependsOn:\n    - a: b\n      c:\n        - d\n"),
        Just("spec:\n  definition: |\n    x\n   # c\n"),
        Just("spec:\n  definition:\n    $text: ./a\n"),
        Just("spec:\n  system:\n  x: !!str y\n"),
    ];
    (name, meta, spec, any::<bool>()).prop_map(|(name, meta, spec, turned)| {
        let metadata = format!("metadata:\n{name}{}", meta.concat());
        if turned {
            format!("{spec}kind: Component\n{metadata}")
        } else {
            format!("# head\nkind: Component\n{metadata}{spec}")
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { max_global_rejects: 100_000, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn whatever_stands_in_a_file_stays(
        documents in prop::collection::vec(document(), 1..3),
        (crlf, ended, marked, bom) in any::<(bool, bool, bool, bool)>(),
        kept in prop::collection::vec(any::<bool>(), 8),
    ) {
        let mut text = documents.join("---\n");
        if marked {
            text = format!("---\n{text}...\n");
        }
        if crlf {
            text = text.replace('\n', "\r\n");
        }
        if !ended {
            text = text.trim_end().to_owned();
        }
        if bom {
            text.insert(0, '\u{feff}');
        }
        prop_assume!(parse_documents(&text).iter().all(Result::is_ok));
        let mut found = shop();
        let mut keep = kept.into_iter();
        for map in ["metadata", "spec"] {
            let map = found[map].as_object_mut().unwrap();
            map.retain(|key, _| key == "name" || keep.next().unwrap_or(true));
        }
        let found = [generated(found), generated(json!({"kind": "API", "metadata": {"name": "new"}}))];

        let merged = merge(&text, &found).unwrap();

        hold(&text, &merged, &found);
        let lines = |text: &str| text.trim_start_matches('\u{feff}').lines().map(str::to_owned).collect::<Vec<_>>();
        let whole_lines = text.contains('{') || !ended || is_within(lines(&text).iter(), lines(&merged.text).iter());
        prop_assert!(whole_lines, "{}\n---\n{}", text, merged.text);
    }

    #[test]
    fn no_text_makes_merging_panic(text in "(kind: Component\n|metadata:\n|  name: shop\n|[ -~]|\n|[-:#&*!|>'\"%@\\[\\]{}, ]){0,40}") {
        let found = [generated(shop())];
        if let Ok(merged) = merge(&text, &found) {
            hold(&text, &merged, &found);
        }
    }
}
