//! Our own dry run: its path and the shapes of its answer.

use serde_json::{Value, json};

use super::{Path, answer, body, path, refusal, schema};

pub(super) fn paths() -> Vec<Path> {
    vec![path("/api/stagecraft/v1/dry-run", json!({ "post": run() }))]
}

fn run() -> Value {
    json!({
        "operationId": "TryOut",
        "tags": ["stagecraft"],
        "description": "Runs a template, of the library or posted, without changing anything outside. What keeps it from running and what fails in it is part of the answer, with the log; the files can be held against a repository that is there.",
        "requestBody": body(true, json!({
            "type": "object",
            "properties": {
                "templateRef": { "type": "string", "description": "A template of the library, such as `service`; either this or `template`" },
                "template": { "type": "object", "additionalProperties": true, "description": "A Template entity" },
                "directoryContents": { "type": "array", "items": schema("PostedFile"), "description": "The files beside a posted template" },
                "values": { "type": "object", "additionalProperties": true, "description": "Values of the form" },
                "secrets": schema("Secrets"),
                "fillDefaults": { "type": "boolean", "default": true, "description": "Fill in defaults of the form first" },
                "keepExpressionErrors": { "type": "boolean", "default": false, "description": "Keep the text of a failing expression, as a task does, instead of failing the step" },
                "compare": schema("CompareWith"),
            },
            "additionalProperties": false,
        })),
        "responses": {
            "200": answer("What was found", json!({
                "oneOf": [schema("TrialRefused"), schema("TrialFailed"), schema("TrialCompleted")],
                "discriminator": {
                    "propertyName": "status",
                    "mapping": {
                        "refused": "#/components/schemas/TrialRefused",
                        "failed": "#/components/schemas/TrialFailed",
                        "completed": "#/components/schemas/TrialCompleted",
                    },
                },
            })),
            "400": refusal("The request or a file in it cannot be used"),
            "401": refusal("No token, or one that is not known"),
            "403": refusal("A file's path leads out of the template's folder, or Backstage's policy does not let the user do it"),
            "404": refusal("No such template, or no such repository to compare with"),
            "503": refusal("A repository is away, or Backstage cannot be asked what the user may do"),
        },
    })
}

fn text() -> Value {
    json!({ "type": "string" })
}

fn object(required: &[&str], properties: Value) -> Value {
    json!({ "type": "object", "properties": properties, "required": required })
}

fn list(items: Value) -> Value {
    json!({ "type": "array", "items": items })
}

pub(super) fn schemas() -> Value {
    let status = |word: &str| json!({ "type": "string", "enum": [word] });
    let run = |word: &str, required: &[&str], also: Value| {
        let mut properties = json!({
            "status": status(word),
            "log": list(object(&["body"], json!({ "body": schema("EventBody") }))),
            "steps": list(schema("TrialStep")),
            "directoryContents": list(schema("MadeFile")),
            "treeId": { "type": "string", "description": "Git's id of the files, where they make a tree" },
            "output": { "type": "object", "additionalProperties": true },
        });
        if let (Some(properties), Value::Object(also)) = (properties.as_object_mut(), also) {
            properties.extend(also);
        }
        object(&[&["status", "log", "steps", "directoryContents", "output"], required].concat(), properties)
    };
    json!({
        "CompareWith": object(&["repository"], json!({
            "repository": { "type": "string", "description": "`https://github.com/acme/shop`, with `/tree/<revision>/<folder>` behind it or not, or `github.com?owner=acme&repo=shop`" },
            "sourcePath": { "type": "string", "description": "The folder of the workspace that is the repository's content" },
        })),
        "TrialRefused": object(&["status", "problems"], json!({
            "status": status("refused"),
            "problems": list(object(&["at", "message"], json!({
                "at": { "type": "string", "description": "For example `spec.steps[0].action` or `values.name`; empty for the whole template" },
                "message": text(),
                "place": schema("TemplatePlace"),
            }))),
        })),
        "TrialFailed": run("failed", &["error"], json!({
            "error": object(&["name", "message"], json!({
                "name": text(),
                "message": text(),
                "at": { "type": "string", "description": "For example `spec.steps[0].input.url`" },
                "place": schema("TemplatePlace"),
            })),
        })),
        "TrialCompleted": run("completed", &[], json!({ "comparison": schema("Comparison") })),
        "TrialStep": object(&["id", "name", "action", "end", "calls", "output"], json!({
            "id": text(),
            "name": text(),
            "action": text(),
            "end": { "type": "string", "enum": ["ran", "leftOut", "skipped", "failed"], "description": "`leftOut`: its action does not run in a dry run; the output is made of examples" },
            "calls": list(object(&["input"], json!({
                "iteration": { "type": "string", "description": "Key of the element of `each`" },
                "input": { "description": "The rendered input; secrets read `***`" },
            }))),
            "output": { "description": "What later steps read of it" },
        })),
        "TemplatePlace": object(&["file"], json!({
            "file": text(),
            "line": { "type": "integer" },
            "column": { "type": "integer" },
        })),
        "Comparison": object(&["repository", "added", "changed", "removed", "unchanged", "files"], json!({
            "repository": text(),
            "commit": { "type": "string", "description": "What was compared with" },
            "added": schema("Count"),
            "changed": schema("Count"),
            "removed": { "type": "integer", "description": "Files that only the repository has" },
            "unchanged": schema("Count"),
            "files": list(schema("ComparedFile")),
        })),
        "ComparedFile": object(&["path", "change", "content"], json!({
            "path": text(),
            "change": { "type": "string", "enum": ["added", "changed", "removed"] },
            "content": { "type": "string", "enum": ["text", "binary", "secret", "tooLong"], "description": "Only text has a `diff`" },
            "diff": { "type": "string", "description": "Unified; empty where only the mode differs" },
            "modes": { "type": "array", "items": text(), "minItems": 2, "maxItems": 2, "description": "Git's modes before and after, where they differ" },
        })),
    })
}
