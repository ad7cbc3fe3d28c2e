//! Where in a text a new member of a mapping belongs.
//!
//! It only proposes: whether the text then says what it should is checked by reading it again. The invariant: an edit
//! never splits a line of block style, so no comment can be cut from what it is about.

use std::ops::Range;

use serde_json::Value;

use super::Insertion;
use super::write::{self, Style};
use crate::{Document, Placed, Writing};

/// The order in which people write the fields of an entity.
const ORDER: &[(&str, &[&str])] = &[
    ("", &["apiVersion", "kind", "metadata", "spec"]),
    ("metadata", &["name", "namespace", "title", "description", "labels", "annotations", "tags", "links"]),
    (
        "spec",
        &[
            "type",
            "lifecycle",
            "owner",
            "system",
            "domain",
            "subcomponentOf",
            "providesApis",
            "consumesApis",
            "dependsOn",
            "dependencyOf",
            "definition",
        ],
    ),
];

/// May stand in front of a text, and stays there.
const MARK: char = '\u{feff}';

/// Text to put in at a byte.
#[derive(Debug, Clone)]
pub(super) struct Edit {
    at: usize,
    text: String,
    /// Whole lines, to be ended as the file ends its lines?
    lines: bool,
    /// Does it go to the end of the file, behind everything else?
    last: bool,
}

/// The text with these put in, those of one place in their order.
pub(super) fn apply(text: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|edit| (edit.at, edit.last));
    let newline =
        if text.split_once('\n').is_some_and(|(line, _)| line.ends_with('\r')) { "\r\n" } else { "\n" };
    let mut out = String::with_capacity(text.len() + 1024);
    let mut done = 0;
    let ended = text.is_empty() || text.ends_with('\n');
    for edit in edits {
        out.push_str(text.get(done..edit.at).unwrap_or_default());
        done = edit.at;
        if !edit.lines {
            out.push_str(&edit.text);
            continue;
        }
        // A file without an end to its last line keeps that way.
        let open = edit.at == text.len() && !ended;
        for line in edit.text.lines() {
            if open {
                out.push_str(newline);
            }
            out.push_str(line);
            if !open {
                out.push_str(newline);
            }
        }
    }
    out.push_str(text.get(done..).unwrap_or_default());
    out
}

/// The text and how its lines stand.
pub(super) struct Shelf<'t> {
    text: &'t str,
}

/// A member of a mapping: its key and its value.
struct Member {
    key: Range<usize>,
    value: Placed,
}

impl<'t> Shelf<'t> {
    /// How many places are tried for one member.
    pub(super) const WAYS: usize = 3;

    pub(super) fn new(text: &'t str) -> Self {
        Self { text }
    }

    /// A new document at the end.
    pub(super) fn document(&self, entity: &Value) -> Edit {
        let style = Style { step: 2, list_step: 2 };
        let marker = if self.text.trim().is_empty() { "" } else { "---\n" };
        let text = format!("{marker}{}", write::lines(entity, &style, 0));
        Edit { at: self.text.len(), text, lines: true, last: true }
    }

    /// A new member of a mapping of a document.
    pub(super) fn member(
        &self,
        document: &Document,
        placed: &Placed,
        insertion: &Insertion,
        way: usize,
    ) -> Option<Edit> {
        let (mut value, mut here) = (&document.value, placed.clone());
        for key in &insertion.parents {
            let index = value.as_object()?.keys().position(|other| other == key)?;
            (value, here) = (value.get(key)?, here.member(index)?.1.clone());
        }
        if here.writing() == Writing::Alias {
            return None;
        }
        let members: Vec<Member> = (0..here.len())
            .map_while(|index| here.member(index).map(|(key, value)| Member { key, value: value.clone() }))
            .collect();
        let keys: Vec<&str> = value.as_object()?.keys().map(String::as_str).collect();
        if members.len() != keys.len() {
            return None;
        }
        let before = self.before(insertion, &keys, way);
        let style = self.style(document, placed);
        if self.is_flow(&here) {
            return self.in_flow(&here, &members, before, insertion);
        }
        let first = members.first()?;
        let indent = self.indent(first.key.start);
        let text = write::member(&insertion.key, &insertion.addition.value, &style, indent);
        let at = match before.and_then(|index| members.get(index)) {
            Some(member) => self.line_end(self.end_of(member, indent)),
            None => {
                let start = self.line_start(first.key.start);
                let blank = self.text.get(start..first.key.start)?.bytes().all(|byte| byte == b' ');
                blank.then_some(start)?
            }
        };
        Some(Edit { at, text, lines: true, last: false })
    }

    /// The member that the new one follows; none to stand in front of all.
    fn before(&self, insertion: &Insertion, keys: &[&str], way: usize) -> Option<usize> {
        let last = keys.len().checked_sub(1);
        match way {
            0 => {
                let parents = insertion.parents.join(".");
                let order = ORDER.iter().find(|(parent, _)| *parent == parents).map(|(_, order)| *order);
                let order = order.unwrap_or_default();
                let Some(own) = order.iter().position(|key| *key == insertion.key) else { return last };
                let there = |key: &&str| keys.iter().position(|other| other == key);
                let earlier = order.iter().take(own).rev().find_map(there);
                let none_later = order.iter().skip(own).find_map(there).is_none();
                if earlier.is_none() && none_later { last } else { earlier }
            }
            1 => last,
            _ => None,
        }
    }

    fn in_flow(
        &self,
        here: &Placed,
        members: &[Member],
        before: Option<usize>,
        insertion: &Insertion,
    ) -> Option<Edit> {
        let new = write::flow_member(&insertion.key, &insertion.addition.value);
        let (at, text) = match (members.first(), before.and_then(|index| members.get(index))) {
            (None, _) => (here.range().start + 1, new),
            (Some(first), None) => (first.key.start, format!("{new}, ")),
            (Some(_), Some(member)) => (self.end_in_line(member), format!(", {new}")),
        };
        self.text.is_char_boundary(at).then_some(Edit { at, text, lines: false, last: false })
    }

    fn is_flow(&self, placed: &Placed) -> bool {
        self.text.get(placed.range().start..).is_some_and(|text| text.starts_with(['{', '[']))
    }

    /// The end of a member that is written in one line.
    fn end_in_line(&self, member: &Member) -> usize {
        let range = member.value.range();
        let value = self.text.get(range.clone()).unwrap_or_default().trim_end();
        if value.is_empty() { member.key.end } else { range.start + value.len() }
    }

    /// A byte on the last line of a member.
    fn end_of(&self, member: &Member, indent: usize) -> usize {
        let (end, block) = self.last_content(&member.value);
        let end = end.max(member.key.end);
        if block { self.end_of_block(end, indent) } else { end }
    }

    /// The last byte of a value that is certain, and whether text in lines of its own follows it.
    fn last_content(&self, placed: &Placed) -> (usize, bool) {
        let range = placed.range();
        let written = self.text.get(range.clone()).unwrap_or_default();
        match placed.writing() {
            Writing::Block => (range.start.saturating_sub(1), true),
            Writing::Collection if !self.is_flow(placed) => {
                let Some(last) = placed.len().checked_sub(1) else { return (range.start, false) };
                let item = placed.item(last).map(|item| self.last_content(item));
                let member = placed.member(last).map(|(key, value)| {
                    let (end, block) = self.last_content(value);
                    (end.max(key.end), block)
                });
                item.or(member).unwrap_or((range.start, false))
            }
            _ => (range.start + written.trim_end().len(), false),
        }
    }

    /// The last line of text in lines of its own, which begins on the line of a byte or the next.
    fn end_of_block(&self, at: usize, indent: usize) -> usize {
        let head = self.line_end(self.line_start(at));
        let header = self.text.get(self.line_start(at)..head).unwrap_or_default();
        let keep = header.split(" #").next().is_some_and(|header| header.trim_end().ends_with('+'))
            || header.contains("|+")
            || header.contains(">+");
        let (mut here, mut last) = (head, at);
        while here < self.text.len() {
            let end = self.line_end(here);
            let line = self.text.get(here..end).unwrap_or_default();
            let blank = line.trim().is_empty();
            if !blank && line.len() - line.trim_start_matches(' ').len() <= indent {
                break;
            }
            if !blank || keep {
                last = here;
            }
            here = end;
        }
        last
    }

    fn line_start(&self, at: usize) -> usize {
        let newline = self.text.get(..at).and_then(|before| before.rfind('\n'));
        newline.map_or_else(
            || if self.text.starts_with(MARK) { MARK.len_utf8() } else { 0 },
            |newline| newline + 1,
        )
    }

    /// The byte behind the end of the line.
    fn line_end(&self, at: usize) -> usize {
        self.text
            .get(at..)
            .and_then(|rest| rest.find('\n'))
            .map_or(self.text.len(), |newline| at + newline + 1)
    }

    fn indent(&self, at: usize) -> usize {
        let start = self.line_start(at);
        let before = self.text.get(start..at).unwrap_or_default();
        before.chars().count()
    }

    /// How the document indents: mappings below keys, and lists below keys.
    fn style(&self, document: &Document, placed: &Placed) -> Style {
        let mut style = Style { step: 2, list_step: 2 };
        let mut known = (false, false);
        self.look(&document.value, placed, 0, &mut |below, list| {
            let known = if list { &mut known.1 } else { &mut known.0 };
            if !*known && below <= 8 && (below > 0 || list) {
                *known = true;
                *if list { &mut style.list_step } else { &mut style.step } = below;
            }
        });
        if !known.1 {
            style.list_step = style.step;
        }
        style
    }

    /// Tells of every list and mapping of block style how far it stands to the right of its key.
    fn look(&self, value: &Value, placed: &Placed, depth: usize, tell: &mut impl FnMut(usize, bool)) {
        let Value::Object(fields) = value else { return };
        for (index, inner) in fields.values().enumerate() {
            let Some((key, inner_placed)) = placed.member(index) else { return };
            let own = self.indent(key.start);
            let first = inner_placed
                .item(0)
                .map(Placed::range)
                .or_else(|| inner_placed.member(0).map(|(key, _)| key));
            let Some(first) = first.filter(|_| !self.is_flow(inner_placed)) else { continue };
            if inner_placed.writing() == Writing::Alias {
                continue;
            }
            let line = self.text.get(self.line_start(first.start)..).unwrap_or_default();
            let indent = line.len() - line.trim_start_matches(' ').len();
            if let Some(below) = indent.checked_sub(own) {
                tell(below, inner.is_array());
            }
            if depth < 4 {
                self.look(inner, inner_placed, depth + 1, tell);
            }
        }
    }
}
