//! The texts of a template that are rendered when it runs.

use std::ops::Range;

use nunjucks::Inspection;

use super::{Known, Step};
use crate::lint::node::Node;
use crate::lint::source::Place;
use crate::render::inspect::Unreadable;

/// Where in the template a text is rendered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// In the `if` of a step.
    If,
    /// In its `each`.
    Each,
    /// In its `input`.
    Input,
    /// In `spec.output`.
    Output,
}

/// A text with a tag in it.
#[derive(Debug)]
pub(crate) struct Expression<'d> {
    /// Where it stands.
    pub node: Node<'d>,
    /// The text.
    pub text: &'d str,
    /// The part of the template it belongs to.
    pub part: Part,
    /// The step, unless it belongs to the output.
    pub step: Option<usize>,
    /// Keys down to it from the part: `["values", "name"]`. Items of lists are `[]`.
    pub path: Vec<&'d str>,
    /// What it refers to, or why it is no template.
    pub parsed: Result<Inspection, Unreadable>,
}

impl Expression<'_> {
    /// Where a part of the text stands.
    pub(crate) fn place(&self, within: Range<usize>) -> Place {
        self.node.place_of(within)
    }

    /// What it refers to; nothing if it is no template.
    pub(crate) fn found(&self) -> Option<&Inspection> {
        self.parsed.as_ref().ok()
    }
}

/// All of them, in the order in which they are rendered.
pub(super) fn of<'d>(steps: &[Step<'d>], output: Option<Node<'d>>, known: &Known) -> Vec<Expression<'d>> {
    let mut walk = Walk { known, found: Vec::new() };
    for step in steps {
        for (node, part) in [(step.condition, Part::If), (step.each, Part::Each), (step.input, Part::Input)] {
            if let Some(node) = node {
                walk.texts(node, part, Some(step.index), &mut Vec::new());
            }
        }
    }
    if let Some(output) = output {
        walk.texts(output, Part::Output, None, &mut Vec::new());
    }
    walk.found
}

struct Walk<'d, 'k> {
    known: &'k Known,
    found: Vec<Expression<'d>>,
}

impl<'d> Walk<'d, '_> {
    /// The nesting of a document is bounded by its reader.
    fn texts(&mut self, node: Node<'d>, part: Part, step: Option<usize>, path: &mut Vec<&'d str>) {
        if let Some(text) = node.text() {
            if self.known.values.has_tag(text) {
                let parsed = self.known.values.inspect(text);
                self.found.push(Expression { node, text, part, step, path: path.clone(), parsed });
            }
            return;
        }
        for member in node.members() {
            path.push(member.key);
            self.texts(member.node, part, step, path);
            path.pop();
        }
        for item in node.items() {
            path.push("[]");
            self.texts(item, part, step, path);
            path.pop();
        }
    }
}
