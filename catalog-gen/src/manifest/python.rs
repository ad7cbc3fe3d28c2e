//! `pyproject.toml` (PEP 621, Poetry, uv), `setup.cfg`, `setup.py` and requirement files.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::{
    Dependency, Ecosystem, Local, Package, Read, Scope, Source, folder_at, line_number, text_at, texts_at,
};

static SETTING: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?m)^\s*(name|version|description|url)\s*=\s*["']([^"'\n]+)["']"#).ok());
static REQUIRES: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?s)install_requires\s*=\s*\[(.*?)\]").ok());

pub(super) fn pyproject(source: &Source<'_>) -> Read {
    let raw: Value = toml::from_str(source.text).map_err(|error| error.message().to_owned())?;
    let mut package = Package::new(Ecosystem::Python, source);
    let either = |field: &str| {
        text_at(&raw, &format!("/project/{field}"))
            .or_else(|| text_at(&raw, &format!("/tool/poetry/{field}")))
    };
    package.name = either("name");
    package.version = either("version");
    package.description = either("description");
    package.homepage = homepage(&raw);
    package.keywords = texts_at(&raw, "/project/keywords");
    package.people = people(&raw);
    package.private = texts_at(&raw, "/project/classifiers").iter().any(|one| one.starts_with("Private ::"))
        || raw.pointer("/tool/poetry/package-mode") == Some(&Value::Bool(false))
        || raw.pointer("/tool/uv/package") == Some(&Value::Bool(false));
    package.published = raw.get("build-system").is_some() && !package.private;
    package.binaries = ["/project/scripts", "/tool/poetry/scripts"]
        .into_iter()
        .filter_map(|place| raw.pointer(place)?.as_object())
        .flat_map(|scripts| scripts.keys().cloned())
        .collect();
    package.dependencies = dependencies(source, &raw);
    package.members = texts_at(&raw, "/tool/uv/workspace/members");
    let excluded = texts_at(&raw, "/tool/uv/workspace/exclude");
    package.members.extend(excluded.into_iter().map(|path| format!("!{path}")));
    package.raw = raw;
    Ok(Some(package))
}

pub(super) fn setup_cfg(source: &Source<'_>) -> Read {
    let mut package = Package::new(Ecosystem::Python, source);
    let (mut section, mut key) = (String::new(), String::new());
    for (at, line) in source.text.lines().enumerate() {
        let bare = line.trim();
        if bare.is_empty() || bare.starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = bare.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            name.clone_into(&mut section);
            continue;
        }
        let mut value = bare;
        if !line.starts_with([' ', '\t'])
            && let Some((name, rest)) = bare.split_once('=')
        {
            name.trim().clone_into(&mut key);
            value = rest.trim();
        }
        let text = (!value.is_empty() && !value.starts_with("attr:") && !value.starts_with("file:"))
            .then(|| value.to_owned());
        match (section.as_str(), key.as_str()) {
            ("metadata", "name") => package.name = text,
            ("metadata", "version") => package.version = text,
            ("metadata", "description" | "summary") => package.description = text,
            ("metadata", "url" | "home_page" | "home-page") => package.homepage = text,
            ("metadata", "author" | "maintainer") => package.people.extend(text),
            ("options", "install_requires") => package.dependencies.extend(requirement(value, at)),
            ("options.entry_points", _) => {
                package.binaries.extend(value.split_once('=').map(|(name, _)| name.trim().to_owned()));
            }
            _ => {}
        }
    }
    package.published = package.name.is_some();
    Ok(package.name.is_some().then_some(package))
}

pub(super) fn setup_py(source: &Source<'_>) -> Read {
    let mut package = Package::new(Ecosystem::Python, source);
    for found in SETTING.iter().flat_map(|regex| regex.captures_iter(source.text)) {
        let (Some(key), Some(value)) = (found.get(1), found.get(2)) else { continue };
        let place = match key.as_str() {
            "name" => &mut package.name,
            "version" => &mut package.version,
            "description" => &mut package.description,
            _ => &mut package.homepage,
        };
        place.get_or_insert_with(|| value.as_str().to_owned());
    }
    let list = REQUIRES.as_ref().and_then(|regex| regex.captures(source.text)?.get(1));
    if let Some(list) = list {
        let before = source.text.get(..list.start()).unwrap_or_default().lines().count().saturating_sub(1);
        let lines = list.as_str().lines().enumerate();
        let words = lines
            .flat_map(|(at, line)| line.split(['"', '\'']).skip(1).step_by(2).map(move |word| (at, word)));
        package.dependencies = words.filter_map(|(at, word)| requirement(word, before + at)).collect();
    }
    package.published = package.name.is_some();
    Ok(source.text.contains("setup(").then_some(package))
}

pub(super) fn requirements(source: &Source<'_>) -> Read {
    let develops =
        ["dev", "test", "lint", "doc", "ci"].iter().any(|word| source.path.file_name().contains(word));
    let mut package = Package::new(Ecosystem::Python, source);
    for (at, line) in source.text.lines().enumerate() {
        let Some(mut dependency) = requirement(line, at) else { continue };
        if develops {
            dependency.scope = Scope::Develop;
        }
        package.dependencies.push(dependency);
    }
    Ok((!package.dependencies.is_empty()).then_some(package))
}

fn homepage(raw: &Value) -> Option<String> {
    let urls = raw.pointer("/project/urls").and_then(Value::as_object);
    let named = urls.into_iter().flatten().find(|(key, _)| key.eq_ignore_ascii_case("homepage"));
    named
        .and_then(|(_, url)| Some(url.as_str()?.to_owned()))
        .or_else(|| text_at(raw, "/tool/poetry/homepage"))
}

fn people(raw: &Value) -> Vec<String> {
    let lists = ["/project/maintainers", "/project/authors"].into_iter();
    let all = lists.filter_map(|place| raw.pointer(place)?.as_array()).flatten();
    let named = all.filter_map(|person| {
        let name = person.get("name").and_then(Value::as_str).unwrap_or_default();
        let address = person.get("email").and_then(Value::as_str);
        let address = address.map(|address| format!(" <{address}>")).unwrap_or_default();
        Some(format!("{name}{address}").trim().to_owned()).filter(|person| !person.is_empty())
    });
    named
        .chain(texts_at(raw, "/tool/poetry/maintainers"))
        .chain(texts_at(raw, "/tool/poetry/authors"))
        .collect()
}

fn dependencies(source: &Source<'_>, raw: &Value) -> Vec<Dependency> {
    let listed = texts_at(raw, "/project/dependencies");
    let mut found: Vec<Dependency> = listed.iter().filter_map(|text| requirement(text, 0)).collect();
    let groups = ["/project/optional-dependencies", "/dependency-groups"];
    for lists in groups.into_iter().filter_map(|place| raw.pointer(place)?.as_object()) {
        let all = lists.values().filter_map(Value::as_array).flatten().filter_map(Value::as_str);
        found.extend(
            all.filter_map(|text| Some(Dependency { scope: Scope::Develop, ..requirement(text, 0)? })),
        );
    }
    for dependency in &mut found {
        // A line is known for lists of one line each only.
        dependency.line = None;
        dependency.local = uv_source(source, raw, &dependency.name);
    }
    found.extend(poetry(source, raw.pointer("/tool/poetry/dependencies"), Scope::Run));
    found.extend(poetry(source, raw.pointer("/tool/poetry/dev-dependencies"), Scope::Develop));
    let poetry_groups = raw.pointer("/tool/poetry/group").and_then(Value::as_object);
    for (_, group) in poetry_groups.into_iter().flatten() {
        found.extend(poetry(source, group.get("dependencies"), Scope::Develop));
    }
    found
}

fn uv_source(source: &Source<'_>, raw: &Value, name: &str) -> Option<Local> {
    let sources = raw.pointer("/tool/uv/sources")?.as_object()?;
    let (_, place) = sources.iter().find(|(key, _)| plain(key) == name)?;
    if place.get("workspace") == Some(&Value::Bool(true)) {
        return Some(Local::Workspace);
    }
    folder_at(source, place.get("path")?.as_str()?)
}

fn poetry(source: &Source<'_>, table: Option<&Value>, scope: Scope) -> Vec<Dependency> {
    let entries =
        table.and_then(Value::as_object).into_iter().flatten().filter(|(name, _)| *name != "python");
    entries
        .map(|(name, value)| {
            let path = value.get("path").and_then(Value::as_str);
            let local = path.and_then(|path| folder_at(source, path));
            Dependency { local, ..Dependency::new(plain(name), scope) }
        })
        .collect()
}

/// The package that a requirement names: `Flask-Login[x]>=1.0 ; marker` needs `flask-login`.
fn requirement(text: &str, at: usize) -> Option<Dependency> {
    let text = text.trim();
    let end = text
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')))
        .unwrap_or(text.len());
    let name = text.get(..end).filter(|name| name.starts_with(|c: char| c.is_ascii_alphanumeric()))?;
    if text.get(end..).is_some_and(|rest| rest.starts_with("://") || rest.starts_with('/')) {
        return None;
    }
    Some(Dependency { line: line_number(at), ..Dependency::new(plain(name), Scope::Run) })
}

/// A package's name as the index compares it.
fn plain(name: &str) -> String {
    name.to_ascii_lowercase().replace(['_', '.'], "-")
}
