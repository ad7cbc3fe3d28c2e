//! `$ref`: from a reference to the schema it means, inside one document.
//!
//! A JSON Pointer from the root (`#/definitions/x`) or the `$id` of a part. Other documents are never looked
//! for. The invariant: what is found is a part of the root.

use percent_encoding::percent_decode_str;
use serde_json::Value;

/// The part of `root` that `reference` names.
pub(super) fn resolve<'s>(root: &'s Value, reference: &str) -> Option<&'s Value> {
    match reference.strip_prefix('#') {
        Some("") => Some(root),
        Some(pointer) if pointer.starts_with('/') => {
            root.pointer(&percent_decode_str(pointer).decode_utf8_lossy())
        }
        _ => with_id(root, reference),
    }
}

fn with_id<'s>(schema: &'s Value, id: &str) -> Option<&'s Value> {
    match schema {
        Value::Object(map) => {
            let own = map.get("$id").or_else(|| map.get("id")).and_then(Value::as_str);
            if own.is_some_and(|own| own == id || own.trim_end_matches('#') == id.trim_end_matches('#')) {
                return Some(schema);
            }
            map.values().find_map(|part| with_id(part, id))
        }
        Value::Array(items) => items.iter().find_map(|part| with_id(part, id)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn pointers_and_ids_are_found_inside_the_document() {
        let root = json!({"definitions": {"a b": {"type": "string"}, "c": {"$id": "#c"}}});

        assert_eq!(resolve(&root, "#/definitions/a%20b"), Some(&json!({"type": "string"})));
        assert_eq!(resolve(&root, "#c"), Some(&json!({"$id": "#c"})));
        assert_eq!(resolve(&root, "#"), Some(&root));
        assert_eq!(resolve(&root, "#/definitions/nope"), None);
        assert_eq!(resolve(&root, "https://example.com/x.json"), None);
    }
}
