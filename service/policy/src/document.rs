//! The files that policies are about, read into the values that they see.
//!
//! What a file is follows from its name, and for YAML and JSON from what stands in it. The invariant: a file that
//! policies would be asked about and that cannot be read is told, never passed over.

mod codeowners;
mod dockerfile;
mod hcl;
mod tree;

use std::fmt;

use catalog_gen::TreePath;
use serde_json::Value;

use crate::marks::Marks;

/// The longest file that is read, in bytes.
pub const MAX_FILE_BYTES: usize = 2 * 1024 * 1024;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A Kubernetes object; one document of a YAML or JSON file.
    Manifest,
    /// Terraform: `*.tf`, `*.tf.json`, `*.tfvars`.
    Terraform,
    /// An IAM policy document in JSON.
    Iam,
    /// A workflow of GitHub Actions.
    Workflow,
    /// An action of GitHub Actions.
    Action,
    /// A Dockerfile.
    Dockerfile,
    /// An entity of Backstage's catalog.
    Catalog,
    /// A Score workload.
    Score,
    /// What Stagecraft remembers of the template: `.stagecraft/*.lock.json`.
    Lock,
    /// CODEOWNERS.
    Codeowners,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Manifest,
        Self::Terraform,
        Self::Iam,
        Self::Workflow,
        Self::Action,
        Self::Dockerfile,
        Self::Catalog,
        Self::Score,
        Self::Lock,
        Self::Codeowners,
    ];

    /// The word by which policies name it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Manifest => "manifest",
            Self::Terraform => "terraform",
            Self::Iam => "iam",
            Self::Workflow => "workflow",
            Self::Action => "action",
            Self::Dockerfile => "dockerfile",
            Self::Catalog => "catalog",
            Self::Score => "score",
            Self::Lock => "lock",
            Self::Codeowners => "codeowners",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// One thing that policies are asked about.
#[derive(Debug, Clone)]
pub struct Document {
    /// The file.
    pub file: TreePath,
    /// What it is.
    pub kind: Kind,
    /// What policies see.
    pub value: Value,
    pub(crate) marks: Marks,
}

/// Why a file, or a document in it, could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unreadable {
    pub line: usize,
    pub message: String,
}

/// How a file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// YAML or JSON; what it is may follow from what stands in it.
    Data(Option<Kind>),
    Hcl,
    Dockerfile,
    Codeowners,
}

/// Whether a file of this name may be one that policies are about.
pub fn wanted(path: &TreePath) -> bool {
    form(path).is_some()
}

/// Whether the name of a file alone tells that policies are about it.
pub(crate) fn is_known(path: &TreePath) -> bool {
    form(path).is_some_and(|form| form != Form::Data(None))
}

/// The documents of a file; none where it is not what policies are about.
pub fn read(path: &TreePath, text: &str) -> Vec<Document> {
    read_all(path, text).into_iter().filter_map(Result::ok).collect()
}

pub(crate) fn read_all(path: &TreePath, text: &str) -> Vec<Result<Document, Unreadable>> {
    let one = |kind, read: Result<(Value, Marks), Unreadable>| {
        vec![read.map(|(value, marks)| Document { file: path.clone(), kind, value, marks })]
    };
    match form(path) {
        None => Vec::new(),
        Some(Form::Hcl) => one(Kind::Terraform, hcl::read(text)),
        Some(Form::Dockerfile) => one(Kind::Dockerfile, Ok(dockerfile::read(text))),
        Some(Form::Codeowners) => one(Kind::Codeowners, Ok(codeowners::read(text))),
        Some(Form::Data(kind)) => tree::read(text, kind)
            .into_iter()
            .map(|read| read.map(|(kind, value, marks)| Document { file: path.clone(), kind, value, marks }))
            .collect(),
    }
}

fn form(path: &TreePath) -> Option<Form> {
    let name = path.file_name();
    if path.segments().any(|part| matches!(part, "node_modules" | ".terraform" | ".venv" | ".git")) {
        return None;
    }
    if name == "CODEOWNERS" {
        return Some(Form::Codeowners);
    }
    let dockerfile = matches!(name, "Dockerfile" | "Containerfile")
        || name.starts_with("Dockerfile.") && name != "Dockerfile.dockerignore"
        || name.ends_with(".Dockerfile")
        || name.ends_with(".dockerfile");
    if dockerfile {
        return Some(Form::Dockerfile);
    }
    let (stem, ending) = name.rsplit_once('.')?;
    match ending {
        "tf" | "tfvars" | "tofu" => Some(Form::Hcl),
        "json" if stem.ends_with(".tf") || stem.ends_with(".tfvars") => {
            Some(Form::Data(Some(Kind::Terraform)))
        }
        "json" if stem.ends_with(".lock") && path.as_str().contains(".stagecraft/") => {
            Some(Form::Data(Some(Kind::Lock)))
        }
        "json" => Some(Form::Data(None)),
        "yaml" | "yml" => Some(Form::Data(named_yaml(path, stem))),
        _ => None,
    }
}

fn named_yaml(path: &TreePath, stem: &str) -> Option<Kind> {
    let folder = path.parent().map(|parent| parent.as_str().to_owned()).unwrap_or_default();
    if folder == ".github/workflows" || folder.ends_with("/.github/workflows") {
        return Some(Kind::Workflow);
    }
    match stem {
        "catalog-info" => Some(Kind::Catalog),
        "score" => Some(Kind::Score),
        _ => None,
    }
}
