//! The catalog feed on both engines: what is offered, and what readers have when they have read it.

mod library;
pub(crate) mod reader;
mod telling;
mod walk;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use stagecraft::db::Engine;
use stagecraft::entities::StoredEntity;

use crate::support::app::TestApp;
use reader::Reader;

/// Registers components at a location, as a task.
async fn register(app: &TestApp, location: &str, names: &[&str], owner: &str) {
    let entities: Vec<StoredEntity> = names.iter().map(|name| stored(name, location, owner)).collect();
    app.app.entities.register(location, "task", &entities).await.unwrap();
}

fn stored(name: &str, location: &str, owner: &str) -> StoredEntity {
    StoredEntity {
        entity_ref: format!("component:default/{name}"),
        entity: component(name, owner),
        location: location.to_owned(),
    }
}

fn component(name: &str, owner: &str) -> Value {
    json!({
        "apiVersion": "backstage.io/v1alpha1",
        "kind": "Component",
        "metadata": { "name": name },
        "spec": { "type": "service", "lifecycle": "production", "owner": owner },
    })
}

/// Reference to owner: enough to tell versions of a component apart.
fn owners(reader: &Reader) -> BTreeMap<String, String> {
    let owner = |entity: &Value| entity["spec"]["owner"].as_str().unwrap_or_default().to_owned();
    reader.entities.iter().map(|(reference, entity)| (reference.clone(), owner(entity))).collect()
}

fn expected(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, owner)| (format!("component:default/{name}"), (*owner).to_owned())).collect()
}

const PLACE: &str = "url:https://github.com/acme/shop/blob/main/catalog-info.yaml";

async fn changes_are_told_after_everything(engine: Engine) {
    let app = TestApp::on(engine, &[]).await;
    register(&app, PLACE, &["a", "b"], "one").await;
    let mut reader = Reader::new(&app);
    reader.read(100).await;
    assert_eq!(owners(&reader), expected(&[("a", "one"), ("b", "one")]));

    register(&app, PLACE, &["b", "c"], "two").await;
    let seen = reader.read(100).await;

    assert_eq!(seen, ["component:default/a", "component:default/b", "component:default/c"]);
    assert_eq!(owners(&reader), expected(&[("b", "two"), ("c", "two")]));
    assert_eq!(reader.read(100).await, Vec::<String>::new());
}

#[tokio::test]
async fn changes_are_told_after_everything_on_sqlite() {
    changes_are_told_after_everything(Engine::Sqlite).await;
}

#[tokio::test]
async fn changes_are_told_after_everything_on_postgres() {
    changes_are_told_after_everything(Engine::Postgres).await;
}

#[tokio::test]
async fn what_is_registered_again_unchanged_is_no_change() {
    let app = TestApp::new().await;
    register(&app, PLACE, &["a", "b"], "one").await;
    let before = app.app.catalog.feed().cursor().await.unwrap();

    register(&app, PLACE, &["a", "b"], "one").await;

    assert_eq!(app.app.catalog.feed().cursor().await.unwrap(), before);
}

#[tokio::test]
async fn a_registration_that_is_refused_changes_nothing() {
    let app = TestApp::new().await;
    register(&app, PLACE, &["a"], "one").await;
    let before = app.app.catalog.feed().cursor().await.unwrap();
    let elsewhere = "url:https://github.com/acme/other/blob/main/catalog-info.yaml";
    let entities = [stored("x", elsewhere, "two"), stored("a", elsewhere, "two")];

    assert!(app.app.entities.register(elsewhere, "task", &entities).await.is_err());

    assert_eq!(app.app.catalog.feed().cursor().await.unwrap(), before);
    assert!(app.app.entities.get("component:default/x").await.unwrap().is_none());
}

#[tokio::test]
async fn a_cursor_of_another_database_starts_anew() {
    let other = TestApp::new().await;
    register(&other, PLACE, &["x"], "one").await;
    let app = TestApp::new().await;
    register(&app, PLACE, &["a"], "one").await;
    let mut reader = Reader::new(&other);
    reader.read(100).await;

    reader.follow(&app);
    reader.read(100).await;

    assert_eq!(reader.resets, 1);
    assert_eq!(owners(&reader), expected(&[("a", "one")]));
}

#[tokio::test]
async fn a_database_brought_back_from_a_copy_starts_readers_anew_that_are_ahead_of_it() {
    let app = TestApp::new().await;
    register(&app, PLACE, &["a"], "one").await;
    app.app.db.close().await;
    let (file, copy) = (app.data().join("stagecraft.db"), app.data().join("copy.db"));
    std::fs::copy(&file, &copy).unwrap();
    let app = app.reopened().await;
    register(&app, PLACE, &["a", "b"], "two").await;
    let mut reader = Reader::new(&app);
    reader.read(100).await;

    app.app.db.close().await;
    std::fs::copy(&copy, &file).unwrap();
    let app = app.reopened().await;
    reader.follow(&app);
    reader.read(100).await;

    assert_eq!(reader.resets, 1);
    assert_eq!(owners(&reader), expected(&[("a", "one")]));
}

#[tokio::test]
async fn what_was_stored_before_there_was_a_feed_is_offered() {
    let app = TestApp::new().await;
    register(&app, PLACE, &["a"], "one").await;
    let url = format!("sqlite://{}", app.data().join("stagecraft.db").display());
    let mut connection = <sqlx::AnyConnection as sqlx::Connection>::connect(&url).await.unwrap();
    sqlx::query("delete from feed").execute(&mut connection).await.unwrap();

    app.app.catalog.publish().await.unwrap();

    let mut reader = Reader::new(&app);
    reader.read(100).await;
    assert_eq!(owners(&reader), expected(&[("a", "one")]));
}

#[tokio::test]
async fn a_page_of_large_entities_is_short() {
    let app = TestApp::new().await;
    let large = |name: &str| {
        let mut entity = stored(name, PLACE, "one");
        entity.entity["metadata"]["description"] = json!("x".repeat(3 * 1024 * 1024));
        entity
    };
    app.app.entities.register(PLACE, "task", &[large("a"), large("b"), large("c")]).await.unwrap();

    let page = app.app.catalog.feed().changes(None, 1000).await.unwrap();

    assert_eq!((page.changes.len(), page.more), (1, true));
    let mut reader = Reader::new(&app);
    assert_eq!(reader.read(1000).await.len(), 3);
}

#[tokio::test]
async fn twenty_thousand_entities_are_twenty_pages_and_a_change_is_one() {
    let app = TestApp::new().await;
    let all: Vec<StoredEntity> = (0..20_000).map(|n| stored(&format!("c{n:05}"), PLACE, "one")).collect();
    app.app.entities.register(PLACE, "task", &all).await.unwrap();
    let mut reader = Reader::new(&app);

    let mut pages = 1;
    while reader.page(1000).await.1 {
        pages += 1;
    }

    assert_eq!((pages, reader.entities.len()), (20, 20_000));
    register(&app, "url:https://github.com/acme/new/blob/main/catalog-info.yaml", &["new"], "one").await;
    assert_eq!(reader.page(1000).await, (vec!["component:default/new".to_owned()], false));
}
