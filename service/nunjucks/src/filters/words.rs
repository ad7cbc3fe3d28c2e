//! Filters for text.

use super::Call;
use crate::budget::Meter;
use crate::error::{Fault, Res};
use crate::number::{from_usize, relative, to_usize};
use crate::runtime::{V, order, plain_number};
use crate::text::Text;
use crate::utf16::{self, is_space};
use std::cmp::Ordering;

/// The most spaces that one filter may add in a row.
const MAX_SPACES: f64 = 16.0 * 1024.0 * 1024.0;

/// `lower` and `upper`.
pub(super) fn recase(call: &Call<'_>, change: fn(&str) -> String) -> Res<V> {
    let text = call.text_or_empty()?;
    Ok(V::String(Text::marked(change(text.as_str()), text.mark())))
}

/// The first code unit in upper case, the others in lower case.
fn capitalized(text: &str) -> String {
    let lower = text.to_lowercase();
    let mut chars = lower.chars();
    match chars.next() {
        Some(first) if first.len_utf16() == 1 => first.to_uppercase().chain(chars).collect(),
        _ => lower,
    }
}

pub(super) fn capitalize(call: &Call<'_>) -> Res<V> {
    let text = call.text_or_empty()?;
    call.like_input(capitalized(text.as_str()))
}

pub(super) fn title(call: &Call<'_>) -> Res<V> {
    let text = call.text_or_empty()?;
    let words: Vec<String> = text.as_str().split(' ').map(capitalized).collect();
    call.like_input(words.join(" "))
}

pub(super) fn trim(call: &Call<'_>) -> Res<V> {
    let text = call.text()?;
    call.like_input(text.as_str().trim_matches(is_space).to_owned())
}

/// So many spaces, rounded up; none for NaN and below.
fn spaces(count: f64, meter: &Meter) -> Res<String> {
    if count.is_nan() || count <= 0.0 {
        return Ok(String::new());
    }
    if count > MAX_SPACES {
        return Err(Fault::type_error("too many spaces are asked for"));
    }
    let count = to_usize(count.ceil());
    meter.text(count)?;
    Ok(" ".repeat(count))
}

/// The `length` property of the input, as a value.
fn direct_length(input: &V) -> V {
    crate::eval::own_property(input, "length").unwrap_or(V::Undefined)
}

fn empty_for_nothing(input: &V) -> V {
    match input {
        V::Undefined | V::Null | V::Bool(false, _) => V::string(""),
        other => other.clone(),
    }
}

pub(super) fn center(call: &Call<'_>) -> Res<V> {
    let input = empty_for_nothing(call.input);
    let width = call.number_or(0, 80.0)?;
    let length = plain_number(&direct_length(&input), call.meter)?;
    if length >= width {
        return Ok(input);
    }
    let missing = width - length;
    let text = crate::runtime::to_text(&input, call.meter)?;
    let before = spaces(missing / 2.0 - missing % 2.0, call.meter)?;
    let after = spaces(missing / 2.0, call.meter)?;
    call.like_input(format!("{before}{}{after}", text.as_str()))
}

pub(super) fn indent(call: &Call<'_>) -> Res<V> {
    let text = call.text_or_empty()?;
    if text.is_empty() && !matches!(call.input, V::Safe(_)) {
        return Ok(V::string(""));
    }
    let padding = spaces(call.number_or(0, 4.0)?, call.meter)?;
    let first = call.arg(1).truthy();
    let lines = text.as_str().matches('\n').count() + 1;
    call.meter.work(lines)?;
    call.meter.text(text.as_str().len().saturating_add(lines.saturating_mul(padding.len())))?;
    let mut out = String::with_capacity(text.as_str().len() + lines * padding.len());
    for (index, line) in text.as_str().split('\n').enumerate() {
        if index > 0 {
            out.push('\n');
        }
        if index > 0 || first {
            out.push_str(&padding);
        }
        out.push_str(line);
    }
    call.like_input(out)
}

pub(super) fn truncate(call: &Call<'_>) -> Res<V> {
    let input = empty_for_nothing(call.input);
    if call.meter.is_legacy() && matches!(input, V::Callable(_)) {
        // A function has few parameters, and that is its length there.
        return Ok(input);
    }
    let default = V::number(255.0);
    let limit = if call.arg(0).truthy() { call.arg(0) } else { &default };
    let (order, _) = order(&direct_length(&input), limit, call.meter)?;
    if matches!(order, Some(Ordering::Less | Ordering::Equal)) {
        return Ok(input);
    }
    let text = call.text_or_empty()?;
    let text = text.as_str();
    let limit = plain_number(limit, call.meter)?;
    let size = utf16::len(text);
    // `substring` takes NaN and negatives for 0.
    let hard = relative(limit.max(0.0), size);
    let end = if call.arg(1).truthy() {
        hard
    } else {
        // `lastIndexOf` takes NaN for infinity.
        let until = if limit.is_nan() { size } else { to_usize(limit.max(0.0)) };
        utf16::rfind(text, " ", until).unwrap_or(hard)
    };
    let tail = match call.arg(2) {
        V::Undefined | V::Null => Text::plain("..."),
        _ => call.arg_text(2)?,
    };
    call.like_input(format!("{}{}", utf16::slice(text, 0, end), tail.as_str()))
}

pub(super) fn wordcount(call: &Call<'_>) -> Res<V> {
    let input = empty_for_nothing(call.input);
    if !input.truthy() {
        return Ok(V::Null);
    }
    let text = call.text()?;
    let is_word = |char: char| char.is_ascii_alphanumeric() || char == '_';
    let count = text.as_str().split(|char| !is_word(char)).filter(|word| !word.is_empty()).count();
    Ok(if count == 0 { V::Null } else { V::number(from_usize(count)) })
}
