//! Detector `frameworks`: what a component is built on, by what its manifests depend on.
//!
//! One table: a dependency, what it makes of the component that has it, and the tag it is found by. It decides no type;
//! `kind` weighs the signs. The invariant: a sign `framework:<tag>` or `role:<role>` names the manifest and its line.

mod table;

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::detect::text::line_of;
use crate::detect::{Detector, components};
use crate::{Ecosystem, Evidence, Findings, Material, Package, Site, SubjectKind};
use table::{DEPENDENCIES, MARKS};

/// What a framework makes of the component that uses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Role {
    /// Answers requests of others.
    Server,
    /// Draws pages in a browser, and is built for that.
    Frontend,
    /// Draws pages and answers for them itself.
    Website,
    /// Is part of pages that others build: widgets, styles.
    Widgets,
    /// Works without being asked: queues, schedules, streams.
    Worker,
    /// Is run by somebody at a prompt.
    Cli,
    /// Runs on a phone.
    Mobile,
    /// Runs on a desk.
    Desktop,
    /// Is called by a cloud.
    Function,
    /// Extends another program.
    Extension,
    /// Lets a tool for infrastructure work with a service.
    Provider,
    /// Describes infrastructure.
    Infrastructure,
    /// Keeps data elsewhere; says nothing of the type.
    Data,
}

/// One row of the table.
pub(crate) struct Framework {
    /// Whose packages they are.
    pub(crate) ecosystem: Ecosystem,
    /// The dependency; `*` at the end stands for anything.
    pub(crate) dependency: &'static str,
    /// What it makes of a component.
    pub(crate) role: Role,
    /// The word to find it by.
    pub(crate) tag: &'static str,
}

/// The detector.
pub(super) const DETECTOR: Detector = Detector {
    name: "frameworks",
    finds: "frameworks of servers, pages, command lines, apps and functions, by the dependencies of a component",
    limits: "a framework that is not among the dependencies of the component's own manifest is not seen",
    reads: &[],
    run,
};

fn run(material: &Material<'_>, _: &Site, findings: &mut Findings) {
    for id in findings.ids(SubjectKind::Component) {
        let Some(subject) = findings.subject(id) else { continue };
        let own = components::packages_of(findings, id, subject.folder.as_ref());
        let mut signs: Vec<(String, Evidence)> = Vec::new();
        for package in own {
            let text = material.text(&package.file).unwrap_or_default();
            for found in of(package) {
                let evidence = |rule: &str| {
                    let seen = format!("`{}` among the dependencies", found.what);
                    Evidence::at(&package.file, line_of(text, found.what), rule, seen)
                };
                signs.push((format!("framework:{}", found.tag), evidence("frameworks.dependency")));
                signs.push((format!("role:{}", found.role.word()), evidence("frameworks.role")));
            }
        }
        let Some(subject) = findings.subject_mut(id) else { continue };
        for (sign, evidence) in signs {
            subject.sign(sign, evidence);
        }
    }
}

/// A framework that a package uses.
pub(crate) struct Found<'p> {
    /// The dependency or mark, as the manifest has it.
    pub(crate) what: &'p str,
    pub(crate) role: Role,
    pub(crate) tag: &'static str,
}

/// The frameworks that a package needs at run time or is built by, in the order of its manifest.
pub(crate) fn of(package: &Package) -> impl Iterator<Item = Found<'_>> {
    let built_with =
        |role: Role| matches!(role, Role::Frontend | Role::Website | Role::Widgets | Role::Mobile);
    let dependencies = package.dependencies.iter().filter_map(move |dependency| {
        let row = row_of(package.ecosystem, &dependency.name)?;
        let counts = !dependency.development || (built_with(row.role) && package.published.is_none());
        counts.then_some(Found { what: &dependency.name, role: row.role, tag: row.tag })
    });
    let marks = package.marks.iter().filter_map(|mark| {
        let (_, role, tag) = MARKS.iter().find(|(wanted, _, _)| fits(wanted, mark))?;
        Some(Found { what: mark, role: *role, tag })
    });
    dependencies.chain(marks)
}

/// Has a package a framework of that role?
pub(crate) fn plays(package: &Package, roles: &[Role]) -> bool {
    of(package).any(|found| roles.contains(&found.role))
}

/// The row of a dependency: that of its name, of a Go module without its version, or one with a `*`.
fn row_of(ecosystem: Ecosystem, name: &str) -> Option<&'static Framework> {
    static ROWS: LazyLock<HashMap<(Ecosystem, &str), &Framework>> = LazyLock::new(|| {
        DEPENDENCIES.iter().rev().map(|row| ((row.ecosystem, row.dependency), row)).collect()
    });
    static OPEN: LazyLock<Vec<&Framework>> =
        LazyLock::new(|| DEPENDENCIES.iter().filter(|row| row.dependency.ends_with('*')).collect());
    let ecosystem = ecosystem.registry();
    let exact = ROWS.get(&(ecosystem, name)).copied();
    let unversioned = || match ecosystem {
        Ecosystem::Go => ROWS.get(&(ecosystem, go_version(name)?)).copied(),
        _ => None,
    };
    let open = || OPEN.iter().copied().find(|row| row.ecosystem == ecosystem && fits(row.dependency, name));
    exact.or_else(unversioned).or_else(open)
}

fn fits(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == pattern,
    }
}

/// A Go module without the version at its end.
fn go_version(name: &str) -> Option<&str> {
    let (module, version) = name.rsplit_once("/v")?;
    (!version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit())).then_some(module)
}

impl Ecosystem {
    /// Whose packages it takes: Maven, Gradle and sbt take the same.
    fn registry(self) -> Self {
        match self {
            Self::Gradle | Self::Sbt => Self::Maven,
            ecosystem => ecosystem,
        }
    }
}

impl Role {
    /// The role as a word.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Frontend => "frontend",
            Self::Website => "website",
            Self::Widgets => "widgets",
            Self::Worker => "worker",
            Self::Cli => "cli",
            Self::Mobile => "mobile",
            Self::Desktop => "desktop",
            Self::Function => "function",
            Self::Extension => "extension",
            Self::Provider => "provider",
            Self::Infrastructure => "infrastructure",
            Self::Data => "data",
        }
    }
}
