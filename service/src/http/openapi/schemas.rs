//! Schemas of bodies.

use serde_json::{Map, Value, json};

use super::schema;

pub(super) fn all() -> Value {
    let mut all = Map::new();
    for group in [
        errors(),
        tasks(),
        events(),
        templates(),
        dry_runs(),
        super::trial::schemas(),
        super::repositories::schemas(),
        super::deliveries::schemas(),
        own(),
    ] {
        if let Value::Object(group) = group {
            all.extend(group);
        }
    }
    Value::Object(all)
}

fn text() -> Value {
    json!({ "type": "string" })
}

fn time() -> Value {
    json!({ "type": "string", "format": "date-time", "example": "2026-11-23T03:19:51.000Z" })
}

fn any_object() -> Value {
    json!({ "type": "object", "additionalProperties": true })
}

fn list(items: Value) -> Value {
    json!({ "type": "array", "items": items })
}

fn object(required: &[&str], properties: Value) -> Value {
    json!({ "type": "object", "properties": properties, "required": required })
}

fn errors() -> Value {
    json!({
        "Count": { "type": "integer", "minimum": 0 },
        "Error": object(&["error", "request", "response"], json!({
            "error": object(&["name", "message"], json!({ "name": text(), "message": text() })),
            "request": object(&["method", "url"], json!({
                "method": text(),
                "url": { "type": "string", "description": "Relative to `/api/scaffolder` or `/api/stagecraft`" },
            })),
            "response": object(&["statusCode"], json!({ "statusCode": { "type": "integer" } })),
        })),
        "ValidationErrors": object(&["errors"], json!({ "errors": list(schema("ValidationError")) })),
        "ValidationError": object(
            &["path", "property", "message", "schema", "name", "stack"],
            json!({
                "path": { "type": "array", "items": {}, "description": "Keys and indexes down to the value" },
                "property": { "type": "string", "description": "The same as text, beginning with `instance` or `secrets`" },
                "message": text(),
                "schema": { "description": "The schema that was broken, or its `$id`" },
                "instance": { "description": "The value that broke it, if there is one; `{}` for secrets" },
                "name": { "type": "string", "description": "The keyword" },
                "argument": { "description": "The keyword's value, for keywords that tell it" },
                "stack": text(),
            }),
        ),
        "Secrets": { "type": "object", "additionalProperties": { "type": "string" }, "description": "Never served again" },
    })
}

fn tasks() -> Value {
    json!({
        "TaskReference": object(&["id"], json!({ "id": { "type": "string", "format": "uuid" } })),
        "TaskStatus": { "type": "string", "enum": ["open", "processing", "completed", "failed", "cancelled", "skipped"] },
        "TaskPage": object(&["tasks", "totalTasks"], json!({
            "tasks": list(schema("Task")),
            "totalTasks": { "type": "integer", "description": "Without limit and offset" },
        })),
        "Task": object(&["id", "spec", "status", "createdAt", "lastHeartbeatAt"], json!({
            "id": { "type": "string", "format": "uuid" },
            "spec": schema("TaskSpec"),
            "status": schema("TaskStatus"),
            "createdAt": time(),
            "lastHeartbeatAt": { "type": "string", "format": "date-time", "nullable": true },
            "createdBy": { "type": "string", "description": "The user behind it; absent for services" },
        })),
        "TaskSpec": object(&["apiVersion", "steps", "output", "parameters", "user", "templateInfo"], json!({
            "apiVersion": text(),
            "steps": list(schema("Step")),
            "EXPERIMENTAL_recovery": any_object(),
            "output": any_object(),
            "parameters": any_object(),
            "user": object(&[], json!({ "ref": text(), "entity": any_object() })),
            "templateInfo": object(&["entityRef"], json!({ "entityRef": text(), "baseUrl": text(), "entity": any_object() })),
        })),
        "Step": {
            "type": "object",
            "properties": {
                "id": text(),
                "name": text(),
                "action": text(),
                "input": any_object(),
                "if": { "description": "A text or a boolean" },
                "each": { "description": "A text, a list or an object" },
            },
            "required": ["id", "name", "action"],
            "additionalProperties": true,
        },
    })
}

fn events() -> Value {
    json!({
        "TaskEvent": object(&["id", "isTaskRecoverable", "taskId", "body", "type", "createdAt"], json!({
            "id": { "type": "integer", "format": "int64" },
            "isTaskRecoverable": { "type": "boolean", "description": "Whether the stream stays open after a completion, as it does for templates that can be started over" },
            "taskId": { "type": "string", "format": "uuid" },
            "body": schema("EventBody"),
            "type": { "type": "string", "enum": ["log", "completion", "cancelled", "recovered"] },
            "createdAt": time(),
        })),
        "EventBody": object(&[], json!({
            "message": { "type": "string", "description": "Absent where `recoverStrategy` says it all" },
            "stepId": text(),
            "status": { "type": "string", "enum": ["processing", "completed", "failed", "cancelled", "skipped"] },
            "output": { "description": "The task's output, on completion" },
            "error": object(&["name", "message"], json!({ "name": text(), "message": text() })),
            "recoverStrategy": { "type": "string", "enum": ["none", "startOver"] },
        })),
    })
}

fn templates() -> Value {
    let described = |also: Value| {
        let mut properties = json!({ "description": text() });
        if let (Some(properties), Value::Object(also)) = (properties.as_object_mut(), also) {
            properties.extend(also);
        }
        json!({ "type": "object", "properties": properties })
    };
    let function = described(json!({ "schema": any_object(), "examples": list(any_object()) }));
    json!({
        "TemplateParameterSchema": object(&["title", "steps"], json!({
            "title": text(),
            "description": text(),
            "presentation": any_object(),
            "ui:options": any_object(),
            "steps": list(object(&["title", "schema"], json!({
                "title": text(),
                "description": text(),
                "schema": { "type": "object", "additionalProperties": true, "description": "The page as the author wrote it" },
            }))),
            "formDecorators": list(object(&["id"], json!({ "id": text(), "input": any_object() }))),
        })),
        "Action": object(&["id", "description", "examples", "schema"], json!({
            "id": text(),
            "description": text(),
            "examples": list(object(&["description", "example"], json!({ "description": text(), "example": text() }))),
            "schema": object(&["input"], json!({ "input": any_object(), "output": any_object() })),
        })),
        "TemplatingExtensions": object(&["filters", "globals"], json!({
            "filters": { "type": "object", "additionalProperties": function },
            "globals": object(&["functions", "values"], json!({
                "functions": { "type": "object", "additionalProperties": function },
                "values": { "type": "object", "additionalProperties": described(json!({ "value": {} })) },
            })),
        })),
    })
}

fn dry_runs() -> Value {
    json!({
        "PostedFile": object(&["path", "base64Content"], json!({
            "path": { "type": "string", "description": "Relative to the template's folder" },
            "base64Content": text(),
        })),
        "DryRunResult": object(&["log", "directoryContents", "output", "steps"], json!({
            "log": list(object(&["body"], json!({ "body": schema("EventBody") }))),
            "directoryContents": list(schema("MadeFile")),
            "output": any_object(),
            "steps": list(schema("Step")),
        })),
        "MadeFile": object(&["path", "executable", "base64Content"], json!({
            "path": text(),
            "executable": { "type": "boolean" },
            "base64Content": { "type": "string", "description": "`***` for a file that stems from a secret" },
            "symlink": { "type": "boolean", "description": "Only on links; the content is where the link leads" },
        })),
    })
}

fn own() -> Value {
    json!({
        "ListedTemplate": object(&["title", "place", "usable", "errors"], json!({
            "entityRef": { "type": "string", "description": "Absent where it could not be read" },
            "title": text(),
            "description": text(),
            "place": { "type": "string", "description": "Source and file" },
            "usable": { "type": "boolean" },
            "errors": list(object(&["file", "message"], json!({
                "file": text(),
                "line": { "type": "integer" },
                "column": { "type": "integer" },
                "message": text(),
            }))),
        })),
        "AnalyzeLocationRequest": object(&["location"], json!({
            "location": object(&["type", "target"], json!({
                "type": { "type": "string", "enum": ["url"] },
                "target": { "type": "string", "description": "Address of a repository, or of a folder in one" },
            })),
            "catalogFilename": { "type": "string", "description": "What catalog files are called; `catalog-info.yaml` if left out" },
        })),
        "AnalyzeLocationResponse": object(&["existingEntityFiles", "generateEntities"], json!({
            "existingEntityFiles": list(object(&["location", "isRegistered", "entity"], json!({
                "location": object(&["type", "target"], json!({ "type": text(), "target": text() })),
                "isRegistered": { "type": "boolean", "description": "Whether a task has registered the file with this service" },
                "entity": any_object(),
            }))),
            "generateEntities": list(object(&["entity", "fields"], json!({
                "entity": { "type": "object", "additionalProperties": true, "description": "As far as it could be told" },
                "fields": list(object(&["field", "state", "value", "description"], json!({
                    "field": { "type": "string", "description": "Path of the field, such as `spec.owner`" },
                    "state": {
                        "type": "string",
                        "enum": ["analysisSuggestedValue", "analysisSuggestedNoValue", "needsUserInput"],
                    },
                    "value": { "type": "string", "nullable": true },
                    "description": { "type": "string", "description": "Why, naming the file that it was taken from" },
                }))),
            }))),
        })),
        "CatalogChanges": object(&["cursor", "more", "reset", "changes"], json!({
            "cursor": { "type": "string", "description": "Where the reader stands now; opaque" },
            "more": { "type": "boolean", "description": "Whether there is more to read now" },
            "reset": {
                "type": "boolean",
                "description": "The given cursor means nothing here: forget what was read, this page is the first of everything there is",
            },
            "changes": list(object(&["entityRef", "entity"], json!({
                "entityRef": { "type": "string", "description": "`kind:namespace/name` in lower case" },
                "entity": {
                    "type": "object",
                    "nullable": true,
                    "additionalProperties": true,
                    "description": "The entity as it is now; null if it was removed, which only follows a cursor",
                },
            }))),
        })),
        "ListedEntity": object(&["entityRef", "location", "entity"], json!({
            "entityRef": text(),
            "location": text(),
            "entity": any_object(),
        })),
    })
}
