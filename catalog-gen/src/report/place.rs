//! A file that findings point into, and the places of an entity's fields in it.
//!
//! It turns bytes into lines and columns, and a field's path into bytes. The invariant: a place lies in its text and on
//! the borders of characters, on one line.

use std::ops::Range;

use serde_json::Value;

use super::{Finding, Position, one_line, rule};
use crate::Placed;

/// The most characters of a line that a finding keeps.
const SHOWN_CHARS: usize = 400;

/// A file with its text.
#[derive(Debug)]
pub(crate) struct Source {
    /// Its name in findings.
    pub(crate) name: String,
    /// What stands in it.
    pub(crate) text: String,
    starts: Vec<usize>,
}

impl Source {
    pub(crate) fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { name: name.into(), text, starts }
    }

    /// A finding of a rule at a place.
    pub(crate) fn finding(
        &self,
        id: &'static str,
        range: Range<usize>,
        message: impl Into<String>,
        mend: impl Into<String>,
    ) -> Finding {
        let (start, end, line) = self.place(range);
        let rule = rule(id);
        Finding {
            rule,
            level: rule.level,
            file: self.name.clone(),
            start,
            end,
            line,
            entity: None,
            field: String::new(),
            message: one_line(&message.into()),
            mend: one_line(&mend.into()),
            note: None,
        }
    }

    /// The byte at which a line begins; lines count from 1.
    pub(crate) fn line_start(&self, line: usize) -> usize {
        self.starts.get(line.saturating_sub(1)).copied().unwrap_or(self.text.len())
    }

    /// The bytes of one character at a line and column, both from 1.
    pub(crate) fn at(&self, line: usize, column: usize) -> Range<usize> {
        let start = self.line_start(line);
        let rest = self.text.get(start..).unwrap_or_default();
        let ended = rest.find('\n').and_then(|end| rest.get(..end)).unwrap_or(rest);
        let at = ended.char_indices().nth(column.saturating_sub(1)).map_or(ended.len(), |(at, _)| at);
        start + at..start + at
    }

    /// Where a byte stands.
    pub(crate) fn position(&self, at: usize) -> Position {
        let line = self.starts.partition_point(|start| *start <= at).saturating_sub(1);
        let start = self.starts.get(line).copied().unwrap_or(0);
        let before = self.text.get(start..at).unwrap_or_default();
        Position { line: line + 1, column: before.chars().count() + 1 }
    }

    /// The part of a range that is on its first line, and that line.
    fn place(&self, range: Range<usize>) -> (Position, Position, String) {
        let border = |mut at: usize| {
            at = at.min(self.text.len());
            while !self.text.is_char_boundary(at) {
                at -= 1;
            }
            at
        };
        let start = border(range.start);
        let part = self.text.get(start..border(range.end.max(start))).unwrap_or_default();
        let first = part.lines().next().unwrap_or_default().trim_end();
        let position = self.position(start);
        let end = Position { column: position.column + first.chars().count(), ..position };
        let rest = self.text.get(self.line_start(position.line)..).unwrap_or_default();
        let line = rest.lines().next().unwrap_or_default();
        (position, end, line.chars().take(SHOWN_CHARS).collect())
    }
}

/// Where a field stands.
#[derive(Debug, Clone)]
pub(crate) struct Spot {
    /// Its key, where it has one.
    pub(crate) key: Option<Range<usize>>,
    /// Its value.
    pub(crate) value: Range<usize>,
    /// Is the field there at all? Otherwise this is what it would stand in.
    pub(crate) whole: bool,
    flat: bool,
}

impl Spot {
    /// What to point to for what is wrong with the value: the value itself, or the key of what has several lines.
    pub(crate) fn value_or_key(&self) -> Range<usize> {
        match &self.key {
            Some(key) if !self.whole || !self.flat || self.value.is_empty() => key.clone(),
            _ => self.value.clone(),
        }
    }

    /// What to point to for what is wrong with the key.
    pub(crate) fn key_or_value(&self) -> Range<usize> {
        self.key.clone().unwrap_or_else(|| self.value.clone())
    }
}

/// Finds a field by its path, as far as it is there.
pub(crate) fn locate(value: &Value, placed: &Placed, path: &str) -> Spot {
    let mut spot = spot(None, value, placed);
    let (mut value, mut placed, mut rest) = (value, placed.clone(), path);
    while !rest.is_empty() {
        let Some((key, inner, inner_placed, after)) = step(value, &placed, rest, rest.len() == path.len())
        else {
            spot.whole = false;
            break;
        };
        spot = Spot { key: key.or(spot.key), ..self::spot(None, inner, &inner_placed) };
        (value, placed, rest) = (inner, inner_placed, after);
    }
    spot
}

fn spot(key: Option<Range<usize>>, value: &Value, placed: &Placed) -> Spot {
    Spot { key, value: placed.range(), whole: true, flat: !(value.is_object() || value.is_array()) }
}

type Step<'v, 'p> = (Option<Range<usize>>, &'v Value, Placed, &'p str);

/// One step of a path: into a member or an item.
fn step<'v, 'p>(value: &'v Value, placed: &Placed, path: &'p str, first: bool) -> Option<Step<'v, 'p>> {
    match value {
        Value::Object(fields) => {
            let found = fields
                .iter()
                .enumerate()
                .filter_map(|(index, (key, inner))| Some((after_key(path, key, first)?, index, inner)));
            let (rest, index, inner) = found.min_by_key(|(rest, ..)| rest.len())?;
            let (key, inner_placed) = placed.member(index)?;
            Some((Some(key), inner, inner_placed.clone(), rest))
        }
        Value::Array(items) => {
            if let Some((index, rest)) = path.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
                let index: usize = index.parse().ok()?;
                return Some((None, items.get(index)?, placed.item(index)?.clone(), rest));
            }
            // Search looks through lists: an item is named as if it were a key.
            let text = path.strip_prefix('.')?;
            let index = items.iter().position(|item| item.as_str() == Some(text))?;
            Some((None, items.get(index)?, placed.item(index)?.clone(), ""))
        }
        _ => None,
    }
}

/// What is left of a path behind a key.
fn after_key<'p>(path: &'p str, key: &str, first: bool) -> Option<&'p str> {
    let bare = if first { Some(path) } else { path.strip_prefix('.') };
    let rest = match bare.and_then(|path| path.strip_prefix(key)) {
        Some(rest) => rest,
        None => path
            .strip_prefix("[\"")?
            .strip_prefix(key.escape_debug().to_string().as_str())?
            .strip_prefix("\"]")?,
    };
    (rest.is_empty() || rest.starts_with(['.', '['])).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse_documents_placed;

    #[track_caller]
    fn found(text: &str, path: &str) -> String {
        let (document, placed) = parse_documents_placed(text).remove(0).unwrap();
        let spot = locate(&document.value, &placed, path);
        text[spot.value_or_key()].to_owned()
    }

    #[test]
    fn fields_are_found_by_their_path() {
        let text = "metadata:\n  annotations:\n    a.b/c: x\n    \"q\\\"r\": y\n  tags: [k, l]\nspec:\n  a: {b: 1}\n";

        assert_eq!(found(text, "metadata.annotations[\"a.b/c\"]"), "x");
        assert_eq!(found(text, "metadata.annotations[\"q\\\"r\"]"), "y");
        assert_eq!(found(text, "metadata.tags[1]"), "l");
        assert_eq!(found(text, "metadata.tags.l"), "l");
        assert_eq!(found(text, "metadata.annotations.a.b/c"), "x");
        assert_eq!(found(text, "spec"), "spec");
        assert_eq!(found(text, "spec.a.b"), "1");
    }

    #[test]
    fn what_is_not_there_is_shown_where_it_would_be() {
        assert_eq!(found("metadata:\n  name: a\nspec:\n  type: b\n", "spec.owner"), "spec");
        assert_eq!(found("a: {b: []}\n", "a.b[3]"), "b");
        assert_eq!(found("a:\nb: 1\n", "a"), "a");
    }

    #[test]
    fn a_place_ends_with_its_line() {
        let source = Source::new("x", "ä: |\n  bö\n  c\n");
        let finding = source.finding("yaml.syntax", 3..12, "", "");

        assert_eq!(finding.start, Position { line: 1, column: 3 });
        assert_eq!(finding.end, Position { line: 1, column: 5 });
        assert_eq!(finding.line, "ä: |");
    }
}
