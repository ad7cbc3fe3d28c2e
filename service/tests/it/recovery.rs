//! Whatever is killed when: a task ends completed, with one repository, one commit, one registration, and no
//! event lost or doubled.
//!
//! Two ways to die. In the process: the run of a task is dropped at every single point where it waits, one after
//! the other, and another worker goes on. For real: worker processes are killed with SIGKILL again and again
//! while they work on many tasks.

use std::collections::HashSet;
use std::pin::pin;
use std::process::{Child, Command, Stdio};
use std::task::Poll;
use std::time::{Duration, Instant};

use serde_json::json;
use stagecraft::db::Engine;
use stagecraft::ids::TaskId;
use stagecraft::journal::{EventKind, StepState};
use stagecraft::queue::Queue;
use stagecraft::task::{JOB_KIND, TaskStatus};
use tokio_util::sync::CancellationToken;

use crate::support::app::TestApp;
use crate::tasks::SKELETON;

/// Runs that die in one story.
const DEATHS: usize = 40;

/// Six steps: workspace, read, effects.
const SIX_STEPS: &str = r#"
steps:
  - { id: fetch, name: Fetch, action: 'fetch:template', input: { url: ./skeleton, values: { name: '${{ parameters.name }}' } } }
  - { id: rename, name: Rename, action: 'fs:rename', input: { files: [{ from: README.md, to: docs/README.md }] } }
  - { id: wait, name: Wait, action: 'debug:wait', input: { milliseconds: 20 } }
  - id: create
    name: Create
    action: github:repo:create
    input: { repoUrl: 'github.com?owner=acme&repo=${{ parameters.name }}', topics: [a, b], repoVariables: { A: '1' } }
  - id: push
    name: Push
    action: github:repo:push
    input: { repoUrl: 'github.com?owner=acme&repo=${{ parameters.name }}', protectDefaultBranch: true }
  - id: register
    name: Register
    action: catalog:register
    input: { repoContentsUrl: '${{ steps.push.output.repoContentsUrl }}', catalogInfoPath: /catalog-info.yaml }
output: { ref: '${{ steps.register.output.entityRef }}' }
"#;

/// Everything that must hold of a task that ended, however often it was killed.
async fn assert_done_once(app: &TestApp, id: TaskId, name: &str) {
    assert_eq!(app.status(id).await, TaskStatus::Completed, "{name}: {:#?}", app.messages(id).await);
    let events = app.events(id).await;
    let numbers: Vec<i64> = events.iter().map(|event| event.id).collect();
    assert_eq!(numbers, (1..).take(events.len()).collect::<Vec<i64>>(), "{name}: events have gaps");
    for state in [StepState::Processing, StepState::Completed] {
        let steps: Vec<&str> = events
            .iter()
            .filter(|event| event.body.status == Some(state))
            .filter_map(|event| event.body.step_id.as_deref())
            .collect();
        assert_eq!(
            steps,
            ["fetch", "rename", "wait", "create", "push", "register"],
            "{name}: {state:?} events"
        );
    }
    let lines: Vec<&str> = events
        .iter()
        .map(|event| event.body.message.as_str())
        .filter(|message| !message.contains("another one goes on"))
        .collect();
    let distinct: HashSet<&str> = lines.iter().copied().collect();
    assert_eq!(lines.len(), distinct.len(), "{name}: an event is doubled: {lines:#?}");
    assert_eq!(events.iter().filter(|event| event.kind == EventKind::Completion).count(), 1, "{name}");
    assert_eq!(app.git("acme", name, &["rev-list", "--count", "--all"]), "1", "{name}: commits");
    assert_eq!(app.output(id).await, json!({ "ref": format!("component:default/{name}") }), "{name}");
}

/// Drives the run of a claimed task until it has waited `waits` times, then drops it where it stands. Gives
/// whether it came to its end before.
pub(crate) async fn dies_after(app: &TestApp, waits: usize) -> bool {
    // The lease of a worker that will not live to extend it.
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

async fn a_task_survives_the_death_of_its_worker_at_every_wait(engine: Engine) {
    let app = TestApp::on(engine, &[]).await;
    app.template("six", SIX_STEPS, SKELETON).await;
    let mut deaths = 0;
    let mut tasks = 0;
    // How often a run waits depends on how fast the database answers: sweeps go on until enough runs have died.
    while deaths < DEATHS {
        for waits in 0.. {
            let name = format!("demo-{tasks}");
            let id = app.create("six", json!({ "name": name })).await;
            tasks += 1;

            let ended = dies_after(&app, waits).await;
            while !app.status(id).await.is_terminal() {
                app.drain().await;
            }

            assert_done_once(&app, id, &name).await;
            if ended {
                break;
            }
            deaths += 1;
        }
    }
    assert_eq!(app.app.entities.list().await.unwrap().len(), tasks);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_survives_the_death_of_its_worker_at_every_wait_on_sqlite() {
    a_task_survives_the_death_of_its_worker_at_every_wait(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_survives_the_death_of_its_worker_at_every_wait_on_postgres() {
    a_task_survives_the_death_of_its_worker_at_every_wait(Engine::Postgres).await;
}

/// A `stagecraft worker` process on the same data folder and database.
fn start_worker(app: &TestApp) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stagecraft"));
    command.arg("worker").stdout(Stdio::null()).stderr(Stdio::null());
    command.env_clear().envs(app.settings.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    command.spawn().unwrap()
}

async fn tasks_survive_killed_worker_processes(engine: Engine) {
    const TASKS: usize = 24;
    // Many more starts than a worker's fault would be given: here it is always the executioner's.
    let settings =
        [("WORKER__LEASE_SECONDS", "1"), ("WORKER__MAX_ATTEMPTS", "1000"), ("WORKER__CONCURRENCY", "4")];
    let app = TestApp::on(engine, &settings).await;
    app.template("six", SIX_STEPS, SKELETON).await;
    let mut tasks = Vec::new();
    for number in 0..TASKS {
        let name = format!("demo-{number}");
        tasks.push((app.create("six", json!({ "name": name })).await, name));
    }

    let deadline = Instant::now() + Duration::from_secs(240);
    let mut life = Duration::from_millis(60);
    let mut killed = 0_u64;
    while unfinished(&app).await > 0 {
        assert!(Instant::now() < deadline, "after {killed} kills tasks are still not done");
        let mut worker = start_worker(&app);
        tokio::time::sleep(life).await;
        worker.kill().unwrap();
        worker.wait().unwrap();
        killed += 1;
        // Another moment to die each time, so that no place in the run is spared.
        life = Duration::from_millis(60 + (killed * 37) % 190);
    }

    for (id, name) in &tasks {
        assert_done_once(&app, *id, name).await;
    }
    assert_eq!(app.app.entities.list().await.unwrap().len(), TASKS);
    assert!(killed > 3, "only {killed} workers were killed before all was done");
}

async fn unfinished(app: &TestApp) -> i64 {
    let counts = app.app.queue.counts().await.unwrap();
    counts.ready + counts.leased
}

#[tokio::test(flavor = "multi_thread")]
async fn tasks_survive_killed_worker_processes_on_sqlite() {
    tasks_survive_killed_worker_processes(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tasks_survive_killed_worker_processes_on_postgres() {
    tasks_survive_killed_worker_processes(Engine::Postgres).await;
}

/// Two worker processes on PostgreSQL share two hundred tasks.
#[tokio::test(flavor = "multi_thread")]
async fn two_worker_processes_run_every_task_once_in_the_order_of_posts() {
    const TASKS: usize = 200;
    let app = TestApp::on(Engine::Postgres, &[]).await;
    app.template("say", "steps:\n  - { id: say, action: 'debug:log', input: { message: hello } }\n", &[])
        .await;
    let mut workers = [start_worker(&app), start_worker(&app)];
    let mut posted = Vec::new();
    for _ in 0..TASKS {
        posted.push(app.create("say", json!({})).await);
    }

    let deadline = Instant::now() + Duration::from_secs(120);
    while unfinished(&app).await > 0 {
        assert!(Instant::now() < deadline, "the tasks are not done");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    for worker in &mut workers {
        worker.kill().unwrap();
        worker.wait().unwrap();
    }

    let url = app
        .settings
        .iter()
        .find(|(name, _)| name == "STAGECRAFT_DATABASE__URL")
        .map(|(_, url)| url.clone())
        .unwrap();
    let database = sqlx::PgPool::connect(&url).await.unwrap();
    let started: Vec<(String, i64, String)> =
        sqlx::query_as("select subject, attempts, lease_owner from jobs order by fence")
            .fetch_all(&database)
            .await
            .unwrap();
    let order: Vec<String> = started.iter().map(|(subject, ..)| subject.clone()).collect();
    let owners: HashSet<&String> = started.iter().map(|(.., owner)| owner).collect();
    assert_eq!(order, posted.iter().map(ToString::to_string).collect::<Vec<_>>());
    assert!(started.iter().all(|(_, attempts, _)| *attempts == 1));
    assert_eq!(owners.len(), 2, "both workers had a share");
    for id in posted {
        assert_eq!(app.status(id).await, TaskStatus::Completed);
    }
}
