//! How a workload is reached and how much of it there is.

use serde_json::{Value, json};

use super::{Writer, object};

impl Writer<'_, '_> {
    pub(super) fn service(&mut self) {
        let ports = &self.context.workload.spec.service.ports;
        if ports.is_empty() {
            return;
        }
        let ports: Vec<Value> = ports
            .iter()
            .map(|(name, port)| {
                json!({
                    "name": name,
                    "port": port.port,
                    "targetPort": port.target_port.unwrap_or(port.port),
                    "protocol": port.protocol.as_deref().unwrap_or("TCP"),
                })
            })
            .collect();
        self.manifests.push(json!({
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": self.metadata(self.name()),
            "spec": { "selector": self.selector(), "ports": ports },
        }));
    }

    /// An autoscaler where there is room for one, and a budget where a pod can be spared.
    pub(super) fn scaling(&mut self) {
        let scale = self.context.settings.scale;
        if scale.max > scale.min {
            let target = json!({ "type": "Utilization", "averageUtilization": scale.cpu });
            self.manifests.push(json!({
                "apiVersion": "autoscaling/v2",
                "kind": "HorizontalPodAutoscaler",
                "metadata": self.metadata(self.name()),
                "spec": {
                    "scaleTargetRef": { "apiVersion": "apps/v1", "kind": "Deployment", "name": self.name() },
                    "minReplicas": scale.min,
                    "maxReplicas": scale.max,
                    "metrics": [{ "type": "Resource", "resource": { "name": "cpu", "target": target } }],
                },
            }));
        }
        if scale.min > 1 {
            self.manifests.push(json!({
                "apiVersion": "policy/v1",
                "kind": "PodDisruptionBudget",
                "metadata": self.metadata(self.name()),
                "spec": { "maxUnavailable": 1, "selector": { "matchLabels": self.selector() } },
            }));
        }
    }

    /// Lets in its own namespace and the environment's callers, on the ports of the service.
    pub(super) fn network_policy(&mut self) {
        let ports: Vec<Value> = self
            .context
            .workload
            .spec
            .service
            .ports
            .values()
            .map(|port| {
                let protocol = port.protocol.as_deref().unwrap_or("TCP");
                json!({ "port": port.target_port.unwrap_or(port.port), "protocol": protocol })
            })
            .collect();
        let own = std::iter::once(json!({ "podSelector": {} }));
        let callers = self.context.settings.callers.iter().map(|caller| {
            json!({ "namespaceSelector": { "matchLabels": { "kubernetes.io/metadata.name": caller } } })
        });
        let from: Vec<Value> = own.chain(callers).collect();
        let ingress = (!ports.is_empty()).then(|| json!([{ "from": from, "ports": ports }]));
        let spec = object([
            ("podSelector", Some(json!({ "matchLabels": self.selector() }))),
            ("policyTypes", Some(json!(["Ingress"]))),
            ("ingress", ingress),
        ]);
        self.manifests.push(json!({
            "apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy",
            "metadata": self.metadata(self.name()),
            "spec": spec,
        }));
    }
}
