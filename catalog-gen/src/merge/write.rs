//! Values as YAML, in the style of a file.
//!
//! Small and plain: mappings and lists in lines, scalars as the YAML writer has them, longer texts in quotes. It does
//! not know the file. The invariant: what it writes is read back as the value.

use serde_json::{Map, Value};

/// How far things stand to the right of what they belong to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    /// Mappings below their key.
    pub(super) step: usize,
    /// The dashes of lists below their key.
    pub(super) list_step: usize,
}

/// A member of a mapping of block style, in lines.
pub(super) fn member(key: &str, value: &Value, style: &Style, indent: usize) -> String {
    let pad = " ".repeat(indent);
    let key = scalar(&Value::String(key.to_owned()));
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            format!("{pad}{key}:\n{}", mapping(fields, style, indent + style.step))
        }
        Value::Array(items) if !items.is_empty() => {
            format!("{pad}{key}:\n{}", list(items, style, indent + style.list_step))
        }
        _ => format!("{pad}{key}: {}\n", scalar(value)),
    }
}

/// A value in lines.
pub(super) fn lines(value: &Value, style: &Style, indent: usize) -> String {
    match value {
        Value::Object(fields) if !fields.is_empty() => mapping(fields, style, indent),
        Value::Array(items) if !items.is_empty() => list(items, style, indent),
        _ => format!("{}{}\n", " ".repeat(indent), scalar(value)),
    }
}

fn mapping(fields: &Map<String, Value>, style: &Style, indent: usize) -> String {
    fields.iter().map(|(key, value)| member(key, value, style, indent)).collect()
}

fn list(items: &[Value], style: &Style, indent: usize) -> String {
    let dash = format!("{}- ", " ".repeat(indent));
    let item = |value: &Value| {
        let text = lines(value, style, indent + 2);
        // The first line begins behind the dash.
        format!("{dash}{}", text.trim_start_matches(' '))
    };
    items.iter().map(item).collect()
}

/// A member of a mapping of flow style.
pub(super) fn flow_member(key: &str, value: &Value) -> String {
    let plain = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let key = if plain { key.to_owned() } else { quoted(&Value::String(key.to_owned())) };
    format!("{key}: {}", quoted(value))
}

/// A value in the style of JSON, without the characters that YAML takes for the end of a line.
fn quoted(value: &Value) -> String {
    let ends = [('\u{85}', "\\u0085"), ('\u{2028}', "\\u2028"), ('\u{2029}', "\\u2029")];
    ends.iter().fold(value.to_string(), |text, (end, written)| text.replace(*end, written))
}

/// A scalar, or an empty list or mapping, in one line.
fn scalar(value: &Value) -> String {
    let Value::String(text) = value else { return value.to_string() };
    let written = serde_yaml::to_string(value).unwrap_or_default();
    let written = written.trim_end_matches('\n');
    let breaks = ['\n', '\r', '\t', '\u{85}', '\u{2028}', '\u{2029}'];
    if text.contains(breaks) || written.contains('\n') || written.is_empty() {
        return quoted(value);
    }
    written.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse_documents;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn lists_stand_as_they_are_told() {
        let value =
            json!({"tags": ["a", "b"], "links": [{"url": "https://a.test", "title": "A: b"}], "empty": []});

        let flat = Style { step: 2, list_step: 0 };
        assert_eq!(
            lines(&value, &flat, 0),
            "tags:\n- a\n- b\nlinks:\n- url: https://a.test\n  title: 'A: b'\nempty: []\n"
        );
        let wide = Style { step: 4, list_step: 2 };
        assert_eq!(member("m", &json!({"tags": ["a"]}), &wide, 2), "  m:\n      tags:\n        - a\n");
    }

    #[test]
    fn rare_ends_of_lines_are_written_so_that_they_are_read_back() {
        let value = json!({"\u{2028}": "", "a": ["b\u{85}c", "\u{2029}"]});
        for text in
            [lines(&value, &Style { step: 2, list_step: 0 }, 0), format!("{{{}}}", flow_member("x", &value))]
        {
            let read = parse_documents(&text).remove(0).unwrap().value;
            assert_eq!(if text.starts_with('{') { read["x"].clone() } else { read }, value, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(
            map in prop::collection::btree_map("\\PC{1,8}", prop_oneof![
                "[ -~\n\t]{0,20}".prop_map(Value::from),
                any::<bool>().prop_map(Value::from),
                prop::collection::vec("\\PC{0,8}", 0..3).prop_map(Value::from),
                prop::collection::btree_map("[a-z]{1,4}", "[0-9:#-]{0,6}", 0..3).prop_map(|map| json!(map)),
            ], 1..6),
            (step, list_step) in (1_usize..5, 0_usize..5),
        ) {
            let value = json!(map);
            let text = lines(&value, &Style { step, list_step }, 0);
            let read = parse_documents(&text).remove(0).unwrap().value;
            prop_assert_eq!(read, value, "{}", text);
        }
    }
}
