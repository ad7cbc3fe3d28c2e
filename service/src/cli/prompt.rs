//! Asking for parameters in the terminal.
//!
//! Each parameter of the template's pages that has no value yet is asked for, in the order of the form, with
//! the schema's title, description, default and choices; an answer that breaks the schema is asked for again.
//! Nothing is asked without a terminal. The invariant: the terminal is left as it was found.

use std::io::IsTerminal;

use dialoguer::console::Term;
use dialoguer::theme::ColorfulTheme;
use dialoguer::{Confirm, Input, MultiSelect, Password, Select};
use serde_json::{Map, Value, json};

use super::error::CommandError;
use crate::template::Template;
use crate::template::parameters::{fault, parameters, validate_against};

/// A choice of a parameter that may stay empty.
const NONE: &str = "(none)";

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
    let watched = tokio::spawn(leave_on_interrupt());
    let asked = ask_pages(template, answers);
    watched.abort();
    asked
}

/// Ends the process at Ctrl-C: most questions notice it themselves, those for secrets do not.
async fn leave_on_interrupt() {
    if tokio::signal::ctrl_c().await.is_ok() {
        let code = CommandError::interrupted().code();
        show_cursor();
        eprintln!();
        std::process::exit(code.into());
    }
}

fn ask_pages(template: &Template, answers: &mut Answers<'_>) -> Result<(), CommandError> {
    let theme = ColorfulTheme::default();
    for page in &template.spec.pages {
        let mut headed = false;
        let required = page.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
        for (name, schema) in page.get("properties").and_then(Value::as_object).into_iter().flatten() {
            if answers.values.contains_key(name) {
                continue;
            }
            if !headed {
                let title = page.get("title").and_then(Value::as_str);
                eprintln!("{}", title.map_or_else(String::new, |title| format!("\n{title}")));
                headed = true;
            }
            let required = required.iter().any(|required| required == name.as_str());
            Question { name, schema, required, theme: &theme }.ask(answers)?;
        }
    }
    if !parameters(template).is_empty() {
        eprintln!();
    }
    Ok(())
}

struct Question<'a> {
    name: &'a str,
    schema: &'a Value,
    required: bool,
    theme: &'a ColorfulTheme,
}

impl Question<'_> {
    fn ask(&self, answers: &mut Answers<'_>) -> Result<(), CommandError> {
        if let Some(text) = self.text("description") {
            eprintln!("  {}", text.trim());
        }
        if self.text("ui:field") == Some("Secret") {
            let input = Password::with_theme(self.theme).with_prompt(self.prompt());
            let secret = input.allow_empty_password(!self.required).interact().map_err(broken)?;
            if !secret.is_empty() {
                answers.values.insert(self.name.to_owned(), json!("*".repeat(secret.chars().count())));
                answers.secrets.insert(self.name.to_owned(), json!(secret));
            }
            return Ok(());
        }
        loop {
            let Some(value) = self.answer(answers.values)? else { return Ok(()) };
            match validate_against(self.schema, &value) {
                Ok(()) => {
                    answers.values.insert(self.name.to_owned(), value);
                    return Ok(());
                }
                Err(violations) => {
                    violations.iter().for_each(|violation| eprintln!("✘ This {}", fault(violation)));
                }
            }
        }
    }

    /// One answer; `None` leaves the parameter out.
    fn answer(&self, known: &Map<String, Value>) -> Result<Option<Value>, CommandError> {
        if self.text("ui:field") == Some("RepoUrlPicker") {
            return self.repository(known).map(Some);
        }
        if let Some(choices) = self.schema.get("enum").and_then(Value::as_array) {
            return self.choice(choices);
        }
        match self.text("type") {
            Some("boolean") => {
                let default = self.schema.get("default").and_then(Value::as_bool).unwrap_or(false);
                let input = Confirm::with_theme(self.theme).with_prompt(self.prompt()).default(default);
                Ok(Some(json!(input.interact().map_err(broken)?)))
            }
            Some("array") => self.list(),
            _ => self.line(),
        }
    }

    fn choice(&self, choices: &[Value]) -> Result<Option<Value>, CommandError> {
        let default = self.default().and_then(|default| choices.iter().position(|choice| choice == default));
        let mut names = labels(self.schema, choices);
        if !self.required && default.is_none() {
            names.push(NONE.to_owned());
        }
        let picked = Select::with_theme(self.theme)
            .with_prompt(self.prompt())
            .items(&names)
            .default(default.unwrap_or(0))
            .interact()
            .map_err(broken)?;
        Ok(choices.get(picked).cloned())
    }

    fn list(&self) -> Result<Option<Value>, CommandError> {
        let items = self.schema.get("items");
        let default: &[Value] = self.default().and_then(Value::as_array).map_or(&[], Vec::as_slice);
        if let Some(choices) = items.and_then(|items| items.get("enum")).and_then(Value::as_array) {
            let checked: Vec<bool> = choices.iter().map(|choice| default.contains(choice)).collect();
            let input = MultiSelect::with_theme(self.theme)
                .with_prompt(format!("{}, space to choose", self.prompt()))
                .items(labels(items.unwrap_or(self.schema), choices))
                .defaults(&checked);
            let picked = input.interact().map_err(broken)?;
            return Ok(Some(picked.into_iter().filter_map(|index| choices.get(index).cloned()).collect()));
        }
        let shown = default.iter().map(plain).collect::<Vec<_>>().join(", ");
        let texts = items.and_then(|items| items.get("type")) == Some(&json!("string"));
        let text = self.input(", separated by commas", (!shown.is_empty()).then_some(shown))?;
        let given = text.split(',').map(str::trim).filter(|item| !item.is_empty());
        let items: Vec<Value> = given.map(|item| if texts { json!(item) } else { typed(item) }).collect();
        Ok((self.required || !items.is_empty()).then_some(Value::Array(items)))
    }

    fn line(&self) -> Result<Option<Value>, CommandError> {
        let text = self.input("", self.default().map(plain))?;
        if text.is_empty() && !self.required {
            return Ok(None);
        }
        let value = match self.text("type") {
            Some("number" | "integer" | "object") => typed(&text),
            _ => Value::String(text),
        };
        Ok(Some(value))
    }

    /// The three parts of a repository's address; its name is most often that of the thing in it.
    fn repository(&self, known: &Map<String, Value>) -> Result<Value, CommandError> {
        let first = |key: &str| {
            let option = self.schema.pointer(&format!("/ui:options/{key}"));
            option.and_then(|option| option.get(0)).and_then(Value::as_str).map(str::to_owned)
        };
        let ask = |part: &str, default: Option<String>| {
            let input =
                Input::<String>::with_theme(self.theme).with_prompt(format!("{}, {part}", self.prompt()));
            match default {
                Some(default) => input.default(default).interact_text(),
                None => input.interact_text(),
            }
            .map_err(broken)
        };
        let host = ask("host", Some(first("allowedHosts").unwrap_or_else(|| "github.com".to_owned())))?;
        let owner = ask("owner", first("allowedOwners"))?;
        let name = known.get("name").or_else(|| known.get("component_id")).and_then(Value::as_str);
        let repo = ask("name", name.map(str::to_owned))?;
        Ok(json!(format!("{host}?owner={owner}&repo={repo}")))
    }

    fn input(&self, hint: &str, default: Option<String>) -> Result<String, CommandError> {
        let input = Input::<String>::with_theme(self.theme)
            .with_prompt(format!("{}{hint}", self.prompt()))
            .allow_empty(!self.required);
        match default {
            Some(default) => input.default(default).interact_text(),
            None => input.interact_text(),
        }
        .map_err(broken)
    }

    fn default(&self) -> Option<&Value> {
        self.schema.get("default")
    }

    fn prompt(&self) -> String {
        let title = self.text("title").unwrap_or(self.name);
        let may_stay_empty = !self.required && self.default().is_none();
        if may_stay_empty { format!("{title} (optional)") } else { title.to_owned() }
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.schema.get(key).and_then(Value::as_str)
    }
}

/// What the form shows for each choice: `enumNames` where the author wrote them.
fn labels(schema: &Value, choices: &[Value]) -> Vec<String> {
    let names =
        schema.get("enumNames").and_then(Value::as_array).filter(|names| names.len() == choices.len());
    names.map_or(choices, Vec::as_slice).iter().map(plain).collect()
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn typed(text: &str) -> Value {
    serde_yaml::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()))
}

fn show_cursor() {
    // There is nothing to be done about a terminal that does not take it.
    let _ = Term::stderr().show_cursor();
}

fn broken(error: dialoguer::Error) -> CommandError {
    show_cursor();
    let dialoguer::Error::IO(error) = error;
    if error.kind() == std::io::ErrorKind::Interrupted {
        return CommandError::interrupted();
    }
    CommandError::usage(format!(
        "the terminal cannot be read: {error}; give the values with `--values` or `--set`"
    ))
}
