//! A case: files, steps, and what is wanted of the two sides; and what a side made of it.

use std::collections::BTreeMap;
use std::fmt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use serde_json::{Value, json};

/// What lies in a case's folder.
#[derive(Clone, Debug)]
pub(super) enum Item {
    File { bytes: Vec<u8>, mode: u32 },
    Link(String),
    Folder,
}

/// What is wanted of the two sides.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Wanted {
    /// The same files, or an error on both.
    Same,
    /// The same answer to whether `skeleton/blob` is binary.
    SameGuess,
    /// Something else, as this row of the page says, and this from ours.
    Row { row: &'static str, ours: Ours },
}

/// What is wanted of our side where it differs.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Ours {
    /// An error that says this.
    Fails(&'static str),
    /// These files; `-> target` is a link, `(folder)` an empty folder.
    Makes(Vec<(&'static str, &'static str)>),
}

#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) name: String,
    pub(super) generated: bool,
    pub(super) wanted: Wanted,
    pub(super) items: Vec<(String, Item)>,
    pub(super) steps: Vec<Value>,
}

impl Case {
    pub(super) fn new(name: impl Into<String>) -> Self {
        let name = name.into();
        Self { name, generated: false, wanted: Wanted::Same, items: Vec::new(), steps: Vec::new() }
    }

    /// A plain file; names start with the folder, `skeleton/` most often.
    pub(super) fn file(self, path: &str, bytes: impl AsRef<[u8]>) -> Self {
        self.mode(path, bytes, 0o644)
    }

    pub(super) fn script(self, path: &str, bytes: impl AsRef<[u8]>) -> Self {
        self.mode(path, bytes, 0o755)
    }

    pub(super) fn mode(self, path: &str, bytes: impl AsRef<[u8]>, mode: u32) -> Self {
        self.item(path, Item::File { bytes: bytes.as_ref().to_vec(), mode })
    }

    pub(super) fn link(self, path: &str, target: &str) -> Self {
        self.item(path, Item::Link(target.to_owned()))
    }

    pub(super) fn folder(self, path: &str) -> Self {
        self.item(path, Item::Folder)
    }

    pub(super) fn item(mut self, path: &str, item: Item) -> Self {
        self.items.push((path.to_owned(), item));
        self
    }

    /// A first step that brings the files of `before/` into the workspace.
    pub(super) fn before(self) -> Self {
        self.step("fetch:plain", json!({ "url": "./before" }))
    }

    pub(super) fn step(mut self, action: &str, input: Value) -> Self {
        self.steps.push(json!({ "action": action, "input": input }));
        self
    }

    /// A step of `fetch:template` over `skeleton/` with the usual values and these inputs.
    pub(super) fn template(self, more: Value) -> Self {
        self.rendering("fetch:template", json!({ "url": "./skeleton" }), more)
    }

    /// A step with the usual values and these inputs.
    pub(super) fn rendering(self, action: &str, mut input: Value, more: Value) -> Self {
        let all = input.as_object_mut().unwrap();
        all.insert("values".to_owned(), values());
        all.extend(more.as_object().unwrap().clone());
        self.step(action, input)
    }

    pub(super) fn differs(mut self, row: &'static str, ours: Ours) -> Self {
        self.wanted = Wanted::Row { row, ours };
        self
    }

    /// The bytes of one of its files.
    pub(super) fn bytes(&self, path: &str) -> &[u8] {
        let found = self.items.iter().find_map(|(name, item)| match item {
            Item::File { bytes, .. } if name == path => Some(bytes),
            _ => None,
        });
        found.unwrap()
    }

    /// Writes the template and the files around it.
    pub(super) fn write(&self, folder: &Path) {
        std::fs::create_dir_all(folder).unwrap();
        for (path, item) in &self.items {
            let path = folder.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            match item {
                Item::File { bytes, mode } => {
                    std::fs::write(&path, bytes)
                        .unwrap_or_else(|error| panic!("{}: {error}\n{self}", self.name));
                    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(*mode)).unwrap();
                }
                Item::Link(target) => symlink(target, &path).unwrap(),
                Item::Folder => std::fs::create_dir_all(&path).unwrap(),
            }
        }
        let template = json!({
            "apiVersion": "scaffolder.backstage.io/v1beta3",
            "kind": "Template",
            "metadata": { "name": "case" },
            "spec": { "type": "service", "steps": self.steps },
        });
        std::fs::write(folder.join("template.yaml"), template.to_string()).unwrap();
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (path, item) in &self.items {
            match item {
                Item::File { bytes, mode } => writeln!(f, "  {mode:o} {path} {}", shown(bytes))?,
                Item::Link(target) => writeln!(f, "  link {path} -> {target}")?,
                Item::Folder => writeln!(f, "  folder {path}")?,
            }
        }
        self.steps.iter().try_for_each(|step| writeln!(f, "  {step}"))
    }
}

/// The values of most steps.
pub(super) fn values() -> Value {
    json!({
        "name": "demo", "yes": true, "no": false, "empty": "", "n": 3, "list": ["a", "b"], "slash": "a/b",
        "up": "..", "dot": ".", "spaces": "a b", "map": { "key": "x" }, "none": null
    })
}

/// One entry of a workspace.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    File {
        bytes: Vec<u8>,
        executable: bool,
    },
    /// A file of a mode that is neither 644 nor 755.
    Odd(Vec<u8>, u32),
    Link(String),
    Folder,
}

/// What one side made.
#[derive(Clone, Debug)]
pub(super) enum Made {
    Files(BTreeMap<String, Node>),
    Error(String),
}

impl Made {
    /// The same files, or an error as well.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Files(one), Self::Files(other)) => one == other,
            (Self::Error(_), Self::Error(_)) => true,
            _ => false,
        }
    }

    /// The bytes of a file, if it was made.
    pub(super) fn bytes(&self, path: &str) -> Option<&[u8]> {
        match self {
            Self::Files(files) => match files.get(path)? {
                Node::File { bytes, .. } => Some(bytes),
                _ => None,
            },
            Self::Error(_) => None,
        }
    }
}

impl fmt::Display for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Error(message) => writeln!(f, "    error: {message}"),
            Self::Files(files) => files.iter().try_for_each(|(path, node)| match node {
                Node::File { bytes, executable } => {
                    let kind = if *executable { "script" } else { "file" };
                    writeln!(f, "    {kind} {path} {}", shown(bytes))
                }
                Node::Odd(bytes, mode) => writeln!(f, "    {mode:o} {path} {}", shown(bytes)),
                Node::Link(target) => writeln!(f, "    link {path} -> {target}"),
                Node::Folder => writeln!(f, "    folder {path}"),
            }),
        }
    }
}

impl Ours {
    /// What is wrong with what was made.
    pub(super) fn fault(&self, made: &Made) -> Option<String> {
        match (self, made) {
            (Self::Fails(part), Made::Error(message)) if message.contains(part) => None,
            (Self::Makes(wanted), Made::Files(files)) => {
                let found: Vec<(&str, String)> = files
                    .iter()
                    .map(|(path, node)| match node {
                        Node::File { bytes, .. } | Node::Odd(bytes, _) => {
                            (path.as_str(), String::from_utf8_lossy(bytes).into_owned())
                        }
                        Node::Link(target) => (path.as_str(), format!("-> {target}")),
                        Node::Folder => (path.as_str(), "(folder)".to_owned()),
                    })
                    .collect();
                let same = found.len() == wanted.len()
                    && found.iter().zip(wanted).all(|(found, wanted)| (found.0, found.1.as_str()) == *wanted);
                (!same).then(|| format!("wanted {wanted:?}"))
            }
            _ => Some(format!("wanted {self:?}")),
        }
    }
}

fn shown(bytes: &[u8]) -> String {
    bytes.iter().take(200).flat_map(|byte| byte.escape_ascii()).map(char::from).collect()
}
