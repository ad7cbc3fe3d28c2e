use crate::{Entry, Level, Listed, ListedKind, MAX_YAML_BYTES};

use super::*;

fn tree(files: &[(&str, &str)]) -> FileTree {
    let mut tree = FileTree::new();
    for (path, text) in files {
        tree.insert(TreePath::parse(path).unwrap(), Entry::file(text.as_bytes().to_vec())).unwrap();
    }
    tree
}

fn entity(kind: &str, name: &str, spec: &str) -> String {
    format!("apiVersion: backstage.io/v1alpha1\nkind: {kind}\nmetadata:\n  name: {name}\nspec:\n{spec}")
}

fn component(name: &str, more: &str) -> String {
    entity("Component", name, &format!("  type: service\n  lifecycle: production\n  owner: team-a\n{more}"))
}

/// Place, rule and field of all findings.
fn found(files: &[(&str, &str)]) -> Vec<String> {
    let findings = validate_files(&tree(files));
    findings.iter().map(told).collect()
}

fn told(finding: &Finding) -> String {
    let Finding { file, start, rule, field, .. } = finding;
    format!("{file}:{}:{} {} {field}", start.line, start.column, rule.id)
}

#[test]
fn sound_files_have_no_findings() {
    let text = format!("{}---\n{}", component("a", "  dependsOn: [component:b]\n"), component("b", ""));

    assert_eq!(found(&[("catalog-info.yaml", &text)]), Vec::<String>::new());
    assert_eq!(found(&[]), Vec::<String>::new());
}

#[test]
fn a_violation_is_told_where_it_stands() {
    let text =
        component("My Service", "  system:\n  providesApis: [a, '']\n").replace("  owner: team-a\n", "");

    assert_eq!(
        found(&[("catalog-info.yaml", &text)]),
        [
            "catalog-info.yaml:4:9 format.name metadata.name",
            "catalog-info.yaml:5:1 spec.required spec.owner",
            "catalog-info.yaml:8:3 value.type spec.system",
            "catalog-info.yaml:9:18 reference.dangling spec.providesApis[0]",
            "catalog-info.yaml:9:21 value.empty spec.providesApis[1]",
        ]
    );
}

#[test]
fn a_document_that_stops_its_file_says_so() {
    let good = component("a", "");
    for broken in [
        "a: [\n",
        "just text\n",
        "kind: Component\nmetadata: {}\n",
        "apiVersion: ''\nkind: X\nmetadata: {name: x}\n",
    ] {
        let findings =
            validate_files(&tree(&[("catalog-info.yaml", &format!("{good}---\n{good}---\n{broken}"))]));
        let notes: Vec<_> = findings.iter().filter_map(|finding| finding.note.as_deref()).collect();
        assert!(
            notes.contains(&"until then nothing else of the file is taken: 2 more entities"),
            "{broken}: {notes:?}"
        );
    }
    let tag = good.replace("spec:", "  tags: [A]\nspec:");
    let findings = validate_files(&tree(&[(
        "catalog-info.yaml",
        &format!("{good}---\n{}", tag.replace("name: a", "name: b")),
    )]));
    assert_eq!(findings.iter().map(|finding| finding.note.as_deref()).collect::<Vec<_>>(), [None]);
}

#[test]
fn an_entity_that_is_declared_twice_is_told_whatever_its_letter_case() {
    let (one, two) = (component("shop", ""), component("Shop", ""));
    let findings = validate_files(&tree(&[
        ("catalog-info.yaml", &format!("{one}---\n{two}")),
        ("b/catalog-info.yaml", &one),
    ]));

    let told: Vec<_> =
        findings.iter().map(|finding| (told(finding), finding.note.clone().unwrap())).collect();
    assert_eq!(told[0].0, "catalog-info.yaml:4:9 entity.duplicate metadata.name");
    assert!(told[0].1.contains("refuses the other"), "{told:?}");
    assert_eq!(told[1].0, "catalog-info.yaml:13:9 entity.duplicate metadata.name");
    assert_eq!(findings.len(), 2);
    let findings = validate_files(&tree(&[("catalog-info.yaml", &format!("{one}---\n{two}"))]));
    assert!(findings[0].note.as_ref().unwrap().contains("takes the last"));
    assert!(findings[0].message.contains("line 4"), "{}", findings[0].message);
}

#[test]
fn references_that_lead_nowhere_are_told_with_near_names() {
    let text = [
        component(
            "payments",
            "  dependsOn: [component:ordrs, component:far, resource:orders]\n  system: Shop\n",
        ),
        component("orders", ""),
    ];
    let files = tree(&[("catalog-info.yaml", &text.join("---\n"))]);
    let findings = validate_files(&files);
    let told: Vec<_> = findings
        .iter()
        .map(|finding| (finding.level, finding.field.as_str(), finding.mend.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (Level::Warning, "spec.dependsOn[0]", "write `component:default/orders` if that is meant"),
            (Level::Note, "spec.dependsOn[1]", "see that it is declared elsewhere"),
            (Level::Warning, "spec.dependsOn[2]", "write `component:default/orders` if that is meant"),
            (Level::Note, "spec.system", "see that it is declared elsewhere"),
        ]
    );

    let known = ["group:default/team-b", "system:default/shop", "component:far"]
        .map(|text| EntityRef::parse(text).unwrap());
    let surroundings = Surroundings { known: Some(&known), ..Surroundings::default() };
    let findings = validate_files_in(&files, &surroundings);
    let told: Vec<_> = findings.iter().map(|finding| (finding.level, finding.field.as_str())).collect();
    assert_eq!(
        told,
        [
            (Level::Warning, "spec.owner"),
            (Level::Warning, "spec.dependsOn[0]"),
            (Level::Warning, "spec.dependsOn[2]"),
            (Level::Warning, "spec.owner"),
        ]
    );
    assert_eq!(findings[0].mend, "write `group:default/team-b` if that is meant");
}

#[test]
fn kinds_that_files_may_not_declare_are_told_once_each() {
    let database = |name| entity("Resource", name, "  type: database\n  owner: team-a\n");
    let text = [component("a", ""), database("b"), database("c"), entity("System", "s", "  owner: team-a\n")];
    let files = tree(&[("catalog-info.yaml", &text.join("---\n"))]);
    let rules = |allowed| {
        let findings = validate_files_in(&files, &Surroundings { allowed, ..Surroundings::default() });
        findings.into_iter().map(|finding| finding.message).collect::<Vec<_>>()
    };
    let allow = |kind: &str, spec_type: Option<&str>| AllowedKind {
        kind: kind.to_owned(),
        spec_type: spec_type.map(str::to_owned),
    };

    assert_eq!(rules(None).len(), 2);
    assert!(rules(None)[0].contains("`Resource` unless"), "{:?}", rules(None));
    let allowed = [allow("component", None), allow("Resource", Some("Database")), allow("System", None)];
    assert_eq!(rules(Some(&allowed)), Vec::<String>::new());
    let allowed = [allow("Component", None), allow("Resource", Some("queue")), allow("System", None)];
    assert_eq!(rules(Some(&allowed)), ["`catalog.rules` does not let files declare the kind `Resource`"]);
}

#[test]
fn locations_are_followed_from_their_file() {
    let location = entity(
        "Location",
        "all",
        "  targets:\n    - ./a/all.yaml\n    - ../b.yaml\n    - c/*.yaml\n    - /x.yaml\n    - https://acme.test/x.yaml\n    - a\n    - d/*.yml\n",
    );
    let broken = component("My Service", "");
    let files = [
        ("catalog-info.yaml", location.as_str()),
        ("a/all.yaml", &broken),
        ("c/one.yaml", &broken),
        ("skeleton/catalog-info.yaml", &broken),
        ("node_modules/x/catalog-info.yaml", &broken),
    ];

    assert_eq!(
        found(&files),
        [
            "a/all.yaml:4:9 format.name metadata.name",
            "c/one.yaml:4:9 entity.duplicate metadata.name",
            "c/one.yaml:4:9 format.name metadata.name",
            "catalog-info.yaml:8:7 location.target spec.targets[1]",
            "catalog-info.yaml:10:7 location.target spec.targets[3]",
            "catalog-info.yaml:12:7 location.target spec.targets[5]",
            "catalog-info.yaml:13:7 location.target spec.targets[6]",
        ]
    );
    let optional = location.replace("  targets:", "  presence: optional\n  type: file\n  targets:");
    let told = found(&[("catalog-info.yaml", &optional)]);
    assert_eq!(told, ["catalog-info.yaml:7:9 location.type spec.type"]);
}

#[test]
fn locations_in_a_circle_end() {
    let location = |target: &str| entity("Location", "l", &format!("  target: {target}\n"));
    let told =
        found(&[("catalog-info.yaml", &location("./b.yaml")), ("b.yaml", &location("./catalog-info.yaml"))]);

    assert_eq!(told, ["b.yaml:4:9 entity.duplicate metadata.name"]);
}

#[test]
fn placeholders_must_name_a_file() {
    let api = |definition: &str| {
        entity(
            "API",
            "a",
            &format!("  type: openapi\n  lifecycle: x\n  owner: t\n  definition: {definition}\n"),
        )
    };
    let with = |definition: &str| {
        let findings = validate_files(&tree(&[
            ("a/catalog-info.yaml", &api(definition)),
            ("a/spec/openapi.yaml", "openapi: 3.0.0\n"),
        ]));
        findings.into_iter().map(|finding| (told(&finding), finding.mend)).collect::<Vec<_>>()
    };

    assert_eq!(with("{$text: ./spec/openapi.yaml}"), []);
    assert_eq!(with("{$text: https://acme.test/openapi.yaml}"), []);
    let (place, mend) = with("{$text: ./openapi.yaml}").remove(0);
    assert_eq!(place, "a/catalog-info.yaml:9:23 placeholder.target spec.definition.$text");
    assert!(mend.contains("`a/spec/openapi.yaml`"), "{mend}");
    assert_eq!(with("{$text: 3}").len(), 1);
    assert_eq!(with("{$text: ../../x}").len(), 1);
}

#[test]
fn a_listing_tells_what_was_not_read() {
    let api = entity(
        "API",
        "a",
        "  type: openapi\n  lifecycle: x\n  owner: t\n  definition:\n    $text: ./openapi.yaml\n",
    );
    let listed = |path: &str| Listed {
        path: TreePath::parse(path).unwrap(),
        kind: ListedKind::File,
        size: 1,
        id: None,
    };
    let listing = Listing::new([listed("catalog-info.yaml"), listed("openapi.yaml")], 0);
    let files = tree(&[("catalog-info.yaml", &api)]);

    assert_eq!(validate_files(&files).len(), 1);
    let surroundings = Surroundings { listing: Some(&listing), ..Surroundings::default() };
    assert_eq!(validate_files_in(&files, &surroundings), []);
}

#[test]
fn annotations_of_the_catalog_and_old_ones_are_told_at_their_keys() {
    let annotations = "metadata:\n  annotations:\n    backstage.io/managed-by-location: x\n    jenkins.io/github-folder: y\n";
    let text = component("a", "").replace("metadata:\n", annotations);

    assert_eq!(
        found(&[("catalog-info.yaml", &text)]),
        [
            "catalog-info.yaml:5:5 annotation.reserved metadata.annotations[\"backstage.io/managed-by-location\"]",
            "catalog-info.yaml:6:5 annotation.deprecated metadata.annotations[\"jenkins.io/github-folder\"]",
        ]
    );
}

#[test]
fn a_kind_of_a_module_is_taken_where_the_catalog_has_it() {
    let files = tree(&[("catalog-info.yaml", &entity("Sandwich", "blt", "  owner: a\n"))]);
    let kinds = ["Sandwich".to_owned()];
    let allowed = [AllowedKind { kind: "Sandwich".to_owned(), spec_type: None }];

    assert_eq!(validate_files(&files).len(), 2);
    let surroundings = Surroundings { kinds: &kinds, allowed: Some(&allowed), ..Surroundings::default() };
    assert_eq!(validate_files_in(&files, &surroundings), []);
}

#[test]
fn bad_files_are_findings_and_not_the_end() {
    let mut files = tree(&[("a/catalog-info.yaml", &component("a", ""))]);
    let mut put = |path: &str, bytes: Vec<u8>| {
        drop(files.insert(TreePath::parse(path).unwrap(), Entry::file(bytes)).unwrap());
    };
    put("large/catalog-info.yaml", vec![b'#'; MAX_YAML_BYTES + 1]);
    put(
        "latin/catalog-info.yaml",
        component("b", "").replace("team-a", "t\u{e9}am").chars().map(|c| c as u8).collect(),
    );
    put("nul/catalog-info.yaml", b"a: \0\n".to_vec());
    put("bom/catalog-info.yaml", format!("\u{feff}{}", component("My c", "")).into_bytes());
    put("twice/catalog-info.yaml", component("d", "  owner: x\n").into_bytes());
    put("deep/catalog-info.yaml", "[".repeat(100_000).into_bytes());
    put("many/catalog-info.yaml", "---\na\n".repeat(10_001).into_bytes());
    let bomb: String = (1..12)
        .map(|level| format!("a{level}: &a{level} [{}]\n", vec![format!("*a{}", level - 1); 9].join(", ")))
        .collect();
    put("bomb/catalog-info.yaml", format!("a0: &a0 [x]\n{bomb}").into_bytes());
    put(
        "uses/catalog-info.yaml",
        format!("{}  x: &x 1\n  y: [{}]\n", component("e", ""), vec!["*x"; 100].join(", ")).into_bytes(),
    );

    let rules: Vec<_> = validate_files(&files)
        .iter()
        .map(|finding| format!("{} {}", finding.file.split('/').next().unwrap(), finding.rule.id))
        .collect();
    assert_eq!(
        rules,
        [
            "bom format.name",
            "bomb yaml.syntax",
            "bomb yaml.aliases",
            "deep yaml.syntax",
            "large file.too-large",
            "latin file.encoding",
            "many yaml.syntax",
            "nul envelope.foreign-field",
            "nul envelope.required",
            "nul envelope.required",
            "nul envelope.required",
            "nul yaml.control-character",
            "twice yaml.syntax",
            "uses yaml.aliases",
        ]
    );
}

#[test]
fn a_control_character_is_told_and_the_rest_is_judged() {
    let text = component("a", "  system: S\u{81}\u{0}!\n").replace("name: a", "name: a b");

    assert_eq!(
        found(&[("catalog-info.yaml", &text)]),
        [
            "catalog-info.yaml:4:9 format.name metadata.name",
            "catalog-info.yaml:9:11 reference.dangling spec.system",
            "catalog-info.yaml:9:12 yaml.control-character ",
        ]
    );
}

#[test]
fn another_kind_is_only_meant_where_any_may_stand() {
    let text = component("shop", "  system: shop\n  dependsOn: [resource:shop]\n");
    let findings = validate_files(&tree(&[("catalog-info.yaml", &text)]));

    let levels: Vec<_> = findings.iter().map(|finding| (finding.level, finding.field.as_str())).collect();
    assert_eq!(levels, [(Level::Note, "spec.system"), (Level::Warning, "spec.dependsOn[0]")]);
}

#[test]
fn a_document_with_thousands_of_faults_is_told_in_part() {
    let tags: String = (0..20_000).map(|number| format!("    - T{number}\n")).collect();
    let text = component("a", "").replace("spec:\n", &format!("  tags:\n{tags}spec:\n"));

    assert_eq!(validate_files(&tree(&[("catalog-info.yaml", &text)])).len(), 100);
}

#[test]
fn thousands_of_documents_that_lead_nowhere_are_judged_in_time() {
    let text: String = (0..3_000)
        .map(|number| format!("---\n{}", component(&format!("c{number}"), "  system: nowhere\n")))
        .collect();

    assert_eq!(validate_files(&tree(&[("catalog-info.yaml", &text)])).len(), 3_000);
}
