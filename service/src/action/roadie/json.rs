//! JSON as JavaScript reads and writes it.
//!
//! Names that are whole numbers come first, in their order; numbers are doubles; `replacer` and `space` are those
//! of `JSON.stringify`. The invariant: what is written here reads back to the same value there.

use nunjucks::js::number_text;
use serde_json::{Map, Number, Value};

use crate::action::ActionError;

/// The widest indentation that is written.
const WIDEST: usize = 10;

/// Reads a JSON text; `what` names it in the message.
pub(super) fn parse(what: &str, text: &str) -> Result<Value, ActionError> {
    match serde_json::from_str(text) {
        Ok(value) => Ok(ordered(value)),
        // The parser's words tell a place, never the text.
        Err(error) => Err(ActionError::Input(format!("{what} is not JSON: {error}; correct it"))),
    }
}

/// The value as JavaScript would hold it: names in its order, numbers as doubles.
pub(super) fn ordered(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let (mut indexed, mut named) = (Vec::new(), Vec::new());
            for (name, member) in members {
                match index(&name) {
                    Some(at) => indexed.push((at, name, ordered(member))),
                    None => named.push((name, ordered(member))),
                }
            }
            indexed.sort_by_key(|(at, _, _)| *at);
            let indexed = indexed.into_iter().map(|(_, name, member)| (name, member));
            Value::Object(indexed.chain(named).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(ordered).collect()),
        Value::Number(number) => Value::Number(double(number)),
        other => other,
    }
}

/// The position in a list that a name stands for.
pub(super) fn index(name: &str) -> Option<u32> {
    let at: u32 = name.parse().ok().filter(|at| *at != u32::MAX)?;
    (at.to_string() == name).then_some(at)
}

fn double(number: Number) -> Number {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let Some(value) = number.as_f64() else { return number };
    if value.fract() == 0.0 && value.abs() < EXACT {
        #[expect(clippy::cast_possible_truncation, reason = "whole and within the exact range of doubles")]
        return Number::from(value as i64);
    }
    Number::from_f64(value).unwrap_or(number)
}

/// A number as JSON has it.
pub(super) fn number(number: &Number) -> String {
    number.as_f64().map_or_else(|| number.to_string(), number_text)
}

/// `JSON.stringify(value, replacer, space)`. A list of names keeps these members alone, in its order.
pub(super) fn write(value: &Value, replacer: Option<&[String]>, space: &str) -> String {
    let space: String = space.chars().take(WIDEST).collect();
    let mut out = String::new();
    Writer { replacer, space: &space }.value(value, "", &mut out);
    out
}

/// So many spaces to indent with.
pub(super) fn spaces(count: usize) -> String {
    " ".repeat(count.min(WIDEST))
}

struct Writer<'a> {
    replacer: Option<&'a [String]>,
    space: &'a str,
}

impl Writer<'_> {
    fn value(&self, value: &Value, indent: &str, out: &mut String) {
        match value {
            Value::Number(given) => out.push_str(&number(given)),
            Value::Array(items) => {
                let inner = format!("{indent}{}", self.space);
                self.all(('[', ']', indent), items.iter(), out, |item, out| self.value(item, &inner, out));
            }
            Value::Object(members) => {
                let inner = format!("{indent}{}", self.space);
                let colon = if self.space.is_empty() { ":" } else { ": " };
                self.all(('{', '}', indent), self.members(members), out, |(name, member), out| {
                    out.push_str(&Value::from(name).to_string());
                    out.push_str(colon);
                    self.value(member, &inner, out);
                });
            }
            plain => out.push_str(&plain.to_string()),
        }
    }

    fn members<'v>(&self, members: &'v Map<String, Value>) -> std::vec::IntoIter<(&'v str, &'v Value)> {
        let all: Vec<(&str, &Value)> = match self.replacer {
            None => members.iter().map(|(name, member)| (name.as_str(), member)).collect(),
            Some(names) => {
                let mut kept: Vec<(&str, &Value)> = Vec::new();
                for found in names.iter().filter_map(|name| members.get_key_value(name)) {
                    if !kept.iter().any(|(known, _)| *known == found.0) {
                        kept.push((found.0, found.1));
                    }
                }
                kept
            }
        };
        all.into_iter()
    }

    fn all<T>(
        &self,
        (open, close, indent): (char, char, &str),
        items: impl ExactSizeIterator<Item = T>,
        out: &mut String,
        mut one: impl FnMut(T, &mut String),
    ) {
        let empty = items.len() == 0;
        out.push(open);
        for (at, item) in items.enumerate() {
            if at > 0 {
                out.push(',');
            }
            if !self.space.is_empty() {
                out.push_str(&format!("\n{indent}{}", self.space));
            }
            one(item, out);
        }
        if !empty && !self.space.is_empty() {
            out.push_str(&format!("\n{indent}"));
        }
        out.push(close);
    }
}

/// How many characters a text is indented by from line to line, as most of its lines have it; 0 when none is.
pub(super) fn indentation(text: &str) -> usize {
    match steps(text, true) {
        0 => steps(text, false),
        found => found,
    }
}

/// Single spaces are often not indentation; they count when there is nothing else.
fn steps(text: &str, pass_over_single: bool) -> usize {
    // Kind and width of a step: how often it occurs, and how many lines stay at it.
    let mut seen: Vec<((char, usize), usize, usize)> = Vec::new();
    let (mut before, mut kind_before, mut step) = (0, None, None);
    for line in text.split('\n').filter(|line| !line.is_empty()) {
        let first = line.chars().next().filter(|c| matches!(c, ' ' | '\t'));
        let Some(kind) = first else {
            (before, kind_before) = (0, None);
            continue;
        };
        let width = line.chars().take_while(|c| *c == kind).count();
        if pass_over_single && kind == ' ' && width == 1 {
            continue;
        }
        if kind_before != Some(kind) {
            before = 0;
        }
        kind_before = Some(kind);
        let stays = width == before;
        if !stays {
            step = Some((kind, width.abs_diff(before)));
        }
        before = width;
        let Some(step) = step else { continue };
        match seen.iter_mut().find(|(known, _, _)| *known == step) {
            Some((_, times, lines)) => {
                *times += 1;
                *lines += usize::from(stays);
            }
            None => seen.push((step, 1, 0)),
        }
    }
    let mut most = (0, 0, 0);
    for ((_, width), times, lines) in seen {
        if (times, lines) > (most.0, most.1) {
            most = (times, lines, width);
        }
    }
    most.2
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_that_are_numbers_come_first() {
        let value = ordered(json!({ "b": 1, "10": 2, "2": { "x": 1.0, "0": 0 }, "01": 3, "-1": 4 }));

        assert_eq!(write(&value, None, ""), r#"{"2":{"0":0,"x":1},"10":2,"b":1,"01":3,"-1":4}"#);
    }

    #[test]
    fn numbers_are_doubles() {
        let value = parse("it", "[1.0, 1e21, 12345678901234567890, 0.1, -0.0, 1e-7]").unwrap();

        assert_eq!(write(&value, None, ""), "[1,1e+21,12345678901234567000,0.1,0,1e-7]");
    }

    #[test]
    fn space_indents_and_the_replacer_chooses() {
        let value = json!({ "a": [], "b": { "a": 1, "c": [1, {}] } });
        let names = ["b".to_owned(), "a".to_owned(), "b".to_owned()];

        assert_eq!(
            write(&value, None, "  "),
            "{\n  \"a\": [],\n  \"b\": {\n    \"a\": 1,\n    \"c\": [\n      1,\n      {}\n    ]\n  }\n}"
        );
        assert_eq!(write(&value, Some(&names), ""), r#"{"b":{"a":1},"a":[]}"#);
        assert_eq!(write(&json!([1]), None, "0123456789abc"), "[\n01234567891\n]");
    }

    #[test]
    fn the_most_used_indentation_is_found() {
        assert_eq!(indentation("{\n    \"a\": {\n        \"b\": 1\n    }\n}"), 4);
        assert_eq!(indentation("{\n\t\"a\": 1\n}"), 1);
        assert_eq!(indentation("{\n \"a\": 1\n}"), 1);
        assert_eq!(indentation("{\"a\":1}"), 0);
    }
}
