//! `replace` and `urlencode`.

use super::Call;
use crate::error::{Fault, Res};
use crate::number::to_usize;
use crate::runtime::{V, output_text, plain_number, to_text};
use crate::text::{Mark, Text};
use crate::utf16;

/// All occurrences, or so many; an empty needle stands between all code units.
pub(super) fn replace(call: &Call<'_>) -> Res<V> {
    let with = call.arg(1);
    if let V::Regex(cell) = call.arg(0) {
        let Some(text) = call.input.as_text() else {
            return Err(Fault::type_error(format!("a string is needed, not {}", call.input.kind())));
        };
        let with = to_text(with, call.meter)?;
        bound_replacement(text, with.as_str(), usize::MAX, call)?;
        let (replaced, _) = cell.regex.replace(text.as_str(), with.as_str(), 0);
        call.meter.text(replaced.len())?;
        return Ok(V::String(Text::marked(replaced, text.mark() | with.mark())));
    }
    if !matches!(call.arg(0), V::String(_) | V::Number(..)) {
        return Ok(call.input.clone());
    }
    let input = match call.input {
        V::Number(..) => V::String(output_text(call.input, call.meter)?),
        other => other.clone(),
    };
    let Some(text) = input.as_text() else { return Ok(input) };
    let needle = call.arg_text(0)?;
    if needle.is_empty() {
        return between(call, text, with);
    }
    let most = match call.arg(2) {
        V::Undefined => usize::MAX,
        V::Number(number, _) if *number == 0.0 => 0,
        V::Number(number, _) if *number == -1.0 => usize::MAX,
        given => to_usize(plain_number(given, call.meter)?.ceil()),
    };
    let fixed = matches!(call.arg(2), V::Number(number, _) if *number == 0.0);
    if fixed || !text.as_str().contains(needle.as_str()) {
        return Ok(input);
    }
    let with = to_text(with, call.meter)?;
    let count = text.as_str().matches(needle.as_str()).take(most).count();
    bound_replacement(text, with.as_str(), count, call)?;
    let replaced = text.as_str().replacen(needle.as_str(), with.as_str(), most);
    call.like_input(replaced)
}

/// Refuses a replacement that would grow over the budget before it is made.
fn bound_replacement(text: &Text, with: &str, count: usize, call: &Call<'_>) -> Res<()> {
    let count = count.min(text.as_str().len() + 1);
    let references = with.matches('$').count();
    let each = with.len().saturating_add(references.saturating_mul(text.as_str().len()));
    call.meter.scratch(text.as_str().len().saturating_add(count.saturating_mul(each)))
}

fn between(call: &Call<'_>, text: &Text, with: &V) -> Res<V> {
    let edge = to_text(with, call.meter)?;
    let separator = if with.is_undefined() { "," } else { edge.as_str() };
    let units = utf16::len(text.as_str());
    call.meter.work(units)?;
    call.meter.text(text.as_str().len().saturating_add((units + 1).saturating_mul(edge.as_str().len())))?;
    let joined = utf16::units(text.as_str()).collect::<Vec<_>>().join(separator);
    call.like_input(format!("{}{joined}{}", edge.as_str(), edge.as_str()))
}

/// `encodeURIComponent` of a string; a query of an object or of pairs.
pub(super) fn urlencode(call: &Call<'_>) -> Res<V> {
    let object = call.meter.is_legacy() && matches!(call.input, V::Safe(_));
    if let Some(text) = call.input.as_text().filter(|_| !object) {
        return Ok(V::String(Text::marked(encode(text.as_str()), text.mark())));
    }
    let mut pieces = Vec::new();
    let mut mark = Mark::PLAIN;
    let mut pair = |key: &V, value: &V| -> Res<()> {
        let (key, value) = (to_text(key, call.meter)?, to_text(value, call.meter)?);
        mark |= key.mark() | value.mark();
        call.meter.text((key.as_str().len() + value.as_str().len()).saturating_mul(3))?;
        pieces.push(format!("{}={}", encode(key.as_str()), encode(value.as_str())));
        Ok(())
    };
    match call.input {
        V::Safe(text) => {
            for (key, value) in super::json::safe_members(text) {
                pair(&V::String(key), &value)?;
            }
        }
        V::Record(record) => {
            for (key, value) in record.entries() {
                pair(&V::String(key), &value)?;
            }
        }
        V::Array(array) => {
            for item in array.to_vec() {
                if item.is_nullish() {
                    return Err(Fault::type_error("an item is nothing; each must be a pair"));
                }
                let part = |name| crate::eval::own_property(&item, name).unwrap_or(V::Undefined);
                pair(&part("0"), &part("1"))?;
            }
        }
        _ => {}
    }
    Ok(V::String(Text::marked(pieces.join("&"), mark)))
}

fn encode(text: &str) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte) {
            out.push(char::from(byte));
            continue;
        }
        out.push('%');
        for digit in [byte >> 4, byte & 15] {
            out.push(char::from(HEX.get(usize::from(digit)).copied().unwrap_or(b'0')));
        }
    }
    out
}
