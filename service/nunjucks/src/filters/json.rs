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
    if matches!(call.input, V::Undefined) {
        return Ok(V::Undefined);
    }
    let mut writer = Writer { out: TextBuffer::default(), indent, meter: call.meter };
    writer.value(call.input, 0)?;
    Ok(V::String(writer.out.finish()))
}

struct Writer<'a> {
    out: TextBuffer,
    indent: String,
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
            V::Safe(text) => self.string(text),
            V::Array(array) => self.array(array.to_vec(), depth),
            V::Record(record) => {
                let entries = record.entries().into_iter();
                self.object(entries.filter(|(_, value)| !value.is_undefined()).collect(), depth)
            }
            V::Regex(_) => self.push("{}"),
            V::Callable(_) => Err(Fault::type_error("a function cannot be written as JSON")),
        }
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
            self.push(if self.indent.is_empty() { ":" } else { ": " })?;
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
        if self.indent.is_empty() {
            return Ok(());
        }
        let line = format!("\n{}", self.indent.repeat(depth));
        self.push(&line)
    }
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
