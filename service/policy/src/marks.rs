//! The lines that the parts of a document were written on.
//!
//! Policies name a part by its path; people look for a line. The invariant: every path has a line, that of the
//! deepest part of it that is known.

use std::collections::BTreeMap;

use serde_json::Value;

/// Where a value and its parts begin.
#[derive(Debug, Clone, Default)]
pub(crate) struct Marks {
    /// The line, from 1.
    pub line: usize,
    inside: Inside,
}

/// The parts of a value: a list has items, a mapping has members, everything else has neither.
#[derive(Debug, Clone, Default)]
struct Inside {
    items: Vec<Marks>,
    members: BTreeMap<String, Marks>,
}

impl Marks {
    /// A value without parts.
    pub(crate) fn leaf(line: usize) -> Self {
        Self { line, inside: Inside::default() }
    }

    /// A list.
    pub(crate) fn items(line: usize, items: Vec<Self>) -> Self {
        Self { line, inside: Inside { items, ..Inside::default() } }
    }

    /// A mapping.
    pub(crate) fn members(line: usize, members: BTreeMap<String, Self>) -> Self {
        Self { line, inside: Inside { members, ..Inside::default() } }
    }

    /// The member of a mapping, to be filled.
    pub(crate) fn member_mut(&mut self, key: &str, line: usize) -> &mut Self {
        self.inside.members.entry(key.to_owned()).or_insert_with(|| Self::leaf(line))
    }

    /// Adds an item to a list.
    pub(crate) fn push(&mut self, item: Self) {
        self.inside.items.push(item);
    }

    /// The line of the part at a path of keys and positions, or of the nearest part around it.
    pub(crate) fn line_at(&self, path: &[Value]) -> usize {
        let mut here = self;
        for step in path {
            match here.step(step) {
                Some(next) => here = next,
                None => break,
            }
        }
        here.line
    }

    /// The part at a path.
    pub(crate) fn part(&self, path: &[Value]) -> Option<&Self> {
        path.iter().try_fold(self, |here, step| here.step(step))
    }

    fn step(&self, step: &Value) -> Option<&Self> {
        match step {
            Value::Number(at) => self.inside.items.get(usize::try_from(at.as_u64()?).ok()?),
            Value::String(key) => self.inside.members.get(key),
            _ => None,
        }
    }
}

/// The lines of a text, by bytes.
pub(crate) struct Lines {
    starts: Vec<usize>,
}

impl Lines {
    /// Of a text.
    pub(crate) fn of(text: &str) -> Self {
        Self { starts: std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect() }
    }

    /// The line of a byte, from 1.
    pub(crate) fn at(&self, byte: usize) -> usize {
        self.starts.partition_point(|start| *start <= byte).max(1)
    }
}
