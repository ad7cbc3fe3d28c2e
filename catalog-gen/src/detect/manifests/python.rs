//! `pyproject.toml`, `setup.cfg`, `setup.py`, `requirements.txt`, `Pipfile`.

use serde_json::Value;

use super::{Read, Unreadable, texts, toml};
use crate::detect::text::{line_at, line_of, quoted, quoted_texts, said};
use crate::{Ecosystem, Package, Said, TreePath};

pub(super) fn pyproject(path: &TreePath, text: &str) -> Result<Read, Unreadable> {
    let manifest = toml(text)?;
    let project = manifest.get("project").unwrap_or(&Value::Null);
    let tool = |name: &str| manifest.get("tool").and_then(|tool| tool.get(name)).unwrap_or(&Value::Null);
    let poetry = tool("poetry");
    let get = |key: &str| project.get(key).or_else(|| poetry.get(key)).and_then(Value::as_str);
    let mut package = Package::new(Ecosystem::Python, path.clone());
    package.name = said(text, "name", get("name"));
    package.description = said(text, "description", get("description"));
    package.version = get("version").map(str::to_owned);
    package.keywords = texts(project.get("keywords").or_else(|| poetry.get("keywords")));
    let urls = project.get("urls").or_else(|| poetry.get("urls")).and_then(Value::as_object);
    let homepage = urls
        .into_iter()
        .flatten()
        .find(|(key, _)| ["homepage", "documentation", "docs"].contains(&key.to_ascii_lowercase().as_str()));
    package.homepage = said(text, "urls", homepage.and_then(|(_, url)| url.as_str()));
    let scripts = [project.get("scripts"), poetry.get("scripts")].into_iter().flatten().next();
    package.program = scripts.map(|_| Said::new("scripts", line_of(text, "scripts]")));
    if manifest.get("build-system").is_some() && get("name").is_some() {
        package.published = Some(Said::new("build-system", line_of(text, "[build-system]")));
    }
    package.private = texts(project.get("classifiers")).iter().any(|name| name.starts_with("Private"));
    for requirement in texts(project.get("dependencies")) {
        package.depend(&requirement_name(&requirement).to_lowercase(), false);
    }
    for (_, extra) in project.get("optional-dependencies").and_then(Value::as_object).into_iter().flatten() {
        texts(Some(extra))
            .iter()
            .for_each(|requirement| package.depend(&requirement_name(requirement).to_lowercase(), true));
    }
    for (name, entry) in poetry.get("dependencies").and_then(Value::as_object).into_iter().flatten() {
        let path = entry.get("path").and_then(Value::as_str).map(str::to_owned);
        package.depend_at(&requirement_name(name).to_lowercase(), false, path);
    }
    let uv = tool("uv");
    for (name, source) in uv.get("sources").and_then(Value::as_object).into_iter().flatten() {
        if let Some(folder) = source.get("path").and_then(Value::as_str) {
            package.depend_at(name, false, Some(folder.to_owned()));
        }
    }
    let workspace = uv.get("workspace");
    let mut members = texts(workspace.and_then(|workspace| workspace.get("members")));
    let excluded = texts(workspace.and_then(|workspace| workspace.get("exclude")));
    members.extend(excluded.into_iter().map(|folder| format!("!{folder}")));
    if package.name.is_none() && package.dependencies.is_empty() {
        // Settings of tools alone make no package.
        return Ok(Read::default().with_members(Ecosystem::Python, path, members));
    }
    Ok(Read::package(package).with_members(Ecosystem::Python, path, members))
}

/// `name` out of `Name[extra]>=1; marker`, in the normal form of the index.
fn requirement_name(requirement: &str) -> &str {
    let end = requirement.find(|c: char| !c.is_ascii_alphanumeric() && !"-_.".contains(c));
    requirement.get(..end.unwrap_or(requirement.len())).unwrap_or_default()
}

pub(super) fn requirements(path: &TreePath, text: &str) -> Package {
    let mut package = Package::new(Ecosystem::Python, path.clone());
    // The folder holds the lists of the package above it.
    package.folder = package.folder.filter(|folder| folder.file_name() != "requirements");
    for line in text.lines().map(str::trim).filter(|line| !line.starts_with(['#', '-'])) {
        package.depend(&requirement_name(line).to_lowercase(), false);
    }
    package
}

pub(super) fn pipfile(path: &TreePath, text: &str) -> Result<Read, Unreadable> {
    let manifest = toml(text)?;
    let mut package = Package::new(Ecosystem::Python, path.clone());
    for (key, development) in [("packages", false), ("dev-packages", true)] {
        for (name, _) in manifest.get(key).and_then(Value::as_object).into_iter().flatten() {
            package.depend(&name.to_lowercase(), development);
        }
    }
    Ok(Read::package(package))
}

pub(super) fn setup_cfg(path: &TreePath, text: &str) -> Package {
    let mut package = Package::new(Ecosystem::Python, path.clone());
    let (mut section, mut key) = ("", "");
    for (at, line) in text.lines().enumerate() {
        let indented = line.starts_with([' ', '\t']);
        let trimmed = line.trim();
        if trimmed.starts_with('[') {
            section = trimmed;
            continue;
        }
        let mut value = trimmed;
        if !indented && let Some((name, rest)) = trimmed.split_once('=') {
            key = name.trim();
            value = rest.trim();
        }
        if value.is_empty() || value.starts_with(['#', ';']) {
            continue;
        }
        let here = || Some(Said::new(value, u32::try_from(at + 1).ok()));
        match (section, key) {
            ("[metadata]", "name") => package.name = here(),
            ("[metadata]", "description" | "summary") => package.description = here(),
            ("[metadata]", "url") => package.homepage = here(),
            ("[metadata]", "version") if !value.contains(':') => package.version = Some(value.to_owned()),
            ("[options]", "install_requires") => {
                package.depend(&requirement_name(value).to_lowercase(), false)
            }
            ("[options.entry_points]", "console_scripts") => package.program = here(),
            _ => {}
        }
    }
    package.published = package.name.clone();
    package
}

pub(super) fn setup_py(path: &TreePath, text: &str) -> Package {
    let mut package = Package::new(Ecosystem::Python, path.clone());
    let argument = |name: &str| {
        text.lines().enumerate().find_map(|(at, line)| {
            let rest = line.trim().strip_prefix(name)?.trim_start().strip_prefix('=')?.trim_start();
            let value = rest.starts_with(['"', '\'']).then(|| quoted(rest)).flatten()?;
            (!value.is_empty()).then(|| Said::new(value, u32::try_from(at + 1).ok()))
        })
    };
    package.name = argument("name");
    package.description = argument("description");
    package.homepage = argument("url");
    package.version = argument("version").map(|said| said.text);
    package.program = text.find("console_scripts").map(|at| Said::new("console_scripts", line_at(text, at)));
    package.published = text.contains("setup(").then(|| Said::new("setup()", line_of(text, "setup(")));
    if let Some(start) = text.find("install_requires") {
        let list = text.get(start..).unwrap_or_default();
        let list = list.split(']').next().unwrap_or_default();
        for name in list.lines().flat_map(quoted_texts) {
            package.depend(&requirement_name(name).to_lowercase(), false);
        }
    }
    package
}
