//! Keys of requests: the same wish, sent again, is the same task.

use futures_util::future::join_all;
use serde_json::json;
use stagecraft::db::Engine;
use stagecraft::ids::{RequestKey, TaskId};
use stagecraft::task::{Caller, CreateError, ListTasks, NewTask};

use crate::support::app::{TestApp, jane};

const SAY: &str =
    "steps:\n  - { id: say, action: 'debug:log', input: { message: 'hello ${{ parameters.name }}' } }\n";

async fn with_say(engine: Engine) -> TestApp {
    let app = TestApp::on(engine, &[]).await;
    app.template("say", SAY, &[]).await;
    app
}

async fn create(app: &TestApp, caller: &str, key: &str, name: &str) -> Result<TaskId, CreateError> {
    let new = NewTask {
        template_ref: "say".to_owned(),
        values: json!({ "name": name }),
        secrets: serde_json::Map::new(),
        caller: Caller::named(caller),
        fill_defaults: false,
        key: RequestKey::parse(key),
    };
    app.app.tasks.create(new).await
}

async fn total(app: &TestApp) -> i64 {
    app.app.tasks.list(&ListTasks::default(), &jane()).await.unwrap().total
}

async fn requests_at_once_create_one_task(engine: Engine) {
    let app = with_say(engine).await;

    let ids = join_all((0..8).map(|_| create(&app, "user:default/jane", "k1", "a"))).await;

    let first = *ids[0].as_ref().unwrap();
    assert!(ids.into_iter().all(|id| id.unwrap() == first));
    assert_eq!(total(&app).await, 1);
}

#[tokio::test]
async fn requests_at_once_create_one_task_on_sqlite() {
    requests_at_once_create_one_task(Engine::Sqlite).await;
}

#[tokio::test]
async fn requests_at_once_create_one_task_on_postgres() {
    requests_at_once_create_one_task(Engine::Postgres).await;
}

#[tokio::test]
async fn a_key_finds_its_task_after_a_restart_and_after_its_end() {
    let app = with_say(Engine::Sqlite).await;
    let id = create(&app, "user:default/jane", "k1", "a").await.unwrap();
    app.drain().await;
    let app = app.reopened().await;

    assert_eq!(create(&app, "user:default/jane", "k1", "a").await.unwrap(), id);
}

#[tokio::test]
async fn a_key_is_refused_for_other_values() {
    let app = with_say(Engine::Sqlite).await;
    create(&app, "user:default/jane", "k1", "a").await.unwrap();

    let refused = create(&app, "user:default/jane", "k1", "b").await;

    assert!(matches!(refused, Err(CreateError::KeyUsed)), "{refused:?}");
    assert_eq!(total(&app).await, 1);
}

#[tokio::test]
async fn two_callers_may_use_the_same_key() {
    let app = with_say(Engine::Sqlite).await;

    let jane = create(&app, "user:default/jane", "k1", "a").await.unwrap();
    let john = create(&app, "user:default/john", "k1", "a").await.unwrap();

    assert_ne!(jane, john);
}

#[tokio::test]
async fn a_refused_request_leaves_its_key_free() {
    let app = with_say(Engine::Sqlite).await;
    let new = |template: &str| NewTask {
        template_ref: template.to_owned(),
        values: json!({ "name": "a" }),
        secrets: serde_json::Map::new(),
        caller: Caller::named("user:default/jane"),
        fill_defaults: false,
        key: RequestKey::parse("k1"),
    };
    app.app.tasks.create(new("nowhere")).await.unwrap_err();

    app.app.tasks.create(new("say")).await.unwrap();

    assert_eq!(total(&app).await, 1);
}

#[tokio::test]
async fn the_header_carries_the_key() {
    let app = with_say(Engine::Sqlite).await;
    let (base, closing) = app.serve().await;
    // Needed by the client although it speaks plain HTTP here; another test may have done it already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let post = async |key: &str, name: &str| {
        let answer = client
            .post(format!("{base}/api/scaffolder/v2/tasks"))
            .header("Idempotency-Key", key)
            .json(&json!({ "templateRef": "template:default/say", "values": { "name": name } }))
            .send()
            .await
            .unwrap();
        let status = answer.status().as_u16();
        (status, answer.json::<serde_json::Value>().await.unwrap())
    };

    let (status, first) = post("task-1/step-2", "a").await;
    assert_eq!(status, 201, "{first}");
    assert_eq!(post("task-1/step-2", "a").await, (201, first));
    let (status, other) = post("task-1/step-2", "b").await;
    assert_eq!((status, &other["error"]["name"]), (409, &json!("ConflictError")), "{other}");
    let (status, odd) = post("a key", "a").await;
    assert_eq!((status, &odd["error"]["name"]), (400, &json!("InputError")), "{odd}");
    closing.cancel();
}
