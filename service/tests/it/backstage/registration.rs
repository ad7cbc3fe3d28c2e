//! A task registers in Backstage's catalog and its worker is killed, or Backstage is away: what comes of it.

use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use serde_json::{Map, json};
use stagecraft::db::Engine;
use stagecraft::ids::TaskId;
use stagecraft::queue::Queue;
use stagecraft::task::{Caller, JOB_KIND, NewTask, TaskStatus};
use tokio_util::sync::CancellationToken;

use super::catalog::{entity, jane};
use crate::support::app::TestApp;
use crate::support::backstage::{BackstageDouble, USER_TOKEN};

const URL: &str = "https://git.acme.io/acme/demo/tree/main/catalog-info.yaml";
const REGISTER: &str = "POST /api/catalog/locations";

/// Opens a ticket, then registers.
const SPEC: &str = "
steps:
  - { id: ticket, name: T, action: 'http:backstage:request', input: { method: POST, path: proxy/tickets/api/issues, body: '{}' } }
  - { id: register, name: R, action: 'catalog:register', input: { catalogInfoUrl: 'https://git.acme.io/acme/demo/tree/main/catalog-info.yaml' } }
output: { entityRef: '${{ steps.register.output.entityRef }}' }
";

async fn app_for(double: &BackstageDouble, engine: Engine) -> TestApp {
    let app = TestApp::on(engine, &double.variables(&[("BACKSTAGE__RETRY_SECONDS", "0")])).await;
    app.template("it", SPEC, &[]).await;
    double.has_file(URL, &[entity("Component", "demo")]);
    app
}

/// Creates the task as jane, whom Backstage vouches for.
async fn create(app: &TestApp) -> TaskId {
    let new = NewTask {
        template_ref: "template:default/it".to_owned(),
        values: json!({}),
        secrets: Map::new(),
        caller: Caller::user(jane()),
        fill_defaults: false,
        key: None,
    };
    app.app.tasks.create(new).await.unwrap()
}

/// Claims the task with a lease that runs out at once, and kills the worker when `done` is ready.
async fn killed_when(app: &TestApp, done: impl Future<Output = ()>) {
    let hasty = Queue::new(app.app.db.clone(), Duration::from_millis(1));
    let lease = hasty.claim(JOB_KIND, "dying").await.unwrap().expect("a job is waiting");
    let mut run = pin!(app.app.tasks.run_claimed(lease, CancellationToken::new()));
    let mut done = pin!(done);
    std::future::poll_fn(|context| {
        assert!(run.as_mut().poll(context).is_pending(), "the run has ended before it was killed");
        done.as_mut().poll(context)
    })
    .await;
}

async fn to_its_end(app: &TestApp, id: TaskId) -> TaskStatus {
    while !app.status(id).await.is_terminal() {
        app.drain().await;
    }
    app.status(id).await
}

async fn a_killed_registration_is_known_again(engine: Engine) {
    let double = BackstageDouble::start().await;
    let app = app_for(&double, engine).await;
    let id = create(&app).await;

    double.hold_only("/catalog/locations");
    killed_when(&app, double.was_asked("/catalog/locations")).await;
    assert_eq!(double.locations(), [URL]);
    double.hold(false);

    assert_eq!(to_its_end(&app, id).await, TaskStatus::Completed, "{:#?}", app.messages(id).await);
    assert_eq!(app.output(id).await["entityRef"], "component:default/demo");
    assert_eq!((double.locations().len(), double.tickets().len()), (1, 1));
    let registrations: Vec<_> =
        double.requests().into_iter().filter(|request| request.line == REGISTER).collect();
    assert_eq!(registrations.len(), 2);
    let as_jane = Some(format!("Bearer {USER_TOKEN}"));
    assert!(registrations.iter().all(|request| request.authorization == as_jane));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registration_whose_worker_is_killed_is_known_again_on_sqlite() {
    a_killed_registration_is_known_again(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registration_whose_worker_is_killed_is_known_again_on_postgres() {
    a_killed_registration_is_known_again(Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whenever_the_worker_is_killed_the_location_is_registered_once_and_the_task_ends_well() {
    let hasty = |app: &TestApp| Queue::new(app.app.db.clone(), Duration::from_millis(1));
    for waits in (0..60).step_by(2) {
        let double = BackstageDouble::start().await;
        let app = app_for(&double, Engine::Sqlite).await;
        // The ticket has tests of its own, and a kill in it is not mended by itself.
        let spec = SPEC
            .replace("http:backstage:request", "debug:log")
            .replace("{ method: POST, path: proxy/tickets/api/issues, body: '{}' }", "{ message: hi }");
        app.template("it", &spec, &[]).await;
        let id = create(&app).await;
        let lease = hasty(&app).claim(JOB_KIND, "dying").await.unwrap().expect("a job is waiting");
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

        assert_eq!(to_its_end(&app, id).await, TaskStatus::Completed, "after {waits} waits");
        assert_eq!(double.locations(), [URL], "after {waits} waits");
        assert_eq!(app.output(id).await["entityRef"], "component:default/demo", "after {waits} waits");
    }
}

async fn a_retry_mends_what_backstage_missed(engine: Engine) {
    let double = BackstageDouble::start().await;
    let app = app_for(&double, engine).await;
    let id = create(&app).await;
    double.catalog_is_away_for(1);

    assert_eq!(to_its_end(&app, id).await, TaskStatus::Failed);
    let (name, message) = app.failure(id).await;
    assert_eq!(name, "ServiceUnavailableError");
    assert!(
        message.contains("This was tried once; retry the task when Backstage is there again"),
        "{message}"
    );
    assert_eq!((double.tickets().len(), double.locations().len()), (1, 0));

    app.app.tasks.retry(id, Map::new(), &Caller::user(jane())).await.unwrap();

    assert_eq!(to_its_end(&app, id).await, TaskStatus::Completed, "{:#?}", app.messages(id).await);
    assert_eq!(double.locations(), [URL]);
    assert_eq!(double.tickets().len(), 1, "what was done before is not done again");
}

#[tokio::test]
async fn a_retry_mends_a_registration_that_backstage_missed_on_sqlite() {
    a_retry_mends_what_backstage_missed(Engine::Sqlite).await;
}

#[tokio::test]
async fn a_retry_mends_a_registration_that_backstage_missed_on_postgres() {
    a_retry_mends_what_backstage_missed(Engine::Postgres).await;
}

#[tokio::test]
async fn a_registration_that_was_done_and_not_answered_is_taken_as_done_by_a_retry() {
    let double = BackstageDouble::start().await;
    let app = app_for(&double, Engine::Sqlite).await;
    let id = create(&app).await;
    double.lose_the_answer_of_a_registration();

    assert_eq!(to_its_end(&app, id).await, TaskStatus::Failed);
    assert_eq!(double.locations(), [URL]);
    app.app.tasks.retry(id, Map::new(), &Caller::user(jane())).await.unwrap();

    assert_eq!(to_its_end(&app, id).await, TaskStatus::Completed, "{:#?}", app.messages(id).await);
    assert_eq!(app.output(id).await["entityRef"], "component:default/demo");
    assert_eq!(double.locations(), [URL]);
}
