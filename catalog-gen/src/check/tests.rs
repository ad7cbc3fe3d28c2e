use serde_json::json;

use super::*;
use crate::{
    About, Claim, CodeHost, Entity, Entry, Evidence, FieldClaim, FileTree, Listed, ListedKind, Listing,
    Remote, catalog_files,
};

/// A repository `acme/shop` whose files are given as path and content.
struct Repository {
    listing: Listing,
    files: FileTree,
    about: About,
}

impl Repository {
    fn of(files: &[(&str, &str)]) -> Self {
        let listed = files.iter().map(|(path, text)| Listed {
            path: TreePath::parse(path).unwrap(),
            kind: ListedKind::File,
            size: text.len() as u64,
            id: None,
        });
        let listing = Listing::new(listed, 0);
        let mut tree = FileTree::new();
        let mut put = |path: TreePath| {
            let text = files.iter().find(|(own, _)| *own == path.as_str());
            drop(tree.insert(path.clone(), Entry::file(text.unwrap().1.to_owned())).unwrap());
            catalog_files(&listing, &tree)
        };
        let mut wanted = catalog_files(&listing, &FileTree::new());
        wanted.extend(
            listing.iter().map(|file| file.path.clone()).filter(|path| path.file_name() == "CODEOWNERS"),
        );
        while let Some(path) = wanted.pop() {
            wanted.extend(put(path));
            wanted.dedup();
        }
        let remote = Remote {
            url: "https://github.com/acme/shop".to_owned(),
            revision: "main".to_owned(),
            host: CodeHost::GitHub,
        };
        Self { listing, files: tree, about: About { remote: Some(remote), ..About::default() } }
    }

    fn check(&self, catalogue: &Catalogue) -> Vec<Finding> {
        let material = Material { listing: &self.listing, files: &self.files, about: &self.about };
        check(&material, catalogue, &Site::default())
    }
}

fn component(name: &str, annotations: &str, spec: &str) -> String {
    format!(
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: {name}\n{annotations}spec:\n  type: service\n  \
         lifecycle: production\n{spec}"
    )
}

fn annotated(key: &str, value: &str) -> String {
    component("shop", &format!("  annotations:\n    {key}: {value}\n"), "  owner: team-a\n")
}

/// Place, rule and mend of everything found.
fn found(files: &[(&str, &str)]) -> Vec<String> {
    let findings = Repository::of(files).check(&Catalogue::default());
    findings.iter().map(told).collect()
}

fn told(finding: &Finding) -> String {
    let Finding { file, start, rule, mend, .. } = finding;
    format!("{file}:{}:{} {}: {mend}", start.line, start.column, rule.id)
}

const API: &str = "apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata:\n  name: orders\nspec:\n  type: openapi\n  \
                   lifecycle: production\n  owner: team-a\n  definition:\n    $text: ./docs/openapi.yaml\n";

#[test]
fn a_file_that_agrees_with_the_code_has_no_finding() {
    let text = component(
        "shop",
        "  annotations:\n    github.com/project-slug: Acme/Shop\n    backstage.io/techdocs-ref: dir:.\n    \
         backstage.io/source-location: url:https://github.com/acme/shop/tree/main/src/\n",
        "  owner: group:default/team-a\n  providesApis: [orders]\n  dependsOn: [component:elsewhere]\n  system: far\n",
    );
    let files = [
        ("catalog-info.yaml", format!("{text}---\n{API}")),
        (".github/CODEOWNERS", "* @acme/Team-A\n".to_owned()),
        ("docs/openapi.yaml", "openapi: 3.0.0\n".to_owned()),
        ("mkdocs.yml", String::new()),
        ("src/main.rs", String::new()),
    ];
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();

    assert_eq!(found(&files), Vec::<String>::new());
    assert_eq!(found(&[("src/main.rs", "")]), Vec::<String>::new());
}

#[test]
fn an_api_file_that_was_renamed_is_told_with_its_new_name() {
    assert_eq!(
        found(&[("catalog-info.yaml", API), ("api/openapi.yaml", "")]),
        [
            "catalog-info.yaml:10:12 drift.api-file: write the path of `api/openapi.yaml`, relative to this file, if that is meant"
        ]
    );
    let findings =
        Repository::of(&[("catalog-info.yaml", API), ("docs/openapi.yml", "")]).check(&Catalogue::default());
    assert!(findings[0].mend.contains("`docs/openapi.yml`"), "{findings:?}");
    assert_eq!(findings[0].level, Level::Error);
    assert_eq!(findings[0].message, "the repository no longer has `docs/openapi.yaml`, which `$text` names");
}

#[test]
fn a_component_whose_folder_is_gone_is_told() {
    let location = |folder: &str| {
        annotated(
            "backstage.io/source-location",
            &format!("url:https://github.com/acme/shop/tree/main/{folder}"),
        )
    };
    let gone = found(&[("catalog-info.yaml", &location("services/cart/")), ("services/pay/main.go", "")]);
    assert_eq!(
        gone,
        ["catalog-info.yaml:6:35 drift.folder: write where the code is now, or remove the entity"]
    );
    assert_eq!(
        found(&[("catalog-info.yaml", &location("services/")), ("services/pay/main.go", "")]),
        Vec::<String>::new()
    );
    assert_eq!(found(&[("catalog-info.yaml", &location(""))]), Vec::<String>::new());

    let left = component("cart", "", "  owner: team-a\n");
    let gone = found(&[("services/cart/catalog-info.yaml", &left), ("services/pay/main.go", "")]);
    assert_eq!(gone.len(), 1);
    assert!(gone[0].starts_with("services/cart/catalog-info.yaml:4:9 drift.folder:"), "{gone:?}");
    assert_eq!(
        found(&[("services/cart/catalog-info.yaml", &left), ("services/cart/go.mod", "")]),
        Vec::<String>::new()
    );
}

#[test]
fn a_component_that_nothing_is_called_like_is_told_where_its_neighbours_are_there() {
    let all =
        ["shop-cart", "pay", "Old_One"].map(|name| component(name, "", "  owner: team-a\n")).join("---\n");
    let files =
        [("catalog-info.yaml", all.as_str()), ("services/cart/go.mod", ""), ("services/pay/go.mod", "")];

    let gone = found(&files);
    assert_eq!(gone.len(), 1, "{gone:?}");
    assert!(gone[0].starts_with("catalog-info.yaml:22:9 drift.folder:"), "{gone:?}");
    let named = all.replace(
        "name: Old_One\n",
        "name: Old_One\n  annotations: {github.com/project-slug: acme/shop/pay}\n",
    );
    assert_eq!(found(&[("catalog-info.yaml", &named), files[1], files[2]]), Vec::<String>::new());
    let alone = component("invented", "", "  owner: team-a\n");
    assert_eq!(found(&[("catalog-info.yaml", &alone), ("src/main.go", "")]), Vec::<String>::new());
}

#[test]
fn an_owner_who_is_no_longer_in_codeowners_is_told() {
    let owned = |owner: &str| component("shop", "", &format!("  owner: {owner}\n"));
    let codeowners = "# @acme/old\n* @acme/platform\n/docs jane@acme.test @joe # @acme/later\n";
    let with = |owner: &str| found(&[("catalog-info.yaml", &owned(owner)), ("CODEOWNERS", codeowners)]);

    for owner in ["platform", "group:acme/Platform", "user:joe", "user:default/jane"] {
        assert_eq!(with(owner), Vec::<String>::new(), "{owner}");
    }
    assert_eq!(
        with("old"),
        ["catalog-info.yaml:8:10 drift.owner: write an owner whom `CODEOWNERS` names, or add `old` to it"]
    );
    assert!(
        with("group:default/plattform")[0].contains("write `platform` if that is"),
        "{:?}",
        with("group:default/plattform")
    );
    assert_eq!(
        found(&[("catalog-info.yaml", &owned("old")), ("CODEOWNERS", "# nobody\n")]),
        Vec::<String>::new()
    );

    let repository =
        Repository::of(&[("catalog-info.yaml", &owned("shop-squad")), ("CODEOWNERS", "* @acme/platform\n")]);
    let material =
        Material { listing: &repository.listing, files: &repository.files, about: &repository.about };
    let mut site = Site::default();
    site.owners.insert("@acme/platform".to_owned(), "group:default/shop-squad".to_owned());
    assert_eq!(check(&material, &Catalogue::default(), &site), []);
}

#[test]
fn docs_that_are_not_there_are_told() {
    let docs = |value: &str| annotated("backstage.io/techdocs-ref", value);
    let with = |value: &str, path: &str| {
        found(&[("a/catalog-info.yaml", &docs(value)), (path, ""), ("a/go.mod", "")])
    };

    assert_eq!(with("dir:.", "a/mkdocs.yml"), Vec::<String>::new());
    assert_eq!(with("dir:.", "a/docs/index.md"), Vec::<String>::new());
    assert_eq!(with("dir:..", "mkdocs.yaml"), Vec::<String>::new());
    assert_eq!(with("dir:/", "mkdocs.yml"), Vec::<String>::new());
    assert_eq!(with("dir:/b", "b/mkdocs.yml"), Vec::<String>::new());
    assert_eq!(with("url:https://github.com/acme/shop/tree/main/a", "a/mkdocs.yml"), Vec::<String>::new());
    assert_eq!(with("url:https://github.com/acme/docs/tree/main/a", "x"), Vec::<String>::new());
    let moved = "a/catalog-info.yaml:6:32 drift.techdocs: write the folder of `b/mkdocs.yml`, relative to this file, or remove the annotation";
    assert_eq!(with("dir:.", "b/mkdocs.yml"), [moved]);
    assert_eq!(with("dir:../..", "x").len(), 1);
}

#[test]
fn a_slug_of_another_repository_is_told() {
    let with = |key: &str, value: &str| found(&[("catalog-info.yaml", &annotated(key, value))]);

    assert_eq!(
        with("github.com/project-slug", "acme/old-shop"),
        ["catalog-info.yaml:6:30 drift.project-slug: write `acme/shop`"]
    );
    for same in ["ACME/shop", "acme/shop/", "acme/shop/services/cart"] {
        assert_eq!(with("github.com/project-slug", same), Vec::<String>::new());
    }
    assert_eq!(with("github.com/project-slug", "shop").len(), 1);
    assert_eq!(with("gitlab.com/project-slug", "acme/old-shop"), Vec::<String>::new());
}

#[test]
fn relations_to_what_is_no_longer_there_are_told() {
    let shop =
        component("shop", "", "  owner: team-a\n  providesApis: [order, gone]\n  consumesApis: [far]\n");
    let files = [("catalog-info.yaml", format!("{shop}---\n{API}")), ("docs/openapi.yaml", String::new())];
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();

    assert_eq!(
        found(&files),
        [
            "catalog-info.yaml:9:18 drift.relation: write `api:default/orders` if that is meant, or remove the relation",
            "catalog-info.yaml:9:25 drift.relation: declare it, or remove the relation",
        ]
    );
}

fn described(name: &str, spec: Value) -> Described {
    let sure =
        |value: Value| Claim::new(value, Confidence::Certain, Evidence::of_repository("test", "it is so"));
    let entity = json!({"apiVersion": "backstage.io/v1alpha1", "kind": "Component", "metadata": {"name": name}, "spec": spec});
    let fields = spec.as_object().unwrap().iter();
    let fields =
        fields.map(|(key, value)| FieldClaim { field: format!("spec.{key}"), claim: sure(value.clone()) });
    Described {
        entity: Entity::from_value(&entity).unwrap(),
        folder: "x".to_owned(),
        existence: sure(json!(name)),
        fields: fields.collect(),
        suggestions: Vec::new(),
        outvoted: Vec::new(),
        missing: Vec::new(),
    }
}

#[test]
fn what_the_generator_found_otherwise_is_a_note() {
    let catalogue = Catalogue {
        entities: vec![
            described("shop", json!({"type": "website", "owner": "b"})),
            described("new", json!({})),
        ],
        ..Catalogue::default()
    };
    let text = component("shop", "", "  owner: team-a\n");
    let findings = Repository::of(&[("catalog-info.yaml", &text)]).check(&catalogue);

    let told: Vec<_> = findings.iter().map(|finding| (finding.level, finding.message.as_str())).collect();
    assert_eq!(
        told,
        [
            (Level::Note, "no catalog file declares `component:default/new`, which the code has"),
            (Level::Note, "the file says `service`, the code `website`"),
        ]
    );
    assert_eq!(findings[1].start.line, 6);
}

#[test]
fn a_file_that_cannot_be_read_is_told_and_nothing_is_made_of_it() {
    let told = found(&[("catalog-info.yaml", "kind: [\n"), ("CODEOWNERS", "* @acme/a\n")]);

    assert_eq!(told.len(), 1);
    assert!(told[0].contains("yaml.syntax"), "{told:?}");
}

#[test]
fn the_files_to_read_are_those_of_usual_names_and_those_that_locations_name() {
    let location = "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: all}\nspec:\n  targets: [./a/x.yaml, './b/*.yaml', ./c.yaml]\n";
    let listed = [
        "catalog-info.yaml",
        "a/x.yaml",
        "b/y.yaml",
        "d/catalog-info.yml",
        "e/z.yaml",
        "vendor/catalog-info.yaml",
    ];
    let files: Vec<(&str, &str)> = listed.iter().map(|path| (*path, location)).collect();
    let repository = Repository::of(&files);

    let read: Vec<&str> = repository.files.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(read, ["a/x.yaml", "b/y.yaml", "catalog-info.yaml", "d/catalog-info.yml"]);
    assert_eq!(catalog_files(&repository.listing, &repository.files), []);
}
