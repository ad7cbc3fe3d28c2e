//! What a manifest says of the package it stands for, in one form for all languages.
//!
//! `package.json`, `Cargo.toml`, `go.mod`, `pom.xml` and their like are read once, by the detector `manifests`; all
//! others ask these values. They hold what the file says and no conclusion from it. The invariant: a package names the
//! file it was read from.

use crate::TreePath;

/// Whose manifest it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ecosystem {
    /// `package.json`.
    Npm,
    /// `Cargo.toml`.
    Cargo,
    /// `go.mod`.
    Go,
    /// `pom.xml`.
    Maven,
    /// `build.gradle`, `build.gradle.kts`.
    Gradle,
    /// `*.csproj`, `*.fsproj`, `*.vbproj`.
    DotNet,
    /// `pyproject.toml`, `setup.cfg`, `setup.py`, `requirements.txt`, `Pipfile`.
    Python,
    /// `Gemfile`, `*.gemspec`.
    Ruby,
    /// `composer.json`.
    Php,
    /// `pubspec.yaml`.
    Dart,
    /// `mix.exs`.
    Elixir,
    /// `Package.swift`.
    Swift,
    /// `build.sbt`.
    Sbt,
    /// `Chart.yaml`.
    Helm,
}

/// A text in a file, and the line it begins on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The text.
    pub text: String,
    /// The line, from 1.
    pub line: Option<u32>,
}

/// Something that a package needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependency {
    /// Its name as the manifest has it: `express`, `@acme/ui`, `org.springframework.boot:spring-boot-starter-web`,
    /// `github.com/gin-gonic/gin`.
    pub name: String,
    /// Is it needed only to build or to test?
    pub development: bool,
    /// The folder it is in, relative to the manifest's, where the manifest says so.
    pub path: Option<String>,
}

/// A manifest that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// Whose manifest it is.
    pub ecosystem: Ecosystem,
    /// The file.
    pub file: TreePath,
    /// Its folder; `None` is the root.
    pub folder: Option<TreePath>,
    /// The name, as the manifest has it; a Maven coordinate for Maven, the module's path for Go.
    pub name: Option<Said>,
    /// A name for people.
    pub title: Option<Said>,
    /// The version, where the manifest has one.
    pub version: Option<String>,
    /// The description.
    pub description: Option<Said>,
    /// Its page.
    pub homepage: Option<Said>,
    /// Words that others are to find it by.
    pub keywords: Vec<String>,
    /// Does it say that it is not to be published?
    pub private: bool,
    /// Does it hold what only packages that are published need, and which key is that?
    pub published: Option<Said>,
    /// Does it make a program that people or machines start, and which key says so?
    pub program: Option<Said>,
    /// Does it only hold other packages together?
    pub only_members: bool,
    /// What it needs, in the order of the manifest.
    pub dependencies: Vec<Dependency>,
    /// Plugins of the build and further words that tell what it is: Gradle plugins, the project's SDK, the packaging.
    pub marks: Vec<String>,
}

/// A list of the packages that are developed together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workspace {
    /// The file that lists them.
    pub file: TreePath,
    /// Whose packages they are.
    pub ecosystem: Ecosystem,
    /// Folders relative to the file's, some with `*`; those that begin with `!` are left out.
    pub members: Vec<String>,
}

impl Package {
    /// A package of which nothing is known but its file.
    pub fn new(ecosystem: Ecosystem, file: TreePath) -> Self {
        Self {
            ecosystem,
            folder: file.parent(),
            file,
            name: None,
            title: None,
            version: None,
            description: None,
            homepage: None,
            keywords: Vec::new(),
            private: false,
            published: None,
            program: None,
            only_members: false,
            dependencies: Vec::new(),
            marks: Vec::new(),
        }
    }

    /// Something it needs, at run time or to be built.
    pub fn needs(&self, name: &str) -> Option<&Dependency> {
        self.dependencies.iter().find(|dependency| dependency.name == name)
    }

    /// Is that a plugin or another mark of it?
    pub fn is_marked(&self, mark: &str) -> bool {
        self.marks.iter().any(|own| own == mark)
    }

    /// Adds a dependency, unless it is there.
    pub(crate) fn depend(&mut self, name: &str, development: bool) {
        self.depend_at(name, development, None);
    }

    /// Adds a dependency that is in a folder.
    pub(crate) fn depend_at(&mut self, name: &str, development: bool, path: Option<String>) {
        let name = name.trim();
        if !name.is_empty() {
            self.dependencies.push(Dependency { name: name.to_owned(), development, path });
        }
    }
}

impl Said {
    /// A text with its line.
    pub fn new(text: impl Into<String>, line: Option<u32>) -> Self {
        Self { text: text.into(), line }
    }
}
