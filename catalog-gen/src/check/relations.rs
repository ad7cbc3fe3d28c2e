//! Relations to what the code no longer has, and components that nothing in the repository is called like.
//!
//! A relation may lead to another repository; it is told only where it cannot: the name is a slip of one that is here,
//! or an API that is provided by a component of a repository which declares its APIs.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Look;
use crate::files::{CatalogFile, DocumentRead};
use crate::validate::references_of;
use crate::words::{is_slip, nearest};
use crate::{EntityRef, Finding};

/// Tells of all of them.
pub(super) fn check(look: &Look<'_>, findings: &mut Vec<Finding>) {
    let found = look.catalogue.entities.iter().chain(&look.catalogue.suggested);
    let found: Vec<EntityRef> = found.filter_map(|own| own.entity.entity_ref().ok()).collect();
    let declared = documents(look).filter_map(|(_, document)| document.entity.clone());
    let all: Vec<EntityRef> = declared.chain(found.iter().cloned()).collect();
    let names: BTreeSet<String> = all.iter().map(EntityRef::to_string).collect();
    let declares_apis = documents(look)
        .any(|(_, document)| document.entity.as_ref().is_some_and(|entity| is_kind(entity, "API")));
    for (file, document) in documents(look) {
        for (field, target) in references_of(&document.value) {
            if field == "spec.owner" || names.contains(&target.to_string()) {
                continue;
            }
            let near = near(&target, &all);
            let provided = field.starts_with("spec.providesApis") && declares_apis;
            if near.is_none() && !provided {
                continue;
            }
            let message = format!("neither the catalog files nor the code have `{target}`");
            let mend = match near {
                Some(near) => format!("write `{near}` if that is meant, or remove the relation"),
                None => "declare it, or remove the relation".to_owned(),
            };
            findings.push(look.finding((file, document), "drift.relation", &field, (message, mend)));
        }
    }
    vanished(look, &found, findings);
}

fn documents<'l>(look: &'l Look<'_>) -> impl Iterator<Item = (&'l CatalogFile, &'l DocumentRead)> {
    look.files.iter().flat_map(|file| file.documents.iter().map(move |document| (file, document)))
}

fn is_kind(entity: &EntityRef, kind: &str) -> bool {
    entity.kind().eq_ignore_ascii_case(kind)
}

/// An entity that may be meant.
fn near<'a>(target: &EntityRef, all: &'a [EntityRef]) -> Option<&'a EntityRef> {
    let same_kind = || all.iter().filter(|entity| is_kind(entity, target.kind()));
    let same_name = same_kind().find(|entity| folded(entity.name()) == folded(target.name()));
    same_name.or_else(|| {
        let name = nearest(target.name(), same_kind().map(EntityRef::name))?;
        same_kind().find(|entity| entity.name() == name && is_slip(target.name(), name))
    })
}

/// Components of a file with several, most of which are called like something that is here, and these are not.
fn vanished(look: &Look<'_>, found: &[EntityRef], findings: &mut Vec<Finding>) {
    let paths = look.material.listing.iter().map(|file| &file.path);
    let folders: BTreeSet<String> = paths
        .flat_map(|path| path.ancestors())
        .filter_map(|folder| folder.rsplit('/').next())
        .map(folded)
        .collect();
    let mut here = folders.clone();
    here.extend(found.iter().map(|entity| folded(entity.name())));
    let repository = look.material.about.remote.as_ref().and_then(|remote| {
        remote.url.trim_end_matches('/').trim_end_matches(".git").rsplit('/').next().map(folded)
    });
    here.extend(repository.clone());
    for file in look.files {
        let components: Vec<&DocumentRead> = file
            .documents
            .iter()
            .filter(|document| document.entity.as_ref().is_some_and(|entity| is_kind(entity, "Component")))
            .collect();
        let is_here = |document: &&DocumentRead| {
            let name = document.entity.as_ref().map(|entity| folded(entity.name())).unwrap_or_default();
            // `shop-cart` may be the folder `cart` of the repository or system `shop`.
            let system = document.value.pointer("/spec/system").and_then(Value::as_str).map(folded);
            let mut prefixes = repository.iter().chain(&system);
            here.contains(&name)
                || names_a_folder(&document.value, &folders)
                || prefixes.any(|prefix| {
                    let rest = name.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('-'));
                    rest.is_some_and(|rest| here.contains(rest))
                })
        };
        let (there, gone): (Vec<&DocumentRead>, Vec<&DocumentRead>) =
            components.into_iter().partition(is_here);
        if there.len() <= gone.len() {
            continue;
        }
        for document in gone {
            let name = document.entity.as_ref().map(EntityRef::name).unwrap_or_default();
            let message =
                format!("nothing in the repository is called `{name}`, other than its neighbours here");
            let mend = "remove the entity if its code is gone, or name the folder of its code".to_owned();
            findings.push(look.finding((file, document), "drift.folder", "metadata.name", (message, mend)));
        }
    }
}

/// Does an annotation lead to a folder that is here, as `acme/shop/cart` does?
fn names_a_folder(entity: &Value, folders: &BTreeSet<String>) -> bool {
    let annotations = entity.pointer("/metadata/annotations").and_then(Value::as_object);
    let paths = annotations.into_iter().flatten().filter_map(|(_, value)| value.as_str());
    let last = paths.filter_map(|path| path.trim_end_matches('/').rsplit(['/', ':']).next());
    last.map(folded).any(|last| last.len() > 1 && folders.contains(&last))
}

fn folded(name: &str) -> String {
    name.to_lowercase().replace(['_', '.'], "-")
}
