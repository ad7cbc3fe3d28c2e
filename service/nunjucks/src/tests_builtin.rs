//! The built-in tests, which follow `is`.

use crate::budget::Meter;
use crate::error::{Fault, Res};
use crate::runtime::{V, order, plain_number, strict_equal};
use crate::text::{Mark, Text};
use std::cmp::Ordering;

/// A built-in test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Test {
    Callable,
    Defined,
    Divisibleby,
    Escaped,
    Same,
    Even,
    Falsy,
    GreaterEqual,
    Greater,
    Iterable,
    LessEqual,
    Less,
    Lower,
    Mapping,
    Unequal,
    Null,
    Number,
    Odd,
    String,
    Truthy,
    Undefined,
    Upper,
}

/// Name, test and count of arguments.
const TESTS: [(&str, Test, usize); 26] = [
    ("callable", Test::Callable, 0),
    ("defined", Test::Defined, 0),
    ("divisibleby", Test::Divisibleby, 1),
    ("escaped", Test::Escaped, 0),
    ("eq", Test::Same, 1),
    ("equalto", Test::Same, 1),
    ("even", Test::Even, 0),
    ("falsy", Test::Falsy, 0),
    ("ge", Test::GreaterEqual, 1),
    ("greaterthan", Test::Greater, 1),
    ("gt", Test::Greater, 1),
    ("iterable", Test::Iterable, 0),
    ("le", Test::LessEqual, 1),
    ("lessthan", Test::Less, 1),
    ("lower", Test::Lower, 0),
    ("lt", Test::Less, 1),
    ("mapping", Test::Mapping, 0),
    ("ne", Test::Unequal, 1),
    ("null", Test::Null, 0),
    ("number", Test::Number, 0),
    ("odd", Test::Odd, 0),
    ("sameas", Test::Same, 1),
    ("string", Test::String, 0),
    ("truthy", Test::Truthy, 0),
    ("undefined", Test::Undefined, 0),
    ("upper", Test::Upper, 0),
];

impl Test {
    pub(crate) fn name(self) -> &'static str {
        TESTS.iter().find(|(_, test, _)| *test == self).map_or("", |(name, _, _)| name)
    }

    /// Whether the answer tells no more than what kind of value was tested.
    fn is_about_kind(self) -> bool {
        matches!(
            self,
            Self::Callable
                | Self::Defined
                | Self::Escaped
                | Self::Iterable
                | Self::Mapping
                | Self::Null
                | Self::Number
                | Self::String
                | Self::Undefined
        )
    }
}

pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    TESTS.iter().map(|(name, _, _)| *name)
}

/// The test of this name and how many arguments it takes.
pub(crate) fn find(name: &str) -> Option<(Test, usize)> {
    TESTS.iter().find(|(known, _, _)| *known == name).map(|(_, test, arity)| (*test, *arity))
}

/// The answer, marked if it tells something of a secret.
pub(crate) fn apply(test: Test, input: &V, argument: &V, meter: &Meter) -> Res<V> {
    if !matches!(test, Test::Callable | Test::Same | Test::Unequal) {
        V::refuse_functions(&[input.clone(), argument.clone()], meter)?;
    }
    let answer = answer(test, input, argument, meter).map_err(|fault| fault.named(test.name()))?;
    let mark = if test.is_about_kind() { Mark::PLAIN } else { input.mark() | argument.mark() };
    Ok(V::Bool(answer, mark))
}

fn answer(test: Test, input: &V, argument: &V, meter: &Meter) -> Res<bool> {
    let ordered = |wanted: &[Ordering]| -> Res<bool> {
        Ok(order(input, argument, meter)?.0.is_some_and(|order| wanted.contains(&order)))
    };
    Ok(match test {
        Test::Callable => matches!(input, V::Callable(_)),
        Test::Defined => !input.is_undefined(),
        Test::Undefined => input.is_undefined(),
        Test::Divisibleby => plain_number(input, meter)? % plain_number(argument, meter)? == 0.0,
        Test::Escaped => matches!(input, V::Safe(_)),
        Test::Same => strict_equal(input, argument),
        Test::Unequal => !strict_equal(input, argument),
        Test::Even => plain_number(input, meter)? % 2.0 == 0.0,
        Test::Odd => plain_number(input, meter)? % 2.0 == 1.0,
        Test::Truthy => input.truthy(),
        Test::Falsy => !input.truthy(),
        Test::GreaterEqual => ordered(&[Ordering::Greater, Ordering::Equal])?,
        Test::Greater => ordered(&[Ordering::Greater])?,
        Test::LessEqual => ordered(&[Ordering::Less, Ordering::Equal])?,
        Test::Less => ordered(&[Ordering::Less])?,
        Test::Iterable if input.is_nullish() => {
            return Err(Fault::type_error(format!("a value is needed, not {}", input.kind())));
        }
        Test::Iterable => matches!(input, V::String(_) | V::Safe(_) | V::Array(_)),
        Test::Mapping => matches!(input, V::Record(_) | V::Safe(_) | V::Regex(_)),
        Test::Null => matches!(input, V::Null),
        Test::Number => matches!(input, V::Number(..)),
        Test::String => matches!(input, V::String(_)),
        Test::Lower => recased(input, str::to_lowercase)?,
        Test::Upper => recased(input, str::to_uppercase)?,
    })
}

fn recased(input: &V, change: fn(&str) -> String) -> Res<bool> {
    match input {
        V::Safe(_) => Ok(false),
        V::String(text) => Ok(change(Text::as_str(text)) == text.as_str()),
        other => Err(Fault::type_error(format!("a string is needed, not {}", other.kind()))),
    }
}
