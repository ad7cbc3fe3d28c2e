//! The task engine from creation to the end: conditions, loops, outputs, secrets, cancel, retry, retention.

use std::time::Duration;

use serde_json::json;
use stagecraft::db::Engine;
use stagecraft::journal::{EventKind, StepState};
use stagecraft::queue::Queue;
use stagecraft::task::{CreateError, JOB_KIND, ListTasks, RetryError, TaskStatus};

use crate::support::app::{TestApp, jane};

const SAY: &str = "steps:\n  - { id: say, name: Say, action: 'debug:log', input: { message: 'hello ${{ parameters.name }}' } }\n";

/// A public template as people write them: fetch, publish, register.
pub(crate) const PUBLISH: &str = r#"
parameters:
  - title: Repository
    required: [name]
    properties: { name: { type: string, pattern: '^[a-z0-9-]+$' } }
steps:
  - id: fetch
    name: Fetch skeleton
    action: fetch:template
    input: { url: ./skeleton, values: { name: '${{ parameters.name }}' } }
  - id: publish
    name: Create repository
    action: publish:github
    input:
      repoUrl: github.com?owner=acme&repo=${{ parameters.name }}
      description: A test
      topics: [Rust, demo]
      repoVariables: { REGION: eu-central-1 }
  - id: register
    name: Register
    action: catalog:register
    input:
      repoContentsUrl: ${{ steps.publish.output.repoContentsUrl }}
      catalogInfoPath: /catalog-info.yaml
output:
  links:
    - { title: Repository, url: '${{ steps.publish.output.remoteUrl }}' }
    - { title: Catalog, entityRef: '${{ steps.register.output.entityRef }}' }
"#;

pub(crate) const SKELETON: &[(&str, &str)] = &[
    ("skeleton/README.md", "# ${{ values.name }}\n"),
    (
        "skeleton/catalog-info.yaml",
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: ${{ values.name }}\nspec:\n  type: service\n  lifecycle: experimental\n  owner: group:default/team\n",
    ),
    ("skeleton/src/${{ values.name }}.txt", "plain\n"),
];

async fn a_template_becomes_a_repository(engine: Engine) {
    let app = TestApp::on(engine, &[]).await;
    app.template("service", PUBLISH, SKELETON).await;

    let id = app.run("service", json!({ "name": "demo" })).await;

    assert_eq!(app.status(id).await, TaskStatus::Completed, "{:#?}", app.messages(id).await);
    assert_eq!(app.git("acme", "demo", &["rev-list", "--count", "--all"]), "1");
    assert_eq!(app.git("acme", "demo", &["show", "main:README.md"]), "# demo");
    assert_eq!(app.git("acme", "demo", &["ls-tree", "--name-only", "main", "src/"]), "src/demo.txt");
    let entities = app.app.entities.list().await.unwrap();
    assert_eq!(
        entities.iter().map(|entity| entity.entity_ref.as_str()).collect::<Vec<_>>(),
        ["component:default/demo"]
    );
    assert_eq!(app.output(id).await["links"][1]["entityRef"], "component:default/demo");
}

#[tokio::test]
async fn a_template_becomes_a_repository_on_sqlite() {
    a_template_becomes_a_repository(Engine::Sqlite).await;
}

#[tokio::test]
async fn a_template_becomes_a_repository_on_postgres() {
    a_template_becomes_a_repository(Engine::Postgres).await;
}

#[tokio::test]
async fn the_repository_remembers_its_template() {
    let app = TestApp::new().await;
    app.template("service", PUBLISH, SKELETON).await;

    app.run("service", json!({ "name": "demo" })).await;

    let lock: serde_json::Value =
        serde_json::from_str(&app.git("acme", "demo", &["show", "main:.stagecraft/service.lock.json"]))
            .unwrap();
    assert_eq!(lock["template"]["entityRef"], "template:default/service");
    assert_eq!(lock["answers"], json!({ "name": "demo" }));
}

#[tokio::test]
async fn the_lock_file_can_be_switched_off() {
    let app = TestApp::on(Engine::Sqlite, &[("TASKS__WRITE_LOCK_FILE", "false")]).await;
    app.template("service", PUBLISH, SKELETON).await;

    app.run("service", json!({ "name": "demo" })).await;

    assert_eq!(app.git("acme", "demo", &["ls-tree", "--name-only", "main", ".stagecraft/"]), "");
}

#[tokio::test]
async fn events_are_numbered_without_a_gap_and_end_with_the_completion() {
    let app = TestApp::new().await;
    app.template("service", PUBLISH, SKELETON).await;

    let id = app.run("service", json!({ "name": "demo" })).await;

    let events = app.events(id).await;
    let expected: Vec<i64> = (1..).take(events.len()).collect();
    assert_eq!(events.iter().map(|event| event.id).collect::<Vec<_>>(), expected);
    assert_eq!(events.last().map(|event| event.kind), Some(EventKind::Completion));
}

#[tokio::test]
async fn a_false_condition_skips_the_step() {
    let app = TestApp::new().await;
    let spec = "steps:\n  - { id: maybe, action: 'debug:log', if: '${{ parameters.flag }}', input: { message: here } }\n";
    app.template("maybe", spec, &[]).await;

    let id = app.run("maybe", json!({ "flag": false })).await;

    assert!(app.events(id).await.iter().any(|event| event.body.status == Some(StepState::Skipped)));
    assert!(!app.messages(id).await.iter().any(|message| message == "here"));
}

#[tokio::test]
async fn steps_that_share_an_id_all_run_and_the_last_one_gives_the_outputs() {
    let app = TestApp::new().await;
    let steps = r#"
steps:
  - { id: look, action: 'fs:readdir', input: { paths: ['.'] } }
  - { id: look, action: 'catalog:write', input: { entity: { metadata: { name: a } }, filePath: a.yaml } }
  - { id: look, if: "${{ 1 == 2 }}", action: 'debug:log', input: { message: never } }
  - { id: look, action: 'fs:readdir', input: { paths: ['.'] } }
  - { id: look, if: "${{ 1 == 2 }}", action: 'debug:log', input: { message: never } }
output:
  files: ${{ steps.look.output.files }}
"#;
    app.template("same", steps, &[]).await;

    let id = app.run("same", json!({})).await;

    assert_eq!(app.status(id).await, TaskStatus::Completed, "{:#?}", app.messages(id).await);
    assert_eq!(app.output(id).await["files"][0]["name"], "a.yaml");
    let finished = app.messages(id).await.iter().filter(|text| text.starts_with("Finished step")).count();
    assert_eq!(finished, 3);
}

#[tokio::test]
async fn each_runs_the_step_for_every_element_and_collects_outputs() {
    let app = TestApp::new().await;
    let spec = "steps:
  - id: read
    each: ['a', 'b']
    action: fs:readdir
    input: { paths: ['.'] }
output: { count: '${{ steps.read.output.files | length }}', shown: '${{ steps.read.output.files }}' }
";
    app.template("loop", spec, &[]).await;

    let id = app.run("loop", json!({})).await;

    assert_eq!(app.output(id).await, json!({ "count": 2, "shown": [[], []] }));
}

#[tokio::test]
async fn steps_that_ask_for_it_run_after_a_failure() {
    let app = TestApp::new().await;
    let spec = "steps:
  - { id: boom, action: 'fs:rename', input: { files: [{ from: nothing, to: there }] } }
  - { id: plain, action: 'debug:log', input: { message: plain } }
  - { id: failed, action: 'debug:log', if: '${{ failure() }}', input: { message: cleaning } }
  - { id: always, action: 'debug:log', if: '${{ always() }}', input: { message: closing } }
";
    app.template("fail", spec, &[]).await;

    let id = app.run("fail", json!({})).await;

    let messages = app.messages(id).await;
    let said: Vec<bool> =
        ["plain", "cleaning", "closing"].map(|text| messages.iter().any(|message| message == text)).to_vec();
    assert_eq!((app.status(id).await, said), (TaskStatus::Failed, vec![false, true, true]));
}

#[tokio::test]
async fn a_failing_expression_keeps_its_text_and_warns() {
    let app = TestApp::new().await;
    app.template(
        "broken",
        "steps:\n  - { id: say, action: 'debug:log', input: { message: '${{ 1 | nofilter }}' } }\n",
        &[],
    )
    .await;

    let id = app.run("broken", json!({})).await;

    let messages = app.messages(id).await;
    assert_eq!(app.status(id).await, TaskStatus::Completed);
    assert!(messages.iter().any(|message| message == "${{ 1 | nofilter }}"), "{messages:#?}");
    assert!(
        messages.iter().any(|message| message.contains("warn") && message.contains("input.message")),
        "{messages:#?}"
    );
}

#[tokio::test]
async fn a_failing_expression_fails_the_step_where_that_is_wished() {
    let app = TestApp::on(Engine::Sqlite, &[("TASKS__EXPRESSION_ERRORS", "fail")]).await;
    app.template(
        "broken",
        "steps:\n  - { id: say, action: 'debug:log', input: { message: '${{ 1 | nofilter }}' } }\n",
        &[],
    )
    .await;

    let id = app.run("broken", json!({})).await;

    let (name, message) = app.failure(id).await;
    assert_eq!(name, "InputError");
    assert!(message.contains("input.message") && message.contains("nofilter"), "{message}");
}

#[tokio::test]
async fn a_secret_is_hidden_whatever_was_done_to_it() {
    let app = TestApp::new().await;
    let spec = "steps:
  - { id: plain, action: 'debug:log', input: { message: 'is ${{ secrets.token }}' } }
  - { id: upper, action: 'debug:log', input: { message: '${{ secrets.token | upper }}' } }
  - { id: part, action: 'debug:log', input: { message: '${{ secrets.token[0] }}${{ secrets.token.slice(1) | reverse }}' } }
  - { id: loop, each: ['x'], action: 'debug:log', input: { message: '${{ each.value }}${{ secrets.token }}' } }
output: { token: '${{ secrets.token }}' }
";
    app.template("secret", spec, &[]).await;

    let id = app.try_create("secret", json!({}), json!({ "token": "hunter2-hunter2" })).await.unwrap();
    app.drain().await;

    let everything = format!("{:?}{:?}", app.events(id).await, app.task(id).await).to_lowercase();
    assert_eq!(app.status(id).await, TaskStatus::Completed);
    assert!(!everything.contains("hunter2") && !everything.contains("2retnuh"), "{everything}");
}

#[tokio::test]
async fn secrets_are_gone_when_the_task_has_ended() {
    let app = TestApp::new().await;
    app.template("say", SAY, &[]).await;

    app.try_create("say", json!({ "name": "x" }), json!({ "token": "hunter2" })).await.unwrap();
    app.drain().await;

    let database =
        sqlx::SqlitePool::connect(&format!("sqlite://{}", app.data().join("stagecraft.db").display()))
            .await
            .unwrap();
    let left: i64 =
        sqlx::query_scalar("select count(*) from task_secrets").fetch_one(&database).await.unwrap();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn an_unknown_action_is_refused_at_creation_with_the_nearest_one() {
    let app = TestApp::new().await;
    app.template("typo", "steps:\n  - { id: say, action: 'debug:lgo' }\n", &[]).await;

    let refused = app.try_create("typo", json!({}), json!({})).await.unwrap_err();

    assert!(matches!(&refused, CreateError::Steps(faults) if faults[0].step == "say"), "{refused:?}");
    assert!(refused.to_string().contains("`debug:log`"), "{refused}");
}

#[tokio::test]
async fn a_waiting_task_is_cancelled_at_once() {
    let app = TestApp::new().await;
    app.template("say", SAY, &[]).await;
    let id = app.create("say", json!({ "name": "x" })).await;

    app.app.tasks.cancel(id, &jane()).await.unwrap();

    app.drain().await;
    let kinds: Vec<EventKind> = app.events(id).await.iter().map(|event| event.kind).collect();
    assert_eq!(
        (app.status(id).await, kinds),
        (TaskStatus::Cancelled, vec![EventKind::Cancelled, EventKind::Completion])
    );
}

async fn cancel_stops_a_running_step(engine: Engine) {
    let app = TestApp::on(engine, &[]).await;
    app.template("wait", "steps:\n  - { id: wait, action: 'debug:wait', input: { minutes: 5 } }\n", &[])
        .await;
    let id = app.create("wait", json!({})).await;
    let working = app.work();
    until(&app, id, |messages| messages.iter().any(|message| message.starts_with("Beginning step"))).await;

    app.app.tasks.cancel(id, &jane()).await.unwrap();

    until(&app, id, |messages| messages.iter().any(|message| message.starts_with("Run completed"))).await;
    working.cancel();
    assert_eq!(app.status(id).await, TaskStatus::Cancelled);
}

#[tokio::test]
async fn cancel_stops_a_running_step_on_sqlite() {
    cancel_stops_a_running_step(Engine::Sqlite).await;
}

#[tokio::test]
async fn cancel_stops_a_running_step_on_postgres() {
    cancel_stops_a_running_step(Engine::Postgres).await;
}

/// Waits for a state of the messages, at most half a minute.
async fn until(app: &TestApp, id: stagecraft::ids::TaskId, done: impl Fn(&[String]) -> bool) {
    let mut watch = app.app.tasks.watch(id, &jane()).await.unwrap();
    let reached = async {
        while !done(&app.messages(id).await) {
            watch.changed().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), reached).await.expect("the state is reached");
}

#[tokio::test]
async fn a_retry_goes_on_with_the_repository_that_is_there() {
    let app = TestApp::new().await;
    // The catalog entity is invalid at first, so that registering fails after the repository was made.
    let spec = PUBLISH.replace(
        "catalogInfoPath: /catalog-info.yaml",
        "catalogInfoPath: /missing-${{ secrets.suffix }}.yaml",
    );
    let files: Vec<(&str, &str)> =
        SKELETON.iter().copied().chain([("skeleton/missing-now.yaml", SKELETON[1].1)]).collect();
    app.template("service", &spec, &files).await;
    let id =
        app.try_create("service", json!({ "name": "demo" }), json!({ "suffix": "nowhere" })).await.unwrap();
    app.drain().await;
    assert_eq!(app.status(id).await, TaskStatus::Failed);

    let secrets = json!({ "suffix": "now" });
    app.app.tasks.retry(id, secrets.as_object().cloned().unwrap(), &jane()).await.unwrap();
    app.drain().await;

    assert_eq!(app.status(id).await, TaskStatus::Completed, "{:#?}", app.messages(id).await);
    assert_eq!(app.git("acme", "demo", &["rev-list", "--count", "--all"]), "1");
    let completions = app.events(id).await.iter().filter(|event| event.kind == EventKind::Completion).count();
    assert_eq!(completions, 1);
    assert!(!app.messages(id).await.iter().any(|message| message.contains("another one goes on")));
}

#[tokio::test]
async fn a_task_that_has_not_ended_is_not_retried() {
    let app = TestApp::new().await;
    app.template("say", SAY, &[]).await;
    let id = app.create("say", json!({ "name": "x" })).await;

    let refused = app.app.tasks.retry(id, serde_json::Map::new(), &jane()).await.unwrap_err();

    assert!(matches!(refused, RetryError::NotEnded(refused) if refused == id));
}

#[tokio::test]
async fn a_repository_of_somebody_else_is_never_touched() {
    let app = TestApp::new().await;
    app.template("service", PUBLISH, SKELETON).await;
    app.run("service", json!({ "name": "demo" })).await;
    let before = app.git("acme", "demo", &["rev-parse", "main"]);

    let second = app.run("service", json!({ "name": "demo" })).await;

    let (name, message) = app.failure(second).await;
    assert_eq!((name.as_str(), app.git("acme", "demo", &["rev-parse", "main"])), ("ConflictError", before));
    assert!(message.contains("acme/demo"), "{message}");
}

async fn ended_tasks_are_forgotten_after_the_retention(engine: Engine) {
    let app = TestApp::on(engine, &[]).await;
    app.template("say", SAY, &[]).await;
    app.run("say", json!({ "name": "old" })).await;
    let later = app.app.db.now_ms() + 1;
    let waiting = app.create("say", json!({ "name": "waiting" })).await;

    let forgotten = app.app.tasks.forget_ended_before(later).await.unwrap();

    let left = app.app.tasks.list(&ListTasks::default(), &jane()).await.unwrap();
    assert_eq!((forgotten, left.total, left.tasks[0].id), (1, 1, waiting));
}

#[tokio::test]
async fn ended_tasks_are_forgotten_after_the_retention_on_sqlite() {
    ended_tasks_are_forgotten_after_the_retention(Engine::Sqlite).await;
}

#[tokio::test]
async fn ended_tasks_are_forgotten_after_the_retention_on_postgres() {
    ended_tasks_are_forgotten_after_the_retention(Engine::Postgres).await;
}

async fn a_waiting_task_survives_a_restart(engine: Engine) {
    let app = TestApp::on(engine, &[]).await;
    app.template("service", PUBLISH, SKELETON).await;
    let id = app.create("service", json!({ "name": "demo" })).await;

    let app = app.reopened().await;
    app.drain().await;

    assert_eq!(app.status(id).await, TaskStatus::Completed, "{:#?}", app.messages(id).await);
}

#[tokio::test]
async fn a_waiting_task_survives_a_restart_on_sqlite() {
    a_waiting_task_survives_a_restart(Engine::Sqlite).await;
}

#[tokio::test]
async fn a_waiting_task_survives_a_restart_on_postgres() {
    a_waiting_task_survives_a_restart(Engine::Postgres).await;
}

#[tokio::test]
async fn a_task_whose_workers_keep_dying_is_given_up_visibly() {
    let app = TestApp::on(Engine::Sqlite, &[("WORKER__MAX_ATTEMPTS", "2")]).await;
    app.template("say", SAY, &[]).await;
    let id = app.create("say", json!({ "name": "x" })).await;
    let hasty = Queue::new(app.app.db.clone(), Duration::ZERO);
    for _ in 0..2 {
        // Claimed by a worker that dies at once.
        while hasty.claim(JOB_KIND, "dying").await.unwrap().is_none() {}
    }

    while !app.status(id).await.is_terminal() {
        app.drain().await;
    }

    let (name, message) = app.failure(id).await;
    assert_eq!((name.as_str(), app.app.queue.counts().await.unwrap().dead), ("ServiceUnavailableError", 1));
    assert!(message.contains("2 times"), "{message}");
}

#[tokio::test]
async fn a_task_whose_seal_was_lost_ends_with_a_reason() {
    let app = TestApp::new().await;
    app.template("say", SAY, &[]).await;
    let id = app.try_create("say", json!({ "name": "x" }), json!({ "token": "hunter2" })).await.unwrap();
    std::fs::remove_file(app.data().join("secret.key")).unwrap();

    let app = app.reopened().await;
    app.drain().await;

    let (_, message) = app.failure(id).await;
    assert!(message.contains("secrets.key"), "{message}");
}
