//! Why a value is what it is: what was seen where, by which rule, and how sure that makes one.
//!
//! This is the published form of evidence (`catalog-gen/schema/evidence.json`). It does not decide which of several
//! claims wins; [`crate::Findings`] does. The invariant: a claim has at least one piece of evidence.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::TreePath;

/// How sure a claim is.
///
/// Measured on the corpus: of the values marked `certain` at least 98 of 100 are right, of `likely` 85, descriptions
/// aside: they are quoted, and about every second one has the words that people would choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// A suggestion for a person to take; never written as a fact.
    Guess,
    /// Written, and said to be likely.
    Likely,
    /// The repository says so itself.
    Certain,
}

/// One thing that was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Evidence {
    /// The file it was seen in; none for what is known of the repository as a whole (its name, its address).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The line, from 1, where there is one to point to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The rule that made a value of it: the detector's name and its own word, such as `type.server-framework`.
    pub rule: String,
    /// What was seen, in a few words for people: "`axum` among the dependencies".
    pub seen: String,
}

/// A value with its reasons.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Claim {
    /// The value.
    pub value: Value,
    /// How sure it is.
    pub confidence: Confidence,
    /// What it rests on; never empty.
    pub evidence: Vec<Evidence>,
}

impl Evidence {
    /// Something seen in a file.
    pub fn at(path: &TreePath, line: Option<u32>, rule: &str, seen: impl Into<String>) -> Self {
        Self { file: Some(path.as_str().to_owned()), line, rule: rule.to_owned(), seen: seen.into() }
    }

    /// Something known of the repository as a whole.
    pub fn of_repository(rule: &str, seen: impl Into<String>) -> Self {
        Self { file: None, line: None, rule: rule.to_owned(), seen: seen.into() }
    }
}

impl Claim {
    /// A claim resting on one piece of evidence.
    pub fn new(value: impl Into<Value>, confidence: Confidence, evidence: Evidence) -> Self {
        Self { value: value.into(), confidence, evidence: vec![evidence] }
    }

    /// The same with one more piece of evidence.
    #[must_use]
    pub fn and(mut self, evidence: Evidence) -> Self {
        self.evidence.push(evidence);
        self
    }

    /// The value as text, where it is text.
    pub fn text(&self) -> Option<&str> {
        self.value.as_str()
    }
}
