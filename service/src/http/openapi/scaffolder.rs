//! Paths of templates, actions, dry runs and what forms ask for.

use serde_json::{Value, json};

use super::{Path, answer, body, invalid, parameter, path, refusal, schema};

pub(super) fn paths() -> Vec<Path> {
    vec![
        path(
            "/api/scaffolder/v2/templates/{namespace}/{kind}/{name}/parameter-schema",
            json!({ "get": parameter_schema() }),
        ),
        path("/api/scaffolder/v2/actions", json!({ "get": actions() })),
        path("/api/scaffolder/v2/dry-run", json!({ "post": dry_run() })),
        path("/api/scaffolder/v2/autocomplete/{provider}/{resource}", json!({ "post": autocomplete() })),
        path("/api/scaffolder/v2/templating-extensions", json!({ "get": templating_extensions() })),
    ]
}

fn parameter_schema() -> Value {
    json!({
        "operationId": "GetTemplateParameterSchema",
        "tags": ["templates"],
        "description": "The form of a template, page by page.",
        "parameters": [parameter("namespace"), parameter("kind"), parameter("name")],
        "responses": {
            "200": answer("The form", schema("TemplateParameterSchema")),
            "400": refusal("The kind is not `template`, or the template is broken"),
            "401": refusal("No token, or one that is not known"),
            "403": refusal("Backstage's policy does not let the user do it"),
            "503": refusal("Backstage cannot be asked what the user may do"),
            "404": refusal("No such template"),
        },
    })
}

fn actions() -> Value {
    json!({
        "operationId": "ListActions",
        "tags": ["templates"],
        "description": "The actions that steps can name, by id.",
        "responses": {
            "200": answer("The actions", json!({ "type": "array", "items": schema("Action") })),
            "401": refusal("No token, or one that is not known"),
        },
    })
}

fn dry_run() -> Value {
    json!({
        "operationId": "DryRun",
        "tags": ["templates"],
        "description": "Runs a posted template without changing anything outside. A failing step is an error under the step's error name.",
        "requestBody": body(true, json!({
            "type": "object",
            "properties": {
                "template": { "type": "object", "additionalProperties": true, "description": "The Template entity" },
                "values": { "type": "object", "additionalProperties": true, "description": "Values of the form" },
                "secrets": schema("Secrets"),
                "directoryContents": { "type": "array", "items": schema("PostedFile"), "description": "The files beside the template" },
            },
            "required": ["template", "values", "directoryContents"],
        })),
        "responses": {
            "200": answer("What would happen", schema("DryRunResult")),
            "400": invalid("Values, secrets, the template or a file cannot be used"),
            "401": refusal("No token, or one that is not known"),
            "403": refusal("A file's path leads out of the template's folder, or Backstage's policy does not let the user do it"),
            "503": refusal("Backstage cannot be asked what the user may do"),
            "404": refusal("A step names an action, or something else, that is not there"),
            "500": refusal("A step failed"),
        },
    })
}

fn autocomplete() -> Value {
    json!({
        "operationId": "Autocomplete",
        "tags": ["templates"],
        "description": "Choices for a form field, as the token in the body may see them. Provider `github`: `owners`, `repositoriesWithOwner`, and `branches` with `owner` and `repository` in the context; `host` in the context names the host.",
        "parameters": [parameter("provider"), parameter("resource")],
        "requestBody": body(true, json!({
            "type": "object",
            "properties": {
                "token": { "type": "string" },
                "context": { "type": "object", "additionalProperties": { "type": "string" } },
            },
            "required": ["context", "token"],
        })),
        "responses": {
            "200": answer("The choices", json!({
                "type": "object",
                "properties": { "results": { "type": "array", "items": {
                    "type": "object",
                    "properties": { "id": { "type": "string" }, "title": { "type": "string" } },
                    "required": ["id"],
                } } },
                "required": ["results"],
            })),
            "400": refusal("The provider, the resource or the host is not offered, or the token is empty"),
            "403": refusal("The token may not see this"),
            "404": refusal("There is no such repository"),
            "503": refusal("The host cannot be reached, or did not answer in time"),
            "401": refusal("No token, or one that is not known"),
        },
    })
}

fn templating_extensions() -> Value {
    json!({
        "operationId": "ListTemplatingExtensions",
        "tags": ["templates"],
        "description": "Filters beyond those of the template language itself.",
        "responses": {
            "200": answer("The filters and globals", schema("TemplatingExtensions")),
            "401": refusal("No token, or one that is not known"),
        },
    })
}
