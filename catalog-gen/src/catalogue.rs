//! What generating gives: entities, the reasons for their values, and what was left out.
//!
//! Written as JSON it is what `--explain --format json` prints and what the service stores. The invariant: every
//! entity in it passes [`crate::validate()`], and each of its values has a claim that is not a guess.

use serde::{Deserialize, Serialize};

use crate::{Claim, Entity, Evidence, LanguageShare};

/// A field's value in an entity, or one that was not written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct FieldClaim {
    /// Path of the field, such as `spec.owner`.
    pub field: String,
    /// The value and its reasons.
    #[serde(flatten)]
    pub claim: Claim,
}

/// An entity and the reasons for its values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Described {
    /// The entity; valid, but for fields listed in `missing` that Backstage demands.
    #[cfg_attr(test, schemars(with = "serde_json::Map<String, serde_json::Value>"))]
    pub entity: Entity,
    /// The folder in the repository that it stands for, without a slash at its end; empty for the root.
    pub folder: String,
    /// Why there is such an entity at all; its value is what was found, in a word.
    pub existence: Claim,
    /// One for each value of the entity.
    pub fields: Vec<FieldClaim>,
    /// Guesses: values that a person may take.
    pub suggestions: Vec<FieldClaim>,
    /// Claims that lost against a surer one.
    pub outvoted: Vec<FieldClaim>,
    /// Fields that Backstage demands and nothing was found for, such as `spec.owner`; a word that holds the place
    /// (`unknown`) stands in the entity.
    pub missing: Vec<String>,
}

/// What a repository is, in catalog entities.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Catalogue {
    /// Systems, components, APIs, resources: in that order, by name.
    pub entities: Vec<Described>,
    /// Entities that may be there: nothing but guesses speaks for them. None of the others names them.
    pub suggested: Vec<Described>,
    /// Languages of the repository, most first.
    pub languages: Vec<LanguageShare>,
    /// What a person should know: things that were seen and are in no entity, and why.
    pub notes: Vec<Evidence>,
}

impl Catalogue {
    /// The entities as documents of one YAML text, for a file at the root of the repository.
    ///
    /// # Errors
    /// None that an entity of this crate gives; writing YAML can fail in principle.
    pub fn to_yaml(&self) -> Result<String, serde_yaml::Error> {
        let mut out = String::new();
        for described in &self.entities {
            if !out.is_empty() {
                out.push_str("---\n");
            }
            out.push_str(&serde_yaml::to_string(&described.written_in(None))?);
        }
        Ok(out)
    }

    /// The whole of it as JSON, with two blanks for each level, and a line break at its end.
    ///
    /// # Errors
    /// None that a catalogue gives; writing JSON can fail in principle.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        Ok(format!("{}\n", serde_json::to_string_pretty(self)?))
    }
}
