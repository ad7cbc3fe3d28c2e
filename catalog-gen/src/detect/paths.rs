//! What the folders of a path say of it.
//!
//! Tells what belongs to a repository's own product from what stands beside it: examples, tests, tools, skeletons,
//! what a program made. It looks at names only. The invariant: the name of the file itself never counts as a folder.

use crate::TreePath;

/// Folders whose content is not the product itself.
const SIDE: [&str; 62] = [
    "example",
    "examples",
    "sample",
    "samples",
    "demo",
    "demos",
    "test",
    "tests",
    "testing",
    "testdata",
    "test-data",
    "test_data",
    "__tests__",
    "__mocks__",
    "mock",
    "mocks",
    "fixture",
    "fixtures",
    "__fixtures__",
    "e2e",
    "integration-tests",
    "integration_tests",
    "integrationtests",
    "spec",
    "specs",
    "cypress",
    "playwright",
    "benchmark",
    "benchmarks",
    "bench",
    "benches",
    "perf",
    "performance",
    "loadtest",
    "load-tests",
    "tool",
    "tools",
    "tooling",
    "script",
    "scripts",
    "hack",
    "skeleton",
    "skeletons",
    "template",
    "templates",
    "generated",
    "__generated__",
    "dist",
    "out",
    "target",
    "coverage",
    "tutorial",
    "tutorials",
    "playground",
    "sandbox",
    "snippets",
    "smoke",
    "acceptance",
    "stub",
    "stubs",
    "testutil",
    "archive",
];

/// Ends of folder names that say the same.
const SIDE_ENDS: [&str; 24] = [
    "-test",
    "-tests",
    "_test",
    "_tests",
    ".test",
    ".tests",
    ".unittests",
    ".integrationtests",
    "-e2e",
    "_e2e",
    "-example",
    "-examples",
    "_example",
    "-sample",
    "-samples",
    "-demo",
    "-fixtures",
    "-mock",
    "-mocks",
    "-benchmark",
    "-benchmarks",
    "-stub",
    ".benchmarks",
    "-it",
];

/// Is the file beside the product, by the folders it is in?
pub(crate) fn is_side(path: &TreePath) -> bool {
    path.parent().is_some_and(|folder| is_side_folder(&folder))
}

/// Is the folder beside the product?
pub(crate) fn is_side_folder(folder: &TreePath) -> bool {
    folder.segments().any(is_side_name)
}

/// Is the file a piece of what a generator of projects copies, by the folders it is in?
pub(crate) fn is_copied(path: &TreePath) -> bool {
    const COPIED: [&str; 4] = ["skeleton", "skeletons", "template", "templates"];
    path.parent().is_some_and(|folder| {
        folder.segments().any(|name| {
            COPIED.iter().any(|copied| name.eq_ignore_ascii_case(copied))
                || name.contains("{{")
                || name.contains("${")
        })
    })
}

fn is_side_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SIDE.contains(&name.as_str())
        || SIDE_ENDS.iter().any(|end| name.ends_with(end))
        || name.starts_with("example-")
        || name.starts_with("e2e-")
        || name.starts_with('.')
        || name.contains("{{")
        || name.contains("${")
}

/// A folder as text; empty for the root.
pub(crate) fn folder_text(folder: Option<&TreePath>) -> &str {
    folder.map(TreePath::as_str).unwrap_or_default()
}

/// How deep a folder is; 0 for the root.
pub(crate) fn depth(folder: Option<&TreePath>) -> usize {
    folder.map_or(0, |folder| folder.segments().count())
}
