//! Values from the command line: `--values file` and `--set name=value`.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Map, Value};

use super::error::CommandError;
use crate::template::{SchemaViolation, Template};
use crate::words::did_you_mean;

/// Options that bring values.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct ValueOptions {
    /// YAML or JSON file with the values of the form.
    #[arg(long, value_name = "FILE")]
    pub(super) values: Option<PathBuf>,
    /// One value; wins over the file. What is not valid YAML is taken as text; `a.b=1` sets a nested value.
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub(super) set: Vec<String>,
}

impl ValueOptions {
    /// Reads what the options name.
    pub(super) fn read(&self) -> Result<Map<String, Value>, CommandError> {
        self.read_over(None)
    }

    /// The same over the `values:` of a case file.
    pub(super) fn read_over(&self, case: Option<&Path>) -> Result<Map<String, Value>, CommandError> {
        let mut values = match (&self.values, case) {
            (Some(path), _) => read_file(path)?,
            (None, Some(path)) => match read_file(path)?.remove("values") {
                Some(Value::Object(values)) => values,
                _ => {
                    return Err(CommandError::usage(format!(
                        "{}: a case has a map of `values:`",
                        path.display()
                    )));
                }
            },
            (None, None) => Map::new(),
        };
        for pair in &self.set {
            let (name, text) = pair.split_once('=').ok_or_else(|| {
                CommandError::usage(format!("`--set {pair}` lacks a value: write `--set name=value`"))
            })?;
            let value = serde_yaml::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()));
            set(&mut values, name, value);
        }
        Ok(values)
    }
}

fn read_file(path: &Path) -> Result<Map<String, Value>, CommandError> {
    let name = path.display();
    let text = std::fs::read_to_string(path)
        .map_err(|error| CommandError::usage(format!("the values in `{name}` cannot be read: {error}")))?;
    let documents = catalog_gen::parse_documents(&text);
    match documents.into_iter().next() {
        None => Ok(Map::new()),
        Some(Err(error)) => {
            Err(CommandError::usage(format!("{name}:{}:{}: {}", error.line, error.column, error.message)))
        }
        Some(Ok(document)) => match document.value {
            Value::Object(values) => Ok(values),
            _ => Err(CommandError::usage(format!(
                "{name}:{}: values are a map of `name: value` lines",
                document.line
            ))),
        },
    }
}

fn set(values: &mut Map<String, Value>, name: &str, value: Value) {
    match name.split_once('.') {
        None => {
            values.insert(name.to_owned(), value);
        }
        Some((first, rest)) => {
            let slot = values.entry(first.to_owned()).or_insert_with(|| Value::Object(Map::new()));
            if !slot.is_object() {
                *slot = Value::Object(Map::new());
            }
            if let Some(members) = slot.as_object_mut() {
                set(members, rest, value);
            }
        }
    }
}

/// The parameters that the template's pages describe, with their schemas, in order.
pub(super) fn parameters(template: &Template) -> Vec<(&String, &Value)> {
    let pages = template.spec.pages.iter();
    pages.filter_map(|page| page.get("properties")?.as_object()).flatten().collect()
}

/// A value that no page knows is most likely a slip.
pub(super) fn check_names(template: &Template, values: &Map<String, Value>) -> Result<(), CommandError> {
    // Conditional parts of a schema may bring in more names than the pages list.
    let conditional = ["dependencies", "allOf", "anyOf", "oneOf", "if"];
    if template.spec.pages.iter().any(|page| conditional.iter().any(|keyword| page.get(keyword).is_some())) {
        return Ok(());
    }
    let known = parameters(template);
    for name in values.keys() {
        if !known.iter().any(|(parameter, _)| *parameter == name) {
            let hint = did_you_mean(name, known.iter().map(|(parameter, _)| parameter.as_str()));
            return Err(CommandError::usage(format!("the template has no parameter `{name}`{hint}")));
        }
    }
    Ok(())
}

/// Every violation on a line of its own.
pub(super) fn violations(violations: &[SchemaViolation]) -> CommandError {
    let lines: Vec<String> =
        violations.iter().map(|violation| format!("  {}", describe(violation))).collect();
    CommandError::usage(format!("the values do not fit the template:\n{}", lines.join("\n")))
}

/// A violation as a sentence about the parameter.
pub(super) fn describe(violation: &SchemaViolation) -> String {
    let name = violation.property.trim_start_matches("instance").trim_start_matches('.');
    if name.is_empty() { violation.message.clone() } else { format!("`{name}` {}", violation.message) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn set_takes_yaml_and_nested_names() {
        let options = ValueOptions {
            values: None,
            set: ["port=8080", "tags=[a, b]", "repo.owner=acme", "x=a: b: c"].map(str::to_owned).to_vec(),
        };

        let values = Value::Object(options.read().unwrap());

        assert_eq!(
            values,
            serde_json::json!({"port": 8080, "tags": ["a", "b"], "repo": {"owner": "acme"}, "x": "a: b: c"})
        );
    }
}
