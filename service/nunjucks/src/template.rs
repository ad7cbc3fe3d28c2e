//! A parsed template.

use crate::ast::{Ast, Node};
use crate::context::Context;
use crate::env::Environment;
use crate::error::Error;
use crate::eval;
use crate::inspect::Inspection;
use crate::legacy;
use crate::parser;
use crate::text::Text;
use crate::value::Value;
use std::sync::Arc;

/// A template, ready to be rendered any number of times, by any number of threads.
#[derive(Clone, Debug)]
pub struct Template(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    source: Box<str>,
    ast: Ast,
}

impl Template {
    pub(crate) fn parse(env: &Environment, source: &str) -> Result<Self, Error> {
        let ast = parser::parse(env, source).map_err(|fault| Error::locate(fault, source))?;
        Ok(Self(Arc::new(Inner { source: source.into(), ast })))
    }

    /// The text that the template makes of a context. It is marked as secret if any secret, or
    /// anything computed from one, was written to it.
    ///
    /// # Errors
    ///
    /// If the template calls what is not there, gives an operation what it cannot work on, or
    /// goes over the budget.
    pub fn render(&self, env: &Environment, context: &Context) -> Result<Text, Error> {
        eval::render(&self.0.ast, &self.0.source, env, context)
            .map_err(|fault| Error::locate(fault, &self.0.source))
    }

    /// The value of a template that is one expression and nothing else (comments do not count);
    /// the rendered text of any other. In the legacy dialect, what JSON reads in the rendered text
    /// of a template that is one expression or one statement.
    ///
    /// # Errors
    ///
    /// As [`Self::render`].
    pub fn evaluate(&self, env: &Environment, context: &Context) -> Result<Value, Error> {
        if env.is_legacy() {
            return legacy::evaluate(self, env, context);
        }
        let [Node::Output(expr)] = self.0.ast.body.as_slice() else {
            return self.render(env, context).map(Value::String);
        };
        eval::evaluate(&self.0.ast, &self.0.source, (env, context), *expr)
            .map_err(|fault| Error::locate(fault, &self.0.source))
    }

    /// Whether the template has no expression and no statement. Its rendering is then the source
    /// without comments and without the marks of raw blocks.
    pub fn is_plain_text(&self) -> bool {
        self.0.ast.body.iter().all(|node| matches!(node, Node::Text(_)))
    }

    /// Whether the template is one expression and nothing else, so that [`Self::evaluate`] gives
    /// its value and not text.
    pub fn is_expression(&self) -> bool {
        matches!(self.0.ast.body.as_slice(), [Node::Output(_)])
    }

    /// What the template refers to, for tools that judge it without running it.
    pub fn inspect(&self, env: &Environment) -> Inspection {
        Inspection::of(&self.0.ast, &self.0.source, env)
    }

    /// Whether the template is one expression or one statement and nothing else.
    pub(crate) fn is_lone(&self) -> bool {
        matches!(self.0.ast.body.as_slice(), [only] if !matches!(only, Node::Text(_)))
    }

    /// The source it was parsed from.
    pub fn source(&self) -> &str {
        &self.0.source
    }
}
