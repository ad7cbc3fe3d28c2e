//! `Cargo.toml`, with what members take over from their workspace.

use std::collections::HashMap;

use serde_json::Value;

use super::{Dependency, Ecosystem, Local, Package, Read, Scope, Source, folder_at, text_at, texts_at};
use crate::TreePath;

pub(super) fn read(source: &Source<'_>) -> Read {
    let raw: Value = toml::from_str(source.text).map_err(|error| error.message().to_owned())?;
    let mut package = Package::new(Ecosystem::Cargo, source);
    package.name = text_at(&raw, "/package/name");
    package.version = text_at(&raw, "/package/version");
    package.description = text_at(&raw, "/package/description");
    package.homepage = text_at(&raw, "/package/homepage");
    package.keywords = texts_at(&raw, "/package/keywords");
    package.people = texts_at(&raw, "/package/authors");
    let publish = raw.pointer("/package/publish");
    package.private =
        publish.is_some_and(|publish| *publish == Value::Bool(false) || *publish == Value::Array(vec![]));
    package.published = raw.pointer("/package/license").is_some() && !package.private;
    package.library = raw.get("lib").is_some();
    let programs = raw.get("bin").and_then(Value::as_array);
    package.binaries =
        programs.into_iter().flatten().filter_map(|program| text_at(program, "/name")).collect();
    package.dependencies = dependencies(source, &raw);
    package.members = texts_at(&raw, "/workspace/members");
    package.members.extend(texts_at(&raw, "/workspace/exclude").into_iter().map(|path| format!("!{path}")));
    package.raw = raw;
    Ok(Some(package))
}

/// Fills in what members leave to the workspace: `version.workspace = true`, `serde.workspace = true`.
pub(super) fn inherit(packages: &mut [Package]) {
    let roots: HashMap<Option<TreePath>, Value> = packages
        .iter()
        .filter(|package| package.ecosystem == Ecosystem::Cargo)
        .filter_map(|package| Some((package.folder.clone(), package.raw.get("workspace")?.clone())))
        .collect();
    if roots.is_empty() {
        return;
    }
    for package in packages.iter_mut().filter(|package| package.ecosystem == Ecosystem::Cargo) {
        let Some((root, workspace)) = nearest(&roots, package.folder.clone()) else { continue };
        let inherits = |field: &str| {
            package.raw.pointer(&format!("/package/{field}/workspace")) == Some(&Value::Bool(true))
        };
        let taken =
            |field: &str| inherits(field).then(|| text_at(workspace, &format!("/package/{field}"))).flatten();
        let (version, description, homepage) = (taken("version"), taken("description"), taken("homepage"));
        package.version = package.version.take().or(version);
        package.description = package.description.take().or(description);
        package.homepage = package.homepage.take().or(homepage);
        package.private |=
            inherits("publish") && workspace.pointer("/package/publish") == Some(&Value::Bool(false));
        for dependency in package.dependencies.iter_mut().filter(|one| one.local == Some(Local::Workspace)) {
            let shared = workspace.get("dependencies").and_then(|all| all.get(&dependency.name));
            let path = shared.and_then(|shared| shared.get("path")?.as_str());
            let folder = path.and_then(|path| TreePath::resolve(root.as_ref(), path).ok());
            dependency.local = folder.map(Local::Folder);
            if let Some(name) = shared.and_then(|shared| shared.get("package")?.as_str()) {
                name.clone_into(&mut dependency.name);
            }
        }
    }
}

fn nearest(
    roots: &HashMap<Option<TreePath>, Value>,
    folder: Option<TreePath>,
) -> Option<(Option<TreePath>, &Value)> {
    let mut folder = folder;
    loop {
        if let Some(workspace) = roots.get(&folder) {
            return Some((folder, workspace));
        }
        folder = folder?.parent();
    }
}

fn dependencies(source: &Source<'_>, raw: &Value) -> Vec<Dependency> {
    let mut found = tables(source, raw);
    let targets = raw.get("target").and_then(Value::as_object);
    for (_, target) in targets.into_iter().flatten() {
        found.extend(tables(source, target));
    }
    found
}

fn tables(source: &Source<'_>, raw: &Value) -> Vec<Dependency> {
    let scopes = [
        ("dependencies", Scope::Run),
        ("build-dependencies", Scope::Develop),
        ("dev-dependencies", Scope::Develop),
    ];
    let tables = scopes.into_iter().filter_map(|(key, scope)| Some((raw.get(key)?.as_object()?, scope)));
    let each = tables.flat_map(|(table, scope)| table.iter().map(move |(name, value)| (name, value, scope)));
    each.map(|(name, value, scope)| {
        let mut dependency = Dependency::new(name, scope);
        if value.get("workspace") == Some(&Value::Bool(true)) {
            dependency.local = Some(Local::Workspace);
            return dependency;
        }
        if let Some(renamed) = value.get("package").and_then(Value::as_str) {
            renamed.clone_into(&mut dependency.name);
        }
        dependency.local = value.get("path").and_then(Value::as_str).and_then(|path| folder_at(source, path));
        dependency
    })
    .collect()
}
