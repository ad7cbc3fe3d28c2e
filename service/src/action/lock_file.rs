//! The lock file of a generated repository: what it was made from.
//!
//! `.stagecraft/<instance>.lock.json` names template, commit, engine and the values of the form, so that later
//! changes of the template can be brought to the repository. It is a function of the run and the tree alone.
//! The invariant: nothing in it stems from a secret, and nothing that looks like one is written in clear.

mod answers;

use catalog_gen::{EntityRef, Entry, FileTree, TreePath};
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::{ActionError, RunInfo};
use crate::forge::RepoSlug;
use crate::git::tree_id;

/// Version of the file's form.
const SCHEMA: u32 = 1;
/// The folder that lock files lie in.
const FOLDER: &str = ".stagecraft";
/// The name of an instance whose template has no usable name.
const NAMELESS: &str = "template";

/// The tree with the lock file of this run.
pub(crate) fn with_lock_file(
    mut tree: FileTree,
    run: &RunInfo,
    slug: &RepoSlug,
) -> Result<FileTree, ActionError> {
    let (instance, path) = free_place(&tree, &run.template.entity_ref)?;
    let text = text(&tree, run, slug, &instance)?;
    tree.insert(path, Entry::file(text))?;
    Ok(tree)
}

/// The instance's name and its file: the template's name, or the next free `name-2`, `name-3`, …
fn free_place(tree: &FileTree, template: &str) -> Result<(String, TreePath), ActionError> {
    let name = instance_name(template);
    let mut number = 1_usize;
    loop {
        let instance = if number == 1 { name.clone() } else { format!("{name}-{number}") };
        let path = TreePath::parse(&format!("{FOLDER}/{instance}.lock.json"))
            .map_err(|error| ActionError::Input(error.to_string()))?;
        if !tree.contains(&path) {
            return Ok((instance, path));
        }
        number += 1;
    }
}

/// The template's name in kebab case.
fn instance_name(template: &str) -> String {
    let name = EntityRef::parse(template)
        .map_or_else(|_| template.to_owned(), |reference| reference.name().to_owned());
    let kebab: Vec<String> = name
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    if kebab.is_empty() { NAMELESS.to_owned() } else { kebab.join("-") }
}

fn text(tree: &FileTree, run: &RunInfo, slug: &RepoSlug, instance: &str) -> Result<String, ActionError> {
    let mut secrets = run.secret_names.clone();
    secrets.sort();
    secrets.dedup();
    let mut lock = sorted(&json!({
        "schema": SCHEMA,
        "instance": instance,
        "root": ".",
        "template": template(run),
        "engine": { "name": env!("CARGO_PKG_NAME"), "version": env!("CARGO_PKG_VERSION") },
        "answers": answers::public(&run.parameters, &secrets),
        "secrets": secrets,
        "facts": {
            "repository": slug.to_string(),
            "createdAt": timestamp(run.created_at_ms)?,
        },
        "rendered": {
            "tree": tree_id(tree)?,
            "files": tree.iter().filter(|(_, entry)| **entry != Entry::Dir).count(),
        },
    }));
    let digest = digest(&lock);
    if let Value::Object(map) = &mut lock {
        map.insert("digest".to_owned(), digest.into());
    }
    let pretty = serde_json::to_string_pretty(&sorted(&lock));
    pretty
        .map(|text| text + "\n")
        .map_err(|error| ActionError::Input(format!("the lock file cannot be written: {error}")))
}

fn template(run: &RunInfo) -> Value {
    let mut template = Map::new();
    template.insert("entityRef".to_owned(), run.template.entity_ref.as_str().into());
    if let Some(pin) = &run.template.pin {
        template.insert("source".to_owned(), without_credentials(&pin.source).into());
        template.insert("path".to_owned(), pin.path.as_str().into());
        template.insert("tree".to_owned(), pin.tree.0.as_str().into());
        if let Some(commit) = &pin.commit {
            template.insert("commit".to_owned(), commit.0.as_str().into());
        }
    }
    Value::Object(template)
}

/// The URL without `user:password@`.
fn without_credentials(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let (authority, path) =
        rest.split_once('/').map_or((rest, None), |(authority, path)| (authority, Some(path)));
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    match path {
        Some(path) => format!("{scheme}://{host}/{path}"),
        None => format!("{scheme}://{host}"),
    }
}

fn timestamp(milliseconds: i64) -> Result<String, ActionError> {
    let time = OffsetDateTime::from_unix_timestamp(milliseconds.div_euclid(1_000)).ok();
    time.and_then(|time| time.format(&Rfc3339).ok())
        .ok_or_else(|| ActionError::Input("the task's time of creation is out of range".to_owned()))
}

/// Proves that nobody has changed the file by hand: a hash of everything else in it.
fn digest(lock: &Value) -> String {
    let hash = ring::digest::digest(&ring::digest::SHA256, lock.to_string().as_bytes());
    let hex: String = hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

/// The same value with the keys of all objects in order.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_by_key(|(key, _)| *key);
            Value::Object(entries.into_iter().map(|(key, value)| (key.clone(), sorted(value))).collect())
        }
        Value::Array(items) => items.iter().map(sorted).collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests;
