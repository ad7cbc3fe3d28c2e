//! Templates of Backstage's catalog, and who may have which: what is found, for whom, with which files and which user.

use serde_json::{Map, Value, json};
use stagecraft::backstage::BackstageError;
use stagecraft::db::Engine;
use stagecraft::task::{
    AccessError, Caller, CreateError, LookupError, NewTask, RetryError, TaskStatus, Trial, TrialResult,
    TrialTemplate,
};
use stagecraft::template::{FetchError, FindError};

use super::catalog::{entity, jane};
use crate::support::app::{TestApp, git, write};
use crate::support::backstage::{BackstageDouble, SERVICE_TOKEN, USER_TOKEN};

const BY_REFS: &str = "POST /api/catalog/entities/by-refs";
const LOG: &str = "steps: [{ id: log, name: Log, action: 'debug:log', input: { message: hi } }]";
/// Reads the files beside the template.
const FETCH: &str = "
steps:
  - { id: fetch, name: Fetch, action: 'fetch:plain', input: { url: ./skeleton } }
  - { id: list, name: List, action: 'fs:readdir', input: { paths: [.] } }
output: { files: '${{ steps.list.output.files }}' }
";

async fn app_for(double: &BackstageDouble) -> TestApp {
    TestApp::on(Engine::Sqlite, &double.variables(&[])).await
}

/// A Template entity as the catalog gives it.
fn template(name: &str, spec: &str, annotations: Value) -> Value {
    let mut spec: Value = serde_yaml::from_str(spec).unwrap();
    spec["type"] = json!("service");
    json!({
        "apiVersion": "scaffolder.backstage.io/v1beta3", "kind": "Template",
        "metadata": {
            "name": name, "namespace": "default", "uid": "9e1c", "etag": "77ab", "title": "Of the catalog",
            "annotations": annotations
        },
        "spec": spec,
        "relations": [{ "type": "ownedBy", "targetRef": "group:default/platform" }],
    })
}

fn new_task(name: &str, caller: Caller) -> NewTask {
    NewTask {
        template_ref: format!("template:default/{name}"),
        values: json!({}),
        secrets: Map::new(),
        caller,
        fill_defaults: false,
        key: None,
    }
}

fn as_jane() -> Caller {
    Caller::user(jane())
}

/// What keeps jane from the template: name of the kind, and the message.
async fn refusal(app: &TestApp, name: &str, caller: Caller) -> (&'static str, String) {
    let error = app.app.tasks.create(new_task(name, caller)).await.unwrap_err();
    let kind = match &error {
        CreateError::Template(LookupError::Find(FindError::NotFound { .. })) => "missing",
        CreateError::Template(LookupError::Find(FindError::Broken { .. })) => "broken",
        CreateError::Template(
            LookupError::Backstage(BackstageError::Unavailable(_))
            | LookupError::Access(AccessError::Undecided(BackstageError::Unavailable(_))),
        ) => "away",
        CreateError::Files(FetchError::Invalid(_)) => "files",
        _ => "other",
    };
    (kind, error.to_string())
}

/// Whether the caller can create a task of the template.
async fn is_had(app: &TestApp, name: &str, caller: Caller) -> bool {
    app.app.tasks.create(new_task(name, caller)).await.is_ok()
}

fn senders(double: &BackstageDouble) -> Vec<String> {
    let requests = double.requests().into_iter();
    let about_the_catalog = requests.filter(|request| !request.line.ends_with("/permission/authorize"));
    about_the_catalog.filter_map(|request| request.authorization).collect()
}

#[tokio::test]
async fn the_users_entity_is_the_catalogs_read_as_the_user() {
    let double = BackstageDouble::start().await;
    let app = app_for(&double).await;
    app.template("it", LOG, &[]).await;
    let mut user = entity("User", "jane");
    user["spec"] = json!({ "profile": { "email": "jane@acme.io" } });
    double.has_entity(user.clone());

    let id = app.app.tasks.create(new_task("it", as_jane())).await.unwrap();

    let task = app.task(id).await;
    assert_eq!(Value::Object(task.spec.user), json!({ "entity": user, "ref": "user:default/jane" }));
    assert_eq!(task.created_by.as_deref(), Some("user:default/jane"));
    let as_user = format!("Bearer {USER_TOKEN}");
    assert_eq!((double.lines()[0].as_str(), &senders(&double)[0]), (BY_REFS, &as_user));
}

#[tokio::test]
async fn a_user_without_an_entity_has_a_reference_alone() {
    let double = BackstageDouble::start().await;
    let app = app_for(&double).await;
    app.template("it", LOG, &[]).await;

    let id = app.app.tasks.create(new_task("it", as_jane())).await.unwrap();

    assert_eq!(Value::Object(app.task(id).await.spec.user), json!({ "ref": "user:default/jane" }));
}

#[tokio::test]
async fn while_the_catalog_is_away_users_are_told_to_come_back_and_others_are_served() {
    let double = BackstageDouble::start().await;
    let app = app_for(&double).await;
    app.template("it", LOG, &[]).await;
    double.go_down(true);

    assert_eq!(refusal(&app, "it", as_jane()).await.0, "away");
    assert!(is_had(&app, "it", Caller::named("external:ci")).await);
    assert_eq!(refusal(&app, "none", Caller::named("external:ci")).await.0, "away");
}

#[tokio::test]
async fn a_template_that_only_the_catalog_has_is_run_with_the_files_beside_it() {
    let double = BackstageDouble::start().await;
    let home = tempfile::tempdir().unwrap();
    let repository = home.path().join("acme/tpl");
    write(&repository.join("java/skeleton/pom.xml"), "<project/>");
    git(&repository, &["init", "--quiet", "--initial-branch=main"]);
    git(&repository, &["add", "--all"]);
    git(&repository, &["commit", "--quiet", "--message=one"]);
    let commit = git(&repository, &["rev-parse", "HEAD"]);
    let rewrite = json!([{ "prefix": "https://git.acme.io/", "replacement": format!("file://{}/", home.path().display()) }]);
    let app =
        TestApp::on(Engine::Sqlite, &double.variables(&[("GIT__REWRITES", &rewrite.to_string())])).await;
    for (name, location) in [
        (
            "folder",
            json!({ "backstage.io/source-location": "url:https://git.acme.io/acme/tpl/tree/main/java/" }),
        ),
        (
            "file",
            json!({ "backstage.io/managed-by-location": "url:https://git.acme.io/acme/tpl/blob/main/java/template.yaml" }),
        ),
    ] {
        double.has_entity(template(name, FETCH, location));

        let id = app.app.tasks.create(new_task(name, as_jane())).await.unwrap();
        app.drain().await;

        assert_eq!(app.status(id).await, TaskStatus::Completed, "{name}: {:#?}", app.messages(id).await);
        assert_eq!(app.output(id).await["files"][0]["path"], "pom.xml", "{name}");
        let task = app.task(id).await;
        assert_eq!(task.pin.unwrap().commit.unwrap().0, commit);
        assert_eq!(task.spec.template_info["entityRef"], format!("template:default/{name}"));
        assert_eq!(task.spec.template_info["entity"]["metadata"]["uid"], "9e1c");
    }
}

#[tokio::test]
async fn a_template_of_the_catalog_that_reads_no_files_needs_none() {
    let double = BackstageDouble::start().await;
    let app = app_for(&double).await;
    double.has_entity(template("plain", LOG, json!({ "backstage.io/managed-by-location": "other:x" })));

    let id = app.app.tasks.create(new_task("plain", as_jane())).await.unwrap();
    app.drain().await;

    assert_eq!(app.status(id).await, TaskStatus::Completed, "{:#?}", app.messages(id).await);
    assert_eq!(app.task(id).await.pin, None);
}

#[tokio::test]
async fn files_that_cannot_be_read_are_told_with_what_to_do() {
    let double = BackstageDouble::start().await;
    let app = app_for(&double).await;
    let outside = "backstage.io/managed-by-location";
    for (name, location, told) in [
        ("nowhere", json!({}), "register it by the URL of its file"),
        (
            "outside",
            json!({ outside: "file:/srv/backstage/template.yaml" }),
            "outside of the folders in `templates.sources`",
        ),
        (
            "local",
            json!({ outside: "url:git+file:///srv/x.git//t.yaml" }),
            "is not one of `templates.sources`",
        ),
        ("gone", json!({ outside: "url:http://127.0.0.1:1/a/b/blob/main/t.yaml" }), ""),
    ] {
        double.has_entity(template(name, FETCH, location));

        let (kind, message) = refusal(&app, name, as_jane()).await;

        assert!(message.contains(told), "{message}");
        assert_eq!(kind == "files", name != "gone", "{message}");
    }
}

#[tokio::test]
async fn a_file_location_is_read_within_the_folders_of_the_settings() {
    let double = BackstageDouble::start().await;
    let app = app_for(&double).await;
    app.template("it", LOG, &[("skeleton/a.txt", "a")]).await;
    let place = app.templates().canonicalize().unwrap().join("it/template.yaml");
    let location = json!({ "backstage.io/managed-by-location": format!("file:{}", place.display()) });
    double.has_entity(template("twin", FETCH, location));

    let id = app.app.tasks.create(new_task("twin", as_jane())).await.unwrap();
    app.drain().await;

    assert_eq!(app.status(id).await, TaskStatus::Completed, "{:#?}", app.messages(id).await);
    assert_eq!(app.output(id).await["files"][0]["path"], "a.txt");
}

#[tokio::test]
async fn a_template_that_the_user_may_not_read_is_as_one_that_is_not_there() {
    let double = BackstageDouble::start().await;
    let app = app_for(&double).await;
    app.template("own-a", LOG, &[]).await;
    for name in ["own-a", "theirs"] {
        double.has_entity(template(name, LOG, json!({})));
        double.hide(&format!("template:default/{name}"));
    }

    let missing = refusal(&app, "own-x", as_jane()).await;
    assert_eq!(missing, ("missing", "Template template:default/own-x not found".to_owned()));
    for name in ["own-a", "theirs"] {
        assert_eq!(refusal(&app, name, as_jane()).await, ("missing", missing.1.replace("own-x", name)));
        assert!(is_had(&app, name, Caller::named("external:ci")).await, "{name}");
    }
}

#[tokio::test]
async fn a_template_of_the_library_that_the_catalog_does_not_have_yet_is_had() {
    let double = BackstageDouble::start().await;
    let app = app_for(&double).await;
    app.template("new", LOG, &[]).await;

    assert!(is_had(&app, "new", as_jane()).await);

    let [user, service] = [USER_TOKEN, SERVICE_TOKEN].map(|token| format!("Bearer {token}"));
    assert_eq!(senders(&double), [user, service]);
}

#[tokio::test]
async fn without_an_answer_for_the_service_an_unseen_template_is_kept_from_the_user() {
    let double = BackstageDouble::start().await;
    let app = app_for(&double).await;
    app.template("new", LOG, &[]).await;
    double.expire(SERVICE_TOKEN);

    assert_eq!(refusal(&app, "new", as_jane()).await.0, "missing");
    double.has_entity(template("new", LOG, json!({})));
    assert!(is_had(&app, "new", as_jane()).await);
}

#[tokio::test]
async fn the_library_goes_before_the_catalog() {
    let double = BackstageDouble::start().await;
    let app = app_for(&double).await;
    app.template("it", LOG, &[]).await;
    double.has_entity(template("it", FETCH, json!({})));

    let template = app.app.tasks.form("template:default/it", &as_jane()).await.unwrap();

    assert_eq!(template.spec.steps[0].action, "debug:log");
    assert_eq!(double.lines(), [BY_REFS]);
}

#[tokio::test]
async fn the_catalogs_templates_can_be_switched_off() {
    let double = BackstageDouble::start().await;
    let app = TestApp::on(Engine::Sqlite, &double.variables(&[("TEMPLATES__FROM_CATALOG", "false")])).await;
    double.has_entity(template("theirs", LOG, json!({})));

    for caller in [as_jane(), Caller::named("external:ci")] {
        assert_eq!(refusal(&app, "theirs", caller).await.0, "missing");
    }
}

#[tokio::test]
async fn a_template_of_the_catalog_that_cannot_be_run_is_told_with_its_faults() {
    let double = BackstageDouble::start().await;
    let app = app_for(&double).await;
    let mut old = template("old", LOG, json!({}));
    old["apiVersion"] = json!("backstage.io/v1beta2");
    double.has_entity(old);

    let (kind, message) = refusal(&app, "old", as_jane()).await;

    assert_eq!(kind, "broken");
    assert!(message.contains("`backstage.io/v1beta2`"), "{message}");
}

#[tokio::test]
async fn a_task_is_retried_only_by_who_may_read_its_template_still() {
    let double = BackstageDouble::start().await;
    let app = app_for(&double).await;
    double.has_entity(template("theirs", LOG, json!({})));
    let id = app.app.tasks.create(new_task("theirs", as_jane())).await.unwrap();
    app.drain().await;

    app.app.tasks.retry(id, Map::new(), &as_jane()).await.unwrap();
    app.drain().await;
    double.hide("template:default/theirs");
    let refused = app.app.tasks.retry(id, Map::new(), &as_jane()).await.unwrap_err();

    assert!(
        matches!(refused, RetryError::Template(LookupError::Find(FindError::NotFound { .. }))),
        "{refused}"
    );
}

#[tokio::test]
async fn a_template_of_the_catalog_can_be_tried_out() {
    let double = BackstageDouble::start().await;
    let app = app_for(&double).await;
    double.has_entity(template("theirs", LOG, json!({})));
    let trial = |caller: Caller| Trial {
        template: TrialTemplate::Reference("template:default/theirs".to_owned()),
        values: json!({}),
        secrets: Map::new(),
        fill_defaults: false,
        expression_errors: stagecraft::config::ExpressionErrors::Fail,
        caller,
        compare: None,
    };

    assert!(matches!(app.app.tasks.try_out(trial(as_jane())).await, Ok(TrialResult::Ran(_))));
    double.hide("template:default/theirs");
    assert!(app.app.tasks.try_out(trial(as_jane())).await.is_err());
}
