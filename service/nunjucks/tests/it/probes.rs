//! What a running Backstage answered, case by case.

use crate::differential::compare::same;
use nunjucks::{Context, Environment, ErrorKind, Syntax, Value};
use serde_json::{Value as Json, json};
use std::fmt::Write;

fn read(text: &str) -> Json {
    serde_json::from_str(text).unwrap()
}

fn environment(options: &Json) -> Environment {
    let on = |name: &str| options[name].as_bool().unwrap_or(false);
    let syntax = if on("cookiecutterCompat") { Syntax::cookiecutter() } else { Syntax::backstage() };
    Environment::builder(syntax).trim_blocks(on("trimBlocks")).lstrip_blocks(on("lstripBlocks")).build()
}

/// Filters and functions that Backstage registers; the probes that use them test those and not
/// the language.
const FROM_BACKSTAGE: [&str; 4] = ["parseRepoUrl", "projectSlug", "parseEntityRef", "pick"];

fn probes() -> Json {
    read(include_str!("../data/probes.json"))
}

#[test]
fn step_values_have_the_answers_of_a_running_backstage() {
    let probes = probes();
    let env = Environment::default();
    let context = Context::new().with("parameters", Value::from(&probes["values"]));
    let mut report = String::new();
    let mut count = 0;
    for probe in probes["expressions"].as_array().unwrap() {
        let expression = probe["expression"].as_str().unwrap();
        if FROM_BACKSTAGE.iter().any(|name| expression.contains(name)) {
            continue;
        }
        count += 1;
        let run = |template: String| env.parse(&template)?.evaluate(&env, &context);
        let whole = run(format!("${{{{ {expression} }}}}"));
        let mixed = run(format!("[${{{{ {expression} }}}}]"));
        let fine = match (&whole, &mixed) {
            (Err(_), Err(_)) => probe.get("error").is_some(),
            (Ok(whole), Ok(mixed)) => {
                let same_whole = match (whole.to_json(), probe.get("whole")) {
                    (Some(whole), Some(wanted)) => same(&whole, wanted),
                    (whole, wanted) => whole.is_none() && wanted.is_none(),
                };
                probe.get("error").is_none() && same_whole && probe["mixed"].as_str() == mixed.as_str()
            }
            _ => false,
        };
        if !fine {
            writeln!(report, "{expression}: {whole:?} and {mixed:?}; wanted {probe}").unwrap();
        }
    }
    assert!(count > 190, "the probes have shrunk to {count}");
    assert!(report.is_empty(), "{report}");
}

#[test]
fn files_have_the_answers_of_a_running_backstage() {
    let probes = probes();
    let mut report = String::new();
    for probe in probes["files"].as_array().unwrap() {
        let (env, name) = match probe["bucket"].as_str().unwrap() {
            "fileCookiecutter" => (environment(&json!({"cookiecutterCompat": true})), "cookiecutter"),
            "fileTrimBlocks" => (environment(&json!({"trimBlocks": true, "lstripBlocks": true})), "values"),
            _ => (Environment::default(), "values"),
        };
        let context = Context::new().with(name, Value::from(&probes["values"]));
        let source = probe["source"].as_str().unwrap();
        let result = env.parse(source).and_then(|template| template.render(&env, &context));
        let fine = match &result {
            Ok(text) => probe["text"] == text.as_str(),
            Err(error) => probe["error"].as_str().is_some_and(|wanted| same_place(wanted, error)),
        };
        if !fine {
            writeln!(report, "{source:?}: {result:?}; wanted {probe}").unwrap();
        }
    }
    assert!(report.is_empty(), "{report}");
}

/// The recorded message names line and column; ours must be the same.
fn same_place(wanted: &str, error: &nunjucks::Error) -> bool {
    wanted.contains(&format!("line {}, column {}:", error.line(), error.column()))
}

#[test]
fn an_unknown_filter_names_the_nearest_one() {
    let env = Environment::builder(Syntax::backstage())
        .add_filter("slugify", |call| Ok(call.input.clone()))
        .build();
    let fault = |source: &str| {
        let error = env.parse(source).unwrap().render(&env, &Context::new()).unwrap_err();
        error.kind().clone()
    };
    let unknown = |name: &str, nearest: Option<&str>| ErrorKind::UnknownFilter {
        name: name.to_owned(),
        nearest: nearest.map(str::to_owned),
    };
    assert_eq!(fault("${{ 1 | uper }}"), unknown("uper", Some("upper")));
    assert_eq!(fault("${{ 1 | slugfy }}"), unknown("slugfy", Some("slugify")));
    assert_eq!(fault("${{ 1 | zzzzzzz }}"), unknown("zzzzzzz", None));
}
