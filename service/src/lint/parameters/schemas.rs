//! All schemas inside of a page, each with what it speaks of.
//!
//! `$ref` is not followed: what it leads to stands in the page and is looked at there. The invariant: a page is
//! walked once, and a schema comes before those inside of it.

use crate::lint::node::Node;

/// The most schemas of a page that are looked at.
const MAX_SCHEMAS: usize = 100_000;

/// What a schema speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place<'d> {
    /// The page itself.
    Page,
    /// A property of the value that the schema around it speaks of.
    Property(&'d str),
    /// The items of a list, or values of unnamed members.
    Inner,
    /// The same value as the schema around it.
    Branch,
    /// Whatever refers to it.
    Definition,
}

/// A schema.
#[derive(Clone, Debug)]
pub(crate) struct Schema<'d> {
    /// It.
    pub node: Node<'d>,
    /// The page it stands in, where `$ref` begins.
    pub page: Node<'d>,
    /// What it speaks of.
    pub place: Place<'d>,
    /// Its number in the page.
    pub order: usize,
    /// The number of the schema that speaks of the same value and is no branch.
    pub level: usize,
    /// The number behind the last schema inside of it.
    pub end: usize,
}

impl Schema<'_> {
    /// Whether it is the page itself.
    pub(crate) fn is_page(&self) -> bool {
        self.place == Place::Page
    }

    /// The field that shows it: `ui:field`.
    pub(crate) fn field(&self) -> Option<&str> {
        self.node.get("ui:field").and_then(|field| field.text())
    }
}

/// Keywords with a list of schemas, or one, for the same value.
const BRANCHES: [&str; 7] = ["oneOf", "anyOf", "allOf", "if", "then", "else", "not"];
/// Keywords with schemas by name for the same value.
const NAMED_BRANCHES: [&str; 2] = ["dependencies", "dependentSchemas"];
/// Keywords with a schema, or a list, for what is inside of the value.
const INNER: [&str; 5] = ["items", "additionalItems", "contains", "additionalProperties", "propertyNames"];
/// Keywords with schemas by name for whatever refers to them.
const DEFINITIONS: [&str; 2] = ["definitions", "$defs"];

/// The page and every schema inside of it.
pub(crate) fn schemas(page: Node<'_>) -> Vec<Schema<'_>> {
    let mut walk = Walk { page, found: Vec::new() };
    walk.schema(page, Place::Page, 0);
    walk.found
}

struct Walk<'d> {
    page: Node<'d>,
    found: Vec<Schema<'d>>,
}

impl<'d> Walk<'d> {
    /// `around` is the level around it. The nesting of a document is bounded by its reader.
    fn schema(&mut self, node: Node<'d>, place: Place<'d>, around: usize) {
        if !node.value.is_object() || self.found.len() >= MAX_SCHEMAS {
            return;
        }
        let order = self.found.len();
        let level = if place == Place::Branch { around } else { order };
        let schema = Schema { node, page: self.page, place, order, level, end: order + 1 };
        self.found.push(schema);
        let own = level;
        for member in named(node, &["properties"]) {
            self.schema(member.node, Place::Property(member.key), own);
        }
        for member in named(node, &["patternProperties"]) {
            self.schema(member.node, Place::Inner, own);
        }
        for member in named(node, &NAMED_BRANCHES) {
            self.schema(member.node, Place::Branch, own);
        }
        for member in named(node, &DEFINITIONS) {
            self.schema(member.node, Place::Definition, own);
        }
        for (keys, place) in [(BRANCHES.as_slice(), Place::Branch), (INNER.as_slice(), Place::Inner)] {
            for part in keys.iter().filter_map(|key| node.get(key)) {
                part.items().for_each(|item| self.schema(item, place.clone(), own));
                self.schema(part, place.clone(), own);
            }
        }
        let end = self.found.len();
        if let Some(schema) = self.found.get_mut(order) {
            schema.end = end;
        }
    }
}

fn named<'d>(node: Node<'d>, keys: &[&str]) -> Vec<crate::lint::node::Member<'d>> {
    keys.iter().filter_map(|key| node.get(key)).flat_map(Node::members).collect()
}
