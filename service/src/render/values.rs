//! Rendering of step values: `input`, `if`, `each`, `output`.
//!
//! A string that is one expression becomes that expression's value, in the legacy mode what JSON reads in its text;
//! keys are never rendered. It follows the
//! stock backend in keeping the raw text of an expression that fails, and reports it, so that the caller
//! decides. The invariant: rendering the same structure in the same scope gives the same value, and what stems
//! from a secret is marked.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use nunjucks::{Context, Dialect, Environment, Syntax, Value as NValue};
use serde_json::Value;

use super::filters;
use crate::config::ValueMode;

/// An expression that failed; Backstage keeps the raw text in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpressionProblem {
    /// Where in the structure: `input.values.name`.
    pub path: String,
    /// The text that failed.
    pub source: String,
    /// Line, column and reason.
    pub message: String,
}

/// A rendered structure with what went wrong on the way.
#[derive(Clone, Debug)]
pub struct RenderedValue {
    /// The value; strings that stem from secrets are marked.
    pub value: NValue,
    /// Expressions whose raw text was kept.
    pub problems: Vec<ExpressionProblem>,
}

/// How the run stands, for `always()` and `failure()`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepStatus {
    /// No step has failed.
    Succeeding,
    /// A step has failed.
    Failed,
}

/// Renders step values with Backstage's filters and globals.
#[derive(Debug)]
pub struct ValueRenderer {
    environment: Environment,
}

impl ValueRenderer {
    /// A renderer whose `parseRepoUrl` knows the hosts given.
    pub fn new(hosts: &[String], mode: ValueMode) -> Self {
        let environment = filters::register(Environment::builder(Syntax::backstage()), hosts).build();
        Self { environment }.in_mode(Some(mode))
    }

    /// The same renderer in another mode; in its own if none is given.
    #[must_use]
    pub fn in_mode(&self, mode: Option<ValueMode>) -> Self {
        let environment = self.environment.clone();
        let environment = match mode {
            None => environment,
            Some(ValueMode::Current) => environment.with_dialect(Dialect::Current),
            Some(ValueMode::Legacy) => environment.with_dialect(Dialect::Legacy),
        };
        Self { environment }
    }

    /// Renders every string in `value` (keys are left alone). A failing string is kept as it is and reported.
    pub fn render(&self, value: &Value, scope: &Context, path: &str) -> RenderedValue {
        let mut walk = Walk { renderer: self, scope, path: path.to_owned(), problems: Vec::new() };
        let value = walk.value(value);
        RenderedValue { value, problems: walk.problems }
    }

    fn text(&self, text: &str, scope: &Context) -> Result<NValue, String> {
        if !text.contains('{') && !text.is_empty() {
            return Ok(NValue::from(text));
        }
        let template = self.environment.parse(text).map_err(|error| error.to_string())?;
        template.evaluate(&self.environment, scope).map_err(|error| error.to_string())
    }

    /// Decides an `if`: JavaScript truthiness, except that an empty array is false. The second value says
    /// whether `always()` or `failure()` was called, which lets the step run after a failure.
    pub fn condition(
        &self,
        condition: &Value,
        scope: &Context,
        status: StepStatus,
    ) -> (bool, bool, Vec<ExpressionProblem>) {
        let asked = Arc::new(AtomicBool::new(false));
        let function = |answer: bool| {
            let asked = asked.clone();
            move |_: &[NValue]| {
                asked.store(true, Ordering::Relaxed);
                Ok(NValue::from(answer))
            }
        };
        let scope = scope
            .overlay()
            .with_function("always", function(true))
            .with_function("failure", function(status == StepStatus::Failed));
        let rendered = self.render(condition, &scope, "if");
        let truthy = match rendered.value.as_array() {
            Some(items) => !items.is_empty(),
            None => rendered.value.is_truthy(),
        };
        (truthy, asked.load(Ordering::Relaxed), rendered.problems)
    }
}

/// A way through a structure.
struct Walk<'w> {
    renderer: &'w ValueRenderer,
    scope: &'w Context,
    path: String,
    problems: Vec<ExpressionProblem>,
}

impl Walk<'_> {
    fn value(&mut self, value: &Value) -> NValue {
        match value {
            Value::String(text) => self.renderer.text(text, self.scope).unwrap_or_else(|message| {
                let (path, source) = (self.path.clone(), text.clone());
                self.problems.push(ExpressionProblem { path, source, message });
                NValue::from(text.as_str())
            }),
            Value::Array(items) => {
                let items = items.iter().enumerate();
                NValue::array(
                    items.map(|(index, item)| self.below(item, &format!("[{index}]"))).collect::<Vec<_>>(),
                )
            }
            Value::Object(members) => {
                let mut rendered = Vec::with_capacity(members.len());
                for (name, member) in members {
                    let value = self.below(member, &format!(".{name}"));
                    if !value.is_undefined() {
                        rendered.push((name.as_str(), value));
                    }
                }
                NValue::object(rendered)
            }
            plain => NValue::from(plain),
        }
    }

    fn below(&mut self, value: &Value, part: &str) -> NValue {
        let length = self.path.len();
        self.path.push_str(part);
        let rendered = self.value(value);
        self.path.truncate(length);
        rendered
    }
}

#[cfg(test)]
mod tests;
