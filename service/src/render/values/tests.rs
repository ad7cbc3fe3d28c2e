//! Step values: types, what is dropped, what is reported, and conditions.

use super::*;
use nunjucks::Text;
use serde_json::json;

fn renderer() -> ValueRenderer {
    ValueRenderer::new(&["github.com".to_owned()], ValueMode::Current)
}

fn scope() -> Context {
    let parameters = json!({
        "name": "demo", "n": 5, "flag": true, "off": false, "text": "false", "list": ["a", "b"], "none": [],
        "object": {"k": "v"}, "empty": "", "nil": null,
    });
    Context::new().with("parameters", NValue::from(&parameters))
}

fn rendered(value: Value) -> Option<Value> {
    renderer().render(&value, &scope(), "input").value.to_json()
}

#[test]
fn a_whole_expression_keeps_its_type_and_a_mixture_is_text() {
    for (text, expected) in [
        ("${{ parameters.n }}", json!(5)),
        ("${{ parameters.flag }}", json!(true)),
        ("${{ parameters.list }}", json!(["a", "b"])),
        ("${{ parameters.object }}", json!({"k": "v"})),
        ("${{ parameters.nil }}", json!(null)),
        ("${{ parameters.n }}{# a comment #}", json!(5)),
        (" ${{ parameters.n }}", json!(" 5")),
        ("${{ parameters.n }}${{ parameters.n }}", json!("55")),
        ("{% if parameters.flag %}true{% endif %}", json!("true")),
        ("{{ parameters.n }}", json!("{{ parameters.n }}")),
        ("plain", json!("plain")),
    ] {
        assert_eq!(rendered(json!(text)), Some(expected), "{text}");
    }
}

#[test]
fn undefined_members_go_and_undefined_items_are_null() {
    let value = json!({"a": "${{ parameters.missing }}", "b": ["${{ missing.x.y }}", "${{ parameters.n }}"], "c": {"d": 1}});
    assert_eq!(rendered(value), Some(json!({"b": [null, 5], "c": {"d": 1}})));
}

#[test]
fn keys_are_not_rendered() {
    let value = json!({"${{ parameters.name }}": "${{ parameters.name }}"});
    assert_eq!(rendered(value), Some(json!({"${{ parameters.name }}": "demo"})));
}

#[test]
fn a_failing_expression_stays_as_it_is_and_is_reported_with_its_path() {
    let value = json!({"values": {"names": ["ok", "${{ parameters.name | kebab }}"]}, "b": "${{"});
    let rendered = renderer().render(&value, &scope(), "input");
    assert_eq!(rendered.value.to_json(), Some(value));
    let paths: Vec<&str> = rendered.problems.iter().map(|problem| problem.path.as_str()).collect();
    assert_eq!(paths, ["input.values.names[1]", "input.b"]);
    assert_eq!(rendered.problems[0].source, "${{ parameters.name | kebab }}");
    assert!(rendered.problems[0].message.contains("kebab"), "{:?}", rendered.problems[0]);
}

#[test]
fn what_stems_from_a_secret_is_marked() {
    let scope = scope().with("secrets", NValue::object([("token", NValue::from(Text::secret("hunter2")))]));
    let value = json!({"a": "Bearer ${{ secrets.token | upper }}", "b": "${{ parameters.name }}"});
    let rendered = renderer().render(&value, &scope, "input").value;
    assert!(rendered.get("a").contains_secret() && !rendered.get("b").contains_secret());
    assert_eq!(rendered.to_masked_json(), Some(json!({"a": "***", "b": "demo"})));
}

#[test]
fn the_stock_filters_are_there() {
    assert_eq!(rendered(json!("${{ 'github.com?owner=a&repo=b' | projectSlug }}")), Some(json!("a/b")));
}

#[test]
fn the_same_text_gives_the_same_value_on_every_run() {
    let value = json!(["${{ parameters.list | random }}", "${{ 'abcdefgh' | random }}"]);
    let first = rendered(value.clone());
    assert!((0..10).all(|_| rendered(value.clone()) == first));
}

#[test]
fn a_condition_is_javascript_truth_except_for_an_empty_list() {
    for (condition, expected) in [
        (json!("${{ parameters.flag }}"), true),
        (json!("${{ parameters.off }}"), false),
        (json!("${{ parameters.text }}"), true),
        (json!("false"), true),
        (json!("${{ parameters.none }}"), false),
        (json!("${{ parameters.list }}"), true),
        (json!("${{ parameters.object }}"), true),
        (json!("${{ parameters.empty }}"), false),
        (json!("${{ parameters.missing }}"), false),
        (json!("${{ parameters.nil }}"), false),
        (json!("${{ not parameters.flag }}"), false),
        (json!("not ${{ parameters.flag }}"), true),
        (json!(true), true),
        (json!(false), false),
    ] {
        let (answer, asked, problems) = renderer().condition(&condition, &scope(), StepStatus::Succeeding);
        assert_eq!((answer, asked, problems.len()), (expected, false, 0), "{condition}");
    }
}

#[test]
fn a_broken_condition_is_true_and_reported() {
    let (answer, asked, problems) =
        renderer().condition(&json!("${{ nothing() }}"), &scope(), StepStatus::Succeeding);
    assert!(answer && !asked);
    assert_eq!(problems[0].path, "if");
}

#[test]
fn a_condition_may_ask_how_the_run_stands() {
    let ask = |text: &str, status| {
        let (answer, asked, _) = renderer().condition(&json!(text), &scope(), status);
        (answer, asked)
    };
    for status in [StepStatus::Succeeding, StepStatus::Failed] {
        let failed = status == StepStatus::Failed;
        assert_eq!(ask("${{ always() }}", status), (true, true));
        assert_eq!(ask("${{ failure() }}", status), (failed, true));
        assert_eq!(ask("${{ parameters.off and failure() }}", status), (false, false));
        assert_eq!(ask("${{ parameters.flag }}", status), (true, false));
    }
    assert!(!renderer().render(&json!("${{ always() }}"), &scope(), "input").problems.is_empty());
}

#[test]
fn the_legacy_mode_reads_a_lone_expression_or_statement_as_json() {
    let legacy = renderer().in_mode(Some(ValueMode::Legacy));
    let scope = scope().with("secrets", NValue::object([("token", NValue::from(Text::secret("12345")))]));
    for (text, expected) in [
        ("${{ parameters.n }}", Some(json!(5))),
        ("${{ parameters.object }}", Some(json!({"k": "v"}))),
        ("${{ parameters.nil }}", Some(json!(null))),
        ("${{ parameters.text }}", Some(json!("false"))),
        ("${{ parameters.empty }}", Some(json!(""))),
        (" ${{ parameters.n }}", Some(json!(" 5"))),
        ("${{ parameters.n }}${{ parameters.n }}", Some(json!("55"))),
        ("${{ parameters.n }}{# a comment #}", Some(json!(5))),
        ("{% if parameters.flag %}5{% endif %}", Some(json!(5))),
        ("{% if parameters.flag %}true{% endif %}", Some(json!(true))),
        ("{% if parameters.flag %}{\"a\":1}{% endif %}", Some(json!({"a": 1}))),
        ("{% for i in [1] %}${{ i }}{% endfor %}", Some(json!(1))),
        ("{% if parameters.off %}1{% endif %}", None),
        ("${{ parameters.missing }}", None),
        ("", None),
        ("${{ 'x' | escape }}", Some(json!({"val": "x", "length": 1}))),
        ("${{ 1 / 0 }}", Some(json!(null))),
        ("${{ 1e21 }}", None),
        ("${{ 'ab'.padStart(4) }}", Some(json!("  ab"))),
        ("${{ parameters.list[0:1] }}", Some(json!("${{ parameters.list[0:1] }}"))),
    ] {
        let rendered = legacy.render(&json!({"a": text}), &scope, "input").value.to_json().unwrap();
        assert_eq!(rendered.get("a").cloned(), expected, "{text}");
    }
    let secret = legacy.render(&json!("{% if true %}${{ secrets.token }}{% endif %}"), &scope, "input").value;
    assert!(secret.contains_secret());
}
