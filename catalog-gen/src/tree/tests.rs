use std::collections::BTreeMap as Model;

use proptest::prelude::*;

use super::*;

fn path(text: &str) -> TreePath {
    TreePath::parse(text).unwrap()
}

fn tree(files: &[&str]) -> FileTree {
    let mut tree = FileTree::new();
    for file in files {
        tree.insert(path(file), Entry::file(file.to_string())).unwrap();
    }
    tree
}

fn paths(tree: &FileTree) -> Vec<&str> {
    tree.iter().map(|(path, _)| path.as_str()).collect()
}

fn link(target: &str) -> Entry {
    Entry::Symlink { target: target.to_owned() }
}

#[test]
fn a_file_cannot_stand_above_another_entry() {
    let mut tree = tree(&["a/b"]);
    let before = tree.clone();
    let below_file = tree.insert(path("a/b/c"), Entry::file("x")).unwrap_err();
    assert_eq!(below_file, TreeError::ParentIsNotADirectory { path: path("a/b/c"), parent: path("a/b") });
    let over_dir = tree.insert(path("a"), Entry::file("x")).unwrap_err();
    assert_eq!(over_dir, TreeError::IsADirectory { path: path("a") });
    tree.insert(path("l"), link("a")).unwrap();
    assert!(matches!(tree.insert(path("l/x"), Entry::Dir), Err(TreeError::ParentIsNotADirectory { .. })));
    tree.remove(&path("l"));
    assert_eq!(tree, before);
}

#[test]
fn insert_gives_back_what_was_there() {
    let mut tree = tree(&["a"]);
    assert_eq!(tree.insert(path("a"), Entry::file("new")).unwrap(), Some(Entry::file("a")));
    assert_eq!(tree.file(&path("a")).unwrap().text(), Some("new"));
    assert_eq!((tree.len(), tree.total_bytes()), (1, 3));
}

#[test]
fn a_kept_directory_gives_way_to_what_is_put_into_it() {
    let mut tree = FileTree::new();
    tree.insert(path("a/b"), Entry::Dir).unwrap();
    assert!(tree.is_dir(&path("a/b")) && tree.is_dir(&path("a")));
    tree.insert(path("a/b/c"), Entry::file("x")).unwrap();
    assert_eq!(paths(&tree), ["a/b/c"]);
    assert_eq!(tree.insert(path("a"), Entry::Dir).unwrap(), None);
    assert_eq!(paths(&tree), ["a/b/c"]);
}

#[test]
fn links_that_lead_out_are_refused_with_the_link_named() {
    let mut tree = FileTree::new();
    for target in ["/etc/passwd", "../../x", "../..", "a\\b", "", "x\0", "../.git/config", "C:/x"] {
        let error = tree.insert(path("a/l"), link(target)).unwrap_err();
        assert!(
            matches!(&error, TreeError::LinkLeadsOut { path, .. } if path.as_str() == "a/l"),
            "{target:?}"
        );
    }
    let error = tree.insert(path("a/l"), link("b/../../c")).unwrap_err();
    assert_eq!(error, TreeError::LinkTurnsBack { path: path("a/l") });
    tree.insert(path("a/l"), link("../x")).unwrap();
    tree.insert(path("a/m"), link("..")).unwrap();
    assert_eq!(tree.len(), 2);
}

#[test]
fn a_link_cannot_be_moved_to_where_it_would_lead_out() {
    let mut tree = FileTree::new();
    tree.insert(path("a/b/l"), link("../../x")).unwrap();
    let before = tree.clone();
    assert!(matches!(tree.rename(&path("a/b"), &path("b")), Err(TreeError::LinkLeadsOut { .. })));
    assert!(matches!(tree.subtree(&path("a")), Err(TreeError::LinkLeadsOut { .. })));
    assert_eq!(tree, before);
}

#[test]
fn children_are_the_direct_ones_in_order() {
    let tree = tree(&["a/b-c", "a/b/d", "a/b/e", "a.txt", "b", "a/z"]);
    let names = |dir: Option<&str>| {
        let dir = dir.map(path);
        tree.children(dir.as_ref()).iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(names(None), ["a.txt", "a", "b"]);
    assert_eq!(names(Some("a")), ["a/b-c", "a/b", "a/z"]);
    assert_eq!(names(Some("a/b")), ["a/b/d", "a/b/e"]);
    assert_eq!(names(Some("nowhere")), Vec::<String>::new());
}

#[test]
fn remove_takes_one_entry_and_remove_all_everything_below() {
    let mut tree = tree(&["a/b", "a/c/d", "a.txt", "ab/c"]);
    assert_eq!(tree.remove(&path("a")), None);
    assert_eq!(tree.remove_all(&path("a")), 2);
    assert_eq!(paths(&tree), ["a.txt", "ab/c"]);
    assert_eq!(tree.remove(&path("ab/c")), Some(Entry::file("ab/c")));
    assert!(!tree.contains(&path("ab")));
    assert_eq!(tree.remove_all(&path("nowhere")), 0);
}

#[test]
fn rename_moves_files_and_whole_directories() {
    let mut tree = tree(&["a/b", "a/c/d", "e"]);
    tree.rename(&path("a"), &path("x/y")).unwrap();
    tree.rename(&path("e"), &path("x/e")).unwrap();
    assert_eq!(paths(&tree), ["x/e", "x/y/b", "x/y/c/d"]);
    tree.rename(&path("x/e"), &path("x/e")).unwrap();
    assert_eq!(tree.len(), 3);
}

#[test]
fn rename_refuses_and_changes_nothing() {
    let mut tree = tree(&["a/b", "e"]);
    let before = tree.clone();
    assert_eq!(tree.rename(&path("x"), &path("y")), Err(TreeError::NotFound { path: path("x") }));
    assert_eq!(tree.rename(&path("a"), &path("e")), Err(TreeError::AlreadyExists { path: path("e") }));
    assert_eq!(tree.rename(&path("e"), &path("a")), Err(TreeError::AlreadyExists { path: path("a") }));
    assert!(matches!(tree.rename(&path("a"), &path("a/c")), Err(TreeError::IntoItself { .. })));
    assert!(matches!(tree.rename(&path("a"), &path("e/c")), Err(TreeError::ParentIsNotADirectory { .. })));
    assert_eq!(tree, before);
}

#[test]
fn a_budget_names_the_limit_that_was_reached() {
    let mut tree = FileTree::with_budget(TreeBudget { max_entries: 2, max_bytes: 10 });
    tree.insert(path("a"), Entry::file("12345")).unwrap();
    let bytes = tree.insert(path("b"), Entry::file("123456")).unwrap_err();
    assert_eq!(bytes, TreeError::TooManyBytes { path: path("b"), limit: 10 });
    assert!(bytes.to_string().contains("at most 10 bytes"));
    tree.insert(path("b"), Entry::file("12345")).unwrap();
    let entries = tree.insert(path("c"), Entry::Dir).unwrap_err();
    assert_eq!(entries, TreeError::TooManyEntries { path: path("c"), limit: 2 });
    assert!(entries.to_string().contains("at most 2 entries"));
    tree.insert(path("a"), Entry::file("54321")).unwrap();
    let grafted = tree.graft(None, self::tree(&["c"]), OnConflict::Fail).unwrap_err();
    assert_eq!(grafted, entries);
}

#[test]
fn a_full_tree_still_takes_a_file_in_place_of_a_kept_directory() {
    let mut tree = FileTree::with_budget(TreeBudget { max_entries: 1, max_bytes: 10 });
    tree.insert(path("a"), Entry::Dir).unwrap();
    tree.insert(path("a/b"), Entry::file("x")).unwrap();
    assert_eq!(paths(&tree), ["a/b"]);
}

#[test]
fn graft_follows_the_rule_for_conflicts() {
    let old = tree(&["x/a", "x/b"]);
    let mut new = FileTree::new();
    new.insert(path("a"), Entry::file("new")).unwrap();
    new.insert(path("c"), Entry::file("new")).unwrap();
    let at = path("x");
    let text = |tree: &FileTree, at: &str| tree.file(&path(at)).unwrap().text().unwrap().to_owned();

    let mut kept = old.clone();
    kept.graft(Some(&at), new.clone(), OnConflict::Keep).unwrap();
    assert_eq!((text(&kept, "x/a"), text(&kept, "x/c")), ("x/a".into(), "new".into()));

    let mut replaced = old.clone();
    replaced.graft(Some(&at), new.clone(), OnConflict::Replace).unwrap();
    assert_eq!((text(&replaced, "x/a"), text(&replaced, "x/b")), ("new".into(), "x/b".into()));

    let mut failed = old.clone();
    let error = failed.graft(Some(&at), new, OnConflict::Fail).unwrap_err();
    assert_eq!(error, TreeError::AlreadyExists { path: path("x/a") });
    assert_eq!(failed, old);
}

#[test]
fn graft_never_turns_a_file_into_a_directory_or_back() {
    let files = tree(&["a"]);
    let dirs = tree(&["a/b"]);
    for (into, from) in [(&files, &dirs), (&dirs, &files)] {
        for on in [OnConflict::Replace, OnConflict::Fail] {
            let mut into_clone = into.clone();
            assert!(into_clone.graft(None, from.clone(), on).is_err(), "{on:?}");
            assert_eq!(&into_clone, into);
        }
        let mut kept = into.clone();
        kept.graft(None, from.clone(), OnConflict::Keep).unwrap();
        assert_eq!(&kept, into);
    }
}

#[test]
fn the_subtree_of_a_file_is_an_error_and_of_nothing_is_empty() {
    let tree = tree(&["a"]);
    assert_eq!(tree.subtree(&path("a")), Err(TreeError::NotADirectory { path: path("a") }));
    assert!(tree.subtree(&path("b")).unwrap().is_empty());
}

#[test]
fn paths_that_differ_in_letter_case_are_found_with_their_directories() {
    let tree = tree(&["Docs/a", "docs/b", "README.md", "readme.md", "x"]);
    let clashes: Vec<Vec<String>> =
        tree.case_clashes().iter().map(|group| group.iter().map(ToString::to_string).collect()).collect();
    assert_eq!(clashes, [vec!["Docs", "docs"], vec!["README.md", "readme.md"]]);
}

#[test]
fn a_clone_is_not_changed_by_its_original() {
    let mut tree = tree(&["a"]);
    let before = tree.clone();
    tree.insert(path("b"), Entry::file("x")).unwrap();
    assert_eq!(paths(&before), ["a"]);
    assert_eq!(before.total_bytes(), 1);
}

/// One thing that can be done to a tree.
#[derive(Debug, Clone)]
enum Op {
    Insert(String, Entry),
    Remove(String),
    RemoveAll(String),
    Rename(String, String),
    Graft(Option<String>, Vec<(String, Entry)>, OnConflict),
    Subtree(String),
}

fn any_path() -> impl Strategy<Value = String> {
    let segment = prop_oneof![8 => "[abAB]", 1 => Just("..".to_owned()), 1 => Just(".git".to_owned())];
    prop::collection::vec(segment, 1..5).prop_map(|segments| segments.join("/"))
}

fn any_entry() -> impl Strategy<Value = Entry> {
    let target = prop::collection::vec("\\.\\.|\\.|[ab]|\\.git|", 0..5).prop_map(|parts| parts.join("/"));
    prop_oneof![
        3 => prop::collection::vec(any::<u8>(), 0..8).prop_map(Entry::file),
        2 => target.prop_map(|target| Entry::Symlink { target }),
        1 => Just(Entry::Dir),
    ]
}

fn any_op() -> impl Strategy<Value = Op> {
    let on = prop_oneof![Just(OnConflict::Keep), Just(OnConflict::Replace), Just(OnConflict::Fail)];
    let part = prop::collection::vec((any_path(), any_entry()), 0..5);
    prop_oneof![
        6 => (any_path(), any_entry()).prop_map(|(path, entry)| Op::Insert(path, entry)),
        1 => any_path().prop_map(Op::Remove),
        1 => any_path().prop_map(Op::RemoveAll),
        3 => (any_path(), any_path()).prop_map(|(from, to)| Op::Rename(from, to)),
        2 => (prop::option::of(any_path()), part, on).prop_map(|(at, part, on)| Op::Graft(at, part, on)),
        1 => any_path().prop_map(Op::Subtree),
    ]
}

/// Does what the operation says, as far as its paths are paths at all; tells whether it was refused.
fn apply(tree: &mut FileTree, op: Op) -> Result<(), TreeError> {
    match op {
        Op::Insert(at, entry) => tree.insert(TreePath::parse(&at)?, entry).map(drop),
        Op::Remove(at) => {
            tree.remove(&TreePath::parse(&at)?);
            Ok(())
        }
        Op::RemoveAll(at) => {
            tree.remove_all(&TreePath::parse(&at)?);
            Ok(())
        }
        Op::Rename(from, to) => tree.rename(&TreePath::parse(&from)?, &TreePath::parse(&to)?),
        Op::Graft(at, part, on) => {
            let at = at.map(|at| TreePath::parse(&at)).transpose()?;
            let mut other = FileTree::new();
            for (path, entry) in part {
                drop(apply(&mut other, Op::Insert(path, entry)));
            }
            tree.graft(at.as_ref(), other, on)
        }
        Op::Subtree(at) => {
            *tree = tree.subtree(&TreePath::parse(&at)?)?;
            Ok(())
        }
    }
}

/// Where a walk from the root along `segments` ends, as a kernel would do it; `Err` when it leaves the root.
fn walk(tree: &FileTree, start: &[String], text: &str, links: &mut u32) -> Result<Vec<String>, ()> {
    let mut here = start.to_vec();
    for segment in text.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(here.pop().ok_or(())?),
            name => {
                let dir = here.clone();
                here.push(name.to_owned());
                let at = path(&here.join("/"));
                if let Some(Entry::Symlink { target }) = tree.get(&at) {
                    *links += 1;
                    if *links > 40 {
                        return Ok(dir);
                    }
                    here = walk(tree, &dir, target, links)?;
                }
            }
        }
    }
    Ok(here)
}

fn assert_sound(tree: &FileTree) {
    let mut bytes = 0;
    for (path, entry) in tree.iter() {
        assert_eq!(TreePath::parse(path.as_str()).as_ref(), Ok(path), "every path is legal");
        bytes += entry.size();
        for dir in path.ancestors() {
            assert!(tree.get(&self::path(dir)).is_none(), "{dir} stands above {path}");
        }
        assert!(walk(tree, &[], path.as_str(), &mut 0).is_ok(), "{path} leads out: {tree:?}");
    }
    assert_eq!(tree.total_bytes(), bytes);
    assert!(tree.len() <= tree.budget().max_entries && bytes <= tree.budget().max_bytes);
}

fn linked(links: &[(&str, &str)]) -> FileTree {
    let mut tree = FileTree::new();
    for (place, target) in links {
        tree.insert(path(place), Entry::Symlink { target: (*target).to_owned() }).unwrap();
    }
    tree.insert(path("real/deep/file"), Entry::file("x")).unwrap();
    tree
}

#[test]
fn a_path_is_followed_through_links_to_where_it_would_be_written() {
    let tree = linked(&[
        ("a", "real"),
        ("real/up", "../real/deep"),
        ("b", "a/up"),
        ("root/here", "../"),
        ("gone", "no"),
    ]);
    let follow = |text: &str, links| tree.follow(&path(text), links).unwrap().map(|found| found.to_string());
    let cases = [
        ("plain/x", Some("plain/x"), Some("plain/x")),
        ("a", Some("a"), Some("real")),
        ("a/new", Some("real/new"), Some("real/new")),
        ("b", Some("b"), Some("real/deep")),
        ("b/file", Some("real/deep/file"), Some("real/deep/file")),
        ("root/here/a/x", Some("real/x"), Some("real/x")),
        ("root/here", Some("root/here"), None),
        ("gone/x", Some("no/x"), Some("no/x")),
    ];
    for (text, folders, all) in cases {
        assert_eq!(follow(text, Follow::Folders).as_deref(), folders, "{text}");
        assert_eq!(follow(text, Follow::All).as_deref(), all, "{text}");
    }
}

#[test]
fn links_in_a_circle_are_an_error() {
    let tree = linked(&[("a", "b"), ("b", "a"), ("self", "self/x")]);
    for text in ["a", "b/x", "self"] {
        let error = tree.follow(&path(text), Follow::All).unwrap_err();
        assert_eq!(error, TreeError::LinksInACircle { path: path(text) });
    }
    assert_eq!(tree.follow(&path("a"), Follow::Folders).unwrap(), Some(path("a")));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_sequence_of_operations_makes_an_unsound_tree(ops in prop::collection::vec(any_op(), 1..40)) {
        let mut tree = FileTree::with_budget(TreeBudget { max_entries: 12, max_bytes: 64 });
        for op in ops {
            let before = tree.clone();
            if apply(&mut tree, op).is_err() {
                prop_assert_eq!(&tree, &before);
                prop_assert_eq!(tree.total_bytes(), before.total_bytes());
            }
            assert_sound(&tree);
        }
    }

    #[test]
    fn plain_inserts_and_removes_behave_as_a_map(
        steps in prop::collection::vec(("[abc]", prop::option::of(prop::collection::vec(any::<u8>(), 0..9))), 0..40),
    ) {
        let (mut tree, mut model) = (FileTree::new(), Model::new());
        for (name, content) in steps {
            match content {
                Some(content) => {
                    tree.insert(path(&name), Entry::file(content.clone())).unwrap();
                    model.insert(name, content);
                }
                None => prop_assert_eq!(tree.remove(&path(&name)).is_some(), model.remove(&name).is_some()),
            }
        }
        prop_assert_eq!(tree.total_bytes(), model.values().map(|content| content.len() as u64).sum::<u64>());
        prop_assert_eq!(paths(&tree), model.keys().map(String::as_str).collect::<Vec<_>>());
    }

    #[test]
    fn subtree_and_graft_undo_each_other(ops in prop::collection::vec(any_op(), 1..30), at in "[ab]/[abx]") {
        let mut tree = FileTree::new();
        for op in ops {
            drop(apply(&mut tree, op));
        }
        let mut target = FileTree::new();
        target.graft(Some(&path(&at)), tree.clone(), OnConflict::Fail).unwrap();
        prop_assert_eq!(target.subtree(&path(&at)).unwrap(), tree.clone());

        if let Ok(part) = tree.subtree(&path("a")) && !part.is_empty() {
            let whole = tree.clone();
            tree.remove_all(&path("a"));
            tree.graft(Some(&path("a")), part, OnConflict::Fail).unwrap();
            prop_assert_eq!(tree, whole);
        }
    }

    #[test]
    fn renaming_there_and_back_changes_nothing(ops in prop::collection::vec(any_op(), 1..30)) {
        let mut tree = FileTree::new();
        for op in ops {
            drop(apply(&mut tree, op));
        }
        let before = tree.clone();
        if tree.rename(&path("a"), &path("new/place")).is_ok() {
            prop_assert!(!tree.contains(&path("a")));
            tree.rename(&path("new/place"), &path("a")).unwrap();
        }
        prop_assert_eq!(tree.total_bytes(), before.total_bytes());
        prop_assert_eq!(tree, before);
    }

    #[test]
    fn no_text_becomes_a_path_that_is_not_in_normal_form(text in "[./a ~\\\\:-]{0,12}|\\PC{0,12}") {
        if let Ok(Some(resolved)) = TreePath::resolve(None, &text) {
            prop_assert_eq!(TreePath::parse(resolved.as_str()), Ok(resolved));
        }
        if let Ok(parsed) = TreePath::parse(&text) {
            prop_assert_eq!(TreePath::resolve(None, &text), Ok(Some(parsed.clone())));
            prop_assert_eq!(parsed.as_str(), text);
        }
    }
}
