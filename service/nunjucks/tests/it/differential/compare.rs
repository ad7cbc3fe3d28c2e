//! Ours and theirs, side by side.

use super::corpus::{Case, Options, context};
use super::original::Engine;
use nunjucks::{Context, Dialect, Environment, ErrorKind, Syntax, Value};
use serde_json::{Value as Json, json};
use std::fmt;
use std::sync::LazyLock;

/// What differs.
#[derive(Clone, Debug)]
pub(super) struct Difference {
    /// What we make of the template as a file.
    pub(super) text: Result<String, String>,
    /// What we make of it as a step value; nothing for undefined.
    pub(super) value: Result<Option<Json>, String>,
    /// What the original said.
    pub(super) theirs: Json,
}

impl Difference {
    /// The messages of our errors.
    pub(super) fn our_errors(&self) -> impl Iterator<Item = &str> {
        [self.text.as_ref().err(), self.value.as_ref().err()].into_iter().flatten().map(String::as_str)
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.text, &self.value) {
            (Err(text), Err(_)) => writeln!(f, "  ours:   {{\"error\":{text:?}}}")?,
            (text, value) => {
                let value = value.as_ref().map(|value| value.as_ref().map(Json::to_string));
                writeln!(f, "  ours:   text {text:?}, value {value:?}")?;
            }
        }
        write!(f, "  theirs: {}", self.theirs)
    }
}

fn environment(options: Options, dialect: Dialect) -> Environment {
    let syntax = if options == Options::Cookiecutter { Syntax::cookiecutter() } else { Syntax::backstage() };
    let trim = options == Options::Trimmed;
    Environment::builder(syntax).dialect(dialect).trim_blocks(trim).lstrip_blocks(trim).build()
}

/// The value as the originals' process writes it.
fn recorded(value: &Value) -> Option<Json> {
    match value.as_f64() {
        Some(number) if number.is_nan() => Some(json!({"number": "NaN"})),
        Some(number) if number.is_infinite() => {
            let sign = if number < 0.0 { "-" } else { "" };
            Some(json!({ "number": format!("{sign}Infinity") }))
        }
        _ => value.to_json(),
    }
}

/// JSON writes 1 and 1.0 alike, and -0 as 0; its reader may miss a number by one bit (the text,
/// which is compared too, is exact).
pub(crate) fn same(left: &Json, right: &Json) -> bool {
    match (left, right) {
        (Json::Number(left), Json::Number(right)) => {
            let (left, right) = (left.as_f64().unwrap(), right.as_f64().unwrap());
            left == right || (left - right).abs() <= left.abs() * f64::EPSILON
        }
        (Json::Array(left), Json::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        (Json::Object(left), Json::Object(right)) => {
            left.len() == right.len()
                && left.iter().zip(right).all(|((a, left), (b, right))| a == b && same(left, right))
        }
        _ => left == right,
    }
}

/// Whether our budget runs out on a case.
pub(super) fn is_endless(engine: Engine, case: &Case) -> bool {
    let (env, context) = parts(engine, case);
    let outcome = env.parse(&case.template).and_then(|template| template.render(env, context));
    matches!(outcome, Err(error) if matches!(error.kind(), ErrorKind::Budget { .. }))
}

/// The difference between what we make of a case and what the original answered, if there is any.
pub(super) fn compare(engine: Engine, case: &Case, theirs: &Json) -> Option<Difference> {
    let (env, context) = parts(engine, case);
    let parsed = env.parse(&case.template);
    let text = parsed.clone().and_then(|template| template.render(env, context));
    let value = parsed.and_then(|template| template.evaluate(env, context));
    let text = text.map(nunjucks::Text::into_string).map_err(|error| error.to_string());
    let value = value.map(|value| recorded(&value)).map_err(|error| error.to_string());
    let same = if engine == Engine::Legacy {
        same_text(&text, theirs) && (case.options != Options::Plain || same_value(&value, theirs))
    } else if theirs.get("error").is_some() {
        // The current engine is asked for both at once, so an error of either is an error of both.
        text.is_err() || value.is_err()
    } else {
        same_text(&text, theirs) && same_value(&value, theirs)
    };
    (!same).then(|| Difference { text, value, theirs: theirs.clone() })
}

/// What renders a case.
fn parts(engine: Engine, case: &Case) -> (&'static Environment, &'static Context) {
    static CONTEXT: LazyLock<Context> = LazyLock::new(|| Context::from_json(&context()));
    static ENVIRONMENTS: LazyLock<Vec<(Options, Dialect, Environment)>> = LazyLock::new(|| {
        let options = [Options::Plain, Options::Trimmed, Options::Cookiecutter];
        let dialects = [Dialect::Current, Dialect::Legacy];
        let pairs = options.into_iter().flat_map(|options| dialects.map(|dialect| (options, dialect)));
        pairs.map(|(options, dialect)| (options, dialect, environment(options, dialect))).collect()
    });
    let wanted = if engine == Engine::Legacy { Dialect::Legacy } else { Dialect::Current };
    let (.., env) = ENVIRONMENTS
        .iter()
        .find(|(options, dialect, _)| (*options, *dialect) == (case.options, wanted))
        .unwrap();
    (env, &CONTEXT)
}

fn same_text(text: &Result<String, String>, theirs: &Json) -> bool {
    match text {
        Ok(text) => theirs.get("text").is_some_and(|wanted| wanted == text),
        Err(_) => theirs.get("error").is_some(),
    }
}

/// In step values of the former scaffolder a failed expression keeps its raw text.
fn same_value(value: &Result<Option<Json>, String>, theirs: &Json) -> bool {
    let raw = theirs.get("raw").is_some();
    match value {
        Err(_) => raw,
        Ok(Some(value)) => !raw && theirs.get("value").is_some_and(|wanted| same(value, wanted)),
        Ok(None) => !raw && theirs.get("value").is_none(),
    }
}
