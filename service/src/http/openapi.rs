//! The description of the API, as OpenAPI 3.0.3.
//!
//! It is written here, served by the service and committed as `service/openapi.json`; tests hold the three
//! together, and hold the description to the routes. Descriptions are for people; shapes are what the handlers
//! write.

mod agents;
mod deliveries;
mod operations;
mod parameters;
mod permissions;
mod repositories;
mod scaffolder;
mod schemas;
mod tasks;
mod trial;

use serde_json::{Map, Value, json};

/// The whole document.
pub fn openapi() -> Value {
    let paths: Map<String, Value> = [
        tasks::paths(),
        scaffolder::paths(),
        trial::paths(),
        agents::paths(),
        repositories::paths(),
        permissions::paths(),
        operations::paths(),
        deliveries::paths(),
    ]
    .into_iter()
    .flatten()
    .collect();
    json!({
        "openapi": "3.0.3",
        "info": {
            "title": "Stagecraft",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Backstage's scaffolder API (`/api/scaffolder`), served by Stagecraft, with Stagecraft's own additions (`/api/stagecraft`).",
            "license": { "name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0.html" },
        },
        "tags": [
            { "name": "tasks", "description": "Create, watch, stop and repeat tasks" },
            { "name": "templates", "description": "Forms, actions, dry runs" },
            { "name": "agents", "description": "The scaffolder in Backstage's actions registry" },
            { "name": "stagecraft", "description": "What Backstage's API has no words for" },
            { "name": "deliveries", "description": "What GitHub delivers, and what becomes of it" },
            { "name": "permissions", "description": "For Backstage's permission framework" },
            { "name": "operations", "description": "For machines that look after the service; no token needed" },
        ],
        "security": [{ "token": [] }],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "One of `auth.tokens` of the settings. Without any, requests to a loopback address need none.",
                },
            },
            "parameters": parameters::all(),
            "schemas": schemas::all(),
        },
    })
}

/// A path with its operations.
type Path = (String, Value);

fn path(pattern: &str, operations: Value) -> Path {
    (pattern.to_owned(), operations)
}

/// A reference to a schema.
fn schema(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// A reference to a parameter.
fn parameter(name: &str) -> Value {
    json!({ "$ref": format!("#/components/parameters/{name}") })
}

/// An answer with a JSON body.
fn answer(description: &str, schema: Value) -> Value {
    json!({ "description": description, "content": { "application/json": { "schema": schema } } })
}

/// An answer with Backstage's error body.
fn refusal(description: &str) -> Value {
    answer(description, schema("Error"))
}

/// The 400 of routes that check values: either body.
fn invalid(description: &str) -> Value {
    answer(description, json!({ "oneOf": [schema("ValidationErrors"), schema("Error")] }))
}

/// A JSON request body.
fn body(required: bool, schema: Value) -> Value {
    json!({ "required": required, "content": { "application/json": { "schema": schema } } })
}

#[cfg(test)]
mod tests;
