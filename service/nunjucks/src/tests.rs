//! The corpus of `tests/corpus/names.txt` uses every name that the engine knows.

use crate::filters::Builtin;
use crate::inspect::GLOBALS;
use crate::methods;
use crate::parser::statement::TAGS;
use crate::tests_builtin;
use std::collections::BTreeMap;

/// The operators and literals, as the lexer and the parser of expressions know them.
const OPERATORS: [&str; 37] = [
    "+", "-", "*", "/", "//", "%", "**", "~", "==", "!=", "===", "!==", "<", "<=", ">", ">=", "and", "or",
    "not", "in", "not in", "is", "is not", "if", "|", ".", "[]", "[:]", "()", "[,]", "{:}", "r/", "true",
    "false", "null", "none", "loop",
];
/// Tags inside of other tags, and what a template can hold besides.
const INNER: [&str; 7] = ["elif", "elseif", "else", "case", "default", "comment", "removed"];

/// Section, name and class, with the uses.
fn uses() -> BTreeMap<(String, String), BTreeMap<&'static str, Vec<&'static str>>> {
    let mut found: BTreeMap<_, BTreeMap<_, Vec<_>>> = BTreeMap::new();
    let (mut section, mut name) = ("", "");
    for line in include_str!("../tests/corpus/names.txt").lines() {
        if let Some(title) = line.strip_prefix("== ") {
            section = title;
        } else if let Some(uses) = line.strip_prefix("  ") {
            let (class, uses) = uses.split_once(' ').unwrap();
            let known: &mut BTreeMap<_, Vec<_>> =
                found.entry((section.to_owned(), name.to_owned())).or_default();
            known.entry(class).or_default().extend(uses.split(" ‖ ").map(str::trim));
        } else {
            name = line;
        }
    }
    found
}

/// Whether a use is one of this name.
fn is_of(section: &str, name: &str, text: &str) -> bool {
    let any = |forms: &[String]| forms.iter().any(|form| text.contains(form.as_str()));
    match section.rsplit_once("filter").map_or(section, |_| "filter") {
        "filter" => any(&[format!("| {name}"), format!("|{name}")]),
        "test" => any(&[format!("is {name}"), format!("is not {name}")]) || name == "null",
        section if section.contains("method") => text.contains(&format!(".{name}")),
        "statement" => any(&[format!("{{% {name}"), format!("{{%- {name}")]) || !TAGS.contains(&name),
        _ => name.chars().all(|char| text.contains(char)),
    }
}

#[test]
fn the_corpus_uses_every_name_typically_at_its_edges_and_wrongly() {
    let uses = uses();
    let mut missing = Vec::new();
    let mut check = |section: &str, name: &str| {
        let known = uses.get(&(section.to_owned(), name.to_owned()));
        for class in ["typical", "edge", "wrong"] {
            let cases = known.and_then(|known| known.get(class)).map(Vec::as_slice).unwrap_or_default();
            let fits = cases.iter().filter(|text| class == "wrong" || is_of(section, name, text)).count();
            if fits == 0 {
                missing.push(format!("{section} `{name}`: {class}"));
            }
        }
    };
    for name in Builtin::names(true) {
        check(if name == "jsonify" { "cookiecutter filter" } else { "filter" }, name);
    }
    tests_builtin::names().for_each(|name| check("test", name));
    GLOBALS.iter().for_each(|name| check("global", name));
    let sections: [(&str, &[&str]); 7] = [
        ("method string", &methods::STRING),
        ("method number", &methods::NUMBER),
        ("method array", &methods::ARRAY),
        ("method legacy", &methods::legacy::STRING),
        ("method legacy", &methods::legacy::SCALAR),
        ("cookiecutter method array", &methods::JINJA_ARRAY),
        ("cookiecutter method object", &methods::JINJA_OBJECT),
    ];
    sections.iter().for_each(|(section, names)| names.iter().for_each(|name| check(section, name)));
    check("method regex", "test");
    TAGS.iter().chain(&INNER).for_each(|name| check("statement", name));
    for name in OPERATORS {
        let section = match name {
            "true" | "false" | "null" | "none" => "literal",
            "loop" => "statement",
            _ => "operator",
        };
        check(section, name);
    }
    ["True", "False", "None"].iter().for_each(|name| check("cookiecutter literal", name));
    assert!(missing.is_empty(), "`tests/corpus/names.txt` lacks uses: {missing:#?}");
}
