//! Repositories that are looked after: what is offered of them, when, and to whom they are left.

mod github;
mod guards;

use std::path::PathBuf;

use catalog_gen::{Entry, FileTree, TreePath};
use serde_json::{Value, json};
use stagecraft::catalog::{Change, Changes, OnboardRequest};
use stagecraft::db::Engine;
use stagecraft::entities::{Delivery, ListRepositories, RepositoryState};
use stagecraft::forge::{Forge, NewRepository, RepoSlug, Visibility};
use stagecraft::git::{Author, BranchUpdate, ObjectStore};
use stagecraft::ids::TaskId;
use tokio_util::sync::CancellationToken;

use crate::feed::reader::Reader;
use crate::support::app::TestApp;

const HUMAN: &str = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: { name: shop }\n\
                     spec: { type: service, lifecycle: production, owner: people }\n";
/// Something that a detector makes a component of.
const MANIFEST: &str = r#"{ "name": "shop", "version": "1.0.0", "description": "Sells things", "main": "index.js", "dependencies": { "express": "4.0.0" } }"#;

pub(crate) fn slug(name: &str) -> RepoSlug {
    RepoSlug { host: "github.com".to_owned(), owner: "acme".to_owned(), name: name.to_owned() }
}

pub(crate) fn new_repository() -> NewRepository {
    NewRepository {
        description: Some("Sells things".to_owned()),
        homepage: None,
        visibility: Visibility::Private,
        default_branch: "main".to_owned(),
        settings: serde_json::Map::new(),
        created_by: TaskId::generate(),
    }
}

pub(crate) fn tree(files: &[(&str, &str)]) -> FileTree {
    let mut tree = FileTree::new();
    for (path, text) in files {
        tree.insert(TreePath::parse(path).unwrap(), Entry::file((*text).to_owned())).unwrap();
    }
    tree
}

/// Puts a commit onto the default branch of a bare repository; files without a text go.
pub(crate) async fn commit(folder: PathBuf, files: &[(&str, Option<&str>)]) {
    commit_to(folder, "main", files).await;
}

/// The same on a branch.
pub(crate) async fn commit_to(folder: PathBuf, branch: &str, files: &[(&str, Option<&str>)]) {
    let store = ObjectStore::open(&folder).unwrap();
    let kept: Vec<(&str, &str)> = files.iter().filter_map(|(path, text)| Some((*path, (*text)?))).collect();
    let gone = files.iter().filter(|(_, text)| text.is_none()).map(|(path, _)| path);
    let base = store.resolve(Some(branch)).await.unwrap().0;
    let update = BranchUpdate {
        branch: branch.to_owned(),
        expected: Some(base.clone()),
        base,
        files: tree(&kept),
        removed: gone.map(|path| TreePath::parse(path).unwrap()).collect(),
        message: "change".to_owned(),
        author: Author { name: "Jane".to_owned(), email: "jane@example.com".to_owned() },
        time_ms: 1_000,
    };
    store.commit_onto(update).await.unwrap();
}

/// Makes a repository of a forge with these files.
pub(crate) async fn make(forge: &dyn Forge, name: &str, files: &[(&str, &str)]) {
    forge.create(&slug(name), &new_repository()).await.unwrap();
    let commit = stagecraft::git::NewCommit {
        tree: tree(files),
        branch: "main".to_owned(),
        message: "first".to_owned(),
        author: Author { name: "Jane".to_owned(), email: "jane@example.com".to_owned() },
        time_ms: 0,
    };
    forge.push(&slug(name), commit).await.unwrap();
}

pub(crate) fn onboarding(repositories: &[&str], owners: &[&str], delivery: Delivery) -> OnboardRequest {
    OnboardRequest {
        repositories: repositories.iter().map(|name| format!("github.com/acme/{name}")).collect(),
        owners: owners.iter().map(|name| (*name).to_owned()).collect(),
        delivery,
        again: false,
    }
}

/// Sees to changes until there is none.
pub(crate) async fn settle(app: &TestApp) {
    while app.worker.see_next(CancellationToken::new()).await.unwrap() {}
}

pub(crate) async fn happened(app: &TestApp, change: Change) {
    Changes::new(app.app.db.clone(), app.app.queue.clone()).leave(&[change]).await.unwrap();
    settle(app).await;
}

pub(crate) async fn pushed(app: &TestApp, name: &str) {
    happened(app, Change::Read { repository: slug(name), commit: None }).await;
}

/// The references on offer.
pub(crate) async fn offered(app: &TestApp) -> Vec<String> {
    let mut reader = Reader::new(app);
    reader.read(100).await;
    reader.entities.into_keys().collect()
}

/// The entity of that reference on offer.
pub(crate) async fn entity(app: &TestApp, reference: &str) -> Value {
    let mut reader = Reader::new(app);
    reader.read(100).await;
    reader.entities.remove(reference).unwrap_or_default()
}

/// State and note of a repository.
pub(crate) async fn standing(app: &TestApp, name: &str) -> (RepositoryState, String) {
    let wanted = ListRepositories { limit: 100, ..ListRepositories::default() };
    let page = app.app.catalog.repositories(&wanted).await.unwrap();
    let key = format!("github.com/acme/{name}");
    let found = page.repositories.into_iter().find(|(row, _)| row.key == key);
    found.map(|(row, _)| (row.state, row.note)).expect("the repository is looked after")
}

/// A service whose local forge has one repository, which is looked after.
async fn with_shop(engine: Engine, files: &[(&str, &str)]) -> TestApp {
    let app = TestApp::on(engine, &[]).await;
    make(&app.app.local_forge, "shop", files).await;
    app.app.catalog.onboard(&onboarding(&["shop"], &[], Delivery::Feed)).await.unwrap();
    settle(&app).await;
    app
}

async fn a_humans_file_wins_and_ours_comes_back_when_it_goes(engine: Engine) {
    let app = with_shop(engine, &[("package.json", MANIFEST)]).await;
    assert_eq!(offered(&app).await, ["component:default/shop"]);

    commit(app.repository("acme", "shop"), &[("catalog-info.yaml", Some(HUMAN))]).await;
    pushed(&app, "shop").await;
    assert_eq!(offered(&app).await, [""; 0]);
    assert_eq!(standing(&app, "shop").await.0, RepositoryState::Yielded);

    commit(app.repository("acme", "shop"), &[("catalog-info.yaml", None)]).await;
    pushed(&app, "shop").await;
    assert_eq!(offered(&app).await, ["component:default/shop"]);
    assert_eq!(standing(&app, "shop").await, (RepositoryState::Offered, String::new()));
}

#[tokio::test]
async fn a_humans_file_wins_and_ours_comes_back_when_it_goes_on_sqlite() {
    a_humans_file_wins_and_ours_comes_back_when_it_goes(Engine::Sqlite).await;
}

#[tokio::test]
async fn a_humans_file_wins_and_ours_comes_back_when_it_goes_on_postgres() {
    a_humans_file_wins_and_ours_comes_back_when_it_goes(Engine::Postgres).await;
}

#[tokio::test]
async fn an_entity_says_where_it_would_stand_in_the_repository() {
    let app = with_shop(Engine::Sqlite, &[("package.json", MANIFEST)]).await;

    let shop = entity(&app, "component:default/shop").await;

    let file = "url:https://github.com/acme/shop/blob/main/catalog-info.yaml";
    let annotations = &shop["metadata"]["annotations"];
    assert_eq!(annotations["backstage.io/managed-by-location"], json!(file));
    assert_eq!(annotations["backstage.io/managed-by-origin-location"], json!(file));
    assert_eq!(annotations["github.com/project-slug"], json!("acme/shop"));
}

#[tokio::test]
async fn what_changes_nothing_that_matters_changes_nothing_in_the_feed() {
    let app = with_shop(Engine::Sqlite, &[("package.json", MANIFEST), ("index.js", "1\n")]).await;
    let before = app.app.catalog.feed().cursor().await.unwrap();

    pushed(&app, "shop").await;
    commit(app.repository("acme", "shop"), &[("index.js", Some("2\n"))]).await;
    pushed(&app, "shop").await;

    assert_eq!(app.app.catalog.feed().cursor().await.unwrap(), before);
}

#[tokio::test]
async fn a_repository_that_nobody_looks_after_is_passed_over() {
    let app = TestApp::new().await;
    make(&app.app.local_forge, "shop", &[("package.json", MANIFEST)]).await;

    pushed(&app, "shop").await;

    assert_eq!(offered(&app).await, [""; 0]);
}

#[tokio::test]
async fn all_repositories_of_an_owner_are_looked_after_new_ones_too() {
    let app = TestApp::on(Engine::Sqlite, &[("CATALOG__OWNERS", "[github.com/ACME]")]).await;
    make(&app.app.local_forge, "shop", &[("package.json", MANIFEST)]).await;
    make(&app.app.local_forge, "empty", &[]).await;
    assert!(app.app.catalog.look_at_everything(true).await.unwrap());
    settle(&app).await;
    assert_eq!(offered(&app).await, ["component:default/shop"]);

    let other = MANIFEST.replace("\"shop\"", "\"cart\"");
    make(&app.app.local_forge, "cart", &[("package.json", &other)]).await;
    pushed(&app, "cart").await;

    assert_eq!(offered(&app).await, ["component:default/cart", "component:default/shop"]);
}

#[tokio::test]
async fn a_repository_that_is_deleted_takes_its_entities_along() {
    let app = with_shop(Engine::Sqlite, &[("package.json", MANIFEST)]).await;

    app.app.local_forge.delete(&slug("shop")).await.unwrap();
    happened(&app, Change::Gone { repository: slug("shop") }).await;

    assert_eq!(offered(&app).await, [""; 0]);
    assert_eq!(standing(&app, "shop").await.0, RepositoryState::Gone);
}

#[tokio::test]
async fn what_is_only_said_to_be_gone_stays() {
    let app = with_shop(Engine::Sqlite, &[("package.json", MANIFEST)]).await;

    happened(&app, Change::Gone { repository: slug("shop") }).await;

    assert_eq!(offered(&app).await, ["component:default/shop"]);
}

#[tokio::test]
async fn a_repository_that_is_not_to_be_looked_after_any_more_offers_nothing() {
    let app = with_shop(Engine::Sqlite, &[("package.json", MANIFEST)]).await;

    app.app.catalog.onboard(&onboarding(&["shop"], &[], Delivery::None)).await.unwrap();
    pushed(&app, "shop").await;

    assert_eq!(offered(&app).await, [""; 0]);
}

#[tokio::test]
async fn a_catalog_file_that_does_not_parse_is_left_alone_and_told() {
    let files = [("package.json", MANIFEST), ("catalog-info.yaml", "kind: [\n")];
    let app = with_shop(Engine::Sqlite, &files).await;

    let (state, note) = standing(&app, "shop").await;

    assert_eq!(state, RepositoryState::Yielded);
    assert!(note.contains("`catalog-info.yaml`"), "{note}");
    assert_eq!(offered(&app).await, [""; 0]);
}

#[tokio::test]
async fn a_reference_that_two_repositories_make_is_the_firsts() {
    let app = with_shop(Engine::Sqlite, &[("package.json", MANIFEST)]).await;
    let first = entity(&app, "component:default/shop").await;
    let shop = [("package.json", MANIFEST), ("catalog-info.yaml", HUMAN)];
    make(&app.app.local_forge, "Shop2", &[("package.json", MANIFEST)]).await;
    app.app.catalog.onboard(&onboarding(&["Shop2"], &[], Delivery::Feed)).await.unwrap();
    settle(&app).await;
    assert_eq!(entity(&app, "component:default/shop").await, first);

    commit(app.repository("acme", "shop"), &[(shop[1].0, Some(shop[1].1))]).await;
    pushed(&app, "shop").await;

    assert_ne!(entity(&app, "component:default/shop").await, first);
}

#[tokio::test]
async fn repositories_of_an_organisation_of_another_name_take_their_entities_along() {
    let app = TestApp::new().await;
    for name in ["shop", "cart"] {
        let manifest = MANIFEST.replace("\"shop\"", &format!("\"{name}\""));
        make(&app.app.local_forge, name, &[("package.json", &manifest)]).await;
    }
    app.app.catalog.onboard(&onboarding(&["shop", "cart"], &[], Delivery::Feed)).await.unwrap();
    settle(&app).await;
    let (from, to) = (app.repository("acme", "shop"), app.repository("newco", "shop"));
    std::fs::rename(from.parent().unwrap(), to.parent().unwrap()).unwrap();

    for name in ["shop", "cart"] {
        let record = app.repository("newco", name).join("forge.json");
        let text = std::fs::read_to_string(&record).unwrap();
        std::fs::write(record, text.replace("\"acme\"", "\"newco\"")).unwrap();
    }

    let renamed = |name: &str| RepoSlug { owner: "newco".to_owned(), ..slug(name) };
    for name in ["shop", "cart"] {
        happened(&app, Change::Moved { from: slug(name), to: renamed(name) }).await;
    }
    happened(&app, Change::Owner { host: "github.com".to_owned(), owner: "acme".to_owned() }).await;

    assert_eq!(offered(&app).await, ["component:default/cart", "component:default/shop"]);
    let all = ListRepositories { limit: 10, ..ListRepositories::default() };
    let rows = app.app.catalog.repositories(&all).await.unwrap().repositories;
    let rows: Vec<(String, RepositoryState)> =
        rows.into_iter().map(|(row, _)| (row.key, row.state)).collect();
    assert_eq!(
        rows,
        [
            ("github.com/newco/cart".to_owned(), RepositoryState::Offered),
            ("github.com/newco/shop".to_owned(), RepositoryState::Offered)
        ]
    );
}

#[tokio::test]
async fn names_that_are_none_change_nothing() {
    let app = TestApp::new().await;
    for wrong in ["shop", "gitlab.com/acme/shop", "github.com/acme", "https://github.com/acme"] {
        let request = OnboardRequest {
            repositories: vec!["github.com/acme/shop".to_owned(), wrong.to_owned()],
            ..onboarding(&[], &[], Delivery::Feed)
        };

        assert!(app.app.catalog.onboard(&request).await.is_err(), "{wrong}");
    }
    let all = ListRepositories { limit: 10, ..ListRepositories::default() };
    assert_eq!(app.app.catalog.repositories(&all).await.unwrap().repositories, []);
}

#[tokio::test]
async fn the_api_takes_names_and_tells_how_they_stand() {
    let app = TestApp::new().await;
    make(&app.app.local_forge, "shop", &[("package.json", MANIFEST)]).await;
    let (url, _stop) = app.serve().await;
    let client = reqwest::Client::new();
    let body = json!({ "repositories": ["https://github.com/acme/shop"], "owners": ["github.com/acme"] });
    let answer = client
        .post(format!("{url}/api/stagecraft/v1/repositories/onboard"))
        .json(&body)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 202);
    settle(&app).await;

    let page: Value = client
        .get(format!("{url}/api/stagecraft/v1/repositories?limit=1&owner=github.com/ACME&state=offered"))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();

    let shop = &page["repositories"][0];
    assert_eq!(shop["repository"], "github.com/acme/shop");
    assert_eq!(shop["entities"], json!([{ "entityRef": "component:default/shop", "offered": true }]));
    assert_eq!(page["next"], "github.com/acme/shop");
    assert_eq!(page["owners"][0]["owner"], "github.com/acme");
}

#[tokio::test]
async fn the_api_refuses_what_it_does_not_understand() {
    let app = TestApp::new().await;
    let (url, _stop) = app.serve().await;
    for body in [
        json!({}),
        json!({ "repositories": ["shop"] }),
        json!({ "repositories": ["github.com/acme/shop"], "delivery": "post" }),
        json!({ "repository": "github.com/acme/shop", "owners": ["github.com/acme"] }),
        json!({ "owners": [1] }),
    ] {
        let answer = reqwest::Client::new()
            .post(format!("{url}/api/stagecraft/v1/repositories/onboard"))
            .json(&body)
            .send()
            .await
            .unwrap();

        assert_eq!(answer.status(), 400, "{body}");
    }
}
