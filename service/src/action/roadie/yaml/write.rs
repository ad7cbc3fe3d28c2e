//! A document as text.
//!
//! Collections over lines or in brackets, their comments and blank lines; scalars are written by [`scalar`]. It
//! decides nothing about values. The invariant: depth is bounded, so that no document can exhaust the stack.

mod collection;
mod pair;

use super::model::{Content, Document, Node};
use super::options::Settings;
use super::scalar::{self, Written};
use crate::action::ActionError;

/// How deep collections may be nested.
const DEEPEST: usize = 200;

/// Where a node is written.
#[derive(Clone, Debug)]
pub(super) struct Place<'s> {
    pub(super) settings: &'s Settings,
    pub(super) indent: String,
    pub(super) in_flow: bool,
    /// As a name in front of `:`.
    pub(super) key: bool,
    /// The column at which a scalar begins, if it does not begin a line.
    pub(super) starts_at: Option<usize>,
    /// No name of the mapping has a value.
    pub(super) no_values: bool,
    pub(super) force_block_indent: bool,
    depth: usize,
}

type Result<T> = std::result::Result<T, ActionError>;

/// The text of a document, with a line break at its end.
pub(super) fn document(document: &Document, settings: &Settings) -> Result<String> {
    let mut lines: Vec<String> = Vec::new();
    let started = settings.document_start;
    if started {
        lines.push("---".to_owned());
    }
    if let Some(comment) = &document.comment_before {
        if lines.len() != 1 {
            lines.insert(0, String::new());
        }
        lines.insert(0, indented(&as_comment(comment), ""));
    }
    let keeps_breaks = match &document.root {
        Some(root) => body(root, document, settings, started, &mut lines)?,
        None => {
            lines.push(settings.null.clone());
            false
        }
    };
    finish(document, keeps_breaks, &mut lines);
    Ok(lines.join("\n") + "\n")
}

/// What a document holds, with its comments; whether its end keeps the line breaks that follow.
fn body(
    root: &Node,
    document: &Document,
    settings: &Settings,
    started: bool,
    lines: &mut Vec<String>,
) -> Result<bool> {
    if root.space_before && started {
        lines.push(String::new());
    }
    if let Some(comment) = &root.comment_before {
        lines.push(indented(&as_comment(comment), ""));
    }
    let mut place = Place {
        settings,
        indent: String::new(),
        in_flow: settings.flow == Some(true),
        key: false,
        starts_at: None,
        no_values: false,
        force_block_indent: document.comment.is_some(),
        depth: 0,
    };
    let written = node(root, &mut place)?;
    let mut text = written.text;
    let comment = root.comment.as_ref().filter(|_| !written.comment_done);
    if let Some(comment) = comment {
        text.push_str(&behind(&text, "", &as_comment(comment)));
    }
    match lines.last_mut() {
        Some(last) if text.starts_with(['|', '>']) && last == "---" => *last = format!("--- {text}"),
        _ => lines.push(text),
    }
    Ok(written.keeps_breaks && root.comment.is_none())
}

fn finish(document: &Document, keeps_breaks: bool, lines: &mut Vec<String>) {
    let comment = document.comment.as_deref();
    let comment =
        comment.map(|comment| if keeps_breaks { comment.trim_start_matches('\n') } else { comment });
    if let Some(comment) = comment.filter(|comment| !comment.is_empty()) {
        if !keeps_breaks && lines.last().is_some_and(|last| !last.is_empty()) {
            lines.push(String::new());
        }
        lines.push(indented(&as_comment(comment), ""));
    }
}

/// A node with its anchor and tag. The place learns how wide they are, for what stands behind them.
pub(super) fn node(node: &Node, place: &mut Place<'_>) -> Result<Written> {
    let props: Vec<String> =
        node.anchor.iter().map(|name| format!("&{name}")).chain(node.tag.iter().cloned()).collect();
    let props = props.join(" ");
    if !props.is_empty() {
        place.starts_at = Some(place.starts_at.unwrap_or(0) + props.chars().count() + 1);
    }
    let mut written = content(node, place)?;
    if !props.is_empty() {
        let beside = node.is_scalar() || written.text.starts_with(['{', '[']);
        written.text = if beside {
            format!("{props} {}", written.text)
        } else {
            format!("{props}\n{}{}", place.indent, written.text)
        };
    }
    Ok(written)
}

fn content(node: &Node, place: &Place<'_>) -> Result<Written> {
    let settings = place.settings;
    match &node.content {
        Content::Text(text, style) => Ok(scalar::text(text, *style, node.comment.as_deref(), place)),
        Content::Literal(text) => Ok(text.clone().into()),
        Content::Null => Ok(settings.null.clone().into()),
        Content::Bool(true) => Ok(settings.yes.clone().into()),
        Content::Bool(false) => Ok(settings.no.clone().into()),
        // A space keeps the colon of a name from being read as a part of the alias.
        Content::Alias(name) if place.key => Ok(format!("*{name} ").into()),
        Content::Alias(name) => Ok(format!("*{name}").into()),
        Content::List { .. } | Content::Mapping { .. } if place.depth >= DEEPEST => Err(ActionError::Input(
            format!("the data is nested more than {DEEPEST} levels deep; nest it less"),
        )),
        Content::List { items, flow } => collection::list(node, items, *flow, place),
        Content::Mapping { pairs, flow } => collection::mapping(node, pairs, *flow, place),
    }
}

/// Comments with their `#`: an empty line stays empty, a line of one space is a bare `#`.
pub(super) fn as_comment(comment: &str) -> String {
    let line = |line: &str| match line {
        "" => String::new(),
        " " => "#".to_owned(),
        line => format!("#{line}"),
    };
    comment.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

/// The lines of a comment, indented.
fn indented(comment: &str, indent: &str) -> String {
    if !comment.is_empty() && comment.bytes().all(|byte| byte == b'\n') {
        return comment.get(1..).unwrap_or_default().to_owned();
    }
    let line = |line: &str| {
        if line.trim_matches(' ').is_empty() { line.to_owned() } else { format!("{indent}{line}") }
    };
    comment.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

/// What is added to a text so that a comment stands behind it.
fn behind(text: &str, indent: &str, comment: &str) -> String {
    if text.ends_with('\n') {
        indented(comment, indent)
    } else if comment.contains('\n') {
        format!("\n{}", indented(comment, indent))
    } else if text.ends_with(' ') {
        comment.to_owned()
    } else {
        format!(" {comment}")
    }
}

#[cfg(test)]
mod tests;
