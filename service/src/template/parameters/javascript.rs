//! How JavaScript writes, orders and compares JSON values: the words of violations depend on it.
//!
//! Only what the checks need. The invariant: for every value of JSON the text is the one that `String(value)`
//! gives, apart from the digits of numbers over 2^53.

use serde_json::{Map, Number, Value};

/// `String(value)`.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number_text(number),
        Value::String(text) => text.clone(),
        Value::Array(items) => list(items),
        Value::Object(_) => "[object Object]".to_owned(),
    }
}

/// A list as `join(',')` writes it: `null` is nothing.
fn list(items: &[Value]) -> String {
    let parts: Vec<String> =
        items.iter().map(|item| if item.is_null() { String::new() } else { text(item) }).collect();
    parts.join(",")
}

/// A number as JavaScript prints it.
pub(super) fn number_text(number: &Number) -> String {
    match number.as_f64() {
        Some(value) if !number.is_i64() && !number.is_u64() => float_text(value),
        _ => number.to_string(),
    }
}

fn float_text(value: f64) -> String {
    let plain = value.abs() < 1e21 && (value == 0.0 || value.abs() >= 1e-6);
    if plain {
        return format!("{value}");
    }
    let exponential = format!("{value:e}");
    if exponential.contains("e-") { exponential } else { exponential.replace('e', "e+") }
}

/// `JSON.stringify(text)`.
pub(super) fn quoted(text: &str) -> String {
    Value::String(text.to_owned()).to_string()
}

/// A value where a number is wanted, as `Number(value)` takes it; anything else is not a number.
pub(super) fn number(value: &Value) -> f64 {
    match value {
        Value::Number(number) => number.as_f64().unwrap_or(f64::NAN),
        Value::Bool(flag) => f64::from(u8::from(*flag)),
        Value::Null => 0.0,
        Value::String(text) if text.trim().is_empty() => 0.0,
        Value::String(text) => text.trim().parse().unwrap_or(f64::NAN),
        Value::Array(_) | Value::Object(_) => f64::NAN,
    }
}

/// Is the value one that `if (value)` takes for true?
pub(super) fn truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(flag) => *flag,
        Value::Number(number) => number.as_f64().is_some_and(|number| number != 0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}

/// The fields of an object in the order in which JavaScript walks them: whole numbers first.
pub(super) fn fields(map: &Map<String, Value>) -> Vec<(&String, &Value)> {
    let mut fields: Vec<_> = map.iter().collect();
    if map.keys().any(|key| index(key).is_some()) {
        fields.sort_by_key(|(key, _)| index(key).unwrap_or(u32::MAX));
    }
    fields
}

/// A key that JavaScript takes for an index: digits without needless zeros, below 2^32 - 1.
fn index(key: &str) -> Option<u32> {
    let number: u32 = key.parse().ok()?;
    (number != u32::MAX && number.to_string() == key).then_some(number)
}

/// Are two values the same, with numbers compared by value and the order of keys left aside?
pub(super) fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        _ => a == b,
    }
}

/// A text that is equal for two values exactly when they are the same.
pub(super) fn fingerprint(value: &Value) -> String {
    match value {
        Value::Number(number) => number_text(number),
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(fingerprint).collect();
            format!("[{}]", items.join(","))
        }
        Value::Object(map) => {
            let mut fields: Vec<_> =
                map.iter().map(|(key, value)| format!("{}:{}", quoted(key), fingerprint(value))).collect();
            fields.sort_unstable();
            format!("{{{}}}", fields.join(","))
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_print_as_in_javascript() {
        let cases = [
            (json!(null), "null"),
            (json!([1, null, [2, "a"]]), "1,,2,a"),
            (json!({"a": 1}), "[object Object]"),
            (json!(1.0), "1"),
            (json!(1.5), "1.5"),
            (json!(1e21), "1e+21"),
            (json!(1e-7), "1e-7"),
            (json!(-0.00001), "-0.00001"),
        ];
        for (value, expected) in cases {
            assert_eq!(text(&value), expected);
        }
    }

    #[test]
    fn whole_numbers_come_first_among_keys() {
        let map = json!({"b": 0, "10": 0, "2": 0, "a": 0, "01": 0});

        let keys: Vec<_> =
            fields(map.as_object().unwrap()).into_iter().map(|(key, _)| key.as_str()).collect();

        assert_eq!(keys, ["2", "10", "b", "a", "01"]);
    }

    #[test]
    fn numbers_are_the_same_by_value() {
        assert!(same(&json!({"a": 1, "b": [2.0]}), &json!({"b": [2], "a": 1.0})));
        assert_eq!(fingerprint(&json!({"a": 1, "b": 2.0})), fingerprint(&json!({"b": 2, "a": 1.0})));
        assert!(!same(&json!([1]), &json!(["1"])));
    }
}
