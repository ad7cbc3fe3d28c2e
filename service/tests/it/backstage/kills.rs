//! A worker is killed while Backstage works: what must not be done twice is not sent again.

use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use serde_json::{Map, Value, json};
use stagecraft::db::Engine;
use stagecraft::ids::TaskId;
use stagecraft::queue::Queue;
use stagecraft::task::{JOB_KIND, TaskStatus};
use tokio_util::sync::CancellationToken;

use crate::support::app::{TestApp, jane};
use crate::support::backstage::BackstageDouble;

const PLUGINS: (&str, &str) = ("BACKSTAGE__ACTION_PLUGINS", "[tickets]");

fn request(method: &str, path: &str) -> String {
    format!(
        "steps: [{{ id: r, name: R, action: 'http:backstage:request', input: {{ method: {method}, path: '{path}', body: '{{}}' }} }}]"
    )
}

/// A task whose worker is killed when Backstage has done what the step asks for and has not answered yet; then
/// another worker takes it to its end.
async fn killed_while_waiting(double: &BackstageDouble, app: &TestApp, spec: &str, asked: &str) -> TaskId {
    app.template("it", spec, &[]).await;
    let id = app.create("it", json!({})).await;
    double.hold(true);
    // The lease of a worker that will not live to extend it.
    let hasty = Queue::new(app.app.db.clone(), Duration::from_millis(1));
    let lease = hasty.claim(JOB_KIND, "dying").await.unwrap().expect("a job is waiting");
    {
        let mut run = pin!(app.app.tasks.run_claimed(lease, CancellationToken::new()));
        let mut arrived = pin!(double.was_asked(asked));
        std::future::poll_fn(|context| {
            assert!(run.as_mut().poll(context).is_pending(), "the run has ended before it was killed");
            arrived.as_mut().poll(context)
        })
        .await;
    }
    double.hold(false);
    while !app.status(id).await.is_terminal() {
        app.drain().await;
    }
    id
}

async fn app_for(double: &BackstageDouble, engine: Engine) -> TestApp {
    TestApp::on(engine, &double.variables(&[PLUGINS])).await
}

async fn a_post_is_not_sent_again(engine: Engine) {
    let double = BackstageDouble::start().await;
    let app = app_for(&double, engine).await;
    let path = "/api/proxy/tickets/api/issues";

    let id = killed_while_waiting(&double, &app, &request("POST", "proxy/tickets/api/issues"), path).await;

    assert_eq!(double.tickets().len(), 1);
    assert_eq!(app.status(id).await, TaskStatus::Failed);
    let (name, message) = app.failure(id).await;
    assert_eq!(name, "ConflictError");
    assert!(
        message.contains("whether Backstage has done it is not known, and it is not sent again"),
        "{message}"
    );

    // Somebody has looked, and wants it sent once more.
    app.app.tasks.retry(id, Map::new(), &jane()).await.unwrap();
    app.drain().await;
    assert_eq!(app.status(id).await, TaskStatus::Completed, "{:#?}", app.messages(id).await);
    assert_eq!(double.tickets().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_whose_worker_is_killed_is_not_sent_again_on_sqlite() {
    a_post_is_not_sent_again(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_whose_worker_is_killed_is_not_sent_again_on_postgres() {
    a_post_is_not_sent_again(Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_may_be_repeated_is_sent_again() {
    for (method, path, line) in [
        ("PUT", "catalog/marks/one", "PUT /api/catalog/marks/one"),
        ("DELETE", "catalog/marks/one", "DELETE /api/catalog/marks/one"),
    ] {
        let double = BackstageDouble::start().await;
        let app = app_for(&double, Engine::Sqlite).await;

        let id = killed_while_waiting(&double, &app, &request(method, path), line).await;

        assert_eq!(app.status(id).await, TaskStatus::Completed, "{:#?}", app.messages(id).await);
        assert_eq!(double.lines(), [line, line]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plugins_action_is_called_again_only_if_it_says_that_it_may_be() {
    for (action, tickets, status) in [("open", 1, TaskStatus::Failed), ("ensure", 1, TaskStatus::Completed)] {
        let double = BackstageDouble::start().await;
        let app = app_for(&double, Engine::Sqlite).await;
        let spec =
            format!("steps: [{{ id: t, name: T, action: 'tickets:{action}', input: {{ title: a }} }}]");

        let id = killed_while_waiting(&double, &app, &spec, "/invoke").await;

        assert_eq!(app.status(id).await, status, "{action}: {:#?}", app.messages(id).await);
        assert_eq!(double.tickets().len(), tickets, "{action}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notification_that_may_have_arrived_is_not_worth_a_task() {
    for (scope, sent) in [("", 1), (", scope: s", 2)] {
        let double = BackstageDouble::start().await;
        let app = app_for(&double, Engine::Sqlite).await;
        let spec = format!(
            "steps: [{{ id: n, name: N, action: 'notification:send', input: {{ recipients: broadcast, title: T{scope} }} }}]"
        );

        let id = killed_while_waiting(&double, &app, &spec, "/api/notifications").await;

        assert_eq!(app.status(id).await, TaskStatus::Completed, "{:#?}", app.messages(id).await);
        assert_eq!(double.notifications().len(), sent);
        let told =
            app.messages(id).await.iter().any(|message| message.contains("whether it arrived is not known"));
        assert_eq!(told, sent == 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whenever_the_worker_is_killed_a_post_arrives_at_most_once() {
    let double = BackstageDouble::start().await;
    let app = app_for(&double, Engine::Sqlite).await;
    app.template("it", &request("POST", "proxy/tickets/api/issues"), &[]).await;
    let hasty = Queue::new(app.app.db.clone(), Duration::from_millis(1));
    let mut ends: Map<String, Value> = Map::new();
    for waits in 0..60 {
        let before = double.tickets().len();
        let id = app.create("it", json!({})).await;
        let lease = hasty.claim(JOB_KIND, "dying").await.unwrap().expect("a job is waiting");
        {
            let mut run = pin!(app.app.tasks.run_claimed(lease, CancellationToken::new()));
            let mut waited = 0;
            std::future::poll_fn(|context| match run.as_mut().poll(context) {
                Poll::Pending if waited < waits => {
                    waited += 1;
                    Poll::Pending
                }
                _ => Poll::Ready(()),
            })
            .await;
        }
        while !app.status(id).await.is_terminal() {
            app.drain().await;
        }

        let (status, sent) = (app.status(id).await, double.tickets().len() - before);
        match status {
            TaskStatus::Completed => assert_eq!(sent, 1, "after {waits} waits"),
            TaskStatus::Failed => assert!(sent <= 1, "after {waits} waits: sent {sent} times"),
            other => panic!("after {waits} waits: {other:?}"),
        }
        ends.insert(format!("{status:?}"), json!(waits));
    }
    assert!(ends.contains_key("Completed"), "{ends:?}");
}
