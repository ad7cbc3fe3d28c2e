//! One YAML document as a JSON value.
//!
//! It drives the parser through a visitor of its own, to count what it builds and to see how a scalar was
//! written. It knows nothing of several documents. The invariant: a value never has more nodes or bytes than
//! the limits below, so an alias that repeats itself is an error before it is a burden.

use std::cell::Cell;
use std::fmt;

use serde::Deserializer;
use serde::de::{DeserializeSeed, EnumAccess, Error as _, MapAccess, SeqAccess, VariantAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::anchors;

/// The most values that one document may have, after its aliases have been followed.
const MAX_NODES: usize = 1_000_000;
/// The most bytes of text that one document may have, after its aliases have been followed.
const MAX_BYTES: usize = 4 * super::MAX_YAML_BYTES;
/// The most brackets that may be open at one time.
const MAX_OPEN_BRACKETS: usize = 1_000;
/// The most `%TAG` lines in front of one document.
const MAX_TAG_DIRECTIVES: usize = 100;

/// What is wrong with a document, and where in it.
#[derive(Debug)]
pub(super) struct Fault {
    /// The line in the document's own text, from 1; 0 when unknown.
    pub(super) line: usize,
    /// The column, from 1; 0 when unknown.
    pub(super) column: usize,
    /// What is wrong, and what to do.
    pub(super) message: String,
}

/// Reads the one document that the text holds.
pub(super) fn read(text: &str) -> Result<Value, Fault> {
    check_brackets(text)?;
    check_directives(text)?;
    if let Some((name, line, column)) = anchors::set_twice(text) {
        let message =
            format!("the anchor `&{name}` is set a second time; give each anchor a name of its own");
        return Err(Fault { line, column, message });
    }
    let budget = Budget { text, nodes: Cell::new(0), bytes: Cell::new(0) };
    Node { budget: &budget }.deserialize(serde_yaml::Deserializer::from_str(text)).map_err(|error| {
        let (line, column) = error.location().map_or((0, 0), |at| (at.line(), at.column()));
        Fault { line, column, message: explain(&error.to_string()) }
    })
}

/// The parser's time grows with the square of the open brackets, so a text of nothing else is refused first.
/// Brackets inside of texts are counted too; they come in pairs, or in small numbers.
fn check_brackets(text: &str) -> Result<(), Fault> {
    let mut open = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'[' | b'{' => open += 1,
            b']' | b'}' => open = open.saturating_sub(1),
            _ => continue,
        }
        if open > MAX_OPEN_BRACKETS {
            let before = text.get(..at).unwrap_or_default();
            let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
            let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
            let message = "more than 1000 brackets are open here; close them or nest less deeply".to_owned();
            return Err(Fault { line, column, message });
        }
    }
    Ok(())
}

/// The parser compares each `%TAG` with all before it.
fn check_directives(text: &str) -> Result<(), Fault> {
    let mut directives = text.lines().enumerate().filter(|(_, line)| line.starts_with("%TAG"));
    match directives.nth(MAX_TAG_DIRECTIVES) {
        None => Ok(()),
        Some((at, _)) => {
            let message = "there are more than 100 `%TAG` lines; remove those that are not used".to_owned();
            Err(Fault { line: at + 1, column: 1, message })
        }
    }
}

/// The parser's words without the place, which the caller shows itself, and with a mend where one is known.
fn explain(message: &str) -> String {
    let bare = message.split(" at line ").next().unwrap_or(message);
    match bare {
        "recursion limit exceeded" => {
            "the document is nested too deeply, or an alias contains itself; nest less, or write the value out"
                .to_owned()
        }
        _ if bare.starts_with("deserializing from YAML containing more than one document") => {
            "something stands after the end of the document; put it into the mapping or list, or begin a new \
             document with a line `---`"
                .to_owned()
        }
        "repetition limit exceeded" => Budget::TOO_MUCH.to_owned(),
        _ if bare.ends_with(Budget::TOO_MUCH) => Budget::TOO_MUCH.to_owned(),
        _ => bare.to_owned(),
    }
}

/// What a document has used up, and its text, to see how a scalar was written.
struct Budget<'t> {
    text: &'t str,
    nodes: Cell<usize>,
    bytes: Cell<usize>,
}

impl Budget<'_> {
    const TOO_MUCH: &'static str = "the document is too large, or grows too large when its aliases are followed; split it, or repeat less";

    fn spend<E: serde::de::Error>(&self, bytes: usize) -> Result<(), E> {
        self.nodes.set(self.nodes.get() + 1);
        self.bytes.set(self.bytes.get() + bytes);
        if self.nodes.get() > MAX_NODES || self.bytes.get() > MAX_BYTES {
            return Err(E::custom(Self::TOO_MUCH));
        }
        Ok(())
    }

    /// Was this scalar, borrowed from the text, written without quotes and without a tag?
    fn is_plain(&self, scalar: &str) -> bool {
        let offset = scalar.as_ptr().addr().checked_sub(self.text.as_ptr().addr());
        let Some(mut before) = offset.and_then(|offset| self.text.get(..offset)) else { return false };
        if before.ends_with(['"', '\'']) {
            return false;
        }
        loop {
            before = before.trim_end();
            let property =
                before.rsplit(|c: char| c.is_whitespace() || ",[{".contains(c)).next().unwrap_or_default();
            match property.chars().next() {
                Some('&') => before = before.get(..before.len() - property.len()).unwrap_or_default(),
                first => return first != Some('!'),
            }
        }
    }
}

#[derive(Clone, Copy)]
struct Node<'b, 't> {
    budget: &'b Budget<'t>,
}

impl<'de> DeserializeSeed<'de> for Node<'_, '_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_, '_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value")
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Value, E> {
        self.budget.spend(0)?;
        Ok(Value::Null)
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Value, E> {
        self.budget.spend(0)?;
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Value, E> {
        self.budget.spend(0)?;
        Ok(Value::from(value))
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Value, E> {
        self.budget.spend(0)?;
        Ok(Value::from(value))
    }

    fn visit_i128<E: serde::de::Error>(self, value: i128) -> Result<Value, E> {
        self.visit_f64(value as f64)
    }

    fn visit_u128<E: serde::de::Error>(self, value: u128) -> Result<Value, E> {
        self.visit_f64(value as f64)
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        self.budget.spend(0)?;
        Ok(number(value))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Value, E> {
        self.budget.spend(text.len())?;
        Ok(Value::String(text.to_owned()))
    }

    fn visit_borrowed_str<E: serde::de::Error>(self, text: &'de str) -> Result<Value, E> {
        match padded_decimal(text) {
            Some(value) if self.budget.is_plain(text) => self.visit_f64(value),
            _ => self.visit_str(text),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        self.budget.spend(0)?;
        let mut out = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            out.push(item);
        }
        Ok(Value::Array(out))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        self.budget.spend(0)?;
        let mut out = Map::new();
        while let Some(key) = fields.next_key_seed(self)? {
            let key = key_text(key);
            if out.contains_key(&key) {
                return Err(A::Error::custom(format_args!("the key `{key}` occurs twice; keep one of them")));
            }
            let value = fields.next_value_seed(self)?;
            out.insert(key, value);
        }
        Ok(Value::Object(out))
    }

    /// A value with a tag of its own: the tag is looked through.
    fn visit_enum<A: EnumAccess<'de>>(self, tagged: A) -> Result<Value, A::Error> {
        let (_tag, content) = tagged.variant_seed(self)?;
        content.newtype_variant_seed(self)
    }
}

/// A number as JSON written by JavaScript would have it: whole numbers without a fraction, no infinities.
fn number(value: f64) -> Value {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if value.fract() == 0.0 && value.abs() < EXACT {
        #[expect(clippy::cast_possible_truncation, reason = "whole and within the exact range of f64")]
        return Value::from(value as i64);
    }
    Number::from_f64(value).map_or(Value::Null, Value::Number)
}

/// A decimal number with needless zeros in front, which the parser takes for text.
fn padded_decimal(text: &str) -> Option<f64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let padded = digits.len() > 1 && digits.starts_with('0');
    let shaped =
        digits.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-'));
    if padded && shaped { text.parse().ok() } else { None }
}

/// A key as text, as JavaScript would write it.
fn key_text(key: Value) -> String {
    match key {
        Value::String(text) => text,
        Value::Null => String::new(),
        other => other.to_string(),
    }
}
