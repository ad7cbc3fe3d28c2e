//! A repository without its catalog files.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};

use catalog_gen::source::bare::Bare;
use catalog_gen::source::{Limits, Snapshot, remote};
use catalog_gen::{About, Listing, TreePath, parse_documents};
use serde_json::Value;

use crate::facts::{Fact, Repository};
use crate::words::folded;

/// A repository as the generator sees it, and what was taken from it.
pub(crate) struct Stripped {
    pub snapshot: Snapshot,
    /// The entities of its catalog files, by kind and folded name.
    pub written: BTreeMap<(String, String), Value>,
    /// Was it read at the commit of the facts?
    pub at_commit: bool,
}

pub(crate) fn read(mirrors: &Path, repository: &Repository) -> Result<Stripped, Box<dyn Error>> {
    let path = copy_of(mirrors, &repository.repository)?;
    let (bare, at_commit) = match Bare::open(&path, Some(&repository.commit)) {
        Ok(bare) => (bare, true),
        Err(_) => (Bare::open(&path, None)?, false),
    };
    let limits = Limits::default();
    let all = bare.listing(limits)?;
    let mut written = BTreeMap::new();
    let mut taken: Vec<String> = repository.files.clone();
    for file in all.iter().filter(|file| is_yaml(&file.path) && file.size < 1024 * 1024) {
        let Some(text) = bare.content(file).and_then(|bytes| String::from_utf8(bytes).ok()) else { continue };
        let named = file.path.file_name().starts_with("catalog-info.");
        if !named
            && !is_catalog_file(&text)
            && !repository.files.iter().any(|name| name == file.path.as_str())
        {
            continue;
        }
        taken.push(file.path.as_str().to_owned());
        for entity in parse_documents(&text).into_iter().flatten() {
            taken.extend(targets(&file.path, &entity.value));
            if let Some(key) = key_of(&entity.value) {
                written.entry(key).or_insert(entity.value);
            }
        }
    }
    let kept = all.iter().filter(|file| !taken.iter().any(|path| path == file.path.as_str())).cloned();
    let listing = Listing::new(kept, all.left_out());
    let (files, unread) = bare.read(&listing, limits)?;
    let about = About { remote: remote(&repository.repository, "main"), ..About::default() };
    let snapshot = Snapshot { listing, files, about, commit: None, unread };
    Ok(Stripped { snapshot, written, at_commit })
}

fn copy_of(mirrors: &Path, repository: &str) -> Result<PathBuf, Box<dyn Error>> {
    let joined = repository.replace('/', "+");
    let places = [format!("{joined}/repo"), joined, format!("{repository}.git")];
    let found = places.iter().map(|place| mirrors.join(place)).find(|path| path.join("HEAD").exists());
    found.ok_or_else(|| format!("there is no copy of it in `{}`", mirrors.display()).into())
}

fn is_yaml(path: &TreePath) -> bool {
    let path = path.as_str();
    path.ends_with(".yaml") || path.ends_with(".yml")
}

fn is_catalog_file(text: &str) -> bool {
    text.lines().filter_map(|line| line.trim().strip_prefix("apiVersion:")).any(|version| {
        let version = version.trim().trim_matches(['"', '\'']);
        version.starts_with("backstage.io/") || version.starts_with("scaffolder.backstage.io/")
    })
}

/// The files in the repository that a `Location` names.
fn targets(file: &TreePath, entity: &Value) -> Vec<String> {
    if entity.get("kind").and_then(Value::as_str) != Some("Location") {
        return Vec::new();
    }
    let spec = entity.get("spec");
    let one = spec.and_then(|spec| spec.get("target"));
    let many = spec.and_then(|spec| spec.get("targets")).and_then(Value::as_array);
    let all = one.into_iter().chain(many.into_iter().flatten()).filter_map(Value::as_str);
    let inside = all.filter_map(|target| match target.split_once("/blob/") {
        Some((_, path)) => path.split_once('/').map(|(_, path)| path.to_owned()),
        None => Some(TreePath::resolve(file.parent().as_ref(), target).ok()??.as_str().to_owned()),
    });
    inside.collect()
}

fn key_of(entity: &Value) -> Option<(String, String)> {
    let name = entity.get("metadata")?.get("name")?.as_str()?;
    Some((entity.get("kind")?.as_str()?.to_owned(), folded(name)))
}

/// The facts with the texts of the files they are of.
pub(crate) fn complete(repository: &Repository, written: &BTreeMap<(String, String), Value>) -> Vec<Fact> {
    let complete = repository.entities.iter().map(|fact| {
        let mut fact = fact.clone();
        if let Some(entity) = written.get(&(fact.kind.clone(), folded(&fact.name))) {
            let metadata = entity.get("metadata");
            let text = |key: &str| Some(metadata?.get(key)?.as_str()?.to_owned());
            fact.title = text("title");
            fact.description = text("description");
            let links = metadata.and_then(|metadata| metadata.get("links")).and_then(Value::as_array);
            let urls = links.into_iter().flatten().filter_map(|link| link.get("url")?.as_str());
            fact.links = urls.map(str::to_owned).collect();
            let definition = entity.get("spec").and_then(|spec| spec.get("definition"));
            fact.definition = definition.and_then(|value| Some(value.get("$text")?.as_str()?.to_owned()));
        }
        fact
    });
    complete.collect()
}
