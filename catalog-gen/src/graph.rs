//! A picture of entities: systems, components, interfaces, resources and what leads from one to another.
//!
//! Drawn from the entities alone, so it shows a generated catalog as well as one that people wrote. It draws nothing
//! that no entity says. The invariant: the same entities give the same picture, and no text of theirs can leave its
//! place in it.

mod mermaid;
mod svg;

use indexmap::IndexMap;
use serde_json::Value;

use crate::{DEFAULT_NAMESPACE, Entity, EntityRef};

/// What is drawn.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Graph {
    nodes: Vec<Node>,
    lines: Vec<Line>,
    systems: Vec<Group>,
}

/// One entity.
#[derive(Debug, Clone, PartialEq)]
struct Node {
    kind: Shape,
    name: String,
    /// Its type, such as `service`.
    word: String,
    /// Place in `systems`.
    system: Option<usize>,
}

/// Nodes that belong together.
#[derive(Debug, Clone, PartialEq)]
struct Group {
    name: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Component,
    Api,
    Resource,
    /// Named by an entity, and itself not among them.
    Elsewhere,
}

/// From one node to another.
#[derive(Debug, Clone, PartialEq)]
struct Line {
    from: usize,
    to: usize,
    word: &'static str,
}

impl Graph {
    /// The picture of these entities; kinds other than systems, components, APIs and resources are left out.
    pub fn of<'e>(entities: impl IntoIterator<Item = &'e Entity>) -> Self {
        let entities: Vec<&Entity> = entities.into_iter().collect();
        let mut graph = Self::default();
        let mut systems: IndexMap<String, usize> = IndexMap::new();
        for entity in entities.iter().filter(|entity| entity.kind == "System") {
            let Ok(reference) = entity.entity_ref() else { continue };
            systems.insert(reference.to_string(), graph.systems.len());
            graph.systems.push(Group { name: shown(entity) });
        }
        let mut known: IndexMap<String, usize> = IndexMap::new();
        let mut drawn: Vec<(usize, &Entity)> = Vec::new();
        for entity in entities {
            let kind = match entity.kind.as_str() {
                "Component" => Shape::Component,
                "API" => Shape::Api,
                "Resource" => Shape::Resource,
                _ => continue,
            };
            let Ok(reference) = entity.entity_ref() else { continue };
            let system = targets(entity, "system", "System").into_iter().next();
            let system = system.map(|system| graph.system(&mut systems, &system));
            let word = text(entity, "type").unwrap_or_default().to_owned();
            known.insert(reference.to_string(), graph.nodes.len());
            drawn.push((graph.nodes.len(), entity));
            graph.nodes.push(Node { kind, name: shown(entity), word, system });
        }
        for (from, entity) in drawn {
            graph.draw(from, entity, &mut known);
        }
        graph
    }

    /// The place of a system, which need not be among the entities.
    fn system(&mut self, systems: &mut IndexMap<String, usize>, reference: &EntityRef) -> usize {
        let next = self.systems.len();
        let at = *systems.entry(reference.to_string()).or_insert(next);
        if at == next {
            self.systems.push(Group { name: reference.name().to_owned() });
        }
        at
    }

    fn draw(&mut self, from: usize, entity: &Entity, known: &mut IndexMap<String, usize>) {
        for (key, kind, word) in [
            ("providesApis", "API", "provides"),
            ("consumesApis", "API", "uses"),
            ("dependsOn", "Component", "needs"),
            ("subcomponentOf", "Component", "part of"),
        ] {
            for target in targets(entity, key, kind) {
                let next = self.nodes.len();
                let to = *known.entry(target.to_string()).or_insert(next);
                if to == next {
                    let word = target.kind().to_lowercase();
                    let name = target.name().to_owned();
                    self.nodes.push(Node { kind: Shape::Elsewhere, name, word, system: None });
                }
                if to != from {
                    self.lines.push(Line { from, to, word });
                }
            }
        }
    }

    /// As text for Mermaid, which GitHub and TechDocs draw.
    #[must_use]
    pub fn to_mermaid(&self) -> String {
        mermaid::write(self)
    }

    /// As a picture that needs no other program.
    #[must_use]
    pub fn to_svg(&self) -> String {
        svg::write(self)
    }
}

fn shown(entity: &Entity) -> String {
    entity.metadata.title.as_ref().unwrap_or(&entity.metadata.name).clone()
}

fn text<'e>(entity: &'e Entity, key: &str) -> Option<&'e str> {
    entity.spec.as_ref()?.get(key)?.as_str()
}

/// The references of a field, one or many; those that cannot be read are passed over.
fn targets(entity: &Entity, key: &str, kind: &str) -> Vec<EntityRef> {
    let namespace = entity.metadata.namespace.as_deref().unwrap_or(DEFAULT_NAMESPACE);
    let Some(value) = entity.spec.as_ref().and_then(|spec| spec.get(key)) else { return Vec::new() };
    let texts: Vec<&str> = match value {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    texts
        .into_iter()
        .filter_map(|text| EntityRef::parse_with(text, Some(kind), Some(namespace)).ok())
        .collect()
}

#[cfg(test)]
mod tests;
