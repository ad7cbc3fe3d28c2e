//! Backstage is away while a run begins that has to know which actions it may take.

use std::pin::pin;
use std::time::Duration;

use axum::http::StatusCode;
use serde_json::json;
use stagecraft::db::Engine;
use stagecraft::ids::TaskId;
use stagecraft::queue::Queue;
use stagecraft::task::{Caller, JOB_KIND, TaskStatus};
use tokio_util::sync::CancellationToken;

use super::Site;
use crate::support::policy::Policy;

const QUESTION: &str = "/permission/authorize";
const UNDECIDED: &str = "Nobody has decided yet which actions may run";

/// A site whose service goes on asking for so long, a task of jane's that waits to be run, and how often the
/// permission backend was asked until then.
async fn waiting(engine: Engine, seconds: &str) -> (Site, TaskId, usize) {
    let site = Site::on(engine, &[("BACKSTAGE__RETRY_SECONDS", seconds)]).await;
    let id = site.task_of(Some("jane"), "say", json!({ "name": "x" })).await;
    let asked = site.double.questions().len();
    (site, id, asked)
}

async fn backstage_goes_down_and_comes_back(engine: Engine) {
    let (site, id, asked) = waiting(engine, "600").await;
    site.double.go_down(true);

    tokio::join!(site.app.drain(), async {
        site.double.was_asked_times(QUESTION, asked + 2).await;
        site.double.go_down(false);
    });

    let messages = site.app.messages(id).await;
    assert_eq!(site.app.status(id).await, TaskStatus::Completed, "{messages:#?}");
    assert_eq!(messages[0], "Starting up task with 1 steps");
    assert!(messages[1].contains(UNDECIDED) && messages[1].contains("with status 503"), "{messages:#?}");
    assert!(messages[1].ends_with("Trying again, for up to 600 seconds"), "{messages:#?}");
    assert!(messages[2].ends_with("Trying again in 0.5 seconds"), "{messages:#?}");
    assert_eq!(messages[3], "Beginning step Say");
    assert!(messages.iter().any(|message| message == "hello x"), "{messages:#?}");
}

#[tokio::test]
async fn a_run_waits_for_a_backstage_that_is_away_and_says_so_on_sqlite() {
    backstage_goes_down_and_comes_back(Engine::Sqlite).await;
}

#[tokio::test]
async fn a_run_waits_for_a_backstage_that_is_away_and_says_so_on_postgres() {
    backstage_goes_down_and_comes_back(Engine::Postgres).await;
}

#[tokio::test]
async fn a_backstage_that_stays_away_fails_the_run_and_a_retry_mends_it() {
    let (site, id, _) = waiting(Engine::Sqlite, "0").await;
    site.double.decide(Policy::Says(StatusCode::SERVICE_UNAVAILABLE, String::new()));

    site.app.drain().await;

    let (name, message) = site.app.failure(id).await;
    assert_eq!(name, "ServiceUnavailableError");
    assert!(
        message.starts_with("nobody could decide which actions `user:default/jane` may run: "),
        "{message}"
    );
    assert!(message.contains("This was tried once; retry the task"), "{message}");
    assert!(!site.app.messages(id).await.iter().any(|message| message == "hello x"));
    site.double.decide(Policy::allow());
    assert_eq!(site.post("jane", &format!("/api/scaffolder/v2/tasks/{id}/retry"), &json!({})).await.0, 201);
    site.app.drain().await;
    assert_eq!(site.app.status(id).await, TaskStatus::Completed, "{:?}", site.app.messages(id).await);
}

#[tokio::test]
async fn an_answer_that_no_time_mends_is_not_asked_for_again() {
    let (site, id, asked) = waiting(Engine::Sqlite, "600").await;
    site.double.decide(Policy::Says(StatusCode::NOT_FOUND, String::new()));

    site.app.drain().await;

    let (_, message) = site.app.failure(id).await;
    assert!(message.contains("Add Backstage's permission backend"), "{message}");
    assert_eq!(site.double.questions().len(), asked + 1);
}

#[tokio::test]
async fn a_task_that_is_cancelled_while_nobody_can_decide_ends_at_once() {
    let (site, id, asked) = waiting(Engine::Sqlite, "600").await;
    site.double.go_down(true);

    tokio::join!(site.app.drain(), async {
        // Whoever waits for the answer of a slow one is set free as well as whoever waits for the next try.
        site.double.hold_only(QUESTION);
        site.double.was_asked_times(QUESTION, asked + 1).await;
        site.app.app.tasks.cancel(id, &Caller::named("external:ci")).await.unwrap();
    });

    let messages = site.app.messages(id).await;
    assert_eq!(site.app.status(id).await, TaskStatus::Cancelled, "{messages:#?}");
    assert!(!messages.iter().any(|message| message == "hello x"), "{messages:#?}");
    assert!(!messages.iter().any(|message| message.contains("is not allowed")), "{messages:#?}");
    assert_eq!(site.app.failure(id).await.1, format!("Step say (Say) of task {id} has been cancelled."));
}

#[tokio::test]
async fn a_task_that_is_cancelled_between_two_questions_asks_no_more() {
    let (site, id, asked) = waiting(Engine::Sqlite, "600").await;
    site.double.go_down(true);

    tokio::join!(site.app.drain(), async {
        site.double.was_asked_times(QUESTION, asked + 3).await;
        site.app.app.tasks.cancel(id, &Caller::named("external:ci")).await.unwrap();
    });

    assert_eq!(site.app.status(id).await, TaskStatus::Cancelled, "{:#?}", site.app.messages(id).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_whose_worker_dies_while_it_waits_is_taken_over() {
    let (site, id, asked) = waiting(Engine::Sqlite, "600").await;
    site.double.go_down(true);
    let hasty = Queue::new(site.app.app.db.clone(), Duration::from_millis(1));
    let lease = hasty.claim(JOB_KIND, "dying").await.unwrap().expect("a job is waiting");
    {
        let run = pin!(site.app.app.tasks.run_claimed(lease, CancellationToken::new()));
        let dies = pin!(site.double.was_asked_times(QUESTION, asked + 2));
        tokio::select! {
            end = run => panic!("the run has ended before it was killed: {end:?}"),
            () = dies => {}
        }
    }
    site.double.go_down(false);

    while !site.app.status(id).await.is_terminal() {
        site.app.drain().await;
    }

    let messages = site.app.messages(id).await;
    assert_eq!(site.app.status(id).await, TaskStatus::Completed, "{messages:#?}");
    assert_eq!(messages.iter().filter(|message| *message == "hello x").count(), 1, "{messages:#?}");
    assert!(messages.iter().any(|message| message.contains("another one goes on")), "{messages:#?}");
}
