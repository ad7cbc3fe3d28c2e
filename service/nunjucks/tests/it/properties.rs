//! Laws that hold for any input.

use crate::render;
use nunjucks::{Context, Environment, Syntax, Text, Value};
use proptest::prelude::*;

/// Steps that make something printable of something printable; `@` is what came before.
const STEPS: [&str; 40] = [
    "('' ~ (@)) | upper",
    "@ | string",
    "@ ~ ''",
    "'' + @",
    "@ | dump",
    "[@] | join('-')",
    "[@, 1]",
    "{a: @}.a",
    "{a: @} | dump",
    "(@) | string | reverse",
    "(@) | string | list",
    "('' ~ (@))[0]",
    "('' ~ (@))[0:4]",
    "('' ~ (@)).slice(0, 5)",
    "('' ~ (@)).split('a')",
    "('' ~ (@)).replace('e', 'E')",
    "('' ~ (@)) | replace('e', 'E')",
    "('' ~ (@)) | length",
    "(@) == 'x'",
    "not ('' ~ (@))",
    "'x' in ('' ~ (@))",
    "(@) if true",
    "(@) or (@)",
    "(@) and (@)",
    "[@] | first",
    "[[@]] | sort | last",
    "[@].concat([2])",
    "[@].join()",
    "(@) | default('x')",
    "missing | default(@)",
    "(@) | escape",
    "('' ~ (@)) | indent(2)",
    "('' ~ (@)) | truncate(3)",
    "('' ~ (@)) | urlencode",
    "m(@)",
    "[@] | batch(1)",
    "[@] | slice(1)",
    "('' ~ (@)) | center(9)",
    "(@) | safe",
    "[@].reverse()",
];

fn chain() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(STEPS.as_slice()), 1..5).prop_map(|steps| {
        steps.into_iter().fold("s".to_owned(), |inner, step| step.replace('@', &format!("({inner})")))
    })
}

/// Sources made of the pieces of the language, so that the parser gets somewhere.
fn pieces() -> impl Strategy<Value = String> {
    let words = [
        "${{", "{{", "}}", "{%", "%}", "{#", "#}", "-", " ", "\n", "if", "else", "endif", "for", "in",
        "endfor", "set", "endset", "macro", "endmacro", "call", "endcall", "filter", "switch", "case", "raw",
        "endraw", "x", "s", "(", ")", "[", "]", "{", "}", "|", ".", ",", ":", "=", "==", "+", "*", "//",
        "**", "~", "'", "\"", "1", "0.5", "not", "is", "odd", "upper", "r/a/g", "é", "😀", "loop", "and",
        "or", "range(3)", "join", "\\",
    ];
    prop::collection::vec(prop::sample::select(words.to_vec()), 0..40).prop_map(|words| words.concat())
}

/// Sources whose expressions are well formed.
fn expressions() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "1", "2.5", "'a'", "s", "list", "object", "missing", "true", "null", "-3", "'12'", "[]", "{}",
    ]);
    leaf.prop_map(str::to_owned).prop_recursive(5, 40, 2, |inner| {
        let operators =
            vec!["+", "-", "*", "/", "//", "%", "**", "~", "==", "===", "<", ">=", "and", "or", "in"];
        let filters = vec![
            "length",
            "string",
            "dump",
            "first",
            "list",
            "sort",
            "reverse",
            "int",
            "sum",
            "join",
            "title",
            "batch(2)",
            "replace('a', 1)",
        ];
        let methods = vec![
            "slice(1)",
            "concat(2)",
            "indexOf('a')",
            "toFixed(1)",
            "split('')",
            "flat()",
            "push(1)",
            "splice(0, 1)",
        ];
        prop_oneof![
            (inner.clone(), prop::sample::select(operators), inner.clone())
                .prop_map(|(l, op, r)| format!("({l} {op} {r})")),
            (inner.clone(), prop::sample::select(filters)).prop_map(|(l, f)| format!("({l} | {f})")),
            (inner.clone(), prop::sample::select(methods)).prop_map(|(l, m)| format!("({l}).{m}")),
            (inner.clone(), inner.clone()).prop_map(|(l, r)| format!("({l})[{r}]")),
            (inner.clone(), inner.clone()).prop_map(|(l, r)| format!("({l})[{r}:]")),
            (inner.clone(), inner).prop_map(|(l, r)| format!("[{l}, {r}]")),
        ]
    })
}

fn context() -> Context {
    Context::new()
        .with("s", "a😀é text")
        .with("list", Value::array([Value::from("b"), Value::from(1), Value::Null]))
        .with("object", Value::object([("k", Value::from("v")), ("length", Value::from(2))]))
}

proptest! {
    #[test]
    fn text_without_marks_renders_to_itself(text in "[^{#}]{0,200}") {
        let rendered = render(&text, &Context::new()).unwrap();
        prop_assert_eq!(rendered.as_str(), text);
    }

    #[test]
    fn raw_text_renders_to_itself(text in "[^%]{0,100}") {
        let source = format!("{{% raw %}}{text}{{% endraw %}}");
        let rendered = render(&source, &Context::new()).unwrap();
        prop_assert_eq!(rendered.as_str(), text);
    }

    #[test]
    fn no_string_makes_the_parser_panic(source in ".{0,200}") {
        let _outcome = render(&source, &context());
    }

    #[test]
    fn no_pieces_of_the_language_make_the_engine_panic(source in pieces(), trim in any::<bool>(), jinja in any::<bool>()) {
        let syntax = if jinja { Syntax::cookiecutter() } else { Syntax::backstage() };
        let env = Environment::builder(syntax).trim_blocks(trim).lstrip_blocks(trim).build();
        let _outcome = env.parse(&source).and_then(|template| template.render(&env, &context()));
    }

    #[test]
    fn well_formed_expressions_are_read_and_never_panic(expression in expressions()) {
        let env = Environment::default();
        let template = env.parse(&format!("${{{{ {expression} }}}}")).unwrap();
        let _outcome = template.evaluate(&env, &context());
    }

    #[test]
    fn what_is_made_of_a_secret_is_marked(expression in chain()) {
        let context = Context::new().with("s", Text::secret("Secret text, with a comma"));
        let source = format!("{{% macro m(a) %}}${{{{ a }}}}{{% endmacro %}}${{{{ {expression} }}}}");
        if let Ok(text) = render(&source, &context) {
            prop_assert!(text.is_empty() || text.is_secret(), "{} gives {}", expression, text.as_str());
        }
    }

    #[test]
    fn a_string_and_its_secret_twin_render_alike(expression in chain(), chars in ".{0,20}") {
        let source = format!("{{% macro m(a) %}}${{{{ a }}}}{{% endmacro %}}${{{{ {expression} }}}}");
        let shown = |s: Value| render(&source, &Context::new().with("s", s)).map(Text::into_string);
        prop_assert_eq!(shown(Value::from(chars.clone())), shown(Value::from(Text::secret(chars))));
    }
}
