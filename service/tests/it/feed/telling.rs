//! Telling Backstage of changes: once for many, by one process, and to the benefit of nobody's patience.

use axum::http::StatusCode;
use serde_json::json;
use stagecraft::app::App;
use stagecraft::config::Config;
use stagecraft::db::Engine;
use tokio_util::sync::CancellationToken;

use super::reader::Reader;
use super::{PLACE, register};
use crate::support::app::TestApp;
use crate::support::backstage::BackstageDouble;

async fn connected(engine: Engine) -> (BackstageDouble, TestApp) {
    let backstage = BackstageDouble::start().await;
    let app = TestApp::on(engine, &backstage.variables(&[])).await;
    (backstage, app)
}

/// Does what the process does until the token is cancelled.
fn follow(app: &TestApp) -> CancellationToken {
    let stop = CancellationToken::new();
    let (catalog, token) = (app.app.catalog.clone(), stop.clone());
    tokio::spawn(async move { catalog.run(token).await });
    stop
}

#[tokio::test]
async fn many_changes_are_told_at_once_and_only_once() {
    let (backstage, app) = connected(Engine::Sqlite).await;
    for name in ["a", "b", "c"] {
        register(&app, PLACE, &[name], "one").await;
    }

    app.app.catalog.publish_and_tell().await.unwrap();
    app.app.catalog.publish_and_tell().await.unwrap();

    let cursor = app.app.catalog.feed().cursor().await.unwrap();
    assert_eq!(
        backstage.events(),
        [json!({ "topic": "stagecraft.catalog", "payload": { "cursor": cursor } })]
    );
    let mut reader = Reader::new(&app);
    reader.cursor = Some(cursor);
    assert_eq!(reader.read(10).await, Vec::<String>::new());
}

#[tokio::test]
async fn without_a_subscriber_or_a_bus_nothing_is_told_again() {
    for answer in [Some(StatusCode::NO_CONTENT), None] {
        let (backstage, app) = connected(Engine::Sqlite).await;
        backstage.answer_events(answer);
        register(&app, PLACE, &["a"], "one").await;

        app.app.catalog.publish_and_tell().await.unwrap();
        app.app.catalog.publish_and_tell().await.unwrap();

        assert_eq!(backstage.events().len(), 1, "{answer:?}");
    }
}

#[tokio::test]
async fn a_change_is_told_without_being_asked_for() {
    let (backstage, app) = connected(Engine::Sqlite).await;
    let stop = follow(&app);

    register(&app, PLACE, &["a"], "one").await;
    backstage.got_events(1).await;
    register(&app, PLACE, &["b"], "one").await;
    backstage.got_events(2).await;

    stop.cancel();
    let cursor = app.app.catalog.feed().cursor().await.unwrap();
    assert_eq!(backstage.events().last().unwrap()["payload"]["cursor"], cursor);
}

#[tokio::test]
async fn a_change_that_another_process_makes_is_told_on_postgres() {
    let (backstage, app) = connected(Engine::Postgres).await;
    let stop = follow(&app);
    let other = App::build(Config::from_parts(None, &app.settings).unwrap()).await.unwrap();

    let entity = super::stored("a", PLACE, "one");
    other.entities.register(PLACE, "task", &[entity]).await.unwrap();
    backstage.got_events(1).await;

    stop.cancel();
    other.db.close().await;
}

#[tokio::test]
async fn of_two_processes_one_tells() {
    let (backstage, app) = connected(Engine::Postgres).await;
    let other = App::build(Config::from_parts(None, &app.settings).unwrap()).await.unwrap();
    register(&app, PLACE, &["a"], "one").await;

    app.app.catalog.publish_and_tell().await.unwrap();
    register(&app, PLACE, &["b"], "one").await;
    other.catalog.publish_and_tell().await.unwrap();
    assert_eq!(backstage.events().len(), 1);
    // The one that took over goes on where the other was.
    app.app.catalog.release().await.unwrap();
    other.catalog.publish_and_tell().await.unwrap();
    other.catalog.publish_and_tell().await.unwrap();

    assert_eq!(backstage.events().len(), 2);
    other.db.close().await;
}

#[tokio::test]
async fn while_backstage_is_down_registering_goes_on_and_it_is_told_later() {
    let (backstage, app) = connected(Engine::Sqlite).await;
    backstage.go_down(true);
    let stop = follow(&app);

    register(&app, PLACE, &["a"], "one").await;
    backstage.got_events(1).await;
    register(&app, PLACE, &["a", "b"], "one").await;
    backstage.go_down(false);
    backstage.got_events(2).await;

    stop.cancel();
    let mut reader = Reader::new(&app);
    assert_eq!(reader.read(10).await.len(), 2);
}

#[tokio::test]
async fn a_backstage_that_does_not_answer_holds_no_registration_up() {
    let (backstage, app) = connected(Engine::Sqlite).await;
    backstage.hold(true);
    let stop = follow(&app);
    register(&app, PLACE, &["a"], "one").await;
    backstage.got_events(1).await;

    register(&app, PLACE, &["a", "b"], "one").await;

    assert_eq!(app.app.entities.list().await.unwrap().len(), 2);
    stop.cancel();
    backstage.hold(false);
}
