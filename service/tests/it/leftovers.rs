//! What becomes of repositories that a task has made when it fails, is cancelled, or is killed while it looks after
//! them: `stagecraft.dev/on-failure`.

use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use serde_json::{Value, json};
use stagecraft::db::Engine;
use stagecraft::forge::{Forge, NewIssue, Origin, RepoSlug};
use stagecraft::ids::TaskId;
use stagecraft::journal::EventKind;
use stagecraft::queue::Queue;
use stagecraft::task::{JOB_KIND, TaskStatus};
use tokio_util::sync::CancellationToken;

use crate::support::app::{TestApp, git, jane, write};

/// Makes a repository, then renames a file that a secret names: of the wrong one there is none.
fn template(policy: Option<&str>) -> Value {
    let annotations =
        policy.map_or_else(|| json!({}), |policy| json!({ "stagecraft.dev/on-failure": policy }));
    json!({
        "apiVersion": "scaffolder.backstage.io/v1beta3",
        "kind": "Template",
        "metadata": { "name": "service", "annotations": annotations },
        "spec": {
            "type": "service",
            "steps": [
                { "id": "write", "action": "roadiehq:utils:fs:write", "input": { "path": "README.md", "content": "# demo" } },
                { "id": "publish", "action": "publish:github", "input": {
                    "repoUrl": "github.com?owner=acme&repo=demo", "topics": ["a"],
                } },
                { "id": "tag", "action": "github:repo:create", "if": "${{ parameters.second }}", "input": {
                    "repoUrl": "github.com?owner=acme&repo=second",
                } },
                { "id": "finish", "action": "fs:rename", "input": {
                    "files": [{ "from": "${{ secrets.file }}", "to": "done.md" }],
                } },
            ],
        },
    })
}

async fn app(engine: Engine, policy: Option<&str>) -> TestApp {
    let app = TestApp::on(engine, &[]).await;
    write(&app.templates().join("service/template.yaml"), &template(policy).to_string());
    app.app.tasks.library().refresh().await;
    app
}

async fn post(app: &TestApp, values: Value) -> TaskId {
    app.try_create("service", values, json!({ "file": "missing.md" })).await.unwrap()
}

async fn fail(app: &TestApp, values: Value) -> TaskId {
    let id = post(app, values).await;
    app.drain().await;
    assert_eq!(app.status(id).await, TaskStatus::Failed, "{:#?}", app.messages(id).await);
    id
}

async fn retry(app: &TestApp, id: TaskId) {
    let secrets = json!({ "file": "README.md" });
    app.app.tasks.retry(id, secrets.as_object().cloned().unwrap(), &jane()).await.unwrap();
    app.drain().await;
    assert_eq!(app.status(id).await, TaskStatus::Completed, "{:#?}", app.messages(id).await);
    assert_eq!(app.git("acme", "demo", &["rev-list", "--count", "--all"]), "1");
}

fn slug(name: &str) -> RepoSlug {
    RepoSlug { host: "github.com".to_owned(), owner: "acme".to_owned(), name: name.to_owned() }
}

async fn is_archived(app: &TestApp) -> bool {
    app.app.local_forge.settings(&slug("demo")).await.unwrap().get("archived") == Some(&json!(true))
}

/// What the log says last before the end.
async fn last_word(app: &TestApp, id: TaskId) -> String {
    let messages = app.messages(id).await;
    messages[messages.len() - 2].clone()
}

#[tokio::test]
async fn a_failed_task_says_which_repository_it_leaves() {
    let app = app(Engine::Sqlite, None).await;

    let id = fail(&app, json!({})).await;

    assert_eq!(
        last_word(&app, id).await,
        "`github.com/acme/demo` was made by this task and stays: https://github.com/acme/demo. Retry the task to finish it, \
         or delete it there"
    );
    retry(&app, id).await;
}

#[tokio::test]
async fn a_task_that_made_nothing_says_nothing_of_repositories() {
    let app = app(Engine::Sqlite, Some("delete")).await;
    let first = fail(&app, json!({})).await;
    retry(&app, first).await;

    // The name is taken now, by another task.
    let id = fail(&app, json!({})).await;

    assert!(!last_word(&app, id).await.contains("was made by this task"), "{:#?}", app.messages(id).await);
    assert!(app.repository("acme", "demo").exists());
}

async fn an_archived_repository_is_taken_out_by_a_retry(engine: Engine) {
    let app = app(engine, Some("archive")).await;

    let id = fail(&app, json!({})).await;

    assert!(is_archived(&app).await);
    assert_eq!(
        last_word(&app, id).await,
        "`github.com/acme/demo` was made by this task and is archived now: https://github.com/acme/demo. A retry of the task \
         takes it out again"
    );
    retry(&app, id).await;
    assert!(!is_archived(&app).await);
}

#[tokio::test]
async fn an_archived_repository_is_taken_out_by_a_retry_on_sqlite() {
    an_archived_repository_is_taken_out_by_a_retry(Engine::Sqlite).await;
}

#[tokio::test]
async fn an_archived_repository_is_taken_out_by_a_retry_on_postgres() {
    an_archived_repository_is_taken_out_by_a_retry(Engine::Postgres).await;
}

async fn a_deleted_repository_is_made_anew_by_a_retry(engine: Engine) {
    let app = app(engine, Some("delete")).await;

    let id = fail(&app, json!({ "second": true })).await;

    assert!(!app.repository("acme", "demo").exists());
    assert!(!app.repository("acme", "second").exists(), "an empty one goes too");
    assert_eq!(
        last_word(&app, id).await,
        "`github.com/acme/second` was made by this task and is gone again. A retry of the task makes it anew"
    );
    retry(&app, id).await;
    assert_eq!(app.app.local_forge.settings(&slug("demo")).await.unwrap()["topics"], json!(["a"]));
    assert!(app.repository("acme", "second").exists());
}

#[tokio::test]
async fn a_deleted_repository_is_made_anew_by_a_retry_on_sqlite() {
    a_deleted_repository_is_made_anew_by_a_retry(Engine::Sqlite).await;
}

#[tokio::test]
async fn a_deleted_repository_is_made_anew_by_a_retry_on_postgres() {
    a_deleted_repository_is_made_anew_by_a_retry(Engine::Postgres).await;
}

/// Fails a task whose repository is changed by `somebody` between the attempts.
async fn survives(somebody: impl AsyncFn(&TestApp)) -> String {
    let app = app(Engine::Sqlite, Some("keep")).await;
    let id = fail(&app, json!({})).await;
    somebody(&app).await;
    // The task keeps the template that it was made with: its snapshot is what says `delete` now.
    let spec = app.task(id).await.spec;
    assert_eq!(spec.template_info["entity"]["metadata"]["annotations"]["stagecraft.dev/on-failure"], "keep");
    sqlx::any::install_default_drivers();
    let pool = sqlx::AnyPool::connect(&format!("sqlite://{}", app.data().join("stagecraft.db").display()))
        .await
        .unwrap();
    sqlx::query("update tasks set spec = replace(spec, '\"keep\"', '\"delete\"')")
        .execute(&pool)
        .await
        .unwrap();
    pool.close().await;
    let secrets = json!({ "file": "missing.md" });
    app.app.tasks.retry(id, secrets.as_object().cloned().unwrap(), &jane()).await.unwrap();
    app.drain().await;
    assert_eq!(app.status(id).await, TaskStatus::Failed);
    assert!(app.repository("acme", "demo").exists());
    last_word(&app, id).await
}

#[tokio::test]
async fn a_repository_with_anything_of_somebody_else_is_not_deleted() {
    let with_branch = survives(async |app: &TestApp| {
        let folder = app.repository("acme", "demo");
        let tree = git(&folder, &["rev-parse", "main^{tree}"]);
        let author = ["-c", "user.name=x", "-c", "user.email=x@acme.io"];
        let commit = git(&folder, &[author.as_slice(), &["commit-tree", &tree, "-m", "theirs"]].concat());
        git(&folder, &["update-ref", "refs/heads/theirs", &commit]);
    });
    let with_issue = survives(async |app: &TestApp| {
        let issue = NewIssue {
            origin: Origin { task: TaskId::generate(), step: "x".to_owned(), since_ms: 0 },
            title: "It does not build".to_owned(),
            body: None,
            assignees: Vec::new(),
            milestone: None,
            labels: Vec::new(),
        };
        let forge: &dyn Forge = &app.app.local_forge;
        forge.open_issue(&slug("demo"), &issue).await.unwrap();
    });

    let (with_branch, with_issue) = tokio::join!(with_branch, with_issue);

    assert!(
        with_branch.contains(
            "it was not deleted: its branch `theirs` holds commits that this task did not push. Look there"
        ),
        "{with_branch}"
    );
    assert!(with_issue.contains("there are issues or pull requests in it"), "{with_issue}");
}

#[tokio::test]
async fn a_cancelled_task_is_looked_after_too() {
    let app = app(Engine::Sqlite, Some("delete")).await;
    let mut waiting = template(Some("delete"));
    waiting["spec"]["steps"][3] =
        json!({ "id": "finish", "action": "debug:wait", "input": { "minutes": 10 } });
    write(&app.templates().join("service/template.yaml"), &waiting.to_string());
    app.app.tasks.library().refresh().await;
    let id = post(&app, json!({})).await;
    let working = app.work();
    let mut watch = app.app.tasks.watch(id, &jane()).await.unwrap();
    while !app.messages(id).await.iter().any(|message| message.contains("Beginning step debug:wait")) {
        watch.changed().await;
    }

    app.app.tasks.cancel(id, &jane()).await.unwrap();
    while !app.status(id).await.is_terminal() {
        watch.changed().await;
    }
    working.cancel();

    assert_eq!(app.status(id).await, TaskStatus::Cancelled);
    assert!(!app.repository("acme", "demo").exists());
}

/// Drives the run of a task until it has waited `waits` times, then drops it where it stands.
async fn dies_after(app: &TestApp, waits: usize) -> bool {
    let hasty = Queue::new(app.app.db.clone(), Duration::from_millis(1));
    let lease = hasty.claim(JOB_KIND, "dying").await.unwrap().expect("a job is waiting");
    let mut run = pin!(app.app.tasks.run_claimed(lease, CancellationToken::new()));
    let mut waited = 0;
    std::future::poll_fn(|context| match run.as_mut().poll(context) {
        Poll::Ready(_) => Poll::Ready(true),
        Poll::Pending if waited == waits => Poll::Ready(false),
        Poll::Pending => {
            waited += 1;
            Poll::Pending
        }
    })
    .await
}

async fn a_task_killed_at_any_wait_ends_as_its_template_wants(policy: &str) {
    let app = app(Engine::Sqlite, Some(policy)).await;
    for waits in 0.. {
        let id = post(&app, json!({ "second": true })).await;

        let ended = dies_after(&app, waits).await;
        while !app.status(id).await.is_terminal() {
            app.drain().await;
        }

        assert_eq!(app.status(id).await, TaskStatus::Failed, "{waits}: {:#?}", app.messages(id).await);
        let events = app.events(id).await;
        let numbers: Vec<i64> = events.iter().map(|event| event.id).collect();
        assert_eq!(numbers, (1..).take(events.len()).collect::<Vec<i64>>(), "{waits}: events have gaps");
        assert_eq!(events.iter().filter(|event| event.kind == EventKind::Completion).count(), 1, "{waits}");
        for name in ["demo", "second"] {
            let start = format!("`github.com/acme/{name}` was made by this task");
            let told = events.iter().filter(|event| event.body.message.starts_with(&start)).count();
            assert_eq!(told, 1, "{waits}: {:#?}", app.messages(id).await);
            match policy {
                "delete" => assert!(!app.repository("acme", name).exists(), "{waits}: {name}"),
                _ => {
                    let facts = app.app.local_forge.settings(&slug(name)).await.unwrap();
                    assert_eq!(facts.get("archived"), Some(&json!(true)), "{waits}: {name}");
                }
            }
        }
        retry(&app, id).await;
        for name in ["demo", "second"] {
            let forge: &dyn Forge = &app.app.local_forge;
            forge.delete(&slug(name)).await.unwrap();
        }
        if ended {
            return;
        }
    }
}

#[tokio::test]
async fn a_task_killed_at_any_wait_leaves_nothing_where_its_template_says_delete() {
    a_task_killed_at_any_wait_ends_as_its_template_wants("delete").await;
}

#[tokio::test]
async fn a_task_killed_at_any_wait_leaves_an_archive_where_its_template_says_archive() {
    a_task_killed_at_any_wait_ends_as_its_template_wants("archive").await;
}

#[tokio::test]
async fn a_policy_that_is_not_known_makes_a_template_unusable() {
    let app = app(Engine::Sqlite, Some("remove")).await;

    let refused = app.try_create("service", json!({}), json!({})).await.unwrap_err().to_string();

    assert!(
        refused.contains("`stagecraft.dev/on-failure` is `keep`, `archive` or `delete`, not \"remove\""),
        "{refused}"
    );
}
