//! The Kubernetes manifests of a workload.
//!
//! A `Deployment` with its `ServiceAccount`, a `Service` where there are ports, an autoscaler, a disruption budget and
//! a network policy as the environment asks for, the `ConfigMap`s of its files, and the manifests of its resources.
//! Pods run without privileges, on a read-only root file system. The invariant: two manifests never have the same
//! kind and name, and all are in the environment's namespace.

mod container;
mod files;
mod service;
mod variables;

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::placeholder;
use crate::render::Request;
use crate::resolve::{Context, Resolved};
use crate::{Fault, Faults};

/// Manifests by file name.
pub(crate) type Manifests = BTreeMap<String, String>;

/// Everything that the modules here write about.
pub(crate) struct Writer<'w, 'c> {
    pub(crate) context: &'w Context<'c>,
    pub(crate) request: &'w Request<'c>,
    pub(crate) resources: &'w [Resolved<'c>],
    manifests: Vec<Value>,
    faults: Vec<Fault>,
}

/// All manifests, and the `kustomization.yaml` that names them.
pub(crate) fn manifests<'c>(
    context: &Context<'c>,
    request: &Request<'c>,
    resources: &[Resolved<'c>],
) -> Result<Manifests, Faults> {
    let mut writer = Writer { context, request, resources, manifests: Vec::new(), faults: Vec::new() };
    writer.service_account();
    writer.deployment();
    writer.service();
    writer.scaling();
    writer.network_policy();
    for resolved in resources {
        writer.of_resource(resolved);
    }
    writer.finish()
}

/// Is it a name of RFC 1123's labels?
pub(crate) fn is_label(text: &str) -> bool {
    let inside = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (1..=63).contains(&text.len())
        && text.chars().all(inside)
        && !text.starts_with('-')
        && !text.ends_with('-')
}

impl<'c> Writer<'_, 'c> {
    fn name(&self) -> &'c str {
        self.context.workload.name()
    }

    /// Labels by which the workload's pods are found.
    fn selector(&self) -> Value {
        json!({ "app.kubernetes.io/name": self.name(), "app.kubernetes.io/instance": self.name() })
    }

    fn metadata(&self, name: &str) -> Value {
        let mut labels = self.selector();
        if let Value::Object(labels) = &mut labels {
            labels.insert("app.kubernetes.io/managed-by".to_owned(), json!("stagecraft"));
        }
        json!({
            "name": name,
            "namespace": self.context.namespace,
            "labels": labels,
            "annotations": {
                "stagecraft.dev/environment": self.context.environment,
                "stagecraft.dev/platform": self.context.platform.version(),
            },
        })
    }

    fn fault(&mut self, path: &[&str], message: impl Into<String>) {
        self.faults.push(self.context.workload.text.fault(path, message));
    }

    fn service_account(&mut self) {
        self.manifests.push(json!({
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": self.metadata(self.name()),
            "automountServiceAccountToken": false,
        }));
    }

    fn of_resource(&mut self, resolved: &Resolved<'c>) {
        for (at, manifest) in resolved.definition.manifests.iter().enumerate() {
            let lookup = |path: &[String]| self.context.of_definition(resolved, path);
            let made = placeholder::expand(manifest, &lookup, &|output| self.context.stand_in(output));
            match made {
                Ok(mut manifest) => {
                    if let Some(Value::Object(metadata)) = manifest.get_mut("metadata") {
                        metadata.entry("namespace").or_insert_with(|| json!(self.context.namespace));
                    }
                    self.manifests.push(manifest);
                }
                Err(message) => {
                    let (id, at) = (&resolved.definition.id, at.to_string());
                    self.faults.push(self.context.platform.fault(id, &["manifests", &at], message));
                }
            }
        }
    }

    fn finish(self) -> Result<Manifests, Faults> {
        let Self { context, manifests, mut faults, .. } = self;
        let mut files = Manifests::new();
        for manifest in manifests {
            let word = |pointer: &str| manifest.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
            let file = format!("{}-{}.yaml", word("/kind").to_lowercase(), word("/metadata/name"));
            let fits = file.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.'));
            let text = serde_yaml::to_string(&manifest);
            match text {
                Ok(text) if fits && !files.contains_key(&file) => drop(files.insert(file, text)),
                Ok(_) if fits => {
                    let message =
                        format!("two manifests are the {} `{}`", word("/kind"), word("/metadata/name"));
                    faults.push(context.workload.text.fault(&["resources"], message));
                }
                Ok(_) => {
                    let message = format!("`{}` is no name that a manifest can have", word("/metadata/name"));
                    faults.push(context.workload.text.fault(&["resources"], message));
                }
                Err(error) => faults.push(context.workload.text.fault(&[], error.to_string())),
            }
        }
        if !faults.is_empty() {
            return Err(Faults(faults));
        }
        let named: Vec<&String> = files.keys().collect();
        let kustomization = json!({
            "apiVersion": "kustomize.config.k8s.io/v1beta1",
            "kind": "Kustomization",
            "namespace": context.namespace,
            "resources": named,
        });
        let kustomization = serde_yaml::to_string(&kustomization)
            .map_err(|error| context.workload.text.fault(&[], error.to_string()))?;
        files.insert("kustomization.yaml".to_owned(), kustomization);
        Ok(files)
    }
}

/// A mapping of what is there.
fn object(members: impl IntoIterator<Item = (&'static str, Option<Value>)>) -> Value {
    let there = members.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?)));
    Value::Object(there.collect::<Map<_, _>>())
}
