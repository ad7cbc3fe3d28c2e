//! OpenAPI 2 and 3 and AsyncAPI 2 and 3, in YAML and JSON.
//!
//! Only the keys at the root and those of `info` are looked at, line by line in YAML, so that a long description costs
//! little and `$ref`s are never followed. The invariant: what has no `info`, or describes no path and no channel, is a
//! part of a description and not one.

use serde::Deserialize;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use super::{Spec, line_of_prose};
use crate::detect::slug::{slug, without_marks};
use crate::detect::text::line_of;
use crate::{TreePath, parse_documents};

/// What is read of a description.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Outline {
    openapi: Option<Value>,
    swagger: Option<Value>,
    asyncapi: Option<Value>,
    info: Option<Info>,
    paths: Count,
    webhooks: Count,
    channels: Count,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Info {
    title: Option<Value>,
    version: Option<Value>,
    description: Option<Value>,
}

/// How many entries a mapping has.
#[derive(Debug, Default)]
struct Count(usize);

pub(super) fn read<'m>(path: &'m TreePath, text: &'m str) -> Option<Spec<'m>> {
    // Most files are something else: tell it before anything is parsed.
    if !["openapi", "swagger", "asyncapi"].iter().any(|word| text.contains(word)) {
        return None;
    }
    let outline = if text.trim_start().starts_with('{') { in_braces(text)? } else { yaml(text) };
    let info = outline.info?;
    let (word, kind, version) = [
        ("openapi", "openapi", &outline.openapi),
        ("swagger", "openapi", &outline.swagger),
        ("asyncapi", "asyncapi", &outline.asyncapi),
    ]
    .into_iter()
    .find_map(|(word, kind, version)| Some((word, kind, plain(version.as_ref()?)?)))?;
    let legal = match word {
        "openapi" => version.starts_with("3."),
        "swagger" => version.starts_with('2'),
        _ => version.starts_with("2.") || version.starts_with("3."),
    };
    let weight = outline.paths.0 + outline.webhooks.0 + outline.channels.0;
    if !legal || weight == 0 {
        return None;
    }
    let title = info.title.as_ref().and_then(plain);
    if title
        .as_deref()
        .is_some_and(|title| without_marks(title).is_none() || slug(title).contains("petstore"))
    {
        return None;
    }
    let own = info.version.as_ref().and_then(plain);
    let what = if kind == "openapi" { ("OpenAPI", "path") } else { ("AsyncAPI", "channel") };
    let many = if weight == 1 { "" } else { "s" };
    Some(Spec {
        path,
        kind,
        family: family(path, title.as_deref(), own.as_deref()),
        title,
        description: info.description.as_ref().and_then(plain).and_then(|text| line_of_prose(&text)),
        line: line_of(text, word),
        seen: format!("{} {version} with {weight} {}{many}", what.0, what.1),
        version: own,
        weight,
    })
}

/// Two files with one title and one major version describe one interface; without a title each is its own.
fn family(path: &TreePath, title: Option<&str>, version: Option<&str>) -> String {
    match title {
        Some(title) => {
            let major =
                version.unwrap_or_default().trim_start_matches('v').split('.').next().unwrap_or_default();
            format!("{}@{major}", slug(title))
        }
        None => path.to_string(),
    }
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The outline of a text that is one mapping in braces: JSON, or YAML written like it.
fn in_braces(text: &str) -> Option<Outline> {
    serde_json::from_str(text).ok().or_else(|| {
        let document = parse_documents(text).into_iter().next()?.ok()?;
        serde_json::from_value(document.value).ok()
    })
}

/// The outline of a YAML text that is written as everybody writes it: keys of the root at the start of a line.
fn yaml(text: &str) -> Outline {
    let mut outline = Outline::default();
    let mut root = "";
    let mut indent = 0;
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let bare = line.trim_start();
        if bare.is_empty() || bare.starts_with('#') {
            continue;
        }
        let depth = line.len() - bare.len();
        let Some((key, value)) = pair(bare) else { continue };
        if depth == 0 {
            (root, indent) = (key, 0);
            match key {
                "openapi" => outline.openapi = scalar(value),
                "swagger" => outline.swagger = scalar(value),
                "asyncapi" => outline.asyncapi = scalar(value),
                "info" => {
                    let within = flow(value, &mut lines).and_then(|info| serde_json::from_value(info).ok());
                    outline.info = Some(within.unwrap_or_default());
                }
                "paths" => outline.paths = count(flow(value, &mut lines).as_ref()),
                "webhooks" => outline.webhooks = count(flow(value, &mut lines).as_ref()),
                "channels" => outline.channels = count(flow(value, &mut lines).as_ref()),
                _ => {}
            }
            continue;
        }
        if indent == 0 {
            indent = depth;
        }
        if depth != indent {
            continue;
        }
        match (root, &mut outline.info) {
            ("paths", _) => outline.paths.0 += 1,
            ("webhooks", _) => outline.webhooks.0 += 1,
            ("channels", _) => outline.channels.0 += 1,
            ("info", Some(info)) => {
                let value =
                    if value.starts_with(['|', '>']) { block(&mut lines, depth) } else { scalar(value) };
                match key {
                    "title" => info.title = value,
                    "version" => info.version = value,
                    "description" => info.description = value,
                    _ => {}
                }
            }
            _ => {}
        }
    }
    outline
}

/// A key and what stands after it on its line.
fn pair(line: &str) -> Option<(&str, &str)> {
    let (key, value) = match line.split_once(": ") {
        Some((key, value)) => (key, value),
        None => (line.trim_end().strip_suffix(':')?, ""),
    };
    Some((key.trim().trim_matches(['"', '\'']), value.trim()))
}

fn scalar(text: &str) -> Option<Value> {
    let quoted = ['"', '\''].into_iter().find_map(|quote| text.strip_prefix(quote)?.split(quote).next());
    let text = quoted.unwrap_or_else(|| text.split(" #").next().unwrap_or(text)).trim();
    (!text.is_empty()).then(|| Value::String(text.to_owned()))
}

/// A mapping in braces, which may go over several lines.
fn flow(value: &str, lines: &mut std::iter::Peekable<std::str::Lines<'_>>) -> Option<Value> {
    const MOST: usize = 64 * 1024;
    if !value.starts_with('{') {
        return None;
    }
    let deeper = |line: &str| line.matches('{').count();
    let higher = |line: &str| line.matches('}').count();
    let mut text = value.to_owned();
    let (mut opened, mut closed) = (deeper(value), higher(value));
    while opened > closed && text.len() < MOST {
        let line = lines.next()?;
        opened += deeper(line);
        closed += higher(line);
        text.push('\n');
        text.push_str(line);
    }
    parse_documents(&text).into_iter().next()?.ok().map(|document| document.value)
}

fn count(mapping: Option<&Value>) -> Count {
    Count(mapping.and_then(Value::as_object).map_or(0, serde_json::Map::len))
}

/// The lines of a block of text that is deeper than its key.
fn block(lines: &mut std::iter::Peekable<std::str::Lines<'_>>, depth: usize) -> Option<Value> {
    let mut out = String::new();
    while let Some(line) =
        lines.next_if(|line| line.trim().is_empty() || line.len() - line.trim_start().len() > depth)
    {
        if out.len() < 2_000 {
            out.push_str(line.trim());
            out.push('\n');
        }
    }
    Some(Value::String(out))
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = Count;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a mapping")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Count, A::Error> {
                let mut count = 0;
                while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {
                    count += 1;
                }
                Ok(Count(count))
            }

            fn visit_unit<E>(self) -> Result<Count, E> {
                Ok(Count(0))
            }
        }
        deserializer.deserialize_any(Entries)
    }
}
