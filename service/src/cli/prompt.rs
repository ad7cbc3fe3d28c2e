//! Asking for parameters in the terminal.
//!
//! Each parameter of the template's pages that has no value yet is asked for, in the order of the form, with
//! the schema's title, description, default and choices; an answer that breaks the schema is asked for again.

use std::io::IsTerminal;

use dialoguer::{Confirm, Input, MultiSelect, Password, Select};
use serde_json::{Map, Value, json};

use super::error::CommandError;
use super::values::{describe, parameters};
use crate::template::Template;
use crate::template::parameters::validate_against;

/// Answers, in the two places where a task keeps them.
pub(super) struct Answers<'a> {
    pub(super) values: &'a mut Map<String, Value>,
    pub(super) secrets: &'a mut Map<String, Value>,
}

/// Asks for what is missing; without a terminal nothing is asked.
pub(super) fn ask(template: &Template, answers: &mut Answers<'_>) -> Result<(), CommandError> {
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return Ok(());
    }
    for page in &template.spec.pages {
        let mut headed = false;
        let required = page.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
        for (name, schema) in page.get("properties").and_then(Value::as_object).into_iter().flatten() {
            if answers.values.contains_key(name) {
                continue;
            }
            if !headed && let Some(title) = page.get("title").and_then(Value::as_str) {
                eprintln!("\n{title}");
                headed = true;
            }
            let question = Question {
                name,
                schema,
                required: required.iter().any(|required| required == name.as_str()),
            };
            question.ask(answers)?;
        }
    }
    if parameters(template).is_empty() {
        eprintln!("The template takes no parameters.");
    }
    Ok(())
}

struct Question<'a> {
    name: &'a str,
    schema: &'a Value,
    required: bool,
}

impl Question<'_> {
    fn ask(&self, answers: &mut Answers<'_>) -> Result<(), CommandError> {
        if let Some(text) = self.text("description") {
            eprintln!("  {text}");
        }
        if self.text("ui:field") == Some("Secret") {
            let secret = Password::new().with_prompt(self.prompt()).interact().map_err(broken)?;
            answers.values.insert(self.name.to_owned(), json!("*".repeat(secret.chars().count())));
            answers.secrets.insert(self.name.to_owned(), json!(secret));
            return Ok(());
        }
        loop {
            let Some(value) = self.answer()? else { return Ok(()) };
            match validate_against(self.schema, &value) {
                Ok(()) => {
                    answers.values.insert(self.name.to_owned(), value);
                    return Ok(());
                }
                Err(violations) => {
                    violations.iter().for_each(|violation| eprintln!("  {}", describe(violation)))
                }
            }
        }
    }

    /// One answer; `None` leaves the parameter out.
    fn answer(&self) -> Result<Option<Value>, CommandError> {
        if self.text("ui:field") == Some("RepoUrlPicker") {
            return self.repository().map(Some);
        }
        if let Some(choices) = self.schema.get("enum").and_then(Value::as_array) {
            return self.choice(choices).map(Some);
        }
        match self.text("type") {
            Some("boolean") => {
                let default = self.schema.get("default").and_then(Value::as_bool).unwrap_or(false);
                let yes =
                    Confirm::new().with_prompt(self.prompt()).default(default).interact().map_err(broken)?;
                Ok(Some(json!(yes)))
            }
            Some("array") => self.list(),
            _ => self.line(),
        }
    }

    fn choice(&self, choices: &[Value]) -> Result<Value, CommandError> {
        let names: Vec<String> = choices.iter().map(plain).collect();
        let default = self
            .schema
            .get("default")
            .and_then(|default| choices.iter().position(|choice| choice == default));
        let picked = Select::new()
            .with_prompt(self.prompt())
            .items(&names)
            .default(default.unwrap_or(0))
            .interact()
            .map_err(broken)?;
        Ok(choices.get(picked).cloned().unwrap_or_default())
    }

    fn list(&self) -> Result<Option<Value>, CommandError> {
        if let Some(choices) = self.schema.pointer("/items/enum").and_then(Value::as_array) {
            let names: Vec<String> = choices.iter().map(plain).collect();
            let picked =
                MultiSelect::new().with_prompt(self.prompt()).items(&names).interact().map_err(broken)?;
            return Ok(Some(picked.into_iter().filter_map(|index| choices.get(index).cloned()).collect()));
        }
        let text = self.input(" (several: separate by commas)")?;
        let items: Vec<Value> =
            text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(typed).collect();
        Ok((self.required || !items.is_empty()).then_some(Value::Array(items)))
    }

    fn line(&self) -> Result<Option<Value>, CommandError> {
        let text = self.input("")?;
        if text.is_empty() && !self.required {
            return Ok(None);
        }
        let value = match self.text("type") {
            Some("number" | "integer" | "object") => typed(&text),
            _ => Value::String(text),
        };
        Ok(Some(value))
    }

    fn repository(&self) -> Result<Value, CommandError> {
        let hosts = self.schema.pointer("/ui:options/allowedHosts").and_then(Value::as_array);
        let host =
            hosts.and_then(|hosts| hosts.first()).and_then(Value::as_str).unwrap_or("github.com").to_owned();
        let ask = |prompt: &str, default: Option<String>| {
            let input = Input::<String>::new().with_prompt(prompt);
            match default {
                Some(default) => input.default(default).interact_text(),
                None => input.interact_text(),
            }
            .map_err(broken)
        };
        let host = ask(&format!("{}: host", self.prompt()), Some(host))?;
        let owner = ask("  owner", None)?;
        let repo = ask("  repository", None)?;
        Ok(json!(format!("{host}?owner={owner}&repo={repo}")))
    }

    fn input(&self, hint: &str) -> Result<String, CommandError> {
        let input = Input::<String>::new()
            .with_prompt(format!("{}{hint}", self.prompt()))
            .allow_empty(!self.required);
        match self.schema.get("default") {
            Some(default) => input.default(plain(default)).interact_text(),
            None => input.interact_text(),
        }
        .map_err(broken)
    }

    fn prompt(&self) -> String {
        let title = self.text("title").unwrap_or(self.name);
        if self.required { title.to_owned() } else { format!("{title} (optional)") }
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.schema.get(key).and_then(Value::as_str)
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn typed(text: &str) -> Value {
    serde_yaml::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()))
}

fn broken(error: dialoguer::Error) -> CommandError {
    let dialoguer::Error::IO(error) = error;
    if error.kind() == std::io::ErrorKind::Interrupted {
        return CommandError::interrupted();
    }
    CommandError::usage(format!(
        "the terminal cannot be read: {error}; give the values with `--values` or `--set`"
    ))
}
