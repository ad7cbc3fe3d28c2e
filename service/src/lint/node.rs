//! A value of a template together with the place it was written at.

use std::ops::Range;
use std::sync::Arc;

use catalog_gen::Placed;
use serde_json::Value;

use super::source::{Place, Source};

/// A value in a document. Where the places of its parts are not known, they have its own.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node<'d> {
    /// What it says.
    pub value: &'d Value,
    placed: &'d Placed,
    /// Whether `placed` is this very value, and not one above it.
    exact: bool,
    source: &'d Arc<Source>,
}

/// A member of a mapping.
#[derive(Clone, Debug)]
pub(crate) struct Member<'d> {
    /// Its key.
    pub key: &'d str,
    /// The bytes of the key.
    pub key_range: Range<usize>,
    /// Its value.
    pub node: Node<'d>,
}

impl<'d> Node<'d> {
    /// The whole of a document.
    pub(crate) fn root(value: &'d Value, placed: &'d Placed, source: &'d Arc<Source>) -> Self {
        Self { value, placed, exact: true, source }
    }

    /// The file it stands in.
    pub(crate) fn source(&self) -> &'d Arc<Source> {
        self.source
    }

    /// Where it stands.
    pub(crate) fn place(&self) -> Place {
        Place::new(self.source, self.placed.range())
    }

    /// Its bytes in the file.
    pub(crate) fn range(&self) -> Range<usize> {
        self.placed.range()
    }

    /// Whether its place is its own, so that it can be edited there.
    pub(crate) fn is_exact(&self) -> bool {
        self.exact && self.placed.writing() != catalog_gen::Writing::Alias
    }

    /// Where a part of this text stands, given as bytes of its value.
    pub(crate) fn place_of(&self, within: Range<usize>) -> Place {
        let text = self.value.as_str().unwrap_or_default();
        if !self.is_exact() {
            return self.place();
        }
        Place::new(self.source, self.placed.part(&self.source.text, text, within))
    }

    /// The place of bytes of the file it stands in.
    pub(crate) fn place_at(&self, range: Range<usize>) -> Place {
        Place::new(self.source, range)
    }

    /// Its text, if it is one.
    pub(crate) fn text(&self) -> Option<&'d str> {
        self.value.as_str()
    }

    /// Whether a file's content takes its place when the catalog reads it: `{$yaml: ./page.yaml}`.
    pub(crate) fn is_placeholder(&self) -> bool {
        let only = self.value.as_object().filter(|map| map.len() == 1).and_then(|map| map.keys().next());
        only.is_some_and(|key| matches!(key.as_str(), "$text" | "$json" | "$yaml"))
    }

    /// The member of this name.
    pub(crate) fn get(&self, key: &str) -> Option<Self> {
        self.member(key).map(|member| member.node)
    }

    /// The member of this name, with the place of its key.
    pub(crate) fn member(&self, key: &str) -> Option<Member<'d>> {
        let (index, (name, value)) =
            self.value.as_object()?.iter().enumerate().find(|(_, (name, _))| *name == key)?;
        Some(self.member_at(index, name, value))
    }

    /// The value that is reached by these names.
    pub(crate) fn find(&self, path: &[&str]) -> Option<Self> {
        path.iter().try_fold(*self, |node, key| node.get(key))
    }

    /// How many members it has.
    pub(crate) fn len(&self) -> usize {
        self.value.as_object().map_or(0, serde_json::Map::len)
    }

    /// All members, in the order written; none if it is no mapping.
    pub(crate) fn members(self) -> impl Iterator<Item = Member<'d>> {
        let node = self;
        let members = self.value.as_object().into_iter().flatten().enumerate();
        members.map(move |(index, (key, value))| node.member_at(index, key, value))
    }

    /// All items; none if it is no list.
    pub(crate) fn items(self) -> impl Iterator<Item = Self> {
        let node = self;
        let items = self.value.as_array().into_iter().flatten().enumerate();
        items.map(move |(index, value)| {
            let placed = node.placed.item(index).filter(|_| node.exact);
            node.part(value, placed)
        })
    }

    fn member_at(&self, index: usize, key: &'d str, value: &'d Value) -> Member<'d> {
        match self.placed.member(index).filter(|_| self.exact) {
            Some((key_range, placed)) => Member { key, key_range, node: self.part(value, Some(placed)) },
            None => Member { key, key_range: self.placed.range(), node: self.part(value, None) },
        }
    }

    fn part(&self, value: &'d Value, placed: Option<&'d Placed>) -> Self {
        Self { value, placed: placed.unwrap_or(self.placed), exact: placed.is_some(), source: self.source }
    }

    /// The deepest part of a path such as `spec.steps[0].action` that is there: the place of its key, or of the
    /// item of a list.
    pub(crate) fn place_of_path(&self, path: &str) -> Place {
        let mut node = *self;
        let mut place = None;
        for part in split_path(path) {
            let next = match part.parse::<usize>() {
                Ok(index) if node.value.is_array() => {
                    node.items().nth(index).map(|item| (item.placed.range(), item))
                }
                _ => node.member(part).map(|member| (member.key_range, member.node)),
            };
            let Some((range, below)) = next else { break };
            (place, node) = (Some(range), below);
        }
        place.map_or_else(|| self.place(), |range| self.place_at(range))
    }
}

impl Member<'_> {
    /// Whether the key is written as it reads, so that another can be written in its place.
    pub(crate) fn is_plain_key(&self) -> bool {
        self.key_place().text() == self.key
    }

    /// Where the key stands.
    pub(crate) fn key_place(&self) -> Place {
        self.node.place_at(self.key_range.clone())
    }
}

/// The parts of `spec.steps[0].action` or `metadata.annotations["a.b/c"]`.
fn split_path(path: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        if let Some((inside, after)) = rest.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
            parts.push(inside.trim_matches('"'));
            rest = after;
        } else {
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            let (key, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
            parts.push(key);
            rest = after;
        }
        rest = rest.strip_prefix('.').unwrap_or(rest);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_know_their_places() {
        let source = Source::new(
            "a",
            "a",
            "spec:\n  steps:\n    - action: 'x ${{ y }}'\n    - *a\n".replace("*a", "1"),
        );
        let (document, placed) = catalog_gen::parse_documents_placed(&source.text).remove(0).unwrap();
        let root = Node::root(&document.value, &placed, &source);

        let step = root.find(&["spec", "steps"]).unwrap().items().next().unwrap();
        let action = step.get("action").unwrap();
        assert_eq!(action.place().text(), "'x ${{ y }}'");
        assert_eq!(action.place_of(2..10).text(), "${{ y }}");
        assert_eq!(step.member("action").unwrap().key_place().text(), "action");
        assert_eq!(root.place_of_path("spec.steps[0].action").text(), "action");
        assert_eq!(root.place_of_path("spec.steps[0].nope").start().line, 3);
    }

    #[test]
    fn paths_are_taken_apart() {
        assert_eq!(split_path("spec.steps[0].id"), ["spec", "steps", "0", "id"]);
        assert_eq!(split_path("metadata.annotations[\"a.b/c\"]"), ["metadata", "annotations", "a.b/c"]);
    }
}
