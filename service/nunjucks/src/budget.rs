//! How much one rendering may use.
//!
//! A [`Budget`] is the allowance, written down in the environment; a [`Meter`] counts what one
//! rendering has used so far. What goes over the allowance ends the rendering with an error that
//! names the limit; nothing is allocated first and measured later.

use crate::env::Dialect;
use crate::error::{ErrorKind, Fault, Res};
use std::cell::Cell;

/// The most items that one array or object may have.
pub(crate) const MAX_ENTRIES: usize = 100_000;
/// The deepest nesting of values that is followed.
pub(crate) const MAX_VALUE_DEPTH: usize = 256;

/// The allowance of one rendering.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Bytes of template source.
    pub source_bytes: u64,
    /// Pieces of syntax in one template.
    pub syntax_nodes: u64,
    /// Steps of evaluation: nodes visited and items touched.
    pub work_units: u64,
    /// Nesting of syntax, and of macro calls while evaluating.
    pub depth: u64,
    /// Bytes written to the output.
    pub output_bytes: u64,
    /// Bytes of data that one filter or method may be given or produce.
    pub scratch_bytes: u64,
    /// Bytes of all strings built on the way, and a share of those looked through.
    pub text_bytes: u64,
    /// Calls of registered filters and functions.
    pub function_calls: u64,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            source_bytes: 4 * 1024 * 1024,
            syntax_nodes: 1_000_000,
            work_units: 1_000_000,
            depth: 512,
            output_bytes: 16 * 1024 * 1024,
            scratch_bytes: 64 * 1024 * 1024,
            text_bytes: 64 * 1024 * 1024,
            function_calls: 4096,
        }
    }
}

/// Which allowance was used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Limit {
    /// [`Budget::source_bytes`].
    SourceBytes,
    /// [`Budget::syntax_nodes`].
    SyntaxNodes,
    /// [`Budget::work_units`].
    WorkUnits,
    /// [`Budget::depth`].
    Depth,
    /// [`Budget::output_bytes`].
    OutputBytes,
    /// [`Budget::scratch_bytes`].
    ScratchBytes,
    /// [`Budget::text_bytes`].
    TextBytes,
    /// [`Budget::function_calls`].
    FunctionCalls,
    /// Items in one array or object (100,000).
    Entries,
    /// Nesting of arrays and objects (256).
    ValueDepth,
}

impl Limit {
    /// What is counted, in words.
    pub fn name(self) -> &'static str {
        match self {
            Self::SourceBytes => "bytes of source",
            Self::SyntaxNodes => "syntax nodes",
            Self::WorkUnits => "work units",
            Self::Depth => "levels of nesting",
            Self::OutputBytes => "bytes of output",
            Self::ScratchBytes => "bytes of data in one operation",
            Self::TextBytes => "bytes of text built",
            Self::FunctionCalls => "function calls",
            Self::Entries => "items in one array or object",
            Self::ValueDepth => "levels of nested values",
        }
    }

    pub(crate) fn fault(self, allowed: u64) -> Fault {
        Fault::new(ErrorKind::Budget { limit: self, allowed })
    }
}

/// What one rendering has used.
#[derive(Debug)]
pub(crate) struct Meter {
    budget: Budget,
    /// Whose rules hold; filters, tests and methods are told so with their allowance.
    dialect: Dialect,
    work: Cell<u64>,
    output: Cell<u64>,
    text: Cell<u64>,
    calls: Cell<u64>,
}

impl Meter {
    pub(crate) fn new(budget: &Budget, dialect: Dialect) -> Self {
        Self {
            budget: budget.clone(),
            dialect,
            work: Cell::new(0),
            output: Cell::new(0),
            text: Cell::new(0),
            calls: Cell::new(0),
        }
    }

    pub(crate) fn is_legacy(&self) -> bool {
        self.dialect == Dialect::Legacy
    }

    /// One step.
    pub(crate) fn step(&self) -> Res<()> {
        self.work(1)
    }

    /// So many steps at once.
    pub(crate) fn work(&self, steps: usize) -> Res<()> {
        spend(&self.work, steps, self.budget.work_units, Limit::WorkUnits)
    }

    pub(crate) fn output(&self, bytes: usize) -> Res<()> {
        spend(&self.output, bytes, self.budget.output_bytes, Limit::OutputBytes)
    }

    pub(crate) fn call(&self) -> Res<()> {
        spend(&self.calls, 1, self.budget.function_calls, Limit::FunctionCalls)
    }

    /// A string of so many bytes is about to be built.
    pub(crate) fn text(&self, bytes: usize) -> Res<()> {
        self.scratch(bytes)?;
        spend(&self.text, bytes, self.budget.text_bytes, Limit::TextBytes)
    }

    /// A string is looked through: quickly if it is ASCII.
    pub(crate) fn read(&self, text: &str) -> Res<()> {
        let bytes = if text.is_ascii() { text.len() / 16 } else { text.len() };
        spend(&self.text, bytes, self.budget.text_bytes, Limit::TextBytes)
    }

    /// So many items are looked at, which is much less than evaluating something.
    pub(crate) fn touch(&self, items: usize) -> Res<()> {
        self.work(items / 32)
    }

    /// One operation is about to hold so many bytes.
    pub(crate) fn scratch(&self, bytes: usize) -> Res<()> {
        if to_u64(bytes) > self.budget.scratch_bytes {
            return Err(Limit::ScratchBytes.fault(self.budget.scratch_bytes));
        }
        Ok(())
    }

    pub(crate) fn depth(&self, depth: usize) -> Res<()> {
        if to_u64(depth) > self.budget.depth {
            return Err(Limit::Depth.fault(self.budget.depth));
        }
        Ok(())
    }

    /// An array or object of so many entries is about to be built.
    pub(crate) fn entries(&self, count: usize) -> Res<()> {
        if count > MAX_ENTRIES {
            return Err(Limit::Entries.fault(to_u64(MAX_ENTRIES)));
        }
        self.work(count)
    }

    pub(crate) fn value_depth(depth: usize) -> Res<()> {
        if depth > MAX_VALUE_DEPTH {
            return Err(Limit::ValueDepth.fault(to_u64(MAX_VALUE_DEPTH)));
        }
        Ok(())
    }
}

pub(crate) fn to_u64(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

fn spend(used: &Cell<u64>, more: usize, allowed: u64, limit: Limit) -> Res<()> {
    let total = used.get().saturating_add(to_u64(more));
    if total > allowed {
        return Err(limit.fault(allowed));
    }
    used.set(total);
    Ok(())
}
