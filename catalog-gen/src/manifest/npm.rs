//! `package.json`, `pnpm-workspace.yaml` and `lerna.json`.

use serde_json::Value;

use super::{Dependency, Ecosystem, Local, Package, Read, Scope, Source, folder_at, text_at, texts_at};

const SCOPES: [(&str, Scope); 4] = [
    ("dependencies", Scope::Run),
    ("optionalDependencies", Scope::Run),
    ("peerDependencies", Scope::Run),
    ("devDependencies", Scope::Develop),
];

pub(super) fn package(source: &Source<'_>) -> Read {
    let raw: Value = serde_json::from_str(source.text).map_err(|error| error.to_string())?;
    if !raw.is_object() {
        return Ok(None);
    }
    let mut package = Package::new(Ecosystem::Npm, source);
    package.name = text_at(&raw, "/name");
    package.title = text_at(&raw, "/displayName");
    package.version = text_at(&raw, "/version");
    package.description = text_at(&raw, "/description");
    package.homepage = text_at(&raw, "/homepage");
    package.keywords = texts_at(&raw, "/keywords");
    package.people = people(&raw);
    package.private = raw.get("private") == Some(&Value::Bool(true));
    package.published = raw.get("publishConfig").is_some() || raw.get("files").is_some();
    package.library =
        ["main", "module", "exports", "types", "typings"].iter().any(|key| raw.get(*key).is_some());
    package.binaries = binaries(&raw, package.name.as_deref());
    package.dependencies = dependencies(source, &raw);
    package.members = match raw.get("workspaces") {
        Some(Value::Object(_)) => texts_at(&raw, "/workspaces/packages"),
        _ => texts_at(&raw, "/workspaces"),
    };
    package.raw = raw;
    Ok(Some(package))
}

pub(super) fn pnpm(source: &Source<'_>) -> Read {
    let Some(first) = crate::parse_documents(source.text).into_iter().next() else { return Ok(None) };
    let value = first.map_err(|error| error.to_string())?.value;
    Ok(workspace(source, texts_at(&value, "/packages")))
}

pub(super) fn lerna(source: &Source<'_>) -> Read {
    let value: Value = serde_json::from_str(source.text).map_err(|error| error.to_string())?;
    Ok(workspace(source, texts_at(&value, "/packages")))
}

fn workspace(source: &Source<'_>, members: Vec<String>) -> Option<Package> {
    (!members.is_empty()).then(|| Package { members, ..Package::new(Ecosystem::Npm, source) })
}

fn dependencies(source: &Source<'_>, raw: &Value) -> Vec<Dependency> {
    let mut found: Vec<Dependency> = Vec::new();
    for (key, scope) in SCOPES {
        for (name, version) in raw.get(key).and_then(Value::as_object).into_iter().flatten() {
            let mut dependency = Dependency::new(name, scope);
            dependency.local = local(source, version.as_str().unwrap_or_default());
            found.push(dependency);
        }
    }
    found
}

fn local(source: &Source<'_>, version: &str) -> Option<Local> {
    if let Some(path) = version.strip_prefix("file:").or_else(|| version.strip_prefix("link:")) {
        return folder_at(source, path);
    }
    let path = version.strip_prefix("portal:");
    path.map_or_else(
        || version.starts_with("workspace:").then_some(Local::Workspace),
        |path| folder_at(source, path),
    )
}

fn binaries(raw: &Value, name: Option<&str>) -> Vec<String> {
    match raw.get("bin") {
        Some(Value::String(_)) => {
            let name = name.unwrap_or_default();
            vec![name.rsplit('/').next().unwrap_or(name).to_owned()]
        }
        Some(Value::Object(binaries)) => binaries.keys().cloned().collect(),
        _ => Vec::new(),
    }
}

fn people(raw: &Value) -> Vec<String> {
    let lists =
        ["maintainers", "contributors"].into_iter().filter_map(|key| raw.get(key)?.as_array()).flatten();
    let all = raw.get("author").into_iter().chain(lists);
    all.filter_map(|person| match person {
        Value::String(text) => Some(text.clone()),
        Value::Object(parts) => {
            let part = |key: &str| parts.get(key).and_then(Value::as_str);
            let name = part("name").unwrap_or_default();
            let address = part("email").map(|address| format!(" <{address}>")).unwrap_or_default();
            Some(format!("{name}{address}").trim().to_owned())
        }
        _ => None,
    })
    .filter(|person| !person.is_empty())
    .collect()
}
