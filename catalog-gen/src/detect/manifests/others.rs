//! Manifests of Ruby, PHP, Dart, Elixir, Swift, Scala and Helm: what stands in their usual form.

use serde_json::Value;

use super::{Read, Unreadable, json, texts, yaml};
use crate::detect::text::{line_of, quoted, quoted_texts, said};
use crate::{Ecosystem, Package, Said, TreePath};

pub(super) fn gemfile(path: &TreePath, text: &str) -> Package {
    let mut package = Package::new(Ecosystem::Ruby, path.clone());
    let mut development = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with("group ") {
            development =
                !line.contains("production") && (line.contains("test") || line.contains("development"));
        } else if line == "end" {
            development = false;
        } else if line.starts_with("gem ") {
            package.depend(quoted(line).unwrap_or_default(), development);
        }
    }
    package
}

pub(super) fn gemspec(path: &TreePath, text: &str) -> Package {
    let mut package = Package::new(Ecosystem::Ruby, path.clone());
    for (at, line) in text.lines().enumerate() {
        let Some((_, field)) = line.trim().split_once('.') else { continue };
        let here = |value: &str| Some(Said::new(value, u32::try_from(at + 1).ok()));
        let key = field.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
        let Some(value) = quoted(field) else { continue };
        match key {
            "name" => package.name = here(value),
            "summary" => package.description = here(value),
            "description" if package.description.is_none() => package.description = here(value),
            "homepage" => package.homepage = here(value),
            "version" => package.version = Some(value.to_owned()),
            "executables" => package.program = here("executables"),
            "add_dependency" | "add_runtime_dependency" => package.depend(value, false),
            "add_development_dependency" => package.depend(value, true),
            _ => {}
        }
    }
    package.published = package.name.clone();
    package
}

pub(super) fn composer(path: &TreePath, text: &str) -> Result<Read, Unreadable> {
    let manifest = json(text)?;
    let get = |key: &str| manifest.get(key).and_then(Value::as_str);
    let mut package = Package::new(Ecosystem::Php, path.clone());
    package.name = said(text, "\"name\"", get("name"));
    package.description = said(text, "\"description\"", get("description"));
    package.homepage = said(text, "\"homepage\"", get("homepage"));
    package.keywords = texts(manifest.get("keywords"));
    package.marks.extend(get("type").map(|kind| format!("type:{kind}")));
    if get("type") == Some("library") {
        package.published = Some(Said::new("type", line_of(text, "\"type\"")));
    }
    for (key, development) in [("require", false), ("require-dev", true)] {
        for (name, _) in manifest.get(key).and_then(Value::as_object).into_iter().flatten() {
            package.depend(name, development);
        }
    }
    Ok(Read::package(package))
}

pub(super) fn pubspec(path: &TreePath, text: &str) -> Result<Read, Unreadable> {
    let manifest = yaml(text)?;
    let get = |key: &str| manifest.get(key).and_then(Value::as_str);
    let mut package = Package::new(Ecosystem::Dart, path.clone());
    package.name = said(text, "name:", get("name"));
    package.description = said(text, "description:", get("description"));
    package.homepage = said(text, "homepage:", get("homepage"));
    package.version = get("version").map(str::to_owned);
    package.private = get("publish_to") == Some("none");
    for (key, development) in [("dependencies", false), ("dev_dependencies", true)] {
        for (name, entry) in manifest.get(key).and_then(Value::as_object).into_iter().flatten() {
            let path = entry.get("path").and_then(Value::as_str).map(str::to_owned);
            package.depend_at(name, development, path);
        }
    }
    Ok(Read::package(package).with_members(Ecosystem::Dart, path, texts(manifest.get("workspace"))))
}

pub(super) fn chart(path: &TreePath, text: &str) -> Result<Read, Unreadable> {
    let manifest = yaml(text)?;
    let get = |key: &str| manifest.get(key).and_then(Value::as_str);
    let mut package = Package::new(Ecosystem::Helm, path.clone());
    package.name = said(text, "name:", get("name"));
    package.description = said(text, "description:", get("description"));
    package.homepage = said(text, "home:", get("home"));
    package.version = get("version").map(str::to_owned);
    package.keywords = texts(manifest.get("keywords"));
    package.marks.extend(get("type").map(|kind| format!("type:{kind}")));
    for entry in manifest.get("dependencies").and_then(Value::as_array).into_iter().flatten() {
        let get = |key: &str| entry.get(key).and_then(Value::as_str);
        let folder = get("repository").and_then(|repository| repository.strip_prefix("file://"));
        package.depend_at(get("name").unwrap_or_default(), false, folder.map(str::to_owned));
    }
    Ok(Read::package(package))
}

pub(super) fn mix(path: &TreePath, text: &str) -> Package {
    let mut package = Package::new(Ecosystem::Elixir, path.clone());
    for (at, line) in text.lines().map(str::trim).enumerate() {
        let here = |value: &str| Some(Said::new(value, u32::try_from(at + 1).ok()));
        if let Some(name) = line.strip_prefix("app: :") {
            package.name = here(name.trim_end_matches(','));
        } else if line.starts_with("description:") {
            package.description = quoted(line).and_then(here);
        } else if let Some(name) = line.strip_prefix("{:") {
            package.depend(name.split(',').next().unwrap_or_default(), line.contains("only:"));
        }
    }
    package.published = text.contains("package:").then(|| Said::new("package:", line_of(text, "package:")));
    package
}

pub(super) fn swift(path: &TreePath, text: &str) -> Package {
    let mut package = Package::new(Ecosystem::Swift, path.clone());
    package.name = text.split("Package(").nth(1).and_then(|rest| {
        let value = quoted(rest.split_once("name:")?.1)?;
        Some(Said::new(value, line_of(text, "name:")))
    });
    for line in text.lines().map(str::trim).filter(|line| line.starts_with(".package(")) {
        let address = quoted_texts(line).find(|text| text.contains('/'));
        let name = address.and_then(|address| address.rsplit('/').next());
        package.depend(name.unwrap_or_default().trim_end_matches(".git"), false);
    }
    package.published = text.contains(".library(").then(|| Said::new(".library", line_of(text, ".library(")));
    package.program =
        text.contains(".executable").then(|| Said::new(".executable", line_of(text, ".executable")));
    package
}

pub(super) fn sbt(path: &TreePath, text: &str) -> Package {
    let mut package = Package::new(Ecosystem::Sbt, path.clone());
    for (at, line) in text.lines().map(str::trim).enumerate() {
        let here = |value: &str| Some(Said::new(value, u32::try_from(at + 1).ok()));
        if line.starts_with("name :=") && package.name.is_none() {
            package.name = quoted(line).and_then(here);
        } else if line.starts_with("description :=") {
            package.description = quoted(line).and_then(here);
        } else if line.contains('%') {
            let parts: Vec<&str> = quoted_texts(line).take(2).collect();
            package.depend(&parts.join(":"), line.contains("Test"));
        }
    }
    package
}
