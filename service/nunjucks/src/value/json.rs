//! Values from JSON and back, by the rules of `JSON.stringify`.
//!
//! Undefined properties disappear, undefined items become null, numbers that JSON cannot hold
//! become null. The masked form shows [`MASK`] wherever a secret lies.

use super::Value;
use crate::number;
use crate::text::{MASK, Text};
use serde_json::{Map, Value as Json};

impl Value {
    /// The value as JSON; nothing for undefined.
    pub fn to_json(&self) -> Option<Json> {
        self.json(false)
    }

    /// The value as JSON that may be shown: every secret reads `***`.
    pub fn to_masked_json(&self) -> Option<Json> {
        self.json(true)
    }

    fn json(&self, masked: bool) -> Option<Json> {
        Some(match self {
            Self::Undefined => return None,
            Self::Null => Json::Null,
            Self::SecretBool(_) | Self::SecretNumber(_) if masked => Json::String(MASK.to_owned()),
            Self::Bool(bool) | Self::SecretBool(bool) => Json::Bool(*bool),
            Self::Number(number) | Self::SecretNumber(number) => json_number(*number),
            Self::String(text) => Json::String(show(text, masked).to_owned()),
            Self::Array(items) => {
                Json::Array(items.iter().map(|item| item.json(masked).unwrap_or(Json::Null)).collect())
            }
            Self::Object(object) => {
                let mut map = Map::new();
                for (key, value) in object.iter() {
                    if let Some(value) = value.json(masked) {
                        map.insert(free_key(&map, show(key, masked)), value);
                    }
                }
                Json::Object(map)
            }
        })
    }
}

fn show(text: &Text, masked: bool) -> &str {
    if masked { text.masked() } else { text.as_str() }
}

/// Several masked keys must not overwrite each other.
fn free_key(map: &Map<String, Json>, key: &str) -> String {
    if !map.contains_key(key) {
        return key.to_owned();
    }
    let mut number = 2_usize;
    loop {
        let candidate = format!("{key} ({number})");
        if !map.contains_key(&candidate) {
            return candidate;
        }
        number += 1;
    }
}

fn json_number(number: f64) -> Json {
    match number::as_safe_integer(number) {
        Some(integer) => Json::from(integer),
        None => serde_json::Number::from_f64(number).map_or(Json::Null, Json::Number),
    }
}

impl From<&Json> for Value {
    fn from(json: &Json) -> Self {
        match json {
            Json::Null => Self::Null,
            Json::Bool(bool) => Self::Bool(*bool),
            Json::Number(number) => Self::Number(number.as_f64().unwrap_or(f64::NAN)),
            Json::String(chars) => Self::from(chars.as_str()),
            Json::Array(items) => Self::array(items.iter().map(Self::from)),
            Json::Object(map) => {
                Self::object(map.iter().map(|(key, value)| (key.as_str(), Self::from(value))))
            }
        }
    }
}

impl From<Json> for Value {
    fn from(json: Json) -> Self {
        Self::from(&json)
    }
}
