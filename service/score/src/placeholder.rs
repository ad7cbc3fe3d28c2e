//! `${…}` in texts, as Score writes it.
//!
//! `${a.b.c}` names a value, `\.` is a dot inside a part, `$$` is a dollar. What a name means is the caller's. The
//! invariant: a text is expanded in one pass; what a placeholder gave is never looked through again.

use serde_json::{Map, Value};

/// What a placeholder stands for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Output {
    /// A value that is known now.
    Known(Value),
    /// The value under a key of a `Secret` in the workload's namespace.
    Secret { name: String, key: String },
    /// The value under a key of a `ConfigMap` in the workload's namespace.
    ConfigMap { name: String, key: String },
    /// An output of a Terraform module that was not applied yet.
    Terraform { module: String, output: String },
}

/// A piece of an expanded text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Part {
    /// As written.
    Text(String),
    /// What a placeholder stands for.
    Found(Output),
}

/// Says what a name stands for, or what is wrong with it.
pub(crate) type Lookup<'l> = dyn Fn(&[String]) -> Result<Output, String> + 'l;

/// Takes a text apart.
pub(crate) fn parts(text: &str, lookup: &Lookup<'_>) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        let (before, from) = rest.split_at(at);
        plain.push_str(before);
        if let Some(after) = from.strip_prefix("$$") {
            plain.push('$');
            rest = after;
        } else if let Some(after) = from.strip_prefix("${") {
            let (name, after) = after
                .split_once('}')
                .ok_or_else(|| format!("`{from}` has no `}}`; write `$$` for a dollar"))?;
            if !plain.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut plain)));
            }
            parts.push(Part::Found(lookup(&names(name))?));
            rest = after;
        } else {
            plain.push('$');
            rest = from.get(1..).unwrap_or_default();
        }
    }
    plain.push_str(rest);
    if !plain.is_empty() {
        parts.push(Part::Text(plain));
    }
    Ok(parts)
}

/// The names in a text, in order, without asking what they stand for.
pub(crate) fn mentioned(text: &str) -> Vec<Vec<String>> {
    let seen = std::cell::RefCell::new(Vec::new());
    let note = |name: &[String]| {
        seen.borrow_mut().push(name.to_vec());
        Ok(Output::Known(Value::Null))
    };
    // A text that cannot be taken apart is reported when it is expanded.
    drop(parts(text, &note));
    seen.into_inner()
}

/// Expands every text in a value; keys stay. A text that is one placeholder becomes the value itself. `finish` makes
/// text of what is not known now.
pub(crate) fn expand(
    value: &Value,
    lookup: &Lookup<'_>,
    finish: &dyn Fn(&Output) -> Result<String, String>,
) -> Result<Value, String> {
    Ok(match value {
        Value::String(text) => {
            let parts = parts(text, lookup)?;
            match parts.as_slice() {
                [Part::Found(Output::Known(known))] => known.clone(),
                parts => Value::String(joined(parts, finish)?),
            }
        }
        Value::Array(items) => {
            Value::Array(items.iter().map(|item| expand(item, lookup, finish)).collect::<Result<_, _>>()?)
        }
        Value::Object(map) => {
            let members = map.iter().map(|(key, value)| Ok((key.clone(), expand(value, lookup, finish)?)));
            Value::Object(members.collect::<Result<Map<_, _>, String>>()?)
        }
        other => other.clone(),
    })
}

/// The parts as one text.
pub(crate) fn joined(
    parts: &[Part],
    finish: &dyn Fn(&Output) -> Result<String, String>,
) -> Result<String, String> {
    parts.iter().try_fold(String::new(), |mut text, part| {
        match part {
            Part::Text(plain) => text.push_str(plain),
            Part::Found(Output::Known(known)) => text.push_str(&as_text(known)),
            Part::Found(other) => text.push_str(&finish(other)?),
        }
        Ok(text)
    })
}

/// A value as it stands in a text.
pub(crate) fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

fn names(path: &str) -> Vec<String> {
    let mut names = vec![String::new()];
    let mut escaped = false;
    for c in path.chars() {
        match c {
            '\\' if !escaped => {
                escaped = true;
                continue;
            }
            '.' if !escaped => names.push(String::new()),
            c => {
                if let Some(last) = names.last_mut() {
                    last.push(c);
                }
            }
        }
        escaped = false;
    }
    names
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn lookup(name: &[String]) -> Result<Output, String> {
        match name {
            [one] if one == "port" => Ok(Output::Known(json!(5432))),
            [a, b] if a == "metadata" && b == "a.b" => Ok(Output::Known(json!("dotted ${port}"))),
            [one] if one == "password" => Ok(Output::Secret { name: "db".into(), key: "password".into() }),
            other => Err(format!("no `{}`", other.join("."))),
        }
    }

    fn text(text: &str) -> Result<String, String> {
        joined(&parts(text, &lookup)?, &|_| Err("secret".to_owned()))
    }

    #[test]
    fn placeholders_are_replaced_once_and_dollars_stay_dollars() {
        assert_eq!(
            text("p=${port}, $5, $$, $${port}, ${metadata.a\\.b}").unwrap(),
            "p=5432, $5, $, ${port}, dotted ${port}"
        );
    }

    #[test]
    fn what_cannot_be_named_or_does_not_end_is_said() {
        assert_eq!(text("${nope}").unwrap_err(), "no `nope`");
        assert!(text("a ${port").unwrap_err().contains("has no `}`"));
        assert_eq!(text("x${password}").unwrap_err(), "secret");
    }

    #[test]
    fn a_value_that_is_one_placeholder_keeps_its_type() {
        let value = json!({ "port": "${port}", "list": ["${port}!"], "n": 1 });
        let expanded = expand(&value, &lookup, &|_| Ok(String::new())).unwrap();
        assert_eq!(expanded, json!({ "port": 5432, "list": ["5432!"], "n": 1 }));
    }

    #[test]
    fn names_are_found_without_their_values() {
        assert_eq!(
            mentioned("${a.b} and ${c}"),
            [vec!["a".to_owned(), "b".to_owned()], vec!["c".to_owned()]]
        );
    }
}
