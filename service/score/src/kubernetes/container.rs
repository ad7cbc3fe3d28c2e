//! The deployment and the containers of its pods.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::{Writer, object};
use crate::platform::Images;
use crate::workload::Container;

/// How often and how long a container is asked whether it has started, before the other probes begin.
const STARTUP: (u32, u32) = (2, 60);
/// The group that may read files that not everybody may.
const FILES_GROUP: u32 = 65_532;

impl Writer<'_, '_> {
    pub(super) fn deployment(&mut self) {
        let containers = &self.context.workload.spec.containers;
        let Some(early) = self.start_order(containers) else { return };
        let (mut first, mut main) = (Vec::new(), Vec::new());
        let mut volumes = vec![json!({ "name": "tmp", "emptyDir": {} })];
        for name in &early {
            let Some(container) = containers.get(name.as_str()) else { continue };
            let mut made = self.container(name, container, &mut volumes);
            // A container that others wait for, but not for its end, runs beside them.
            if let (Value::Object(made), true) = (&mut made, !ends(containers, name)) {
                made.insert("restartPolicy".to_owned(), json!("Always"));
            }
            first.push(made);
        }
        for (name, container) in containers.iter().filter(|(name, _)| !early.contains(name)) {
            main.push(self.container(name, container, &mut volumes));
        }
        let scale = self.context.settings.scale;
        let spread = json!([{
            "maxSkew": 1,
            "topologyKey": "topology.kubernetes.io/zone",
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": { "matchLabels": self.selector() },
        }]);
        let pod = object([
            ("serviceAccountName", Some(json!(self.name()))),
            ("automountServiceAccountToken", Some(json!(false))),
            ("securityContext", Some(pod_security(&volumes))),
            ("topologySpreadConstraints", (scale.max > 1).then_some(spread)),
            ("initContainers", (!first.is_empty()).then_some(Value::Array(first))),
            ("containers", Some(Value::Array(main))),
            ("volumes", Some(Value::Array(volumes))),
        ]);
        let template = json!({ "metadata": self.pod_metadata(), "spec": pod });
        let spec = object([
            ("replicas", (scale.max == scale.min).then(|| json!(scale.min))),
            ("revisionHistoryLimit", Some(json!(5))),
            ("selector", Some(json!({ "matchLabels": self.selector() }))),
            ("template", Some(template)),
        ]);
        self.manifests.push(json!({
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": self.metadata(self.name()),
            "spec": spec,
        }));
    }

    /// The workload's own annotations reach its pods.
    fn pod_metadata(&self) -> Value {
        let own = self.context.workload.annotations();
        let own: Map<String, Value> = own.map(|(key, value)| (key.to_owned(), json!(value))).collect();
        object([
            ("labels", Some(self.selector())),
            ("annotations", (!own.is_empty()).then_some(Value::Object(own))),
        ])
    }

    fn container(&mut self, name: &str, container: &Container, volumes: &mut Vec<Value>) -> Value {
        let image = self.image(name, container);
        let variables = self.variables(name, &container.variables);
        let mut mounts = self.mounts(name, container);
        volumes.append(&mut mounts.volumes);
        if !mounts.mounts.iter().any(|mount| mount.get("mountPath") == Some(&json!("/tmp"))) {
            mounts.mounts.insert(0, json!({ "name": "tmp", "mountPath": "/tmp" }));
        }
        let liveness = container.liveness_probe.as_ref().map(probe);
        let startup = liveness.clone().map(|mut probe| {
            if let Value::Object(probe) = &mut probe {
                probe.insert("periodSeconds".to_owned(), json!(STARTUP.0));
                probe.insert("failureThreshold".to_owned(), json!(STARTUP.1));
            }
            probe
        });
        let has_variables = variables.as_array().is_some_and(|all| !all.is_empty());
        object([
            ("name", Some(json!(name))),
            ("image", Some(json!(image))),
            ("command", container.command.as_ref().map(|command| json!(command))),
            ("args", container.args.as_ref().map(|args| json!(args))),
            ("env", has_variables.then_some(variables)),
            ("resources", self.amounts(container)),
            ("startupProbe", startup),
            ("livenessProbe", liveness),
            ("readinessProbe", container.readiness_probe.as_ref().map(probe)),
            (
                "securityContext",
                Some(json!({
                    "allowPrivilegeEscalation": false,
                    "readOnlyRootFilesystem": true,
                    "capabilities": { "drop": ["ALL"] },
                })),
            ),
            ("volumeMounts", Some(Value::Array(mounts.mounts))),
        ])
    }

    /// What the container asks for, and what the environment says where it asks for nothing.
    fn amounts(&self, container: &Container) -> Option<Value> {
        let mut all = Map::new();
        for (key, fallback) in
            [("requests", &self.context.settings.requests), ("limits", &self.context.settings.limits)]
        {
            let mut amounts = fallback.clone().unwrap_or_default();
            let own = container.resources.as_ref().and_then(|resources| resources.get(key)?.as_object());
            amounts.extend(own.cloned().unwrap_or_default());
            if !amounts.is_empty() {
                all.insert(key.to_owned(), Value::Object(amounts));
            }
        }
        (!all.is_empty()).then_some(Value::Object(all))
    }

    fn image(&mut self, name: &str, container: &Container) -> String {
        let at = ["containers", name, "image"];
        let image = match (container.image.as_str(), self.request.image) {
            (".", Some(image)) => image,
            (".", None) => {
                self.fault(&at, "the image is made by the pipeline; name it with `--image`");
                return String::new();
            }
            (written, _) => written,
        };
        if self.context.settings.images == Images::Digest && !has_digest(image) {
            let message = format!(
                "`{image}` names no digest, and `{}` takes images by digest alone; write `<name>@sha256:<digest>`",
                self.context.environment
            );
            self.fault(&at, message);
        }
        image.to_owned()
    }

    /// The containers that start before others, in their order.
    fn start_order(&mut self, containers: &IndexMap<String, Container>) -> Option<Vec<String>> {
        let mut early: Vec<String> = Vec::new();
        let wanted: BTreeSet<&String> = containers.values().flat_map(|one| one.before.keys()).collect();
        for (name, container) in containers {
            if let Some(unknown) = container.before.keys().find(|other| !containers.contains_key(*other)) {
                let message = format!("there is no container `{unknown}`");
                self.fault(&["containers", name, "before", unknown], message);
                return None;
            }
        }
        self.health_of_early(containers);
        while early.len() < wanted.len() {
            let next = wanted.iter().find(|name| {
                let before = containers.get(name.as_str()).map(|one| &one.before);
                !early.contains(**name) && before.is_none_or(|all| all.keys().all(|one| early.contains(one)))
            });
            let Some(next) = next else {
                let waiting: Vec<String> = wanted
                    .iter()
                    .filter(|name| !early.contains(**name))
                    .map(|name| format!("`{name}`"))
                    .collect();
                let message = format!("these containers wait for each other: {}", waiting.join(", "));
                self.fault(&["containers"], message);
                return None;
            };
            early.push((*next).clone());
        }
        if early.len() == containers.len() {
            self.fault(&["containers"], "every container starts before another one, so none is left to run");
            return None;
        }
        Some(early)
    }
}

impl Writer<'_, '_> {
    /// A container that others wait for to be healthy needs a way to be asked.
    fn health_of_early(&mut self, containers: &IndexMap<String, Container>) {
        for (name, container) in containers {
            for (other, before) in container.before.iter().filter(|(_, before)| before.ready == "healthy") {
                if containers.get(other).is_some_and(|one| one.liveness_probe.is_none()) {
                    let message = format!(
                        "`{other}` has no `livenessProbe` that would tell when it is {}",
                        before.ready
                    );
                    self.fault(&["containers", name, "before", other], message);
                }
            }
        }
    }
}

/// Whether others wait for its end.
fn ends(containers: &IndexMap<String, Container>, name: &str) -> bool {
    containers.values().any(|one| one.before.get(name).is_some_and(|before| before.ready == "complete"))
}

fn probe(probe: &Map<String, Value>) -> Value {
    // Kubernetes takes one way of asking; a command is preferred, as the specification says.
    let way = ["exec", "httpGet"].into_iter().find_map(|way| Some((way, probe.get(way)?)));
    way.map_or(Value::Null, |(way, how)| json!({ way: how }))
}

fn has_digest(image: &str) -> bool {
    let Some((name, digest)) = image.split_once("@sha256:") else { return false };
    !name.is_empty() && digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The security context of a pod. Files of a volume belong to root: those that not everybody may read are given to a
/// group that the pod's processes are in, because none of them is root.
fn pod_security(volumes: &[Value]) -> Value {
    let everybody =
        |item: &Value| item.get("mode").and_then(Value::as_u64).is_none_or(|mode| mode & 0o004 != 0);
    let items = volumes.iter().filter_map(|volume| volume.pointer("/configMap/items")?.as_array());
    let is_kept = items.flatten().any(|item| !everybody(item));
    object([
        ("runAsNonRoot", Some(json!(true))),
        ("seccompProfile", Some(json!({ "type": "RuntimeDefault" }))),
        ("fsGroup", is_kept.then(|| json!(FILES_GROUP))),
        ("fsGroupChangePolicy", is_kept.then(|| json!("OnRootMismatch"))),
    ])
}
