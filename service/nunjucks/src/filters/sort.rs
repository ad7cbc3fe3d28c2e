//! Filters that order and group.

use super::Call;
use super::sequence::{attribute, items_or_indexed, require_value};
use crate::error::{Fault, Res};
use crate::eval::own_property;
use crate::runtime::{Record, V, order, strict_equal, to_text};
use crate::text::Text;
use crate::value::JsMap;
use std::cmp::Ordering;
use std::rc::Rc;

/// A way to an attribute: its names, from the outside in.
fn path(call: &Call<'_>, value: &V) -> Res<Vec<String>> {
    if !value.truthy() {
        return Ok(Vec::new());
    }
    let text = to_text(value, call.meter)?;
    let names: Vec<String> = match value {
        V::String(text) => text.as_str().split('.').map(str::to_owned).collect(),
        _ => vec![text.into_string()],
    };
    if names.iter().any(|name| crate::parser::is_reserved(name)) {
        return Err(Fault::type_error("the name of the attribute is reserved"));
    }
    Ok(names)
}

fn follow(value: &V, path: &[String]) -> Res<V> {
    let mut current = value.clone();
    for name in path {
        if current.is_nullish() {
            return attribute(&current, name);
        }
        match own_property(&current, name) {
            Some(inner) => current = inner,
            None => return Ok(V::Undefined),
        }
    }
    Ok(current)
}

/// Sorts by keys that were computed once; the order of equals is kept.
fn sort_by_keys<K: Clone>(
    keyed: Vec<(K, V)>,
    call: &Call<'_>,
    mut compare: impl FnMut(&K, &K) -> Res<Ordering>,
) -> Res<Vec<V>> {
    let mut failure = None;
    let mut keyed = keyed;
    merge_sort(&mut keyed, &mut |left: &(K, V), right: &(K, V)| {
        if failure.is_some() {
            return Ordering::Equal;
        }
        let answer = call.meter.step().and_then(|()| compare(&left.0, &right.0));
        answer.unwrap_or_else(|fault| {
            failure = Some(fault);
            Ordering::Equal
        })
    });
    match failure {
        Some(fault) => Err(fault),
        None => Ok(keyed.into_iter().map(|(_, value)| value).collect()),
    }
}

/// A stable sort that bears comparisons without sense, such as those of NaN: up to 63 items are sorted exactly as
/// V8 does it, more by merging.
pub(crate) fn merge_sort<T: Clone>(items: &mut Vec<T>, compare: &mut impl FnMut(&T, &T) -> Ordering) {
    if items.len() < 64 {
        insertion_sort(items, compare);
        return;
    }
    let mut right = items.split_off(items.len() / 2);
    merge_sort(items, compare);
    merge_sort(&mut right, compare);
    let mut merged = Vec::with_capacity(items.len() + right.len());
    let mut left = items.drain(..).peekable();
    let mut right = right.into_iter().peekable();
    while let (Some(first), Some(second)) = (left.peek(), right.peek()) {
        let from_right = compare(second, first) == Ordering::Less;
        merged.extend(if from_right { right.next() } else { left.next() });
    }
    merged.extend(left);
    merged.extend(right);
    *items = merged;
}

/// Takes the run at the beginning, rising or falling, as it is, and inserts the rest into it by bisection.
fn insertion_sort<T: Clone>(items: &mut Vec<T>, compare: &mut impl FnMut(&T, &T) -> Ordering) {
    let run = run_length(items, compare);
    let rest = items.split_off(run);
    for item in rest {
        let (mut low, mut high) = (0, items.len());
        while low < high {
            let middle = low + (high - low) / 2;
            let before = items.get(middle).is_some_and(|other| compare(&item, other) == Ordering::Less);
            if before {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        items.insert(low, item);
    }
}

/// How long the run at the beginning is; one that falls is turned round.
fn run_length<T>(items: &mut [T], compare: &mut impl FnMut(&T, &T) -> Ordering) -> usize {
    let falls = match items {
        [first, second, ..] => compare(second, first) == Ordering::Less,
        _ => return items.len(),
    };
    let goes_on = |pair: &[T]| match pair {
        [before, next] => (compare(next, before) == Ordering::Less) == falls,
        _ => false,
    };
    let length = 2 + items.windows(2).skip(1).map(goes_on).take_while(|goes_on| *goes_on).count();
    if falls && let Some(run) = items.get_mut(..length) {
        run.reverse();
    }
    length
}

pub(super) fn sort(call: &Call<'_>) -> Res<V> {
    let Some(values) = items_or_indexed(call)? else { return Ok(V::array(Vec::new())) };
    let descending = call.arg(0).truthy();
    let exact = call.arg(1).truthy();
    let path = path(call, call.arg(2))?;
    // JavaScript leaves undefined items at the end without comparing them, and a single item alone.
    let (mut last, rest): (Vec<V>, Vec<V>) = values.into_iter().partition(V::is_undefined);
    if rest.len() < 2 {
        return Ok(V::array(rest.into_iter().chain(last).collect()));
    }
    let key = |value: V| {
        let key = follow(&value, &path)?;
        let lower = match key.as_text() {
            Some(text) if !exact => {
                call.meter.text(text.as_str().len())?;
                Some(V::string(text.as_str().to_lowercase()))
            }
            _ => None,
        };
        Ok(((key, lower), value))
    };
    let keyed = rest.into_iter().map(key).collect::<Res<Vec<_>>>()?;
    let mut sorted = sort_by_keys(keyed, call, |left, right| {
        // Case is set aside only between two strings.
        let (left, right) = match (left, right) {
            ((_, Some(left)), (_, Some(right))) => (left, right),
            ((left, _), (right, _)) => (left, right),
        };
        let answer = order(left, right, call.meter)?.0.unwrap_or(Ordering::Equal);
        Ok(if descending { answer.reverse() } else { answer })
    })?;
    sorted.append(&mut last);
    Ok(V::array(sorted))
}

pub(super) fn dictsort(call: &Call<'_>) -> Res<V> {
    if call.meter.is_legacy() && matches!(call.input, V::Safe(_)) {
        let message = "the members of safe text are functions, and a function is no value";
        return Err(Fault::type_error(message));
    }
    let V::Record(record) = call.input else {
        return Err(Fault::type_error(format!("an object is needed, not {}", call.input.kind())));
    };
    let exact = call.arg(0).truthy();
    let by_value = match call.arg(1) {
        V::Undefined => false,
        V::String(text) if *text == "key" => false,
        V::String(text) if *text == "value" => true,
        _ => return Err(Fault::type_error("the second argument must be `key` or `value`")),
    };
    call.meter.entries(record.len())?;
    let keyed = record
        .entries()
        .into_iter()
        .map(|(name, value)| {
            let key = if by_value { value.clone() } else { V::String(name.clone()) };
            let key = match key.as_text() {
                Some(text) if !exact => V::String(Text::plain(text.as_str().to_uppercase())),
                _ => key,
            };
            (key, V::array(vec![V::String(name), value]))
        })
        .collect();
    // Whatever is neither greater nor the same counts as smaller, as in the original.
    let sorted = sort_by_keys(keyed, call, |left, right| {
        Ok(match order(left, right, call.meter)?.0 {
            Some(Ordering::Greater) => Ordering::Greater,
            _ if strict_equal(left, right) => Ordering::Equal,
            _ => Ordering::Less,
        })
    })?;
    Ok(V::array(sorted))
}

pub(super) fn groupby(call: &Call<'_>) -> Res<V> {
    require_value(call)?;
    let Some(values) = items_or_indexed(call)? else {
        return Ok(V::Record(Rc::new(Record::made(JsMap::with_capacity(0)))));
    };
    let path = path(call, call.arg(0))?;
    let mut groups: Vec<(Text, Vec<V>)> = Vec::new();
    let mut places: std::collections::HashMap<Text, usize> = std::collections::HashMap::new();
    for value in values {
        let key = to_text(&follow(&value, &path)?, call.meter)?;
        if crate::parser::is_reserved(key.as_str()) {
            return Err(Fault::type_error("the name of a group is reserved"));
        }
        let place = *places.entry(key.clone()).or_insert(groups.len());
        match groups.get_mut(place) {
            Some((known, group)) => {
                *known = known.clone().and_mark(key.mark());
                group.push(value);
            }
            None => groups.push((key, vec![value])),
        }
    }
    let map: JsMap<V> = groups.into_iter().map(|(key, group)| (key, V::array(group))).collect();
    Ok(V::Record(Rc::new(Record::made(map))))
}
