//! `fetch:template` over whole trees.

use super::*;
use crate::render::SkipReason;
use proptest::prelude::*;
use serde_json::json;

/// So many threads from the beginning.
fn crew(threads: usize) -> Crew {
    Crew { threads, patience: std::time::Duration::ZERO }
}

fn path(text: &str) -> TreePath {
    TreePath::parse(text).unwrap()
}

fn tree(files: &[(&str, &str)]) -> FileTree {
    let mut tree = FileTree::new();
    for (name, text) in files {
        tree.insert(path(name), Entry::file((*text).to_owned())).unwrap();
    }
    tree
}

fn values() -> NValue {
    NValue::from(
        &json!({"name": "demo", "empty": "", "up": "..", "git": ".git", "n": 3, "docs": false, "list": ["a", "b"]}),
    )
}

fn render_with(skeleton: &FileTree, options: &TreeOptions) -> Result<RenderedTree, RenderError> {
    render_tree(skeleton, options, &values(), &["github.com".to_owned()], &Ground::default())
}

fn render(files: &[(&str, &str)]) -> Result<RenderedTree, RenderError> {
    render_with(&tree(files), &TreeOptions::default())
}

/// Names and texts of a tree.
fn texts(rendered: &RenderedTree) -> Vec<(String, String)> {
    let text = |entry: &Entry| match entry {
        Entry::File(file) => String::from_utf8_lossy(&file.bytes).into_owned(),
        Entry::Symlink { target } => format!("-> {target}"),
        Entry::Dir => "dir".to_owned(),
    };
    rendered.tree.iter().map(|(path, entry)| (path.to_string(), text(entry))).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

#[test]
fn names_and_contents_are_rendered() {
    let rendered = render(&[
        ("README.md", "# ${{ values.name }}\n{% for x in values.list %}${{ x }};{% endfor %}\n"),
        ("src/${{ values.name }}/${{ values.name | upper }}.rs", "{{ not.ours }}"),
        ("{% if values.docs %}docs{% endif %}.txt", "${{ 'github.com?owner=a&repo=b' | projectSlug }}"),
        ("${{ 'a.b' | replace('.', '-') }}", "{# gone #}x"),
    ]);
    let expected = [
        (".txt", "a/b"),
        ("README.md", "# demo\na;b;\n"),
        ("a-b", "x"),
        ("src/demo/DEMO.rs", "{{ not.ours }}"),
    ];
    assert_eq!(texts(&rendered.unwrap()), pairs(&expected));
}

#[test]
fn a_folder_whose_name_renders_to_nothing_is_left_out_with_all_in_it() {
    let rendered = render(&[
        ("${{ '' }}", "1"),
        ("${{ values.empty }}/a", "2"),
        ("a/${{ values.empty }}/b/c", "3"),
        ("a/${{ '' }}", "4"),
        ("kept", "5"),
    ])
    .unwrap();

    assert_eq!(texts(&rendered), pairs(&[("a", "dir"), ("kept", "5")]));
    let reasons: Vec<SkipReason> = rendered.skipped.iter().map(|skipped| skipped.reason).collect();
    use SkipReason::{DoubleSlash, Empty, LeadingSlash, NoName};
    assert_eq!(reasons, [Empty, LeadingSlash, NoName, DoubleSlash]);
}

#[test]
fn a_name_that_leads_out_or_into_git_is_an_error_that_names_the_file() {
    for name in [
        "${{ values.up }}/x",
        "a/${{ values.up }}/${{ values.up }}/x",
        "${{ values.git }}/config",
        "a/${{ values.git | upper }}",
    ] {
        let error = render(&[("ok", ""), (name, "x")]).unwrap_err();
        assert!(name.starts_with(&error.file) && error.message.contains("cannot be used"), "{error}");
    }
}

#[test]
fn two_files_of_one_rendered_name_are_an_error_that_names_both() {
    let error = render(&[("${{ values.name }}.md", "1"), ("demo.md", "2")]).unwrap_err();
    assert_eq!(error.file, "demo.md");
    assert!(error.message.contains("`${{ values.name }}.md`"), "{error}");
}

#[test]
fn an_error_tells_file_line_and_column() {
    let error = render(&[("a", "ok"), ("b/c.txt", "one\n  ${{ values.name | kebab }}\n")]).unwrap_err();
    assert_eq!((error.file.as_str(), error.place.map(|place| place.line)), ("b/c.txt", Some(2)));
    assert!(error.to_string().starts_with("b/c.txt:2:") && error.message.contains("kebab"), "{error}");

    let error = render(&[("x-${{ values.name | kebab }}", "")]).unwrap_err();
    assert!(error.place.is_none() && error.message.contains("the file's name cannot be rendered"), "{error}");
}

#[test]
fn a_path_is_rendered_as_a_whole_and_so_is_each_folder_of_it() {
    let rendered = render(&[("{% set x = 'q' %}${{ x }}/${{ x }}", "1")]).unwrap();
    assert_eq!(texts(&rendered), pairs(&[("q/q", "1")]));

    for name in ["{% if values.n %}a/b{% endif %}", "${{ 6 / values.n }}", "${{ \"}}/${{\" }}"] {
        let error = render(&[(name, "")]).unwrap_err();
        assert!(name.starts_with(&error.file) && !error.file.contains('/'), "{error}");
    }
}

#[test]
fn a_folder_stays_when_all_that_was_in_it_is_left_out() {
    let rendered =
        render(&[("docs/${{ '' }}", "1"), ("${{ values.name }}/${{ values.empty }}/x", "2")]).unwrap();
    assert_eq!(texts(&rendered), pairs(&[("demo", "dir"), ("docs", "dir")]));
    assert_eq!(rendered.skipped.len(), 2);
}

#[test]
fn what_stands_there_already_is_not_rendered() {
    let skeleton =
        tree(&[("a/${{ values.name }}", "${{ values.name | kebab }}"), ("b", "${{ values.name }}")]);
    let onto = |replace| {
        let ground = Ground::new(&tree(&[("x/a/demo", "old")]), Some(&path("x")), replace).unwrap();
        render_tree(&skeleton, &TreeOptions::default(), &values(), &[], &ground)
    };
    let rendered = onto(false).unwrap();
    assert_eq!((texts(&rendered), rendered.kept), (pairs(&[("b", "demo")]), 1));
    assert!(onto(true).unwrap_err().message.contains("kebab"));
}

#[test]
fn a_text_that_is_written_over_a_file_takes_its_mode_and_a_copy_brings_its_own() {
    let binary: &[u8] = b"\x89PNG\0";
    let skeleton = |executable| {
        let mut skeleton = FileTree::new();
        for (name, bytes) in [("text", &b"x"[..]), ("copy", binary)] {
            skeleton.insert(path(name), Entry::File(File { executable, ..File::new(bytes) })).unwrap();
        }
        skeleton
    };
    for executable in [true, false] {
        let ground = Ground::new(&skeleton(!executable), None, true).unwrap();
        let rendered = render_tree(&skeleton(executable), &TreeOptions::default(), &values(), &[], &ground)
            .unwrap()
            .tree;
        let mode = |name| rendered.file(&path(name)).unwrap().executable;
        assert_eq!((mode("text"), mode("copy")), (!executable, executable));
    }
}

#[test]
fn links_modes_binaries_and_empty_folders_survive() {
    let mut skeleton = tree(&[("target", "")]);
    let script = File { executable: true, ..File::new("echo ${{ values.name }}") };
    let picture: &[u8] = b"\x89PNG\0${{ values.name }}";
    let latin: &[u8] = b"caf\xe9 is a place where nobody minds";
    skeleton.insert(path("${{ values.name }}.sh"), Entry::File(script)).unwrap();
    skeleton
        .insert(path("link-${{ values.name }}"), Entry::Symlink { target: "${{ x }}".to_owned() })
        .unwrap();
    skeleton.insert(path("empty/${{ values.name }}"), Entry::Dir).unwrap();
    skeleton.insert(path("a.png"), Entry::file(picture)).unwrap();
    skeleton.insert(path("latin.txt"), Entry::file(latin)).unwrap();

    let rendered = render_with(&skeleton, &TreeOptions::default()).unwrap().tree;

    let script = rendered.file(&path("demo.sh")).unwrap();
    assert_eq!((script.executable, script.text()), (true, Some("echo demo")));
    assert_eq!(rendered.get(&path("link-demo")), Some(&Entry::Symlink { target: "${{ x }}".to_owned() }));
    assert_eq!(rendered.get(&path("empty/demo")), Some(&Entry::Dir));
    assert_eq!(rendered.file(&path("a.png")).unwrap().bytes, picture);
    assert_eq!(rendered.file(&path("latin.txt")).unwrap().bytes, latin);
}

#[test]
fn a_file_without_a_tag_shares_its_bytes() {
    let skeleton = tree(&[("a", "no {{ tag }} of ours"), ("b", "{")]);
    let rendered = render_with(&skeleton, &TreeOptions::default()).unwrap().tree;
    for name in ["a", "b"] {
        let (before, after) = (skeleton.file(&path(name)).unwrap(), rendered.file(&path(name)).unwrap());
        assert_eq!(before.bytes.as_ptr(), after.bytes.as_ptr());
    }
}

#[test]
fn a_tag_in_text_that_is_not_utf_8_is_an_error() {
    let mut skeleton = FileTree::new();
    let latin: &[u8] = b"caf\xe9 ${{ values.name }}, a place where nobody minds";
    skeleton.insert(path("latin.txt"), Entry::file(latin)).unwrap();
    let error = render_with(&skeleton, &TreeOptions::default()).unwrap_err();
    assert!(error.file == "latin.txt" && error.message.contains("UTF-8"), "{error}");

    let options = TreeOptions { copy_without_templating: vec!["*.txt".to_owned()], ..TreeOptions::default() };
    assert_eq!(render_with(&skeleton, &options).unwrap().tree, skeleton);
}

#[test]
fn copied_files_keep_their_contents_but_not_their_names() {
    let files = [("raw/${{ values.name }}", "${{ values.name }}"), ("b", "${{ values.name }}")];
    let options = TreeOptions { copy_without_templating: vec!["raw".to_owned()], ..TreeOptions::default() };
    let rendered = render_with(&tree(&files), &options).unwrap();
    assert_eq!(texts(&rendered), pairs(&[("b", "demo"), ("raw/demo", "${{ values.name }}")]));
}

#[test]
fn with_an_extension_only_such_files_are_rendered_and_lose_it() {
    let files = [
        ("a-${{ values.name }}.md.njk", "${{ values.name }}"),
        ("b-${{ values.name }}.md", "${{ values.name }}"),
        ("c/.njk", "${{ values.name }}"),
    ];
    let options = TreeOptions { template_file_extension: Some(".njk".to_owned()), ..TreeOptions::default() };
    let rendered = render_with(&tree(&files), &options).unwrap();
    let expected =
        [("a-demo.md", "demo"), ("b-demo.md", "${{ values.name }}"), ("c/.njk", "${{ values.name }}")];
    assert_eq!(texts(&rendered), pairs(&expected));
}

#[test]
fn the_old_syntax_has_its_own_marks_and_scope() {
    let files = [("{{ cookiecutter.name }}", "{{ cookiecutter.list | jsonify }} ${{ values.name }}")];
    let options = TreeOptions { cookiecutter_compat: true, ..TreeOptions::default() };
    let rendered = render_with(&tree(&files), &options).unwrap();
    assert_eq!(texts(&rendered), pairs(&[("demo", "[\"a\",\"b\"] $")]));
}

#[test]
fn blocks_are_trimmed_on_request() {
    let text = "a\n  {% if true %}\nb\n  {% endif %}\n";
    let render = |trim_blocks, lstrip_blocks| {
        let options = TreeOptions { trim_blocks, lstrip_blocks, ..TreeOptions::default() };
        let rendered = render_file("x", &File::new(text), &options, &values(), &[]).unwrap();
        rendered.text().unwrap().to_owned()
    };
    assert_eq!(render(false, false), "a\n  \nb\n  \n");
    assert_eq!(render(true, false), "a\n  b\n  ");
    assert_eq!(render(true, true), "a\nb\n");
}

#[test]
fn one_file_is_rendered_with_its_name_in_errors() {
    let options = TreeOptions::default();
    let script = File { executable: true, ..File::new("${{ values.n + 1 }}") };
    let rendered = render_file("a.txt", &script, &options, &values(), &[]).unwrap();
    assert_eq!((rendered.text(), rendered.executable), (Some("4"), false));
    let error = render_file("a.txt", &File::new("${{"), &options, &values(), &[]).unwrap_err();
    assert!(error.to_string().starts_with("a.txt:1:"), "{error}");
}

#[test]
fn values_that_were_not_given_are_undefined() {
    let rendered = render_tree(
        &tree(&[("a", "[${{ values.x }}]")]),
        &TreeOptions::default(),
        &NValue::Undefined,
        &[],
        &Ground::default(),
    );
    assert_eq!(texts(&rendered.unwrap()), pairs(&[("a", "[]")]));
}

#[test]
fn a_file_with_a_secret_is_marked_and_a_name_with_one_is_refused() {
    let values = NValue::object([("token", NValue::from(Text::secret("hunter2")))]);
    let skeleton = tree(&[("a", "${{ values.token | upper }}"), ("b", "plain"), ("c", "${{ 1 }}")]);
    let rendered =
        render_tree(&skeleton, &TreeOptions::default(), &values, &[], &Ground::default()).unwrap().tree;
    let marks: Vec<bool> = rendered.iter().map(|(path, _)| rendered.file(path).unwrap().sensitive).collect();
    assert_eq!(marks, [true, false, false]);

    for name in ["${{ values.token }}", "${{ values.token }}/x", "x/${{ values.token | lower }}"] {
        let error =
            render_tree(&tree(&[(name, "")]), &TreeOptions::default(), &values, &[], &Ground::default())
                .unwrap_err();
        assert!(
            error.message.contains("holds a secret") && !error.to_string().contains("hunter2"),
            "{error}"
        );
    }
}

#[test]
fn work_and_output_have_an_end() {
    for text in ["{% for i in range(10000000000) %}x{% endfor %}", "${{ 'x' | center(100000000) }}"] {
        let error = render(&[("a", text)]).unwrap_err();
        assert_eq!(error.file, "a");
    }
    let nested = |depth| format!("{}x{}", "{% if true %}".repeat(depth), "{% endif %}".repeat(depth));
    assert_eq!(texts(&render(&[("a", &nested(200))]).unwrap()), pairs(&[("a", "x")]));
    assert!(render(&[("a", &nested(20_000))]).is_err());
}

fn part() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{1,4}",
        Just("${{ values.name }}".to_owned()),
        Just("${{ values.empty }}".to_owned()),
        Just("${{ values.up }}".to_owned()),
        Just("${{ values.git }}".to_owned()),
        Just("{% if values.docs %}x{% endif %}".to_owned()),
        Just("${{ values.list[1] }}.${{ values.n }}".to_owned()),
    ]
}

fn skeletons() -> impl Strategy<Value = FileTree> {
    let name = prop::collection::vec(part(), 1..4).prop_map(|parts| parts.join("/"));
    prop::collection::vec((name, "[ -~\n]{0,40}"), 1..20).prop_map(|files| {
        let mut tree = FileTree::new();
        for (name, text) in files {
            // A name may clash with a folder of another; then it is left out.
            _ = tree.insert(path(&name), Entry::file(text));
        }
        tree
    })
}

proptest! {
    #[test]
    fn text_without_marks_renders_to_itself(text in "[^{]{0,80}") {
        let skeleton = tree(&[("a", &text)]);
        prop_assert_eq!(render_with(&skeleton, &TreeOptions::default()).unwrap().tree, skeleton);
    }

    #[test]
    fn threads_change_neither_trees_nor_notes_nor_errors(skeleton in skeletons()) {
        let (options, ground) = (TreeOptions::default(), Ground::default());
        let language = Language::new(&options, &values(), &[]);
        let job = Job { skeleton: &skeleton, options: &options, language: &language, ground: &ground };
        let with = |threads| job.done_by(crew(threads));
        prop_assert_eq!(with(1), with(3));
    }

    #[test]
    fn every_entry_is_placed_or_noted(skeleton in skeletons()) {
        if let Ok(rendered) = render_with(&skeleton, &TreeOptions::default()) {
            let files = rendered.tree.iter().filter(|(_, entry)| **entry != Entry::Dir).count();
            prop_assert_eq!(files + rendered.skipped.len(), skeleton.len());
            for (path, _) in rendered.tree.iter() {
                prop_assert!(path.segments().all(|segment| !matches!(segment, "" | "." | ".." | ".git")));
            }
        }
    }

    #[test]
    fn a_path_rendered_in_parts_is_the_path_rendered_as_a_whole(parts in prop::collection::vec(part(), 1..5)) {
        let language = Language::new(&TreeOptions::default(), &values(), &[]);
        let copies = CopyGlobs::default();
        let ground = Ground::default();
        let mut worker =
            Worker { language: &language, copies: &copies, extension: None, ground: &ground, folders: HashMap::new() };
        let name = parts.join("/");
        prop_assert_eq!(worker.name(&name).unwrap().text, language.name(&name).unwrap().text);
    }
}
