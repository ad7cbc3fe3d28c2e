//! What a site says of itself: its words, its owners, its annotations.
//!
//! A YAML file that the platform team keeps (`--site`), or the `catalog` settings of the service. It holds no facts
//! of a repository. The invariant: an empty site changes nothing.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// The settings of a site; every key may be left out, an unknown one is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Site {
    /// Namespace of what is generated; left out of the entities when it is `default`.
    pub namespace: Option<String>,
    /// How teams of an organisation are written as owners.
    pub teams: TeamNamespace,
    /// House words for `spec.type`: ours on the left (`service`, `website`, `library`, `tool`, …).
    pub types: IndexMap<String, String>,
    /// House words for `spec.lifecycle`: ours on the left (`production`, `experimental`, `deprecated`).
    pub lifecycles: IndexMap<String, String>,
    /// Owners by what names them: a team or user of CODEOWNERS (`@acme/shop`), a topic, a repository or a path in it
    /// (`acme/shop/services/cart`), to an entity ref.
    pub owners: IndexMap<String, String>,
    /// The owner of what nobody owns; marked as a guess.
    pub fallback_owner: Option<String>,
    /// Annotations of the house: what is looked for, and what is written.
    pub annotations: Vec<AnnotationRule>,
    /// How many libraries of one repository become components of their own.
    pub most_libraries: usize,
    /// Kinds that go to a file of their own where no file has them yet, because `catalog.rules` takes them only from
    /// some places: `System`, `Resource`.
    pub separate_kinds: Vec<String>,
}

/// How a team of an organisation is written as an owner.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TeamNamespace {
    /// `group:default/<team>`: the catalog has one organisation.
    #[default]
    Default,
    /// `group:<organisation>/<team>`: it has several.
    Organization,
}

/// An annotation that a site wants, and where its value comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AnnotationRule {
    /// Its key.
    pub annotation: String,
    /// File name or path that is looked at; `*` stands for anything but a slash.
    pub file: String,
    /// Regular expression over the file's lines; without it the file's being there is enough.
    #[serde(default)]
    pub pattern: Option<String>,
    /// The value: text in which `$1` stands for the first group of the pattern and `$dir` for the file's folder.
    pub value: String,
}

impl Default for Site {
    fn default() -> Self {
        Self {
            namespace: None,
            teams: TeamNamespace::Default,
            types: IndexMap::new(),
            lifecycles: IndexMap::new(),
            owners: IndexMap::new(),
            fallback_owner: None,
            annotations: Vec::new(),
            most_libraries: 20,
            separate_kinds: Vec::new(),
        }
    }
}
