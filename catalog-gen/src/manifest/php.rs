//! `composer.json`.

use serde_json::Value;

use super::{Dependency, Ecosystem, Package, Read, Scope, Source, text_at, texts_at};

pub(super) fn read(source: &Source<'_>) -> Read {
    let raw: Value = serde_json::from_str(source.text).map_err(|error| error.to_string())?;
    let mut package = Package::new(Ecosystem::Php, source);
    package.name = text_at(&raw, "/name");
    package.version = text_at(&raw, "/version");
    package.description = text_at(&raw, "/description");
    package.homepage = text_at(&raw, "/homepage");
    package.keywords = texts_at(&raw, "/keywords");
    let kind = text_at(&raw, "/type");
    package.library = kind.as_deref() == Some("library");
    package.published = package.library;
    package.plugins.extend(kind.map(|kind| format!("type:{kind}")));
    let authors = raw.get("authors").and_then(Value::as_array);
    package.people = authors.into_iter().flatten().filter_map(|author| text_at(author, "/name")).collect();
    for (key, scope) in [("require", Scope::Run), ("require-dev", Scope::Develop)] {
        let names = raw.get(key).and_then(Value::as_object).into_iter().flatten().map(|(name, _)| name);
        let packages = names.filter(|name| name.contains('/'));
        package.dependencies.extend(packages.map(|name| Dependency::new(name, scope)));
    }
    package.raw = raw;
    Ok(Some(package))
}
