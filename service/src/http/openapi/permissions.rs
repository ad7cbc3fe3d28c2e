//! Paths of the permission framework, once for each of the plugins that the service answers as.

use serde_json::{Value, json};

use super::{Path, answer, body, path, refusal};

pub(super) fn paths() -> Vec<Path> {
    let plugins = [("scaffolder", "Scaffolder"), ("stagecraft", "Stagecraft")];
    let paths = plugins.into_iter().map(|(plugin, name)| {
        let below = |what: &str| format!("/api/{plugin}/.well-known/backstage/permissions/{what}");
        [
            path(&below("metadata"), json!({ "get": metadata(&format!("Get{name}Permissions")) })),
            path(&below("apply-conditions"), json!({ "post": apply(&format!("Apply{name}Conditions")) })),
        ]
    });
    paths.flatten().collect()
}

fn metadata(operation: &str) -> Value {
    let any = json!({ "type": "array", "items": { "type": "object", "additionalProperties": true } });
    json!({
        "operationId": operation,
        "tags": ["permissions"],
        "description": "The permissions and rules that policies can name.",
        "responses": {
            "200": answer("Permissions and rules", json!({
                "type": "object",
                "properties": { "permissions": any, "rules": any },
                "required": ["permissions", "rules"],
            })),
            "401": refusal("No token, or one that is not known"),
        },
    })
}

fn apply(operation: &str) -> Value {
    let reference = json!({ "type": "string", "description": "Id of a task, or reference of a template" });
    let verdict = json!({ "type": "string", "enum": ["ALLOW", "DENY"] });
    json!({
        "operationId": operation,
        "tags": ["permissions"],
        "description": "Holds conditions of a policy to tasks (`scaffolder-task`) and templates (`stagecraft-template`). What is not there fits none.",
        "requestBody": body(true, items(json!({
            "id": { "type": "string" },
            "resourceRef": { "oneOf": [reference, { "type": "array", "items": reference, "minItems": 1 }] },
            "resourceType": { "type": "string" },
            "conditions": { "type": "object", "additionalProperties": true },
        }))),
        "responses": {
            "200": answer("A verdict for each resource", items(json!({
                "id": { "type": "string" },
                "result": { "oneOf": [verdict, { "type": "array", "items": verdict }] },
            }))),
            "400": refusal("The conditions or the type of resource cannot be read"),
            "401": refusal("No token, or one that is not known"),
            "403": refusal("A user asks"),
            "501": refusal("Resources of this type have no references"),
        },
    })
}

fn items(properties: Value) -> Value {
    let required: Vec<String> =
        properties.as_object().map(|members| members.keys().cloned().collect()).unwrap_or_default();
    json!({
        "type": "object",
        "properties": {
            "items": {
                "type": "array",
                "items": { "type": "object", "properties": properties, "required": required },
            },
        },
        "required": ["items"],
    })
}
