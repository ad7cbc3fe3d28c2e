//! A document of YAML as a tree: what it says and how it was written.
//!
//! It neither reads nor writes text. Comments are kept as they stand after `#`, one line each.

use serde_json::Value;

use super::options::Style;
use crate::action::roadie::json;

/// A document.
#[derive(Debug, Default)]
pub(super) struct Document {
    /// What it holds; nothing is an empty document.
    pub(super) root: Option<Node>,
    /// Comments in front of it, apart from what it holds.
    pub(super) comment_before: Option<String>,
    /// Comments behind it.
    pub(super) comment: Option<String>,
}

/// A value with what was written about it.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) content: Content,
    pub(super) anchor: Option<String>,
    /// As it is written: `!!str`, `!local`.
    pub(super) tag: Option<String>,
    /// An empty line stands before it.
    pub(super) space_before: bool,
    pub(super) comment_before: Option<String>,
    pub(super) comment: Option<String>,
}

/// What a value is.
#[derive(Debug)]
pub(super) enum Content {
    /// A text; the style it was written in, if it was written.
    Text(String, Option<Style>),
    /// A value that is written as it stands: a number, or a word of a document that was read.
    Literal(String),
    Null,
    Bool(bool),
    /// Another name of what has that anchor.
    Alias(String),
    List {
        items: Vec<Node>,
        flow: bool,
    },
    Mapping {
        pairs: Vec<Pair>,
        flow: bool,
    },
}

/// A name with its value, which may not even be written.
#[derive(Debug)]
pub(super) struct Pair {
    pub(super) key: Node,
    pub(super) value: Option<Node>,
}

impl From<Content> for Node {
    fn from(content: Content) -> Self {
        Self { content, anchor: None, tag: None, space_before: false, comment_before: None, comment: None }
    }
}

impl Node {
    /// A value of data.
    pub(super) fn of(value: &Value) -> Self {
        let content = match value {
            Value::Null => Content::Null,
            Value::Bool(value) => Content::Bool(*value),
            Value::Number(number) => Content::Literal(json::number(number)),
            Value::String(text) => Content::Text(text.clone(), None),
            Value::Array(items) => Content::List { items: items.iter().map(Self::of).collect(), flow: false },
            Value::Object(members) => {
                let pair = |(name, member): (&String, &Value)| Pair {
                    key: Content::Text(name.clone(), None).into(),
                    value: Some(Self::of(member)),
                };
                Content::Mapping { pairs: members.iter().map(pair).collect(), flow: false }
            }
        };
        content.into()
    }

    pub(super) fn is_collection(&self) -> bool {
        matches!(self.content, Content::List { .. } | Content::Mapping { .. })
    }

    pub(super) fn is_scalar(&self) -> bool {
        !self.is_collection() && !matches!(self.content, Content::Alias(_))
    }

    /// Whether it was written in brackets, or has nothing to write over lines.
    pub(super) fn in_brackets(&self) -> bool {
        match &self.content {
            Content::List { items, flow } => *flow || items.is_empty(),
            Content::Mapping { pairs, flow } => *flow || pairs.is_empty(),
            _ => false,
        }
    }
}

impl Document {
    /// A document of data.
    pub(super) fn of(value: &Value) -> Self {
        Self { root: Some(Node::of(value)), ..Self::default() }
    }
}
