//! Templates of the library in the feed.

use serde_json::json;
use stagecraft::db::Engine;
use stagecraft::entities::{LibrarySource, Publisher};

use super::reader::Reader;
use super::stored;
use crate::support::app::{TestApp, write};

const STEPS: &str = "steps:\n  - { id: say, action: 'debug:log', input: { message: hello } }\n";

/// Writes a template with a title, as its author would.
fn author(app: &TestApp, name: &str, title: &str) {
    let steps: String = STEPS.lines().map(|line| format!("  {line}\n")).collect();
    let text = format!(
        "apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata:\n  name: {name}\n  title: {title}\nspec:\n  type: service\n{steps}"
    );
    write(&app.templates().join(name).join("template.yaml"), &text);
}

/// What a process does when it looks at its sources.
async fn look(app: &TestApp) {
    app.app.tasks.library().refresh().await;
    app.app.catalog.publish().await.unwrap();
}

/// Ends in good order, and starts again.
async fn restarted(app: TestApp) -> TestApp {
    app.app.catalog.release().await.unwrap();
    app.reopened().await
}

/// The titles that a reader has.
fn titles(reader: &Reader) -> Vec<&str> {
    reader.entities.values().map(|entity| entity["metadata"]["title"].as_str().unwrap_or_default()).collect()
}

#[tokio::test]
async fn a_template_comes_changes_and_goes() {
    let app = TestApp::new().await;
    let mut reader = Reader::new(&app);
    author(&app, "a", "One");
    look(&app).await;
    reader.read(10).await;
    assert_eq!(titles(&reader), ["One"]);

    author(&app, "a", "Two");
    author(&app, "b", "Other");
    look(&app).await;
    assert_eq!(reader.read(10).await, ["template:default/a", "template:default/b"]);
    assert_eq!(titles(&reader), ["Two", "Other"]);

    std::fs::remove_dir_all(app.templates().join("a")).unwrap();
    look(&app).await;
    assert_eq!(reader.read(10).await, ["template:default/a"]);
    assert_eq!(titles(&reader), ["Other"]);
}

#[tokio::test]
async fn a_look_at_what_did_not_change_is_no_change() {
    let app = TestApp::new().await;
    author(&app, "a", "One");
    look(&app).await;
    let before = app.app.catalog.feed().cursor().await.unwrap();

    look(&app).await;
    let app = restarted(app).await;
    look(&app).await;

    assert_eq!(app.app.catalog.feed().cursor().await.unwrap(), before);
}

#[tokio::test]
async fn a_template_that_is_broken_for_a_moment_keeps_its_last_good_entity() {
    let app = TestApp::new().await;
    author(&app, "a", "One");
    author(&app, "b", "Other");
    look(&app).await;
    let mut reader = Reader::new(&app);
    reader.read(10).await;
    let file = app.templates().join("a/template.yaml");
    let good = std::fs::read_to_string(&file).unwrap();
    // Its name can be read; nothing of it can be read; a catalog would refuse it.
    for broken in [
        good.replace("steps:", "stepz:"),
        "kind: [".to_owned(),
        good.replace("title: One", "tags: ['No Good']"),
    ] {
        std::fs::write(&file, broken).unwrap();
        look(&app).await;
        assert_eq!(reader.read(10).await, Vec::<String>::new());
    }

    author(&app, "a", "Mended");
    look(&app).await;

    assert_eq!(reader.read(10).await, ["template:default/a"]);
    assert_eq!(titles(&reader), ["Mended", "Other"]);
}

#[tokio::test]
async fn a_source_that_cannot_be_read_just_now_loses_nothing() {
    let app = TestApp::new().await;
    author(&app, "a", "One");
    look(&app).await;
    let mut reader = Reader::new(&app);
    reader.read(10).await;

    let aside = app.folder.path().join("aside");
    std::fs::rename(app.templates(), &aside).unwrap();
    // A process that starts now has never seen the templates.
    let app = restarted(app).await;
    look(&app).await;
    reader.follow(&app);
    assert_eq!(reader.read(10).await, Vec::<String>::new());

    std::fs::rename(&aside, app.templates()).unwrap();
    author(&app, "b", "Other");
    std::fs::remove_dir_all(app.templates().join("a")).unwrap();
    look(&app).await;
    reader.read(10).await;
    assert_eq!(titles(&reader), ["Other"]);
}

#[tokio::test]
async fn a_source_that_is_no_longer_in_the_settings_is_gone() {
    let app = TestApp::new().await;
    author(&app, "a", "One");
    look(&app).await;
    let publisher = Publisher::new(app.app.db.clone());
    app.app.catalog.release().await.unwrap();

    publisher.publish(&[]).await.unwrap().unwrap();

    let mut reader = Reader::new(&app);
    assert_eq!(reader.read(10).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_process_that_died_is_relieved_when_its_time_has_run_out() {
    let app = TestApp::new().await;
    let [one, two] = [Publisher::new(app.app.db.clone()), Publisher::new(app.app.db.clone())];
    one.publish(&library("Old")).await.unwrap();
    assert_eq!(two.publish(&library("New")).await.unwrap(), None);

    let url = format!("sqlite://{}", app.data().join("stagecraft.db").display());
    let mut connection = <sqlx::AnyConnection as sqlx::Connection>::connect(&url).await.unwrap();
    sqlx::query("update feed_publisher set until_ms = 1").execute(&mut connection).await.unwrap();
    two.publish(&library("New")).await.unwrap().unwrap();

    // Had it only been slow, it would not write any more.
    assert_eq!(one.publish(&library("Old")).await.unwrap(), None);
    let mut reader = Reader::new(&app);
    reader.read(10).await;
    assert_eq!(titles(&reader), ["New"]);
}

/// A library with one template of this title.
fn library(title: &str) -> Vec<LibrarySource> {
    let entity = json!({
        "apiVersion": "scaffolder.backstage.io/v1beta3",
        "kind": "Template",
        "metadata": { "name": "a", "title": title },
        "spec": { "type": "service", "steps": [{ "id": "say", "action": "debug:log" }] },
    });
    let templates = vec![("template:default/a".to_owned(), entity)];
    vec![LibrarySource { source: "s".to_owned(), templates, broken: Vec::new(), whole: true }]
}

async fn a_process_that_is_late_does_not_bring_an_old_template_back(engine: Engine) {
    let app = TestApp::on(engine, &[]).await;
    let [one, two] = [Publisher::new(app.app.db.clone()), Publisher::new(app.app.db.clone())];
    let mut reader = Reader::new(&app);
    one.publish(&library("Old")).await.unwrap();
    one.publish(&library("New")).await.unwrap();

    assert_eq!(two.publish(&library("Old")).await.unwrap(), None);

    reader.read(10).await;
    assert_eq!(titles(&reader), ["New"]);
    // What a process that ends gives back is taken over at once.
    one.release().await.unwrap();
    assert!(two.publish(&library("Newer")).await.unwrap().is_some());
    assert_eq!(one.publish(&library("New")).await.unwrap(), None);
    reader.read(10).await;
    assert_eq!(titles(&reader), ["Newer"]);
}

#[tokio::test]
async fn a_process_that_is_late_does_not_bring_an_old_template_back_on_sqlite() {
    a_process_that_is_late_does_not_bring_an_old_template_back(Engine::Sqlite).await;
}

#[tokio::test]
async fn a_process_that_is_late_does_not_bring_an_old_template_back_on_postgres() {
    a_process_that_is_late_does_not_bring_an_old_template_back(Engine::Postgres).await;
}

#[tokio::test]
async fn a_template_of_the_library_goes_before_a_registered_one() {
    let app = TestApp::new().await;
    let publisher = Publisher::new(app.app.db.clone());
    let mut registered = stored("a", super::PLACE, "one");
    registered.entity_ref = "template:default/a".to_owned();
    registered.entity = library("Registered")[0].templates[0].1.clone();
    app.app.entities.register(super::PLACE, "task", &[registered]).await.unwrap();
    let mut reader = Reader::new(&app);
    reader.read(10).await;
    assert_eq!(titles(&reader), ["Registered"]);

    publisher.publish(&library("Library")).await.unwrap();
    reader.read(10).await;
    assert_eq!(titles(&reader), ["Library"]);

    publisher.publish(&[]).await.unwrap();
    reader.read(10).await;
    assert_eq!(titles(&reader), ["Registered"]);
}
