//! Methods that only the legacy dialect has: those of JavaScript's strings that templates are known to use.
//!
//! What takes a function, a locale or a table of Unicode is left out.

use super::Call;
use crate::error::{Fault, Res};
use crate::number::{from_usize, to_integer, to_usize};
use crate::regex::{JsRegex, Match, expand};
use crate::runtime::{V, plain_number};
use crate::utf16;

/// Methods of strings.
pub(crate) const STRING: [&str; 11] = [
    "at",
    "codePointAt",
    "match",
    "padEnd",
    "padStart",
    "repeat",
    "replaceAll",
    "search",
    "substr",
    "toString",
    "valueOf",
];
/// Methods of numbers and booleans.
pub(crate) const SCALAR: [&str; 2] = ["toString", "valueOf"];

pub(super) fn string(chars: &str, name: &str, call: &Call<'_>) -> Res<V> {
    Ok(match name {
        "at" => {
            let place = call.integer_or(0, 0.0)?;
            let place = if place < 0.0 { from_usize(utf16::len(chars)) + place } else { place };
            let unit = (place >= 0.0).then(|| utf16::char_at(chars, to_usize(place))).flatten();
            unit.map_or(V::Undefined, |unit| V::string(unit.as_ref()))
        }
        "codePointAt" => code_point(chars, call.integer_or(0, 0.0)?),
        "padStart" | "padEnd" => return pad(chars, name == "padStart", call),
        "repeat" => return repeat(chars, call),
        "replaceAll" => return replace_all(chars, call),
        "substr" => return substr(chars, call),
        "match" | "search" => return find(chars, name, call),
        _ => V::string(chars),
    })
}

fn code_point(chars: &str, place: f64) -> V {
    let Some(unit) = (place >= 0.0).then(|| utf16::unit_at(chars, to_usize(place))).flatten() else {
        return V::Undefined;
    };
    let byte = utf16::byte_of(chars, to_usize(place));
    let whole = chars.get(byte..).and_then(|rest| rest.chars().next());
    let starts = !(0xdc00..0xe000).contains(&unit);
    let code = whole.filter(|_| starts).map_or(u32::from(unit), u32::from);
    V::number(f64::from(code))
}

fn pad(chars: &str, at_start: bool, call: &Call<'_>) -> Res<V> {
    let wanted = call.integer_or(0, 0.0)?;
    let filler = match call.arg(1) {
        V::Undefined => " ".to_owned(),
        _ => call.text(1)?,
    };
    let missing = wanted - from_usize(utf16::len(chars));
    if filler.is_empty() || missing <= 0.0 {
        return Ok(V::string(chars));
    }
    let missing = to_usize(missing);
    call.meter.text(chars.len().saturating_add(missing))?;
    let times = missing / utf16::len(&filler) + 1;
    call.meter.text(times.saturating_mul(filler.len()))?;
    let filled = filler.repeat(times);
    let padding = utf16::slice(&filled, 0, missing);
    Ok(V::string(if at_start { format!("{padding}{chars}") } else { format!("{chars}{padding}") }))
}

fn repeat(chars: &str, call: &Call<'_>) -> Res<V> {
    let times = call.integer_or(0, 0.0)?;
    if times < 0.0 || times.is_infinite() {
        return Err(Fault::type_error("the count must be 0 or more"));
    }
    let times = to_usize(times);
    call.meter.text(chars.len().saturating_mul(times))?;
    Ok(V::string(if chars.is_empty() { String::new() } else { chars.repeat(times) }))
}

fn replace_all(chars: &str, call: &Call<'_>) -> Res<V> {
    let with = call.text(1)?;
    if let V::Regex(cell) = call.arg(0) {
        if !cell.regex.global {
            return Err(Fault::type_error("the regular expression needs the flag `g`"));
        }
        let most = with.len().saturating_add(with.matches('$').count().saturating_mul(chars.len()));
        call.meter.scratch((chars.len() + 1).saturating_mul(most))?;
        let (replaced, last) = cell.regex.replace(chars, &with, cell.last.get());
        cell.last.set(last);
        call.meter.text(replaced.len())?;
        return Ok(V::string(replaced));
    }
    let needle = call.text(0)?;
    let mut out = String::new();
    let mut copied = 0;
    for (start, _) in chars.match_indices(&needle) {
        out.push_str(chars.get(copied..start).unwrap_or_default());
        expand(&with, &Match::plain(chars, start, needle.len()), &mut out);
        call.meter.text(with.len())?;
        call.meter.scratch(out.len())?;
        copied = start + needle.len();
    }
    out.push_str(chars.get(copied..).unwrap_or_default());
    Ok(V::string(out))
}

fn substr(chars: &str, call: &Call<'_>) -> Res<V> {
    let size = from_usize(utf16::len(chars));
    let start = call.integer_or(0, 0.0)?;
    let start = if start < 0.0 { (size + start).max(0.0) } else { start.min(size) };
    let length = match call.arg(1) {
        V::Undefined => size,
        given => to_integer(plain_number(given, call.meter)?),
    };
    let end = (start + length.max(0.0)).min(size);
    Ok(V::string(utf16::slice(chars, to_usize(start), to_usize(end)).as_ref()))
}

/// `match` and `search`; a string is taken for a pattern.
fn find(chars: &str, name: &str, call: &Call<'_>) -> Res<V> {
    let made;
    let regex = match call.arg(0) {
        V::Regex(cell) => &*cell.regex,
        V::Undefined => {
            made = JsRegex::new("", "").map_err(Fault::type_error)?;
            &made
        }
        _ => {
            made = JsRegex::new(&call.text(0)?, "").map_err(Fault::type_error)?;
            &made
        }
    };
    if name == "search" {
        let place = regex.find(chars).map_or(-1.0, |byte| from_usize(utf16::unit_of(chars, byte)));
        return Ok(V::number(place));
    }
    call.meter.entries(regex.count_pieces(chars))?;
    let found = if regex.global {
        regex.find_all(chars).into_iter().map(V::string).collect()
    } else {
        let groups = regex.groups(chars).into_iter();
        groups.map(|group| group.map_or(V::Undefined, V::string)).collect::<Vec<_>>()
    };
    Ok(if found.is_empty() { V::Null } else { V::array(found) })
}
