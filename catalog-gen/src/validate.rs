//! Would Backstage's catalog take this entity?
//!
//! The rules of the envelope, of the field formats, of the stock kinds, of references and of search keys, over
//! plain JSON, so that a wrong document can be judged as well as a right one. It looks at one entity alone:
//! whether the targets of its references exist, or two entities share a name, is not asked. The invariant: all
//! violations are reported, not just the first, and a value that fits is never reported.

mod envelope;
mod format;
mod kinds;
mod references;
mod search;
mod template;

use std::fmt;

use serde_json::Value;

pub(crate) use format::is_name;
pub(crate) use kinds::references_of;

/// One rule that an entity breaks.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Violation {
    /// Where: `metadata.name`, `spec.dependsOn[0]`; empty for the entity as a whole.
    pub path: String,
    /// Which rule, as a stable name such as `format.name`.
    pub rule: &'static str,
    /// What is wrong with which value, and how to mend it.
    pub message: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            f.write_str(&self.message)
        } else {
            write!(f, "{}: {}", self.path, self.message)
        }
    }
}

/// All rules that the entity breaks, the envelope first; empty when a catalog with the stock kinds and the
/// scaffolder's `Template` would take it.
///
/// The entity is judged as it stands in a file: a placeholder such as `$text` is taken for whatever its place
/// needs. A kind that the stock catalog does not know is reported under `kind.unknown`; leave those reports out
/// where the catalog has a module for the kind.
pub fn validate(entity: &Value) -> Vec<Violation> {
    let mut report = Report::default();
    if let Some(root) = envelope::check(entity, &mut report) {
        kinds::check(root, &mut report);
        references::check_locations(root, &mut report);
        search::check(root, &mut report);
    }
    report.violations
}

/// The violations found so far.
#[derive(Debug, Default)]
struct Report {
    violations: Vec<Violation>,
}

impl Report {
    fn add(&mut self, path: &str, rule: &'static str, message: String) {
        self.violations.push(Violation { path: path.to_owned(), rule, message });
    }

    /// Reads a value that has to be text with at least one character, and reports it if it is not.
    fn filled_text<'v>(&mut self, path: &str, value: &'v Value) -> Option<&'v str> {
        match value {
            Value::String(text) if text.is_empty() => {
                self.add(
                    path,
                    "value.empty",
                    "this is empty; write a value, or leave the key out".to_owned(),
                );
                None
            }
            Value::String(text) => Some(text),
            other => {
                self.wrong_type(path, other, "text");
                None
            }
        }
    }

    fn wrong_type(&mut self, path: &str, value: &Value, wanted: &str) {
        if is_placeholder(value) {
            return;
        }
        let shown = shown(value);
        let message = match value {
            Value::Null => {
                format!("there is no value here, but {wanted} is needed; write one, or leave the key out")
            }
            Value::Bool(_) | Value::Number(_) if wanted == "text" => {
                format!(
                    "`{shown}` is {}, but text is needed; put it in quotes: `\"{shown}\"`",
                    type_of(value)
                )
            }
            _ => format!("`{shown}` is {}, but {wanted} is needed", type_of(value)),
        };
        self.add(path, "value.type", message);
    }

    fn missing(&mut self, path: &str, rule: &'static str, needed_by: &str) {
        let key = path.rsplit('.').next().unwrap_or(path);
        self.add(path, rule, format!("`{key}` is missing; {needed_by} needs it"));
    }
}

/// A value that Backstage replaces by the content of another file before it looks at its type.
fn is_placeholder(value: &Value) -> bool {
    placeholder(value).is_some()
}

/// The key of a placeholder, such as `$text`, and what it names.
pub(crate) fn placeholder(value: &Value) -> Option<(&str, &Value)> {
    const RESOLVERS: [&str; 5] = ["$text", "$json", "$yaml", "$openapi", "$asyncapi"];
    let map = value.as_object().filter(|map| map.len() == 1)?;
    let (key, target) = map.iter().next()?;
    RESOLVERS.contains(&key.as_str()).then_some((key.as_str(), target))
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "no value",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a mapping",
    }
}

/// A value as a message may show it: not longer than a line.
fn shown(value: &Value) -> String {
    const LONGEST: usize = 80;
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let mut out: String = text.chars().take(LONGEST).flat_map(char::escape_debug).collect();
    if value.as_str().is_none() {
        out = text.chars().take(LONGEST).collect();
    }
    if text.chars().nth(LONGEST).is_some() {
        out.push('…');
    }
    out
}

/// The path of a key below a path; keys that would be unclear stand in brackets.
pub(crate) fn below(path: &str, key: &str) -> String {
    let plain =
        !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '$'));
    match (path, plain) {
        ("", _) => key.to_owned(),
        (_, true) => format!("{path}.{key}"),
        (_, false) => format!("{path}[\"{}\"]", key.escape_debug()),
    }
}

#[cfg(test)]
mod tests;
