//! Parameters of paths, queries and headers.

use serde_json::{Value, json};

use super::schema;

pub(super) fn all() -> Value {
    let mut all = common();
    if let (Some(all), Value::Object(more)) = (all.as_object_mut(), super::deliveries::parameters()) {
        all.extend(more);
    }
    all
}

fn common() -> Value {
    json!({
        "taskId": in_path("taskId", "Id of the task"),
        "actionId": in_path("actionId", "Id of the action, such as `scaffolder:execute-template`"),
        "namespace": in_path("namespace", "Namespace of the template"),
        "kind": in_path("kind", "`template`, in any letter case"),
        "name": in_path("name", "Name of the template"),
        "provider": in_path("provider", "Who offers choices, for example `github`"),
        "resource": in_path("resource", "What is to be chosen"),
        "createdBy": list("createdBy", "Only tasks of these users", json!({ "type": "string" })),
        "status": list("status", "Only tasks in these states; one that is not known matches nothing", json!({ "type": "string" })),
        "order": list(
            "order",
            "`asc:` or `desc:` and `created_at`, `status` or `created_by`; without it the newest come first",
            json!({ "type": "string", "pattern": "^(asc|desc):(created_at|status|created_by)$" }),
        ),
        "limit": count("limit", "At most so many"),
        "offset": count("offset", "Leave out so many"),
        "after": {
            "name": "after",
            "in": "query",
            "required": false,
            "description": "Id of the last event that the client has",
            "schema": { "type": "integer", "format": "int64" },
        },
        "feedAfter": {
            "name": "after",
            "in": "query",
            "required": false,
            "description": "The cursor of the last answer. One that means nothing to this service is answered with `reset`",
            "schema": { "type": "string" },
        },
        "feedLimit": {
            "name": "limit",
            "in": "query",
            "required": false,
            "description": "At most so many changes; there may be less although `more` is true, when they are large",
            "schema": { "type": "integer", "minimum": 1, "maximum": 1000, "default": 500 },
        },
        "repositoryAfter": of_query("after", "`next` of the page before", json!({ "type": "string" })),
        "repositoryLimit": of_query(
            "limit",
            "At most so many",
            json!({ "type": "integer", "minimum": 1, "maximum": 100, "default": 100 }),
        ),
        "repositoryOwner": of_query("owner", "Only those of `github.com/acme`", json!({ "type": "string" })),
        "repositoryState": of_query("state", "Only those in this state", json!({ "type": "string" })),
        "idempotencyKey": {
            "name": "Idempotency-Key",
            "in": "header",
            "required": false,
            "description": "The caller's own name for the request; two callers may use the same one",
            "schema": { "type": "string", "pattern": "^[!-~]{1,200}$" },
        },
        "lastEventId": {
            "name": "Last-Event-ID",
            "in": "header",
            "required": false,
            "description": "The same as `after`, as browsers send it when they reconnect; the larger one counts",
            "schema": { "type": "integer", "format": "int64" },
        },
    })
}

fn in_path(name: &str, description: &str) -> Value {
    json!({ "name": name, "in": "path", "required": true, "description": description, "schema": { "type": "string" } })
}

fn list(name: &str, description: &str, items: Value) -> Value {
    json!({
        "name": name,
        "in": "query",
        "required": false,
        "description": description,
        "explode": true,
        "schema": { "type": "array", "items": items },
    })
}

fn count(name: &str, description: &str) -> Value {
    json!({ "name": name, "in": "query", "required": false, "description": description, "schema": schema("Count") })
}

fn of_query(name: &str, description: &str, schema: Value) -> Value {
    json!({ "name": name, "in": "query", "required": false, "description": description, "schema": schema })
}
