//! Paths of tasks and their events.

use serde_json::{Value, json};

use super::{Path, answer, body, invalid, parameter, path, refusal, schema};

pub(super) fn paths() -> Vec<Path> {
    vec![
        path("/api/scaffolder/v2/tasks", json!({ "get": list(), "post": create() })),
        path("/api/scaffolder/v2/tasks/{taskId}", json!({ "get": get() })),
        path("/api/scaffolder/v2/tasks/{taskId}/cancel", json!({ "post": cancel() })),
        path("/api/scaffolder/v2/tasks/{taskId}/retry", json!({ "post": retry() })),
        path("/api/scaffolder/v2/tasks/{taskId}/events", json!({ "get": events() })),
        path("/api/scaffolder/v2/tasks/{taskId}/eventstream", json!({ "get": eventstream() })),
    ]
}

fn list() -> Value {
    json!({
        "operationId": "ListTasks",
        "tags": ["tasks"],
        "description": "Lists tasks, newest first unless told otherwise.",
        "parameters": [parameter("createdBy"), parameter("status"), parameter("limit"), parameter("offset"), parameter("order")],
        "responses": {
            "200": answer("A page of tasks", schema("TaskPage")),
            "400": refusal("A filter cannot be read"),
            "401": refusal("No token, or one that is not known"),
            "403": refusal("Backstage's policy does not let the user do it"),
            "503": refusal("Backstage cannot be asked what the user may do"),
        },
    })
}

fn create() -> Value {
    json!({
        "operationId": "Scaffold",
        "tags": ["tasks"],
        "description": "Creates a task from a template. Values are checked against each page of the form; defaults of the form are not filled in. With `Idempotency-Key` a request can be repeated: it is answered with the task that it created first.",
        "parameters": [parameter("idempotencyKey")],
        "requestBody": body(true, json!({
            "type": "object",
            "properties": {
                "templateRef": { "type": "string", "description": "For example `template:default/service`; kind and namespace may be left out" },
                "values": { "type": "object", "additionalProperties": true, "description": "Values of the form" },
                "secrets": schema("Secrets"),
            },
            "required": ["templateRef", "values"],
        })),
        "responses": {
            "201": answer("The task was created", schema("TaskReference")),
            "400": invalid("Values or secrets do not fit, the template is broken, or a step names an action that is not there"),
            "401": refusal("No token, or one that is not known"),
            "403": refusal("Backstage's policy does not let the user do it"),
            "404": refusal("No such template"),
            "409": refusal("The key stands for a task with another template or other values"),
            "503": refusal("The database or the template's repository is away, or Backstage cannot be asked what the user may do"),
        },
    })
}

fn get() -> Value {
    json!({
        "operationId": "GetTask",
        "tags": ["tasks"],
        "description": "A task: what it was created from, and its state. Secrets and outputs of steps are no part of it.",
        "parameters": [parameter("taskId")],
        "responses": {
            "200": answer("The task", schema("Task")),
            "401": refusal("No token, or one that is not known"),
            "403": refusal("Backstage's policy does not let the user do it"),
            "503": refusal("Backstage cannot be asked what the user may do"),
            "404": refusal("No such task"),
        },
    })
}

fn cancel() -> Value {
    json!({
        "operationId": "CancelTask",
        "tags": ["tasks"],
        "description": "Asks a task to stop. One that waits ends at once; one that has ended is left as it is.",
        "parameters": [parameter("taskId")],
        "responses": {
            "200": answer("It was asked", json!({
                "type": "object",
                "properties": { "status": { "type": "string", "enum": ["cancelled"] } },
                "required": ["status"],
            })),
            "401": refusal("No token, or one that is not known"),
            "403": refusal("Backstage's policy does not let the user do it"),
            "503": refusal("Backstage cannot be asked what the user may do"),
            "404": refusal("No such task"),
        },
    })
}

fn retry() -> Value {
    json!({
        "operationId": "Retry",
        "tags": ["tasks"],
        "description": "Starts a task over that has ended. What it has already done outside is not done again.",
        "parameters": [parameter("taskId")],
        "requestBody": body(false, json!({ "type": "object", "properties": { "secrets": schema("Secrets") } })),
        "responses": {
            "201": answer("It will run again, under the same id", schema("TaskReference")),
            "400": invalid("The secrets do not fit"),
            "401": refusal("No token, or one that is not known"),
            "403": refusal("Backstage's policy does not let the user do it"),
            "503": refusal("Backstage cannot be asked what the user may do"),
            "404": refusal("No such task"),
            "409": refusal("It has not ended"),
        },
    })
}

fn events() -> Value {
    json!({
        "operationId": "StreamLogsPolling",
        "tags": ["tasks"],
        "description": "Events of a task by long poll: answers as soon as there is one, and with an empty list after 30 seconds.",
        "parameters": [parameter("taskId"), parameter("after")],
        "responses": {
            "200": answer("Events in order", json!({ "type": "array", "items": schema("TaskEvent") })),
            "400": refusal("`after` is not an integer"),
            "401": refusal("No token, or one that is not known"),
            "403": refusal("Backstage's policy does not let the user do it"),
            "503": refusal("Backstage cannot be asked what the user may do"),
            "404": refusal("No such task"),
        },
    })
}

fn eventstream() -> Value {
    json!({
        "operationId": "StreamLogsEventStream",
        "tags": ["tasks"],
        "description": "Events of a task as server-sent events, each with its id; ends after the completion. Comments keep the connection alive.",
        "parameters": [parameter("taskId"), parameter("after"), parameter("lastEventId")],
        "responses": {
            "200": {
                "description": "`event:` is the event's type, `data:` the event as JSON, `id:` its id",
                "content": { "text/event-stream": { "schema": { "type": "string" } } },
            },
            "400": refusal("`after` is not an integer"),
            "401": refusal("No token, or one that is not known"),
            "403": refusal("Backstage's policy does not let the user do it"),
            "503": refusal("Backstage cannot be asked what the user may do"),
            "404": refusal("No such task"),
        },
    })
}
