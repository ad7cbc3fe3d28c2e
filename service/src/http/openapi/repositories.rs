//! Repositories that are looked after: paths and shapes.

use serde_json::{Value, json};

use super::{Path, answer, body, parameter, path, refusal, schema};

pub(super) fn paths() -> Vec<Path> {
    vec![
        path("/api/stagecraft/v1/repositories", json!({ "get": list() })),
        path("/api/stagecraft/v1/repositories/onboard", json!({ "post": onboard() })),
    ]
}

fn list() -> Value {
    json!({
        "operationId": "ListRepositories",
        "tags": ["stagecraft"],
        "description": "The repositories that are looked after, how they stand and what is made of them, in the order of their names, page by page; and the owners all of whose repositories are. A user of Backstage needs `catalog.location.read`.",
        "parameters": [
            parameter("repositoryAfter"),
            parameter("repositoryLimit"),
            parameter("repositoryOwner"),
            parameter("repositoryState"),
        ],
        "responses": {
            "200": answer("A page of repositories", schema("RepositoryPage")),
            "400": refusal("The query is wrong"),
            "401": refusal("No token, or one that is not known"),
            "403": refusal("Backstage's policy does not let the user see it"),
            "503": refusal("Backstage cannot be asked what the user may do"),
        },
    })
}

fn onboard() -> Value {
    json!({
        "operationId": "OnboardRepositories",
        "tags": ["stagecraft"],
        "description": "Has repositories, or all repositories of owners, looked after from now on: their entities come into the catalog feed, and with `pull-request` each repository without a catalog file gets a pull request that brings one. The work is done after the answer; `GET /api/stagecraft/v1/repositories` tells how it goes. A user of Backstage needs `catalog.location.create`.",
        "requestBody": body(true, schema("OnboardRequest")),
        "responses": {
            "202": answer("What was understood", schema("Onboarded")),
            "400": refusal("A name is none, or of a host that no forge serves; nothing was changed"),
            "401": refusal("No token, or one that is not known"),
            "403": refusal("Backstage's policy does not let the user do it"),
            "503": refusal("Backstage cannot be asked what the user may do"),
        },
    })
}

fn object(required: &[&str], properties: Value) -> Value {
    json!({ "type": "object", "properties": properties, "required": required })
}

fn list_of(items: Value) -> Value {
    json!({ "type": "array", "items": items })
}

fn words(words: &[&str], description: &str) -> Value {
    json!({ "type": "string", "enum": words, "description": description })
}

pub(super) fn schemas() -> Value {
    let text = |description: &str| json!({ "type": "string", "description": description });
    let time =
        |description: &str| json!({ "type": "string", "format": "date-time", "description": description });
    let delivery = || words(&["feed", "pull-request", "none"], "What is done with what is found");
    json!({
        "OnboardRequest": {
            "type": "object",
            "properties": {
                "repositories": list_of(text("`github.com/acme/shop`, or its address")),
                "owners": list_of(text("`github.com/acme`: all of its repositories, those to come as well")),
                "delivery": words(&["feed", "pull-request", "none"], "`feed`: offer entities; `pull-request`: also bring a catalog file; `none`: look after them no more. Without it `feed`"),
                "again": { "type": "boolean", "default": false, "description": "Open a pull request although people closed one" },
            },
            "additionalProperties": false,
        },
        "Onboarded": object(&["repositories", "owners"], json!({
            "repositories": list_of(text("Host, owner and name")),
            "owners": list_of(text("Host and owner")),
        })),
        "RepositoryPage": object(&["repositories", "next", "owners"], json!({
            "repositories": list_of(schema("KeptRepository")),
            "next": { "type": "string", "nullable": true, "description": "`after` of the next page; null on the last" },
            "owners": list_of(object(&["owner", "delivery"], json!({
                "owner": text("Host and owner"),
                "delivery": delivery(),
                "note": text("Why the last look at them changed less than it found"),
                "lookedAt": time("When all of them were last looked at"),
            }))),
        })),
        "KeptRepository": object(&["repository", "delivery", "state", "entities"], json!({
            "repository": text("Host, owner and name, as the host writes them"),
            "delivery": delivery(),
            "state": words(
                &["waiting", "offered", "yielded", "empty", "failed", "kept", "lost", "gone"],
                "`waiting`: not read yet; `offered`: entities are in the feed; `yielded`: its own catalog files say everything; `empty`: nothing to offer; `failed`: not read, what was offered stays; `kept`: not to be seen, but too much would go at once; `lost`: the App is not installed there any more; `gone`: its entities were taken away",
            ),
            "note": text("The state in a sentence"),
            "commit": text("The commit that was read"),
            "readAt": time("When it was read"),
            "entities": list_of(object(&["entityRef", "offered"], json!({
                "entityRef": text("`kind:namespace/name` in lower case"),
                "offered": { "type": "boolean", "description": "Whether it is this repository's to offer; false where another one made it first" },
            }))),
            "details": { "type": "object", "additionalProperties": true, "description": "What was left to people (`yielded`), left out (`leftOut`), could not be read (`brokenFiles`, `unreadFiles`), each with the reason" },
            "pullRequest": object(&["number", "url", "state"], json!({
                "number": { "type": "integer" },
                "url": text("Its page"),
                "state": words(&["open", "taken", "declined", "asked"], "What became of it; `asked`: closed, and somebody wants another one"),
            })),
        })),
    })
}
