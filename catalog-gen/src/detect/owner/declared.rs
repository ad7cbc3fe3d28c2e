//! Owners that people wrote into files: entities of Backstage, and the files of other catalogs.
//!
//! Entities are read from `catalog-info.yaml` in any folder; placeholders are not believed. The invariant: a file that
//! does not parse declares nothing.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::detect::text::line_of;
use crate::{Claim, Confidence, Entry, Evidence, Material, TreePath, is_foreign, parse_documents};

/// Words that scaffolders leave for owners.
const PLACEHOLDERS: [&str; 12] = [
    "unknown",
    "todo",
    "tbd",
    "guest",
    "guests",
    "user:guest",
    "user:default/guest",
    "group:default/unknown",
    "owner",
    "my-team",
    "your-team",
    "example",
];

/// Owners by the folder whose file names them.
#[derive(Debug, Default)]
pub(super) struct Declared {
    own: BTreeMap<Option<TreePath>, (String, Evidence)>,
    others: BTreeMap<Option<TreePath>, (String, Evidence)>,
}

/// Reads all files that declare owners.
pub(super) fn read(material: &Material<'_>) -> Declared {
    let mut declared = Declared::default();
    for (path, entry) in material.files.iter() {
        let Entry::File(_) = entry else { continue };
        let name = path.file_name().to_ascii_lowercase();
        let entities = matches!(name.as_str(), "catalog-info.yaml" | "catalog-info.yml");
        let other = match name.as_str() {
            "service.datadog.yaml" | "service.datadog.yml" => "/team",
            "opslevel.yml" => "/service/owner",
            "compass.yml" => "/ownerId",
            "cortex.yaml" | "cortex.yml" => "/info/x-cortex-owners/0/name",
            _ => "",
        };
        if is_foreign(path) || super::super::paths::is_side(path) || !entities && other.is_empty() {
            continue;
        }
        let Some(text) = material.text(path) else { continue };
        for document in parse_documents(text).into_iter().flatten() {
            let place = if entities { "/spec/owner" } else { other };
            let named = document.value.pointer(place).and_then(Value::as_str).map(str::trim);
            let Some(owner) = named.filter(|owner| believable(owner)) else { continue };
            let line = line_of(text, owner);
            let seen = format!("`{}` names `{owner}`", path.file_name());
            let evidence = Evidence::at(
                path,
                line,
                if entities { "owner.declared" } else { "owner.other-catalog" },
                seen,
            );
            let folder = folder_of(path);
            let list = if entities { &mut declared.own } else { &mut declared.others };
            let owner = if entities || owner.contains(':') {
                owner.to_owned()
            } else {
                format!("group:default/{owner}")
            };
            list.entry(folder).or_insert((owner, evidence));
        }
    }
    declared
}

/// The folder that a catalog file speaks of: folders that hold such files only are looked through.
fn folder_of(path: &TreePath) -> Option<TreePath> {
    let folder = path.parent()?;
    match folder.file_name() {
        ".backstage" | "backstage" | "docs" | ".github" => folder.parent(),
        _ => Some(folder),
    }
}

fn believable(owner: &str) -> bool {
    let marked = ["{{", "${", "<", " ", "ari:", "@"].iter().any(|mark| owner.contains(mark));
    !owner.is_empty() && !marked && !PLACEHOLDERS.contains(&owner.to_ascii_lowercase().as_str())
}

impl Declared {
    /// What entities of people say of a folder, or of others in the repository.
    pub(super) fn claim(&self, folder: Option<&TreePath>) -> Option<Claim> {
        if let Some((owner, evidence)) = self.own.get(&folder.cloned()) {
            return Some(Claim::new(owner.clone(), Confidence::Certain, evidence.clone()));
        }
        let (owner, evidence) = self.own.values().next()?;
        let one = self.own.values().all(|(other, _)| other == owner);
        let sure = if one { Confidence::Likely } else { Confidence::Guess };
        Some(Claim::new(owner.clone(), sure, evidence.clone()))
    }

    /// What files of other catalogs say of a folder.
    pub(super) fn elsewhere(&self, folder: Option<&TreePath>) -> Option<Claim> {
        let (owner, evidence) = self.others.get(&folder.cloned()).or_else(|| self.others.get(&None))?;
        Some(Claim::new(owner.clone(), Confidence::Likely, evidence.clone()))
    }
}
