use super::*;

fn path(text: &str) -> TreePath {
    TreePath::parse(text).unwrap()
}

fn tree(files: &[(&str, &[u8])]) -> FileTree {
    let mut tree = FileTree::new();
    for (name, bytes) in files {
        tree.insert(path(name), Entry::file(bytes.to_vec())).unwrap();
    }
    tree
}

fn of<'d>(diff: &'d TreeDiff, name: &str) -> &'d FileDiff {
    diff.files.iter().find(|file| file.path == path(name)).unwrap()
}

#[test]
fn files_that_came_changed_and_went_are_told_by_path() {
    let old = tree(&[("gone", b"x\n"), ("same", b"s"), ("src/a", b"1\n2\n3\n")]);
    let new = tree(&[("new", b"n\n"), ("same", b"s"), ("src/a", b"1\n2\n4\n")]);

    let diff = trees(&old, &new);

    let told: Vec<(&str, Change)> = diff.files.iter().map(|file| (file.path.as_str(), file.change)).collect();
    assert_eq!(told, [("gone", Change::Removed), ("new", Change::Added), ("src/a", Change::Changed)]);
    assert_eq!((diff.counts(), diff.unchanged), ((1, 1, 1), 1));
    assert_eq!(
        of(&diff, "src/a").lines,
        Lines::Unified("--- a/src/a\n+++ b/src/a\n@@ -1,3 +1,3 @@\n 1\n 2\n-3\n+4\n".to_owned())
    );
    assert_eq!(
        of(&diff, "new").lines,
        Lines::Unified("--- /dev/null\n+++ b/new\n@@ -0,0 +1 @@\n+n\n".to_owned())
    );
    assert_eq!(
        of(&diff, "gone").lines,
        Lines::Unified("--- a/gone\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n".to_owned())
    );
}

#[test]
fn a_missing_line_break_at_the_end_is_told() {
    let diff = trees(&tree(&[("a", b"x")]), &tree(&[("a", b"x\n")]));

    let Lines::Unified(text) = &of(&diff, "a").lines else { panic!("{diff:?}") };
    assert!(text.contains("-x\n\\ No newline at end of file\n+x\n"), "{text}");
}

#[test]
fn binaries_are_named_and_secrets_are_not_shown() {
    let old = tree(&[("logo", b"\x89PNG\0\x01")]);
    let mut new = tree(&[("logo", b"\x89PNG\0\x02")]);
    let secret = File { bytes: b"hunter2".to_vec().into(), executable: false, sensitive: true };
    new.insert(path("token"), Entry::File(secret)).unwrap();

    let diff = trees(&old, &new);

    assert_eq!(of(&diff, "logo").lines, Lines::Binary);
    assert_eq!(of(&diff, "token").lines, Lines::Secret);
    assert!(!format!("{diff:?}").contains("hunter2"));
}

#[test]
fn a_mode_alone_is_a_change_without_lines() {
    let old = tree(&[("run", b"#!/bin/sh\n")]);
    let mut new = FileTree::new();
    let run = File { bytes: b"#!/bin/sh\n".to_vec().into(), executable: true, sensitive: false };
    new.insert(path("run"), Entry::File(run)).unwrap();

    let diff = trees(&old, &new);

    assert_eq!(of(&diff, "run").modes, Some(("100644", "100755")));
    assert_eq!(of(&diff, "run").lines, Lines::Unified(String::new()));
}

#[test]
fn texts_without_end_are_said_to_differ() {
    let long = "x\n".repeat(LONGEST_TEXT / 2 + 1);
    let wide: String = (0..40_000).map(|line| format!("line {line}\n")).collect();
    let diff = trees(
        &tree(&[("long", b""), ("wide", b"")]),
        &tree(&[("long", long.as_bytes()), ("wide", wide.as_bytes())]),
    );

    assert_eq!(of(&diff, "long").lines, Lines::TooLong);
    assert_eq!(of(&diff, "wide").lines, Lines::TooLong);
}

#[test]
fn folders_that_are_kept_empty_are_no_files() {
    let mut old = FileTree::new();
    old.insert(path("empty"), Entry::Dir).unwrap();

    assert_eq!(trees(&old, &FileTree::new()), TreeDiff::default());
}
