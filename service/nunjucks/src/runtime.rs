//! Values while a template runs.
//!
//! Here arrays can be changed, and every name of an array sees the change; that lasts as long as
//! the rendering. Data of the context is opened where the template looks, one level at a time, and
//! is never changed itself. Objects cannot be changed by a template at all.

mod cell;
mod coerce;
mod convert;

pub(crate) use cell::{ArrayCell, Record};
pub(crate) use coerce::*;

use crate::ast::Macro;
use crate::budget::Meter;
use crate::context::Function;
use crate::error::{Fault, Res};
use crate::methods::Method;
use crate::regex::JsRegex;
use crate::scope::Scope;
use crate::text::{Mark, Text};
use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

/// A value while a template runs.
#[derive(Clone)]
pub(crate) enum V {
    Undefined,
    Null,
    Bool(bool, Mark),
    Number(f64, Mark),
    String(Text),
    /// Text of a macro or of `safe`: an object to every test, text to everything else.
    Safe(Rc<Text>),
    Array(Rc<ArrayCell>),
    Record(Rc<Record>),
    Regex(Rc<RegexCell>),
    Callable(Rc<Callable>),
}

/// A regular expression and where its next search begins, in code units.
pub(crate) struct RegexCell {
    pub(crate) regex: Arc<JsRegex>,
    pub(crate) last: Cell<usize>,
}

/// Something that can be called, and nothing else be done with.
pub(crate) enum Callable {
    Macro(MacroValue),
    Function { name: Text, function: Arc<Function> },
    Range,
    NewCycler,
    NewJoiner,
    Cycler(Rc<Cycler>),
    CyclerNext(Rc<Cycler>),
    CyclerReset(Rc<Cycler>),
    Joiner { separator: V, used: Cell<bool> },
    Method { receiver: V, method: Method },
}

/// A macro, or the body of a call block with the names around it. A macro sees the names of the
/// template alone and holds no scope, so a scope that holds a macro is no cycle.
#[derive(Clone)]
pub(crate) struct MacroValue {
    pub(crate) definition: Arc<Macro>,
    pub(crate) around: Option<Rc<Scope>>,
}

/// Values in turn.
pub(crate) struct Cycler {
    pub(crate) values: Vec<V>,
    pub(crate) place: Cell<Option<usize>>,
}

impl V {
    pub(crate) fn bool(bool: bool) -> Self {
        Self::Bool(bool, Mark::PLAIN)
    }

    pub(crate) fn number(number: f64) -> Self {
        Self::Number(number, Mark::PLAIN)
    }

    pub(crate) fn count(count: usize) -> Self {
        Self::number(crate::number::from_usize(count))
    }

    pub(crate) fn string(chars: impl Into<Arc<str>>) -> Self {
        Self::String(Text::plain(chars))
    }

    pub(crate) fn safe(text: Text) -> Self {
        Self::Safe(Rc::new(text))
    }

    pub(crate) fn array(items: Vec<V>) -> Self {
        Self::Array(Rc::new(ArrayCell::new(items)))
    }

    pub(crate) fn callable(callable: Callable) -> Self {
        Self::Callable(Rc::new(callable))
    }

    /// The text of a string or of safe text.
    pub(crate) fn as_text(&self) -> Option<&Text> {
        match self {
            Self::String(text) => Some(text),
            Self::Safe(text) => Some(text),
            _ => None,
        }
    }

    /// The mark of a scalar; what lies inside of arrays and objects carries its own.
    pub(crate) fn mark(&self) -> Mark {
        match self {
            Self::Bool(_, mark) | Self::Number(_, mark) => *mark,
            Self::String(text) => text.mark(),
            Self::Safe(text) => text.mark(),
            _ => Mark::PLAIN,
        }
    }

    pub(crate) fn is_undefined(&self) -> bool {
        matches!(self, Self::Undefined)
    }

    pub(crate) fn is_nullish(&self) -> bool {
        matches!(self, Self::Undefined | Self::Null)
    }

    pub(crate) fn truthy(&self) -> bool {
        match self {
            Self::Undefined | Self::Null => false,
            Self::Bool(bool, _) => *bool,
            Self::Number(number, _) => *number != 0.0 && !number.is_nan(),
            Self::String(text) => !text.is_empty(),
            _ => true,
        }
    }

    /// Refuses a function, alone or inside of what the template made. The former engine lets them through.
    pub(crate) fn refuse_functions(values: &[Self], meter: &Meter) -> Res<()> {
        if meter.is_legacy() {
            return Ok(());
        }
        if values.iter().any(Self::holds_functions) {
            return Err(Fault::type_error("a function is no value; call it"));
        }
        Ok(())
    }

    /// Whether this is a function, or one lies inside.
    pub(crate) fn holds_functions(&self) -> bool {
        match self {
            Self::Callable(_) => true,
            Self::Array(array) => array.holds_functions(),
            Self::Record(record) => record.holds_functions(),
            _ => false,
        }
    }

    /// What this is, in words.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Undefined => "undefined",
            Self::Null => "null",
            Self::Bool(..) => "a boolean",
            Self::Number(..) => "a number",
            Self::String(_) => "a string",
            Self::Safe(_) => "text of a macro",
            Self::Array(_) => "an array",
            Self::Record(_) => "an object",
            Self::Regex(_) => "a regular expression",
            Self::Callable(_) => "a function",
        }
    }
}
