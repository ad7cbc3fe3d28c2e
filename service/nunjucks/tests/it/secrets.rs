//! What comes from a secret stays marked, and is never shown in a message.

use crate::render;
use nunjucks::{Context, Environment, MASK, Syntax, Text, Value};
use serde_json::json;

const SECRET: &str = "hunter2 Pa55w.rd/x?<&>";

fn context() -> Context {
    let inner = Value::object([
        ("token", Value::from(Text::secret(SECRET))),
        ("port", Value::from("8080").mark_secret()),
    ]);
    let list = Value::array([Value::from("a"), Value::from(Text::secret(SECRET))]);
    let object = Value::object([("k", Value::from(Text::secret(SECRET)))]);
    let records =
        Value::array([Value::object([("g", Value::from(Text::secret(SECRET))), ("id", Value::from(1))])]);
    Context::new()
        .with("secrets", inner)
        .with("s", Text::secret(SECRET))
        .with("plain", "open")
        .with("list", list)
        .with("object", object)
        .with("records", records)
}

fn is_secret(source: &str) -> bool {
    let text = render(source, &context()).unwrap_or_else(|error| panic!("{source}: {error}"));
    assert!(!text.is_empty(), "{source} renders to nothing");
    text.is_secret()
}

#[test]
fn text_derived_from_a_secret_is_marked() {
    // One expression a line; each makes something of the secret.
    let expressions = include_str!("../data/derived.txt").lines();
    let open: Vec<&str> = expressions
        .into_iter()
        .filter(|expression| !is_secret(&format!("${{{{ {expression} }}}}")))
        .collect();
    assert!(open.is_empty(), "not marked: {open:#?}");
}

#[test]
fn statements_carry_the_mark() {
    let sources = [
        "{% set x = s %}${{ x }}",
        "{% set x %}a${{ s }}b{% endset %}${{ x }}",
        "{% filter upper %}${{ s }}{% endfilter %}",
        "{% macro m(a) %}<${{ a }}>{% endmacro %}${{ m(s) }}",
        "{% macro m(a) %}<${{ a }}>{% endmacro %}${{ m(s) | length }}",
        "{% macro m() %}[${{ caller() }}]{% endmacro %}{% call m() %}${{ s }}{% endcall %}",
        "{% for c in s %}${{ c }}{% endfor %}",
        "{% for i, c in s %}${{ c }}{% endfor %}",
        "{% for k, v in object %}${{ v }}{% endfor %}",
        "{% for c in s %}${{ loop.length }}{% endfor %}",
        "{% for k, v in records | groupby('g') %}${{ k }}{% endfor %}",
        "{% block b %}${{ s }}{% endblock %}",
        "text before ${{ s }} text after",
    ];
    let open: Vec<&str> = sources.into_iter().filter(|source| !is_secret(source)).collect();
    assert!(open.is_empty(), "not marked: {open:#?}");
}

#[test]
fn what_has_nothing_of_a_secret_is_not_marked() {
    let sources = [
        "${{ plain }}",
        "${{ list[0] }}",
        "${{ list | first }}",
        "${{ list | length }}",
        "${{ plain ~ 1 }}",
        "{% set x = s %}${{ plain }}",
        "${{ s is defined }}",
        "${{ s is string }}",
        "{% if s %}yes{% endif %}",
        "${{ 'a' if s else 'b' }}",
        "${{ records[0].id }}",
        "{% set x %}${{ s }}{% endset %}x",
        "${{ plain | default(s) }}",
    ];
    let marked: Vec<&str> = sources.into_iter().filter(|source| is_secret(source)).collect();
    assert!(marked.is_empty(), "marked: {marked:#?}");
}

#[test]
fn errors_never_show_a_secret() {
    let env = Environment::builder(Syntax::backstage())
        .add_filter("leak", |call| Err(format!("cannot read {:?}", call.input.as_str())))
        .add_function("spill", |args| Err(format!("{:?}", args[0].to_json())))
        .build();
    let sources = [
        "${{ s | leak }}",
        "${{ list | leak }}",
        "${{ spill(object) }}",
        "${{ 'x' | leak(s) }}",
        "${{ s() }}",
        "${{ object[s]() }}",
        "${{ [1] | select(s) }}",
        "${{ s | abs | leak }}",
        "${{ list | sum | leak }}",
        "${{ s | dictsort }}",
        "${{ object | dictsort(false, s) }}",
        "${{ 1 in (s | int) }}",
        "${{ (secrets.port | int).toFixed(secrets.port) }}",
        "${{ records | groupby(s) | leak }}",
    ];
    for source in sources {
        let error = env.parse(source).unwrap().render(&env, &context()).unwrap_err();
        for shown in [error.to_string(), format!("{error:?}")] {
            assert!(!shown.contains("hunter") && !shown.contains("8080"), "{source}: {shown}");
        }
    }
}

#[test]
fn a_function_that_is_given_a_secret_gives_a_secret() {
    let env = Environment::builder(Syntax::backstage())
        .add_filter("wrap", |call| Ok(Value::array([call.input.clone(), Value::from(1), Value::from(true)])))
        .add_function("fixed", |_| Ok(Value::from("fixed")))
        .build();
    let evaluate = |source: &str| env.parse(source).unwrap().evaluate(&env, &context()).unwrap();
    assert_eq!(evaluate("${{ s | wrap }}").to_masked_json(), Some(json!([MASK, MASK, MASK])));
    assert_eq!(evaluate("${{ plain | wrap }}").to_masked_json(), Some(json!(["open", 1, true])));
    assert!(evaluate("${{ fixed(list) }}").contains_secret());
    assert!(!evaluate("${{ fixed(plain) }}").contains_secret());
}

#[test]
fn the_masked_form_hides_every_secret_and_nothing_else() {
    let env = Environment::default();
    let template =
        env.parse("${{ {a: s, b: plain, c: [secrets.port | int, 1], d: s == 'x', e: {f: s} } }}").unwrap();
    let value = template.evaluate(&env, &context()).unwrap();
    let masked = json!({"a": MASK, "b": "open", "c": [MASK, 1], "d": MASK, "e": {"f": MASK}});
    assert_eq!(value.to_masked_json(), Some(masked));
    let open = json!({"a": SECRET, "b": "open", "c": [8080, 1], "d": false, "e": {"f": SECRET}});
    assert_eq!(value.to_json(), Some(open));
    assert!(!format!("{value:?}").contains("hunter"));
}

#[test]
fn groups_named_by_secrets_are_masked_and_all_kept() {
    let records = ["one", "two"].map(|name| Value::object([("g", Value::from(Text::secret(name)))]));
    let context = Context::new().with("records", Value::array(records));
    let env = Environment::default();
    let value = env.parse("${{ records | groupby('g') }}").unwrap().evaluate(&env, &context).unwrap();
    let masked = value.to_masked_json().unwrap();
    assert_eq!(masked, json!({"***": [{"g": MASK}], "*** (2)": [{"g": MASK}]}));
}
