//! Methods of arrays.
//!
//! A method that changes its array works on a copy of the items and puts it back, so nothing is
//! borrowed while values are converted. An array never comes to lie inside of itself.

use super::Call;
use crate::budget::{MAX_ENTRIES, MAX_VALUE_DEPTH, Meter};
use crate::error::{Fault, Res};
use crate::filters::merge_sort;
use crate::number::{from_usize, relative, to_usize};
use crate::runtime::{ArrayCell, TextBuffer, V, output_text, plain_number, strict_equal, to_text};
use crate::text::Text;
use crate::utf16;
use std::rc::Rc;

pub(super) fn call(array: &Rc<ArrayCell>, name: &str, call: &Call<'_>) -> Res<V> {
    call.meter.touch(array.len())?;
    let placed = match name {
        "index" | "remove" => true,
        "pop" => call.jinja && !call.arg(0).is_undefined(),
        _ => false,
    };
    if placed && call.meter.is_legacy() {
        return strictly(array, name, call);
    }
    match name {
        "at" => Ok(at(array, call.integer_or(0, 0.0)?)),
        "concat" => concat(array, call),
        "flat" => flat(array, call),
        "includes" | "indexOf" | "lastIndexOf" | "index" | "find" | "count" => search(array, name, call),
        "join" => join(array, call),
        "slice" => {
            let size = array.len();
            let start = relative(call.integer_or(0, 0.0)?, size);
            let end = relative(call.integer_or(1, from_usize(size))?, size);
            Ok(V::array(array.to_vec().get(start..end.max(start)).unwrap_or_default().to_vec()))
        }
        "append" => append(array, call),
        "push" => push(array, call),
        "pop" if call.arg(0).is_undefined() || !call.jinja => Ok(array.pop()),
        "unshift" | "pop" | "shift" => first(array, name, call),
        "splice" | "insert" | "remove" => middle(array, name, call),
        _ => whole(array, name, call),
    }
}

/// What must be there is.
fn strictly(array: &Rc<ArrayCell>, name: &str, call: &Call<'_>) -> Res<V> {
    let wanted = call.arg(0);
    let there = match name {
        "pop" => {
            let place = plain_number(wanted, call.meter)?;
            place.is_nan() || (0.0..from_usize(array.len())).contains(&place)
        }
        _ => array.look(|items| items.iter().any(|item| strict_equal(item, wanted))),
    };
    match name {
        _ if !there => Err(Fault::type_error("it is not in the list")),
        "pop" => first(array, name, call),
        "remove" => middle(array, name, call),
        _ => search(array, name, call),
    }
}

fn at(array: &ArrayCell, place: f64) -> V {
    let size = from_usize(array.len());
    let place = if place < 0.0 { size + place } else { place };
    if (0.0..size).contains(&place) { array.get(to_usize(place)) } else { V::Undefined }
}

fn concat(array: &ArrayCell, call: &Call<'_>) -> Res<V> {
    let mut items = array.to_vec();
    for arg in call.args {
        match arg {
            V::Array(other) => {
                call.meter.work(other.len())?;
                items.append(&mut other.to_vec());
            }
            other => items.push(other.clone()),
        }
        call.meter.entries(items.len())?;
    }
    Ok(V::array(items))
}

fn flat(array: &ArrayCell, call: &Call<'_>) -> Res<V> {
    let depth = call.integer_or(0, 1.0)?.max(0.0);
    let mut out = Vec::new();
    flatten(array, depth.min(from_usize(MAX_VALUE_DEPTH)), &mut out, call.meter)?;
    Ok(V::array(out))
}

fn flatten(array: &ArrayCell, depth: f64, out: &mut Vec<V>, meter: &Meter) -> Res<()> {
    for item in array.to_vec() {
        meter.step()?;
        match &item {
            V::Array(inner) if depth > 0.0 => flatten(inner, depth - 1.0, out, meter)?,
            _ => out.push(item),
        }
    }
    meter.entries(out.len())
}

fn search(array: &ArrayCell, name: &str, call: &Call<'_>) -> Res<V> {
    if let Some(text) = call.arg(0).as_text() {
        call.meter.work(text.as_str().len().saturating_mul(array.len()) / 1024)?;
    }
    let place = |name: &str| call.integer_or(1, if name == "lastIndexOf" { f64::INFINITY } else { 0.0 });
    let from = if matches!(name, "count" | "index" | "find") { 0.0 } else { place(name)? };
    Ok(array.look(|items| search_items(items, name, call.arg(0), from)))
}

fn search_items(items: &[V], name: &str, wanted: &V, from: f64) -> V {
    let size = items.len();
    if name == "count" {
        return V::count(items.iter().filter(|item| strict_equal(item, wanted)).count());
    }
    if name == "lastIndexOf" {
        let until = if from < 0.0 { from_usize(size) + from } else { from };
        let count = if until < 0.0 { 0 } else { to_usize(until).saturating_add(1).min(size) };
        let found = items.iter().take(count).rposition(|item| strict_equal(item, wanted));
        return V::number(found.map_or(-1.0, from_usize));
    }
    let start = relative(from, size);
    let is_nan = |value: &V| matches!(value, V::Number(number, _) if number.is_nan());
    // `includes` finds NaN, the others do not.
    let same =
        |item: &V| strict_equal(item, wanted) || (name == "includes" && is_nan(item) && is_nan(wanted));
    let found = items.iter().skip(start).position(same).map(|place| place + start);
    match (name, found) {
        ("includes", found) => {
            V::Bool(found.is_some(), found.and_then(|place| items.get(place)).map_or(wanted.mark(), V::mark))
        }
        (_, found) => V::number(found.map_or(-1.0, from_usize)),
    }
}

fn join(array: &ArrayCell, call: &Call<'_>) -> Res<V> {
    let separator = match call.arg(0) {
        V::Undefined => Text::plain(","),
        given => to_text(given, call.meter)?,
    };
    let mut buffer = TextBuffer::default();
    for (index, item) in array.to_vec().iter().enumerate() {
        let text = output_text(item, call.meter)?;
        let separator = if index > 0 { separator.as_str() } else { "" };
        call.meter.text(text.as_str().len() + separator.len())?;
        buffer.push_str(separator);
        buffer.push(&text);
        call.meter.scratch(buffer.len())?;
    }
    Ok(V::String(buffer.finish()))
}

/// Puts items into an array, unless the array would come to lie inside of itself.
fn put(array: &Rc<ArrayCell>, items: Vec<V>, added: &[V], meter: &Meter) -> Res<()> {
    if items.len() > MAX_ENTRIES {
        meter.entries(items.len())?;
    }
    meter.touch(items.len())?;
    check_cycle(array, added, meter)?;
    array.replace(items);
    Ok(())
}

fn check_cycle(array: &Rc<ArrayCell>, added: &[V], meter: &Meter) -> Res<()> {
    let mut pending: Vec<V> = added.to_vec();
    while let Some(value) = pending.pop() {
        meter.step()?;
        match value {
            V::Array(inner) if Rc::ptr_eq(&inner, array) => {
                return Err(Fault::type_error("an array cannot be put into itself"));
            }
            V::Array(inner) => pending.append(&mut inner.to_vec()),
            V::Record(record) => pending.extend(record.entries().into_iter().map(|(_, value)| value)),
            _ => {}
        }
    }
    Ok(())
}

/// Exactly one item.
fn append(array: &Rc<ArrayCell>, call: &Call<'_>) -> Res<V> {
    push(array, &Call { args: &[call.arg(0).clone()], ..*call })
}

fn push(array: &Rc<ArrayCell>, call: &Call<'_>) -> Res<V> {
    let count = array.len() + call.args.len();
    if count > MAX_ENTRIES {
        call.meter.entries(count)?;
    }
    check_cycle(array, call.args, call.meter)?;
    array.push(call.args);
    Ok(V::count(count))
}

/// Methods that add or take items at the beginning, and `pop` with a position.
fn first(array: &Rc<ArrayCell>, name: &str, call: &Call<'_>) -> Res<V> {
    let mut items = array.to_vec();
    let size = from_usize(items.len());
    if name == "unshift" {
        items.splice(0..0, call.args.iter().cloned());
        let count = V::count(items.len());
        put(array, items, call.args, call.meter)?;
        return Ok(count);
    }
    let place = if name == "pop" { call.integer_or(0, 0.0)? } else { 0.0 };
    let place = if place < 0.0 { size + place } else { place };
    if !(0.0..size).contains(&place) {
        return Ok(V::Undefined);
    }
    let taken = items.remove(to_usize(place));
    put(array, items, &[], call.meter)?;
    Ok(taken)
}

/// Methods that add or take items anywhere.
fn middle(array: &Rc<ArrayCell>, name: &str, call: &Call<'_>) -> Res<V> {
    let mut items = array.to_vec();
    let size = items.len();
    let (removed, added): (Vec<V>, &[V]) = match name {
        "insert" => {
            let place = relative(call.integer_or(0, 0.0)?, size);
            items.insert(place, call.arg(1).clone());
            (Vec::new(), call.args.get(1..).unwrap_or_default())
        }
        "remove" => match items.iter().position(|item| strict_equal(item, call.arg(0))) {
            Some(place) => (vec![items.remove(place)], &[]),
            None => (Vec::new(), &[]),
        },
        _ if call.meter.is_legacy() => {
            let start = relative(call.integer_or(0, 0.0)?, size);
            let count = match call.args.len() {
                0 => 0.0,
                1 => f64::INFINITY,
                _ => call.integer_or(1, 0.0)?.max(0.0),
            };
            let added = call.args.get(2..).unwrap_or_default();
            let end = start + to_usize(count).min(size - start);
            (items.splice(start..end, added.iter().cloned()).collect(), added)
        }
        _ if call.arg(0).is_undefined() => (Vec::new(), &[]),
        _ => {
            let start = relative(call.integer_or(0, 0.0)?, size);
            let count = to_usize(call.integer_or(1, f64::INFINITY)?.max(0.0)).min(size - start);
            // Without a count nothing is put in, whatever follows.
            let counted = !call.arg(1).is_undefined();
            let added = if counted { call.args.get(2..).unwrap_or_default() } else { &[] };
            (items.splice(start..start + count, added.iter().cloned()).collect(), added)
        }
    };
    put(array, items, added, call.meter)?;
    Ok(V::array(removed))
}

/// Methods that change all items and give the array back.
fn whole(array: &Rc<ArrayCell>, name: &str, call: &Call<'_>) -> Res<V> {
    let mut items = array.to_vec();
    let size = items.len();
    let mut added: &[V] = &[];
    match name {
        "sort" if !call.arg(0).is_undefined() => {
            return Err(Fault::type_error("arrays are sorted by their texts; a comparison cannot be given"));
        }
        "sort" => items = sorted(items, call.meter)?,
        "reverse" => items.reverse(),
        "fill" => {
            let start = relative(call.integer_or(1, 0.0)?, size);
            let end = relative(call.integer_or(2, from_usize(size))?, size);
            for item in items.iter_mut().take(end).skip(start) {
                *item = call.arg(0).clone();
            }
            added = call.args.get(..1).unwrap_or_default();
        }
        "copyWithin" => {
            let target = relative(call.integer_or(0, 0.0)?, size);
            let start = relative(call.integer_or(1, 0.0)?, size);
            let end = relative(call.integer_or(2, from_usize(size))?, size);
            let copied: Vec<V> = items.iter().take(end).skip(start).cloned().collect();
            for (item, copy) in items.iter_mut().skip(target).zip(copied) {
                *item = copy;
            }
        }
        _ => return Ok(V::Undefined),
    }
    put(array, items, added, call.meter)?;
    Ok(V::Array(array.clone()))
}

/// By their texts; undefined items come last.
fn sorted(items: Vec<V>, meter: &Meter) -> Res<Vec<V>> {
    let (mut last, rest): (Vec<V>, Vec<V>) = items.into_iter().partition(V::is_undefined);
    let mut keyed = Vec::with_capacity(rest.len());
    for item in rest {
        let key = to_text(&item, meter)?;
        meter.text(key.as_str().len())?;
        keyed.push((key, item));
    }
    meter.work(keyed.len())?;
    merge_sort(&mut keyed, &mut |left: &(Text, V), right: &(Text, V)| {
        utf16::compare(left.0.as_str(), right.0.as_str())
    });
    let mut sorted: Vec<V> = keyed.into_iter().map(|(_, item)| item).collect();
    sorted.append(&mut last);
    Ok(sorted)
}
