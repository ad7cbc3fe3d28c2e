//! Changes on top of a base, against what the real `git` makes of the same changes.

use std::path::Path;
use std::process::Command;

use catalog_gen::Entry;
use proptest::prelude::*;

use super::super::objects::EmptyFolders;
use super::super::{pack, setup};
use super::*;

fn path(text: &str) -> TreePath {
    TreePath::parse(text).unwrap()
}

fn tree(entries: &[(&str, &str)]) -> FileTree {
    let mut tree = FileTree::new();
    for (name, text) in entries {
        tree.insert(path(name), Entry::file((*text).to_owned())).unwrap();
    }
    tree
}

struct Store {
    _folder: tempfile::TempDir,
    repository: Repository,
}

impl Store {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("store.git");
        setup::create(&place, "main").unwrap();
        Self { repository: setup::open(&place).unwrap(), _folder: folder }
    }

    fn keep(&self, objects: &Objects) -> Oid {
        pack::store(&self.repository, objects, pack::Form::BySize).unwrap();
        objects.root
    }

    fn base(&self, tree: &FileTree) -> Oid {
        self.keep(&Objects::of_tree(tree, EmptyFolders::Drop).unwrap())
    }

    fn amend(&self, base: Oid, files: &FileTree, removed: &[&str]) -> Objects {
        let removed: Vec<TreePath> = removed.iter().map(|name| path(name)).collect();
        amended(&self.repository, base, files, &removed).unwrap()
    }
}

/// The id that the whole tree would have.
fn id_of(tree: &FileTree) -> Oid {
    Objects::of_tree(tree, EmptyFolders::Drop).unwrap().root
}

#[test]
fn files_are_added_replaced_and_removed_at_any_depth() {
    let store = Store::new();
    let base = store.base(&tree(&[("a/b/c", "1"), ("a/b/d", "2"), ("a/e", "3"), ("f", "4")]));

    let made = store.amend(base, &tree(&[("a/b/c", "new"), ("a/x/y/z", "5"), ("g", "6")]), &["a/b/d", "f"]);

    let expected = tree(&[("a/b/c", "new"), ("a/e", "3"), ("a/x/y/z", "5"), ("g", "6")]);
    assert_eq!(made.root, id_of(&expected));
}

#[test]
fn only_what_the_base_does_not_hold_is_given() {
    let store = Store::new();
    let base = store.base(&tree(&[("a/b", "1"), ("c/d", "2"), ("e", "3")]));

    let made = store.amend(base, &tree(&[("a/b", "new"), ("e", "3"), ("c/d", "2")]), &[]);

    let kinds: Vec<ObjectType> = made.all.iter().map(|object| object.kind).collect();
    assert_eq!(kinds, [ObjectType::Blob, ObjectType::Tree, ObjectType::Tree]);
}

#[test]
fn changes_that_change_nothing_give_nothing() {
    let store = Store::new();
    let base = store.base(&tree(&[("a/b", "1"), ("c", "2")]));

    let made = store.amend(base, &tree(&[("a/b", "1")]), &["absent", "a/absent", "c/below/a/file"]);

    assert_eq!((made.root, made.all.len()), (base, 0));
}

#[test]
fn a_folder_that_is_emptied_is_gone() {
    let store = Store::new();
    let base = store.base(&tree(&[("a/b/c", "1"), ("d", "2")]));

    assert_eq!(store.amend(base, &FileTree::new(), &["a/b/c"]).root, id_of(&tree(&[("d", "2")])));
    assert_eq!(store.amend(base, &FileTree::new(), &["a"]).root, id_of(&tree(&[("d", "2")])));
    assert_eq!(store.amend(base, &FileTree::new(), &["a", "d"]).root, id_of(&FileTree::new()));
}

#[test]
fn what_is_put_in_wins_over_what_is_taken_out() {
    let store = Store::new();
    let base = store.base(&tree(&[("a/b", "1"), ("a/c", "2")]));

    assert_eq!(store.amend(base, &tree(&[("a/new", "3")]), &["a"]).root, id_of(&tree(&[("a/new", "3")])));
    assert_eq!(
        store.amend(base, &tree(&[("a/b", "3")]), &["a/b"]).root,
        id_of(&tree(&[("a/b", "3"), ("a/c", "2")]))
    );
}

#[test]
fn files_and_folders_give_way_to_each_other() {
    let store = Store::new();
    let base = store.base(&tree(&[("a/b", "1"), ("c", "2")]));

    assert_eq!(
        store.amend(base, &tree(&[("a", "3")]), &["a/b"]).root,
        id_of(&tree(&[("a", "3"), ("c", "2")]))
    );
    assert_eq!(
        store.amend(base, &tree(&[("c/d", "3")]), &[]).root,
        id_of(&tree(&[("a/b", "1"), ("c/d", "3")]))
    );
}

fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .args(arguments)
        .current_dir(folder)
        .env("HOME", folder)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn what_is_not_changed_stays_as_git_has_it() {
    let store = Store::new();
    let place = store.repository.path();
    let blob = store.repository.blob(b"x").unwrap().to_string();
    // A submodule, a mode of old days, and a name that is not UTF-8, beside what is changed.
    let mut raw = Vec::new();
    for (mode, name) in [("100664", &b"old"[..]), ("160000", b"lib"), ("100644", b"\xe4")] {
        raw.push((mode, name));
    }
    raw.sort_by_key(|(_, name)| *name);
    let mut data = Vec::new();
    for (mode, name) in raw {
        data.extend(format!("{mode} ").bytes().chain(name.iter().copied()).chain([0]));
        data.extend(Oid::from_str(&blob).unwrap().as_bytes());
    }
    let base = store.keep(
        &Objects { root: Oid::ZERO_SHA1, all: Vec::new() }
            .with_root(Object::new(ObjectType::Tree, data).unwrap()),
    );

    let made = store.amend(base, &tree(&[("zz", "new")]), &[]);

    let root = store.keep(&made);
    let shown = |id: Oid| git(place, &["ls-tree", &id.to_string()]);
    let kept: Vec<String> =
        shown(root).lines().filter(|line| !line.ends_with("zz")).map(str::to_owned).collect();
    assert_eq!(kept, shown(base).lines().collect::<Vec<_>>());
    let odb = store.repository.odb().unwrap();
    assert!(odb.read(root).unwrap().data().windows(10).any(|window| window == b"100664 old"));
}

#[test]
fn the_deepest_folders_do_not_exhaust_the_stack() {
    let store = Store::new();
    let deep = "d/".repeat(2_000) + "file";
    let base = store.base(&tree(&[("a", "1")]));

    let made = store.amend(base, &tree(&[(&deep, "2")]), &[]);

    assert_eq!(made.root, id_of(&tree(&[("a", "1"), (&deep, "2")])));
}

fn any_files() -> impl Strategy<Value = FileTree> {
    let name = prop::sample::select(vec!["a", "a-", "a.b", "b"]);
    let path = prop::collection::vec(name, 1..4).prop_map(|names| names.join("/"));
    prop::collection::vec((path, "[a-z]{0,3}"), 0..10).prop_map(|entries| {
        let mut tree = FileTree::new();
        for (path, text) in entries {
            // A file above another is refused; what remains is a tree.
            let _ = tree.insert(TreePath::parse(&path).unwrap(), Entry::file(text));
        }
        tree
    })
}

/// The same by hand: take out, then put in, each giving way to the other.
fn by_hand(base: &FileTree, files: &FileTree, removed: &[TreePath]) -> FileTree {
    let mut out = FileTree::new();
    let stays = |path: &TreePath| {
        !removed.iter().any(|gone| path.starts_with(gone))
            && !files.iter().any(|(new, _)| path.starts_with(new) || new.starts_with(path))
    };
    for (path, entry) in base.iter().filter(|(path, _)| stays(path)).chain(files.iter()) {
        out.insert(path.clone(), entry.clone()).unwrap();
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn every_change_makes_the_tree_that_it_makes_by_hand(
        base in any_files(),
        files in any_files(),
        removed in any_files(),
    ) {
        let store = Store::new();
        let removed: Vec<TreePath> = removed.iter().map(|(path, _)| path.clone()).collect();

        let made = amended(&store.repository, store.base(&base), &files, &removed).unwrap();

        prop_assert_eq!(made.root, id_of(&by_hand(&base, &files, &removed)));
    }
}
