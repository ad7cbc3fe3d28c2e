//! Paths of deliveries: from GitHub, from a Backstage, and what became of them.

use serde_json::{Value, json};

use super::{Path, answer, body, parameter, path, refusal, schema};

pub(super) fn paths() -> Vec<Path> {
    vec![
        path("/webhooks/github", json!({ "post": receive() })),
        path("/api/stagecraft/v1/events", json!({ "post": forwarded() })),
        path("/api/stagecraft/v1/deliveries", json!({ "get": list() })),
        path("/api/stagecraft/v1/deliveries/{deliveryId}", json!({ "get": get() })),
        path("/api/stagecraft/v1/deliveries/{deliveryId}/replay", json!({ "post": replay() })),
    ]
}

pub(super) fn schemas() -> Value {
    let text = || json!({ "type": "string" });
    let time = || json!({ "type": "string", "format": "date-time" });
    let any_object = || json!({ "type": "object", "additionalProperties": true });
    json!({
        "Delivery": {
            "type": "object",
            "required": ["id", "host", "event", "source", "state", "changes", "size", "repeats", "receivedAt"],
            "properties": {
                "id": { "type": "string", "description": "`x-github-delivery`" },
                "host": { "type": "string", "description": "The forge whose secret it was signed with" },
                "event": text(),
                "action": text(),
                "source": { "type": "string", "enum": ["github", "backstage"] },
                "about": { "type": "string", "description": "`owner/name`, or the owner" },
                "state": { "type": "string", "enum": ["received", "planned", "ignored", "failed"] },
                "reason": { "type": "string", "description": "Why it was ignored, or could not be planned" },
                "changes": {
                    "type": "array",
                    "description": "What was left for the catalog",
                    "items": { "type": "object", "required": ["kind"], "properties": { "kind": text() }, "additionalProperties": true },
                },
                "size": { "type": "integer", "description": "Bytes that came" },
                "repeats": { "type": "integer", "description": "How often it came again" },
                "receivedAt": time(),
                "plannedAt": time(),
            },
        },
        "ForwardedEvent": {
            "type": "object",
            "required": ["event"],
            "properties": { "event": {
                "type": "object",
                "required": ["topic"],
                "description": "An event of Backstage; the payload stands in `payload` or `eventPayload`",
                "properties": {
                    "topic": { "type": "string", "description": "`github.<event>`, or `github` with `x-github-event` in the metadata" },
                    "payload": any_object(),
                    "eventPayload": any_object(),
                    "metadata": { "type": "object", "additionalProperties": true, "description": "The headers with which it came; `x-github-delivery` makes it one delivery however often it is sent" },
                },
            } },
        },
    })
}

fn kept() -> Value {
    answer(
        "It is stored",
        json!({
            "type": "object",
            "required": ["id", "repeated"],
            "properties": {
                "id": { "type": "string" },
                "repeated": { "type": "boolean", "description": "Whether it was here already" },
            },
        }),
    )
}

/// Parameters that only deliveries have.
pub(super) fn parameters() -> Value {
    let header = |name: &str, description: &str| json!({ "name": name, "in": "header", "required": true, "description": description, "schema": { "type": "string" } });
    let filter = |name: &str, description: &str, schema: Value| json!({ "name": name, "in": "query", "required": false, "description": description, "schema": schema });
    let text = || json!({ "type": "string" });
    let states = json!({ "type": "string", "enum": ["received", "planned", "ignored", "failed"] });
    json!({
        "deliveryId": {
            "name": "deliveryId",
            "in": "path",
            "required": true,
            "description": "Id of the delivery, as GitHub shows it",
            "schema": text(),
        },
        "deliverySignature": header("X-Hub-Signature-256", "`sha256=` and the HMAC of the body"),
        "deliveryOfGitHub": header("X-GitHub-Delivery", "Id of the delivery; a second one of the same id has no effect"),
        "deliveryEventHeader": header("X-GitHub-Event", "Name of the event"),
        "deliveryState": filter("state", "Only those", states),
        "deliveryEvent": filter("event", "Only of this event", text()),
        "deliveryAbout": filter("about", "Only about this `owner/name`, or owner", text()),
        "deliveryBefore": filter("before", "Only those before this delivery: `next` of the page before", text()),
        "deliveryLimit": filter(
            "limit",
            "At most so many",
            json!({ "type": "integer", "minimum": 1, "maximum": 200, "default": 50 }),
        ),
    })
}

fn receive() -> Value {
    json!({
        "operationId": "ReceiveGitHubDelivery",
        "tags": ["deliveries"],
        "description": "What GitHub delivers. The signature over the bytes of the body, made with one of the secrets of the settings, is the credential. At most 25 MB.",
        "security": [],
        "parameters": [parameter("deliverySignature"), parameter("deliveryOfGitHub"), parameter("deliveryEventHeader")],
        "requestBody": body(true, json!({ "type": "object", "additionalProperties": true })),
        "responses": {
            "202": kept(),
            "400": refusal("A header is missing, the body is empty, or its content type is not JSON"),
            "401": refusal("It is not signed, or with another secret"),
            "404": refusal("The settings name no secret, so no deliveries are expected"),
            "413": refusal("It is larger than 25 MB"),
            "503": refusal("It was not stored"),
        },
    })
}

fn forwarded() -> Value {
    json!({
        "operationId": "ForwardEvent",
        "tags": ["deliveries"],
        "description": "A delivery of GitHub that a Backstage has received and verified, passed on as an event. For services only.",
        "requestBody": body(true, schema("ForwardedEvent")),
        "responses": {
            "202": kept(),
            "400": refusal("It is not an event of a GitHub that the settings name"),
            "401": refusal("No token, or one that is not known"),
            "403": refusal("The caller is a user"),
            "503": refusal("It was not stored"),
        },
    })
}

fn list() -> Value {
    json!({
        "operationId": "ListDeliveries",
        "tags": ["deliveries"],
        "description": "Deliveries and what became of them, newest first. For services only.",
        "parameters": [
            parameter("deliveryState"),
            parameter("deliveryEvent"),
            parameter("deliveryAbout"),
            parameter("deliveryBefore"),
            parameter("deliveryLimit"),
        ],
        "responses": {
            "200": answer("A page", json!({
                "type": "object",
                "required": ["deliveries"],
                "properties": {
                    "deliveries": { "type": "array", "items": schema("Delivery") },
                    "next": { "type": "string", "description": "`before` of the next page, if there may be one" },
                },
            })),
            "400": refusal("The query is wrong"),
            "401": refusal("No token, or one that is not known"),
            "403": refusal("The caller is a user"),
        },
    })
}

fn get() -> Value {
    json!({
        "operationId": "GetDelivery",
        "tags": ["deliveries"],
        "description": "One delivery. For services only.",
        "parameters": [parameter("deliveryId")],
        "responses": {
            "200": answer("The delivery", schema("Delivery")),
            "401": refusal("No token, or one that is not known"),
            "403": refusal("The caller is a user"),
            "404": refusal("There is none of that id, or it is no longer kept"),
        },
    })
}

fn replay() -> Value {
    json!({
        "operationId": "ReplayDelivery",
        "tags": ["deliveries"],
        "description": "Does again what a delivery says: one that failed is planned anew, one that was planned has its changes seen to once more. For services only.",
        "parameters": [parameter("deliveryId")],
        "responses": {
            "200": answer("The delivery as it is now", schema("Delivery")),
            "401": refusal("No token, or one that is not known"),
            "403": refusal("The caller is a user"),
            "404": refusal("There is none of that id, or it is no longer kept"),
            "409": refusal("It was ignored, or has not been planned yet"),
        },
    })
}
