//! From the outside in, and from the inside out.

use super::{ArrayCell, Record, V};
use crate::budget::{MAX_VALUE_DEPTH, Meter};
use crate::error::{Fault, Res};
use crate::text::{Mark, Text};
use crate::value::{JsMap, Object, Value};
use std::rc::Rc;
use std::sync::Arc;

impl From<&Value> for V {
    fn from(value: &Value) -> Self {
        match value {
            Value::Undefined => Self::Undefined,
            Value::Null => Self::Null,
            Value::Bool(bool) => Self::bool(*bool),
            Value::SecretBool(bool) => Self::Bool(*bool, Mark::SECRET),
            Value::Number(number) => Self::number(*number),
            Value::SecretNumber(number) => Self::Number(*number, Mark::SECRET),
            Value::String(text) => Self::String(text.clone()),
            Value::Array(items) => Self::Array(Rc::new(ArrayCell::of(items.clone()))),
            Value::Object(object) => Self::Record(Rc::new(Record::of(object.clone()))),
        }
    }
}

impl V {
    /// The value for the outside: safe text and regular expressions become strings, undefined
    /// items null, undefined properties vanish. Functions cannot leave.
    pub(crate) fn to_value(&self, meter: &Meter) -> Res<Value> {
        self.to_value_at(meter, 0)
    }

    fn to_value_at(&self, meter: &Meter, depth: usize) -> Res<Value> {
        Meter::value_depth(depth)?;
        Ok(match self {
            Self::Undefined => Value::Undefined,
            Self::Null => Value::Null,
            Self::Bool(bool, mark) if mark.is_secret() => Value::SecretBool(*bool),
            Self::Bool(bool, _) => Value::Bool(*bool),
            Self::Number(number, mark) if mark.is_secret() => Value::SecretNumber(*number),
            Self::Number(number, _) => Value::Number(*number),
            Self::String(text) => Value::String(text.clone()),
            Self::Safe(text) => Value::String(Text::clone(text)),
            Self::Array(array) => match array.unchanged(MAX_VALUE_DEPTH) {
                Some(source) => Value::Array(source),
                None => {
                    let items = array.to_vec();
                    meter.work(items.len())?;
                    let items = items.iter().map(|item| match item.to_value_at(meter, depth + 1) {
                        Ok(Value::Undefined) => Ok(Value::Null),
                        other => other,
                    });
                    Value::Array(items.collect::<Res<_>>()?)
                }
            },
            Self::Record(record) => match record.unchanged(MAX_VALUE_DEPTH) {
                Some(source) => Value::Object(source),
                None => Value::Object(Arc::new(record_to_object(record, meter, depth)?)),
            },
            Self::Regex(regex) => Value::from(regex.regex.to_string()),
            Self::Callable(_) => return Err(Fault::type_error("a function is no value; call it")),
        })
    }

    /// The same value, every string, number and boolean inside marked.
    pub(crate) fn and_mark(self, mark: Mark) -> Self {
        self.and_mark_at(mark, 0)
    }

    fn and_mark_at(self, mark: Mark, depth: usize) -> Self {
        if !mark.is_secret() || depth > MAX_VALUE_DEPTH {
            return self;
        }
        match self {
            Self::Bool(bool, own) => Self::Bool(bool, own | mark),
            Self::Number(number, own) => Self::Number(number, own | mark),
            Self::String(text) => Self::String(text.and_mark(mark)),
            Self::Safe(text) => Self::safe(Text::clone(&text).and_mark(mark)),
            Self::Array(array) => {
                let items = array.to_vec().into_iter();
                Self::array(items.map(|item| item.and_mark_at(mark, depth + 1)).collect())
            }
            Self::Record(record) => {
                let entries = record.entries().into_iter();
                let marked = entries
                    .map(|(key, value)| (key.and_mark(mark), value.and_mark_at(mark, depth + 1)))
                    .collect::<JsMap<V>>();
                Self::Record(Rc::new(Record::made(marked)))
            }
            other => other,
        }
    }
}

fn record_to_object(record: &Record, meter: &Meter, depth: usize) -> Res<Object> {
    let entries = record.entries();
    meter.work(entries.len())?;
    let mut object = Object::with_capacity(entries.len());
    for (key, value) in entries {
        let value = value.to_value_at(meter, depth + 1)?;
        if !value.is_undefined() {
            object.insert(key, value);
        }
    }
    Ok(object)
}
