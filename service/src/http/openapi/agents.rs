//! Paths of Backstage's actions registry.

use serde_json::{Value, json};

use super::{Path, answer, body, parameter, path, refusal};

pub(super) fn paths() -> Vec<Path> {
    let below = |what: &str| format!("/api/scaffolder/.backstage/actions/{what}");
    let bare = json!({ "type": "object", "additionalProperties": true, "description": "The input" });
    let wrapped = json!({
        "type": "object",
        "properties": { "input": { "type": "object", "additionalProperties": true } },
        "required": ["input"],
    });
    vec![
        path(&below("v1/actions"), json!({ "get": list() })),
        path(&below("v1/actions/{actionId}/invoke"), json!({ "post": invoke("InvokeAction", false, bare) })),
        path(
            &below("v2/actions/{actionId}/invoke"),
            json!({ "post": invoke("InvokeActionWrapped", true, wrapped) }),
        ),
    ]
}

fn list() -> Value {
    let text = json!({ "type": "string" });
    let any = json!({ "type": "object", "additionalProperties": true });
    let flag = json!({ "type": "boolean" });
    let action = json!({
        "type": "object",
        "properties": {
            "id": text,
            "name": text,
            "title": text,
            "description": text,
            "pluginId": text,
            "attributes": {
                "type": "object",
                "properties": { "destructive": flag, "idempotent": flag, "readOnly": flag },
                "required": ["destructive", "idempotent", "readOnly"],
            },
            "schema": {
                "type": "object",
                "properties": { "input": any, "output": any },
                "required": ["input", "output"],
            },
        },
        "required": ["id", "name", "title", "description", "pluginId", "attributes", "schema"],
    });
    json!({
        "operationId": "ListAgentActions",
        "tags": ["agents"],
        "description": "What agents and plugins of Backstage can do with the scaffolder. The dry run is not listed to those whom Backstage's policy does not let make one.",
        "responses": {
            "200": answer("The actions", json!({
                "type": "object",
                "properties": { "actions": { "type": "array", "items": action } },
                "required": ["actions"],
            })),
            "401": refusal("No token, or one that is not known"),
            "503": refusal("Backstage cannot be asked what the user may do"),
        },
    })
}

fn invoke(operation: &str, required: bool, input: Value) -> Value {
    json!({
        "operationId": operation,
        "tags": ["agents"],
        "description": "Does what the action says, as the caller and with what the caller may do.",
        "parameters": [parameter("actionId")],
        "requestBody": body(required, input),
        "responses": {
            "200": answer("What the action gives", json!({
                "type": "object",
                "properties": { "output": { "type": "object", "additionalProperties": true } },
                "required": ["output"],
            })),
            "400": refusal("The input does not fit the action's schema, or its values not the template's form"),
            "401": refusal("No token, or one that is not known"),
            "403": refusal("Backstage's policy does not let the user do it, or a service asks for tasks of its own"),
            "404": refusal("No such action or none that the caller may see, or no such task or template"),
            "500": refusal("A step of a dry run failed"),
            "503": refusal("Backstage cannot be asked what the user may do"),
        },
    })
}
