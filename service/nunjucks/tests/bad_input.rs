//! Templates that nobody should write: each is a clear error in no time, and in little memory.
//!
//! One test in a process of its own, because the memory of a process is measured as a whole.

use nunjucks::{Context, Dialect, Environment, Error, Syntax};
use std::time::{Duration, Instant};

/// How long one template may take; a build without optimisation, on a busy machine, is given more.
const PATIENCE: Duration = Duration::from_secs(if cfg!(debug_assertions) { 10 } else { 2 });
/// The most memory that the whole process may have held.
const MOST_MEGABYTES: u64 = 256;
const DEEP: usize = 2000;
const LARGE: usize = 10 * 1024 * 1024;

fn expression(open: &str, inner: &str, close: &str) -> String {
    format!("${{{{ {}{inner}{} }}}}", open.repeat(DEEP), close.repeat(DEEP))
}

fn statement(tag: &str, end: &str) -> String {
    format!("{}x{}", format!("{{% {tag} %}}").repeat(DEEP), format!("{{% {end} %}}").repeat(DEEP))
}

/// Bad templates, and what the error must say.
fn bad() -> Vec<(String, &'static str)> {
    let deep = [
        expression("(", "1", ")"),
        expression("[", "1", "]"),
        expression("{a: ", "1", " }"),
        expression("a[", "1", "]"),
        expression("f(", "1", ")"),
        expression("not ", "1", ""),
        expression("- + ", "1", ""),
        expression("1 if (", "1", ")"),
        expression("", "s", " | upper"),
        expression("", "s", ".a"),
        expression("", "1", " + 1"),
        statement("if t", "endif"),
        statement("for i in [1]", "endfor"),
        statement("filter upper", "endfilter"),
        statement("set x", "endset"),
        statement("macro m()", "endmacro"),
        statement("call m()", "endcall"),
        statement("switch 1 %}{% case 1", "endswitch"),
        "{% macro m() %}${{ m() }}{% endmacro %}${{ m() }}".to_owned(),
    ];
    let large = [
        "x".repeat(LARGE),
        format!("${{{{ '{}' }}}}", "x".repeat(LARGE)),
        format!("{{# {} #}}", "x".repeat(LARGE)),
        "${{".repeat(LARGE / 3),
        "{% if t %}".repeat(LARGE / 10),
        format!("${{{{ {} }}}}", "(".repeat(LARGE)),
    ];
    let patterns = [r"(?=a)", r"(a)\1", r"((a{1000}){1000}){1000}", r"(", r"[a", r"\"];
    let mut bad: Vec<(String, &str)> = Vec::new();
    bad.extend(deep.map(|source| (source, "levels of nesting")));
    bad.extend(large.map(|source| (source, "bytes of source")));
    bad.extend(patterns.map(|pattern| (format!("${{{{ r/{pattern}/.test(s) }}}}"), "regular expression")));
    bad.push(("{% for i in range(10000000000) %}x{% endfor %}".to_owned(), "items in one array"));
    bad.push(("${{ 'x' | center(99999999999) }}".to_owned(), "too many spaces"));
    bad
}

/// Patterns that take an engine with backtracking for ever, with a text that does not match.
const EXPLODING: [&str; 6] =
    [r"^(a+)+$", r"^(a|a)*$", r"^(a|aa)+$", r"^(.*a){12}$", r"^(\w+\s?)*$", r"(x+x+)+y"];

fn timed<T>(what: &str, run: impl FnOnce() -> T) -> T {
    let started = Instant::now();
    let result = run();
    let took = started.elapsed();
    let shown: String = what.chars().take(60).collect();
    assert!(took < PATIENCE, "{shown} … took {took:?}");
    result
}

fn render(env: &Environment, source: &str, context: &Context) -> Result<usize, Error> {
    Ok(env.parse(source)?.render(env, context)?.as_str().len())
}

/// The most memory that this process has held so far, where the system tells it.
fn megabytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().split(' ').next()?.parse().ok()?;
    Some(kilobytes / 1024)
}

#[test]
fn bad_templates_are_clear_errors_in_no_time_and_little_memory() {
    for dialect in [Dialect::Current, Dialect::Legacy] {
        let env = Environment::builder(Syntax::backstage()).dialect(dialect).build();
        let context = Context::new().with("s", "a".repeat(100)).with("t", true);
        for (source, wanted) in bad() {
            let error = timed(&source, || render(&env, &source, &context)).unwrap_err().to_string();
            assert!(error.contains(wanted), "{wanted}: {error}");
            assert!(error.chars().count() < 500, "the message is too long: {error}");
        }
        let context = Context::new().with("s", format!("{}!", "a".repeat(20_000)));
        for pattern in EXPLODING {
            let source = format!("${{{{ r/{pattern}/.test(s) }}}}");
            let length = timed(&source, || render(&env, &source, &context)).unwrap();
            assert_eq!(length, "false".len(), "{pattern}");
        }
        let context = Context::new().with("s", "é <b>x</b>".repeat(LARGE / 11));
        for filter in
            ["upper", "replace('x', 'yy')", "striptags", "list | length", "urlencode", "dump", "reverse"]
        {
            let source = format!("${{{{ s | {filter} }}}}");
            // A large value is worked on or refused; either way it is soon over.
            let _outcome = timed(&source, || render(&env, &source, &context));
        }
    }
    if let Some(held) = megabytes() {
        assert!(held < MOST_MEGABYTES, "{held} megabytes were held");
    }
}
