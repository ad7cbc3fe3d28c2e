//! A database that is away, full or from another time, and what is kept through it.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::json;
use sqlx::Row;
use stagecraft::db::Engine;
use stagecraft::journal::StepState;
use stagecraft::task::TaskStatus;

use super::SERVICE;
use crate::cli::program::Program;
use crate::support::app::{TestApp, jane};

const PATIENCE: Duration = Duration::from_secs(60);

/// Commands that need the database.
const COMMANDS: [&[&str]; 4] = [
    &["migrate"],
    &["serve", "--listen", "127.0.0.1:0"],
    &["worker"],
    &["new", "service/template.yaml", "--set", "name=x", "--set", "owner=me"],
];

#[test]
fn a_server_that_cannot_be_reached_is_told_at_once_with_code_3_and_without_its_password() {
    let program = Program::new();
    program.template("service", SERVICE);
    // Nobody listens on this port: it was free a moment ago, and is not given out again so soon.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("postgres://somebody:hunter2@127.0.0.1:{port}/stagecraft");
    for command in COMMANDS {
        let started = Instant::now();

        let ran = program.run_with(&[("STAGECRAFT_DATABASE__URL", &url)], command);

        assert_eq!(ran.code, 3, "{command:?}: {}", ran.err);
        let told =
            ["`database.url`", "cannot be reached", "refused"].iter().all(|part| ran.err.contains(part));
        assert!(told && !ran.err.contains("hunter2"), "{command:?}: {}", ran.err);
        assert!(started.elapsed() < Duration::from_secs(8), "{command:?}");
    }
}

#[test]
fn a_file_that_is_no_database_is_told_at_once_with_code_3_and_stays() {
    let program = Program::new();
    let text = "minutes of a meeting\n".repeat(100);
    program.write("stagecraft-data/stagecraft.db", &text);

    let ran = program.run(&["migrate"]);

    assert_eq!(ran.code, 3);
    assert!(
        ran.err.contains("stagecraft.db` cannot be opened") && ran.err.contains("not a database"),
        "{}",
        ran.err
    );
    assert_eq!(program.read("stagecraft-data/stagecraft.db"), text);
}

#[test]
fn a_data_folder_that_cannot_be_made_is_told_with_code_3() {
    let program = Program::new();
    program.write("notes.txt", "mine");

    let ran = program.run(&["migrate", "--data", "notes.txt"]);

    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("the data folder `notes.txt`"), "{}", ran.err);
    assert_eq!(program.read("notes.txt"), "mine");
}

#[tokio::test]
async fn data_from_a_newer_version_is_refused_and_left_as_it_is() {
    let program = Program::new();
    program.template("service", SERVICE);
    assert_eq!(program.run(&["migrate"]).code, 0);
    set_version(&program.path("stagecraft-data/stagecraft.db"), 99).await;
    let before = files(&program.path("stagecraft-data"));

    for command in COMMANDS {
        let ran = program.run(command);

        assert_eq!(ran.code, 3, "{command:?}");
        assert!(
            ran.err.contains("newer version") && ran.err.contains("schema 99"),
            "{command:?}: {}",
            ran.err
        );
        assert_eq!(files(&program.path("stagecraft-data")), before, "{command:?}");
    }
}

async fn set_version(database: &Path, version: i64) {
    sqlx::any::install_default_drivers();
    let pool = sqlx::AnyPool::connect(&format!("sqlite://{}", database.display())).await.unwrap();
    let sql = sqlx::AssertSqlSafe(format!("insert into schema_version (version) values ({version})"));
    sqlx::raw_sql(sql).execute(&pool).await.unwrap();
    pool.close().await;
}

/// Names of the files in a folder, with hashes of their contents.
fn files(folder: &Path) -> Vec<(String, u64)> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let hash = |path: &Path| {
        let mut hasher = DefaultHasher::new();
        std::fs::read(path).unwrap().hash(&mut hasher);
        hasher.finish()
    };
    let files = entries.filter(|path| path.is_file());
    let mut files: Vec<(String, u64)> = files.map(|path| (path.display().to_string(), hash(&path))).collect();
    files.sort();
    files
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_completes_although_its_database_was_away_in_the_middle() {
    let app = TestApp::on(Engine::Postgres, &[("WORKER__LEASE_SECONDS", "1")]).await;
    let spec = SERVICE.replace(
        "  - id: publish",
        "  - { id: wait, action: 'debug:wait', input: { seconds: 1 } }\n  - id: publish",
    );
    app.template("service", &spec, crate::tasks::SKELETON).await;
    let id = app.create("service", json!({ "name": "made", "owner": "me" })).await;
    let working = app.work();
    until(async || {
        app.events(id).await.iter().any(|event| {
            event.body.step_id.as_deref() == Some("wait") && event.body.status == Some(StepState::Processing)
        })
    })
    .await;

    let cut = cut_connections(&app).await;
    until(async || matches!(app.app.tasks.get(id, &jane()).await, Ok(task) if task.status.is_terminal()))
        .await;

    working.cancel();
    assert!(cut > 0);
    assert_eq!(app.status(id).await, TaskStatus::Completed, "{:#?}", app.messages(id).await);
    assert_eq!(app.git("acme", "made", &["rev-list", "--count", "--all"]), "1");
    assert_eq!(app.app.entities.list().await.unwrap().len(), 1);
    let numbers: Vec<i64> = app.events(id).await.iter().map(|event| event.id).collect();
    assert_eq!(numbers, (1..).take(numbers.len()).collect::<Vec<i64>>());
}

/// Ends every connection to the app's database, as a server does that goes down. Gives their number.
async fn cut_connections(app: &TestApp) -> i64 {
    let url = app.settings.iter().find(|(name, _)| name == "STAGECRAFT_DATABASE__URL").expect("PostgreSQL");
    let pool = sqlx::AnyPool::connect(&url.1).await.unwrap();
    let sql = "select count(*) from (select pg_terminate_backend(pid) from pg_stat_activity \
               where datname = current_database() and pid <> pg_backend_pid()) as ended";
    let ended: i64 = sqlx::query(sql).fetch_one(&pool).await.unwrap().try_get(0).unwrap();
    pool.close().await;
    ended
}

/// Waits for a state, for a limited time.
async fn until(reached: impl AsyncFn() -> bool) {
    let started = Instant::now();
    while !reached().await {
        assert!(started.elapsed() < PATIENCE, "the state was not reached");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[test]
fn a_disk_that_is_full_at_start_is_named_and_does_no_harm() {
    let program = Program::new();

    let full = program.run_on_full_disk(20, &["migrate"]);
    let with_space = program.run(&["migrate"]);

    assert_eq!(full.code, 3);
    assert!(full.err.contains("disk"), "{}", full.err);
    assert_eq!(with_space.code, 0, "{}", with_space.err);
}

#[tokio::test]
async fn a_task_that_met_a_full_disk_completes_once_there_is_space() {
    let program = Program::new();
    program.template("service", SERVICE);
    for (name, text) in crate::tasks::SKELETON {
        program.write(&format!("service/{name}"), text);
    }
    program.write("site.yaml", "worker: { lease_seconds: 1 }\n");
    let create =
        ["new", "service/template.yaml", "--set", "name=made", "--set", "owner=me", "--config", "site.yaml"];

    let told = fill_up(&program, &create);
    let config = stagecraft::config::Config::from_parts(
        Some(("site.yaml", "worker: { lease_seconds: 1 }")),
        &[("STAGECRAFT_DATA_DIR".to_owned(), program.path("stagecraft-data").display().to_string())],
    );
    let app = stagecraft::app::App::build(config.unwrap()).await.unwrap();
    let task = app.tasks.list(&Default::default(), &jane()).await.unwrap().tasks[0].id;
    let worker = app.worker();
    until(async || {
        worker.run_next(Default::default()).await.unwrap();
        app.tasks.get(task, &jane()).await.unwrap().status.is_terminal()
    })
    .await;

    assert!(told.contains("disk"), "{told}");
    assert_eq!(app.tasks.get(task, &jane()).await.unwrap().status, TaskStatus::Completed);
    assert_eq!(app.local_forge.repositories().await.unwrap().len(), 1);
    assert_eq!(app.entities.list().await.unwrap().len(), 1);
}

/// What is told of a task that is stored and cannot go on.
const STUCK: [&str; 2] = ["the run was broken off", "no job could be claimed"];

/// Gives the disk ever more space, until a task is stored but cannot go on; gives what was then told.
fn fill_up(program: &Program, command: &[&str]) -> String {
    for blocks in (80..2_000).step_by(20) {
        let mut child = program.start_on_full_disk(blocks, command);
        let lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
        let stuck = |line: &String| STUCK.iter().any(|words| line.contains(words));
        let told = lines.into_iter().find(stuck);
        let _ = child.kill();
        let ended = child.wait().unwrap();
        if let Some(told) = told {
            return told;
        }
        assert!(!ended.success(), "with {blocks} blocks the task completed");
        std::fs::remove_dir_all(program.path("stagecraft-data")).unwrap();
    }
    panic!("the task never began");
}
