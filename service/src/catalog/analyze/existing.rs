//! The catalog files of a repository.
//!
//! They are found by their name, anywhere in the folder that is asked about. One that a catalog would not take is not
//! listed: it may be a skeleton or a test. Only where nothing else is found is a broken file in the folder itself told,
//! because then it is meant.

use catalog_gen::{TreePath, parse_documents, validate};
use serde_json::Value;

use super::read::Place;
use crate::action::ActionError;

const DEFAULT_NAMES: [&str; 2] = ["catalog-info.yaml", "catalog-info.yml"];
/// Files that are read; those nearest to the root come first.
const MAX_FILES: usize = 100;
/// Folders of what others wrote.
const FOREIGN: [&str; 2] = ["node_modules", "vendor"];
/// A catalog may have a module for the kind.
const UNKNOWN_KIND: &str = "kind.unknown";

/// A catalog file.
pub(super) struct CatalogFile {
    /// Its address.
    pub(super) target: String,
    /// What it holds; at least one.
    pub(super) entities: Vec<Value>,
}

/// The catalog files of a place, or what is wrong with the only one.
pub(super) fn find(place: &Place, name: Option<&str>) -> Result<Vec<CatalogFile>, ActionError> {
    let paths = place.tree.iter().map(|(path, _)| path);
    let mut paths: Vec<&TreePath> =
        paths.filter(|path| is_inside(path, place.folder.as_ref()) && is_called(path, name)).collect();
    paths.sort_by_key(|path| (path.segments().count(), path.as_str()));
    let (mut found, mut broken) = (Vec::new(), None);
    for path in paths.into_iter().take(MAX_FILES) {
        let Some(file) = place.tree.file(path) else { continue };
        let target = place.remote.file_url(path);
        let read = file.text().ok_or_else(|| "it is not UTF-8 text".to_owned()).and_then(entities);
        match read {
            Ok(entities) => found.push(CatalogFile { target, entities }),
            Err(why) if path.parent() == place.folder => broken = Some((target, why)),
            Err(_) => {}
        }
    }
    match broken {
        Some((target, why)) if found.is_empty() => Err(ActionError::Input(format!(
            "the catalog file at `{target}` cannot be imported: {why}; correct it there"
        ))),
        _ => Ok(found),
    }
}

fn is_inside(path: &TreePath, folder: Option<&TreePath>) -> bool {
    folder.is_none_or(|folder| path.starts_with(folder))
        && !path.segments().any(|segment| FOREIGN.contains(&segment))
}

fn is_called(path: &TreePath, name: Option<&str>) -> bool {
    match name {
        Some(name) => {
            let name = name.trim_start_matches('/');
            path.as_str().strip_suffix(name).is_some_and(|above| above.is_empty() || above.ends_with('/'))
        }
        None => DEFAULT_NAMES.contains(&path.file_name()),
    }
}

/// The entities of a file, or the first reason why a catalog would not take it.
fn entities(text: &str) -> Result<Vec<Value>, String> {
    let mut entities = Vec::new();
    for document in parse_documents(text) {
        let document = document.map_err(|error| error.to_string())?;
        let violation = validate(&document.value).into_iter().find(|found| found.rule != UNKNOWN_KIND);
        if let Some(violation) = violation {
            return Err(format!("line {}: {violation}", document.line));
        }
        entities.push(document.value);
    }
    if entities.is_empty() { Err("it holds no entity".to_owned()) } else { Ok(entities) }
}
