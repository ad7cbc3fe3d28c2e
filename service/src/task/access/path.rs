//! Paths into the input of a step, as the policies of Backstage write them: `a.b[0].c`.
//!
//! They are read as `lodash` reads them, because a path that leads elsewhere here than there would let a policy
//! miss what it is about. Nothing is judged here.

use std::borrow::Cow;

use serde_json::Value;

/// The keys that a path consists of.
pub(super) fn keys(path: &str) -> Vec<String> {
    let mut keys = Vec::new();
    if path.starts_with('.') {
        keys.push(String::new());
    }
    let mut rest = path;
    while let Some(first) = rest.chars().next() {
        let run = rest.find(['.', '[', ']']).unwrap_or(rest.len());
        if run > 0 {
            let (key, after) = rest.split_at(run);
            keys.push(key.to_owned());
            rest = after;
        } else if let Some((key, after)) = in_brackets(rest) {
            keys.push(key);
            rest = after;
        } else {
            if separates_nothing(rest) {
                keys.push(String::new());
            }
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
        }
    }
    keys
}

/// `[0]` or `["a.b"]` at the beginning of a text, and what follows it.
fn in_brackets(text: &str) -> Option<(String, &str)> {
    let inner = text.strip_prefix('[')?;
    if let Some(quote) = inner.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        let inner = inner.get(1..)?;
        let mut key = String::new();
        let mut chars = inner.char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                '\\' => key.push(chars.next()?.1),
                c if c == quote => return Some((key, inner.get(at + 1..)?.strip_prefix(']')?)),
                c => key.push(c),
            }
        }
        return None;
    }
    let (number, after) = inner.split_once(']')?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = number.strip_prefix('-').unwrap_or(number);
    let is_number = match unsigned.split_once('.') {
        Some((whole, fraction)) => digits(whole) && digits(fraction),
        None => digits(unsigned),
    };
    is_number.then(|| (number.to_owned(), after))
}

/// Whether a key without a name stands here: between two dots, or behind the last one.
fn separates_nothing(text: &str) -> bool {
    let separator = |text: &str| text.strip_prefix('.').or_else(|| text.strip_prefix("[]")).map(str::len);
    let Some(left) = separator(text) else { return false };
    let after = text.get(text.len() - left..).unwrap_or_default();
    after.is_empty() || separator(after).is_some()
}

/// What a path leads to in an input. A key that is written like the whole path goes before the path.
pub(super) fn find<'v>(input: &'v Value, path: &str) -> Option<Cow<'v, Value>> {
    if let Some(direct) = input.get(path) {
        return Some(Cow::Borrowed(direct));
    }
    if is_one_key(path) {
        return step(Cow::Borrowed(input), path);
    }
    keys(path).iter().try_fold(Cow::Borrowed(input), |value, key| step(value, key))
}

/// Whether nothing in it looks like a path.
fn is_one_key(path: &str) -> bool {
    let bracketed = path.split_once('[').is_some_and(|(_, inner)| inner.contains(']'));
    !path.contains('.') && !bracketed
}

fn step<'v>(value: Cow<'v, Value>, key: &str) -> Option<Cow<'v, Value>> {
    let index = || key.parse::<usize>().ok().filter(|index| index.to_string() == key);
    match value {
        Cow::Borrowed(Value::Object(members)) => members.get(key).map(Cow::Borrowed),
        Cow::Borrowed(Value::Array(items)) if key == "length" => Some(Cow::Owned(items.len().into())),
        Cow::Borrowed(Value::Array(items)) => items.get(index()?).map(Cow::Borrowed),
        // A text has a length and letters, counted as JavaScript counts them.
        text => {
            let units: Vec<u16> = text.as_str()?.encode_utf16().collect();
            if key == "length" {
                return Some(Cow::Owned(units.len().into()));
            }
            let unit = *units.get(index()?)?;
            Some(Cow::Owned(String::from_utf16_lossy(&[unit]).into()))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_path_is_read_as_lodash_reads_it() {
        // Each line is an answer of `lodash.toPath`.
        for (path, expected) in [
            ("a", vec!["a"]),
            ("a.b.c", vec!["a", "b", "c"]),
            ("a[0].b", vec!["a", "0", "b"]),
            ("a[-1]", vec!["a", "-1"]),
            ("a[1.5]", vec!["a", "1.5"]),
            (r#"a["b.c"].d"#, vec!["a", "b.c", "d"]),
            ("a['b\\'c']", vec!["a", "b'c"]),
            ("a[b]", vec!["a", "b"]),
            ("a[b.c]", vec!["a", "b", "c"]),
            ("a..b", vec!["a", "", "b"]),
            (".a", vec!["", "a"]),
            ("a.", vec!["a", ""]),
            ("a[]", vec!["a", ""]),
            ("a[].b", vec!["a", "", "b"]),
            ("a[0]b", vec!["a", "0", "b"]),
            ("[0]", vec!["0"]),
            ("a]b", vec!["a", "b"]),
            ("a[[0]]", vec!["a", "0"]),
            (".", vec!["", ""]),
            ("..", vec!["", "", ""]),
            ("a['b", vec!["a", "'b"]),
            (r#"a["b'"#, vec!["a", "\"b'"]),
            (r#"a["b"x]"#, vec!["a", "\"b\"x"]),
            ("", vec![]),
        ] {
            assert_eq!(keys(path), expected, "{path}");
        }
    }

    #[test]
    fn what_a_path_leads_to_is_found_as_lodash_finds_it() {
        let input =
            json!({ "a": { "b": [1, { "c": "text" }] }, "a.b": "whole", "x.y": { "z": 1 }, "q[": 5, "": 7 });

        let found = |path: &str| find(&input, path).map(Cow::into_owned);

        assert_eq!(found("a.b"), Some(json!("whole")));
        assert_eq!(found("a['b'][0]"), Some(json!(1)));
        assert_eq!(found("a.b[1].c"), Some(json!("text")));
        assert_eq!(found("a['b'][1]['c'].length"), Some(json!(4)));
        assert_eq!(found("a['b'].length"), Some(json!(2)));
        assert_eq!(found("a['b'][1].c[0]"), Some(json!("t")));
        assert_eq!(found("x.y.z"), None);
        assert_eq!(found("a.c"), None);
        assert_eq!(found("a['b'][01]"), None);
        assert_eq!(found("a['b'][0].c"), None);
        assert_eq!(found("q["), Some(json!(5)));
        assert_eq!(found("q]"), None);
        assert_eq!(found("a['b"), None);
        assert_eq!(found(""), Some(json!(7)));
    }
}
