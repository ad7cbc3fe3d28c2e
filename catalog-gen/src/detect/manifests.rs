//! Detector `manifests`: reads the manifest of every package, once, for all detectors after it.
//!
//! A manifest below a folder of examples, tests or tools is left out, unless the repository has no other. It draws no
//! conclusion from what it reads. The invariant: a manifest that cannot be read costs a note, not the others.

mod cargo;
mod dotnet;
mod go;
mod gradle;
mod maven;
mod npm;
mod others;
mod python;
mod started;

use crate::detect::Interest::{Name, Path, Suffix};
use crate::detect::paths::{is_copied, is_side};
use crate::detect::{Detector, Interest};
use crate::{Ecosystem, Evidence, Findings, Material, Package, Site, TreePath, Workspace, is_foreign};

/// The most manifests that are read; a repository with more has most of them for something else.
const MOST: usize = 3_000;

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    name: "manifests",
    finds: "what package manifests and lists of workspaces say: names, descriptions, dependencies, members",
    limits: "builds are not run: versions and dependencies that a build script computes are not seen",
    reads: READS,
    run,
};

const READS: &[Interest] = &[
    Name("package.json"),
    Name("pnpm-workspace.yaml"),
    Name("lerna.json"),
    Name("Cargo.toml"),
    Name("go.mod"),
    Name("go.work"),
    Name("pom.xml"),
    Name("build.gradle"),
    Name("build.gradle.kts"),
    Name("settings.gradle"),
    Name("settings.gradle.kts"),
    Name("libs.versions.toml"),
    Suffix(".csproj"),
    Suffix(".fsproj"),
    Suffix(".vbproj"),
    Suffix(".sln"),
    Suffix(".slnx"),
    Name("pyproject.toml"),
    Name("setup.cfg"),
    Name("setup.py"),
    Name("requirements.txt"),
    Path("requirements/base.in"),
    Path("requirements/base.txt"),
    Path("requirements/production.txt"),
    Path("requirements/prod.txt"),
    Name("Pipfile"),
    Name("Gemfile"),
    Suffix(".gemspec"),
    Name("composer.json"),
    Name("pubspec.yaml"),
    Name("mix.exs"),
    Name("Package.swift"),
    Name("build.sbt"),
    Name("Chart.yaml"),
];

/// What a file gives.
#[derive(Default)]
struct Read {
    packages: Vec<Package>,
    workspaces: Vec<Workspace>,
}

/// Why a file gives nothing.
type Unreadable = String;

fn run(material: &Material<'_>, _: &Site, findings: &mut Findings) {
    let own = |path: &&TreePath| !is_foreign(path) && READS.iter().any(|interest| interest.names(path));
    let paths: Vec<&TreePath> = material.files.iter().map(|(path, _)| path).filter(own).collect();
    let product: Vec<&TreePath> = paths.iter().copied().filter(|path| !is_side(path)).collect();
    // What stands beside nothing is what there is, but what is copied from here is not.
    let chosen = if product.is_empty() {
        paths.into_iter().filter(|path| !is_copied(path)).collect()
    } else {
        product
    };
    if chosen.len() > MOST {
        let seen = format!("{} manifests; the first {MOST} were read", chosen.len());
        findings.notes.push(Evidence::of_repository("manifests.too-many", seen));
    }
    for path in chosen.into_iter().take(MOST) {
        let Some(text) = material.text(path) else { continue };
        match read(path, text) {
            Ok(read) => {
                findings.packages.extend(read.packages);
                findings.workspaces.extend(read.workspaces);
            }
            Err(why) => {
                let seen = format!("cannot be read and was left out: {why}");
                findings.notes.push(Evidence::at(path, None, "manifests.unreadable", seen));
            }
        }
    }
    gradle::share_catalogs(material, &mut findings.packages);
    for package in &mut findings.packages {
        started::add(material, package);
    }
}

fn read(path: &TreePath, text: &str) -> Result<Read, Unreadable> {
    let name = path.file_name().to_ascii_lowercase();
    match name.as_str() {
        "package.json" => npm::package(path, text),
        "pnpm-workspace.yaml" => npm::pnpm(path, text),
        "lerna.json" => npm::lerna(path, text),
        "cargo.toml" => cargo::package(path, text),
        "go.mod" => Ok(Read::package(go::module(path, text))),
        "go.work" => Ok(Read::workspace(go::work(path, text))),
        "pom.xml" => maven::project(path, text),
        "build.gradle" | "build.gradle.kts" => Ok(Read::package(gradle::build(path, text))),
        "settings.gradle" | "settings.gradle.kts" => Ok(gradle::settings(path, text)),
        "pyproject.toml" => python::pyproject(path, text),
        "setup.cfg" => Ok(Read::package(python::setup_cfg(path, text))),
        "setup.py" => Ok(Read::package(python::setup_py(path, text))),
        "requirements.txt" | "base.in" | "base.txt" | "production.txt" | "prod.txt" => {
            Ok(Read::package(python::requirements(path, text)))
        }
        "pipfile" => python::pipfile(path, text),
        "gemfile" => Ok(Read::package(others::gemfile(path, text))),
        "composer.json" => others::composer(path, text),
        "pubspec.yaml" => others::pubspec(path, text),
        "chart.yaml" => others::chart(path, text),
        "mix.exs" => Ok(Read::package(others::mix(path, text))),
        "package.swift" => Ok(Read::package(others::swift(path, text))),
        "build.sbt" => Ok(Read::package(others::sbt(path, text))),
        _ if name.ends_with("proj") => dotnet::project(path, text),
        _ if name.ends_with(".sln") || name.ends_with(".slnx") => {
            Ok(Read::workspace(dotnet::solution(path, text)))
        }
        _ if name.ends_with(".gemspec") => Ok(Read::package(others::gemspec(path, text))),
        _ => Ok(Read::default()),
    }
}

impl Read {
    fn package(package: Package) -> Self {
        Self { packages: vec![package], workspaces: Vec::new() }
    }

    fn workspace(workspace: Workspace) -> Self {
        Self { packages: Vec::new(), workspaces: vec![workspace] }
    }

    /// The list of members, unless it is empty.
    fn with_members(mut self, ecosystem: Ecosystem, file: &TreePath, members: Vec<String>) -> Self {
        if !members.is_empty() {
            self.workspaces.push(Workspace { file: file.clone(), ecosystem, members });
        }
        self
    }
}

/// The texts of a list in JSON, YAML or TOML read as JSON.
fn texts(value: Option<&serde_json::Value>) -> Vec<String> {
    let items = value.and_then(serde_json::Value::as_array).map(Vec::as_slice).unwrap_or_default();
    items.iter().filter_map(serde_json::Value::as_str).map(str::to_owned).collect()
}

/// A text as JSON, from JSON or from TOML.
fn json(text: &str) -> Result<serde_json::Value, Unreadable> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

fn toml(text: &str) -> Result<serde_json::Value, Unreadable> {
    ::toml::from_str(text).map_err(|error| error.message().to_owned())
}

/// The first document of a YAML text.
fn yaml(text: &str) -> Result<serde_json::Value, Unreadable> {
    match crate::parse_documents(text).into_iter().next() {
        Some(Ok(document)) => Ok(document.value),
        Some(Err(error)) => Err(error.to_string()),
        None => Ok(serde_json::Value::Null),
    }
}

#[cfg(test)]
mod tests;
