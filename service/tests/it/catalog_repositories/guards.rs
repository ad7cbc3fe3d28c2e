//! Much that would go at once stays, and it is told why.

use stagecraft::catalog::Change;
use stagecraft::db::Engine;
use stagecraft::entities::{Delivery, ListRepositories, RepositoryState};
use stagecraft::forge::Forge;

use super::{MANIFEST, happened, make, offered, onboarding, settle, slug, standing};
use crate::support::app::TestApp;

/// A service that looks after so many repositories of one owner.
async fn with(count: usize, engine: Engine) -> TestApp {
    let app = TestApp::on(engine, &[("CATALOG__REMOVAL_LIMIT", "{ percent: 20, repositories: 1 }")]).await;
    for number in 0..count {
        let manifest = MANIFEST.replace("\"shop\"", &format!("\"r{number}\""));
        make(&app.app.local_forge, &format!("r{number}"), &[("package.json", &manifest)]).await;
    }
    app.app.catalog.onboard(&onboarding(&[], &["github.com/acme"], Delivery::Feed)).await.unwrap();
    settle(&app).await;
    app
}

fn owner() -> Change {
    Change::Owner { host: "github.com".to_owned(), owner: "acme".to_owned() }
}

async fn note_of_owner(app: &TestApp) -> String {
    let all = ListRepositories { limit: 1, ..ListRepositories::default() };
    let page = app.app.catalog.repositories(&all).await.unwrap();
    page.owners.first().map(|owner| owner.note.clone()).unwrap_or_default()
}

async fn what_no_delivery_told_is_found_by_a_look_at_everything(engine: Engine) {
    let app = with(3, engine).await;
    app.app.local_forge.delete(&slug("r1")).await.unwrap();
    super::commit(app.repository("acme", "r0"), &[("catalog-info.yaml", Some("kind: [\n"))]).await;
    make(&app.app.local_forge, "new", &[("package.json", &MANIFEST.replace("\"shop\"", "\"new\""))]).await;

    happened(&app, owner()).await;

    assert_eq!(offered(&app).await, ["component:default/new", "component:default/r2"]);
    assert_eq!(standing(&app, "r1").await.0, RepositoryState::Gone);
}

#[tokio::test]
async fn what_no_delivery_told_is_found_by_a_look_at_everything_on_sqlite() {
    what_no_delivery_told_is_found_by_a_look_at_everything(Engine::Sqlite).await;
}

#[tokio::test]
async fn what_no_delivery_told_is_found_by_a_look_at_everything_on_postgres() {
    what_no_delivery_told_is_found_by_a_look_at_everything(Engine::Postgres).await;
}

#[tokio::test]
async fn an_owner_who_shows_nothing_at_all_loses_nothing() {
    let app = with(2, Engine::Sqlite).await;
    for name in ["r0", "r1"] {
        app.app.local_forge.delete(&slug(name)).await.unwrap();
    }

    happened(&app, owner()).await;

    assert_eq!(offered(&app).await, ["component:default/r0", "component:default/r1"]);
    let (state, note) = standing(&app, "r0").await;
    assert_eq!(state, RepositoryState::Kept);
    assert!(note.contains("no repository at all"), "{note}");
    assert_eq!(note_of_owner(&app).await, note);
    assert_eq!(app.app.catalog.kept().await.unwrap(), 2);
}

#[tokio::test]
async fn more_than_the_limit_stays_until_somebody_says_so() {
    let app = with(6, Engine::Sqlite).await;
    for name in ["r0", "r1", "r2"] {
        app.app.local_forge.delete(&slug(name)).await.unwrap();
    }
    happened(&app, owner()).await;
    assert_eq!(offered(&app).await.len(), 6);
    assert!(note_of_owner(&app).await.contains("3 of 6"), "{}", note_of_owner(&app).await);

    for name in ["r0", "r1", "r2"] {
        happened(&app, Change::Gone { repository: slug(name) }).await;
    }

    assert_eq!(offered(&app).await.len(), 3);
}

#[tokio::test]
async fn one_after_the_other_is_as_much_as_all_at_once() {
    let app = with(6, Engine::Sqlite).await;
    for name in ["r0", "r1", "r2"] {
        app.app.local_forge.delete(&slug(name)).await.unwrap();
        super::pushed(&app, name).await;
    }

    assert_eq!(offered(&app).await.len(), 5);
    assert_eq!(standing(&app, "r2").await.0, RepositoryState::Kept);
}

#[tokio::test]
async fn what_was_kept_goes_on_when_it_is_to_be_seen_again() {
    let app = with(2, Engine::Sqlite).await;
    let (from, away) = (app.repository("acme", "r0"), app.data().join("away"));
    std::fs::rename(&from, &away).unwrap();
    let (other, other_away) = (app.repository("acme", "r1"), app.data().join("away1"));
    std::fs::rename(&other, &other_away).unwrap();
    happened(&app, owner()).await;
    assert_eq!(standing(&app, "r0").await.0, RepositoryState::Kept);

    std::fs::rename(&away, &from).unwrap();
    std::fs::rename(&other_away, &other).unwrap();
    happened(&app, owner()).await;

    assert_eq!(standing(&app, "r0").await.0, RepositoryState::Offered);
    assert_eq!(note_of_owner(&app).await, "");
}

#[tokio::test]
async fn one_process_looks_at_everything_in_its_time() {
    let app = TestApp::new().await;

    assert!(app.app.catalog.look_at_everything(false).await.unwrap());
    assert!(!app.app.catalog.look_at_everything(false).await.unwrap());
}
