//! What Backstage's permission framework asks of a plugin, and what this service asks of it.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use stagecraft::backstage::permission::TASK_READ;
use stagecraft::backstage::{Backstage, BackstageError};
use stagecraft::ids::TaskId;
use stagecraft::task::TaskStatus;

use super::{OWN_SERVICE, Site};
use crate::support::backstage::{Document, plugin_keys};
use crate::support::issuer::{Issuer, now};
use crate::support::policy::rule;

const APPLY: &str = "/api/scaffolder/.well-known/backstage/permissions/apply-conditions";
const OWNER: &str = "IS_TASK_OWNER";
const TASK: &str = "scaffolder-task";

async fn apply(site: &Site, item: Value) -> (u16, Value) {
    let body = json!({ "items": [item] });
    let (status, text) = site.ask(Some(OWN_SERVICE), &Method::POST, APPLY, Some(&body)).await;
    let body: Value = serde_json::from_str(&text).unwrap();
    (
        status,
        body.get("items").map_or_else(|| body["error"]["name"].clone(), |items| items[0]["result"].clone()),
    )
}

fn item(resource_type: &str, resource_ref: Value, conditions: Value) -> Value {
    json!({ "id": "1", "resourceRef": resource_ref, "resourceType": resource_type, "conditions": conditions })
}

#[tokio::test]
async fn conditions_are_held_to_tasks() {
    let site = Site::new().await;
    let task = site.task_of(Some("ann"), "say", json!({ "name": "x" })).await.to_string();
    let gone = TaskId::generate().to_string();
    let anns = rule(TASK, OWNER, json!({ "createdBy": ["user:default/ann"] }));

    assert_eq!(apply(&site, item(TASK, json!(task), anns.clone())).await, (200, json!("ALLOW")));
    assert_eq!(
        apply(&site, item(TASK, json!([task, gone, "x"]), anns.clone())).await,
        (200, json!(["ALLOW", "DENY", "DENY"]))
    );
    // What is not there fits nothing, also not the opposite.
    assert_eq!(apply(&site, item(TASK, json!(gone), json!({ "not": anns }))).await, (200, json!("DENY")));
    let unknown = rule(TASK, "IS_OLD", json!({}));
    assert_eq!(apply(&site, item(TASK, json!(task), json!({ "not": unknown }))).await, (200, json!("DENY")));
}

#[tokio::test]
async fn conditions_are_held_to_templates() {
    let site = Site::new().await;
    let kind = "stagecraft-template";
    let services = rule(kind, "HAS_TYPE", json!({ "type": "service" }));

    assert_eq!(
        apply(&site, item(kind, json!(["template:default/say", "template:default/nope"]), services)).await,
        (200, json!(["ALLOW", "DENY"]))
    );
}

#[tokio::test]
async fn what_is_no_question_is_refused() {
    let site = Site::new().await;
    let anns = rule(TASK, OWNER, json!({ "createdBy": ["user:default/ann"] }));

    for (asked, expected) in [
        (item(TASK, json!([]), anns.clone()), (400, json!("InputError"))),
        (item(TASK, json!([1]), anns.clone()), (400, json!("InputError"))),
        (item(TASK, json!("x"), json!({ "allOf": [] })), (400, json!("InputError"))),
        (item("catalog-entity", json!("x"), anns.clone()), (400, json!("InputError"))),
        (item("scaffolder-action", json!("x"), anns), (501, json!("NotImplementedError"))),
        (json!({ "id": "1" }), (400, json!("InputError"))),
    ] {
        assert_eq!(apply(&site, asked.clone()).await, expected, "{asked}");
    }
}

#[tokio::test]
async fn a_plugin_may_ask_for_a_user_who_may_not_ask_himself() {
    let site = Site::new().await;
    let now = crate::support::issuer::now();
    let limited = site.double.users.limited("user:default/ann", now, now + 3_600);
    let through = site.double.scaffolder.plugin_for("scaffolder", &limited);
    let body = json!({ "items": [] });

    assert_eq!(site.ask(Some(&through), &Method::POST, APPLY, Some(&body)).await.0, 200);
    assert_eq!(site.post("ann", APPLY, &body).await.0, 403);
}

#[tokio::test]
async fn the_permission_plugin_reaches_its_framework_and_nothing_else() {
    let site = Site::new().await;
    let plugin = Issuer::new("permission-1");
    site.double.publish(&plugin_keys("permission"), Document::Keys(vec![plugin.public()]));
    let limited = site.double.users.limited("user:default/ann", now(), now() + 3_600);
    let task = site.task_of(Some("ann"), "say", json!({ "name": "x" })).await;
    let metadata = "/api/stagecraft/.well-known/backstage/permissions/metadata";
    let empty = json!({ "items": [] });
    let new = json!({ "templateRef": "say", "values": { "name": "x" } });

    for token in [plugin.plugin("permission"), plugin.plugin_for("permission", &limited)] {
        let ask = async |method, path: &str, body| site.ask(Some(&token), &method, path, body).await;
        assert_eq!(ask(Method::POST, APPLY, Some(&empty)).await.0, 200);
        assert_eq!(ask(Method::GET, metadata, None).await.0, 200);
        let of_task = format!("/api/scaffolder/v2/tasks/{task}");
        for (method, path, body) in [
            (Method::GET, "/api/scaffolder/v2/tasks", None),
            (Method::POST, "/api/scaffolder/v2/tasks", Some(&new)),
            (Method::GET, &of_task, None),
            (Method::POST, &format!("{of_task}/cancel"), None),
            (Method::GET, "/api/scaffolder/v2/actions", None),
            (Method::GET, "/api/stagecraft/v1/entities", None),
            (Method::GET, "/api/stagecraft/v1/catalog/changes", None),
            (Method::GET, "/nope", None),
        ] {
            let (status, text) = ask(method, path, body).await;
            assert_eq!(status, 403, "{path}: {text}");
        }
    }
    assert_eq!(site.app.task(task).await.status, TaskStatus::Open);
}

#[tokio::test]
async fn what_can_be_named_in_policies_is_told_by_plugin() {
    let site = Site::new().await;

    for (plugin, permission, rules) in
        [("scaffolder", "scaffolder.action.execute", 6), ("stagecraft", "stagecraft.template.run", 4)]
    {
        let path = format!("/api/{plugin}/.well-known/backstage/permissions/metadata");
        let (status, told) = site.get("ann", &path).await;
        assert_eq!(status, 200);
        let permissions = told["permissions"].as_array().unwrap();
        assert!(permissions.iter().any(|known| known["name"] == permission), "{told}");
        assert_eq!(told["rules"].as_array().unwrap().len(), rules, "{told}");
    }
}

#[tokio::test]
async fn an_answer_that_is_too_late_is_none() {
    let site = Site::new().await;
    let backstage = Backstage::from_settings(&site.double.settings()).unwrap().unwrap();
    let user = site.caller("ann").token.unwrap();
    site.double.hold(true);

    let answer = backstage.authorize(&user, &[TASK_READ], Duration::from_millis(50)).await;

    site.double.hold(false);
    assert!(matches!(answer, Err(BackstageError::Unavailable(_))), "{answer:?}");
}
