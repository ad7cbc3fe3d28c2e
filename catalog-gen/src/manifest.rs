//! Package manifests: what `package.json`, `Cargo.toml`, `pom.xml` and their like say, in one form.
//!
//! Every manifest of a repository is read once, before the detectors run; they find it in [`crate::Findings`]. It
//! does not judge what a package is for. The invariant: a manifest that cannot be read is named in `broken` and stops
//! nothing else; what is kept of one is bounded by its length.

mod cargo;
mod dotnet;
mod go;
mod gradle;
mod maven;
mod npm;
mod php;
mod python;
mod ruby;
mod workspace;

use std::collections::HashMap;

use serde_json::Value;

use crate::{Entry, Evidence, Material, TreePath, is_foreign};

/// The tool whose manifest it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Ecosystem {
    /// `package.json`, `pnpm-workspace.yaml`, `lerna.json`.
    Npm,
    /// `Cargo.toml`.
    Cargo,
    /// `go.mod`, `go.work`.
    Go,
    /// `pom.xml`.
    Maven,
    /// `build.gradle`, `settings.gradle` and their Kotlin forms.
    Gradle,
    /// `.csproj` and its kin, `.sln`, `.slnx`.
    Dotnet,
    /// `pyproject.toml`, `setup.cfg`, `setup.py`, `requirements.txt`.
    Python,
    /// `.gemspec`, `Gemfile`.
    Ruby,
    /// `composer.json`.
    Php,
}

/// When a dependency is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// To run.
    Run,
    /// Only to build or to test.
    Develop,
}

/// Where a dependency is, when it is in the repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Local {
    /// The package in that folder (`None`: the root).
    Folder(Option<TreePath>),
    /// The member of the same workspace that has the name.
    Workspace,
}

/// A dependency as a manifest names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dependency {
    /// `express`, `org.springframework:spring-web`, `github.com/gin-gonic/gin`.
    pub(crate) name: String,
    /// When it is needed.
    pub(crate) scope: Scope,
    /// Where it is, when the manifest says that it is in the repository.
    pub(crate) local: Option<Local>,
    /// The line that names it, where it is known.
    pub(crate) line: Option<u32>,
}

/// What one manifest says. A manifest that only names the members of a workspace has neither name nor dependencies.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Package {
    /// Whose manifest it is.
    pub(crate) ecosystem: Ecosystem,
    /// The manifest.
    pub(crate) path: TreePath,
    /// Its folder; `None` is the root.
    pub(crate) folder: Option<TreePath>,
    /// Its name as the ecosystem knows it, such as `@acme/shop` or `com.acme:shop`.
    pub(crate) name: Option<String>,
    /// A name for people, where the ecosystem has one.
    pub(crate) title: Option<String>,
    /// Its version, as far as it is written here.
    pub(crate) version: Option<String>,
    /// What it is, in its own words.
    pub(crate) description: Option<String>,
    /// Its web page.
    pub(crate) homepage: Option<String>,
    /// Its own keywords.
    pub(crate) keywords: Vec<String>,
    /// Authors and maintainers as written.
    pub(crate) people: Vec<String>,
    /// Does it say that it is never published?
    pub(crate) private: bool,
    /// Does it say how or where it is published?
    pub(crate) published: bool,
    /// Programs that it says it makes.
    pub(crate) binaries: Vec<String>,
    /// Does it say that others can use it as a library (`main`, `exports`, `[lib]`)?
    pub(crate) library: bool,
    /// What it needs.
    pub(crate) dependencies: Vec<Dependency>,
    /// Build plugins and SDKs: `spring-boot-maven-plugin`, `com.android.application`, `Microsoft.NET.Sdk.Web`.
    pub(crate) plugins: Vec<String>,
    /// Members of the workspace that it begins: folders or globs relative to its own, those not meant begin with `!`.
    pub(crate) members: Vec<String>,
    /// All of it, where the format is JSON or TOML; else null.
    pub(crate) raw: Value,
}

/// All manifests of a repository, in the order of their paths.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Manifests {
    /// Those that could be read.
    pub(crate) packages: Vec<Package>,
    /// Those that could not, and why.
    pub(crate) broken: Vec<Evidence>,
    by_folder: HashMap<Option<TreePath>, Vec<usize>>,
}

/// What reading a manifest needs to know.
struct Source<'m> {
    path: &'m TreePath,
    folder: Option<TreePath>,
    text: &'m str,
}

/// Why a manifest cannot be read; none: it is not one.
type Read = Result<Option<Package>, String>;

impl Manifests {
    /// Reads all manifests that are in the material.
    pub(crate) fn read(material: &Material<'_>) -> Self {
        let mut all = Self::default();
        for (path, entry) in material.files.iter() {
            let Entry::File(_) = entry else { continue };
            let Some(reader) = reader(path.file_name()) else { continue };
            let Some(text) = material.text(path).filter(|_| !is_foreign(path)) else { continue };
            match reader(&Source { path, folder: path.parent(), text }) {
                Ok(Some(package)) => all.push(package),
                Ok(None) => {}
                Err(why) => {
                    all.broken.push(Evidence::at(path, None, "manifests.broken", why));
                }
            }
        }
        cargo::inherit(&mut all.packages);
        all
    }

    fn push(&mut self, package: Package) {
        self.by_folder.entry(package.folder.clone()).or_default().push(self.packages.len());
        self.packages.push(package);
    }

    /// The manifests in a folder (`None`: the root).
    pub(crate) fn in_folder(&self, folder: Option<&TreePath>) -> impl Iterator<Item = &Package> {
        let places = self.by_folder.get(&folder.cloned()).map(Vec::as_slice).unwrap_or_default();
        places.iter().filter_map(|at| self.packages.get(*at))
    }

    /// The manifests of a tool in a folder.
    pub(crate) fn find(&self, folder: Option<&TreePath>, ecosystem: Ecosystem) -> Option<&Package> {
        self.in_folder(folder).find(|package| package.ecosystem == ecosystem)
    }
}

impl Package {
    fn new(ecosystem: Ecosystem, source: &Source<'_>) -> Self {
        Self {
            ecosystem,
            path: source.path.clone(),
            folder: source.folder.clone(),
            name: None,
            title: None,
            version: None,
            description: None,
            homepage: None,
            keywords: Vec::new(),
            people: Vec::new(),
            private: false,
            published: false,
            binaries: Vec::new(),
            library: false,
            dependencies: Vec::new(),
            plugins: Vec::new(),
            members: Vec::new(),
            raw: Value::Null,
        }
    }

    /// The dependency of that name.
    pub(crate) fn dependency(&self, name: &str) -> Option<&Dependency> {
        self.dependencies.iter().find(|dependency| dependency.name == name)
    }

    /// The line that names a dependency, or holds any other word of the manifest.
    pub(crate) fn line_of(&self, material: &Material<'_>, word: &str) -> Option<u32> {
        let known = self.dependency(word).and_then(|dependency| dependency.line);
        known.or_else(|| line_of(material.text(&self.path)?, word))
    }
}

impl Dependency {
    fn new(name: impl Into<String>, scope: Scope) -> Self {
        Self { name: name.into(), scope, local: None, line: None }
    }
}

/// The line, from 1, on which a text first has a word.
pub(crate) fn line_of(text: &str, word: &str) -> Option<u32> {
    let at = text.find(word)?;
    let before = text.get(..at)?.bytes().filter(|byte| *byte == b'\n').count();
    u32::try_from(before + 1).ok()
}

fn line_number(index: usize) -> Option<u32> {
    u32::try_from(index + 1).ok()
}

fn reader(name: &str) -> Option<fn(&Source<'_>) -> Read> {
    Some(match name {
        "package.json" => npm::package,
        "pnpm-workspace.yaml" => npm::pnpm,
        "lerna.json" => npm::lerna,
        "Cargo.toml" => cargo::read,
        "go.mod" => go::module,
        "go.work" => go::work,
        "pom.xml" => maven::read,
        "build.gradle" | "build.gradle.kts" => gradle::build,
        "settings.gradle" | "settings.gradle.kts" => gradle::settings,
        "pyproject.toml" => python::pyproject,
        "setup.cfg" => python::setup_cfg,
        "setup.py" => python::setup_py,
        "Gemfile" => ruby::gemfile,
        "composer.json" => php::read,
        _ => match name.rsplit_once('.')?.1 {
            "csproj" | "fsproj" | "vbproj" => dotnet::project,
            "sln" => dotnet::solution,
            "slnx" => dotnet::solution_xml,
            "gemspec" => ruby::gemspec,
            "txt" if name.starts_with("requirements") => python::requirements,
            _ => return None,
        },
    })
}

/// Text at a place of a JSON value.
fn text_at(value: &Value, pointer: &str) -> Option<String> {
    let text = value.pointer(pointer)?.as_str()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The texts of a list at a place of a JSON value.
fn texts_at(value: &Value, pointer: &str) -> Vec<String> {
    let items = value.pointer(pointer).and_then(Value::as_array);
    items.into_iter().flatten().filter_map(|item| Some(item.as_str()?.to_owned())).collect()
}

/// A folder that a manifest names relative to its own.
fn folder_at(source: &Source<'_>, text: &str) -> Option<Local> {
    TreePath::resolve(source.folder.as_ref(), &text.replace('\\', "/")).ok().map(Local::Folder)
}

#[cfg(test)]
mod tests;
