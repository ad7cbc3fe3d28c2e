//! Lists and mappings, over lines or in brackets.

use super::super::model::{Node, Pair};
use super::super::scalar::Written;
use super::{Place, Result, as_comment, behind, indented, node, pair};

/// An item of a collection: of a list, or a pair of a mapping.
#[derive(Clone, Copy)]
enum Item<'n> {
    Node(&'n Node),
    Pair(&'n Pair),
}

impl<'n> Item<'n> {
    /// The node whose blank line and comments stand before the item.
    fn first(self) -> &'n Node {
        match self {
            Self::Node(node) => node,
            Self::Pair(pair) => &pair.key,
        }
    }

    fn write(self, place: &mut Place<'_>) -> Result<Written> {
        match self {
            Self::Node(item) => node(item, place),
            Self::Pair(item) => pair::pair(item, place),
        }
    }

    /// The comment behind the item that the collection writes.
    fn comment(self, in_brackets: bool) -> Option<&'n str> {
        match self {
            Self::Node(node) => node.comment.as_deref(),
            Self::Pair(_) if !in_brackets => None,
            Self::Pair(Pair { value: Some(value), .. }) => value.comment.as_deref(),
            Self::Pair(Pair { key, value: None }) => key.comment.as_deref(),
        }
    }

    /// Whether a comment in the item needs lines of its own.
    fn needs_lines(self) -> bool {
        match self {
            Self::Node(_) => false,
            Self::Pair(pair) => {
                pair.key.comment.is_some()
                    || pair.value.as_ref().is_some_and(|value| value.comment_before.is_some())
            }
        }
    }
}

pub(super) fn list(list: &Node, items: &[Node], flow: bool, place: &Place<'_>) -> Result<Written> {
    let items: Vec<Item<'_>> = items.iter().map(Item::Node).collect();
    if is_flow(flow, place) {
        let indent = format!("{}  ", place.indent);
        return brackets(('[', ']'), &items, &indent, place);
    }
    let indent = format!("{}  ", place.indent);
    lines(list, ("- ", "[]"), &items, &indent, place)
}

pub(super) fn mapping(mapping: &Node, pairs: &[Pair], flow: bool, place: &Place<'_>) -> Result<Written> {
    let items: Vec<Item<'_>> = pairs.iter().map(Item::Pair).collect();
    let no_values = place.no_values || pairs.iter().all(|pair| pair.value.is_none());
    let place = Place { no_values, ..place.clone() };
    if is_flow(flow, &place) {
        return brackets(('{', '}'), &items, &place.indent, &place);
    }
    lines(mapping, ("", "{}"), &items, &place.indent, &place)
}

fn is_flow(flow: bool, place: &Place<'_>) -> bool {
    place.in_flow || (flow && place.settings.flow.is_none())
}

/// Over lines, each with a prefix.
fn lines(
    collection: &Node,
    (prefix, empty): (&str, &str),
    items: &[Item<'_>],
    item_indent: &str,
    place: &Place<'_>,
) -> Result<Written> {
    let mut lines: Vec<String> = Vec::new();
    let mut keeps_breaks = false;
    for item in items {
        before(item.first(), &place.indent, keeps_breaks, &mut lines);
        let mut below = inner(place, item_indent.to_owned(), place.in_flow);
        let written = item.write(&mut below)?;
        let mut text = written.text;
        let comment = item.comment(false).filter(|_| !written.comment_done);
        if let Some(comment) = comment {
            text.push_str(&behind(&text, item_indent, &as_comment(comment)));
        }
        keeps_breaks = written.keeps_breaks && comment.is_none();
        lines.push(format!("{prefix}{text}"));
    }
    let mut text = if lines.is_empty() { empty.to_owned() } else { joined(&lines, &place.indent) };
    let mut written = Written { keeps_breaks, ..Written::default() };
    if let Some(comment) = &collection.comment {
        text.push('\n');
        text.push_str(&indented(&as_comment(comment), &place.indent));
        written = Written { comment_done: true, ..Written::default() };
    }
    Ok(Written { text, ..written })
}

fn joined(lines: &[String], indent: &str) -> String {
    let mut out = String::new();
    for (at, line) in lines.iter().enumerate() {
        if at > 0 {
            out.push('\n');
            if !line.is_empty() {
                out.push_str(indent);
            }
        }
        out.push_str(line);
    }
    out
}

/// The blank line and the comments before an item.
fn before(node: &Node, indent: &str, keeps_breaks: bool, lines: &mut Vec<String>) {
    if node.space_before && !keeps_breaks {
        lines.push(String::new());
    }
    let comment = node.comment_before.as_deref().unwrap_or_default();
    let comment = if keeps_breaks { comment.trim_start_matches('\n') } else { comment };
    if !comment.is_empty() {
        lines.push(indented(&as_comment(comment), indent).trim_start().to_owned());
    }
}

/// In brackets: in one line where that fits.
fn brackets(
    (open, close): (char, char),
    items: &[Item<'_>],
    item_indent: &str,
    place: &Place<'_>,
) -> Result<Written> {
    let settings = place.settings;
    let step = " ".repeat(settings.step);
    let item_indent = format!("{item_indent}{step}");
    let mut over_lines = false;
    let mut lines: Vec<String> = Vec::new();
    let mut at_item = 0;
    for (at, item) in items.iter().enumerate() {
        before(item.first(), &place.indent, false, &mut lines);
        over_lines |= item.needs_lines() || item.comment(true).is_some();
        let mut below = inner(place, item_indent.clone(), true);
        let written = item.write(&mut below)?;
        let mut text = written.text;
        over_lines |= lines.len() > at_item || text.contains('\n');
        if at + 1 < items.len() {
            text.push(',');
        }
        if let Some(comment) = item.comment(true).filter(|_| !written.comment_done) {
            text.push_str(&behind(&text, &item_indent, &as_comment(comment)));
        }
        lines.push(text);
        at_item = lines.len();
    }
    if lines.is_empty() {
        return Ok(format!("{open}{close}").into());
    }
    let length: usize = lines.iter().map(|line| line.encode_utf16().count() + 2).sum();
    let length = i64::try_from(length).unwrap_or(i64::MAX).saturating_add(2);
    if !over_lines && (settings.line_width <= 0 || length <= settings.line_width) {
        let padding = settings.padding;
        return Ok(format!("{open}{padding}{}{padding}{close}", lines.join(" ")).into());
    }
    let mut out = String::from(open);
    for line in &lines {
        out.push('\n');
        if !line.is_empty() {
            out.push_str(&format!("{step}{}{line}", place.indent));
        }
    }
    out.push_str(&format!("\n{}{close}", place.indent));
    Ok(out.into())
}

fn inner<'s>(place: &Place<'s>, indent: String, in_flow: bool) -> Place<'s> {
    Place { indent, in_flow, depth: place.depth + 1, ..place.clone() }
}
