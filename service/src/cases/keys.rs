//! Reading a case file key by key: unknown keys and wrong types are collected, with the path at which they stand.
//!
//! It knows the shapes of YAML, not the keys of a case. The invariant: reading goes on after a fault, so that all
//! of them are told at once.

use serde_json::{Map, Value};

use crate::words::did_you_mean;

/// A part of the file with its path.
#[derive(Clone, Debug)]
pub(super) struct Part<'v> {
    pub(super) value: &'v Value,
    pub(super) path: String,
}

/// The keys of one map.
#[derive(Debug)]
pub(super) struct Fields<'v> {
    map: Option<&'v Map<String, Value>>,
    path: String,
}

/// The faults so far: path and message.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub(super) faults: Vec<(String, String)>,
}

impl<'v> Fields<'v> {
    /// What stands under a key; nothing where nothing or `null` does.
    pub(super) fn get(&self, key: &str) -> Option<Part<'v>> {
        let value = self.map?.get(key).filter(|value| !value.is_null())?;
        Some(Part { value, path: below(&self.path, key) })
    }
}

impl Reading {
    pub(super) fn fault(&mut self, path: &str, message: impl Into<String>) {
        self.faults.push((path.to_owned(), message.into()));
    }

    /// The keys of a map; what is not in `known` is a fault. `what` says what the map is.
    pub(super) fn fields<'v>(&mut self, part: &Part<'v>, what: &str, known: &[&str]) -> Fields<'v> {
        let map = self.map(part, what);
        for key in map.into_iter().flat_map(Map::keys).filter(|key| !known.contains(&key.as_str())) {
            let mut hint = did_you_mean(key, known.iter().copied());
            if hint.is_empty() {
                let names: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
                hint = format!("; it has {}", names.join(", "));
            }
            self.fault(&below(&part.path, key), format!("{what} has no key `{key}`{hint}"));
        }
        Fields { map, path: part.path.clone() }
    }

    /// All members of a map whose keys are free.
    pub(super) fn members<'v>(&mut self, part: &Part<'v>, what: &str) -> Vec<(&'v str, Part<'v>)> {
        let map = self.map(part, what);
        let member = |(key, value): (&'v String, &'v Value)| {
            (key.as_str(), Part { value, path: below(&part.path, key) })
        };
        map.into_iter().flatten().map(member).collect()
    }

    fn map<'v>(&mut self, part: &Part<'v>, what: &str) -> Option<&'v Map<String, Value>> {
        match part.value {
            Value::Object(map) => Some(map),
            Value::Null => None,
            other => {
                self.fault(
                    &part.path,
                    format!("{what} is a map of `name: value` lines, not {}", kind(other)),
                );
                None
            }
        }
    }

    /// The items of a list, or the one thing that stands in place of a list.
    pub(super) fn items<'v>(&mut self, part: &Part<'v>) -> Vec<Part<'v>> {
        match part.value {
            Value::Array(items) => (0..)
                .zip(items)
                .map(|(index, value)| Part { value, path: format!("{}[{index}]", part.path) })
                .collect(),
            Value::Null => Vec::new(),
            _ => vec![part.clone()],
        }
    }

    pub(super) fn text(&mut self, part: &Part<'_>) -> Option<String> {
        let text = part.value.as_str().map(str::to_owned);
        if text.is_none() {
            self.fault(
                &part.path,
                format!("this has to be text, not {}; put it in quotes", kind(part.value)),
            );
        }
        text
    }

    /// One text or a list of them.
    pub(super) fn texts(&mut self, part: Option<Part<'_>>) -> Vec<String> {
        let items = part.map(|part| self.items(&part)).unwrap_or_default();
        items.iter().filter_map(|item| self.text(item)).collect()
    }

    pub(super) fn flag(&mut self, part: &Part<'_>) -> Option<bool> {
        let flag = part.value.as_bool();
        if flag.is_none() {
            self.fault(&part.path, format!("this is `true` or `false`, not {}", kind(part.value)));
        }
        flag
    }

    pub(super) fn count(&mut self, part: &Part<'_>) -> Option<usize> {
        let count = part.value.as_u64().and_then(|count| usize::try_from(count).ok());
        if count.is_none() {
            self.fault(&part.path, format!("this is a number from 0 on, not {}", kind(part.value)));
        }
        count
    }

    /// A map as it is.
    pub(super) fn object(&mut self, part: Option<Part<'_>>, what: &str) -> Map<String, Value> {
        part.and_then(|part| self.map(&part, what)).cloned().unwrap_or_default()
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "`true` or `false`",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a map",
    }
}

/// The path of a key below another, as [`super::part::first_step`] takes it apart.
pub(super) fn below(path: &str, key: &str) -> String {
    let plain = key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-')) && !key.is_empty();
    match (path.is_empty(), plain) {
        (true, true) => key.to_owned(),
        (false, true) => format!("{path}.{key}"),
        (_, false) => format!("{path}[\"{key}\"]"),
    }
}
