//! Methods of strings.

use super::Call;
use crate::error::{Fault, Res};
use crate::number::{from_usize, relative, to_uint32, to_usize};
use crate::regex::{Match, expand};
use crate::runtime::{V, plain_number, to_text};
use crate::text::Text;
use crate::utf16::{self, is_space};

pub(super) fn call(text: &Text, name: &str, call: &Call<'_>) -> Res<V> {
    let chars = text.as_str();
    call.meter.text(chars.len())?;
    Ok(match name {
        "charAt" => {
            let place = call.integer_or(0, 0.0)?;
            let unit = (place >= 0.0).then(|| utf16::char_at(chars, to_usize(place))).flatten();
            V::string(unit.unwrap_or_default().as_ref())
        }
        "charCodeAt" => {
            let place = call.integer_or(0, 0.0)?;
            let unit = (place >= 0.0).then(|| utf16::unit_at(chars, to_usize(place))).flatten();
            V::number(unit.map_or(f64::NAN, f64::from))
        }
        "concat" => return concat(chars, call),
        "includes" | "startsWith" | "endsWith" | "indexOf" | "lastIndexOf" => {
            return search(chars, name, call);
        }
        "replace" => return replace(chars, call),
        "slice" | "substring" => return part(chars, name == "slice", call),
        "split" => return split(text, call),
        "toLowerCase" => V::string(chars.to_lowercase()),
        "toUpperCase" => V::string(chars.to_uppercase()),
        "trim" => V::string(chars.trim_matches(is_space)),
        "trimStart" => V::string(chars.trim_start_matches(is_space)),
        "trimEnd" => V::string(chars.trim_end_matches(is_space)),
        _ => V::Undefined,
    })
}

fn concat(chars: &str, call: &Call<'_>) -> Res<V> {
    let mut out = chars.to_owned();
    let mut mark = crate::text::Mark::PLAIN;
    for arg in call.args {
        let text = to_text(arg, call.meter)?;
        call.meter.text(text.as_str().len())?;
        mark |= text.mark();
        out.push_str(text.as_str());
        call.meter.scratch(out.len())?;
    }
    Ok(V::String(Text::marked(out, mark)))
}

fn search(chars: &str, name: &str, call: &Call<'_>) -> Res<V> {
    let asks = matches!(name, "includes" | "startsWith" | "endsWith");
    if asks && call.meter.is_legacy() && matches!(call.arg(0), V::Regex(_)) {
        return Err(Fault::type_error("a regular expression cannot be looked for; use its `test`"));
    }
    let needle = call.text(0)?;
    let size = utf16::len(chars);
    let from = |default: f64| -> Res<usize> {
        Ok(to_usize(call.integer_or(1, default)?.clamp(0.0, from_usize(size))))
    };
    let place = |found: Option<usize>| V::number(found.map_or(-1.0, from_usize));
    Ok(match name {
        "includes" => V::bool(utf16::find(chars, &needle, from(0.0)?).is_some()),
        "indexOf" => place(utf16::find(chars, &needle, from(0.0)?)),
        "startsWith" => {
            let start = from(0.0)?;
            V::bool(utf16::slice(chars, start, size).starts_with(needle.as_str()))
        }
        "endsWith" => V::bool(utf16::slice(chars, 0, from(from_usize(size))?).ends_with(needle.as_str())),
        _ => {
            let until = match call.arg(1) {
                V::Undefined => f64::NAN,
                given => plain_number(given, call.meter)?,
            };
            let until = if until.is_nan() { size } else { to_usize(until.clamp(0.0, from_usize(size))) };
            place(utf16::rfind(chars, &needle, until))
        }
    })
}

/// `slice`, whose positions may count from the end, and `substring`, whose positions may be
/// swapped.
fn part(chars: &str, from_end: bool, call: &Call<'_>) -> Res<V> {
    let size = utf16::len(chars);
    let start = call.integer_or(0, 0.0)?;
    let end = call.integer_or(1, from_usize(size))?;
    let (start, end) = if from_end {
        (relative(start, size), relative(end, size))
    } else {
        let (start, end) = (relative(start.max(0.0), size), relative(end.max(0.0), size));
        (start.min(end), start.max(end))
    };
    Ok(V::string(utf16::slice(chars, start, end).as_ref()))
}

/// Replaces the first occurrence, or with a regular expression what its flags say.
fn replace(chars: &str, call: &Call<'_>) -> Res<V> {
    let with = call.text(1)?;
    let references = with.matches('$').count();
    let each = with.len().saturating_add(references.saturating_mul(chars.len()));
    if let V::Regex(cell) = call.arg(0) {
        call.meter.scratch(chars.len().saturating_add((chars.len() + 1).saturating_mul(each)))?;
        let (replaced, last) = cell.regex.replace(chars, &with, cell.last.get());
        cell.last.set(last);
        call.meter.text(replaced.len())?;
        return Ok(V::string(replaced));
    }
    call.meter.text(chars.len().saturating_add(each))?;
    let needle = call.text(0)?;
    let Some(start) = chars.find(&needle) else { return Ok(V::string(chars)) };
    let mut out = chars.get(..start).unwrap_or_default().to_owned();
    expand(&with, &Match::plain(chars, start, needle.len()), &mut out);
    out.push_str(chars.get(start + needle.len()..).unwrap_or_default());
    Ok(V::string(out))
}

fn split(text: &Text, call: &Call<'_>) -> Res<V> {
    let chars = text.as_str();
    let limit = match call.arg(1) {
        V::Undefined => usize::MAX,
        given => usize::try_from(to_uint32(plain_number(given, call.meter)?)).unwrap_or(usize::MAX),
    };
    let pieces: Vec<V> = match call.arg(0) {
        V::Undefined => [V::string(chars)].into_iter().take(limit).collect(),
        V::Regex(cell) => {
            call.meter.entries(cell.regex.count_pieces(chars).min(limit))?;
            let pieces = cell.regex.split(chars, limit).into_iter();
            pieces.map(|piece| piece.map_or(V::Undefined, V::string)).collect()
        }
        _ => {
            let separator = call.text(0)?;
            if separator.is_empty() {
                call.meter.entries(utf16::len(chars).min(limit))?;
                utf16::units(chars).take(limit).map(V::string).collect()
            } else {
                call.meter.entries((chars.matches(&separator).count() + 1).min(limit))?;
                chars.split(&separator).take(limit).map(V::string).collect()
            }
        }
    };
    if pieces.len() > crate::budget::MAX_ENTRIES {
        return Err(Fault::type_error("there are too many pieces"));
    }
    Ok(V::array(pieces))
}
