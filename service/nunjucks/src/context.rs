//! The names that a template sees.
//!
//! A context is a stack of layers that share what lies below: cloning and laying a new layer over
//! an old one copy nothing. Rendering never changes a context.

use crate::value::Value;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

/// A function that templates can call: arguments in, value or message out.
pub type Function = dyn Fn(&[Value]) -> Result<Value, String> + Send + Sync;

/// Names with their values and functions.
#[derive(Clone, Default)]
pub struct Context {
    layer: Arc<Layer>,
}

#[derive(Clone, Default)]
struct Layer {
    below: Option<Context>,
    entries: HashMap<Box<str>, Entry>,
}

/// What a name stands for.
#[derive(Clone)]
pub(crate) enum Entry {
    Value(Value),
    Function(Arc<Function>),
}

impl Context {
    /// A context without any name.
    pub fn new() -> Self {
        Self::default()
    }

    /// A context with the properties of a JSON object as its names; any other value gives none.
    pub fn from_json(json: &serde_json::Value) -> Self {
        let mut context = Self::new();
        for (name, value) in json.as_object().into_iter().flatten() {
            context.set(name, Value::from(value));
        }
        context
    }

    /// A new layer over this one. What is set in it hides what lies below.
    #[must_use]
    pub fn overlay(&self) -> Self {
        Self { layer: Arc::new(Layer { below: Some(self.clone()), entries: HashMap::new() }) }
    }

    /// Sets a name in the topmost layer.
    pub fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.entries().insert(name.into(), Entry::Value(value.into()));
    }

    /// Sets a function in the topmost layer.
    pub fn set_function<F>(&mut self, name: &str, function: F)
    where
        F: Fn(&[Value]) -> Result<Value, String> + Send + Sync + 'static,
    {
        self.entries().insert(name.into(), Entry::Function(Arc::new(function)));
    }

    /// The same context with one more name.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.set(name, value);
        self
    }

    /// The same context with one more function.
    #[must_use]
    pub fn with_function<F>(mut self, name: &str, function: F) -> Self
    where
        F: Fn(&[Value]) -> Result<Value, String> + Send + Sync + 'static,
    {
        self.set_function(name, function);
        self
    }

    /// The value of a name, from the topmost layer that has it.
    pub fn get(&self, name: &str) -> Option<&Value> {
        match self.entry(name)? {
            Entry::Value(value) => Some(value),
            Entry::Function(_) => None,
        }
    }

    pub(crate) fn entry(&self, name: &str) -> Option<&Entry> {
        let mut layer = &self.layer;
        loop {
            if let Some(entry) = layer.entries.get(name) {
                return Some(entry);
            }
            layer = &layer.below.as_ref()?.layer;
        }
    }

    fn entries(&mut self) -> &mut HashMap<Box<str>, Entry> {
        &mut Arc::make_mut(&mut self.layer).entries
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut names: Vec<&str> = Vec::new();
        let mut layer = Some(&self.layer);
        while let Some(current) = layer {
            names.extend(current.entries.keys().map(AsRef::as_ref));
            layer = current.below.as_ref().map(|below| &below.layer);
        }
        names.sort_unstable();
        names.dedup();
        f.debug_tuple("Context").field(&names).finish()
    }
}
