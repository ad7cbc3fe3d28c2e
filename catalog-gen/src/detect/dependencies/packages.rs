//! Packages of a repository that name each other.

use std::collections::HashMap;

use super::Edges;
use crate::detect::components::packages_of;
use crate::detect::near::Near;
use crate::detect::text::line_of;
use crate::{
    Confidence, Dependency, Ecosystem, Evidence, Findings, Material, Package, SubjectId, SubjectKind,
    TreePath,
};

/// Folders of packages: by what they are called, and as they are.
struct Places<'f> {
    by_name: HashMap<(Ecosystem, &'f str), &'f Package>,
    components: HashMap<Option<TreePath>, SubjectId>,
}

/// Adds an edge for each package of a component that needs a package of another.
pub(super) fn link(material: &Material<'_>, findings: &Findings, near: &Near, edges: &mut Edges) {
    let mut places = Places { by_name: HashMap::new(), components: HashMap::new() };
    for package in &findings.packages {
        let name = package.name.as_ref().map(|name| name.text.as_str());
        name.map(|name| places.by_name.entry((package.ecosystem, name)).or_insert(package));
    }
    for (id, subject) in findings.of(SubjectKind::Component) {
        places.components.entry(subject.folder.clone()).or_insert(id);
    }
    let all: Vec<SubjectId> = findings.of(SubjectKind::Component).map(|(id, _)| id).collect();
    if all.len() < 2 {
        return;
    }
    for from in all {
        let folder = findings.subject(from).and_then(|subject| subject.folder.as_ref());
        for package in packages_of(findings, from, folder) {
            // What stands in another component's folder is that one's.
            if places.component(near, package.folder.as_ref()) != Some(from) {
                continue;
            }
            for needed in &package.dependencies {
                let Some(to) = places.target(near, package, needed) else { continue };
                let sure = if needed.development { Confidence::Guess } else { Confidence::Likely };
                if to == from {
                    continue;
                }
                let line = material.text(&package.file).and_then(|text| line_of(text, &needed.name));
                let seen = format!("`{}` among the dependencies", needed.name);
                edges.add(from, to, sure, Evidence::at(&package.file, line, "dependencies.package", seen));
            }
        }
    }
}

impl Places<'_> {
    /// The component of a folder: the one at it, guessed at or known, or a known one above that is not all.
    fn component(&self, near: &Near, folder: Option<&TreePath>) -> Option<SubjectId> {
        self.components.get(&folder.cloned()).copied().or_else(|| near.component(&folder?.join("x").ok()?))
    }

    fn target(&self, near: &Near, package: &Package, needed: &Dependency) -> Option<SubjectId> {
        let folder = match &needed.path {
            Some(path) => TreePath::resolve(package.folder.as_ref(), &path.replace('\\', "/")).ok()?,
            None => self.named(package.ecosystem, &needed.name)?.folder.clone(),
        };
        let exact = self.components.get(&folder).copied();
        // A file instead of a folder, as projects of .NET are named.
        let exact = exact.or_else(|| {
            self.components
                .get(&folder.as_ref()?.parent())
                .copied()
                .filter(|_| needed.path.as_deref().is_some_and(|path| path.ends_with("proj")))
        });
        exact.or_else(|| {
            let above = near.component(&folder.as_ref()?.join("x").ok()?)?;
            let root = self.components.get(&None) == Some(&above);
            (!root).then_some(above)
        })
    }

    fn named(&self, ecosystem: Ecosystem, name: &str) -> Option<&Package> {
        let found = self.by_name.get(&(ecosystem, name));
        // A module of Go may be needed by a package below it.
        found.copied().or_else(|| {
            let mut above = name;
            while let (Ecosystem::Go, Some((module, _))) = (ecosystem, above.rsplit_once('/')) {
                if let Some(package) = self.by_name.get(&(ecosystem, module)) {
                    return Some(package);
                }
                above = module;
            }
            None
        })
    }
}
