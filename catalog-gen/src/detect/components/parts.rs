//! The folders of a repository that may be parts of their own, and what speaks for each.

use std::collections::{BTreeMap, HashMap};

use super::{Signs, deploy, is_application, members};
use crate::detect::paths::{depth, is_side_folder};
use crate::{Ecosystem, Evidence, Findings, Material, Package, TreePath, is_foreign};

/// A folder with a manifest.
pub(super) struct Part {
    pub(super) folder: Option<TreePath>,
    /// What speaks for it.
    pub(super) evidence: Vec<Evidence>,
    pub(super) signs: Signs,
    application: bool,
    published: bool,
    only_members: bool,
    is_member: bool,
    /// Does it hold a list of packages that are developed together?
    is_area: bool,
    program: bool,
}

/// All of them, the root first.
pub(super) struct Parts {
    parts: BTreeMap<String, Part>,
}

impl Parts {
    pub(super) fn of(material: &Material<'_>, findings: &Findings) -> Self {
        let mut parts: BTreeMap<String, Part> = BTreeMap::new();
        parts.insert(String::new(), Part::new(None));
        let members = members::folders(findings);
        let skeletons = skeletons(material);
        let is_own = |package: &&Package| {
            let within = |skeleton: &Option<TreePath>| match (skeleton, &package.folder) {
                (None, _) => true,
                (Some(skeleton), Some(folder)) => folder.starts_with(skeleton),
                (Some(_), None) => false,
            };
            package.ecosystem != Ecosystem::Helm && !skeletons.iter().any(within)
        };
        for package in findings.packages.iter().filter(is_own) {
            let key = package.folder.as_ref().map(ToString::to_string).unwrap_or_default();
            let part = parts.entry(key).or_insert_with(|| Part::new(package.folder.clone()));
            part.take(package);
            part.is_member = package.folder.as_ref().is_some_and(|folder| members.contains(folder));
        }
        for (folder, evidence) in members::areas(findings) {
            let part = parts.entry(folder.to_string()).or_insert_with(|| Part::new(Some(folder)));
            part.is_area = true;
            part.evidence.push(evidence);
        }
        let mut ships: HashMap<String, Vec<(&str, Evidence)>> = HashMap::new();
        for file in material.listing.iter() {
            let Some((folder, sign, evidence)) = deploy::sign(file) else { continue };
            if is_foreign(&file.path) || folder.as_ref().is_some_and(is_side_folder) {
                continue;
            }
            let key = folder.map(|folder| folder.to_string()).unwrap_or_default();
            ships.entry(key).or_default().push((sign, evidence));
        }
        for (key, part) in &mut parts {
            for (sign, evidence) in ships.remove(key).into_iter().flatten() {
                part.signs.entry("deployed".to_owned()).or_insert_with(|| evidence.clone());
                part.signs.entry(sign.to_owned()).or_insert(evidence);
            }
        }
        Self { parts }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Part> {
        self.parts.values()
    }

    /// The folders below the root that are components, if there are at least two.
    pub(super) fn split(&self) -> Vec<&Part> {
        let mut out: Vec<&Part> = Vec::new();
        for part in self.iter().filter(|part| part.folder.is_some()) {
            // What stands in another part is a piece of it.
            if !out.iter().any(|above| part.is_below(above)) && self.is_shipped(part) {
                out.push(part);
            }
        }
        if out.len() < 2 {
            return Vec::new();
        }
        let programs = self.iter().filter(|part| part.program && depth(part.folder.as_ref()) == 1);
        let beside: Vec<&Part> =
            programs.filter(|part| !out.iter().any(|own| part.is_below(own) || own.is_below(part))).collect();
        out.extend(beside);
        out.sort_by(|a, b| a.folder.cmp(&b.folder));
        out
    }

    /// Is it shipped for itself? A folder with a list of packages is, if one of them is.
    fn is_shipped(&self, part: &Part) -> bool {
        let within = || self.iter().any(|other| other.is_below(part) && other.is_deployed());
        part.is_deployed() || (part.is_area && (part.signs.contains_key("deployed") || within()))
    }

    /// The root, if it is a component beside its parts.
    pub(super) fn root_for_itself(&self, split: &[&Part]) -> Option<&Part> {
        let root = self.parts.get("")?;
        let is_whole = root.application && !root.only_members && !split.is_empty();
        is_whole.then_some(root)
    }
}

/// Folders that a generator of projects copies: what stands in them is what it makes, not what is shipped from here.
fn skeletons(material: &Material<'_>) -> Vec<Option<TreePath>> {
    let files = material.listing.iter().filter(|file| file.path.file_name() == "template.json");
    let settings = files.filter_map(|file| file.path.parent());
    settings.filter(|folder| folder.file_name() == ".template.config").map(|folder| folder.parent()).collect()
}

impl Part {
    fn new(folder: Option<TreePath>) -> Self {
        Self {
            folder,
            evidence: Vec::new(),
            signs: Signs::new(),
            application: false,
            published: false,
            only_members: false,
            is_member: false,
            is_area: false,
            program: false,
        }
    }

    fn take(&mut self, package: &Package) {
        self.evidence.push(Evidence::at(&package.file, None, "components.manifest", "a manifest of its own"));
        self.application |= is_application(package);
        self.published |= package.published.is_some() && !package.private;
        self.only_members |= package.only_members;
        self.program |= package.program.is_some();
    }

    /// Is it in the folder of the other, or the same?
    fn is_below(&self, other: &Self) -> bool {
        match (&self.folder, &other.folder) {
            (Some(own), Some(above)) => own.starts_with(above),
            _ => false,
        }
    }

    /// Is it shipped for itself?
    fn is_deployed(&self) -> bool {
        !self.only_members && (self.signs.contains_key("deployed") || self.application)
    }

    /// Is it a package for others?
    pub(super) fn is_library(&self) -> bool {
        self.published && self.is_member && !self.is_deployed() && !self.only_members
    }
}
