//! A schema as rows that people read: name, type in words, what it is.
//!
//! Members of objects and of lists of objects have rows of their own (`files[].from`). What a schema says
//! beyond type, words to choose from, default and bounds is left to the schema.

use serde_json::{Map, Value};

/// One way to fill an input or output.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Form {
    /// Its members, in the schema's order.
    pub(super) rows: Vec<Row>,
}

/// One member.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// Its name, with the names it stands in: `files[].from`.
    pub(super) name: String,
    /// Its type in words.
    pub(super) kind: String,
    /// Whether it must be given where its object is.
    pub(super) required: bool,
    /// What it is.
    pub(super) description: String,
}

/// The forms of a schema: one, or those of its `anyOf`.
pub(super) fn forms(schema: &Value) -> Vec<Form> {
    let alternatives = schema.get("anyOf").or_else(|| schema.get("oneOf")).and_then(Value::as_array);
    match alternatives {
        Some(forms) => forms.iter().map(form).collect(),
        None => vec![form(schema)],
    }
}

fn form(schema: &Value) -> Form {
    let mut rows = Vec::new();
    members(schema, "", &mut rows);
    Form { rows }
}

fn members(schema: &Value, prefix: &str, rows: &mut Vec<Row>) {
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return };
    let required: Vec<&str> = list(schema, "required").iter().filter_map(|name| name.as_str()).collect();
    for (name, member) in properties {
        let full = format!("{prefix}{name}");
        rows.push(Row {
            name: full.clone(),
            kind: kind(member),
            required: required.contains(&name.as_str()),
            description: described(member),
        });
        below(member, &full, rows);
    }
}

/// The members of an object, of a list's objects, or of those among several types.
fn below(schema: &Value, name: &str, rows: &mut Vec<Row>) {
    members(schema, &format!("{name}."), rows);
    if let Some(items) = schema.get("items") {
        below(items, &format!("{name}[]"), rows);
    }
    for one in list(schema, "anyOf") {
        below(one, name, rows);
    }
}

fn described(member: &Value) -> String {
    let text = member.get("description").and_then(Value::as_str).unwrap_or_default();
    match member.get("default") {
        Some(default) if !text.contains("Default:") => {
            format!("{text} Default: `{default}`.").trim().to_owned()
        }
        _ => text.to_owned(),
    }
}

/// The type in words.
fn kind(schema: &Value) -> String {
    if let Some(value) = schema.get("const") {
        return format!("`{value}`");
    }
    let words = list(schema, "enum");
    if !words.is_empty() {
        let words: Vec<String> = words.iter().map(|word| format!("`{}`", shown(word))).collect();
        return words.join(", ");
    }
    let alternatives = list(schema, "anyOf");
    if !alternatives.is_empty() {
        return or(alternatives.iter().map(kind));
    }
    match schema.get("type") {
        Some(Value::String(name)) => one_type(name, schema),
        Some(Value::Array(names)) => {
            or(names.iter().filter_map(Value::as_str).map(|name| one_type(name, schema)))
        }
        _ => "anything".to_owned(),
    }
}

fn one_type(name: &str, schema: &Value) -> String {
    match name {
        "string" => "text".to_owned(),
        "boolean" => "true or false".to_owned(),
        "number" => "number".to_owned(),
        "integer" => "whole number".to_owned(),
        "null" => "null".to_owned(),
        "array" => match schema.get("items") {
            Some(items) if items != &Value::Object(Map::new()) => format!("list of {}", kind(items)),
            _ => "list".to_owned(),
        },
        "object" => "object".to_owned(),
        other => other.to_owned(),
    }
}

fn or(kinds: impl Iterator<Item = String>) -> String {
    let mut all: Vec<String> = Vec::new();
    for kind in kinds {
        if !all.contains(&kind) {
            all.push(kind);
        }
    }
    all.join(" or ")
}

fn shown(word: &Value) -> String {
    word.as_str().map_or_else(|| word.to_string(), str::to_owned)
}

fn list<'s>(schema: &'s Value, name: &str) -> &'s [Value] {
    schema.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rows(properties: Value) -> Vec<(String, String, String)> {
        let schema = json!({ "type": "object", "properties": properties });
        let form = forms(&schema).remove(0);
        form.rows.into_iter().map(|row| (row.name, row.kind, row.description)).collect()
    }

    fn row(name: &str, kind: &str, description: &str) -> (String, String, String) {
        (name.to_owned(), kind.to_owned(), description.to_owned())
    }

    #[test]
    fn types_are_told_in_words() {
        let rows = rows(json!({
            "a": { "type": "string", "description": "A text." },
            "b": { "type": "array", "items": { "type": "number" } },
            "c": { "type": "string", "enum": ["x", "y"] },
            "d": { "anyOf": [{ "type": "boolean" }, { "const": "folded" }, { "type": "null" }] },
            "e": {},
            "f": { "type": ["string", "integer"] },
        }));

        assert_eq!(
            rows,
            [
                row("a", "text", "A text."),
                row("b", "list of number", ""),
                row("c", "`x`, `y`", ""),
                row("d", "true or false or `\"folded\"` or null", ""),
                row("e", "anything", ""),
                row("f", "text or whole number", ""),
            ]
        );
    }

    #[test]
    fn members_of_lists_of_objects_have_rows_of_their_own() {
        let item = json!({ "type": "object", "properties": { "from": { "type": "string" } } });

        let rows = rows(json!({ "files": { "type": "array", "items": item } }));

        assert_eq!(rows, [row("files", "list of object", ""), row("files[].from", "text", "")]);
    }

    #[test]
    fn a_default_is_told_once() {
        let rows = rows(json!({
            "a": { "type": "boolean", "default": true, "description": "Whether." },
            "b": { "type": "string", "default": "x", "description": "What. Default: `x`." },
        }));

        assert_eq!(
            rows,
            [row("a", "true or false", "Whether. Default: `true`."), row("b", "text", "What. Default: `x`.")]
        );
    }

    #[test]
    fn several_forms_are_told_apart() {
        let schema = json!({ "anyOf": [
            { "type": "object", "required": ["a"], "properties": { "a": {} } },
            { "type": "object", "properties": { "b": {} } },
        ] });

        let forms = forms(&schema);

        assert_eq!(forms.len(), 2);
        assert!(forms[0].rows[0].required && !forms[1].rows[0].required);
    }
}
