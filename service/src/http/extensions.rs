//! `/v2/templating-extensions`: the filters that are Backstage's own, described for template editors.
//!
//! Fixed data; what the filters do stands in `render`. The built-ins of the language are not listed, as in
//! Backstage, and neither are the functions of step conditions.

use serde_json::{Value, json};

use super::reply::{Answer, ok};

/// `GET /v2/templating-extensions`
pub(super) async fn list() -> Answer {
    ok(&json!({
        "filters": {
            "parseRepoUrl": parse_repo_url(),
            "parseEntityRef": parse_entity_ref(),
            "pick": pick(),
            "projectSlug": project_slug(),
        },
        "globals": { "functions": {}, "values": {} },
    }))
}

fn parse_repo_url() -> Value {
    json!({
        "description": "Takes the value of a repository picker apart into host, owner, repository and whatever else the host needs.",
        "schema": {
            "input": { "type": "string", "description": "Value of a repository picker" },
            "output": {
                "type": "object",
                "description": "Parts of the repository's address; those that the host does not have are absent",
                "properties": {
                    "host": { "type": "string" },
                    "owner": { "type": "string" },
                    "repo": { "type": "string" },
                    "organization": { "type": "string" },
                    "workspace": { "type": "string" },
                    "project": { "type": "string" },
                },
                "required": ["repo", "host"],
                "additionalProperties": false,
            },
        },
        "examples": [{
            "description": "The host of the chosen repository",
            "example": step("${{ (parameters.repoUrl | parseRepoUrl).host }}"),
            "notes": "- **Input**: `github.com?owner=acme&repo=shop`\n- **Output**: `github.com`\n",
        }],
    })
}

fn parse_entity_ref() -> Value {
    json!({
        "description": "Takes an entity reference apart into kind, namespace and name.",
        "schema": {
            "input": {
                "anyOf": [
                    { "type": "string", "description": "Reference such as `group:default/payments`" },
                    {
                        "type": "object",
                        "description": "The parts, some of which may be missing",
                        "properties": reference_parts(),
                        "required": ["name"],
                        "additionalProperties": false,
                    },
                ],
            },
            "arguments": [{
                "type": "object",
                "properties": {
                    "defaultKind": { "type": "string", "description": "Kind of a reference that names none" },
                    "defaultNamespace": { "type": "string", "description": "Namespace of a reference that names none" },
                },
                "additionalProperties": false,
            }],
            "output": {
                "type": "object",
                "properties": reference_parts(),
                "required": ["kind", "namespace", "name"],
                "additionalProperties": false,
            },
        },
        "examples": [
            {
                "description": "A reference that names its kind",
                "example": step("${{ parameters.owner | parseEntityRef }}"),
                "notes": "- **Input**: `group:payments`\n- **Output**: `{\"kind\": \"group\", \"namespace\": \"default\", \"name\": \"payments\"}`\n",
            },
            {
                "description": "A bare name, with the kind and namespace that it stands for",
                "example": step("${{ parameters.owner | parseEntityRef({ defaultKind: \"group\", defaultNamespace: \"acme\" }) }}"),
                "notes": "- **Input**: `payments`\n- **Output**: `{\"kind\": \"group\", \"namespace\": \"acme\", \"name\": \"payments\"}`\n",
            },
        ],
    })
}

fn reference_parts() -> Value {
    json!({ "kind": { "type": "string" }, "namespace": { "type": "string" }, "name": { "type": "string" } })
}

fn pick() -> Value {
    json!({
        "description": "Takes one value out of an object, by name or by a path such as `a.b[0]`.",
        "schema": {
            "input": { "description": "Any object" },
            "arguments": [{ "type": "string", "description": "Name or path" }],
            "output": { "description": "The value, or nothing where the path leads nowhere" },
        },
        "examples": [{
            "description": "The name out of a reference",
            "example": step("${{ parameters.owner | parseEntityRef | pick('name') }}"),
            "notes": "- **Input**: `group:payments`\n- **Output**: `payments`\n",
        }],
    })
}

fn project_slug() -> Value {
    json!({
        "description": "Makes `owner/repository` out of the value of a repository picker.",
        "schema": {
            "input": { "type": "string", "description": "Value of a repository picker" },
            "output": { "type": "string" },
        },
        "examples": [{
            "description": "The slug for a badge or a pipeline",
            "example": step("${{ parameters.repoUrl | projectSlug }}"),
            "notes": "- **Input**: `github.com?owner=acme&repo=shop`\n- **Output**: `acme/shop`\n",
        }],
    })
}

/// A step that shows the expression at work.
fn step(expression: &str) -> String {
    format!("- id: show\n  name: Show\n  action: debug:log\n  input:\n    message: {expression}\n")
}
