//! `package.json`, `pnpm-workspace.yaml` and `lerna.json`.

use serde_json::Value;

use super::{Read, Unreadable, json, texts, yaml};
use crate::detect::text::{line_of, said};
use crate::{Ecosystem, Package, Said, TreePath};

pub(super) fn package(path: &TreePath, text: &str) -> Result<Read, Unreadable> {
    let manifest = json(text)?;
    let get = |key: &str| manifest.get(key).and_then(Value::as_str);
    let mut package = Package::new(Ecosystem::Npm, path.clone());
    package.name = said(text, "\"name\"", get("name"));
    package.title = said(text, "\"displayName\"", get("displayName").or_else(|| get("productName")));
    package.description = said(text, "\"description\"", get("description"));
    package.homepage = said(text, "\"homepage\"", get("homepage"));
    package.version = get("version").map(str::to_owned);
    package.private = manifest.get("private").and_then(Value::as_bool).unwrap_or(false);
    package.keywords = texts(manifest.get("keywords"));
    package.program = manifest.get("bin").map(|_| Said::new("bin", line_of(text, "\"bin\"")));
    let published =
        ["publishConfig", "exports", "files", "types", "typings", "module", "peerDependencies", "main"];
    package.published = published
        .into_iter()
        .find(|key| !package.private && manifest.get(key).is_some())
        .map(|key| Said::new(key, line_of(text, &format!("\"{key}\""))));
    for (key, development) in [
        ("dependencies", false),
        ("peerDependencies", false),
        ("optionalDependencies", false),
        ("devDependencies", true),
    ] {
        for (name, version) in manifest.get(key).and_then(Value::as_object).into_iter().flatten() {
            let version = version.as_str().unwrap_or_default();
            let path =
                ["file:", "link:", "portal:"].into_iter().find_map(|start| version.strip_prefix(start));
            package.depend_at(name, development, path.map(str::to_owned));
        }
    }
    let scripts = manifest.get("scripts").and_then(Value::as_object);
    for (name, command) in scripts.into_iter().flatten() {
        package.marks.push(format!("script:{name}"));
        if name == "start" && command.as_str().is_some_and(|command| !command.contains("echo ")) {
            package.marks.push("starts".to_owned());
        }
    }
    if manifest.get("engines").and_then(|engines| engines.get("vscode")).is_some() {
        package.marks.push("vscode-extension".to_owned());
    }
    if let Some(role) =
        manifest.get("backstage").and_then(|backstage| backstage.get("role")).and_then(Value::as_str)
    {
        package.marks.push(format!("backstage:{role}"));
    }
    let workspaces = manifest.get("workspaces");
    let mut members = texts(workspaces);
    members.extend(texts(workspaces.and_then(|workspaces| workspaces.get("packages"))));
    package.only_members = !members.is_empty() && package.private;
    Ok(Read::package(package).with_members(Ecosystem::Npm, path, members))
}

pub(super) fn pnpm(path: &TreePath, text: &str) -> Result<Read, Unreadable> {
    let members = texts(yaml(text)?.get("packages"));
    Ok(Read::default().with_members(Ecosystem::Npm, path, members))
}

pub(super) fn lerna(path: &TreePath, text: &str) -> Result<Read, Unreadable> {
    let members = texts(json(text)?.get("packages"));
    Ok(Read::default().with_members(Ecosystem::Npm, path, members))
}
