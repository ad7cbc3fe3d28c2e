//! Filters for arrays, and for strings and objects as far as they pass for arrays.

use super::Call;
use crate::budget::Meter;
use crate::error::{Fault, Res};
use crate::eval::own_property;
use crate::number::{MAX_SAFE, from_usize, to_usize};
use crate::runtime::{ArrayCell, Record, TextBuffer, V, add, output_text, plain_number, to_text};
use crate::text::{Mark, Text};
use crate::utf16;
use crate::value::JsMap;
use std::rc::Rc;

/// The code units of a string, each a string of its own.
pub(super) fn units(text: &Text, meter: &Meter) -> Res<Vec<V>> {
    meter.entries(utf16::len(text.as_str()))?;
    let unit = |unit| V::String(Text::marked(unit, text.mark()));
    Ok(utf16::units(text.as_str()).map(unit).collect())
}

/// The items of an array or the code units of a string; nothing for the rest.
pub(super) fn items(input: &V, meter: &Meter) -> Res<Option<Vec<V>>> {
    Ok(match input {
        V::Array(array) => {
            meter.work(array.len())?;
            Some(array.to_vec())
        }
        // There safe text has a length and no characters.
        V::Safe(text) if meter.is_legacy() => {
            let count = utf16::len(text.as_str());
            meter.entries(count)?;
            Some(vec![V::Undefined; count])
        }
        V::String(_) | V::Safe(_) => {
            let text = input.as_text().cloned().unwrap_or_default();
            Some(units(&text, meter)?)
        }
        _ => None,
    })
}

/// What an object holds at 0, 1, 2 …, if it claims a length.
pub(super) fn indexed(record: &Record, meter: &Meter) -> Res<Vec<V>> {
    let length = plain_number(&record.get("length"), meter)?;
    if length.is_nan() || length <= 0.0 {
        return Ok(Vec::new());
    }
    let count = to_usize(length.ceil());
    meter.entries(count)?;
    Ok((0..count).map(|index| record.get(&index.to_string())).collect())
}

/// As [`indexed`], for an input that may be an object.
pub(super) fn items_or_indexed(call: &Call<'_>) -> Res<Option<Vec<V>>> {
    match call.input {
        V::Record(record) => indexed(record, call.meter).map(Some),
        other => items(other, call.meter),
    }
}

pub(super) fn require_value(call: &Call<'_>) -> Res<()> {
    if call.input.is_nullish() {
        return Err(Fault::type_error(format!("a sequence is needed, not {}", call.input.kind())));
    }
    Ok(())
}

fn whole_count(call: &Call<'_>) -> Res<usize> {
    let count = plain_number(call.arg(0), call.meter)?.trunc();
    if !(1.0..=MAX_SAFE).contains(&count) {
        return Err(Fault::type_error("the count must be a whole number above 0"));
    }
    Ok(to_usize(count))
}

pub(super) fn batch(call: &Call<'_>) -> Res<V> {
    require_value(call)?;
    if call.meter.is_legacy() {
        return loose_batch(call);
    }
    let width = whole_count(call)?;
    let Some(values) = items_or_indexed(call)? else { return Ok(V::array(Vec::new())) };
    let fill = call.arg(1);
    let mut rows = Vec::new();
    let mut values = values.into_iter().peekable();
    while values.peek().is_some() {
        let mut row: Vec<V> = values.by_ref().take(width).collect();
        if row.len() < width && fill.truthy() {
            call.meter.entries(width)?;
            row.resize(width, fill.clone());
        }
        rows.push(V::array(row));
    }
    Ok(V::array(rows))
}

/// `batch` with whatever number: a new row begins wherever the position can be divided by it.
fn loose_batch(call: &Call<'_>) -> Res<V> {
    let width = plain_number(call.arg(0), call.meter)?;
    let fill = call.arg(1);
    let mut rows = Vec::new();
    let mut row = Vec::new();
    for (index, value) in items_or_indexed(call)?.unwrap_or_default().into_iter().enumerate() {
        if from_usize(index) % width == 0.0 && !row.is_empty() {
            rows.push(V::array(std::mem::take(&mut row)));
        }
        row.push(value);
    }
    if !row.is_empty() {
        if fill.truthy() && width > from_usize(row.len()) {
            let width = to_usize(width.ceil());
            call.meter.entries(width)?;
            row.resize(width, fill.clone());
        }
        rows.push(V::array(row));
    }
    Ok(V::array(rows))
}

/// `slice` into a number of columns that is not whole.
fn uneven_slice(count: f64, call: &Call<'_>) -> Res<V> {
    call.meter.entries(to_usize(count.ceil()))?;
    let text = call.input.as_text();
    let values = items(call.input, call.meter)?.unwrap_or_default();
    let size = from_usize(values.len());
    let (length, extra) = ((size / count).floor(), size % count);
    let mut offset = 0.0;
    let mut columns = Vec::new();
    while from_usize(columns.len()) < count {
        let index = from_usize(columns.len());
        let start = to_usize(offset + index * length);
        let longer = index < extra;
        offset += f64::from(u8::from(longer));
        let end = to_usize(offset + (index + 1.0) * length).min(values.len());
        let filled = !longer && call.arg(1).truthy();
        columns.push(match text {
            Some(_) if filled => return Err(Fault::type_error("a string cannot be filled up")),
            Some(text) => {
                V::String(Text::marked(utf16::slice(text.as_str(), start, end).as_ref(), text.mark()))
            }
            None => {
                let mut column = values.get(start..end).unwrap_or_default().to_vec();
                column.extend(filled.then(|| call.arg(1).clone()));
                V::array(column)
            }
        });
    }
    Ok(V::array(columns))
}

pub(super) fn slice(call: &Call<'_>) -> Res<V> {
    if call.meter.is_legacy() && !call.input.is_nullish() {
        let count = plain_number(call.arg(0), call.meter)?;
        if count.is_nan() || count <= 0.0 {
            return Ok(V::array(Vec::new()));
        }
        if count.fract() != 0.0 && matches!(call.input, V::Array(_) | V::String(_) | V::Safe(_)) {
            return uneven_slice(count, call);
        }
    }
    let Some(values) = items(call.input, call.meter)? else {
        return Err(Fault::type_error(format!("a sequence is needed, not {}", call.input.kind())));
    };
    let count = whole_count(call)?;
    call.meter.entries(count)?;
    let (base, extra) = (values.len() / count, values.len() % count);
    let fill = call.arg(1);
    let mut columns = Vec::with_capacity(count);
    let mut start = 0;
    for index in 0..count {
        let end = start + base + usize::from(index < extra);
        let filled = fill.truthy() && index >= extra;
        columns.push(match call.input.as_text() {
            Some(_) if filled => {
                return Err(Fault::type_error("a string cannot be filled up; leave the fill value out"));
            }
            Some(text) => {
                V::String(Text::marked(utf16::slice(text.as_str(), start, end).as_ref(), text.mark()))
            }
            None => {
                let mut column: Vec<V> = values.get(start..end).unwrap_or_default().to_vec();
                if filled {
                    column.push(fill.clone());
                }
                V::array(column)
            }
        });
        start = end;
    }
    Ok(V::array(columns))
}

/// `first` and `last`.
pub(super) fn edge(call: &Call<'_>, last: bool) -> Res<V> {
    require_value(call)?;
    if call.meter.is_legacy() && matches!(call.input, V::Safe(_)) {
        return Ok(V::Undefined);
    }
    let property = |name: &str| own_property(call.input, name).unwrap_or(V::Undefined);
    if !matches!(call.input, V::Array(_) | V::String(_) | V::Safe(_) | V::Record(_)) {
        return Ok(V::Undefined);
    }
    if !last {
        return Ok(property("0"));
    }
    let place = plain_number(&property("length"), call.meter)? - 1.0;
    Ok(property(&crate::number::to_string(place)))
}

pub(super) fn random(call: &Call<'_>) -> Res<V> {
    require_value(call)?;
    let length = match call.input {
        V::Array(array) => array.len(),
        V::String(_) | V::Safe(_) => call.input.as_text().map_or(0, |text| utf16::len(text.as_str())),
        V::Record(record) => to_usize(plain_number(&record.get("length"), call.meter)?),
        _ => 0,
    };
    if length == 0 {
        return Ok(V::Undefined);
    }
    let place = random_below(length);
    Ok(own_property(call.input, &place.to_string()).unwrap_or(V::Undefined))
}

/// The standard library keys every new hasher at random; that is all the chance needed here.
fn random_below(length: usize) -> usize {
    use std::hash::{BuildHasher, RandomState};
    let number = RandomState::new().hash_one(0_u8);
    let length = u64::try_from(length).unwrap_or(1);
    usize::try_from(number % length.max(1)).unwrap_or(0)
}

pub(super) fn length(call: &Call<'_>) -> Res<V> {
    Ok(match call.input {
        V::Array(array) => V::count(array.len()),
        V::Record(record) => V::count(record.len()),
        V::String(_) | V::Safe(_) => {
            let text = call.text()?;
            V::count(utf16::len(text.as_str()))
        }
        V::Undefined | V::Null | V::Bool(false, _) => V::count(0),
        _ => V::Undefined,
    })
}

pub(super) fn list(call: &Call<'_>) -> Res<V> {
    match call.input {
        V::Array(_) => Ok(call.input.clone()),
        V::Safe(text) if call.meter.is_legacy() => {
            let map: JsMap<V> = super::json::safe_members(text).into_iter().collect();
            let record = V::Record(Rc::new(Record::made(map)));
            list(&Call { input: &record, ..*call })
        }
        V::Record(record) => {
            call.meter.entries(record.len())?;
            let pair = |(key, value): (Text, V)| {
                let map: JsMap<V> = [("key", V::String(key)), ("value", value)].into_iter().collect();
                V::Record(Rc::new(Record::made(map)))
            };
            Ok(V::array(record.entries().into_iter().map(pair).collect()))
        }
        other => match items(other, call.meter)? {
            Some(units) => Ok(V::array(units)),
            None => Err(Fault::type_error(format!("a list cannot be made of {}", other.kind()))),
        },
    }
}

pub(super) fn reverse(call: &Call<'_>) -> Res<V> {
    let holes = call.meter.is_legacy() && matches!(call.input, V::Safe(_));
    if let Some(text) = call.input.as_text().filter(|_| !holes) {
        call.meter.text(text.as_str().len())?;
        let units: Vec<u16> = text.as_str().encode_utf16().collect();
        let turned: Vec<u16> = units.into_iter().rev().collect();
        return call.like_input(String::from_utf16_lossy(&turned));
    }
    let mut values = items_or_indexed(call)?.unwrap_or_default();
    values.reverse();
    Ok(V::array(values))
}

fn array<'a>(call: &Call<'a>) -> Res<&'a ArrayCell> {
    match call.input {
        V::Array(array) => Ok(array),
        other => Err(Fault::type_error(format!("an array is needed, not {}", other.kind()))),
    }
}

/// The items, or one attribute of each if the argument names one.
fn attributes(call: &Call<'_>, argument: usize) -> Res<Vec<V>> {
    let name = call.arg(argument);
    if !name.truthy() {
        let array = array(call)?;
        call.meter.work(array.len())?;
        return Ok(array.to_vec());
    }
    let name = attribute_name(name, call.meter)?;
    if let V::Safe(text) = call.input {
        // The original finds nothing where the characters should be.
        return if text.is_empty() {
            Ok(Vec::new())
        } else {
            attribute(&V::Undefined, &name).map(|_| Vec::new())
        };
    }
    let values = items_or_indexed(call)?.unwrap_or_default();
    values.iter().map(|value| attribute(value, &name)).collect()
}

/// The name of an attribute, unless it is reserved.
pub(super) fn attribute_name(value: &V, meter: &Meter) -> Res<String> {
    let name = to_text(value, meter)?;
    if crate::parser::is_reserved(name.as_str()) {
        return Err(Fault::type_error("the name of the attribute is reserved"));
    }
    Ok(name.into_string())
}

pub(super) fn attribute(value: &V, name: &str) -> Res<V> {
    if value.is_nullish() {
        return Err(Fault::type_error(format!("an item is {}, so it has no attributes", value.kind())));
    }
    Ok(own_property(value, name).unwrap_or(V::Undefined))
}

pub(super) fn join(call: &Call<'_>) -> Res<V> {
    let separator = if call.arg(0).truthy() { call.arg_text(0)? } else { Text::default() };
    let mut buffer = TextBuffer::default();
    let mut mark = Mark::PLAIN;
    for (index, value) in attributes(call, 1)?.iter().enumerate() {
        let text = output_text(value, call.meter)?;
        let separator = if index > 0 { separator.as_str() } else { "" };
        call.meter.text(text.as_str().len() + separator.len())?;
        buffer.push_str(separator);
        buffer.push(&text);
        mark |= text.mark();
        call.meter.scratch(buffer.len())?;
    }
    buffer.add_mark(mark);
    Ok(V::String(buffer.finish()))
}

pub(super) fn sum(call: &Call<'_>) -> Res<V> {
    let mut total = V::number(0.0);
    for value in attributes(call, 0)? {
        total = add(&total, &value, call.meter)?;
    }
    let start = match call.arg(1) {
        V::Undefined => V::number(0.0),
        given => given.clone(),
    };
    add(&start, &total, call.meter)
}

#[cfg(test)]
mod tests {
    #[test]
    fn chance_stays_below_its_bound() {
        for length in 1..50 {
            assert!(super::random_below(length) < length);
        }
    }
}
