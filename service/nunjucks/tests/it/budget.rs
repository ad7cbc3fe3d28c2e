//! No template uses more than its budget: not of time, not of memory, not of stack.

use crate::render;
use nunjucks::{Budget, Context, Environment, ErrorKind, Limit, Syntax, Value};
use std::thread;

/// The stack that a worker thread has.
const STACK: usize = 2 * 1024 * 1024;

fn limit_hit(source: &str) -> Limit {
    let source = source.to_owned();
    let worker = thread::Builder::new().stack_size(STACK).spawn(move || {
        let context = Context::new().with("s", "x".repeat(1000)).with("n", 5);
        render(&source, &context).map(|text| text.as_str().len())
    });
    let error = worker.unwrap().join().unwrap().unwrap_err();
    match error.kind() {
        ErrorKind::Budget { limit, .. } => *limit,
        other => panic!("{other:?} is no fault of the budget"),
    }
}

fn repeated(piece: &str, count: usize) -> String {
    piece.repeat(count)
}

#[test]
fn loops_without_end_use_up_their_work() {
    assert_eq!(limit_hit("{% for i in range(10000000000) %}x{% endfor %}"), Limit::Entries);
    assert_eq!(limit_hit("${{ range(1, 2, 0.000000001) | length }}"), Limit::Entries);
    assert_eq!(
        limit_hit("{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}"),
        Limit::WorkUnits
    );
    assert_eq!(
        limit_hit("{% set a = [1] %}{% for x in a %}{% set q = a.push(1) %}{% endfor %}"),
        Limit::WorkUnits
    );
    assert_eq!(limit_hit("{% for x in {length: 1 / 0} %}{% endfor %}"), Limit::WorkUnits);
    assert_eq!(limit_hit("${{ {length: 1000000000} | sort | length }}"), Limit::Entries);
}

#[test]
fn text_that_grows_without_end_is_stopped_before_it_is_built() {
    let double = "{% set t = s %}{% for i in range(60) %}{% set t = t ~ t %}{% endfor %}";
    assert_eq!(limit_hit(double), Limit::TextBytes);
    let add = "{% set t = s %}{% for i in range(60) %}{% set t = t + t %}{% endfor %}";
    assert_eq!(limit_hit(add), Limit::TextBytes);
    let hoard = "{% set l = [] %}{% set t = s | center(9999999) %}{% for i in range(999) %}{% set q = l.push(t ~ i) %}{% endfor %}";
    assert_eq!(limit_hit(hoard), Limit::TextBytes);
    let replace = "{% set t = s %}{% for i in range(60) %}{% set t = t | replace('x', t) %}{% endfor %}";
    assert_eq!(limit_hit(replace), Limit::ScratchBytes);
    let regex =
        "{% set t = s %}{% for i in range(60) %}{% set t = t | replace(r/x/g, '$&$&$&') %}{% endfor %}";
    assert_eq!(limit_hit(regex), Limit::ScratchBytes);
    let join = "{% set l = [s] %}{% for i in range(60) %}{% set l = [l, l] %}{% endfor %}${{ l | join }}";
    assert!(matches!(limit_hit(join), Limit::WorkUnits | Limit::ScratchBytes | Limit::TextBytes));
    let dump = "{% set l = [s] %}{% for i in range(60) %}{% set l = [l, l] %}{% endfor %}${{ l | dump }}";
    assert!(matches!(limit_hit(dump), Limit::WorkUnits | Limit::ScratchBytes | Limit::TextBytes));
    let block = "{% set t = s %}{% for i in range(60) %}{% set t %}${{ t }}${{ t }}{% endset %}{% endfor %}";
    assert!(matches!(limit_hit(block), Limit::OutputBytes | Limit::ScratchBytes));
    assert_eq!(limit_hit("{% for i in range(99999) %}${{ s }}{% endfor %}"), Limit::OutputBytes);
}

#[test]
fn looking_through_large_texts_again_and_again_is_stopped() {
    for expression in [
        "t[9999990]",
        "t.length",
        "t | length",
        "t == u",
        "'zz' in t",
        "r/zz/.test(t)",
        "t.indexOf('z')",
        "t * 1",
    ] {
        let source = format!(
            "{{% set t = 'é' | center(9999999) %}}{{% set u = 'é' | center(9999999) %}}\
             {{% for i in range(99999) %}}${{{{ {expression} }}}}{{% endfor %}}"
        );
        assert_eq!(limit_hit(&source), Limit::TextBytes, "{expression}");
    }
}

#[test]
fn deep_syntax_is_an_error_and_no_overflow() {
    let deep = 10_000;
    let nested = |open: &str, inner: &str, close: &str| {
        format!("${{{{ {}{inner}{} }}}}", repeated(open, deep), repeated(close, deep))
    };
    assert_eq!(limit_hit(&nested("(", "1", ")")), Limit::Depth);
    assert_eq!(limit_hit(&nested("[", "1", "]")), Limit::Depth);
    assert_eq!(limit_hit(&nested("{a: ", "1", " }")), Limit::Depth);
    assert_eq!(limit_hit(&nested("a[", "1", "]")), Limit::Depth);
    assert_eq!(limit_hit(&nested("f(", "1", ")")), Limit::Depth);
    assert_eq!(limit_hit(&nested("not ", "1", "")), Limit::Depth);
    assert_eq!(limit_hit(&nested("- + ", "1", "")), Limit::Depth);
    assert_eq!(limit_hit(&nested("1 + (", "1", ")")), Limit::Depth);
    assert_eq!(limit_hit(&nested("1 or 1 and (", "1", ")")), Limit::Depth);
    assert_eq!(limit_hit(&nested("1", " + 1", "+ 1")), Limit::Depth);
    assert_eq!(limit_hit(&nested("n", "", ".a").replacen("nn", "n", deep)), Limit::Depth);
    assert_eq!(limit_hit(&nested("", "s", " | upper")), Limit::Depth);
    for tag in ["if n", "for i in [1]", "filter upper", "set x", "call m()", "macro m()"] {
        let name = tag.split_whitespace().next().unwrap();
        let source = format!(
            "{}{}",
            repeated(&format!("{{% {tag} %}}"), deep),
            repeated(&format!("{{% end{name} %}}"), deep)
        );
        assert_eq!(limit_hit(&source), Limit::Depth, "{tag}");
    }
}

#[test]
fn macros_that_call_themselves_are_stopped() {
    assert_eq!(limit_hit("{% macro m() %}${{ m() }}{% endmacro %}${{ m() }}"), Limit::Depth);
    assert_eq!(limit_hit("{% macro m(a=m()) %}x{% endmacro %}${{ m() }}"), Limit::Depth);
    let call = "{% macro m() %}{% call m() %}${{ caller() }}{% endcall %}{% endmacro %}${{ m() }}";
    assert_eq!(limit_hit(call), Limit::Depth);
    let inner = "{% macro m() %}{% for i in [1] %}{% if n %}${{ [[1 + (m() | upper)]] }}{% endif %}{% endfor %}{% endmacro %}${{ m() }}";
    assert_eq!(limit_hit(inner), Limit::Depth);
}

#[test]
fn syntax_as_deep_as_allowed_is_rendered_on_a_small_stack() {
    let worker = thread::Builder::new().stack_size(STACK).spawn(|| {
        let parens = format!("${{{{ {}1{} }}}}", "(".repeat(500), ")".repeat(500));
        assert_eq!(render(&parens, &Context::new()).unwrap().as_str(), "1");
        let sums = format!("${{{{ 0{} }}}}", " + 1".repeat(500));
        assert_eq!(render(&sums, &Context::new()).unwrap().as_str(), "500");
        let filters = format!("${{{{ 1{} }}}}", " | string".repeat(500));
        assert_eq!(render(&filters, &Context::new()).unwrap().as_str(), "1");
        for (open, close) in [
            ("{% if 1 %}", "{% endif %}"),
            ("{% for i in [1] %}", "{% endfor %}"),
            ("{% filter upper %}", "{% endfilter %}"),
            ("{% switch 1 %}{% case 1 %}", "{% endswitch %}"),
        ] {
            let source = format!("{}1{}", open.repeat(160), close.repeat(160));
            assert_eq!(render(&source, &Context::new()).unwrap().as_str(), "1", "{open}");
        }
    });
    worker.unwrap().join().unwrap();
}

#[test]
fn deep_values_are_dropped_without_recursion() {
    let worker = thread::Builder::new().stack_size(STACK).spawn(|| {
        let deep = "{% set a = [] %}{% for i in range(90000) %}{% set a = [a] %}{% endfor %}";
        assert_eq!(render(deep, &Context::new()).unwrap().as_str(), "");
        let objects = "{% set a = 1 %}{% for i in range(90000) %}{% set a = {a: a} %}{% endfor %}";
        assert_eq!(render(objects, &Context::new()).unwrap().as_str(), "");
        render(&format!("{deep}${{{{ a }}}}"), &Context::new()).unwrap_err()
    });
    let error = worker.unwrap().join().unwrap();
    assert!(matches!(error.kind(), ErrorKind::Budget { limit: Limit::ValueDepth, .. }), "{error}");
}

#[test]
fn every_allowance_of_the_budget_is_kept() {
    let limits = [
        (Limit::SourceBytes, Budget { source_bytes: 5, ..Budget::default() }),
        (Limit::SyntaxNodes, Budget { syntax_nodes: 2, ..Budget::default() }),
        (Limit::WorkUnits, Budget { work_units: 3, ..Budget::default() }),
        (Limit::Depth, Budget { depth: 1, ..Budget::default() }),
        (Limit::OutputBytes, Budget { output_bytes: 2, ..Budget::default() }),
        (Limit::ScratchBytes, Budget { scratch_bytes: 2, ..Budget::default() }),
        (Limit::TextBytes, Budget { text_bytes: 2, ..Budget::default() }),
        (Limit::FunctionCalls, Budget { function_calls: 0, ..Budget::default() }),
    ];
    for (wanted, budget) in limits {
        let env = Environment::builder(Syntax::backstage())
            .budget(budget)
            .add_function("f", |_| Ok(Value::from("abc")))
            .build();
        let source = "${{ f() ~ (1 + 2) }}";
        let result = env.parse(source).and_then(|template| template.render(&env, &Context::new()));
        let error = result.unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::Budget { limit, .. } if *limit == wanted),
            "{wanted:?}: {error}"
        );
    }
}

#[test]
fn patterns_that_explode_elsewhere_take_linear_time_here() {
    let context = Context::new().with("s", "a".repeat(50_000));
    let text = render("${{ r/^(a+)+$/.test(s ~ '!') }}", &context).unwrap();
    assert_eq!(text.as_str(), "false");
}

#[test]
fn patterns_too_large_to_compile_are_refused() {
    let error = render("${{ r/((a{1000}){1000}){1000}/.test('a') }}", &Context::new()).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Syntax { .. }), "{error}");
}
