//! `catalog-gen map`: a site file proposed from an existing catalog.

use std::path::{Path, PathBuf};

use catalog_gen::{parse_documents, site_of};
use clap::Args;
use serde_json::Value;

use super::{Done, Failure, Outcome, print, say};

/// Longest file that is read.
const LONGEST: u64 = 256 * 1024 * 1024;
/// Deepest folder that is looked into.
const DEEPEST: usize = 32;

#[derive(Args)]
pub(super) struct Options {
    /// A folder of catalog files, or the answer of Backstage's `/api/catalog/entities` in a file
    catalog: PathBuf,
}

pub(super) fn run(options: &Options) -> Done {
    let entities = entities(&options.catalog)?;
    let proposed = site_of(&entities);
    for note in &proposed.notes {
        say(&format!("note: {note}"));
    }
    let mut text =
        format!("# Proposed from {} entities of a catalog; read it before it is used.\n", entities.len());
    text.push_str(&proposed.to_yaml()?);
    print(&text)?;
    Ok(Outcome::Fine)
}

/// The entities of a folder of catalog files, or of the answer of a catalog in a file; at least one.
pub(super) fn entities(path: &Path) -> Result<Vec<Value>, Failure> {
    let mut entities = Vec::new();
    gather(path, 0, &mut entities)?;
    if entities.is_empty() {
        return Err(Failure(format!(
            "`{}` holds no catalog entities; give a folder of catalog files or the JSON of a catalog",
            path.display()
        )));
    }
    Ok(entities)
}

fn gather(path: &Path, depth: usize, entities: &mut Vec<Value>) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure(format!("`{}` cannot be read: {error}", path.display()));
    let told = std::fs::symlink_metadata(path).map_err(failed)?;
    if told.is_dir() {
        if depth > DEEPEST {
            return Ok(());
        }
        let entries: Result<Vec<_>, _> = std::fs::read_dir(path).map_err(failed)?.collect();
        let mut paths: Vec<PathBuf> = entries.map_err(failed)?.iter().map(std::fs::DirEntry::path).collect();
        paths.sort();
        for path in paths.iter().filter(|path| wanted(path)) {
            gather(path, depth + 1, entities)?;
        }
        return Ok(());
    }
    if !told.is_file() && depth > 0 || told.len() > LONGEST {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&std::fs::read(path).map_err(failed)?).into_owned();
    if let Ok(value) = serde_json::from_str::<Value>(&text) {
        let items = value.get("items").or_else(|| value.get("entities")).unwrap_or(&value);
        match items.as_array() {
            Some(items) => entities.extend(items.iter().filter(|one| is_entity(one)).cloned()),
            None if is_entity(&value) => entities.push(value),
            None => {}
        }
        return Ok(());
    }
    let documents = parse_documents(&text).into_iter().flatten().map(|document| document.value);
    entities.extend(documents.filter(is_entity));
    Ok(())
}

fn wanted(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let ends = [".yaml", ".yml", ".json"].iter().any(|end| name.ends_with(end));
    !matches!(name, ".git" | "node_modules") && (ends || path.is_dir())
}

fn is_entity(value: &Value) -> bool {
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    text("kind").is_some()
        && text("apiVersion").is_some_and(|version| version.contains("backstage.io/"))
        && value.pointer("/metadata/name").is_some_and(Value::is_string)
}
