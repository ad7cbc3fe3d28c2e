//! The methods that templates may call.
//!
//! The list is closed: what is not here is undefined, whatever JavaScript has.

mod array;
pub(crate) mod legacy;
mod number;
mod object;
mod string;

use crate::budget::Meter;
use crate::env::Environment;
use crate::error::Res;
use crate::number::to_integer;
use crate::runtime::{V, plain_number, to_text};
use crate::text::{Mark, Text};
use std::ops::BitOr;

/// A method of some kind of value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Method(&'static str);

pub(crate) const STRING: [&str; 17] = [
    "charAt",
    "charCodeAt",
    "concat",
    "endsWith",
    "includes",
    "indexOf",
    "lastIndexOf",
    "replace",
    "slice",
    "split",
    "startsWith",
    "substring",
    "toLowerCase",
    "toUpperCase",
    "trim",
    "trimEnd",
    "trimStart",
];
pub(crate) const NUMBER: [&str; 4] = ["toExponential", "toFixed", "toPrecision", "toString"];
pub(crate) const ARRAY: [&str; 17] = [
    "at",
    "concat",
    "copyWithin",
    "fill",
    "flat",
    "includes",
    "indexOf",
    "join",
    "lastIndexOf",
    "pop",
    "push",
    "reverse",
    "shift",
    "slice",
    "sort",
    "splice",
    "unshift",
];
pub(crate) const JINJA_ARRAY: [&str; 6] = ["append", "count", "find", "index", "insert", "remove"];
pub(crate) const JINJA_OBJECT: [&str; 5] = ["get", "has_key", "items", "keys", "values"];

/// The methods that some value has.
pub(crate) fn names(jinja: bool) -> impl Iterator<Item = &'static str> {
    let own = STRING.iter().chain(&NUMBER).chain(&ARRAY).chain(&["test"]);
    let more = JINJA_ARRAY.iter().chain(&JINJA_OBJECT);
    own.chain(more.filter(move |_| jinja)).copied()
}

/// The method of this name on this value.
pub(crate) fn find(receiver: &V, name: &str, env: &Environment) -> Option<Method> {
    let jinja = env.syntax.jinja;
    if env.is_legacy() {
        let more: &[&'static str] = match receiver {
            V::String(_) | V::Safe(_) => &legacy::STRING,
            V::Number(..) | V::Bool(..) => &legacy::SCALAR,
            _ => &[],
        };
        if let Some(name) = more.iter().find(|known| **known == name) {
            return Some(Method(name));
        }
    }
    let (own, more): (&[&'static str], &[&'static str]) = match receiver {
        V::String(_) | V::Safe(_) => (&STRING, &[]),
        V::Number(..) => (&NUMBER, &[]),
        V::Array(_) => (&ARRAY, &JINJA_ARRAY),
        V::Record(_) => (&[], &JINJA_OBJECT),
        V::Regex(_) => (&["test"], &[]),
        _ => return None,
    };
    let more = if jinja { more } else { &[] };
    own.iter().chain(more).find(|known| **known == name).map(|name| Method(name))
}

impl Method {
    pub(crate) fn name(self) -> &'static str {
        self.0
    }

    /// The least and most arguments it takes.
    pub(crate) fn arity(self, receiver: &V, jinja: bool) -> (usize, usize) {
        match (receiver, self.0) {
            (V::String(_) | V::Safe(_), name) => match name {
                "replace" => (2, 2),
                "split" | "slice" | "substring" => (0, 2),
                "includes" | "startsWith" | "endsWith" | "indexOf" | "lastIndexOf" => (1, 2),
                "charAt" | "charCodeAt" => (0, 1),
                "concat" => (0, usize::MAX),
                _ => (0, 0),
            },
            (V::Number(..), _) => (0, 1),
            (V::Array(_), name) => match name {
                "at" | "count" | "index" | "find" | "remove" | "append" => (1, 1),
                "insert" => (2, 2),
                "includes" | "indexOf" | "lastIndexOf" => (1, 2),
                "copyWithin" | "fill" => (1, 3),
                "flat" | "join" => (0, 1),
                "slice" => (0, 2),
                "pop" => (0, usize::from(jinja)),
                "shift" | "sort" | "reverse" => (0, 0),
                _ => (0, usize::MAX),
            },
            (V::Record(_), "get") => (1, 2),
            (V::Record(_), "has_key") => (1, 1),
            (V::Record(_), _) => (0, 0),
            _ => (1, 1),
        }
    }
}

/// What a method is given.
struct Call<'a> {
    args: &'a [V],
    jinja: bool,
    meter: &'a Meter,
}

impl<'a> Call<'a> {
    fn arg(&self, index: usize) -> &'a V {
        const NOTHING: &V = &V::Undefined;
        self.args.get(index).unwrap_or(NOTHING)
    }

    fn text(&self, index: usize) -> Res<String> {
        to_text(self.arg(index), self.meter).map(crate::text::Text::into_string)
    }

    /// The argument as a whole number; the default if it is missing.
    fn integer_or(&self, index: usize, default: f64) -> Res<f64> {
        match self.arg(index) {
            V::Undefined => Ok(default),
            given => plain_number(given, self.meter).map(to_integer),
        }
    }
}

/// Calls a method. A marked receiver or argument marks what comes out.
pub(crate) fn call(receiver: &V, method: Method, args: Vec<V>, (jinja, meter): (bool, &Meter)) -> Res<V> {
    V::refuse_functions(std::slice::from_ref(receiver), meter)?;
    V::refuse_functions(&args, meter)?;
    let call = Call { args: &args, jinja, meter };
    let result = match receiver {
        V::String(_) | V::Safe(_) if legacy::STRING.contains(&method.0) => {
            let chars = receiver.as_text().map_or("", Text::as_str);
            meter.text(chars.len()).and_then(|()| legacy::string(chars, method.0, &call))
        }
        V::Number(..) | V::Bool(..) if method.0 == "valueOf" => Ok(receiver.clone()),
        V::Bool(..) => to_text(receiver, meter).map(V::String),
        V::String(text) => string::call(text, method.0, &call),
        V::Safe(text) => string::call(text, method.0, &call),
        V::Number(number, _) => number::call(*number, method.0, &call),
        V::Array(array) => array::call(array, method.0, &call),
        V::Record(record) => object::call(record, method.0, &call),
        V::Regex(cell) => {
            let text = to_text(call.arg(0), meter)?;
            meter.text(text.as_str().len())?;
            let (found, last) = cell.regex.test(text.as_str(), cell.last.get());
            cell.last.set(last);
            Ok(V::Bool(found, text.mark()))
        }
        _ => Ok(V::Undefined),
    };
    let result = result.map_err(|fault| fault.named(method.0))?;
    let mark = args.iter().map(V::mark).fold(receiver.mark(), Mark::bitor);
    // A method that changes its array gives that very array back, which must stay the same one.
    let itself = matches!((receiver, &result), (V::Array(a), V::Array(b)) if std::rc::Rc::ptr_eq(a, b));
    Ok(if itself { result } else { result.and_mark(mark) })
}
