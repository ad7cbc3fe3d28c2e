//! An entity of Backstage's catalog as a value.
//!
//! It turns JSON into named fields and back, and keeps whatever it has no name for. It does not judge: whether
//! Backstage would take the entity is told by [`validate`](crate::validate()). The invariant: writing an entity and
//! reading it again gives the same entity.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::entity_ref::DEFAULT_NAMESPACE;
use crate::{EntityRef, RefError, Violation, validate};

/// An entity: the envelope that all kinds share, and a spec whose form the kind decides.
///
/// What Backstage adds on its own (`relations`, `status`) has no place here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Entity {
    /// For example `backstage.io/v1alpha1`.
    pub api_version: String,
    /// For example `Component`.
    pub kind: String,
    /// What the entity is called, and what is said about it.
    pub metadata: Metadata,
    /// What the kind asks for, in the order it was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spec: Option<Map<String, Value>>,
}

/// The metadata of an entity. Empty maps and lists are left out when it is written.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Metadata {
    /// The name, unique for its kind and namespace when letter case is ignored.
    pub name: String,
    /// The namespace; `default` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// A name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// A sentence or two for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Short values to filter by.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub labels: IndexMap<String, String>,
    /// What other tools and plugins know the entity by.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub annotations: IndexMap<String, String>,
    /// Single words to find the entity by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Pages about the entity.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
    /// All other keys, in the order they were written.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// A page about an entity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// Where the page is.
    pub url: String,
    /// The text to show for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The name of an icon that the Backstage app knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub icon: Option<String>,
    /// A word to group links by.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub link_type: Option<String>,
    /// All other keys, in the order they were written.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// A value does not have the shape of an entity at all.
#[derive(Debug, thiserror::Error)]
#[error("this is not a catalog entity: {}", first_reason(.violations, .source))]
pub struct EntityError {
    /// The rules of Backstage that the value breaks; may be empty when only its types are off.
    pub violations: Vec<Violation>,
    /// Where reading it stopped.
    #[source]
    pub source: serde_json::Error,
}

fn first_reason(violations: &[Violation], source: &serde_json::Error) -> String {
    violations.first().map_or_else(|| source.to_string(), Violation::to_string)
}

impl Entity {
    /// Reads an entity from JSON. Only its shape counts: an entity that breaks a rule of Backstage is still read.
    pub fn from_value(value: &Value) -> Result<Self, EntityError> {
        Self::deserialize(value).map_err(|source| EntityError { violations: validate(value), source })
    }

    /// The entity as JSON: known fields in a fixed order, the others after them in theirs.
    pub fn to_value(&self) -> Value {
        let mut root = Map::new();
        root.insert("apiVersion".to_owned(), Value::String(self.api_version.clone()));
        root.insert("kind".to_owned(), Value::String(self.kind.clone()));
        root.insert("metadata".to_owned(), Value::Object(self.metadata.to_map()));
        if let Some(spec) = &self.spec {
            root.insert("spec".to_owned(), Value::Object(spec.clone()));
        }
        Value::Object(root)
    }

    /// The reference that other entities name this one by.
    pub fn entity_ref(&self) -> Result<EntityRef, RefError> {
        let namespace = self.metadata.namespace.as_deref().unwrap_or(DEFAULT_NAMESPACE);
        EntityRef::new(&self.kind, namespace, &self.metadata.name)
    }
}

impl Metadata {
    fn to_map(&self) -> Map<String, Value> {
        let mut map = Map::new();
        map.insert("name".to_owned(), Value::String(self.name.clone()));
        put_text(&mut map, "namespace", self.namespace.as_deref());
        put_text(&mut map, "title", self.title.as_deref());
        put_text(&mut map, "description", self.description.as_deref());
        put_texts(&mut map, "labels", &self.labels);
        put_texts(&mut map, "annotations", &self.annotations);
        if !self.tags.is_empty() {
            map.insert("tags".to_owned(), self.tags.iter().cloned().map(Value::String).collect());
        }
        if !self.links.is_empty() {
            map.insert("links".to_owned(), self.links.iter().map(Link::to_value).collect());
        }
        map.extend(self.other.clone());
        map
    }
}

impl Link {
    fn to_value(&self) -> Value {
        let mut map = Map::new();
        map.insert("url".to_owned(), Value::String(self.url.clone()));
        put_text(&mut map, "title", self.title.as_deref());
        put_text(&mut map, "icon", self.icon.as_deref());
        put_text(&mut map, "type", self.link_type.as_deref());
        map.extend(self.other.clone());
        Value::Object(map)
    }
}

fn put_text(map: &mut Map<String, Value>, key: &str, text: Option<&str>) {
    if let Some(text) = text {
        map.insert(key.to_owned(), Value::String(text.to_owned()));
    }
}

fn put_texts(map: &mut Map<String, Value>, key: &str, texts: &IndexMap<String, String>) {
    if !texts.is_empty() {
        let texts = texts.iter().map(|(key, text)| (key.clone(), Value::String(text.clone()))).collect();
        map.insert(key.to_owned(), Value::Object(texts));
    }
}

#[cfg(test)]
mod tests;
