//! Reads the manifests of all packages, once, for every detector after it.
//!
//! It makes no subjects and no claims. The invariant: a manifest that cannot be read becomes a note.

use std::sync::Arc;

use super::{Detector, Interest};
use crate::manifest::Manifests;
use crate::{Findings, Material, Site};

/// The manifests of packages.
pub(super) const MANIFESTS: Detector = Detector {
    name: "manifests",
    finds: "packages, their dependencies and workspaces: npm, Cargo, Go, Maven, Gradle, .NET, Python, Ruby, PHP",
    limits: "manifests that are programs (Gradle, `setup.py`, `Gemfile`) are understood line by line and never run",
    reads: &[
        Interest::Name("package.json"),
        Interest::Name("pnpm-workspace.yaml"),
        Interest::Name("lerna.json"),
        Interest::Name("Cargo.toml"),
        Interest::Name("go.mod"),
        Interest::Name("go.work"),
        Interest::Name("pom.xml"),
        Interest::Name("build.gradle"),
        Interest::Name("build.gradle.kts"),
        Interest::Name("settings.gradle"),
        Interest::Name("settings.gradle.kts"),
        Interest::Suffix(".csproj"),
        Interest::Suffix(".fsproj"),
        Interest::Suffix(".vbproj"),
        Interest::Suffix(".sln"),
        Interest::Suffix(".slnx"),
        Interest::Name("pyproject.toml"),
        Interest::Name("setup.cfg"),
        Interest::Name("setup.py"),
        Interest::Name("requirements.txt"),
        Interest::Suffix(".gemspec"),
        Interest::Name("Gemfile"),
        Interest::Name("composer.json"),
    ],
    run,
};

fn run(material: &Material<'_>, _site: &Site, findings: &mut Findings) {
    let manifests = Manifests::read(material);
    findings.notes.extend(manifests.broken.iter().cloned());
    findings.manifests = Arc::new(manifests);
}
