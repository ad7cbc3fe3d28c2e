//! The services of compose files.
//!
//! Read for `resources` and for `dependencies`. Values are taken as written, with the default of a variable in its
//! place. The invariant: files of tests, and parts that are not mappings, give nothing.

use serde_json::Value;

use super::near::Near;
use super::text::line_of;
use crate::{Material, SubjectId, TreePath, is_foreign, parse_documents};

/// A service of a compose file.
#[derive(Debug)]
pub(super) struct Service {
    pub(super) file: TreePath,
    pub(super) line: Option<u32>,
    pub(super) name: String,
    /// What the container is called, when it is said.
    pub(super) container: Option<String>,
    pub(super) image: Option<String>,
    /// The folder that its image is built from (`None` within: the root).
    pub(super) build: Option<Option<TreePath>>,
    /// The folder of the image's recipe, when it is another.
    pub(super) recipe: Option<TreePath>,
    /// Services that it says it needs.
    pub(super) needs: Vec<String>,
    pub(super) environment: Vec<(String, String)>,
}

/// All services of all compose files that were read.
pub(super) fn read(material: &Material<'_>) -> Vec<Service> {
    let files = material.files.iter().map(|(path, _)| path).filter(|path| is_compose(path));
    let texts = files.filter_map(|path| Some((path, material.text(path)?)));
    texts.flat_map(|(path, text)| services(path, text)).collect()
}

fn is_compose(path: &TreePath) -> bool {
    let name = path.file_name().to_ascii_lowercase();
    let stem = name.strip_suffix(".yml").or_else(|| name.strip_suffix(".yaml"));
    let Some(stem) = stem.filter(|stem| stem.starts_with("docker-compose") || stem.starts_with("compose"))
    else {
        return false;
    };
    let words = |text: &str| {
        text.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| {
            matches!(
                word,
                "test"
                    | "tests"
                    | "e2e"
                    | "ci"
                    | "example"
                    | "examples"
                    | "sample"
                    | "skeleton"
                    | "templates"
                    | "fixtures"
                    | "testdata"
            )
        })
    };
    !words(stem)
        && !words(&path.parent().map(|folder| folder.to_string()).unwrap_or_default())
        && !is_foreign(path)
}

fn services(path: &TreePath, text: &str) -> Vec<Service> {
    let Some(Ok(document)) = parse_documents(text).into_iter().next() else { return Vec::new() };
    let named = document.value.get("services").and_then(Value::as_object);
    named.into_iter().flatten().filter_map(|(name, value)| service(path, text, name, value)).collect()
}

fn service(path: &TreePath, text: &str, name: &str, value: &Value) -> Option<Service> {
    value.as_object()?;
    let get = |key: &str| value.get(key).and_then(Value::as_str).map(filled);
    let folder = path.parent();
    let build = value.get("build").and_then(|build| {
        let context = build.as_str().or_else(|| build.get("context")?.as_str()).unwrap_or(".");
        TreePath::resolve(folder.as_ref(), &filled(context)).ok()
    });
    let recipe = value.pointer("/build/dockerfile").and_then(Value::as_str).and_then(|recipe| {
        let file = TreePath::resolve(build.as_ref()?.as_ref(), recipe).ok()??;
        file.parent()
    });
    let mut needs = names(value.get("depends_on"));
    needs.extend(
        names(value.get("links")).into_iter().filter_map(|link| Some(link.split(':').next()?.to_owned())),
    );
    Some(Service {
        file: path.clone(),
        line: line_of(text, &format!("\n  {name}:")).map(|line| line + 1).or_else(|| line_of(text, name)),
        name: name.to_owned(),
        container: get("container_name"),
        image: get("image"),
        build,
        recipe,
        needs,
        environment: environment(value.get("environment")),
    })
}

/// A list of names, or the keys of a mapping.
fn names(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::Array(items)) => {
            items.iter().filter_map(|item| Some(item.as_str()?.to_owned())).collect()
        }
        Some(Value::Object(entries)) => entries.keys().cloned().collect(),
        _ => Vec::new(),
    }
}

fn environment(value: Option<&Value>) -> Vec<(String, String)> {
    let plain = |value: &Value| match value {
        Value::String(text) => filled(text),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    match value {
        Some(Value::Object(entries)) => {
            entries.iter().map(|(key, value)| (key.clone(), plain(value))).collect()
        }
        Some(Value::Array(items)) => {
            let pairs = items.iter().filter_map(Value::as_str);
            pairs
                .map(|pair| {
                    pair.split_once('=').map_or((pair.to_owned(), String::new()), |(key, value)| {
                        (key.to_owned(), filled(value))
                    })
                })
                .collect()
        }
        _ => Vec::new(),
    }
}

/// The text with `${NAME:-default}` as `default`, and other variables left out.
fn filled(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        out.push_str(before);
        let (variable, after) = after.split_once('}').unwrap_or((after, ""));
        if let Some((_, default)) = variable.split_once('-') {
            out.push_str(default);
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

impl Service {
    /// The component that runs in it: the one whose folder its image is built from, or the one it is called like.
    pub(super) fn component(&self, near: &Near) -> Option<SubjectId> {
        let built = self.build.as_ref();
        let recipe = self.recipe.as_ref().filter(|_| built.is_some());
        let exact = recipe.and_then(|folder| near.at(&Some(folder.clone())));
        let exact = exact.or_else(|| near.at(built?).filter(|_| built.is_some_and(Option::is_some)));
        exact
            .or_else(|| near.named(&self.name))
            .or_else(|| {
                let image = self.image.as_deref()?.rsplit('/').next()?.split(':').next()?;
                near.named(image)
            })
            .or_else(|| {
                let folder = built?;
                near.at(folder)
                    .or_else(|| near.component(&folder.as_ref()?.join("x").ok()?))
                    .or_else(|| near.only())
            })
    }

    /// Does it need the other: does it say so, or name it in a setting?
    pub(super) fn uses(&self, other: &Service) -> bool {
        self.name != other.name
            && (self.needs.contains(&other.name) || self.setting_for(&other.name).is_some())
    }

    /// The setting in which a service is named as a host.
    pub(super) fn setting_for(&self, name: &str) -> Option<&str> {
        let own = self.environment.iter().find(|(_, value)| names_host(value, name));
        own.map(|(key, _)| key.as_str())
    }
}

/// Is that name the host in a value: all of it, `name:port`, or `scheme://user@name:port/…`?
pub(super) fn names_host(value: &str, name: &str) -> bool {
    value.split(',').any(|one| {
        let one = one.trim();
        let after = one.split_once("://").map_or(one, |(_, rest)| rest);
        let after = after.strip_prefix("//").unwrap_or(after);
        let authority = after.split(['/', '?']).next().unwrap_or(after);
        let host = authority.rsplit('@').next().unwrap_or(authority);
        host.split(':').next() == Some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::{filled, is_compose, names_host};
    use crate::TreePath;

    #[test]
    fn a_host_is_found_in_addresses_and_alone() {
        for value in
            ["db", "db:5432", "postgres://u:p@db:5432/x?y", "a:1,db:2", "jdbc:postgresql://db/x", "http://db"]
        {
            assert!(names_host(value, "db"), "{value}");
        }
        for value in ["adb", "db2:1", "http://x/db", "", "u@x"] {
            assert!(!names_host(value, "db"), "{value}");
        }
    }

    #[test]
    fn variables_give_way_to_their_defaults() {
        assert_eq!(filled("${A:-x}-${B}y$C"), "x-y$C");
        assert_eq!(filled("${A"), "");
    }

    #[test]
    fn compose_files_of_tests_are_none() {
        let is = |path| is_compose(&TreePath::parse(path).unwrap());
        assert!(is("docker-compose.dev.yml") && is("x/compose.yaml"));
        assert!(
            !is("docker-compose.test.yml")
                && !is("e2e/compose.yaml")
                && !is("composer.yml.md")
                && !is("a.yml")
        );
    }
}
