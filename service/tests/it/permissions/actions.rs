//! Which actions run: one decision for a run, held to what each pass over an action really gets.

use serde_json::{Value, json};
use stagecraft::ids::TaskId;
use stagecraft::task::TaskStatus;

use super::Site;
use crate::support::policy::{Policy, plain, rule, when};

const TYPE: &str = "scaffolder-action";
const EXECUTE: &str = "scaffolder.action.execute";

const PUBLISH: &str = "
steps:
  - { id: write, action: 'roadiehq:utils:fs:write', input: { path: README.md, content: hi } }
  - { id: publish, action: 'publish:github', input: { repoUrl: '${{ parameters.repoUrl }}' } }
";

fn has(key: &str, value: &str) -> Value {
    rule(TYPE, "HAS_STRING_PROPERTY", json!({ "key": key, "value": value }))
}

fn runs(conditions: Value) -> Policy {
    Policy::about(EXECUTE, when(TYPE, conditions))
}

async fn with(template: &str, policy: Policy) -> Site {
    let site = Site::with(policy).await;
    site.app.template("t", template, &[]).await;
    site
}

async fn run(site: &Site, values: Value) -> TaskId {
    let id = site.task_of(Some("jane"), "t", values).await;
    site.app.drain().await;
    id
}

/// Letter case once led around a condition (CVE-2026-106503); so would every other spelling of the same repository.
#[tokio::test]
async fn a_forbidden_repository_is_forbidden_however_it_is_written() {
    let site = with(PUBLISH, runs(json!({ "not": has("repoUrl", "github.com?owner=acme&repo=prod") }))).await;

    for repo_url in [
        "github.com?owner=acme&repo=prod",
        "github.com?owner=ACME&repo=Prod",
        "github.com?repo=prod&owner=acme",
        "github.com/?owner=acme&repo=prod",
        " github.com?owner=acme&repo=prod ",
        "github.com?owner=acme&repo=prod&owner=other",
        "github.com?owner=%61cme&repo=prod",
        "github.com?owner=acme&repo=prod/",
    ] {
        let id = run(&site, json!({ "repoUrl": repo_url })).await;
        assert_eq!(site.app.failure(id).await.0, "NotAllowedError", "{repo_url}");
    }
    assert!(!site.app.repository("acme", "prod").exists());
    let id = run(&site, json!({ "repoUrl": "github.com?owner=acme&repo=shop" })).await;
    assert_eq!(site.app.status(id).await, TaskStatus::Completed, "{:?}", site.app.messages(id).await);
    assert!(site.app.repository("acme", "shop").exists());
}

/// The input once stood in the refusal (CVE-2026-106504), and with it secrets.
#[tokio::test]
async fn a_refusal_names_the_action_and_nothing_of_its_input() {
    let site = with(
        "steps:\n  - { id: a, action: 'debug:log', input: { message: 'visible ${{ parameters.word }}' } }\n",
        Policy::about(EXECUTE, plain(false)),
    )
    .await;

    let id = run(&site, json!({ "word": "hunter2" })).await;

    let (name, message) = site.app.failure(id).await;
    assert_eq!(
        (name.as_str(), message.as_str()),
        ("NotAllowedError", "the action `debug:log` is not allowed here")
    );
    assert!(!format!("{:?}", site.app.events(id).await).contains("hunter2"));
}

#[tokio::test]
async fn a_pass_that_is_not_allowed_keeps_all_of_them_from_running() {
    let each = "steps:\n  - { id: a, action: 'debug:log', each: [one, two, three], input: { message: '${{ each.value }}' } }\n";
    let site = with(each, runs(json!({ "not": has("message", "three") }))).await;

    let id = run(&site, json!({})).await;

    assert_eq!(site.app.failure(id).await.0, "NotAllowedError");
    let messages = site.app.messages(id).await;
    assert!(!messages.iter().any(|message| message == "one" || message == "two"), "{messages:?}");
}

#[tokio::test]
async fn a_pass_that_is_skipped_needs_no_permission() {
    let each = "steps:\n  - { id: a, action: 'debug:log', each: [one, two], if: \"${{ each.value == 'one' }}\", input: { message: '${{ each.value }}' } }\n";
    let site = with(each, runs(has("message", "one"))).await;

    let id = run(&site, json!({})).await;

    assert_eq!(site.app.status(id).await, TaskStatus::Completed, "{:?}", site.app.messages(id).await);
}

/// Actions of plugins could once be invoked by whoever could not list them (CVE-2026-106495).
#[tokio::test]
async fn an_action_of_a_plugin_is_decided_when_it_is_called() {
    let site = with(
        "steps:\n  - { id: a, action: 'tickets:open', input: { title: '${{ parameters.title }}' } }\n",
        runs(json!({ "not": rule(TYPE, "HAS_ACTION_ID", json!({ "actionId": "tickets:open" })) })),
    )
    .await;

    let id = run(&site, json!({ "title": "x" })).await;

    assert_eq!(site.app.failure(id).await.0, "NotAllowedError");
    assert!(site.double.tickets().is_empty());
}

#[tokio::test]
async fn whoever_retries_needs_the_permission_himself() {
    let site = Site::with(Policy::new(|user, permission| {
        plain(permission != EXECUTE || user == "user:default/ann")
    }))
    .await;
    let id = site.task_of(Some("ann"), "say", json!({ "name": "x" })).await;
    site.app.drain().await;
    assert_eq!(site.app.status(id).await, TaskStatus::Completed, "{:?}", site.app.messages(id).await);

    let retried = site.post("bob", &format!("/api/scaffolder/v2/tasks/{id}/retry"), &json!({})).await;
    site.app.drain().await;

    assert_eq!(retried.0, 201, "{}", retried.1);
    assert_eq!(site.app.status(id).await, TaskStatus::Failed);
    assert_eq!(site.app.failure(id).await.0, "NotAllowedError");
}

#[tokio::test]
async fn a_run_asks_once_and_a_run_of_a_service_not_at_all() {
    let site = Site::new().await;
    let many: String = (0..3)
        .map(|n| format!("  - {{ id: s{n}, action: 'debug:log', each: [1, 2], input: {{ message: hi }} }}\n"))
        .collect();
    site.app.template("t", &format!("steps:\n{many}"), &[]).await;
    let id = site.task_of(Some("jane"), "t", json!({})).await;
    let asked = site.double.questions().len();

    site.app.drain().await;

    assert_eq!(site.app.status(id).await, TaskStatus::Completed, "{:?}", site.app.messages(id).await);
    let asked_by_run = site.double.questions().split_off(asked);
    assert_eq!(asked_by_run, [("user:default/jane".to_owned(), vec![EXECUTE.to_owned()])]);
    site.task_of(None, "t", json!({})).await;
    site.app.drain().await;
    assert_eq!(site.double.questions().len(), asked + 1);
}

#[tokio::test]
async fn a_dry_run_runs_what_its_caller_may_run() {
    let site = Site::with(runs(json!({ "not": has("message", "hello x") }))).await;
    let trial = |name: &str| json!({ "templateRef": "say", "values": { "name": name } });

    let (_, refused) = site.post("jane", "/api/stagecraft/v1/dry-run", &trial("x")).await;
    let (_, fine) = site.post("jane", "/api/stagecraft/v1/dry-run", &trial("y")).await;

    assert_eq!(
        (&refused["status"], &refused["error"]["name"]),
        (&json!("failed"), &json!("NotAllowedError"))
    );
    assert_eq!(fine["status"], "completed", "{fine}");
}
