//! Numbers as JavaScript prints and reads them.
//!
//! Printing gives the shortest digits that read back to the same double. Reading knows the three
//! ways of the language: the whole string (`Number`), its beginning as a decimal (`parseFloat`),
//! and its beginning as an integer of some base (`parseInt`).

mod digits;

pub(crate) use digits::{to_exponential, to_fixed, to_precision, to_radix};

use crate::utf16::is_space;

/// The largest integer up to which doubles hold every integer.
pub(crate) const MAX_SAFE: f64 = 9_007_199_254_740_991.0;

/// The integer that a double holds exactly, if it does.
#[expect(clippy::cast_possible_truncation, reason = "the value is an integer within 53 bits")]
pub(crate) fn as_safe_integer(number: f64) -> Option<i64> {
    (number.trunc() == number && number.abs() <= MAX_SAFE).then_some(number as i64)
}

/// A double as a count or position: NaN and negatives are 0, too large is the largest.
#[expect(clippy::cast_possible_truncation, reason = "the cast saturates, which is what is wanted")]
pub(crate) fn to_usize(number: f64) -> usize {
    number as usize
}

/// A position in a sequence of this length, as `slice` and its kin resolve one: negative counts
/// from the end, and the result lies within the sequence.
pub(crate) fn relative(number: f64, length: usize) -> usize {
    let size = from_usize(length);
    let place = if number < 0.0 { (size + number).max(0.0) } else { number.min(size) };
    to_usize(place)
}

/// A count as a double.
pub(crate) fn from_usize(count: usize) -> f64 {
    count as f64
}

/// `ToInteger`: NaN is 0, fractions are cut off.
pub(crate) fn to_integer(number: f64) -> f64 {
    if number.is_nan() { 0.0 } else { number.trunc() + 0.0 }
}

/// `ToUint32`.
#[expect(clippy::cast_possible_truncation, reason = "the value was reduced to 32 bits")]
pub(crate) fn to_uint32(number: f64) -> u32 {
    if number.is_finite() { number.trunc().rem_euclid(4_294_967_296.0) as u32 } else { 0 }
}

/// `Math.round`: halves go up.
pub(crate) fn round_half_up(number: f64) -> f64 {
    let below = number.floor();
    if number - below >= 0.5 { below + 1.0 } else { below }
}

/// The shortest form, as `String(number)` gives it.
pub(crate) fn to_string(number: f64) -> String {
    if let Some(integer) = as_safe_integer(number) {
        return integer.to_string();
    }
    if number.is_nan() {
        return "NaN".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    let sign = if number < 0.0 { "-" } else { "" };
    let (digits, exponent) = shortest(number.abs());
    format!("{sign}{}", place_point(&digits, exponent))
}

/// The shortest significant digits of a positive finite number, and the power of ten of the first.
fn shortest(number: f64) -> (String, i32) {
    let scientific = format!("{number:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    (mantissa.replace('.', ""), exponent.parse().unwrap_or(0))
}

fn place_point(digits: &str, exponent: i32) -> String {
    let point = exponent + 1;
    let count = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    if (1..=21).contains(&point) {
        if count <= point {
            return format!("{digits}{}", zeros(point - count));
        }
        let (whole, fraction) = digits.split_at(usize::try_from(point).unwrap_or(0));
        return format!("{whole}.{fraction}");
    }
    if (-5..=0).contains(&point) {
        return format!("0.{}{digits}", zeros(-point));
    }
    scientific(digits, exponent)
}

/// `d.ddde±x`.
fn scientific(digits: &str, exponent: i32) -> String {
    let sign = if exponent < 0 { '-' } else { '+' };
    let (first, rest) = digits.split_at(digits.len().min(1));
    let point = if rest.is_empty() { "" } else { "." };
    format!("{first}{point}{rest}e{sign}{}", exponent.abs())
}

fn zeros(count: i32) -> String {
    "0".repeat(usize::try_from(count).unwrap_or(0))
}

/// `Number(text)`: the whole text or NaN; the empty text is 0.
pub(crate) fn parse(text: &str) -> f64 {
    let text = text.trim_matches(is_space);
    if text.is_empty() {
        return 0.0;
    }
    for (prefixes, base) in [(["0x", "0X"], 16), (["0o", "0O"], 8), (["0b", "0B"], 2)] {
        if let Some(digits) = prefixes.iter().find_map(|prefix| text.strip_prefix(prefix)) {
            let all = !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(base));
            return if all { accumulate(digits, base) } else { f64::NAN };
        }
    }
    match decimal_prefix(text) {
        Some((number, length)) if length == text.len() => number,
        _ => f64::NAN,
    }
}

/// `parseFloat(text)`.
pub(crate) fn parse_float(text: &str) -> f64 {
    decimal_prefix(text.trim_start_matches(is_space)).map_or(f64::NAN, |(number, _)| number)
}

/// `parseInt(text, base)`; base 0 is 10, or 16 after `0x`.
pub(crate) fn parse_int(text: &str, base: f64) -> f64 {
    let text = text.trim_start_matches(is_space);
    let (sign, text) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    let wanted = to_uint32(base);
    if wanted != 0 && !(2..=36).contains(&wanted) {
        return f64::NAN;
    }
    let hex = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    let (base, text) = match hex {
        Some(rest) if wanted == 0 || wanted == 16 => (16, rest),
        _ => (if wanted == 0 { 10 } else { wanted }, text),
    };
    let end = text.find(|digit: char| !digit.is_digit(base)).unwrap_or(text.len());
    let (digits, _) = text.split_at(end);
    if digits.is_empty() {
        return f64::NAN;
    }
    sign * accumulate(digits, base)
}

/// What digits come to. Beyond 53 bits the originals' engine is exact for ten and powers of two; otherwise it adds up
/// groups of digits, and every group rounds.
fn accumulate(digits: &str, base: u32) -> f64 {
    /// A group ends before its weight exceeds this.
    const HEAVIEST: u32 = u32::MAX / 36;
    if base == 10 {
        return digits.parse().unwrap_or(f64::NAN);
    }
    let values = digits.chars().filter_map(|digit| digit.to_digit(base));
    if base.is_power_of_two() {
        return accumulate_bits(values, base);
    }
    let (mut total, mut group, mut weight) = (0.0, 0_u32, 1_u32);
    for digit in values {
        if weight * base > HEAVIEST {
            total = total * f64::from(weight) + f64::from(group);
            (group, weight) = (0, 1);
        }
        group = group * base + digit;
        weight *= base;
    }
    total * f64::from(weight) + f64::from(group)
}

/// Digits of a power of two, rounded once at the end.
fn accumulate_bits(values: impl Iterator<Item = u32>, base: u32) -> f64 {
    let (mut first, mut scale) = (0_u64, 1.0);
    for digit in values {
        if first >> 58 == 0 {
            first = (first << base.trailing_zeros()) | u64::from(digit);
        } else {
            // What is cut off can only decide whether the rest is a half or more.
            first |= u64::from(digit != 0);
            scale *= f64::from(base);
        }
    }
    nearest(first) * scale
}

/// The number of 64 bits that is nearest.
fn nearest(bits: u64) -> f64 {
    bits.to_string().parse().unwrap_or(f64::NAN)
}

/// The longest decimal literal at the beginning of the text, and its length in bytes.
fn decimal_prefix(text: &str) -> Option<(f64, usize)> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let sign_length = text.len() - unsigned.len();
    if unsigned.starts_with("Infinity") {
        let infinity = if text.starts_with('-') { f64::NEG_INFINITY } else { f64::INFINITY };
        return Some((infinity, sign_length + "Infinity".len()));
    }
    let bytes = unsigned.as_bytes();
    let digits_from = |start: usize| {
        bytes.get(start..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_digit()).count()
    };
    let whole = digits_from(0);
    let mut end = whole;
    let mut fraction = 0;
    if bytes.get(end) == Some(&b'.') {
        fraction = digits_from(end + 1);
        if whole > 0 || fraction > 0 {
            end += 1 + fraction;
        }
    }
    if whole == 0 && fraction == 0 {
        return None;
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let exponent = digits_from(end + 1 + sign);
        if exponent > 0 {
            end += 1 + sign + exponent;
        }
    }
    let length = sign_length + end;
    let number = text.get(..length)?.parse().ok()?;
    Some((number, length))
}
