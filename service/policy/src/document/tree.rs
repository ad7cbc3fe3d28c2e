//! YAML and JSON, with the lines of all parts.
//!
//! A file that its name does not tell is what its documents say they are: `apiVersion` with `kind` makes a manifest,
//! a `Statement` an IAM document, `runs` an action. Everything else is left alone.

use std::collections::BTreeMap;

use catalog_gen::{Placed, parse_documents_placed};
use serde_json::Value;

use super::{Kind, Unreadable};
use crate::marks::{Lines, Marks};

type Read = Result<(Kind, Value, Marks), Unreadable>;

/// The documents of a text; `kind` where the name of the file tells.
pub(super) fn read(text: &str, kind: Option<Kind>) -> Vec<Read> {
    let lines = Lines::of(text);
    let mut found = Vec::new();
    for document in parse_documents_placed(text) {
        match document {
            Ok((document, placed)) => {
                let marks = marks(&document.value, &placed, document.line, &lines);
                taken_apart(document.value, marks, kind, &mut found);
            }
            Err(error) if kind.is_some() || looks_like_one_of_ours(text) => {
                found.push(Err(Unreadable { line: error.line, message: error.message }));
            }
            Err(_) => {}
        }
    }
    found
}

/// A `List` of Kubernetes is the things in it.
fn taken_apart(value: Value, marks: Marks, kind: Option<Kind>, found: &mut Vec<Read>) {
    let Some(kind) = kind_of(&value, kind) else { return };
    let is_list = kind == Kind::Manifest && value.get("kind").and_then(Value::as_str) == Some("List");
    match value.get("items").and_then(Value::as_array) {
        Some(items) if is_list => {
            for (at, item) in items.iter().enumerate() {
                let inner = marks.part(&[Value::from("items"), Value::from(at)]);
                if kind_of(item, None) == Some(Kind::Manifest) {
                    found.push(Ok((Kind::Manifest, item.clone(), inner.cloned().unwrap_or_default())));
                }
            }
        }
        _ => found.push(Ok((kind, value, marks))),
    }
}

fn kind_of(value: &Value, named: Option<Kind>) -> Option<Kind> {
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    let version = text("apiVersion").unwrap_or_default();
    if named.is_some() {
        return named;
    }
    if version.starts_with("backstage.io/") {
        return Some(Kind::Catalog);
    }
    if version.starts_with("score.dev/") {
        return Some(Kind::Score);
    }
    // Templates of the scaffolder are what `stagecraft lint` is for.
    if !version.is_empty() && !version.contains("backstage.io/") && text("kind").is_some() {
        return Some(Kind::Manifest);
    }
    if value.get("Statement").is_some_and(|statement| statement.is_array() || statement.is_object()) {
        return Some(Kind::Iam);
    }
    if value.get("runs").is_some_and(|runs| runs.get("using").is_some()) {
        return Some(Kind::Action);
    }
    None
}

/// Whether a text that cannot be read was meant as something that policies are about.
fn looks_like_one_of_ours(text: &str) -> bool {
    let has = |key: &str| text.lines().any(|line| line.trim_start_matches(['{', ' ', '"']).starts_with(key));
    has("apiVersion") && has("kind") || has("Statement")
}

fn marks(value: &Value, placed: &Placed, line: usize, lines: &Lines) -> Marks {
    match value {
        Value::Array(items) => {
            let part = |(at, item)| match placed.item(at) {
                Some(inner) => marks(item, inner, lines.at(inner.range().start), lines),
                None => Marks::leaf(line),
            };
            Marks::items(line, items.iter().enumerate().map(part).collect())
        }
        Value::Object(members) => {
            let part = |(at, (key, member)): (usize, (&String, &Value))| {
                let inner = match placed.member(at) {
                    Some((key, inner)) => marks(member, inner, lines.at(key.start), lines),
                    None => Marks::leaf(line),
                };
                (key.clone(), inner)
            };
            Marks::members(line, members.iter().enumerate().map(part).collect::<BTreeMap<_, _>>())
        }
        _ => Marks::leaf(line),
    }
}
