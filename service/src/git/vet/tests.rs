//! Names and files that are refused, and their neighbours that are not.

use proptest::prelude::*;

use super::*;

fn with(name: &str, entry: Entry) -> FileTree {
    let mut tree = FileTree::new();
    tree.insert(TreePath::parse(name).unwrap(), entry).unwrap();
    tree
}

fn text(text: &str) -> Entry {
    Entry::file(text.to_owned())
}

#[test]
fn gitmodules_in_disguise_is_refused() {
    for name in [
        ".GITMODULES",
        ".gitmodules.",
        ".gitmodules ",
        ".git\u{200c}modules",
        "\u{feff}.gitmodules",
        ".gitmodules::$DATA",
        "gitmod~1",
        "GITMOD~4",
        "gi7eba~1",
        "GI7EBA~10",
    ] {
        for path in [name.to_owned(), format!("a/{name}"), format!("{name}/a")] {
            let error = files(&with(&path, text(""))).unwrap_err();
            assert!(matches!(&error, GitError::Invalid(text) if text.contains("`.gitmodules`")), "{path:?}");
        }
    }
}

#[test]
fn gitmodules_is_a_file_and_nothing_else() {
    let link = Entry::Symlink { target: "x".to_owned() };

    for tree in
        [with(".gitmodules", link), with("a/.gitmodules", Entry::Dir), with(".gitmodules/x", text(""))]
    {
        assert!(matches!(files(&tree), Err(GitError::Invalid(_))));
    }
}

#[test]
fn names_that_only_resemble_gitmodules_are_taken() {
    for name in
        ["gitmodules", ".gitmodules.txt", "gitmod~5", "gitmod~", "gi7eba~x", ".gitmodule", "x.gitmodules"]
    {
        files(&with(name, text("[submodule \"../x\"]"))).unwrap();
    }
}

#[test]
fn what_a_submodule_may_not_say_is_refused_and_named() {
    let cases = [
        ("[submodule \"a\"]\n\turl = -u./payload", "`-u./payload` is taken for an option"),
        ("[submodule \"a\"] url=-x", "`-x` is taken for an option"),
        ("[SubModule \"a\"]\nURL = \"-x\"", "`-x` is taken for an option"),
        ("[submodule \"a\"]\nurl = \\\n  -x", "`-x` is taken for an option"),
        ("[submodule.a]\nurl = -x", "`-x` is taken for an option"),
        ("\u{feff}[submodule \"a\"]\nurl = -x", "`-x` is taken for an option"),
        ("[submodule \"a\"]\npath = -x", "path `-x` is taken for an option"),
        ("[submodule \"a\"]\npath = ../up", "path `../up` leads elsewhere"),
        ("[submodule \"../../.git/x\"]\nurl = x", "leads elsewhere"),
        ("[submodule \"a/..\\\\..\"]\nurl = x", "leads elsewhere"),
        ("[submodule \"\"]\nurl = x", "leads elsewhere"),
        ("[submodule \"a\"]\nupdate = !touch x", "is a command"),
        ("[submodule \"a\"]\nurl = \"a\\nb\"", "holds a line break"),
        ("[submodule \"a\"]\nurl = https://x.com/%0ahost=y", "holds a line break"),
        ("[submodule \"a\"]\nurl = EXT::sh -c x", "runs a command"),
        ("[submodule \"a\"\nurl = x", "cannot read"),
        ("[submodule \"a\"]\nurl = \"x", "cannot read"),
        ("[submodule \"a\"]\nurl = x\\q", "cannot read"),
    ];
    for (content, expected) in cases {
        let error = files(&with(".gitmodules", text(content))).unwrap_err().to_string();
        assert!(error.contains(expected) && error.starts_with("`.gitmodules` "), "{content:?}: {error}");
    }
    let not_text = with(".gitmodules", Entry::file(vec![0xff]));
    assert!(files(&not_text).unwrap_err().to_string().contains("is not UTF-8"));
}

#[test]
fn an_honest_submodule_is_taken() {
    let content = "# Libraries\n[submodule \"libs/one\"]\n\tpath = libs/one ; here\n\turl = \"../one.git\" # there\n\
                   \tbranch = .\n\tupdate = rebase\r\n[other \"../x\"]\n\turl = -x\n[core]\n\tbare\n";

    files(&with(".gitmodules", text(content))).unwrap();
}

#[test]
fn branches_are_names_that_hosts_take() {
    for name in ["main", "feature/x", "é", &"x".repeat(244), "1234567"] {
        branch(name).unwrap();
    }
    for name in ["", "HEAD", "-x", "a b", "a..b", "a.lock", "a\0b", "a\nb", "/a", "a/", "a//b", "@{x", "a~1"]
    {
        assert!(matches!(branch(name), Err(GitError::Invalid(_))), "{name:?}");
    }
    for name in ["f".repeat(40), "x".repeat(245)] {
        let error = branch(&name).unwrap_err().to_string();
        assert!(error.contains("reads as the id") || error.contains("too long"), "{error}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_gitmodules_makes_it_panic(content in "(\\[submodule \"|\"\\]|\\[|\\]|url|path|=|-|!|\\\\|\"|#|\n|\r|\\.\\.|/|a| ){0,30}") {
        let _ = files(&with(".gitmodules", text(&content)));
    }
}
