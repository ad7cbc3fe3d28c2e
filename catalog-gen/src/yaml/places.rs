//! Where in a text the parts of a document stand.
//!
//! A second reader goes over the text and keeps, in place of values, the bytes that each key and value was
//! written with. What the values are is said by the first reader alone; the two are held together by their
//! order. A document that the second reader takes otherwise has no places. The invariant: every range lies in
//! the text and on the borders of characters.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use saphyr_parser::{Event, Parser, ScalarStyle, Span};

/// The deepest nesting that is followed; the first reader refuses less.
const MAX_DEPTH: usize = 1_000;

/// How a value was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writing {
    /// A list or mapping.
    Collection,
    /// Text without quotes; also what stands for no value at all.
    Plain,
    /// Between `'`.
    Single,
    /// Between `"`, with escapes.
    Double,
    /// The lines after `|` or `>`.
    Block,
    /// `*name`, or something else that stands for what is written elsewhere.
    Alias,
}

/// A value's place, with the places of all that is in it.
#[derive(Debug, Clone)]
pub struct Placed {
    start: u32,
    end: u32,
    writing: Writing,
    inside: Inside,
}

#[derive(Debug, Clone)]
enum Inside {
    Nothing,
    Items(Arc<Vec<Placed>>),
    Members(Arc<Vec<(Range<u32>, Placed)>>),
}

impl Placed {
    /// A place with nothing known of what is inside.
    pub fn whole(range: Range<usize>) -> Self {
        let (start, end) = (narrow(range.start), narrow(range.end));
        Self { start, end, writing: Writing::Collection, inside: Inside::Nothing }
    }

    /// Its bytes in the whole text, quotes included. Those of block text begin after its `|` or `>`.
    pub fn range(&self) -> Range<usize> {
        wide(self.start)..wide(self.end)
    }

    /// How it was written.
    pub fn writing(&self) -> Writing {
        self.writing
    }

    /// The item of a list at a position.
    pub fn item(&self, index: usize) -> Option<&Self> {
        match &self.inside {
            Inside::Items(items) => items.get(index),
            _ => None,
        }
    }

    /// The member of a mapping at a position, in the order written: the bytes of its key, and its value.
    pub fn member(&self, index: usize) -> Option<(Range<usize>, &Self)> {
        match &self.inside {
            Inside::Members(members) => {
                members.get(index).map(|(key, value)| (wide(key.start)..wide(key.end), value))
            }
            _ => None,
        }
    }

    /// Forgets the parts of what is reached by these positions, for a value that is no longer what was written
    /// there.
    pub fn forget(&mut self, positions: &[usize]) {
        let mut here = self;
        for position in positions {
            let next = match &mut here.inside {
                Inside::Nothing => None,
                Inside::Items(items) => Arc::make_mut(items).get_mut(*position),
                Inside::Members(members) => Arc::make_mut(members).get_mut(*position).map(|(_, part)| part),
            };
            match next {
                Some(part) => here = part,
                None => return,
            }
        }
        here.inside = Inside::Nothing;
        here.writing = Writing::Alias;
    }

    /// How many parts it has.
    pub fn len(&self) -> usize {
        match &self.inside {
            Inside::Nothing => 0,
            Inside::Items(items) => items.len(),
            Inside::Members(members) => members.len(),
        }
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Where in `text` the part `within` of this scalar's value stands. White space is not told apart: a part
    /// begins and ends at its first and last other character.
    pub fn part(&self, text: &str, value: &str, within: Range<usize>) -> Range<usize> {
        let whole = self.range();
        let written = text.get(whole.clone()).unwrap_or_default();
        let before = dense(value.get(..within.start).unwrap_or_default());
        let inside = dense(value.get(within).unwrap_or_default());
        let mut units = Units { rest: written, at: whole.start, writing: self.writing }.skip(before);
        let Some(first) = units.next() else { return whole };
        let last = if inside > 1 { units.nth(inside - 2) } else { None };
        first.start..last.unwrap_or(first).end
    }
}

/// How many characters are not white space.
fn dense(text: &str) -> usize {
    text.chars().filter(|c| !c.is_whitespace()).count()
}

/// The characters that a scalar's text stands for, each with the bytes it was written with; white space is
/// left out.
struct Units<'t> {
    rest: &'t str,
    at: usize,
    writing: Writing,
}

impl Iterator for Units<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        loop {
            let c = self.rest.chars().next()?;
            let (length, counts) = match (self.writing, c) {
                (Writing::Double, '\\') => escape(self.rest),
                (Writing::Double, '"') => (1, false),
                (Writing::Single, '\'') if self.rest.starts_with("''") && self.rest.len() > 2 => (2, true),
                (Writing::Single, '\'') => (1, false),
                _ => (c.len_utf8(), !c.is_whitespace()),
            };
            let range = self.at..self.at + length;
            self.rest = self.rest.get(length..).unwrap_or_default();
            self.at += length;
            if counts {
                return Some(range);
            }
        }
    }
}

/// The bytes of an escape, and whether it stands for something other than white space.
fn escape(text: &str) -> (usize, bool) {
    let Some(kind) = text.chars().nth(1) else { return (text.len(), false) };
    let digits = match kind {
        'x' => 2,
        'u' => 4,
        'U' => 8,
        _ => {
            return (
                1 + kind.len_utf8(),
                !matches!(
                    kind,
                    'n' | 'r' | 't' | '\t' | ' ' | 'v' | 'f' | 'N' | '_' | 'L' | 'P' | '\n' | '\r'
                ),
            );
        }
    };
    let code = text.get(2..2 + digits).and_then(|digits| u32::from_str_radix(digits, 16).ok());
    let white = code.and_then(char::from_u32).is_some_and(char::is_whitespace);
    (text.len().min(2 + digits), !white)
}

/// The places of the one document that stands in `text` at `base`, if it can be read.
pub(super) fn read(text: &str, base: usize) -> Option<Placed> {
    let mut reader = Reader {
        text,
        base,
        offsets: Offsets::of(text),
        open: Vec::new(),
        anchors: HashMap::new(),
        root: None,
    };
    for event in Parser::new_from_str(text) {
        let (event, span) = event.ok()?;
        reader.take(&event, span)?;
    }
    reader.root
}

/// Bytes at which characters begin; none where all characters are one byte.
struct Offsets(Option<Vec<u32>>);

impl Offsets {
    fn of(text: &str) -> Self {
        if text.is_ascii() {
            return Self(None);
        }
        let starts = text.char_indices().map(|(at, _)| at).chain([text.len()]);
        Self(Some(starts.map(narrow).collect()))
    }

    fn byte(&self, index: usize) -> Option<usize> {
        match &self.0 {
            None => Some(index),
            Some(starts) => starts.get(index).copied().map(wide),
        }
    }
}

/// A list or mapping that is not closed yet.
struct Open {
    start: usize,
    anchor: usize,
    list: bool,
    items: Vec<Placed>,
    members: Vec<(Range<u32>, Placed)>,
    key: Option<Range<u32>>,
}

struct Reader<'t> {
    text: &'t str,
    base: usize,
    offsets: Offsets,
    open: Vec<Open>,
    anchors: HashMap<usize, Placed>,
    root: Option<Placed>,
}

impl Reader<'_> {
    fn take(&mut self, event: &Event<'_>, span: Span) -> Option<()> {
        let (start, end) = (self.offsets.byte(span.start.index())?, self.offsets.byte(span.end.index())?);
        match event {
            Event::SequenceStart(anchor, tag) | Event::MappingStart(anchor, tag) => {
                if self.open.len() >= MAX_DEPTH {
                    return None;
                }
                let list = matches!(event, Event::SequenceStart(..));
                let start = if *anchor > 0 || tag.is_some() { self.content(start, end) } else { start };
                let (items, members) = (Vec::new(), Vec::new());
                self.open.push(Open { start, anchor: *anchor, list, items, members, key: None });
                Some(())
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let done = self.open.pop()?;
                let inside = if done.list {
                    Inside::Items(Arc::new(done.items))
                } else {
                    Inside::Members(Arc::new(done.members))
                };
                let (start, end) = (narrow(self.base + done.start), narrow(self.base + end.max(done.start)));
                self.put(Placed { start, end, writing: Writing::Collection, inside }, done.anchor)
            }
            Event::Scalar(_, style, anchor, tag) => {
                let start = if *anchor > 0 || tag.is_some() { self.content(start, end) } else { start };
                let placed = self.placed(start, end, writing(*style));
                self.put(placed, *anchor)
            }
            Event::Alias(anchor) => {
                let known = self.anchors.get(anchor);
                let inside = known.map_or(Inside::Nothing, |placed| placed.inside.clone());
                let placed = Placed { inside, ..self.placed(start, end, Writing::Alias) };
                self.put(placed, 0)
            }
            _ => Some(()),
        }
    }

    fn placed(&self, start: usize, end: usize, writing: Writing) -> Placed {
        let (start, end) = (narrow(self.base + start), narrow(self.base + end.max(start)));
        Placed { start, end, writing, inside: Inside::Nothing }
    }

    /// The start of a value behind its anchor and tag.
    fn content(&self, start: usize, end: usize) -> usize {
        let mut rest = self.text.get(start..end).unwrap_or_default();
        while rest.starts_with(['&', '!']) {
            let property = rest.find(char::is_whitespace).unwrap_or(rest.len());
            rest = rest.get(property..).unwrap_or_default().trim_start();
        }
        end - rest.len()
    }

    /// Puts a finished value where it belongs.
    fn put(&mut self, placed: Placed, anchor: usize) -> Option<()> {
        if anchor > 0 {
            self.anchors.insert(anchor, placed.clone());
        }
        match self.open.last_mut() {
            None => self.root = Some(placed),
            Some(open) if open.list => open.items.push(placed),
            Some(open) => match open.key.take() {
                None => open.key = Some(placed.start..placed.end),
                Some(key) => open.members.push((key, placed)),
            },
        }
        Some(())
    }
}

fn writing(style: ScalarStyle) -> Writing {
    match style {
        ScalarStyle::Plain => Writing::Plain,
        ScalarStyle::SingleQuoted => Writing::Single,
        ScalarStyle::DoubleQuoted => Writing::Double,
        ScalarStyle::Literal | ScalarStyle::Folded => Writing::Block,
    }
}

/// A text is shorter than four gigabytes.
fn narrow(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn wide(at: u32) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests;
