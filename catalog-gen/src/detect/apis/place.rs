//! Whose interface a file describes, by the folders it is in.
//!
//! Names only; what the file says is for its reader. The invariant: a file of tests, mocks or examples is never taken
//! for an interface.

use crate::{Material, TreePath};

/// Words of folders and files that hold nobody's real interface.
const ASIDE: [&str; 30] = [
    "test",
    "tests",
    "testing",
    "testdata",
    "testutil",
    "testutils",
    "testhelper",
    "testhelpers",
    "unittest",
    "unittests",
    "e2e",
    "cypress",
    "fixture",
    "fixtures",
    "mock",
    "mocks",
    "mockserver",
    "wiremock",
    "stub",
    "stubs",
    "fake",
    "fakes",
    "skeleton",
    "skeletons",
    "scaffold",
    "scaffolds",
    "scaffolding",
    "tutorial",
    "tutorials",
    "petstore",
];
/// Whole folders that hold nobody's real interface; as parts of names they may name a product.
const ASIDE_FOLDERS: [&str; 20] = [
    "example",
    "examples",
    "sample",
    "samples",
    "demo",
    "demos",
    "benchmark",
    "benchmarks",
    "archive",
    "archived",
    "templates",
    "template",
    "node_modules",
    "vendor",
    "third_party",
    "third-party",
    "thirdparty",
    "external",
    "googleapis",
    "include",
];
/// Words of folders and files that are about calling others.
const CLIENT: [&str; 11] = [
    "client",
    "clients",
    "sdk",
    "sdks",
    "consumer",
    "consumers",
    "consumed",
    "upstream",
    "upstreams",
    "connectors",
    "outbound",
];
/// Folders that programs write.
const MADE: [&str; 10] =
    ["dist", "build", "out", "target", "generated", "gen", "public", "static", "site", "bundled"];

/// Whose interface it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// This repository's.
    Own,
    /// Somebody's whom this repository calls.
    Client,
    /// Nobody's.
    Aside,
}

/// Whose interface the file would describe.
pub(super) fn of(path: &TreePath, material: &Material<'_>) -> Place {
    let folder = path.parent();
    let folders: Vec<String> =
        folder.iter().flat_map(TreePath::segments).map(str::to_ascii_lowercase).collect();
    let name = path.file_name().to_ascii_lowercase();
    let all = || folders.iter().map(String::as_str).chain([name.as_str()]);
    if folders.iter().any(|segment| ASIDE_FOLDERS.contains(&segment.as_str()) || segment.starts_with('.'))
        || all().flat_map(words).any(|word| ASIDE.contains(&word))
        || words(&name).any(|word| matches!(word, "example" | "sample"))
        || path.as_str().contains("{{")
        || path.as_str().contains("${")
        || is_hasura(path, material)
    {
        return Place::Aside;
    }
    if all().flat_map(words).any(|word| CLIENT.contains(&word)) { Place::Client } else { Place::Own }
}

/// Is it where programs put what they make?
pub(super) fn is_made(path: &TreePath) -> bool {
    path.parent().is_some_and(|folder| folder.segments().any(|segment| MADE.contains(&segment)))
}

fn words(segment: &str) -> impl Iterator<Item = &str> {
    segment.split(|c: char| !c.is_ascii_alphanumeric())
}

/// Hasura keeps the types of its actions beside a list of them; they are not a schema.
fn is_hasura(path: &TreePath, material: &Material<'_>) -> bool {
    path.file_name() == "actions.graphql"
        && TreePath::resolve(path.parent().as_ref(), "actions.yaml")
            .ok()
            .flatten()
            .is_some_and(|list| material.listing.get(&list).is_some() || material.files.file(&list).is_some())
}
