//! `dump`: JSON, as `JSON.stringify` writes it.

use super::Call;
use crate::budget::Meter;
use crate::error::{Fault, Res};
use crate::number::{self, to_usize};
use crate::runtime::{TextBuffer, V};
use crate::text::Text;
use crate::utf16;

pub(super) fn dump(call: &Call<'_>) -> Res<V> {
    let indent = match call.arg(0) {
        V::String(text) => utf16::slice(text.as_str(), 0, 10).into_owned(),
        V::Number(count, _) if *count >= 1.0 => " ".repeat(to_usize(count.min(10.0))),
        _ => String::new(),
    };
    let nothing = matches!(call.input, V::Undefined)
        || (call.meter.is_legacy() && matches!(call.input, V::Callable(_)));
    if nothing {
        return Ok(V::Undefined);
    }
    // The former engine writes lines also when it is asked for a part of a space.
    let part = call.meter.is_legacy() && matches!(call.arg(0), V::Number(count, _) if *count > 0.0);
    let lines = part || !indent.is_empty();
    let mut writer = Writer { out: TextBuffer::default(), indent, lines, meter: call.meter };
    writer.value(call.input, 0)?;
    Ok(V::String(writer.out.finish()))
}

struct Writer<'a> {
    out: TextBuffer,
    indent: String,
    lines: bool,
    meter: &'a Meter,
}

impl Writer<'_> {
    fn value(&mut self, value: &V, depth: usize) -> Res<()> {
        self.meter.step()?;
        Meter::value_depth(depth)?;
        self.out.add_mark(value.mark());
        match value {
            V::Undefined | V::Null => self.push("null"),
            V::Bool(bool, _) => self.push(if *bool { "true" } else { "false" }),
            V::Number(number, _) if number.is_finite() => self.push(&number::to_string(*number)),
            V::Number(..) => self.push("null"),
            V::String(text) => self.string(text),
            V::Safe(text) if self.meter.is_legacy() => self.object(safe_members(text), depth),
            V::Safe(text) => self.string(text),
            V::Array(array) => self.array(array.to_vec(), depth),
            V::Record(record) => {
                let entries = record.entries().into_iter();
                self.object(entries.filter(|(_, value)| !self.is_left_out(value)).collect(), depth)
            }
            V::Regex(_) => self.push("{}"),
            V::Callable(_) if self.meter.is_legacy() => self.push("null"),
            V::Callable(_) => Err(Fault::type_error("a function cannot be written as JSON")),
        }
    }

    fn is_left_out(&self, value: &V) -> bool {
        value.is_undefined() || (self.meter.is_legacy() && matches!(value, V::Callable(_)))
    }

    fn push(&mut self, chars: &str) -> Res<()> {
        self.meter.text(chars.len())?;
        self.out.push_str(chars);
        self.meter.scratch(self.out.len())
    }

    fn string(&mut self, text: &Text) -> Res<()> {
        self.out.add_mark(text.mark());
        let quoted = quote(text.as_str());
        self.push(&quoted)
    }

    fn array(&mut self, items: Vec<V>, depth: usize) -> Res<()> {
        if items.is_empty() {
            return self.push("[]");
        }
        self.push("[")?;
        for (index, item) in items.iter().enumerate() {
            self.separate(index, depth + 1)?;
            self.value(item, depth + 1)?;
        }
        self.line(depth)?;
        self.push("]")
    }

    fn object(&mut self, entries: Vec<(Text, V)>, depth: usize) -> Res<()> {
        if entries.is_empty() {
            return self.push("{}");
        }
        self.push("{")?;
        for (index, (key, value)) in entries.iter().enumerate() {
            self.separate(index, depth + 1)?;
            self.string(key)?;
            self.push(if self.lines { ": " } else { ":" })?;
            self.value(value, depth + 1)?;
        }
        self.line(depth)?;
        self.push("}")
    }

    fn separate(&mut self, index: usize, depth: usize) -> Res<()> {
        if index > 0 {
            self.push(",")?;
        }
        self.line(depth)
    }

    fn line(&mut self, depth: usize) -> Res<()> {
        if !self.lines {
            return Ok(());
        }
        let line = format!("\n{}", self.indent.repeat(depth));
        self.push(&line)
    }
}

/// Safe text as the object that it is in the legacy dialect.
pub(super) fn safe_members(text: &Text) -> Vec<(Text, V)> {
    let length = V::Number(number::from_usize(utf16::len(text.as_str())), text.mark());
    vec![(Text::plain("val"), V::String(text.clone())), (Text::plain("length"), length)]
}

fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            control if control < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(control))),
            other => out.push(other),
        }
    }
    out.push('"');
    out
}
