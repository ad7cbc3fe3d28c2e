//! From a workload, an environment and the platform's rules to files.
//!
//! `kubernetes/` holds one file for each manifest and a `kustomization.yaml`, `terraform/main.tf.json` the calls of
//! the platform's modules, `explanation.json` what came from which rule. The invariant: either all files of a folder
//! are given or none.

use std::cell::RefCell;
use std::collections::BTreeSet;

use catalog_gen::{Entry, FileTree, TreePath};
use serde_json::{Map, Value};

use crate::explain::Explanation;
use crate::kubernetes;
use crate::placeholder;
use crate::resolve::Context;
use crate::terraform;
use crate::{Fault, Faults, Platform, Workload};

/// What stands in a preview for a value that only Terraform knows, once it was applied.
pub const KNOWN_AFTER_APPLY: &str = "(known after apply)";

/// What is to be rendered.
#[derive(Debug, Clone, Copy)]
pub struct Request<'r> {
    /// The workload.
    pub workload: &'r Workload,
    /// The rules.
    pub platform: &'r Platform,
    /// The environment's name.
    pub environment: &'r str,
    /// The image of containers whose image is `.`.
    pub image: Option<&'r str>,
    /// Files that the workload's containers name as `source`, by their path relative to the Score file.
    pub files: &'r FileTree,
    /// Outputs of the Terraform part, as `terraform output -json` writes them.
    pub outputs: &'r Map<String, Value>,
    /// Render everything, with [`KNOWN_AFTER_APPLY`] for what is not known.
    pub preview: bool,
}

/// What came of it.
#[derive(Debug, Clone)]
pub struct Rendered {
    /// The files. Without the folder `kubernetes` when `waits_for` names something and no preview was asked for.
    pub files: FileTree,
    /// Outputs of Terraform that the manifests need and nobody gave, as `resource.output`.
    pub waits_for: Vec<String>,
    /// What came from which rule.
    pub explanation: Explanation,
}

/// Renders.
pub fn render(request: &Request<'_>) -> Result<Rendered, Faults> {
    let context = context(request)?;
    let resources = context.resolve()?;
    let manifests = kubernetes::manifests(&context, request, &resources)?;
    let root = terraform::root(&context, &resources)?;
    let waits_for: Vec<String> = context.waiting.borrow().iter().cloned().collect();
    let explanation = Explanation::of(&context, &resources);

    let mut files = Vec::new();
    if waits_for.is_empty() || request.preview {
        files.extend(manifests.into_iter().map(|(name, text)| (format!("kubernetes/{name}"), text)));
    }
    files.extend(root.map(|text| ("terraform/main.tf.json".to_owned(), text)));
    files.push(("explanation.json".to_owned(), explanation.to_json()));
    let files = tree(files).map_err(|message| request.workload.text.fault(&[], message))?;
    Ok(Rendered { files, waits_for, explanation })
}

fn context<'r>(request: &Request<'r>) -> Result<Context<'r>, Faults> {
    let (workload, platform, name) = (request.workload, request.platform, request.environment);
    let Some(settings) = platform.spec.environments.get(name) else {
        let known: Vec<String> = platform.environments().map(|known| format!("`{known}`")).collect();
        let message = format!("the platform has no environment `{name}`; it has {}", known.join(", "));
        return Err(workload.text.fault(&[], message).into());
    };
    let lookup = |path: &[String]| match path {
        [one] if one == "workload" => Ok(placeholder::Output::Known(Value::from(workload.name()))),
        [one] if one == "environment" => Ok(placeholder::Output::Known(Value::from(name))),
        other => {
            Err(format!("`${{{}}}` stands for nothing; use `workload` or `environment`", other.join(".")))
        }
    };
    let namespace = placeholder::parts(&settings.namespace, &lookup)
        .and_then(|parts| placeholder::joined(&parts, &|_| Err("not known".to_owned())))
        .map_err(|message| environment_fault(platform, name, message))?;
    if !kubernetes::is_label(&namespace) {
        let message = format!("`{namespace}` is no name that a namespace can have");
        return Err(environment_fault(platform, name, message).into());
    }
    let waiting = RefCell::new(BTreeSet::new());
    Ok(Context {
        workload,
        platform,
        environment: name,
        settings,
        namespace,
        outputs: request.outputs,
        waiting,
    })
}

fn environment_fault(platform: &Platform, name: &str, message: String) -> Fault {
    platform.fault_at(&["environments", name, "namespace"], message)
}

fn tree(files: Vec<(String, String)>) -> Result<FileTree, String> {
    let mut tree = FileTree::new();
    for (path, text) in files {
        let path = TreePath::parse(&path).map_err(|error| error.to_string())?;
        tree.insert(path, Entry::file(text)).map_err(|error| error.to_string())?;
    }
    Ok(tree)
}
