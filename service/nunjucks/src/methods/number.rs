//! Methods of numbers.

use super::Call;
use crate::error::{Fault, Res};
use crate::number::{to_exponential, to_fixed, to_precision, to_radix, to_string};
use crate::runtime::{V, plain_number};

pub(super) fn call(number: f64, name: &str, call: &Call<'_>) -> Res<V> {
    let argument = match call.arg(0) {
        V::Undefined => None,
        given => Some(plain_number(given, call.meter)?),
    };
    let text = match (name, argument) {
        ("toFixed", digits) => to_fixed(number, digits.unwrap_or(0.0)),
        ("toExponential", digits) => to_exponential(number, digits),
        ("toPrecision", Some(digits)) => to_precision(number, digits),
        ("toString", Some(base)) => to_radix(number, base),
        _ => Some(to_string(number)),
    };
    match text {
        Some(text) => Ok(V::string(text)),
        None => Err(Fault::type_error("the argument is out of range")),
    }
}
