//! `.gemspec` and `Gemfile`. Both are programs: only plain statements of one line are understood.

use std::sync::LazyLock;

use regex::Regex;

use super::{Dependency, Ecosystem, Package, Read, Scope, Source, line_number};

static FIELD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"^\s*\w+\.(name|version|summary|description|homepage|authors?|email)\s*=\s*(.*)$"#).ok()
});
static NEEDS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"^\s*\w+\.add_(runtime_|development_)?dependency[\s(]+["']([\w\-.]+)["']"#).ok()
});
static GEM: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r#"^\s*gem[\s(]+["']([\w\-.]+)["']"#).ok());

pub(super) fn gemspec(source: &Source<'_>) -> Read {
    let mut package = Package::new(Ecosystem::Ruby, source);
    for (at, line) in source.text.lines().enumerate() {
        if let Some(found) = FIELD.as_ref().and_then(|regex| regex.captures(line)) {
            let (Some(field), Some(written)) = (found.get(1), found.get(2)) else { continue };
            let Some(value) = quoted(written.as_str()) else { continue };
            match field.as_str() {
                "name" => package.name = Some(value),
                "version" => package.version = Some(value),
                "summary" => package.description = Some(value),
                "description" => {
                    package.description.get_or_insert(value);
                }
                "homepage" => package.homepage = Some(value),
                _ => package.people.push(value),
            }
        } else if let Some(found) = NEEDS.as_ref().and_then(|regex| regex.captures(line)) {
            let develops = found.get(1).is_some_and(|kind| kind.as_str() == "development_");
            let scope = if develops { Scope::Develop } else { Scope::Run };
            let name = found.get(2).map(|name| name.as_str());
            package.dependencies.extend(
                name.map(|name| Dependency { line: line_number(at), ..Dependency::new(name, scope) }),
            );
        } else if line.contains(".executables") {
            package.binaries.extend(quoted(line));
        }
    }
    package.published = true;
    package.library = true;
    Ok(package.name.is_some().then_some(package))
}

pub(super) fn gemfile(source: &Source<'_>) -> Read {
    let mut package = Package::new(Ecosystem::Ruby, source);
    for (at, line) in source.text.lines().enumerate() {
        let found = GEM.as_ref().and_then(|regex| regex.captures(line)?.get(1));
        package.dependencies.extend(
            found.map(|name| Dependency {
                line: line_number(at),
                ..Dependency::new(name.as_str(), Scope::Run)
            }),
        );
    }
    Ok((!package.dependencies.is_empty()).then_some(package))
}

/// The first text in quotes, when nothing is filled into it.
fn quoted(text: &str) -> Option<String> {
    let start = text.find(['"', '\''])?;
    let quote = text.get(start..)?.chars().next()?;
    let (value, _) = text.get(start + 1..)?.split_once(quote)?;
    (!value.is_empty() && !value.contains("#{")).then(|| value.to_owned())
}
