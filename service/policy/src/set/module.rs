//! One file of Rego: its package, its rules with their lines, and what it says of itself.

use regorus::Engine;
use serde_json::Value;

use super::{Fault, meta, one_line};
use crate::meta::Meta;

/// A file that the engine understands by itself.
pub(super) struct Module {
    pub file: String,
    text: String,
    /// `data.…`.
    pub package: String,
    /// The last part of the package's name.
    last: String,
    pub rules: Vec<Rule>,
    pub meta: Meta,
    /// Whether it looks at `data.conftest`.
    pub wants_file: bool,
}

/// A rule.
pub(super) struct Rule {
    pub name: String,
    pub line: usize,
}

impl Module {
    /// Reads a file.
    pub(super) fn read(file: &str, text: &str) -> Result<Self, Fault> {
        let broken = |error: String| fault(file, &error);
        let mut engine = Engine::new();
        engine.add_policy(file.to_owned(), text.to_owned()).map_err(|error| broken(error.to_string()))?;
        let parts = engine
            .get_policy_package_components()
            .map_err(|error| broken(error.to_string()))?
            .into_iter()
            .next()
            .map(|package| package.components)
            .unwrap_or_default();
        let tree = engine.get_ast_as_json().map_err(|error| broken(error.to_string()))?;
        let tree: Value = serde_json::from_str(&tree).map_err(|error| broken(error.to_string()))?;
        if let Some(missing) = reaches_out(&tree, text) {
            return Err(Fault { file: file.to_owned(), ..missing });
        }
        let meta = meta::read(text).map_err(|(line, message)| Fault {
            file: file.to_owned(),
            line,
            column: 1,
            message,
        })?;
        Ok(Self {
            file: file.to_owned(),
            text: text.to_owned(),
            package: parts.iter().fold("data".to_owned(), |path, part| path + &step(part)),
            last: parts.last().cloned().unwrap_or_default(),
            rules: rules(&tree, text),
            meta,
            wants_file: text.contains("data.conftest"),
        })
    }

    /// Adds it to an engine.
    pub(super) fn give_to(&self, engine: &mut Engine) -> Result<(), Fault> {
        engine
            .add_policy(self.file.clone(), self.text.clone())
            .map(drop)
            .map_err(|error| fault(&self.file, &error.to_string()))
    }

    /// The id of a policy that gives itself none; `about` is what its rule's name says.
    pub(super) fn id_of(&self, about: &str) -> String {
        let stem = self.file.rsplit('/').next().unwrap_or_default().trim_end_matches(".rego");
        let id = match (self.last.as_str(), about) {
            ("main" | "", "") => stem.to_owned(),
            ("main" | "", about) => about.to_owned(),
            (package, "") => package.to_owned(),
            (package, about) => format!("{package}-{about}"),
        };
        id.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect()
    }
}

/// A part of a path, as it is written behind what stands before it.
fn step(part: &str) -> String {
    let plain = part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if plain { format!(".{part}") } else { format!("[{}]", Value::from(part)) }
}

/// Functions of OPA that are not here on purpose: they reach out, or give another answer for the same files.
const LEFT_OUT: [&str; 9] =
    ["http.", "net.lookup_ip_addr", "opa.runtime", "rand.", "time.", "uuid.", "crypto.", "io.", "graphql."];

/// The first call of a function that is left out.
fn reaches_out(tree: &Value, text: &str) -> Option<Fault> {
    let mut open = vec![tree];
    let mut first: Option<Fault> = None;
    while let Some(node) = open.pop() {
        match node {
            Value::Array(items) => open.extend(items),
            Value::Object(members) => {
                let called = members.get("Call").and_then(|call| call.get("span"));
                if let Some(fault) = called.and_then(|span| left_out(span, text))
                    && first
                        .as_ref()
                        .is_none_or(|known| (fault.line, fault.column) < (known.line, known.column))
                {
                    first = Some(fault);
                }
                open.extend(members.values());
            }
            _ => {}
        }
    }
    first
}

fn left_out(span: &Value, text: &str) -> Option<Fault> {
    let call = text.get(number(span, "start")?..number(span, "end")?)?;
    let name = call.split('(').next().unwrap_or_default().trim();
    let word = LEFT_OUT.iter().find(|word| name.starts_with(**word))?;
    let own = word.split('.').next().unwrap_or_default();
    let imported = |line: &str| {
        let line = line.trim_end();
        line.starts_with("import ")
            && (line.ends_with(&format!(".{own}")) || line.ends_with(&format!(" as {own}")))
    };
    if text.lines().any(imported) {
        return None;
    }
    Some(Fault {
        file: String::new(),
        line: number(span, "line")?,
        column: number(span, "col")?,
        message: format!(
            "`{name}` is not there: a policy reaches nothing outside, and says the same of the same files every time; \
             hand it what it needs as data"
        ),
    })
}

fn number(span: &Value, key: &str) -> Option<usize> {
    span.get(key).and_then(Value::as_u64).and_then(|at| usize::try_from(at).ok())
}

/// The names and lines of all rules, as the engine's own parser tells them.
fn rules(tree: &Value, text: &str) -> Vec<Rule> {
    let Some(rules) = tree.pointer("/0/ast/rules").and_then(Value::as_array) else { return Vec::new() };
    rules.iter().filter_map(|rule| named(rule, text)).collect()
}

fn named(rule: &Value, text: &str) -> Option<Rule> {
    let spec = rule.get("Spec").or_else(|| rule.get("Default"))?;
    let span = spec.get("span")?;
    let head = text.get(number(span, "start")?..)?.trim_start();
    let head =
        head.strip_prefix("default").filter(|rest| rest.starts_with(char::is_whitespace)).unwrap_or(head);
    let name: String =
        head.trim_start().chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    Some(Rule { name, line: number(span, "line")? })
}

/// What the engine says, with the place that it names.
pub(super) fn fault(file: &str, said: &str) -> Fault {
    let place = said.split_once("--> ").and_then(|(_, rest)| rest.lines().next());
    let mut parts = place.unwrap_or_default().rsplitn(3, ':').map(str::trim);
    let column = parts.next().and_then(|part| part.parse().ok());
    let line = parts.next().and_then(|part| part.parse().ok());
    let named = parts.next().filter(|named| !named.is_empty());
    let message = said.split_once("error: ").map_or(said, |(_, message)| message);
    Fault {
        file: named.unwrap_or(file).to_owned(),
        line: line.unwrap_or(1),
        column: column.unwrap_or(1),
        message: one_line(message),
    }
}
