//! What all templates of one kind have in common: syntax, budget, filters, functions.
//!
//! An [`Environment`] is built once and shared by any number of threads; nothing in it changes
//! afterwards.

use crate::budget::Budget;
use crate::context::{Entry, Function};
use crate::error::Error;
use crate::template::Template;
use crate::value::Value;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

/// The delimiters of expressions, and what comes with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Syntax {
    pub(crate) open: &'static str,
    pub(crate) jinja: bool,
}

impl Syntax {
    /// `${{ … }}`.
    pub const fn backstage() -> Self {
        Self { open: "${{", jinja: false }
    }

    /// `{{ … }}`, with `True`, `False`, `None`, the filter `jsonify` and Python's methods of
    /// lists and dictionaries.
    pub const fn cookiecutter() -> Self {
        Self { open: "{{", jinja: true }
    }
}

/// Whose rules hold where the two original engines differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// The engine that Backstage has now: an expression keeps the type of its value.
    #[default]
    Current,
    /// The engine that Backstage had before: a value is rendered through JSON text, and more of JavaScript's
    /// methods can be called.
    Legacy,
}

/// What a registered filter is given.
#[derive(Clone, Copy, Debug)]
pub struct FilterCall<'a> {
    /// The value on the left of the bar.
    pub input: &'a Value,
    /// The arguments in parentheses.
    pub args: &'a [Value],
}

impl<'a> FilterCall<'a> {
    /// The argument at a position; `Undefined` if there is none.
    pub fn arg(&self, index: usize) -> &'a Value {
        const NOTHING: &Value = &Value::Undefined;
        self.args.get(index).unwrap_or(NOTHING)
    }
}

pub(crate) type Filter = dyn Fn(FilterCall<'_>) -> Result<Value, String> + Send + Sync;

/// Syntax, budget, filters, functions and global values.
#[derive(Clone)]
pub struct Environment {
    pub(crate) syntax: Syntax,
    pub(crate) dialect: Dialect,
    pub(crate) trim_blocks: bool,
    pub(crate) lstrip_blocks: bool,
    pub(crate) budget: Budget,
    pub(crate) filters: HashMap<Box<str>, Arc<Filter>>,
    pub(crate) globals: HashMap<Box<str>, Entry>,
}

impl Environment {
    /// Starts an environment with this syntax and nothing registered.
    pub fn builder(syntax: Syntax) -> EnvironmentBuilder {
        EnvironmentBuilder(Self {
            syntax,
            dialect: Dialect::Current,
            trim_blocks: false,
            lstrip_blocks: false,
            budget: Budget::default(),
            filters: HashMap::new(),
            globals: HashMap::new(),
        })
    }

    /// Reads a template.
    ///
    /// # Errors
    ///
    /// If the source is not a template of this syntax, or goes over the budget.
    pub fn parse(&self, source: &str) -> Result<Template, Error> {
        Template::parse(self, source)
    }

    /// The same environment with the other engine's rules, or with its own.
    #[must_use]
    pub fn with_dialect(mut self, dialect: Dialect) -> Self {
        self.dialect = dialect;
        self
    }

    pub(crate) fn is_legacy(&self) -> bool {
        self.dialect == Dialect::Legacy
    }

    /// The allowance of one rendering.
    pub fn budget(&self) -> &Budget {
        &self.budget
    }

    /// The names of the registered filters.
    pub fn filter_names(&self) -> impl Iterator<Item = &str> {
        self.filters.keys().map(AsRef::as_ref)
    }
}

impl Default for Environment {
    fn default() -> Self {
        Self::builder(Syntax::backstage()).build()
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment")
            .field("syntax", &self.syntax)
            .field("dialect", &self.dialect)
            .field("trim_blocks", &self.trim_blocks)
            .field("lstrip_blocks", &self.lstrip_blocks)
            .field("budget", &self.budget)
            .field("filters", &self.filters.keys())
            .field("globals", &self.globals.keys())
            .finish()
    }
}

/// Builds an [`Environment`].
#[derive(Clone, Debug)]
#[must_use]
pub struct EnvironmentBuilder(Environment);

impl EnvironmentBuilder {
    /// Whose rules hold where the original engines differ.
    pub fn dialect(mut self, dialect: Dialect) -> Self {
        self.0.dialect = dialect;
        self
    }

    /// Whether the first line break after a statement tag is dropped.
    pub fn trim_blocks(mut self, on: bool) -> Self {
        self.0.trim_blocks = on;
        self
    }

    /// Whether white space before a statement tag is dropped when nothing else precedes it in
    /// its line.
    pub fn lstrip_blocks(mut self, on: bool) -> Self {
        self.0.lstrip_blocks = on;
        self
    }

    /// The allowance of one rendering.
    pub fn budget(mut self, budget: Budget) -> Self {
        self.0.budget = budget;
        self
    }

    /// Registers a filter; it takes precedence over a built-in one of the same name.
    pub fn add_filter<F>(mut self, name: &str, filter: F) -> Self
    where
        F: Fn(FilterCall<'_>) -> Result<Value, String> + Send + Sync + 'static,
    {
        self.0.filters.insert(name.into(), Arc::new(filter));
        self
    }

    /// Registers a function.
    pub fn add_function<F>(mut self, name: &str, function: F) -> Self
    where
        F: Fn(&[Value]) -> Result<Value, String> + Send + Sync + 'static,
    {
        let function: Arc<Function> = Arc::new(function);
        self.0.globals.insert(name.into(), Entry::Function(function));
        self
    }

    /// Registers a value that every template sees unless its context has the name.
    pub fn add_global(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.globals.insert(name.into(), Entry::Value(value.into()));
        self
    }

    /// The finished environment.
    pub fn build(self) -> Environment {
        self.0
    }
}
