//! Files, folders and docs that an entity names, and the name of its repository.

use serde_json::Value;

use super::Look;
use crate::files::{Aim, CatalogFile, DocumentRead, Placeholder, aim, moved, placeholders};
use crate::validate::below;
use crate::{CodeHost, Finding, Remote, TreePath};

/// A repository's slug is written under the key of its host.
const SLUGS: [(CodeHost, &str); 2] =
    [(CodeHost::GitHub, "github.com/project-slug"), (CodeHost::GitLab, "gitlab.com/project-slug")];

/// Tells of everything that a document names and that is not there.
pub(super) fn check(
    look: &Look<'_>,
    file: &CatalogFile,
    document: &DocumentRead,
    findings: &mut Vec<Finding>,
) {
    files(look, file, document, findings);
    folder(look, file, document, findings);
    let annotations = document.value.pointer("/metadata/annotations").and_then(Value::as_object);
    for (key, value) in annotations.into_iter().flatten() {
        let Some(value) = value.as_str() else { continue };
        let (rule, words) = match key.as_str() {
            "backstage.io/techdocs-ref" => ("drift.techdocs", docs(look, file, value)),
            "backstage.io/source-location" => ("drift.folder", source(look, value)),
            _ => ("drift.project-slug", slug(look, key, value)),
        };
        if let Some(words) = words {
            let field = below("metadata.annotations", key);
            findings.push(look.finding((file, document), rule, &field, words));
        }
    }
}

type Words = Option<(String, String)>;

/// Files behind placeholders.
fn files(look: &Look<'_>, file: &CatalogFile, document: &DocumentRead, findings: &mut Vec<Finding>) {
    let is_api = document.value.get("kind").and_then(Value::as_str) == Some("API");
    for Placeholder { field, key, target } in placeholders(&document.value) {
        let Some(target) = target.as_str() else { continue };
        let Aim::File(path) = aim(&file.path, target) else { continue };
        if look.scope.is_file(&path) {
            continue;
        }
        let rule = if is_api { "drift.api-file" } else { "placeholder.target" };
        let message = format!("the repository no longer has `{path}`, which `{key}` names");
        let words = (message, moved(&look.scope, &path));
        findings.push(look.finding((file, document), rule, &below(&field, key), words));
    }
}

/// A component whose folder has nothing left in it but its catalog files.
fn folder(look: &Look<'_>, file: &CatalogFile, document: &DocumentRead, findings: &mut Vec<Finding>) {
    let Some(folder) = file.path.parent() else { return };
    let is_component = document.value.get("kind").and_then(Value::as_str) == Some("Component");
    let usual = matches!(file.path.file_name(), "catalog-info.yaml" | "catalog-info.yml");
    let hidden = folder.segments().any(|segment| segment.starts_with('.'));
    let central = ["backstage", "catalog", "docs"].contains(&folder.file_name());
    if !is_component || !usual || hidden || central {
        return;
    }
    let own = |path: &TreePath| look.files.iter().any(|file| file.path == *path);
    if look.material.listing.below(Some(&folder)).any(|file| !own(&file.path)) {
        return;
    }
    let message = format!("the folder `{folder}` holds nothing but this file");
    let mend = "remove the entity, or move the file to where its code is now".to_owned();
    findings.push(look.finding((file, document), "drift.folder", "metadata.name", (message, mend)));
}

/// `dir:` with a folder that has docs.
fn docs(look: &Look<'_>, file: &CatalogFile, value: &str) -> Words {
    let folder = match value.split_once(':') {
        // From the root of the repository when it begins with a slash.
        Some(("dir", folder)) => {
            let base = file.path.parent().filter(|_| !folder.starts_with('/'));
            TreePath::resolve(base.as_ref(), folder.trim_start_matches('/'))
        }
        Some(("url", url)) => Ok(Some(in_repository(look.material.about.remote.as_ref()?, url)?)),
        _ => return None,
    };
    let Ok(folder) = folder else {
        let message = format!("`{value}` leads out of the repository");
        return Some((message, "write `dir:.` or another folder, relative to this file".to_owned()));
    };
    let at = |name: &str| match &folder {
        Some(folder) => folder.join(name).ok(),
        None => TreePath::parse(name).ok(),
    };
    let configured =
        ["mkdocs.yml", "mkdocs.yaml"].into_iter().filter_map(at).any(|path| look.scope.is_file(&path));
    if configured || at("docs").is_some_and(|docs| look.scope.is_folder(&docs)) {
        return None;
    }
    let place =
        folder.as_ref().map_or("the root of the repository".to_owned(), |folder| format!("`{folder}`"));
    let message =
        format!("there are no docs where `{value}` leads: {place} has neither `mkdocs.yml` nor `docs`");
    let listed = look.material.listing.iter().map(|file| &file.path);
    let other = listed
        .filter(|path| matches!(path.file_name(), "mkdocs.yml" | "mkdocs.yaml"))
        .min_by_key(|path| path.segments().count());
    let mend = match other {
        Some(path) => {
            format!("write the folder of `{path}`, relative to this file, or remove the annotation")
        }
        None => "add docs, or remove the annotation".to_owned(),
    };
    Some((message, mend))
}

/// A folder of this repository that is there.
fn source(look: &Look<'_>, value: &str) -> Words {
    let url = value.strip_prefix("url:")?;
    let path = in_repository(look.material.about.remote.as_ref()?, url)?;
    if look.scope.is_file(&path) || look.scope.is_folder(&path) {
        return None;
    }
    let message = format!("the repository no longer has `{path}`, which the source location names");
    Some((message, "write where the code is now, or remove the entity".to_owned()))
}

/// The path that an address of this repository names; none for its root, and for other repositories.
fn in_repository(remote: &Remote, url: &str) -> Option<TreePath> {
    let base = remote.url.trim_end_matches('/').trim_end_matches(".git");
    let start = url.get(..base.len()).filter(|start| start.eq_ignore_ascii_case(base))?;
    let rest = url.get(start.len()..)?.strip_prefix('/')?;
    let rest = rest.strip_prefix("-/").unwrap_or(rest);
    let (kind, rest) = rest.split_once('/')?;
    if !matches!(kind, "tree" | "blob" | "src") {
        return None;
    }
    let own = rest.strip_prefix(remote.revision.as_str()).and_then(|rest| rest.strip_prefix('/'));
    let path = own.or_else(|| rest.split_once('/').map(|(_, path)| path))?;
    TreePath::parse(path.trim_end_matches('/')).ok()
}

/// The slug of the repository that this is.
fn slug(look: &Look<'_>, key: &str, value: &str) -> Words {
    let remote = look.material.about.remote.as_ref()?;
    let (host, _) = SLUGS.iter().find(|(_, own)| *own == key)?;
    if *host != remote.host {
        return None;
    }
    let path = remote.url.trim_end_matches('/').trim_end_matches(".git").split_once("://")?.1;
    let (_, own) = path.split_once('/')?;
    // What follows the repository's name is not read by anybody.
    let parts = own.split('/').count();
    if own.split('/').map(str::to_lowercase).eq(value.split('/').take(parts).map(str::to_lowercase)) {
        return None;
    }
    Some((format!("`{value}` is not this repository, which is `{own}`"), format!("write `{own}`")))
}
