//! Values from the command line: `--values file` and `--set name=value`.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Map, Value};

use super::error::CommandError;
use crate::task::StepFault;
use crate::template::Template;
use crate::template::parameters::{all_violations, describe, unknown_names, with_defaults};

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

/// Refuses values that do not fit the template, with every fault on a line of its own.
pub(super) fn check(
    template: &Template,
    values: &Map<String, Value>,
    secrets: &Map<String, Value>,
) -> Result<(), CommandError> {
    let mut faults: Vec<String> =
        unknown_names(template, values).into_iter().map(|(_, fault)| fault).collect();
    let filled = with_defaults(template, &Value::Object(values.clone()));
    let violations = all_violations(template, &filled, &Value::Object(secrets.clone()));
    faults.extend(violations.iter().map(|violation| describe(template, violation)));
    if faults.is_empty() {
        return Ok(());
    }
    let mut text = format!("the values do not fit the template `{}`:", template.title());
    for fault in faults {
        text.push_str("\n  ");
        text.push_str(&fault);
    }
    text.push_str("\nGive values with `--set name=value`, or as a file with `--values`.");
    Err(CommandError::usage(text))
}

/// Steps that cannot work, each with its place in the template.
pub(super) fn step_faults(faults: &[StepFault], place: &impl Fn(&str) -> String) -> CommandError {
    let lines: Vec<String> = faults.iter().map(|fault| format!("{}: {fault}", place(&fault.at))).collect();
    CommandError::failed(lines.join("\n"))
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
