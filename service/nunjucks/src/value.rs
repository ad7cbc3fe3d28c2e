//! The values that go into a template and come out of it.
//!
//! A [`Value`] is immutable, cheap to clone and may be shared between threads; templates that
//! change an array change their own copy. The kinds are JavaScript's, as far as data goes.
//! Strings carry the secret mark in [`Text`]; numbers and booleans computed from a secret are
//! kinds of their own, so that nobody prints them by accident.

mod json;
pub(crate) mod map;

use crate::number;
use crate::text::Text;
pub use map::JsMap;
use std::fmt;
use std::sync::Arc;

/// The properties of an object.
pub type Object = JsMap<Value>;

/// A piece of data inside or outside a template.
#[derive(Clone, Default, PartialEq)]
pub enum Value {
    /// No value at all; a key that holds it does not exist in JSON.
    #[default]
    Undefined,
    /// The explicit nothing.
    Null,
    /// True or false.
    Bool(bool),
    /// Any number; all are doubles.
    Number(f64),
    /// A string with its mark.
    String(Text),
    /// A list.
    Array(Arc<[Value]>),
    /// A set of named properties.
    Object(Arc<Object>),
    /// True or false, computed from a secret.
    SecretBool(bool),
    /// A number computed from a secret.
    SecretNumber(f64),
}

impl Value {
    /// An array of these items.
    pub fn array(items: impl IntoIterator<Item = Value>) -> Self {
        Self::Array(items.into_iter().collect())
    }

    /// An object of these properties.
    pub fn object<K: Into<Text>>(pairs: impl IntoIterator<Item = (K, Value)>) -> Self {
        Self::Object(Arc::new(pairs.into_iter().collect()))
    }

    /// Whether this is the undefined value.
    pub fn is_undefined(&self) -> bool {
        matches!(self, Self::Undefined)
    }

    /// Whether this is null.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The text, if this is a string.
    pub fn as_text(&self) -> Option<&Text> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The characters, if this is a string, secret or not.
    pub fn as_str(&self) -> Option<&str> {
        self.as_text().map(Text::as_str)
    }

    /// The number, secret or not.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Number(number) | Self::SecretNumber(number) => Some(*number),
            _ => None,
        }
    }

    /// The boolean, secret or not.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(bool) | Self::SecretBool(bool) => Some(*bool),
            _ => None,
        }
    }

    /// The items, if this is an array.
    pub fn as_array(&self) -> Option<&[Value]> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The properties, if this is an object.
    pub fn as_object(&self) -> Option<&Object> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The property of an object or item of an array with this name; `Undefined` if there is none.
    pub fn get(&self, key: &str) -> &Value {
        const NOTHING: &Value = &Value::Undefined;
        match self {
            Self::Object(object) => object.get(key).unwrap_or(NOTHING),
            Self::Array(items) => map::array_index(key)
                .and_then(|index| items.get(usize::try_from(index).ok()?))
                .unwrap_or(NOTHING),
            _ => NOTHING,
        }
    }

    /// Whether a condition takes this value for true: all but undefined, null, false, zero, NaN
    /// and the empty string.
    pub fn is_truthy(&self) -> bool {
        match self {
            Self::Undefined | Self::Null => false,
            Self::Bool(bool) | Self::SecretBool(bool) => *bool,
            Self::Number(number) | Self::SecretNumber(number) => *number != 0.0 && !number.is_nan(),
            Self::String(text) => !text.is_empty(),
            Self::Array(_) | Self::Object(_) => true,
        }
    }

    /// Whether a secret lies anywhere inside, keys of objects included.
    pub fn contains_secret(&self) -> bool {
        match self {
            Self::String(text) => text.is_secret(),
            Self::SecretBool(_) | Self::SecretNumber(_) => true,
            Self::Array(items) => items.iter().any(Self::contains_secret),
            Self::Object(object) => {
                object.iter().any(|(key, value)| key.is_secret() || value.contains_secret())
            }
            Self::Undefined | Self::Null | Self::Bool(_) | Self::Number(_) => false,
        }
    }

    /// The same value with every string, number and boolean inside marked as secret. Keys are
    /// names, and stay as they are.
    #[must_use]
    pub fn mark_secret(self) -> Self {
        match self {
            Self::String(text) => Self::String(text.and_mark(crate::text::Mark::SECRET)),
            Self::Bool(bool) => Self::SecretBool(bool),
            Self::Number(number) => Self::SecretNumber(number),
            Self::Array(items) => Self::array(items.iter().cloned().map(Self::mark_secret)),
            Self::Object(object) => {
                Self::object(object.iter().map(|(key, value)| (key.clone(), value.clone().mark_secret())))
            }
            other => other,
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Undefined => f.write_str("undefined"),
            Self::Null => f.write_str("null"),
            Self::Bool(bool) => fmt::Debug::fmt(bool, f),
            Self::Number(number) => f.write_str(&number::to_string(*number)),
            Self::String(text) => fmt::Debug::fmt(text, f),
            Self::Array(items) => f.debug_list().entries(items.iter()).finish(),
            Self::Object(object) => f.debug_map().entries(object.iter()).finish(),
            Self::SecretBool(_) | Self::SecretNumber(_) => f.write_str(crate::text::MASK),
        }
    }
}

impl From<bool> for Value {
    fn from(bool: bool) -> Self {
        Self::Bool(bool)
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<i32> for Value {
    fn from(number: i32) -> Self {
        Self::Number(f64::from(number))
    }
}

impl From<&str> for Value {
    fn from(chars: &str) -> Self {
        Self::String(Text::plain(chars))
    }
}

impl From<String> for Value {
    fn from(chars: String) -> Self {
        Self::String(Text::plain(chars))
    }
}

impl From<Text> for Value {
    fn from(text: Text) -> Self {
        Self::String(text)
    }
}

impl From<Vec<Value>> for Value {
    fn from(items: Vec<Value>) -> Self {
        Self::Array(items.into())
    }
}

impl From<Object> for Value {
    fn from(object: Object) -> Self {
        Self::Object(Arc::new(object))
    }
}
