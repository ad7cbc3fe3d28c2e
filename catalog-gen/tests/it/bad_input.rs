//! Repositories that nobody would want to read: each is read within bounds, and what comes of it is legal.

use std::fmt::Write;

use catalog_gen::source::Limits;
use catalog_gen::source::folder;
use catalog_gen::{ListedKind, TreePath};
use git2::{Index, Oid};

use crate::support::{Made, SUBMODULE, catalogue, entry, put};

fn path(text: &str) -> TreePath {
    TreePath::parse(text).unwrap()
}

/// A YAML document of few bytes that stands for more than any machine holds.
fn alias_bomb(start: &str) -> String {
    let mut text = format!("{start}\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for at in 1..12 {
        let before = format!("*a{}, ", at - 1).repeat(10);
        let _ = writeln!(text, "a{at}: &a{at} [{}]", before.trim_end_matches(", "));
    }
    text
}

#[test]
fn a_repository_without_a_commit_is_empty() {
    let snapshot = Made::empty().snapshot();

    assert!(snapshot.listing.is_empty());
    assert_eq!(snapshot.commit, None);
    catalogue(&snapshot);
}

#[test]
fn two_hundred_thousand_files_are_listed_and_few_are_read() {
    let made = Made::empty();
    let blob = made.repository.blob(b"fn main() {}\n").unwrap();
    let mut folder = made.repository.treebuilder(None).unwrap();
    for at in 0..1000 {
        folder.insert(format!("file{at:04}.rs"), blob, 0o100_644).unwrap();
    }
    let folder = folder.write().unwrap();
    let mut root = made.repository.treebuilder(None).unwrap();
    for at in 0..200 {
        root.insert(format!("folder{at:03}"), folder, 0o040_000).unwrap();
    }
    made.commit(root.write().unwrap());

    let snapshot = made.snapshot();

    assert_eq!(snapshot.listing.len(), 200_000);
    assert!(snapshot.files.is_empty());
    catalogue(&snapshot);
}

#[test]
fn no_more_is_listed_than_the_limit() {
    let made = Made::of(&[("a", ""), ("b", ""), ("c/d", "")]);
    let bare = catalog_gen::source::bare::Bare::open(made.folder.path(), None).unwrap();

    let listing = bare.listing(Limits { entries: 2, ..Limits::default() }).unwrap();

    assert_eq!((listing.len(), listing.left_out()), (2, 1));
}

#[test]
fn files_that_hold_no_text_say_nothing() {
    let made = Made::empty();
    let mut index = Index::new().unwrap();
    let noise: Vec<u8> =
        (0..50_000_u32).map(|at| u8::try_from(at.wrapping_mul(2_654_435_761) >> 24).unwrap()).collect();
    for name in [
        "package.json",
        "Cargo.toml",
        "openapi.yaml",
        "CODEOWNERS",
        "README.md",
        "a.png",
        "pom.xml",
        "x.proto",
    ] {
        index.add(&made.entry(name.as_bytes(), &noise)).unwrap();
    }
    made.commit_index(&mut index);

    made.catalogue();
}

#[test]
fn a_submodule_is_listed_and_not_looked_into() {
    let made = Made::empty();
    let mut index = Index::new().unwrap();
    let elsewhere = Oid::from_str("1234567890123456789012345678901234567890").unwrap();
    index.add(&entry(b"library", SUBMODULE, elsewhere)).unwrap();
    index.add(&entry(b"services/package.json", SUBMODULE, elsewhere)).unwrap();
    index
        .add(&made.entry(b".gitmodules", b"[submodule \"library\"]\n\tpath = library\n\turl = ../library\n"))
        .unwrap();
    made.commit_index(&mut index);

    let snapshot = made.snapshot();

    assert_eq!(snapshot.listing.get(&path("library")).map(|one| one.kind), Some(ListedKind::Submodule));
    assert!(snapshot.files.get(&path("services/package.json")).is_none());
    catalogue(&snapshot);
}

#[test]
fn a_note_of_git_lfs_is_no_content() {
    let pointer =
        format!("version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 123456\n", "0".repeat(64));
    let made = Made::of(&[
        ("openapi.yaml", &pointer),
        ("package.json", &pointer),
        ("README.md", "# Shop\n\nSells.\n"),
    ]);

    let snapshot = made.snapshot();

    assert!(snapshot.files.file(&path("package.json")).is_none());
    assert!(snapshot.unread.contains(&path("package.json")));
    assert!(snapshot.files.file(&path("README.md")).is_some());
    assert_eq!(catalogue(&snapshot).entities.iter().filter(|one| one.entity.kind == "API").count(), 0);
}

#[test]
fn names_that_are_not_utf_8_are_counted_and_the_rest_is_read() {
    let made = Made::empty();
    let mut index = Index::new().unwrap();
    for name in [b"src/\xff.rs".as_slice(), b"\xfe\xfd/package.json", b"README.md", b"src/main.rs"] {
        index.add(&made.entry(name, b"# Shop\n")).unwrap();
    }
    made.commit_index(&mut index);

    let snapshot = made.snapshot();

    assert_eq!(snapshot.listing.left_out(), 2);
    assert!(snapshot.listing.get(&path("src/main.rs")).is_some());
    catalogue(&snapshot);
}

#[test]
fn fifty_megabytes_called_openapi_yaml_are_not_read() {
    let mut text = "{\"openapi\":\"3.0.0\",\"paths\":{".to_owned();
    while text.len() < 50 * 1024 * 1024 {
        text.push_str(
            "\"/a/very/long/path/that/goes/on/and/on\":{\"get\":{\"summary\":\"nothing to see\"}},",
        );
    }
    text.push_str("\"/\":{}}}");
    let made = Made::of(&[("openapi.yaml", &text), ("package.json", "{\"name\":\"shop\"}")]);

    let snapshot = made.snapshot();

    assert_eq!(snapshot.listing.get(&path("openapi.yaml")).map(|one| one.size), Some(text.len() as u64));
    assert!(snapshot.files.total_bytes() < 1024);
    catalogue(&snapshot);
}

#[test]
fn alias_bombs_do_not_go_off() {
    let made = Made::of(&[
        ("openapi.yaml", &alias_bomb("openapi: 3.0.0\ninfo: {title: Shop, version: '1'}\npaths: {}")),
        ("docker-compose.yml", &alias_bomb("services: {db: {image: postgres}}")),
        ("chart/Chart.yaml", &alias_bomb("name: shop\nversion: 1.0.0\napiVersion: v2")),
        ("k8s/deploy.yaml", &alias_bomb("kind: Deployment\napiVersion: apps/v1")),
        ("pnpm-workspace.yaml", &alias_bomb("packages: ['a']")),
        ("mkdocs.yml", &alias_bomb("site_name: Shop")),
        ("catalog-info.yaml", &alias_bomb("apiVersion: backstage.io/v1alpha1\nkind: Component")),
    ]);

    made.catalogue();
}

#[test]
fn references_that_lead_in_circles_end() {
    let spec = "openapi: 3.0.0\ninfo: {title: Shop, version: '1'}\npaths:\n  /a:\n    $ref: '#/paths/~1b'\n  /b:\n    \
                $ref: '#/paths/~1a'\ncomponents:\n  schemas:\n    A: {$ref: '#/components/schemas/A'}\n    B: {$ref: \
                './openapi.yaml#/components/schemas/B'}\n";
    let made = Made::of(&[
        ("openapi.yaml", spec),
        ("package.json", "{\"name\":\"shop\"}"),
        ("Dockerfile", "FROM node\n"),
    ]);

    made.catalogue();
}

#[test]
fn ten_thousand_lines_of_codeowners_are_read() {
    let mut text = "* @acme/everybody\n".to_owned();
    for at in 0..10_000 {
        let _ = writeln!(text, "/services/service-{at}/**/*.rs @acme/team-{at} jane{at}@example.com");
    }
    let made = Made::of(&[("CODEOWNERS", &text), ("package.json", "{\"name\":\"shop\"}"), ("index.js", "1")]);

    made.catalogue();
}

#[test]
fn names_that_are_no_names_of_entities_become_some() {
    let long = "a".repeat(100);
    let scoped = format!("{{\"name\":\"@acme/{long}\"}}");
    let made = Made::of(&[
        ("package.json", "{\"name\":\"@acme/root\",\"private\":true,\"workspaces\":[\"packages/*\"]}"),
        ("packages/one/package.json", "{\"name\":\"@acme/shop\",\"scripts\":{\"start\":\"node .\"}}"),
        ("packages/one/Dockerfile", "FROM node\n"),
        ("packages/two/package.json", "{\"name\":\"@other/shop\",\"scripts\":{\"start\":\"node .\"}}"),
        ("packages/two/Dockerfile", "FROM node\n"),
        ("packages/three/package.json", &scoped),
        ("packages/three/Dockerfile", "FROM node\n"),
        ("packages/___/package.json", "{\"name\":\"___\"}"),
        ("packages/___/Dockerfile", "FROM node\n"),
    ]);

    let catalogue = made.catalogue();

    let mut names: Vec<String> =
        catalogue.entities.iter().map(|one| one.entity.entity_ref().unwrap().to_string()).collect();
    let all = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), all);
}

#[cfg(unix)]
#[test]
fn no_link_leads_out_of_a_folder() {
    let outside = tempfile::tempdir().unwrap();
    put(
        outside.path(),
        &[("package.json", "{\"name\":\"secret\"}"), ("inner/package.json", "{\"name\":\"secret\"}")],
    );
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), &[("README.md", "# Shop\n")]);
    std::os::unix::fs::symlink(outside.path().join("package.json"), folder.path().join("package.json"))
        .unwrap();
    std::os::unix::fs::symlink(outside.path(), folder.path().join("services")).unwrap();

    let snapshot = folder::snapshot(folder.path(), Limits::default()).unwrap();

    assert_eq!(snapshot.listing.get(&path("package.json")).map(|one| one.kind), Some(ListedKind::Link));
    assert!(snapshot.files.file(&path("package.json")).is_none());
    assert!(snapshot.listing.below(Some(&path("services"))).next().is_none());
    assert!(folder::read(folder.path(), &path("services/package.json"), 1000).is_none());
}

#[test]
fn what_git_ignores_is_not_in_a_folder_and_what_is_new_is() {
    let folder = tempfile::tempdir().unwrap();
    let repository = git2::Repository::init(folder.path()).unwrap();
    put(
        folder.path(),
        &[(".gitignore", "dist/\n"), ("dist/package.json", "{}"), ("a.rs", ""), ("app/new.rs", "")],
    );
    let mut index = repository.index().unwrap();
    index.add_path(std::path::Path::new("a.rs")).unwrap();
    index.write().unwrap();

    let whole = folder::snapshot(folder.path(), Limits::default()).unwrap();
    let part = folder::snapshot(&folder.path().join("app"), Limits::default()).unwrap();

    let names = |snapshot: &catalog_gen::source::Snapshot| -> Vec<String> {
        snapshot.listing.iter().map(|one| one.path.as_str().to_owned()).collect()
    };
    assert_eq!(names(&whole), [".gitignore", "a.rs", "app/new.rs"]);
    assert_eq!(names(&part), ["new.rs"]);
}

#[test]
fn a_folder_and_a_bare_repository_of_the_same_files_say_the_same() {
    let files = [
        (
            "package.json",
            "{\"name\":\"@acme/shop\",\"description\":\"Sells things.\",\"dependencies\":{\"express\":\"4\"}}",
        ),
        ("Dockerfile", "FROM node\n"),
        ("README.md", "# Shop\n\nSells things.\n"),
        (
            "docs/openapi.yaml",
            "openapi: 3.0.0\ninfo:\n  title: Shop\n  version: '1'\npaths:\n  /a:\n    get: {}\n",
        ),
    ];
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), &files);

    let one = catalogue(&folder::snapshot(folder.path(), Limits::default()).unwrap());
    let other = Made::of(&files).catalogue();

    assert_eq!(one, other);
}
