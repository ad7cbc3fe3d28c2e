//! What came from which rule, as data, as text, as a picture.

use serde::Serialize;

use crate::placeholder::Output;
use crate::resolve::{Context, Resolved};

/// Why the files are as they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// The workload's name.
    pub workload: String,
    /// The environment's name.
    pub environment: String,
    /// Name and version of the rules.
    pub platform: String,
    /// One for each resource, in the order of the Score file.
    pub resources: Vec<Chosen>,
}

/// The rule that stands for a resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Chosen {
    /// Its name in the Score file.
    pub resource: String,
    /// Its type, with class and id where they are set: `postgres.large#orders`.
    pub asked: String,
    /// The rule.
    pub rule: String,
    /// What of the rule matched.
    pub because: Vec<String>,
    /// Other rules of the type, with why they were not taken.
    pub passed_over: Vec<String>,
    /// Each output and where it comes from.
    pub outputs: Vec<String>,
    /// The Terraform module, if any.
    pub module: Option<String>,
}

impl Explanation {
    pub(crate) fn of(context: &Context<'_>, resources: &[Resolved<'_>]) -> Self {
        Self {
            workload: context.workload.name().to_owned(),
            environment: context.environment.to_owned(),
            platform: context.platform.version(),
            resources: resources.iter().map(Chosen::of).collect(),
        }
    }

    /// As JSON.
    pub fn to_json(&self) -> String {
        let json = serde_json::to_value(self).unwrap_or_default();
        format!("{json:#}\n")
    }

    /// For people.
    pub fn to_text(&self) -> String {
        let mut text = format!("{} in {}, by {}\n", self.workload, self.environment, self.platform);
        for one in &self.resources {
            text.push_str(&format!("\n{} ({}): rule {}\n", one.resource, one.asked, one.rule));
            text.push_str(&format!("  because of {}\n", one.because.join(", ")));
            for passed in &one.passed_over {
                text.push_str(&format!("  not {passed}\n"));
            }
            if let Some(module) = &one.module {
                text.push_str(&format!("  Terraform module {module}\n"));
            }
            for output in &one.outputs {
                text.push_str(&format!("  gives {output}\n"));
            }
        }
        text
    }

    /// As a [Mermaid](https://mermaid.js.org) flowchart.
    pub fn to_mermaid(&self) -> String {
        let mut text = String::from("flowchart LR\n");
        text.push_str(&format!("  workload[\"{}\"]\n", self.workload));
        for (at, one) in self.resources.iter().enumerate() {
            text.push_str(&format!("  workload --> r{at}[\"{}<br/>{}\"]\n", one.resource, one.asked));
            text.push_str(&format!("  r{at} --> d{at}([\"rule {}\"])\n", one.rule));
            if let Some(module) = &one.module {
                let module = module.replace('"', "'");
                text.push_str(&format!("  d{at} --> m{at}[[\"{module}\"]]\n"));
            }
        }
        text
    }
}

impl Chosen {
    fn of(resolved: &Resolved<'_>) -> Self {
        let resource = resolved.resource;
        let class = resource.class.as_ref().map(|class| format!(".{class}")).unwrap_or_default();
        let id = resource.id.as_ref().map(|id| format!("#{id}")).unwrap_or_default();
        let passed = resolved.passed_over.iter().map(|(rule, why)| format!("{rule}: {why}"));
        let outputs = resolved.outputs.iter().map(|(key, output)| match output {
            Output::Known(_) => key.clone(),
            Output::Secret { name, key: inner } => format!("{key}, from key {inner} of Secret {name}"),
            Output::ConfigMap { name, key: inner } => format!("{key}, from key {inner} of ConfigMap {name}"),
            Output::Terraform { output, .. } => format!("{key}, once Terraform has made {output}"),
        });
        Self {
            resource: resolved.name.to_owned(),
            asked: format!("{}{class}{id}", resource.kind),
            rule: resolved.definition.id.clone(),
            because: resolved.reasons.clone(),
            passed_over: passed.collect(),
            outputs: outputs.collect(),
            module: resolved.definition.terraform.as_ref().map(|module| module.source.clone()),
        }
    }
}
