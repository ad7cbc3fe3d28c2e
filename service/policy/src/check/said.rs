//! What a rule says, in the shape that conftest knows: texts, or objects with `msg`.
//!
//! Beside `msg` an object may hold `path` (where in the document: keys and positions), `line`, `file` and `mend`.
//! What else it holds is not looked at.

use serde_json::Value;

/// One thing that was said.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Said {
    pub message: String,
    pub path: Vec<Value>,
    pub line: Option<usize>,
    pub file: Option<String>,
    pub mend: Option<String>,
}

/// Reads the value of a rule; what it is instead, where it is something else.
pub(super) fn read(value: Value) -> Result<Vec<Said>, String> {
    match value {
        Value::Array(items) => items.into_iter().map(one).collect(),
        Value::Bool(false) => Ok(Vec::new()),
        other => Err(format!("{} in place of a set", name(&other))),
    }
}

fn one(item: Value) -> Result<Said, String> {
    match item {
        Value::String(message) => Ok(Said { message, ..Said::default() }),
        Value::Object(object) => {
            let text = |key: &str| object.get(key).and_then(Value::as_str).map(str::to_owned);
            let Some(message) = text("msg") else {
                return Err("an object without a text `msg`".to_owned());
            };
            let line = object.get("line").and_then(Value::as_u64).and_then(|line| usize::try_from(line).ok());
            let path = object.get("path").and_then(Value::as_array).cloned().unwrap_or_default();
            Ok(Said { message, path, line, file: text("file"), mend: text("mend") })
        }
        other => Err(format!("a set with {}", name(&other))),
    }
}

fn name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a truth value",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn texts_and_objects_with_msg_are_findings() {
        let said = read(json!(["a", {"msg": "b", "path": ["x", 0], "line": 3, "other": {}}])).unwrap();

        assert_eq!(said[0].message, "a");
        assert_eq!((said[1].message.as_str(), said[1].line, said[1].path.len()), ("b", Some(3), 2));
    }

    #[test]
    fn anything_else_is_told() {
        assert_eq!(read(json!("a")).unwrap_err(), "a text in place of a set");
        assert_eq!(read(json!([1])).unwrap_err(), "a set with a number");
        assert_eq!(read(json!([{"message": "a"}])).unwrap_err(), "an object without a text `msg`");
    }
}
