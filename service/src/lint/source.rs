//! A file that findings point into, and places in it.
//!
//! The text is kept as it is on the disk; lines and columns are worked out when somebody asks. The invariant:
//! a place lies in its text and on the borders of characters.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

/// A file with its text.
#[derive(Debug)]
pub struct Source {
    /// As the command line names it; what people see.
    pub name: String,
    /// Where it is on the disk.
    pub path: PathBuf,
    /// What stands in it.
    pub text: String,
    lines: OnceLock<Vec<usize>>,
}

impl Source {
    /// A file that was read.
    pub fn new(name: impl Into<String>, path: impl Into<PathBuf>, text: impl Into<String>) -> Arc<Self> {
        Arc::new(Self { name: name.into(), path: path.into(), text: text.into(), lines: OnceLock::new() })
    }

    /// The byte at which each line begins.
    fn lines(&self) -> &[usize] {
        self.lines.get_or_init(|| {
            std::iter::once(0).chain(self.text.match_indices('\n').map(|(at, _)| at + 1)).collect()
        })
    }

    /// The line of a byte, from 0.
    fn line_at(&self, at: usize) -> usize {
        self.lines().partition_point(|start| *start <= at).saturating_sub(1)
    }

    /// A line's text without its end; lines count from 1.
    pub fn line(&self, number: usize) -> &str {
        let start = number.checked_sub(1).and_then(|index| self.lines().get(index)).copied();
        let rest = start.and_then(|start| self.text.get(start..)).unwrap_or_default();
        rest.lines().next().unwrap_or_default()
    }

    /// The byte range of a line with its end; lines count from 1.
    pub fn line_range(&self, number: usize) -> Range<usize> {
        let start = self.lines().get(number.saturating_sub(1)).copied().unwrap_or(self.text.len());
        start..self.lines().get(number).copied().unwrap_or(self.text.len())
    }

    /// Whether two are one file.
    pub fn same(&self, other: &Self) -> bool {
        self.name == other.name
    }

    /// How many lines there are.
    pub fn line_count(&self) -> usize {
        self.lines().len()
    }
}

/// A part of a file.
#[derive(Clone, Debug)]
pub struct Place {
    /// The file.
    pub source: Arc<Source>,
    /// Bytes of its text.
    pub range: Range<usize>,
}

/// A line and a column, both from 1; the column in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl Place {
    /// A part of a file, made to fit its text.
    pub fn new(source: &Arc<Source>, range: Range<usize>) -> Self {
        let border = |mut at: usize| {
            at = at.min(source.text.len());
            while !source.text.is_char_boundary(at) {
                at -= 1;
            }
            at
        };
        let start = border(range.start);
        Self { source: Arc::clone(source), range: start..border(range.end.max(start)) }
    }

    /// Where it begins.
    pub fn start(&self) -> Position {
        self.position(self.range.start)
    }

    /// Where it ends: the column after its last character, without the line breaks at its end.
    pub fn end(&self) -> Position {
        let text = self.source.text.get(self.range.clone()).unwrap_or_default();
        self.position(self.range.start + text.trim_end().len())
    }

    /// Where it ends, line breaks at its end included.
    pub fn exact_end(&self) -> Position {
        self.position(self.range.end)
    }

    /// Its text.
    pub fn text(&self) -> &str {
        self.source.text.get(self.range.clone()).unwrap_or_default()
    }

    fn position(&self, at: usize) -> Position {
        let line = self.source.line_at(at);
        let start = self.source.lines().get(line).copied().unwrap_or(0);
        let before = self.source.text.get(start..at).unwrap_or_default();
        Position { line: line + 1, column: before.chars().count() + 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters_from_one() {
        let source = Source::new("a", "a", "äö\nb c\n");
        let place = Place::new(&source, 7..8);

        assert_eq!(place.text(), "c");
        assert_eq!(place.start(), Position { line: 2, column: 3 });
        assert_eq!(place.end(), Position { line: 2, column: 4 });
        assert_eq!(source.line(1), "äö");
        assert_eq!(source.line(9), "");
    }

    #[test]
    fn a_place_is_made_to_fit() {
        let source = Source::new("a", "a", "ä");

        assert_eq!(Place::new(&source, 1..99).range, 0..2);
    }
}
