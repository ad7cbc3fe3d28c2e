//! Making a document hold other data, so that everything that stays the same keeps its place, form and comments.
//!
//! What comes out holds that data and nothing else. A value that changes keeps the comments around it; new
//! names come behind the others of their mapping.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::model::{Content, Document, Node, Pair};
use super::options::Style;
use super::scalar::is_word_of_schema;

/// Makes a document that holds `data` hold what was wanted.
pub(super) fn merge(document: &mut Document, data: &Value, wanted: &Value) {
    match &mut document.root {
        Some(root) => become_value(root, data, wanted),
        None => document.root = Some(new_node(wanted)),
    }
}

/// Makes a node that holds `old` hold `new`.
fn become_value(node: &mut Node, old: &Value, new: &Value) {
    if old == new {
        return;
    }
    match (&mut node.content, old, new) {
        (Content::Mapping { pairs, .. }, Value::Object(old), Value::Object(new)) => members(pairs, old, new),
        (Content::List { items, .. }, Value::Array(old), Value::Array(new)) => {
            for ((item, old), new) in items.iter_mut().zip(old).zip(new) {
                replace(item, old, new);
            }
            items.truncate(new.len());
            items.extend(new.iter().skip(items.len()).map(new_node));
        }
        _ => replace(node, old, new),
    }
}

/// The names that are there keep their places.
fn members(pairs: &mut Vec<Pair>, old: &Map<String, Value>, new: &Map<String, Value>) {
    let mut known = BTreeSet::new();
    for pair in pairs.iter_mut() {
        let name = match &pair.key.content {
            Content::Text(name, _) | Content::Literal(name) => name.clone(),
            _ => continue,
        };
        if let (Some(old), Some(new)) = (old.get(&name), new.get(&name)) {
            match &mut pair.value {
                Some(value) => become_value(value, old, new),
                None if old != new => pair.value = Some(new_node(new)),
                None => {}
            }
        }
        known.insert(name);
    }
    for (name, value) in new.iter().filter(|(name, _)| !known.contains(*name)) {
        pairs.push(Pair { key: text(name).into(), value: Some(new_node(value)) });
    }
}

/// Another value in the place of a node; its comments stay.
fn replace(node: &mut Node, old: &Value, new: &Value) {
    if old == new {
        return;
    }
    node.content = new_node(new).content;
    node.anchor = None;
    node.tag = None;
}

/// A node of new data. Texts that need quotes get single ones.
fn new_node(value: &Value) -> Node {
    match value {
        Value::String(value) => text(value).into(),
        Value::Array(items) => {
            Content::List { items: items.iter().map(new_node).collect(), flow: items.is_empty() }.into()
        }
        Value::Object(members) => {
            let pair = |(name, member): (&String, &Value)| Pair {
                key: text(name).into(),
                value: Some(new_node(member)),
            };
            Content::Mapping { pairs: members.iter().map(pair).collect(), flow: members.is_empty() }.into()
        }
        plain => Node::of(plain),
    }
}

fn text(value: &str) -> Content {
    let style = if value.contains('\n') {
        Some(Style::BlockLiteral)
    } else {
        (is_word_of_schema(value) || is_word_of_older_yaml(value)).then_some(Style::QuoteSingle)
    };
    Content::Text(value.to_owned(), style)
}

/// Whether readers of older YAML take a text for something else: a truth value, a date, a number.
fn is_word_of_older_yaml(text: &str) -> bool {
    const WORDS: [&str; 8] = ["y", "yes", "on", "n", "no", "off", "<<", "="];
    let date = text.len() >= 10
        && text.get(..10).is_some_and(|date| {
            date.bytes()
                .enumerate()
                .all(|(at, b)| if matches!(at, 4 | 7) { b == b'-' } else { b.is_ascii_digit() })
        });
    let number = text.trim_start_matches(['+', '-']).starts_with(|c: char| c.is_ascii_digit())
        && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'_' | b':' | b'+' | b'-'));
    let binary = text.strip_prefix("0b").is_some_and(|bits| bits.bytes().all(|b| matches!(b, b'0' | b'1')));
    let first = text.chars().next().is_some_and(char::is_lowercase);
    let same_case = first || text.chars().skip(1).all(char::is_lowercase) || text == text.to_uppercase();
    (same_case && WORDS.contains(&text.to_lowercase().as_str())) || date || number || binary
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::options::Options;
    use super::super::{compose, write};
    use super::*;
    use crate::action::roadie::merge::{Lists, merged};

    fn kept(text: &str, content: Value, lists: Lists) -> String {
        let mut document = compose::document(text, true).unwrap();
        let data: Value = serde_yaml::from_str(text).unwrap();
        let wanted = merged(data.clone(), content, lists).unwrap();
        merge(&mut document, &data, &wanted);
        write::document(&document, &Options::default().settings().unwrap()).unwrap()
    }

    #[test]
    fn a_changed_value_keeps_its_comments() {
        let text = "# image\nimage: # which\n  tag: '1' # the version\n  pull: always\nport: 80\n";

        let merged = kept(text, json!({ "image": { "tag": "2.0.1" }, "new": { "a": [1] } }), Lists::Replace);

        assert_eq!(
            merged,
            "# image\nimage:\n  # which\n  tag: 2.0.1 # the version\n  pull: always\nport: 80\nnew:\n  a:\n    - 1\n"
        );
    }

    #[test]
    fn lists_are_joined_or_replaced_item_by_item() {
        let text = "a:\n  - one # first\n  - two # second\n";

        assert_eq!(
            kept(text, json!({ "a": ["three"] }), Lists::Join),
            "a:\n  - one # first\n  - two # second\n  - three\n"
        );
        assert_eq!(kept(text, json!({ "a": ["three"] }), Lists::Replace), "a:\n  - three # first\n");
    }
}
