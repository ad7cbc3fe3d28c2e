//! The intended differences. Each is a row of the table in `docs/templates.md`, under the same id.

use super::compare::Difference;
use super::corpus::{Case, Options};
use super::original::Engine;
use std::sync::LazyLock;

/// An intended difference and how it is recognised.
pub(super) struct Row {
    /// As in the first column of the table.
    pub(super) id: &'static str,
    shows_in: fn(Engine, &Case, &Difference) -> bool,
}

/// The row of what does not come to an end.
pub(super) const ENDLESS: &str = "endless-work";

pub(super) const ROWS: &[Row] = &[
    Row {
        id: "regular-expressions",
        shows_in: |_, _, difference| {
            says(difference, &["look-around is not supported", "back-references are not supported"])
        },
    },
    Row {
        id: ENDLESS,
        shows_in: |_, _, difference| {
            let endless = difference.theirs.get("endless").is_some();
            endless || says(difference, &["the template uses more than"]) && !failed(difference)
        },
    },
    Row {
        id: "half-characters",
        shows_in: |_, case, difference| {
            // `dump` writes a half as an escape, which JSON escapes once more here. A regular expression finds
            // each half.
            let theirs = difference.theirs.to_string();
            let astral =
                case.template.contains("emoji") || case.template.chars().any(|char| char > '\u{ffff}');
            theirs.contains('\u{fffd}')
                || theirs.contains(r"\\ud")
                || (astral && case.template.contains("r/"))
        },
    },
    Row {
        id: "last-digits",
        shows_in: |_, case, difference| {
            let powers = case.template.contains("**") || case.template.contains("round");
            let ours = difference.text.as_ref().map(|text| rounded(text));
            let theirs = difference.theirs["text"].as_str().map(rounded);
            let changed = difference.text.as_deref().ok() != difference.theirs["text"].as_str();
            powers && changed && (ours.is_ok() && ours.ok() == theirs || has_inexact_power(&case.template))
        },
    },
    Row {
        id: "functions-as-text",
        shows_in: |engine, case, difference| {
            let theirs = difference.theirs.to_string();
            engine == Engine::Legacy
                && (case.template.contains("cycler(")
                    || says(difference, &["a function has no text", "a function is no value"])
                    || theirs.contains("[native code]")
                    || theirs.contains("function ("))
        },
    },
    Row {
        id: "javascript-objects",
        shows_in: |engine, case, difference| {
            engine == Engine::Legacy
                && !failed(difference)
                && (says(difference, &["is reserved", "is undefined and cannot be called"])
                    || ["constructor", "__proto__", "\"__pro\""]
                        .iter()
                        .any(|name| case.template.contains(name)))
        },
    },
    Row {
        id: "arrays-in-themselves",
        shows_in: |engine, _, difference| {
            engine == Engine::Legacy && says(difference, &["an array cannot be put into itself"])
        },
    },
    Row {
        id: "asynchronous-tags",
        shows_in: |engine, _, difference| {
            engine == Engine::Legacy
                && ["asyncEach", "asyncAll", "ifAsync"]
                    .iter()
                    .any(|tag| says(difference, &[&format!("the tag `{tag}`")]))
        },
    },
    Row {
        id: "accidents",
        shows_in: |engine, case, difference| {
            let theirs = difference.theirs["error"].as_str().unwrap_or_default();
            let broken = [
                "SyntaxError",
                "Cannot create property 'index' on",
                "unknown block",
                "ReferenceError: macro_t_",
            ];
            let slips = [
                "arguments in parentheses",
                "the parentheses are empty",
                "the brackets are empty",
                "cannot be named `loop`",
                "`)` is not expected here",
                "`]` is not expected here",
                "`}` is not expected here",
            ];
            engine == Engine::Legacy
                && (broken.iter().any(|text| theirs.contains(text))
                    || says(difference, &slips)
                    || difference.our_errors().any(misses_escaped_filter)
                    || (case.template.contains(")(") && says(difference, &["`(` is not expected here"]))
                    || (case.template.contains(").") && says(difference, &["`.` is not expected here"]))
                    || (case.options == Options::Cookiecutter
                        && difference
                            .text
                            .as_ref()
                            .is_err_and(|error| error.contains("`:` is not expected here")))
                    || ["raw", "verbatim"].iter().any(|tag| is_open(&case.template, tag)))
        },
    },
];

/// Whether something is rounded to more places than a power of ten can be exact for, or a fraction is raised to a
/// power of two digits: what is made of that may differ in more than digits.
fn has_inexact_power(template: &str) -> bool {
    static FINE: LazyLock<regex::Regex> = LazyLock::new(|| {
        regex::Regex::new(r"round\(\s*(2[3-9]|[3-9]\d)\b|\d\.\d+\)*\s*\*\*\s*-?\d{2}").unwrap()
    });
    FINE.is_match(template)
}

/// Whether the filter that we miss is written with a backslash, which the original takes for an escape.
fn misses_escaped_filter(error: &str) -> bool {
    let name = error.split_once("there is no filter `").and_then(|(_, rest)| rest.split_once('`'));
    name.is_some_and(|(name, _)| name.contains('\\'))
}

/// The text with every long number cut to twelve digits.
fn rounded(text: &str) -> String {
    static NUMBER: LazyLock<regex::Regex> =
        LazyLock::new(|| regex::Regex::new(r"\d+(\.\d+)?(e[+-]\d+)?").unwrap());
    let cut = |found: &regex::Captures<'_>| {
        let number: f64 = found.get(0).map_or("", |number| number.as_str()).parse().unwrap();
        format!("{number:.11e}")
    };
    NUMBER.replace_all(text, cut).into_owned()
}

/// Whether tags of this name do not close each other.
fn is_open(template: &str, tag: &str) -> bool {
    template.matches(tag).count() != 2 * template.matches(&format!("end{tag}")).count()
}

/// Whether one of our errors says one of these.
fn says(difference: &Difference, texts: &[&str]) -> bool {
    difference.our_errors().any(|error| texts.iter().any(|text| error.contains(text)))
}

/// Whether the original failed too.
fn failed(difference: &Difference) -> bool {
    difference.theirs.get("error").is_some()
}

/// The row that explains a difference.
pub(super) fn row_of(engine: Engine, case: &Case, difference: &Difference) -> Option<&'static Row> {
    ROWS.iter().find(|row| (row.shows_in)(engine, case, difference))
}
