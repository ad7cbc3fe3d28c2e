//! An entity for a repository that has none, with the reason for every value.
//!
//! One component for the folder that is asked about, with what a few well-known files say plainly. It does not look
//! for several components, for interfaces or dependencies, and guesses no type: where nothing was found, it says so.
//! The invariant: what is proposed is legal, and every field of it names what it was taken from.

mod owners;
pub(crate) mod prose;

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::validate::is_name;
use crate::{FileTree, TreePath};

/// The longest name that an entity can have.
const MAX_NAME: usize = 63;
/// The longest file that is looked at; what is longer was not written by hand.
const MAX_FILE: usize = 1024 * 1024;
const SOURCE_LOCATION: &str = "backstage.io/source-location";
const TECHDOCS: &str = "backstage.io/techdocs-ref";

/// How a code host writes its addresses, and what plugins of Backstage call it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeHost {
    /// GitHub, and whatever has addresses like it.
    GitHub,
    /// GitLab.
    GitLab,
    /// Bitbucket.
    Bitbucket,
    /// Any other; its addresses are taken to be like GitHub's.
    Other,
}

/// Where the files of a repository were read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remote {
    /// The repository's page, such as `https://github.com/acme/shop`.
    pub url: String,
    /// The branch, or another revision, that was read.
    pub revision: String,
    /// Whose page that is.
    pub host: CodeHost,
}

/// An entity, not complete, and how its values came about. Written as JSON it is what Backstage's location analysis
/// answers with.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Proposal {
    /// As far as it could be told.
    pub entity: Value,
    /// One for each value that was found, and for each that is missing.
    pub fields: Vec<FieldNote>,
}

/// What was found out about one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldNote {
    /// Path of the field, such as `spec.owner`.
    pub field: String,
    /// What came of it.
    pub state: FieldState,
    /// The value; the entity has it too.
    pub value: Option<String>,
    /// Why, in a sentence that names the file.
    pub description: String,
}

/// What came of looking for a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum FieldState {
    /// A value was found.
    #[serde(rename = "analysisSuggestedValue")]
    Suggested,
    /// None was found, and none is needed.
    #[serde(rename = "analysisSuggestedNoValue")]
    NoValue,
    /// Somebody who knows has to say; a value that is there only holds the place.
    #[serde(rename = "needsUserInput")]
    NeedsInput,
}

/// A value with its reason.
struct Found {
    value: String,
    why: String,
}

impl CodeHost {
    /// What a host is by its name, as far as that tells.
    pub fn by_name(host: &str) -> Self {
        let host = host.split(':').next().unwrap_or(host).to_ascii_lowercase();
        match host.as_str() {
            "github.com" => Self::GitHub,
            "bitbucket.org" => Self::Bitbucket,
            _ if host == "gitlab.com" || host.starts_with("gitlab.") => Self::GitLab,
            _ => Self::Other,
        }
    }

    /// The annotation by which plugins of Backstage know a repository there.
    pub(crate) fn slug_annotation(self) -> Option<&'static str> {
        match self {
            Self::GitHub => Some("github.com/project-slug"),
            Self::GitLab => Some("gitlab.com/project-slug"),
            Self::Bitbucket => Some("bitbucket.org/project-slug"),
            Self::Other => None,
        }
    }
}

impl Remote {
    /// The page of a file.
    pub fn file_url(&self, path: &TreePath) -> String {
        let page = match self.host {
            CodeHost::GitLab => "-/blob",
            CodeHost::Bitbucket => "src",
            CodeHost::GitHub | CodeHost::Other => "blob",
        };
        self.page(page, path.as_str())
    }

    /// The page of a folder (`None`: the root), with a slash at its end.
    pub fn folder_url(&self, path: Option<&TreePath>) -> String {
        let page = match self.host {
            CodeHost::GitLab => "-/tree",
            CodeHost::Bitbucket => "src",
            CodeHost::GitHub | CodeHost::Other => "tree",
        };
        let folder = self.page(page, path.map(TreePath::as_str).unwrap_or_default());
        format!("{}/", folder.trim_end_matches('/'))
    }

    fn page(&self, page: &str, path: &str) -> String {
        format!("{}/{page}/{}/{}", self.address(), encoded(&self.revision), encoded(path))
    }

    /// The repository's page, without `.git` or a slash at its end.
    pub fn address(&self) -> &str {
        let url = self.url.trim_end_matches('/');
        url.strip_suffix(".git").unwrap_or(url)
    }

    /// The repository's name.
    pub fn name(&self) -> &str {
        self.slug().rsplit('/').next().unwrap_or_default()
    }

    /// `owner/name`, or with more groups before it.
    pub fn slug(&self) -> &str {
        let address = self.address();
        let path = address.split_once("://").map_or(address, |(_, rest)| rest);
        path.split_once('/').map(|(_, slug)| slug).unwrap_or_default()
    }
}

/// Proposes a component for a folder (`None`: the root) of the repository with these files.
pub fn propose(tree: &FileTree, folder: Option<&TreePath>, remote: &Remote) -> Proposal {
    let mut draft = Draft { tree, folder, fields: Vec::new() };
    let mut metadata = Map::new();
    if let Some(name) = draft.name(remote) {
        metadata.insert("name".to_owned(), Value::String(name));
    }
    if let Some(description) = draft.description() {
        metadata.insert("description".to_owned(), Value::String(description));
    }
    metadata.insert("annotations".to_owned(), Value::Object(draft.annotations(remote)));
    let mut spec = Map::new();
    for (field, stand_in, choices) in [
        ("type", "other", "`service`, `website` or `library`"),
        ("lifecycle", "unknown", "`experimental` or `production`"),
    ] {
        let why = format!(
            "No file was asked for it; `{stand_in}` holds the place until you write, for example, {choices}"
        );
        draft.note(&format!("spec.{field}"), FieldState::NeedsInput, Some(stand_in), why);
        spec.insert(field.to_owned(), Value::String(stand_in.to_owned()));
    }
    if let Some(owner) = draft.owner() {
        spec.insert("owner".to_owned(), Value::String(owner));
    }
    let entity = json!({
        "apiVersion": "backstage.io/v1alpha1",
        "kind": "Component",
        "metadata": metadata,
        "spec": spec,
    });
    Proposal { entity, fields: draft.fields }
}

/// A proposal in the making.
struct Draft<'t> {
    tree: &'t FileTree,
    folder: Option<&'t TreePath>,
    fields: Vec<FieldNote>,
}

impl Draft<'_> {
    fn name(&mut self, remote: &Remote) -> Option<String> {
        let repository = remote.slug().rsplit('/').next().unwrap_or_default();
        let (written, whose) = match self.folder {
            Some(folder) => (folder.file_name(), format!("the folder `{folder}`")),
            None => (repository, "the repository".to_owned()),
        };
        let name = legal_name(written);
        let (state, why) = match &name {
            None => {
                let why = format!("The name of {whose} has no letter or digit that a name could be made of");
                (FieldState::NeedsInput, why)
            }
            Some(name) if name == written => (FieldState::Suggested, format!("The name of {whose}")),
            Some(_) => (
                FieldState::Suggested,
                format!("The name of {whose}, `{}`, made fit for an entity", written.escape_debug()),
            ),
        };
        self.note("metadata.name", state, name.as_deref(), why);
        name
    }

    fn description(&mut self) -> Option<String> {
        let looked =
            [("package.json", package_json as fn(&str) -> Option<String>), ("Cargo.toml", cargo_toml)];
        let from_manifest = looked.into_iter().find_map(|(name, read)| {
            let (path, text) = self.text(name)?;
            let value = prose::one_line(&read(text)?)?;
            Some(Found { value, why: format!("The description in `{path}`") })
        });
        let found = from_manifest.or_else(|| self.readme());
        self.optional(
            "metadata.description",
            found,
            "Neither `package.json`, `Cargo.toml` nor the readme says what this is",
        )
    }

    fn readme(&self) -> Option<Found> {
        let is_readme = |path: &TreePath| {
            matches!(
                path.file_name().to_ascii_lowercase().as_str(),
                "readme.md" | "readme.markdown" | "readme"
            )
        };
        let path = self.tree.children(self.folder).into_iter().find(is_readme)?;
        let (value, line) = prose::first_paragraph(self.text_at(&path)?)?;
        Some(Found { value, why: format!("The first paragraph of `{path}`, line {line}") })
    }

    fn annotations(&mut self, remote: &Remote) -> Map<String, Value> {
        let mut annotations = Map::new();
        if let Some(annotation) = remote.host.slug_annotation() {
            let why = format!("The repository is `{}`", remote.address());
            self.annotate(&mut annotations, annotation, Found { value: remote.slug().to_owned(), why });
        }
        let value = format!("url:{}", remote.folder_url(self.folder));
        let why = match self.folder {
            Some(folder) => format!("The folder `{folder}` that was analysed"),
            None => "The repository that was analysed".to_owned(),
        };
        self.annotate(&mut annotations, SOURCE_LOCATION, Found { value, why });
        let docs = ["mkdocs.yml", "mkdocs.yaml"].into_iter().find_map(|name| self.text(name));
        match docs {
            Some((path, _)) => {
                let why = format!("`{path}` says that there is documentation here");
                self.annotate(&mut annotations, TECHDOCS, Found { value: "dir:.".to_owned(), why });
            }
            None => {
                let why = "There is no `mkdocs.yml` to build documentation from".to_owned();
                self.note(&annotation_field(TECHDOCS), FieldState::NoValue, None, why);
            }
        }
        annotations
    }

    fn annotate(&mut self, annotations: &mut Map<String, Value>, annotation: &str, found: Found) {
        let Found { value, why } = found;
        self.note(&annotation_field(annotation), FieldState::Suggested, Some(&value), why);
        annotations.insert(annotation.to_owned(), Value::String(value));
    }

    fn owner(&mut self) -> Option<String> {
        let places = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];
        let file = places.into_iter().find_map(|place| {
            let path = TreePath::parse(place).ok()?;
            Some((place, self.text_at(&path)?))
        });
        let (owner, why) = match file {
            None => (None, "There is no `CODEOWNERS` file; name the group whose this is".to_owned()),
            Some((place, text)) => match owners::owner_of(text, self.folder) {
                Some(owners::Owner { reference, written, line }) => {
                    let why = format!(
                        "`{place}` line {line} names `{written}`; see that the catalog has it under this name"
                    );
                    (Some(reference), why)
                }
                None => (
                    None,
                    format!("`{place}` names no team or user for all of this; name the group whose it is"),
                ),
            },
        };
        let state = if owner.is_some() { FieldState::Suggested } else { FieldState::NeedsInput };
        self.note("spec.owner", state, owner.as_deref(), why);
        owner
    }

    fn optional(&mut self, field: &str, found: Option<Found>, none: &str) -> Option<String> {
        match found {
            Some(Found { value, why }) => {
                self.note(field, FieldState::Suggested, Some(&value), why);
                Some(value)
            }
            None => {
                self.note(field, FieldState::NoValue, None, none.to_owned());
                None
            }
        }
    }

    fn note(&mut self, field: &str, state: FieldState, value: Option<&str>, description: String) {
        let value = value.map(str::to_owned);
        self.fields.push(FieldNote { field: field.to_owned(), state, value, description });
    }

    /// The file of that name in the folder.
    fn text(&self, name: &str) -> Option<(TreePath, &str)> {
        let path = match self.folder {
            Some(folder) => folder.join(name).ok()?,
            None => TreePath::parse(name).ok()?,
        };
        let text = self.text_at(&path)?;
        Some((path, text))
    }

    fn text_at(&self, path: &TreePath) -> Option<&str> {
        let file = self.tree.file(path).filter(|file| file.bytes.len() <= MAX_FILE)?;
        file.text()
    }
}

fn annotation_field(annotation: &str) -> String {
    format!("metadata.annotations[\"{annotation}\"]")
}

/// A name that an entity can have: what cannot be in it becomes a dash.
fn legal_name(text: &str) -> Option<String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let edge = |c: char| !c.is_ascii_alphanumeric();
    let replaced: String = text.chars().map(|c| if fits(c) { c } else { '-' }).collect();
    let name: String = replaced.trim_matches(edge).chars().take(MAX_NAME).collect();
    let name = name.trim_end_matches(edge);
    is_name(name).then(|| name.to_owned())
}

fn package_json(text: &str) -> Option<String> {
    let manifest: Value = serde_json::from_str(text).ok()?;
    Some(manifest.get("description")?.as_str()?.to_owned())
}

/// The plain form that nearly every manifest has: one line of one string without escapes.
fn cargo_toml(text: &str) -> Option<String> {
    let package = text.lines().skip_while(|line| line.trim() != "[package]").skip(1);
    let mut own = package.take_while(|line| !line.trim_start().starts_with('['));
    let value =
        own.find_map(|line| line.trim().strip_prefix("description")?.trim_start().strip_prefix('='))?;
    let text = value.trim_start().strip_prefix('"')?;
    let (text, _) = text.split_once('"')?;
    (!text.is_empty() && !text.contains('\\')).then(|| text.to_owned())
}

/// A path as a part of an address.
fn encoded(path: &str) -> String {
    path.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}

#[cfg(test)]
mod tests;
