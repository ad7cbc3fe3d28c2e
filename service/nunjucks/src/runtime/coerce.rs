//! JavaScript's conversions and comparisons.
//!
//! Marks come along: a number or text made from a marked value is marked.

use super::V;
use crate::budget::Meter;
use crate::error::{Fault, Res};
use crate::number;
use crate::text::{Mark, Text};
use crate::utf16;
use std::cmp::Ordering;
use std::rc::Rc;

/// Text in the making, marked as soon as one marked piece is in it.
#[derive(Default)]
pub(crate) struct TextBuffer {
    chars: String,
    mark: Mark,
}

impl TextBuffer {
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        Self { chars: String::with_capacity(bytes), mark: Mark::PLAIN }
    }

    pub(crate) fn push(&mut self, text: &Text) {
        self.chars.push_str(text.as_str());
        self.mark |= text.mark();
    }

    pub(crate) fn push_str(&mut self, chars: &str) {
        self.chars.push_str(chars);
    }

    pub(crate) fn add_mark(&mut self, mark: Mark) {
        self.mark |= mark;
    }

    pub(crate) fn len(&self) -> usize {
        self.chars.len()
    }

    pub(crate) fn finish(self) -> Text {
        Text::marked(self.chars, self.mark)
    }
}

/// What a container becomes where a scalar is needed.
pub(crate) fn to_primitive(value: &V, meter: &Meter) -> Res<V> {
    Ok(match value {
        V::Safe(text) => V::String(Text::clone(text)),
        V::Array(_) | V::Record(_) | V::Regex(_) | V::Callable(_) => V::String(to_text(value, meter)?),
        scalar => scalar.clone(),
    })
}

/// `String(value)`.
pub(crate) fn to_text(value: &V, meter: &Meter) -> Res<Text> {
    Ok(match value {
        V::Undefined => Text::plain("undefined"),
        V::Null => Text::plain("null"),
        other => output_text(other, meter)?,
    })
}

/// What the value looks like in the output: as its string, but nothing for undefined and null.
pub(crate) fn output_text(value: &V, meter: &Meter) -> Res<Text> {
    Ok(match value {
        V::Undefined | V::Null => Text::default(),
        V::Bool(bool, mark) => Text::marked(if *bool { "true" } else { "false" }, *mark),
        V::Number(number, mark) => Text::marked(number::to_string(*number), *mark),
        V::String(text) => text.clone(),
        V::Safe(text) => Text::clone(text),
        V::Record(_) => {
            V::refuse_functions(std::slice::from_ref(value), meter)?;
            Text::plain("[object Object]")
        }
        V::Regex(regex) => Text::plain(regex.regex.to_string()),
        V::Array(_) => {
            let mut buffer = TextBuffer::default();
            join_into(&mut buffer, value, meter, 0)?;
            buffer.finish()
        }
        V::Callable(_) => return Err(Fault::type_error("a function has no text; call it")),
    })
}

fn join_into(buffer: &mut TextBuffer, value: &V, meter: &Meter, depth: usize) -> Res<()> {
    let V::Array(array) = value else {
        let text = output_text(value, meter)?;
        meter.text(text.as_str().len())?;
        buffer.push(&text);
        return meter.scratch(buffer.len());
    };
    Meter::value_depth(depth)?;
    for index in 0..array.len() {
        meter.step()?;
        if index > 0 {
            buffer.push_str(",");
        }
        join_into(buffer, &array.get(index), meter, depth + 1)?;
    }
    Ok(())
}

/// `Number(value)`, and the mark it takes over.
pub(crate) fn to_number(value: &V, meter: &Meter) -> Res<(f64, Mark)> {
    Ok(match value {
        V::Undefined => (f64::NAN, Mark::PLAIN),
        V::Null => (0.0, Mark::PLAIN),
        V::Bool(bool, mark) => (f64::from(u8::from(*bool)), *mark),
        V::Number(number, mark) => (*number, *mark),
        V::String(text) => {
            meter.read(text.as_str())?;
            (number::parse(text.as_str()), text.mark())
        }
        other => {
            let text = to_text(other, meter)?;
            (number::parse(text.as_str()), text.mark())
        }
    })
}

/// `Number(value)` without its mark.
pub(crate) fn plain_number(value: &V, meter: &Meter) -> Res<f64> {
    to_number(value, meter).map(|(number, _)| number)
}

/// `left + right`.
pub(crate) fn add(left: &V, right: &V, meter: &Meter) -> Res<V> {
    let left = to_primitive(left, meter)?;
    let right = to_primitive(right, meter)?;
    if matches!(left, V::String(_)) || matches!(right, V::String(_)) {
        return concat(&left, &right, meter);
    }
    let (left, left_mark) = to_number(&left, meter)?;
    let (right, right_mark) = to_number(&right, meter)?;
    Ok(V::Number(left + right, left_mark | right_mark))
}

/// `left ~ right`.
pub(crate) fn concat(left: &V, right: &V, meter: &Meter) -> Res<V> {
    let left = to_text(left, meter)?;
    let right = to_text(right, meter)?;
    let length = left.as_str().len() + right.as_str().len();
    meter.text(length)?;
    let mut buffer = TextBuffer::with_capacity(length);
    buffer.push(&left);
    buffer.push(&right);
    Ok(V::String(buffer.finish()))
}

/// `left === right`.
pub(crate) fn strict_equal(left: &V, right: &V) -> bool {
    match (left, right) {
        (V::Undefined, V::Undefined) | (V::Null, V::Null) => true,
        (V::Bool(left, _), V::Bool(right, _)) => left == right,
        (V::Number(left, _), V::Number(right, _)) => left == right,
        (V::String(left), V::String(right)) => left == right,
        (V::Safe(left), V::Safe(right)) => Rc::ptr_eq(left, right),
        (V::Array(left), V::Array(right)) => Rc::ptr_eq(left, right),
        (V::Record(left), V::Record(right)) => Rc::ptr_eq(left, right),
        (V::Regex(left), V::Regex(right)) => Rc::ptr_eq(left, right),
        (V::Callable(left), V::Callable(right)) => Rc::ptr_eq(left, right),
        _ => false,
    }
}

fn is_scalar(value: &V) -> bool {
    matches!(value, V::Undefined | V::Null | V::Bool(..) | V::Number(..) | V::String(_))
}

/// `left == right`, and the mark of the answer.
pub(crate) fn loose_equal(left: &V, right: &V, meter: &Meter) -> Res<(bool, Mark)> {
    let mark = left.mark() | right.mark();
    if strict_equal(left, right) {
        return Ok((true, mark));
    }
    if !is_scalar(left) && !is_scalar(right) {
        return Ok((false, mark));
    }
    let left = to_primitive(left, meter)?;
    let right = to_primitive(right, meter)?;
    let mark = mark | left.mark() | right.mark();
    let equal = match (&left, &right) {
        (V::Undefined | V::Null, other) | (other, V::Undefined | V::Null) => other.is_nullish(),
        (V::String(left), V::String(right)) => left == right,
        _ => plain_number(&left, meter)? == plain_number(&right, meter)?,
    };
    Ok((equal, mark))
}

/// The order of two values; nothing where a NaN is involved.
pub(crate) fn order(left: &V, right: &V, meter: &Meter) -> Res<(Option<Ordering>, Mark)> {
    let left = to_primitive(left, meter)?;
    let right = to_primitive(right, meter)?;
    let mark = left.mark() | right.mark();
    if let (V::String(left), V::String(right)) = (&left, &right) {
        return Ok((Some(utf16::compare(left.as_str(), right.as_str())), mark));
    }
    let left = plain_number(&left, meter)?;
    let right = plain_number(&right, meter)?;
    Ok((left.partial_cmp(&right), mark))
}
