//! What the crate's users rely on.

use crate::render;
use nunjucks::{Context, Environment, ErrorKind, Object, Syntax, Template, Text, Value};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

fn shared_between_threads<T: Send + Sync>() {}

#[test]
fn templates_values_contexts_and_environments_are_shared_between_threads() {
    shared_between_threads::<Template>();
    shared_between_threads::<Value>();
    shared_between_threads::<Context>();
    shared_between_threads::<Environment>();
    shared_between_threads::<nunjucks::Error>();
}

#[test]
fn json_survives_the_way_in_and_out() {
    let json = json!({"b": [1, 2.5, -3, null, true, "x", {}], "a": {"n": 1e21, "z": []}});
    assert_eq!(Value::from(&json).to_json(), Some(json));
}

#[test]
fn undefined_and_numbers_without_json_follow_stringify() {
    let object =
        Value::object([("gone", Value::Undefined), ("nan", Value::from(f64::NAN)), ("kept", Value::Null)]);
    assert_eq!(object.to_json(), Some(json!({"nan": null, "kept": null})));
    assert_eq!(
        Value::array([Value::Undefined, Value::from(f64::INFINITY)]).to_json(),
        Some(json!([null, null]))
    );
    assert_eq!(Value::Undefined.to_json(), None);
    assert_eq!(Value::from(-0.0).to_json().unwrap().to_string(), "0");
    assert_eq!(Value::from(3.0).to_json().unwrap().to_string(), "3");
}

#[test]
fn keys_that_are_numbers_come_first() {
    let object: Object = [("b", 1), ("10", 2), ("2", 3), ("01", 4)]
        .map(|(key, n)| (key, Value::from(n)))
        .into_iter()
        .collect();
    let keys: Vec<&str> = object.keys().map(Text::as_str).collect();
    assert_eq!(keys, ["2", "10", "b", "01"]);
}

#[test]
fn one_expression_keeps_its_type_and_anything_more_is_text() {
    let env = Environment::default();
    let context = Context::new().with("list", Value::array([Value::from(1)]));
    let evaluate = |source: &str| env.parse(source).unwrap().evaluate(&env, &context).unwrap().to_json();
    assert_eq!(evaluate("${{ list }}"), Some(json!([1])));
    assert_eq!(evaluate("{# note #}${{ list }}{# note #}"), Some(json!([1])));
    assert_eq!(evaluate("${{ missing }}"), None);
    assert_eq!(evaluate(" ${{ list }}"), Some(json!(" 1")));
    assert_eq!(evaluate("{% if list %}1{% endif %}"), Some(json!("1")));
    assert_eq!(evaluate(""), Some(json!("")));
}

#[test]
fn plain_text_and_single_expressions_are_told_apart() {
    let env = Environment::default();
    let kind = |source: &str| {
        let template = env.parse(source).unwrap();
        (template.is_plain_text(), template.is_expression())
    };
    assert_eq!(kind("a {{ b }} ${c}"), (true, false));
    assert_eq!(kind("${{ b }}"), (false, true));
    assert_eq!(kind("a${{ b }}"), (false, false));
    assert_eq!(kind("{% raw %}${{ b }}{% endraw %}"), (true, false));
}

#[test]
fn changes_of_an_array_end_with_the_rendering() {
    let context = Context::new().with("list", Value::array([Value::from("a")]));
    for _ in 0..2 {
        let text = render("${{ list.push('b') }}${{ list }}", &context).unwrap();
        assert_eq!(text.as_str(), "2a,b");
    }
    assert_eq!(context.get("list").unwrap().as_array().unwrap().len(), 1);
}

#[test]
fn a_layer_hides_what_lies_below_and_changes_nothing_there() {
    let base = Context::new().with("a", "base a").with("b", "base b");
    let mut over = base.overlay();
    over.set("a", "over a");
    let source = "${{ a }}, ${{ b }}";
    assert_eq!(render(source, &over).unwrap().as_str(), "over a, base b");
    assert_eq!(render(source, &base).unwrap().as_str(), "base a, base b");
}

#[test]
fn a_function_of_the_context_tells_that_it_was_called() {
    let called = Arc::new(AtomicBool::new(false));
    let flag = called.clone();
    let context = Context::new().with_function("always", move |_| {
        flag.store(true, Ordering::Relaxed);
        Ok(Value::from(true))
    });
    render("${{ 'x' if false and always() else 'y' }}", &context).unwrap();
    assert!(!called.load(Ordering::Relaxed));
    assert_eq!(render("${{ always() }}", &context).unwrap().as_str(), "true");
    assert!(called.load(Ordering::Relaxed));
}

#[test]
fn registered_names_come_before_built_in_ones_and_after_the_context() {
    let env = Environment::builder(Syntax::backstage())
        .add_filter("upper", |_| Ok(Value::from("mine")))
        .add_global("name", "global")
        .add_function("range", |args| Ok(Value::from(f64::from(u8::try_from(args.len()).unwrap()))))
        .build();
    let template = env.parse("${{ 'x' | upper }} ${{ name }} ${{ range(1, 2) }}").unwrap();
    assert_eq!(template.render(&env, &Context::new()).unwrap().as_str(), "mine global 2");
    let context = Context::new().with("name", "context");
    assert_eq!(template.render(&env, &context).unwrap().as_str(), "mine context 2");
}

#[test]
fn a_failing_filter_says_its_name_its_reason_and_its_place() {
    let env = Environment::builder(Syntax::backstage())
        .add_filter("strict", |call| match call.arg(0) {
            Value::Undefined => Err("an argument is missing".to_owned()),
            other => Ok(other.clone()),
        })
        .build();
    let template = env.parse("first\nsecond ${{ name | strict }}").unwrap();
    let error = template.render(&env, &Context::new()).unwrap_err();
    let kind =
        ErrorKind::Function { name: "strict".to_owned(), message: Some("an argument is missing".to_owned()) };
    assert_eq!(error.kind(), &kind);
    assert_eq!((error.line(), error.column()), (2, 19));
    let said =
        "line 2, column 19: `strict` failed: an argument is missing (in `second ${{ name | strict }}`)";
    assert_eq!(error.to_string(), said);
}

#[test]
fn tags_of_other_engines_are_refused_by_name() {
    for tag in ["include", "import", "from", "extends", "super", "asyncEach", "asyncAll", "ifAsync"] {
        let error = render(&format!("{{% {tag} 'x' %}}"), &Context::new()).unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::UnsupportedTag { tag: tag.to_owned() });
    }
}

#[test]
fn calling_nothing_names_what_was_called() {
    let error = render("${{ values.nope() }}", &Context::new()).unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::UndefinedCall { name: "values.nope".to_owned() });
}

#[test]
fn messages_are_one_line_and_hold_no_control_characters() {
    let error = render("a\n${{ 1 | no\u{1b}such }}", &Context::new()).unwrap_err();
    assert!(!error.to_string().contains(|char: char| char.is_control()), "{error:?}");
}
