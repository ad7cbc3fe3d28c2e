//! Outputs that stand in for an action which a dry run leaves out.
//!
//! Made from the output schema alone, by Backstage's rules, so that templates which read them render the same.

use serde_json::{Map, Value};

/// An example of what a schema describes.
pub(super) fn of(schema: &Value) -> Value {
    if let Some(first) =
        schema.get("examples").and_then(Value::as_array).and_then(|examples| examples.first())
    {
        return first.clone();
    }
    match schema.get("type").and_then(Value::as_str) {
        Some("object") => object(schema),
        Some("array") => list(schema),
        Some("string") => Value::from("<example>"),
        Some("number" | "integer") => Value::from(0),
        Some("boolean") => Value::from(false),
        _ => Value::from("<unknown>"),
    }
}

fn object(schema: &Value) -> Value {
    let properties = schema.get("properties").and_then(Value::as_object);
    let members: Map<String, Value> =
        properties.into_iter().flatten().map(|(name, member)| (name.clone(), of(member))).collect();
    Value::Object(members)
}

fn list(schema: &Value) -> Value {
    let first = match schema.get("items") {
        Some(Value::Array(items)) => items.first(),
        single => single,
    };
    first.map(of).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_type_has_its_example() {
        let schema = json!({
            "type": "object",
            "properties": {
                "text": { "type": "string" },
                "count": { "type": "number" },
                "flag": { "type": "boolean" },
                "list": { "type": "array", "items": { "type": "string" } },
                "open": { "type": "array" },
                "any": {},
                "given": { "type": "string", "examples": ["one", "two"] }
            }
        });

        let example = of(&schema);

        assert_eq!(
            example,
            json!({
                "text": "<example>", "count": 0, "flag": false, "list": ["<example>"], "open": [],
                "any": "<unknown>", "given": "one"
            })
        );
    }
}
