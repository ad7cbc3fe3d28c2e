//! `Cargo.toml`.

use serde_json::Value;

use super::{Read, Unreadable, texts, toml};
use crate::detect::text::{line_of, said};
use crate::{Ecosystem, Package, Said, TreePath};

pub(super) fn package(path: &TreePath, text: &str) -> Result<Read, Unreadable> {
    let manifest = toml(text)?;
    let workspace = manifest.get("workspace");
    let mut members = texts(workspace.and_then(|workspace| workspace.get("members")));
    let excluded = texts(workspace.and_then(|workspace| workspace.get("exclude")));
    members.extend(excluded.into_iter().map(|folder| format!("!{folder}")));
    let mut read = Read::default();
    if let Some(own) = manifest.get("package") {
        let shared = workspace.and_then(|workspace| workspace.get("package"));
        read.packages.push(own_package(path, text, &manifest, own, shared));
    }
    Ok(read.with_members(Ecosystem::Cargo, path, members))
}

fn own_package(
    path: &TreePath,
    text: &str,
    manifest: &Value,
    own: &Value,
    shared: Option<&Value>,
) -> Package {
    let get = |key: &str| own.get(key).and_then(Value::as_str).or_else(|| shared?.get(key)?.as_str());
    let mut package = Package::new(Ecosystem::Cargo, path.clone());
    package.name = said(text, "name", get("name"));
    package.description = said(text, "description", get("description"));
    package.homepage = said(text, "homepage", get("homepage"));
    package.version = get("version").map(str::to_owned);
    package.keywords = texts(own.get("keywords"));
    package.private = own.get("publish").is_some_and(|publish| {
        publish.as_bool() == Some(false) || publish.as_array().is_some_and(Vec::is_empty)
    });
    package.program = manifest.get("bin").map(|_| Said::new("[[bin]]", line_of(text, "[[bin]]")));
    if manifest.get("lib").is_some() {
        package.marks.push("lib".to_owned());
    }
    if !package.private && own.get("license").is_some() && own.get("description").is_some() {
        package.published = Some(Said::new("license", line_of(text, "license")));
    }
    dependencies(&mut package, manifest);
    for target in
        manifest.get("target").and_then(Value::as_object).into_iter().flat_map(|targets| targets.values())
    {
        dependencies(&mut package, target);
    }
    package
}

fn dependencies(package: &mut Package, table: &Value) {
    for (key, development) in
        [("dependencies", false), ("build-dependencies", true), ("dev-dependencies", true)]
    {
        for (name, entry) in table.get(key).and_then(Value::as_object).into_iter().flatten() {
            let get = |key: &str| entry.get(key).and_then(Value::as_str);
            let path = get("path").map(str::to_owned);
            package.depend_at(get("package").unwrap_or(name), development, path);
        }
    }
}
