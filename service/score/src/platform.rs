//! The rules of a platform: its environments, and how it makes resources.
//!
//! A versioned file that the platform team owns (`schema/platform-v1.json`). The invariant: every rule names
//! parameters and outputs that it has, and no two rules match alike.

use std::sync::OnceLock;

use indexmap::IndexMap;
use jsonschema::Validator;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::definition::Definition;
use crate::text::Text;
use crate::{Fault, Faults};

const SCHEMA: &str = include_str!("../schema/platform-v1.json");

/// The rules of a platform.
#[derive(Debug, Clone)]
pub struct Platform {
    pub(crate) spec: Spec,
    text: Text,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Spec {
    metadata: Metadata,
    pub(crate) environments: IndexMap<String, Environment>,
    pub(crate) definitions: Vec<Definition>,
}

#[derive(Debug, Clone, Deserialize)]
struct Metadata {
    name: String,
    version: String,
}

/// Where workloads run.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Environment {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) namespace: String,
    #[serde(default)]
    pub(crate) images: Images,
    #[serde(default)]
    pub(crate) scale: Scale,
    pub(crate) requests: Option<Map<String, Value>>,
    pub(crate) limits: Option<Map<String, Value>>,
    /// Namespaces that may call the workloads.
    #[serde(default)]
    pub(crate) callers: Vec<String>,
    #[serde(default)]
    pub(crate) values: Map<String, Value>,
}

/// How images have to be named.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Images {
    /// By digest.
    #[default]
    Digest,
    /// By digest or tag.
    Any,
}

/// How many pods there are.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct Scale {
    pub(crate) min: u32,
    pub(crate) max: u32,
    /// Percent of the requested CPU that the autoscaler aims at.
    #[serde(default = "Scale::default_cpu")]
    pub(crate) cpu: u32,
}

impl Scale {
    fn default_cpu() -> u32 {
        70
    }
}

impl Default for Scale {
    fn default() -> Self {
        Self { min: 1, max: 1, cpu: Self::default_cpu() }
    }
}

impl Platform {
    /// Reads the rules; `file` is how faults call them.
    pub fn read(file: &str, text: &str) -> Result<Self, Faults> {
        let text = Text::read(file, text)?;
        let schema = schema().map_err(|message| text.fault(&[], message))?;
        text.check(schema)?;
        let spec = Spec::deserialize(&text.value).map_err(|error| text.fault(&[], error.to_string()))?;
        let platform = Self { spec, text };
        let faults = platform.faults();
        if faults.is_empty() { Ok(platform) } else { Err(Faults(faults)) }
    }

    /// Name and version, such as `acme@2026.11`.
    pub fn version(&self) -> String {
        format!("{}@{}", self.spec.metadata.name, self.spec.metadata.version)
    }

    /// Names of its environments, in the order written.
    pub fn environments(&self) -> impl Iterator<Item = &str> {
        self.spec.environments.keys().map(String::as_str)
    }

    /// A fault at a part of the file.
    pub(crate) fn fault_at(&self, path: &[&str], message: impl Into<String>) -> Fault {
        self.text.fault(path, message)
    }

    /// A fault at a definition.
    pub(crate) fn fault(&self, definition: &str, path: &[&str], message: impl Into<String>) -> Fault {
        let at = self.spec.definitions.iter().position(|one| one.id == definition);
        let at = at.map(|at| at.to_string()).unwrap_or_default();
        let path: Vec<&str> = ["definitions", at.as_str()].into_iter().chain(path.iter().copied()).collect();
        self.text.fault(&path, message)
    }

    fn faults(&self) -> Vec<Fault> {
        let definitions = &self.spec.definitions;
        let mut faults = Vec::new();
        for (at, one) in definitions.iter().enumerate() {
            let index = at.to_string();
            let before = definitions.iter().take(at);
            for other in before {
                if other.id == one.id {
                    let message = format!("there is another rule `{}`; give each a name of its own", one.id);
                    faults.push(self.text.fault(&["definitions", &index, "id"], message));
                } else if other.criteria == one.criteria {
                    let message = format!(
                        "rules `{}` and `{}` match equally; make one more specific or take it away",
                        other.id, one.id
                    );
                    faults.push(self.text.fault(&["definitions", &index, "match"], message));
                }
            }
        }
        for (name, environment) in &self.spec.environments {
            if environment.scale.min > environment.scale.max {
                let message = "`min` is larger than `max`";
                faults.push(self.text.fault(&["environments", name, "scale"], message));
            }
        }
        faults
    }
}

fn schema() -> Result<&'static Validator, String> {
    static COMPILED: OnceLock<Result<Validator, String>> = OnceLock::new();
    let compiled = COMPILED.get_or_init(|| {
        let schema: Value = serde_json::from_str(SCHEMA).map_err(|error| error.to_string())?;
        jsonschema::draft202012::new(&schema).map_err(|error| error.to_string())
    });
    compiled.as_ref().map_err(Clone::clone)
}
