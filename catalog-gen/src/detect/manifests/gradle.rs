//! `build.gradle`, `settings.gradle` and catalogs of versions.
//!
//! These are programs; what stands in the usual form of one line is read, what they compute is not.

use std::collections::HashMap;

use super::{Read, toml};
use crate::detect::text::{line_at, quoted, quoted_texts};
use crate::{Ecosystem, Material, Package, Said, TreePath};

pub(super) fn build(path: &TreePath, text: &str) -> Package {
    let mut package = Package::new(Ecosystem::Gradle, path.clone());
    for whole in text.lines() {
        let line = whole.trim();
        if line.starts_with("//") || line.starts_with('*') {
            continue;
        }
        let is_own = !whole.starts_with([' ', '\t']);
        let key = line.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
        let value = || quoted(line).map(str::to_owned);
        match key {
            "description" if is_own => package.description = value().map(|text| Said::new(text, None)),
            "version" if line.contains('=') || line.starts_with("version ") => package.version = value(),
            "id" | "apply" => package.marks.extend(value()),
            "kotlin" | "alias" if line.contains('(') => {
                let inside = line.split(['(', ')']).nth(1).unwrap_or_default().trim_matches(['"', '\'']);
                let inside = inside.strip_prefix("libs.plugins.").unwrap_or(inside);
                package.marks.push(format!("{key}:{inside}"));
            }
            "application" | "java" | "groovy" | "war" | "`maven-publish`" => {
                package.marks.push(key.to_owned())
            }
            _ => dependency(&mut package, key, line),
        }
        if line.starts_with('`') {
            package.marks.push(line.trim_matches('`').to_owned());
        }
    }
    if let Some(description) = &mut package.description {
        description.line = text.find("description").and_then(|at| line_at(text, at));
    }
    if let Some(mark) =
        ["maven-publish", "com.vanniktech.maven.publish", "java-library", "com.gradle.plugin-publish"]
            .into_iter()
            .find(|mark| package.is_marked(mark))
    {
        package.published = Some(Said::new(mark, text.find(mark).and_then(|at| line_at(text, at))));
    }
    package
}

fn dependency(package: &mut Package, key: &str, line: &str) {
    const CONFIGURATIONS: [&str; 12] = [
        "implementation",
        "api",
        "compile",
        "compileOnly",
        "runtimeOnly",
        "developmentOnly",
        "kapt",
        "annotationProcessor",
        "testImplementation",
        "testRuntimeOnly",
        "testCompile",
        "integrationTestImplementation",
    ];
    if !CONFIGURATIONS.contains(&key) {
        return;
    }
    let development = key.starts_with("test") || key.starts_with("integrationTest");
    if let Some(at) = line.find("project(") {
        let project = quoted(line.get(at..).unwrap_or_default()).unwrap_or_default();
        let folder = project.trim_start_matches(':').replace(':', "/");
        package.depend_at(project, development, (!folder.is_empty()).then(|| format!("/{folder}")));
        return;
    }
    if let Some(coordinate) = quoted_texts(line).find(|text| text.contains(':')) {
        let name: Vec<&str> = coordinate.split(':').take(2).collect();
        package.depend(&name.join(":"), development);
    } else if let Some(at) = line.find("libs.") {
        let alias = line.get(at + 5..).unwrap_or_default();
        let end = alias.find(|c: char| !c.is_alphanumeric() && !".-_".contains(c)).unwrap_or(alias.len());
        package.depend(&format!("libs.{}", alias.get(..end).unwrap_or_default()), development);
    }
}

pub(super) fn settings(path: &TreePath, text: &str) -> Read {
    let mut members = Vec::new();
    let mut including = false;
    let mut read = Read::default();
    for line in text.lines().map(str::trim).filter(|line| !line.starts_with("//")) {
        if line.starts_with("rootProject.name")
            && let Some(name) = quoted(line)
        {
            let mut package = Package::new(Ecosystem::Gradle, path.clone());
            package.name =
                Some(Said::new(name, text.find("rootProject.name").and_then(|at| line_at(text, at))));
            package.only_members = true;
            read.packages.push(package);
        }
        including = including || line.starts_with("include ") || line.starts_with("include(");
        if including {
            members.extend(quoted_texts(line).map(|name| name.trim_start_matches(':').replace(':', "/")));
            including = line.ends_with(',') || line.ends_with('(');
        }
    }
    read.with_members(Ecosystem::Gradle, path, members)
}

/// Puts the coordinates of catalogs of versions in the place of their short names.
pub(super) fn share_catalogs(material: &Material<'_>, packages: &mut [Package]) {
    let files = material.files.iter().map(|(path, _)| path);
    let catalogs = files.filter(|path| path.file_name() == "libs.versions.toml");
    let mut coordinates: HashMap<String, String> = HashMap::new();
    let mut plugins: HashMap<String, String> = HashMap::new();
    for value in catalogs.filter_map(|path| toml(material.text(path)?).ok()) {
        let table =
            |key: &str| value.get(key).and_then(serde_json::Value::as_object).cloned().unwrap_or_default();
        for (alias, library) in table("libraries") {
            let get = |key: &str| library.get(key).and_then(serde_json::Value::as_str).map(str::to_owned);
            let split = || Some(format!("{}:{}", get("group")?, get("name")?));
            let whole = library.as_str().map(str::to_owned).or_else(|| get("module")).or_else(split);
            let Some(whole) = whole else { continue };
            let name: Vec<&str> = whole.split(':').take(2).collect();
            coordinates.insert(plain(&alias), name.join(":"));
        }
        for (alias, plugin) in table("plugins") {
            let id = plugin
                .get("id")
                .and_then(serde_json::Value::as_str)
                .or_else(|| plugin.as_str()?.split(':').next());
            plugins.extend(id.map(|id| (plain(&alias), id.to_owned())));
        }
    }
    for package in packages.iter_mut().filter(|package| package.ecosystem == Ecosystem::Gradle) {
        for dependency in &mut package.dependencies {
            let alias = dependency.name.strip_prefix("libs.").map(plain);
            if let Some(name) = alias.and_then(|alias| coordinates.get(&alias)) {
                dependency.name.clone_from(name);
            }
        }
        let known = package
            .marks
            .iter()
            .filter_map(|mark| plugins.get(&plain(mark.strip_prefix("alias:")?)).cloned());
        let known: Vec<String> = known.collect();
        package.marks.extend(known);
    }
}

fn plain(alias: &str) -> String {
    alias.replace(['-', '_'], ".")
}
