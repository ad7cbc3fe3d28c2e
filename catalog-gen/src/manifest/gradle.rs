//! Gradle builds, in Groovy and in Kotlin. The scripts are programs: only plain statements of one line are understood.

use std::sync::LazyLock;

use regex::Regex;

use super::{Dependency, Ecosystem, Local, Package, Read, Scope, Source, line_number};
use crate::TreePath;

static DEPENDENCY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"^\s*(\w+)[\s(]+(?:platform\s*\(\s*)?["']([\w.\-]+:[\w.\-]+)(?::[^"']*)?["']"#).ok()
});
static CATALOG: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^\s*(\w+)[\s(]+(?:platform\s*\(\s*)?libs\.([\w.]+)").ok());
static PROJECT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"^\s*(\w+)[\s(]+project\s*\(\s*(?:path\s*[:=]\s*)?["']:?([\w.\-:]+)["']"#).ok()
});
static ACCESSOR: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^\s*(\w+)[\s(]+projects\.([\w.]+)").ok());
static PLUGIN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"^\s*(?:id|kotlin|apply\s+plugin:|alias\s*\(\s*libs\.plugins\.)[\s(]*["']?([\w.\-]+)"#).ok()
});
static QUOTED: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r#"["']([^"'\n]+)["']"#).ok());

pub(super) fn build(source: &Source<'_>) -> Read {
    let mut package = Package::new(Ecosystem::Gradle, source);
    for (at, line) in source.text.lines().enumerate() {
        let first = line.trim_start();
        if first.starts_with("//") || first.starts_with('*') {
            continue;
        }
        package
            .dependencies
            .extend(dependency(source, line).map(|found| Dependency { line: line_number(at), ..found }));
        if let Some(found) = captured(&PLUGIN, line, 1) {
            package.plugins.push(found.to_owned());
        }
        let setting = |name: &str| {
            let value = first.strip_prefix(name)?.trim_start();
            let value = value.strip_prefix('=').unwrap_or(value).trim();
            let value = value.trim_matches(['"', '\'']);
            (!value.is_empty() && !value.contains(['"', '$', '(', '{'])).then(|| value.to_owned())
        };
        package.description = package.description.take().or_else(|| setting("description "));
        package.version = package.version.take().or_else(|| setting("version "));
    }
    package.published = package.plugins.iter().any(|plugin| plugin.contains("publish") || plugin == "maven");
    package.library =
        package.plugins.iter().any(|plugin| plugin == "java-library" || plugin.ends_with(".library"));
    package.name = source.folder.as_ref().map(|folder| folder.file_name().to_owned());
    Ok(Some(package))
}

pub(super) fn settings(source: &Source<'_>) -> Read {
    let mut package = Package::new(Ecosystem::Gradle, source);
    let mut included = false;
    for line in source.text.lines() {
        let line = line.trim();
        if line.starts_with("//") {
            continue;
        }
        if let Some(rest) = line.strip_prefix("rootProject.name") {
            package.title = captured(&QUOTED, rest, 1).map(str::to_owned);
        }
        let starts = line.strip_prefix("include").filter(|rest| rest.starts_with([' ', '(', '\t']));
        // A list of projects may go over several lines.
        included = starts.is_some() || (included && line.starts_with(['"', '\'']));
        if included {
            let found = QUOTED.iter().flat_map(|regex| regex.captures_iter(line));
            let projects =
                found.filter_map(|found| Some(found.get(1)?.as_str().trim_matches(':').replace(':', "/")));
            package.members.extend(projects);
        }
    }
    let says = !package.members.is_empty() || package.title.is_some();
    Ok(says.then_some(package))
}

fn dependency(source: &Source<'_>, line: &str) -> Option<Dependency> {
    let whole = |pattern: &'static LazyLock<Option<Regex>>| {
        let found = pattern.as_ref()?.captures(line)?;
        Some((scope(found.get(1)?.as_str())?, found.get(2)?.as_str()))
    };
    if let Some((scope, name)) = whole(&DEPENDENCY) {
        return Some(Dependency::new(name, scope));
    }
    let (scope, project) = match (whole(&PROJECT), whole(&ACCESSOR)) {
        (Some((scope, project)), _) => (scope, project.replace(':', "/")),
        (None, Some((scope, project))) => (scope, kebab(project)),
        (None, None) => {
            let (scope, alias) = whole(&CATALOG)?;
            return Some(Dependency::new(alias.replace('.', "-"), scope));
        }
    };
    let mut dependency = Dependency::new(&project, scope);
    // Projects are named from the root of the build, which is the root of the repository or a folder above this one.
    let top = source.folder.as_ref().and_then(|folder| build_root(folder, &project));
    dependency.local = TreePath::resolve(top.as_ref(), &project).ok().map(Local::Folder);
    Some(dependency)
}

/// The folder above which a path of projects begins, as far as the names of the folders tell.
fn build_root(folder: &TreePath, project: &str) -> Option<TreePath> {
    let first = project.split('/').next()?;
    let mut above = Some(folder.clone());
    while let Some(here) = above {
        if here.file_name() == first {
            return here.parent();
        }
        above = here.parent();
    }
    None
}

/// `coreData` as `core-data`, `.` as a folder: how accessors of projects are written.
fn kebab(accessor: &str) -> String {
    accessor.chars().fold(String::new(), |mut out, c| {
        match c {
            '.' => out.push('/'),
            c if c.is_ascii_uppercase() => {
                out.push('-');
                out.push(c.to_ascii_lowercase());
            }
            c => out.push(c),
        }
        out
    })
}

fn scope(configuration: &str) -> Option<Scope> {
    let lower = configuration.to_ascii_lowercase();
    if lower.contains("test")
        || lower.contains("annotationprocessor")
        || matches!(lower.as_str(), "classpath" | "kapt" | "ksp")
    {
        return Some(Scope::Develop);
    }
    if lower == "developmentonly" {
        return Some(Scope::Develop);
    }
    let runs = ["implementation", "api", "compile", "runtime", "runtimeonly", "compileonly"];
    runs.iter().any(|known| lower.ends_with(known)).then_some(Scope::Run)
}

fn captured<'t>(pattern: &LazyLock<Option<Regex>>, text: &'t str, group: usize) -> Option<&'t str> {
    Some(pattern.as_ref()?.captures(text)?.get(group)?.as_str())
}
