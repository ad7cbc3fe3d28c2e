//! Paths of Stagecraft's own and of operations.

use serde_json::{Value, json};

use super::{Path, answer, body, parameter, path, refusal, schema};

pub(super) fn paths() -> Vec<Path> {
    vec![
        path("/api/stagecraft/v1/templates", json!({ "get": templates() })),
        path("/api/stagecraft/v1/entities", json!({ "get": entities() })),
        path("/api/stagecraft/v1/catalog/changes", json!({ "get": changes() })),
        path("/api/stagecraft/v1/analyze-location", json!({ "post": analyze() })),
        path("/api/scaffolder/openapi.json", json!({ "get": description("GetApiDescription", true) })),
        path("/openapi.json", json!({ "get": description("GetOpenApiDescription", false) })),
        path("/healthz", json!({ "get": alive("GetHealth") })),
        path("/readyz", json!({ "get": ready("GetReadiness") })),
        path("/.backstage/health/v1/liveness", json!({ "get": alive("GetBackstageLiveness") })),
        path("/.backstage/health/v1/readiness", json!({ "get": ready("GetBackstageReadiness") })),
        path("/api/stagecraft/.backstage/auth/v1/jwks.json", json!({ "get": keys("ListStagecraftKeys") })),
        path("/api/scaffolder/.backstage/auth/v1/jwks.json", json!({ "get": keys("ListScaffolderKeys") })),
        path("/metrics", json!({ "get": metrics() })),
    ]
}

fn templates() -> Value {
    json!({
        "operationId": "ListTemplates",
        "tags": ["stagecraft"],
        "description": "Every template of the configured sources that the caller may run; to those who may run all of them also the broken ones, with the place of each fault.",
        "responses": {
            "200": answer("The templates", json!({
                "type": "object",
                "properties": { "templates": { "type": "array", "items": schema("ListedTemplate") } },
                "required": ["templates"],
            })),
            "401": refusal("No token, or one that is not known"),
            "503": refusal("Backstage cannot be asked what the user may do"),
        },
    })
}

fn entities() -> Value {
    json!({
        "operationId": "ListEntities",
        "tags": ["stagecraft"],
        "description": "Every entity that tasks have registered with this service; for services.",
        "responses": {
            "200": answer("The entities", json!({
                "type": "object",
                "properties": { "entities": { "type": "array", "items": schema("ListedEntity") } },
                "required": ["entities"],
            })),
            "401": refusal("No token, or one that is not known"),
            "403": refusal("A user of Backstage asks: its catalog shows him what he may see"),
        },
    })
}

fn changes() -> Value {
    json!({
        "operationId": "ListCatalogChanges",
        "tags": ["stagecraft"],
        "description": "The entities that a catalog can take over: those that tasks have registered, and the templates of the library. Without `after` everything there is, page by page; read on with the cursor of the answer until `more` is false, keep the cursor, and ask with it later for what changed since. For services only.",
        "parameters": [parameter("feedAfter"), parameter("feedLimit")],
        "responses": {
            "200": answer("A page of the feed", schema("CatalogChanges")),
            "400": refusal("The query is wrong"),
            "401": refusal("No token, or one that is not known"),
            "403": refusal("The caller is a user"),
        },
    })
}

fn analyze() -> Value {
    json!({
        "operationId": "AnalyzeLocation",
        "tags": ["stagecraft"],
        "description": "Reads a repository and lists the entities of its catalog files; where it has none, proposes an entity with the reason for each value. Only hosts of `forges`, `git.credentials` and `git.rewrites` are read. Takes and answers what Backstage's `POST /api/catalog/analyze-location` does. For services only.",
        "requestBody": body(true, schema("AnalyzeLocationRequest")),
        "responses": {
            "200": answer("What is there, or what could be", schema("AnalyzeLocationResponse")),
            "400": refusal("The address cannot be understood or is not on a host that is read, or its catalog file is broken"),
            "401": refusal("No token, or one that is not known"),
            "403": refusal("The caller is a user, or the repository's host refuses to be read"),
            "404": refusal("There is no such repository, branch or folder"),
            "503": refusal("The repository cannot be reached, or not read in time"),
        },
    })
}

fn description(operation: &str, needs_token: bool) -> Value {
    let mut value = json!({
        "operationId": operation,
        "tags": ["operations"],
        "description": "This document.",
        "responses": { "200": answer("OpenAPI 3.0.3", json!({ "type": "object" })) },
    });
    let Some(object) = value.as_object_mut() else { return value };
    if needs_token {
        if let Some(responses) = object.get_mut("responses").and_then(Value::as_object_mut) {
            responses.insert("401".to_owned(), refusal("No token, or one that is not known"));
        }
    } else {
        object.insert("security".to_owned(), json!([]));
    }
    value
}

fn keys(operation: &str) -> Value {
    json!({
        "operationId": operation,
        "tags": ["operations"],
        "description": "The public keys with which Backstage verifies this service's tokens. Not there where both share a token, or no Backstage is configured.",
        "security": [],
        "responses": {
            "200": answer("A set of JSON Web Keys", json!({
                "type": "object",
                "properties": { "keys": { "type": "array", "items": { "type": "object" } } },
                "required": ["keys"],
            })),
            "404": refusal("The service has no keys of its own"),
        },
    })
}

fn alive(operation: &str) -> Value {
    json!({
        "operationId": operation,
        "tags": ["operations"],
        "description": "The process answers.",
        "security": [],
        "responses": { "200": answer("It does", status(&["ok"], &[])) },
    })
}

fn ready(operation: &str) -> Value {
    json!({
        "operationId": operation,
        "tags": ["operations"],
        "description": "Requests can be served.",
        "security": [],
        "responses": {
            "200": answer("They can", status(&["ok"], &[])),
            "503": answer("They cannot", status(&["error"], &["failing"])),
        },
    })
}

fn status(words: &[&str], also: &[&str]) -> Value {
    let required = [&["status"], also].concat();
    let mut properties = json!({ "status": { "type": "string", "enum": words } });
    if let (Some(properties), false) = (properties.as_object_mut(), also.is_empty()) {
        let failing = json!({ "type": "array", "items": { "type": "string" }, "description": "The parts that do not answer" });
        properties.insert("failing".to_owned(), failing);
    }
    json!({ "type": "object", "properties": properties, "required": required })
}

fn metrics() -> Value {
    json!({
        "operationId": "GetMetrics",
        "tags": ["operations"],
        "description": "Numbers in Prometheus' text form.",
        "security": [],
        "responses": { "200": { "description": "The numbers", "content": { "text/plain": { "schema": { "type": "string" } } } } },
    })
}
