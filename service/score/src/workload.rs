//! A Score file as a value.
//!
//! The rules are those of the [specification](https://docs.score.dev/docs/score-specification/score-spec-reference/),
//! held by a schema of ours in `schema/`; what the schema cannot say (a file without content) is asked here. Nothing
//! is expanded. The invariant: a [`Workload`] fits the specification.

use std::sync::OnceLock;

use indexmap::IndexMap;
use jsonschema::Validator;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::text::Text;
use crate::{Fault, Faults};

const SCHEMA: &str = include_str!("../schema/score-v1b1.json");

/// A workload that fits the specification.
#[derive(Debug, Clone)]
pub struct Workload {
    pub(crate) spec: Spec,
    pub(crate) text: Text,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Spec {
    pub(crate) metadata: Map<String, Value>,
    #[serde(default)]
    pub(crate) service: Service,
    pub(crate) containers: IndexMap<String, Container>,
    #[serde(default)]
    pub(crate) resources: IndexMap<String, Resource>,
}

#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Service {
    #[serde(default)]
    pub(crate) ports: IndexMap<String, Port>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Port {
    pub(crate) port: u16,
    pub(crate) target_port: Option<u16>,
    pub(crate) protocol: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Container {
    pub(crate) image: String,
    pub(crate) command: Option<Vec<String>>,
    pub(crate) args: Option<Vec<String>>,
    #[serde(default)]
    pub(crate) variables: IndexMap<String, String>,
    #[serde(default)]
    pub(crate) files: Mounts<File>,
    #[serde(default)]
    pub(crate) volumes: Mounts<Volume>,
    #[serde(default)]
    pub(crate) before: IndexMap<String, Before>,
    pub(crate) resources: Option<Value>,
    pub(crate) liveness_probe: Option<Map<String, Value>>,
    pub(crate) readiness_probe: Option<Map<String, Value>>,
}

/// By target path; the older list form names the target inside.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum Mounts<T> {
    Map(IndexMap<String, T>),
    List(Vec<T>),
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct File {
    target: Option<String>,
    pub(crate) mode: Option<String>,
    pub(crate) source: Option<String>,
    pub(crate) content: Option<String>,
    pub(crate) binary_content: Option<String>,
    #[serde(default)]
    pub(crate) no_expand: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Volume {
    target: Option<String>,
    pub(crate) source: String,
    pub(crate) path: Option<String>,
    #[serde(default)]
    pub(crate) read_only: bool,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Before {
    pub(crate) ready: String,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Resource {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) class: Option<String>,
    pub(crate) id: Option<String>,
    #[serde(default)]
    pub(crate) params: Map<String, Value>,
}

pub(crate) trait Mounted {
    fn target(&self) -> Option<&str>;
}

impl Mounted for File {
    fn target(&self) -> Option<&str> {
        self.target.as_deref()
    }
}

impl Mounted for Volume {
    fn target(&self) -> Option<&str> {
        self.target.as_deref()
    }
}

impl<T> Default for Mounts<T> {
    fn default() -> Self {
        Self::List(Vec::new())
    }
}

impl<T: Mounted> Mounts<T> {
    /// Target path, key in the document, and what is mounted; by target path.
    pub(crate) fn sorted(&self) -> Vec<(&str, String, &T)> {
        let mut all: Vec<(&str, String, &T)> = match self {
            Self::Map(map) => {
                map.iter().map(|(target, what)| (target.as_str(), target.clone(), what)).collect()
            }
            Self::List(list) => {
                let placed = list.iter().enumerate();
                placed.map(|(at, what)| (what.target().unwrap_or_default(), at.to_string(), what)).collect()
            }
        };
        all.sort_by(|a, b| a.0.cmp(b.0));
        all
    }
}

impl Workload {
    /// Reads a Score file; `file` is how faults call it.
    pub fn read(file: &str, text: &str) -> Result<Self, Faults> {
        let text = Text::read(file, text)?;
        let schema = schema().map_err(|message| text.fault(&[], message))?;
        text.check(schema)?;
        let spec = Spec::deserialize(&text.value).map_err(|error| text.fault(&[], error.to_string()))?;
        let workload = Self { spec, text };
        let faults: Vec<Fault> = workload.mounts_without_a_target();
        if faults.is_empty() { Ok(workload) } else { Err(Faults(faults)) }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.spec.metadata.get("name").and_then(Value::as_str).unwrap_or_default()
    }

    /// The files that its containers take from beside the Score file, as written there.
    pub fn sources(&self) -> Vec<&str> {
        let files = self.spec.containers.values().flat_map(|container| container.files.sorted());
        files.filter_map(|(_, _, file)| file.source.as_deref()).collect()
    }

    /// Its annotations, in the order written.
    pub(crate) fn annotations(&self) -> impl Iterator<Item = (&str, &str)> {
        let map = self.spec.metadata.get("annotations").and_then(Value::as_object);
        map.into_iter().flatten().filter_map(|(key, value)| Some((key.as_str(), value.as_str()?)))
    }

    fn mounts_without_a_target(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        for (name, container) in &self.spec.containers {
            let files = container.files.sorted().into_iter().map(|(target, key, _)| ("files", target, key));
            let volumes =
                container.volumes.sorted().into_iter().map(|(target, key, _)| ("volumes", target, key));
            for (kind, target, key) in files.chain(volumes) {
                if !target.starts_with('/') || target.split('/').any(|part| part == "..") {
                    let message =
                        format!("`{target}` is no place in a container; name an absolute path without `..`");
                    faults.push(self.text.fault(&["containers", name, kind, &key], message));
                }
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
