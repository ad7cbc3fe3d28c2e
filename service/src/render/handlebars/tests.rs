//! `fetch:handlebars` over whole trees, and the short way against the long one.

use super::*;
use crate::render::Place;
use nunjucks::Text;
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
    NValue::from(&json!({
        "name": "order-api", "empty": "", "up": "..", "n": 3, "port": 8080, "html": "<a & b>", "nil": null, "quote": "a \"b\"",
        "yes": true, "no": false, "list": ["a", "b"], "object": {"k": "v"},
    }))
}

fn render(files: &[(&str, &str)]) -> Result<RenderedTree, RenderError> {
    render_tree(&tree(files), &values())
}

/// What one text renders to.
fn text(text: &str) -> Result<String, RenderError> {
    let rendered = render(&[("a.txt.hbs", text)])?;
    Ok(rendered.tree.file(&path("a.txt")).unwrap().text().unwrap().to_owned())
}

#[test]
fn tagged_files_are_rendered_and_all_else_is_copied_byte_for_byte() {
    let workflow = "run: ${{ github.sha }} {{ .Values.x }} {{#if}}";
    let skeleton =
        tree(&[("ci.yml", workflow), ("a.md.hbs", "# {{name}}"), ("b.hbs", "plain"), (".hbs", "{{x}}")]);
    let rendered = render_tree(&skeleton, &values()).unwrap().tree;

    let names: Vec<String> = rendered.iter().map(|(path, _)| path.to_string()).collect();
    assert_eq!(names, [".hbs", "a.md", "b", "ci.yml"]);
    assert_eq!(rendered.file(&path("a.md")).unwrap().text(), Some("# order-api"));
    for (before, after) in [("ci.yml", "ci.yml"), ("b.hbs", "b"), (".hbs", ".hbs")] {
        let (before, after) = (skeleton.file(&path(before)).unwrap(), rendered.file(&path(after)).unwrap());
        assert_eq!(before.bytes.as_ptr(), after.bytes.as_ptr());
    }
}

#[test]
fn names_are_rendered_and_judged_as_in_the_other_language() {
    let rendered = render(&[
        ("src/{{snakeCase name}}/x", "1"),
        ("{{#if no}}docs{{/if}}/y", "2"),
        ("{{empty}}", "3"),
        ("{{#if yes}}a/b{{/if}}", "4"),
    ])
    .unwrap();
    let names: Vec<String> = rendered.tree.iter().map(|(path, _)| path.to_string()).collect();
    assert_eq!(names, ["a/b", "src/order_api/x"]);
    assert_eq!(rendered.skipped.len(), 2);

    assert!(render(&[("{{up}}/x", "")]).unwrap_err().message.contains("leads upwards"));
    assert!(render(&[("x.git/{{missing}}", "")]).unwrap_err().message.contains("no value `missing`"));
    let error = render(&[("{{name}}.hbs", ""), ("order-api", "")]).unwrap_err();
    assert_eq!(error.file, "{{name}}.hbs");
    assert!(error.message.contains("same name as `order-api`"), "{error}");
}

#[test]
fn modes_links_and_empty_folders_survive() {
    let mut skeleton = tree(&[("x", "")]);
    let script = File { executable: true, ..File::new("echo {{name}}") };
    skeleton.insert(path("run.sh.hbs"), Entry::File(script)).unwrap();
    skeleton.insert(path("{{name}}.link"), Entry::Symlink { target: "{{x}}".to_owned() }).unwrap();
    skeleton.insert(path("{{name}}"), Entry::Dir).unwrap();
    let rendered = render_tree(&skeleton, &values()).unwrap().tree;
    assert!(rendered.file(&path("run.sh")).unwrap().executable);
    assert_eq!(rendered.get(&path("order-api.link")), Some(&Entry::Symlink { target: "{{x}}".to_owned() }));
    assert_eq!(rendered.get(&path("order-api")), Some(&Entry::Dir));
}

#[test]
fn nothing_is_escaped_and_helpers_convert() {
    for (template, expected) in [
        ("{{html}} {{{html}}}", "<a & b> <a & b>"),
        (
            "{{pascalCase name}} {{camelCase name}} {{snakeCase name}} {{kebabCase \"OrderApi\"}}",
            "OrderApi orderApi order_api order-api",
        ),
        ("{{upperCase name}} {{lowerCase \"ABC\"}}", "ORDER-API abc"),
        (
            "{{json name}} {{json list}} {{json object}} {{json n}}",
            "\"order-api\" [\"a\",\"b\"] {\"k\":\"v\"} 3",
        ),
        ("{{json quote}}", r#""a \"b\"""#),
        (
            "{{default missing \"x\"}} {{default nil n}} {{default name \"x\"}} [{{default empty \"x\"}}]",
            "x 3 order-api []",
        ),
        ("{{upperCase (default missing (kebabCase name))}}", "ORDER-API"),
        ("{{gha \"secrets.AWS_ROLE\"}}", "${{ secrets.AWS_ROLE }}"),
        ("{{gha \"inputs.name == {0}\" (lowerCase name)}}", "${{ inputs.name == 'order-api' }}"),
        ("{{#if (and (gt name \"a\") (lt name \"z\"))}}in{{else}}out{{/if}}", "in"),
        ("{{#each list}}{{@index}}{{this}}{{#unless @last}},{{/unless}}{{/each}}", "0a,1b"),
        ("{{#if missing}}a{{else}}b{{/if}}", "b"),
        ("{{#*inline \"p\"}}<{{name}}>{{/inline}}{{> p}}{{> p}}", "<order-api><order-api>"),
        ("\\{{name}} {{{{raw}}}}{{name}}{{{{/raw}}}}", "{{name}} {{name}}"),
        ("a\n{{#if yes}}\n  b\n{{/if}}\nc\n", "a\n  b\nc\n"),
        ("a {{~name~}} b", "aorder-apib"),
        ("{{!-- {{name}} --}}x", "x"),
    ] {
        assert_eq!(text(template).as_deref(), Ok(expected), "{template}");
    }
}

#[test]
fn what_is_wrong_is_told_with_file_line_and_column() {
    for (template, line, column, part) in [
        ("one\ntwo {{nam}}\n", 2, 5, "no value `nam`; did you mean `name`?"),
        ("{{#if yes}}\n\n {{object.q}}\n{{/if}}", 3, 2, "no value `object.q`"),
        ("{{#if no}}\n{{else if (json nam)}}\n{{/if}}", 1, 1, "no value `nam`"),
        ("{{#if no}}\n{{else if yes}}\n a\n {{nam}}{{/if}}", 4, 2, "no value `nam`"),
        ("x {{json nam}}", 1, 3, "no value `nam`"),
        ("\n{{snakecase name}}", 2, 1, "no helper `snakecase`; did you mean `snakeCase`?"),
        ("{{#if yes}}x", 1, 13, "not a Handlebars template"),
        ("{{#if yes}}x{{/each}}", 1, 13, "closed as `each`"),
        ("{{> other}}", 1, 1, "no partial `other` in this file"),
        ("{{upperCase list}}", 1, 1, "needs a text"),
        ("{{gha name}}", 1, 1, "write the expression as a text"),
        ("{{gha (lowerCase \"secrets.A\")}}", 1, 1, "write the expression as a text"),
        ("{{gha \"secrets.A; x\"}}", 1, 1, "`; x` is not expected there"),
        ("{{json name n}}", 1, 1, "needs one argument and got 2"),
        ("{{log name}}", 1, 1, "no helper `log`"),
    ] {
        let error = text(template).unwrap_err();
        assert_eq!(
            (error.file.as_str(), error.place),
            ("a.txt.hbs", Some(Place { line, column })),
            "{template}: {error}"
        );
        assert!(error.message.contains(part), "{template}: {error}");
    }
    let mut skeleton = FileTree::new();
    skeleton.insert(path("x.hbs"), Entry::file(&b"\xff{{name}}"[..])).unwrap();
    assert!(render_tree(&skeleton, &values()).unwrap_err().message.contains("UTF-8"));
}

#[test]
fn work_depth_and_output_have_an_end() {
    let items: Vec<u32> = (0..2_000).collect();
    let values = NValue::from(&json!({"list": items, "long": "x".repeat(100_000)}));
    let fails = |text: &str| render_tree(&tree(&[("a.hbs", text)]), &values).unwrap_err().message;

    let few = NValue::from(&json!({"list": items}));
    let empty = "{{#each list}}{{#each ../list}}{{#each ../../list}}{{/each}}{{/each}}{{/each}}";
    let error = render_tree(&tree(&[("a.hbs", empty)]), &few).unwrap_err();
    assert!(error.message.contains("too often"), "{error}");
    let loops = "{{#each list}}{{#each ../list}}{{#each ../../list}}{{/each}}{{/each}}{{/each}}";
    assert!(fails(loops).contains("too often"));
    let doubling: String = (0..40)
        .map(|n| format!("{{{{#*inline \"p{n}\"}}}}{{{{> p{m}}}}}{{{{> p{m}}}}}{{{{/inline}}}}", m = n + 1))
        .collect();
    assert!(
        fails(&format!("{doubling}{{{{#*inline \"p40\"}}}}{{{{/inline}}}}{{{{> p0}}}}"))
            .contains("too often")
    );
    assert!(fails("{{#*inline \"a\"}}x{{> a}}{{/inline}}{{> a}}").contains("nested"));
    assert!(
        fails("{{#*inline \"a\"}}{{> b}}{{/inline}}{{#*inline \"b\"}}{{> a}}{{/inline}}{{> a}}")
            .contains("nested")
    );
    assert!(fails("{{#each list}}{{../long}}{{/each}}").contains("16 MiB"));
    assert!(fails("{{#> a}}{{/a}}").contains("not supported"));
    for (open, close) in [("{{#if list}}", "{{/if}}"), ("{{#if list}}{{else if long}}", "{{/if}}")] {
        let message = fails(&format!("{}{}", open.repeat(5_000), close.repeat(5_000)));
        assert!(message.contains("nested") || message.contains("too long"), "{message}");
    }
    assert!(
        fails(&format!("{{{{#if list}}}}{}{{{{/if}}}}", "{{else if long}}".repeat(500))).contains("deep")
    );
    assert!(
        fails(&format!("{{{{#if {}list{}}}}}{{{{/if}}}}", "(not ".repeat(9_000), ")".repeat(9_000)))
            .contains("deep")
    );
    assert!(fails(&"{{#if long}}x{{/if}}".repeat(100_000)).contains("so many tags"));
}

#[test]
fn nesting_up_to_the_limit_works() {
    let depth = 48;
    let template = format!("{}x{}", "{{#if yes}}".repeat(depth), "{{/if}}".repeat(depth));
    assert_eq!(text(&template).as_deref(), Ok("x"));
    let chain = format!("{{{{#if no}}}}{}{{{{else}}}}x{{{{/if}}}}", "{{else if no}}".repeat(depth - 2));
    assert_eq!(text(&chain).as_deref(), Ok("x"));
    let brackets = format!("{{{{#if {}yes{}}}}}x{{{{/if}}}}", "(not ".repeat(depth), ")".repeat(depth));
    assert_eq!(text(&brackets).as_deref(), Ok("x"));
}

#[test]
fn a_file_that_touches_a_secret_is_marked() {
    let token = NValue::from(Text::secret("hunter2"));
    let values = NValue::object([
        ("token", token.clone()),
        ("deep", NValue::object([("t", token)])),
        ("name", NValue::from("demo")),
    ]);
    for (template, secret) in [
        ("{{name}}", false),
        ("plain {{kebabCase name}} {{#if name}}x{{/if}}", false),
        ("{{token}}", true),
        ("{{upperCase token}} {{name}}", true),
        ("{{#if (eq (lowerCase token) \"x\")}}a{{/if}}", true),
        ("{{#with deep}}{{t}}{{/with}}", true),
        ("{{deep.t}}", true),
        ("{{#each this}}{{@key}}{{/each}}", true),
        ("{{@root.token}}", true),
        ("{{@root.name}}", false),
        ("{{lookup this \"token\"}}", true),
        ("{{#*inline \"p\"}}{{token}}{{/inline}}{{> p}}", true),
        ("{{[token]}}", true),
    ] {
        let rendered = render_tree(&tree(&[("a.hbs", template)]), &values);
        let rendered = rendered.unwrap_or_else(|error| panic!("{template}: {error}")).tree;
        assert_eq!(rendered.file(&path("a")).unwrap().sensitive, secret, "{template}");
    }
    let error = render_tree(&tree(&[("{{token}}", "")]), &values).unwrap_err();
    assert!(error.message.contains("secret") && !error.to_string().contains("hunter2"), "{error}");
}

/// Pieces of templates, plain tags and all others.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[ -z}\n]{0,8}",
        4 => prop::sample::select(vec![
            "{{name}}", "{{ name }}", "{{snakeCase name}}", "{{json quote}}", "{{default missing \"x\"}}", "{{object.k}}",
            "{{lookup list 1}}", "{{n}}", "{{nil}}", "{{@root.name}}", "{{this.name}}",
        ]).prop_map(str::to_owned),
        1 => prop::sample::select(vec![
            "{{missing}}", "{{nohelper n}}", "{{{html}}}", "{{#if yes}}x{{/if}}", "{{#if yes}}\n", "{{/if}}", "{{else}}",
            "{{~name~}}", "\\{{name}}", "\\\\{{name}}", "{{!c}}", "{{!-- {{name}} --}}", "{{{{raw}}}}{{x}}{{{{/raw}}}}", "{{name", "}}",
            "{{#*inline \"p\"}}q{{/inline}}", "  {{> p}}\n", "{{", "{", "{{if}}", "{{\nname\n}}", "{{name }}}", "{{[name]}}", "{{\"name\"}}",
        ]).prop_map(str::to_owned),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn the_short_way_gives_what_the_long_way_gives(pieces in prop::collection::vec(piece(), 0..8)) {
        let language = Language::new(&values());
        let template = pieces.concat();
        if let Some(short) = Tags::default().render(&language, &template) {
            prop_assert_eq!(Ok(short), language.render("a", &template));
        }
    }

    #[test]
    fn a_metered_template_gives_what_a_bare_one_gives(pieces in prop::collection::vec(piece(), 0..8)) {
        let language = Language::new(&values());
        let template = pieces.concat();
        let bare = language.registry.render_template_with_context(&template, &language.scope);
        let metered = language.render("a", &template);
        prop_assert_eq!(bare.ok(), metered.ok().map(|rendered| rendered.text));
    }
}

proptest! {
    #[test]
    fn files_without_the_suffix_are_never_changed(text in "[ -~\n]{0,80}") {
        let skeleton = tree(&[("a.txt", &text)]);
        prop_assert_eq!(render_tree(&skeleton, &values()).unwrap().tree, skeleton);
    }

    #[test]
    fn text_without_marks_renders_to_itself(source in "[^{]{0,80}") {
        prop_assert_eq!(text(&source), Ok(source));
    }

    #[test]
    fn threads_do_not_change_the_result(pieces in prop::collection::vec(piece(), 1..60)) {
        let mut skeleton = FileTree::new();
        for (number, piece) in pieces.iter().enumerate() {
            skeleton.insert(path(&format!("{{{{name}}}}/f{number:03}.hbs")), Entry::file(piece.clone())).unwrap();
        }
        let language = Language::new(&values());
        prop_assert_eq!(render_on(crew(1), &skeleton, &language), render_on(crew(4), &skeleton, &language));
    }
}
