//! The way entities name each other: `[kind:][namespace/]name`.
//!
//! It reads and writes such references and compares them as Backstage does, with letter case ignored. It does
//! not check that the parts have the form that entities of today need, nor that the target exists. The
//! invariant: no part is empty.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The namespace of an entity that names none.
pub const DEFAULT_NAMESPACE: &str = "default";

/// A full reference to an entity. Equal, ordered and hashed without regard to letter case; `Display` gives the
/// lower-cased form `kind:namespace/name` that Backstage compares by.
#[derive(Debug, Clone)]
pub struct EntityRef {
    kind: String,
    namespace: String,
    name: String,
}

/// Why a text is not a reference to an entity.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RefError {
    /// There is no text.
    #[error("the entity reference is empty; write `kind:namespace/name`")]
    Empty,
    /// A part before `:` or `/`, or the name, is empty.
    #[error("the entity reference `{text}` has an empty {part}; write `kind:namespace/name`")]
    EmptyPart {
        /// The reference as written.
        text: String,
        /// `kind`, `namespace` or `name`.
        part: &'static str,
    },
    /// There is no kind, and the place where the reference stands implies none.
    #[error(
        "the entity reference `{text}` has no kind; write it as `component:{text}`, with the kind you mean"
    )]
    MissingKind {
        /// The reference as written.
        text: String,
    },
}

impl EntityRef {
    /// A reference from its parts; an empty part is an error.
    pub fn new(kind: &str, namespace: &str, name: &str) -> Result<Self, RefError> {
        let parts = [("kind", kind), ("namespace", namespace), ("name", name)];
        if let Some((part, _)) = parts.into_iter().find(|(_, text)| text.is_empty()) {
            return Err(RefError::EmptyPart { text: format!("{kind}:{namespace}/{name}"), part });
        }
        Ok(Self { kind: kind.to_owned(), namespace: namespace.to_owned(), name: name.to_owned() })
    }

    /// Reads a reference that names its kind; a missing namespace is `default`.
    pub fn parse(text: &str) -> Result<Self, RefError> {
        Self::parse_with(text, None, None)
    }

    /// Reads a reference where the place it stands in implies a kind, a namespace, or both. Without an implied
    /// kind one has to be written; without an implied namespace it is `default`.
    pub fn parse_with(
        text: &str,
        default_kind: Option<&str>,
        default_namespace: Option<&str>,
    ) -> Result<Self, RefError> {
        if text.is_empty() {
            return Err(RefError::Empty);
        }
        let (kind, rest) = match text.split_once(':') {
            Some((kind, rest)) if !kind.contains('/') => (Some(kind), rest),
            _ => (None, text),
        };
        let (namespace, name) = match rest.split_once('/') {
            Some((namespace, name)) => (Some(namespace), name),
            None => (None, rest),
        };
        let parts = [("kind", kind), ("namespace", namespace), ("name", Some(name))];
        if let Some((part, _)) = parts.into_iter().find(|(_, written)| *written == Some("")) {
            return Err(RefError::EmptyPart { text: text.to_owned(), part });
        }
        let kind = kind.or(default_kind).ok_or_else(|| RefError::MissingKind { text: text.to_owned() })?;
        Self::new(kind, namespace.or(default_namespace).unwrap_or(DEFAULT_NAMESPACE), name)
    }

    /// The kind, as written.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The namespace, as written.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// The name, as written.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// `kind:namespace/name` in the letter case it was written in.
    pub fn to_written(&self) -> String {
        format!("{}:{}/{}", self.kind, self.namespace, self.name)
    }
}

impl fmt::Display for EntityRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_written().to_lowercase())
    }
}

impl PartialEq for EntityRef {
    fn eq(&self, other: &Self) -> bool {
        self.to_string() == other.to_string()
    }
}

impl Eq for EntityRef {}

impl Hash for EntityRef {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.to_string().hash(state);
    }
}

impl PartialOrd for EntityRef {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for EntityRef {
    fn cmp(&self, other: &Self) -> Ordering {
        self.to_string().cmp(&other.to_string())
    }
}

impl FromStr for EntityRef {
    type Err = RefError;

    fn from_str(text: &str) -> Result<Self, RefError> {
        Self::parse(text)
    }
}

/// Written in the letter case it was read in.
impl Serialize for EntityRef {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_written())
    }
}

impl<'de> Deserialize<'de> for EntityRef {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests;
