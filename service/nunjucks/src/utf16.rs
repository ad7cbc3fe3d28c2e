//! Strings as JavaScript counts them: in UTF-16 code units.
//!
//! Positions here are code units unless a name says bytes. The one limit: a string of ours cannot
//! hold half of a surrogate pair, so an operation that cuts a character outside the basic plane
//! in two leaves U+FFFD in place of each half.

use std::borrow::Cow;
use std::cmp::Ordering;

const HALF: char = char::REPLACEMENT_CHARACTER;

/// What `\s` and `trim` take for white space.
pub(crate) fn is_space(char: char) -> bool {
    matches!(
        char,
        '\t' | '\n' | '\u{b}' | '\u{c}' | '\r' | ' ' | '\u{a0}' | '\u{1680}' | '\u{2000}'
            ..='\u{200a}' | '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}' | '\u{feff}'
    )
}

/// How many code units the string has.
pub(crate) fn len(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().map(char::len_utf16).sum() }
}

/// The code unit at a position.
pub(crate) fn unit_at(text: &str, place: usize) -> Option<u16> {
    if text.is_ascii() {
        return text.as_bytes().get(place).map(|byte| u16::from(*byte));
    }
    text.encode_utf16().nth(place)
}

/// The code unit at a position, as a string.
pub(crate) fn char_at(text: &str, place: usize) -> Option<Cow<'_, str>> {
    let piece = slice(text, place, place.saturating_add(1));
    (!piece.is_empty()).then_some(piece)
}

/// The code units from `start` up to `end`.
pub(crate) fn slice(text: &str, start: usize, end: usize) -> Cow<'_, str> {
    if start >= end {
        return Cow::Borrowed("");
    }
    if text.is_ascii() {
        let end = end.min(text.len());
        return Cow::Borrowed(text.get(start.min(end)..end).unwrap_or_default());
    }
    let mut from = None;
    let mut to = text.len();
    let mut broken = false;
    let mut unit = 0;
    for (byte, char) in text.char_indices() {
        let next = unit + char.len_utf16();
        if next > start && from.is_none() {
            from = Some(byte);
            broken |= unit < start;
        }
        if next > end {
            broken |= unit < end;
            to = if unit < end { byte + char.len_utf8() } else { byte };
            break;
        }
        unit = next;
    }
    let Some(from) = from else { return Cow::Borrowed("") };
    let whole = text.get(from..to.max(from)).unwrap_or_default();
    if broken { Cow::Owned(cut(text, start, end)) } else { Cow::Borrowed(whole) }
}

fn cut(text: &str, start: usize, end: usize) -> String {
    let mut piece = String::new();
    let mut unit = 0;
    for char in text.chars() {
        let next = unit + char.len_utf16();
        let inside = next.min(end).saturating_sub(unit.max(start));
        if inside == char.len_utf16() {
            piece.push(char);
        } else if inside > 0 {
            piece.push(HALF);
        }
        unit = next;
    }
    piece
}

/// Every code unit as a string of its own.
pub(crate) fn units(text: &str) -> impl Iterator<Item = String> + '_ {
    text.chars()
        .flat_map(|char| match char.len_utf16() {
            1 => [Some(char.to_string()), None],
            _ => [Some(HALF.to_string()), Some(HALF.to_string())],
        })
        .flatten()
}

/// The byte where a code unit begins; inside a pair, where the next character begins.
pub(crate) fn byte_of(text: &str, place: usize) -> usize {
    if text.is_ascii() {
        return place.min(text.len());
    }
    let mut unit = 0;
    for (byte, char) in text.char_indices() {
        if unit >= place {
            return byte;
        }
        unit += char.len_utf16();
    }
    text.len()
}

/// How many code units lie before a byte.
pub(crate) fn unit_of(text: &str, byte: usize) -> usize {
    len(text.get(..byte).unwrap_or(text))
}

/// The first position at or after `from` where the needle stands.
pub(crate) fn find(text: &str, needle: &str, from: usize) -> Option<usize> {
    let start = byte_of(text, from);
    let found = text.get(start..)?.find(needle)?;
    Some(unit_of(text, start + found))
}

/// The last position at or before `until` where the needle stands.
pub(crate) fn rfind(text: &str, needle: &str, until: usize) -> Option<usize> {
    let mut end = byte_of(text, until).saturating_add(needle.len()).min(text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    let found = text.get(..end)?.rfind(needle)?;
    let place = unit_of(text, found);
    if place <= until {
        Some(place)
    } else {
        text.get(..found)?.rfind(needle).map(|byte| unit_of(text, byte))
    }
}

/// The order of code units, which differs from that of characters beyond the basic plane.
pub(crate) fn compare(left: &str, right: &str) -> Ordering {
    if left.is_ascii() && right.is_ascii() {
        left.cmp(right)
    } else {
        left.encode_utf16().cmp(right.encode_utf16())
    }
}
