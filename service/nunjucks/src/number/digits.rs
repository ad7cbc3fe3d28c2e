//! Numbers with a chosen count of digits, or in another base.
//!
//! `toFixed`, `toExponential` and `toPrecision` round the exact binary value, halves away from
//! zero. Arguments out of range answer nothing; the caller reports it.

use super::{MAX_SAFE, scientific, shortest, to_string, zeros};

/// The most digits that may be asked for.
const MOST: f64 = 100.0;
/// Enough fractional digits to write any double exactly.
const EXACT: usize = 1074;

/// A positive number as decimal digits: value = 0.d₁d₂… × 10^point.
struct Decimal {
    digits: Vec<u8>,
    point: i32,
}

impl Decimal {
    fn exact(number: f64) -> Self {
        let written = format!("{number:.EXACT$}");
        let point = written.find('.').unwrap_or(written.len());
        let digits: Vec<u8> = written.bytes().filter(u8::is_ascii_digit).collect();
        let leading = digits.iter().take_while(|digit| **digit == b'0').count();
        let point = i32::try_from(point).unwrap_or(0) - i32::try_from(leading).unwrap_or(0);
        Self { digits: digits.into_iter().skip(leading).collect(), point }
    }

    /// Keeps so many digits (none or less rounds at or before the first), halves up.
    fn round(mut self, keep: i32) -> Self {
        let Ok(count) = usize::try_from(keep) else {
            return Self { digits: Vec::new(), point: 0 };
        };
        let up = self.digits.get(count).is_some_and(|digit| *digit >= b'5');
        self.digits.resize(count, b'0');
        if !up {
            return self;
        }
        for digit in self.digits.iter_mut().rev() {
            if *digit < b'9' {
                *digit += 1;
                return self;
            }
            *digit = b'0';
        }
        self.digits.insert(0, b'1');
        self.point += 1;
        if count > 0 {
            self.digits.pop();
            self.digits.resize(count, b'0');
        }
        self
    }

    fn text(&self) -> String {
        self.digits.iter().map(|digit| char::from(*digit)).collect()
    }
}

fn sign(number: f64) -> &'static str {
    if number < 0.0 { "-" } else { "" }
}

fn small_count(digits: f64) -> Option<i32> {
    let digits = super::to_integer(digits);
    if !(0.0..=MOST).contains(&digits) {
        return None;
    }
    i32::try_from(super::to_usize(digits)).ok()
}

/// `number.toFixed(digits)`.
pub(crate) fn to_fixed(number: f64, digits: f64) -> Option<String> {
    let places = small_count(digits)?;
    if !number.is_finite() || number.abs() >= 1e21 {
        return Some(to_string(number));
    }
    let exact = Decimal::exact(number.abs());
    let keep = exact.point + places;
    let rounded = exact.round(keep);
    // One digit may have been added in front by rounding up; pad what is missing in front.
    let mut all = rounded.text();
    let wanted = usize::try_from(places).unwrap_or(0);
    if keep == 0 && !all.is_empty() {
        all.truncate(1);
    } else if keep > 0 && rounded.point + places > keep {
        all.push('0');
    }
    if all.len() < wanted + 1 {
        all = format!("{}{all}", "0".repeat(wanted + 1 - all.len()));
    }
    let (whole, fraction) = all.split_at(all.len() - wanted);
    let point = if wanted == 0 { "" } else { "." };
    Some(format!("{}{whole}{point}{fraction}", sign(number)))
}

/// `number.toExponential(digits)`.
pub(crate) fn to_exponential(number: f64, digits: Option<f64>) -> Option<String> {
    let places = match digits {
        Some(digits) if number.is_finite() => Some(small_count(digits)?),
        _ => None,
    };
    if !number.is_finite() {
        return Some(to_string(number));
    }
    if number == 0.0 {
        let places = places.unwrap_or(0);
        return Some(scientific(&zeros(places + 1), 0));
    }
    let body = match places {
        None => {
            let (digits, exponent) = shortest(number.abs());
            scientific(&digits, exponent)
        }
        Some(places) => {
            let rounded = Decimal::exact(number.abs()).round(places + 1);
            scientific(&rounded.text(), rounded.point - 1)
        }
    };
    Some(format!("{}{body}", sign(number)))
}

/// `number.toPrecision(digits)`.
pub(crate) fn to_precision(number: f64, digits: f64) -> Option<String> {
    if !number.is_finite() {
        return Some(to_string(number));
    }
    let count = small_count(digits).filter(|count| *count > 0)?;
    if number == 0.0 {
        let point = if count > 1 { "." } else { "" };
        return Some(format!("0{point}{}", zeros(count - 1)));
    }
    let rounded = Decimal::exact(number.abs()).round(count);
    let exponent = rounded.point - 1;
    let digits = rounded.text();
    let body = if exponent < -6 || exponent >= count {
        scientific(&digits, exponent)
    } else if exponent == count - 1 {
        digits
    } else if exponent >= 0 {
        let (whole, fraction) = digits.split_at(usize::try_from(exponent + 1).unwrap_or(0));
        format!("{whole}.{fraction}")
    } else {
        format!("0.{}{digits}", zeros(-(exponent + 1)))
    };
    Some(format!("{}{body}", sign(number)))
}

/// `number.toString(base)`: as many fractional digits as tell the number from its neighbours.
pub(crate) fn to_radix(number: f64, base: f64) -> Option<String> {
    let base = super::to_integer(base);
    if !(2.0..=36.0).contains(&base) {
        return None;
    }
    if base == 10.0 || !number.is_finite() {
        return Some(to_string(number));
    }
    let number_abs = number.abs();
    let mut whole = number_abs.floor();
    let mut fraction = number_abs - whole;
    let mut fraction_digits: Vec<u8> = Vec::new();
    // Half the distance to the next double: below it, further digits say nothing.
    let mut delta = (0.5 * (number_abs.next_up() - number_abs)).max(f64::MIN_POSITIVE.min(5e-324));
    if fraction >= delta {
        loop {
            fraction *= base;
            delta *= base;
            let digit = fraction.floor();
            fraction_digits.push(digit_value(digit));
            fraction -= digit;
            let halfway = fraction > 0.5 || (fraction == 0.5 && digit_value(digit) % 2 == 1);
            if halfway && fraction + delta > 1.0 {
                round_up(&mut fraction_digits, digit_value(base), &mut whole);
                break;
            }
            if fraction < delta {
                break;
            }
        }
    }
    let mut whole_digits = Vec::new();
    while whole > MAX_SAFE {
        // Beyond 53 bits the low digits are not significant.
        whole /= base;
        whole_digits.push(b'0');
    }
    loop {
        let digit = whole % base;
        whole_digits.push(digit_char(digit_value(digit)));
        whole = (whole - digit) / base;
        if whole <= 0.0 {
            break;
        }
    }
    let whole: String = whole_digits.iter().rev().map(|digit| char::from(*digit)).collect();
    let fraction: String = fraction_digits.iter().map(|digit| char::from(digit_char(*digit))).collect();
    let point = if fraction.is_empty() { "" } else { "." };
    Some(format!("{}{whole}{point}{fraction}", sign(number)))
}

fn round_up(digits: &mut Vec<u8>, base: u8, whole: &mut f64) {
    while let Some(last) = digits.pop() {
        if last + 1 < base {
            digits.push(last + 1);
            return;
        }
    }
    *whole += 1.0;
}

fn digit_value(digit: f64) -> u8 {
    u8::try_from(super::to_usize(digit)).unwrap_or(0)
}

fn digit_char(digit: u8) -> u8 {
    if digit < 10 { b'0' + digit } else { b'a' + (digit - 10) }
}
