//! Many tasks of two worker processes at one GitHub: its limits are kept, and its storms are outlived.
//!
//! Minutes and hours of limits pass six hundred times faster. How many tasks there are says `STAGECRAFT_LOAD_TASKS`;
//! `make load` takes 1,000. A task opens an issue, one change, looked for before it is made; or it publishes a
//! repository with a commit and protection.

use std::collections::BTreeSet;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use github_double::state::account::Role;
use github_double::{Fault, GitHub, Limits, Setup};
use serde_json::json;
use stagecraft::db::Engine;
use stagecraft::ids::TaskId;
use stagecraft::task::TaskStatus;

use crate::support::app::{TestApp, git};

/// Repositories that the issues are spread over: nobody is to wait for long lists.
const SHOPS: usize = 50;

/// Six hundred times faster.
const COMPRESSED: u64 = 600;

const OPEN: &str = r#"
steps:
  - id: open
    action: github:issues:create
    input: { repoUrl: 'github.com?owner=acme&repo=${{ parameters.shop }}', title: '${{ parameters.name }}' }
"#;

const PUBLISH: &str = r#"
steps:
  - { id: file, action: 'roadiehq:utils:fs:write', input: { path: README.md, content: '# ${{ parameters.name }}' } }
  - { id: publish, action: 'publish:github', input: { repoUrl: 'github.com?owner=acme&repo=${{ parameters.name }}', topics: [load] } }
"#;

/// What tasks do.
#[derive(Clone, Copy)]
enum Work {
    Open,
    Publish,
}

struct Load {
    work: Work,
    github: GitHub,
    app: TestApp,
    workers: Vec<Child>,
    tasks: Vec<(TaskId, String)>,
    begun: Instant,
}

impl Drop for Load {
    fn drop(&mut self) {
        for worker in &mut self.workers {
            drop(worker.kill());
            drop(worker.wait());
        }
    }
}

impl Load {
    /// Posts so many tasks and has two processes work on them.
    async fn of(work: Work, tasks: usize) -> Self {
        let github = GitHub::start(Setup::default().limits(Limits::compressed(COMPRESSED)));
        github.organisation("acme");
        let credentials = github.app("stagecraft");
        github.installation_for_all(credentials.id, "acme");
        let forges = json!({ "github.com": {
            "kind": "github",
            "app_id": credentials.id.to_string(),
            "private_key": credentials.private_key,
            "api_url": github.api_url(),
            "git_url": github.git_url(),
            "limits": { "minute_seconds": 60.0 / COMPRESSED as f64 },
        } });
        let settings = [("FORGES", forges.to_string()), ("WORKER__CONCURRENCY", "8".to_owned())];
        let settings = settings.each_ref().map(|(name, value)| (*name, value.as_str()));
        let app = TestApp::on(Engine::Postgres, &settings).await;
        let spec = match work {
            Work::Open => {
                make_shops(&github).await;
                OPEN
            }
            Work::Publish => PUBLISH,
        };
        app.template("load", spec, &[]).await;
        let mut posted = Vec::new();
        for number in 0..tasks {
            let (name, shop) = (format!("load-{number}"), format!("shop-{}", number % SHOPS));
            posted.push((app.create("load", json!({ "name": name, "shop": shop })).await, name));
        }
        let workers = (0..2).map(|_| start_worker(&app)).collect();
        Self { work, github, app, workers, tasks: posted, begun: Instant::now() }
    }

    async fn unfinished(&self) -> i64 {
        let counts = self.app.app.queue.counts().await.unwrap();
        counts.ready + counts.leased
    }

    /// Waits until no task is left, and looks at what came of them.
    async fn all_done(&self) {
        let deadline = self.begun + Duration::from_secs(60) + Duration::from_millis(300) * self.count();
        while self.unfinished().await > 0 {
            assert!(Instant::now() < deadline, "{}", self.standing().await);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        for (id, name) in &self.tasks {
            let status = self.app.status(*id).await;
            assert_eq!(status, TaskStatus::Completed, "{name}: {:#?}", self.app.messages(*id).await);
        }
        let (operation, key) = match self.work {
            Work::Open => ("issues/create", "title"),
            Work::Publish => ("repos/create-in-org", "name"),
        };
        let made = self.github.exchanges().of(operation).applied();
        let titles: Vec<&str> = made.iter().filter_map(|one| one.body[key].as_str()).collect();
        let wanted: BTreeSet<&str> = self.tasks.iter().map(|(_, name)| name.as_str()).collect();
        assert_eq!(titles.len(), wanted.len(), "none is lost and none is doubled");
        assert_eq!(titles.into_iter().collect::<BTreeSet<_>>(), wanted);
        if let Work::Publish = self.work {
            self.are_whole();
        }
    }

    /// Each repository has its one commit, and everything that is set beside.
    fn are_whole(&self) {
        assert_eq!(self.github.repositories().len(), self.tasks.len());
        for (_, name) in &self.tasks {
            let there = self.github.repository("acme", name).unwrap();
            let is_set = there.topics == ["load"] && there.wiring.protection.contains_key("main");
            // The task's mark is gone.
            let says = there.settings["description"].as_str().unwrap_or_default();
            assert!(is_set && says.is_empty(), "{name}: {there:?}");
            assert_eq!(git(&there.folder, &["rev-list", "--count", "--all"]), "1", "{name}");
        }
    }

    /// What is to be known where tasks are not done.
    async fn standing(&self) -> String {
        let mut lines = vec![format!("{} tasks are not done", self.unfinished().await)];
        let mut answers = std::collections::BTreeMap::<(String, u16), usize>::new();
        for one in self.github.exchanges().iter() {
            *answers
                .entry((
                    format!(
                        "{} {}",
                        one.method,
                        if one.operation.is_empty() { &one.path } else { &one.operation }
                    ),
                    one.status,
                ))
                .or_default() += 1;
        }
        lines.push(format!("answers: {answers:?}, exceeded: {:?}", self.github.limits_exceeded()));
        for (id, name) in &self.tasks {
            if !self.app.status(*id).await.is_terminal() {
                lines.push(format!("{name}: {:#?}", self.app.messages(*id).await));
                if lines.len() > 5 {
                    break;
                }
            }
        }
        lines.join("\n")
    }

    fn count(&self) -> u32 {
        u32::try_from(self.tasks.len()).unwrap()
    }
}

/// The repositories that the issues are for, made by somebody whose limits are his own.
async fn make_shops(github: &GitHub) {
    github.member("acme", "jane", Role::Admin);
    let token = github.token("jane", &["repo", "admin:org"]);
    github.limits(Limits::none());
    for number in 0..SHOPS {
        let made = reqwest::Client::new()
            .post(format!("{}/orgs/acme/repos", github.api_url()))
            .bearer_auth(&token)
            .header("user-agent", "load")
            .json(&json!({ "name": format!("shop-{number}") }))
            .send()
            .await
            .unwrap();
        assert_eq!(made.status(), 201);
    }
    github.limits(Limits::compressed(COMPRESSED));
}

fn start_worker(app: &TestApp) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stagecraft"));
    command.arg("worker").stdout(Stdio::null()).stderr(Stdio::null());
    command.env_clear().envs(app.settings.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    command.spawn().unwrap()
}

fn tasks_of_a_load() -> usize {
    std::env::var("STAGECRAFT_LOAD_TASKS").map_or(60, |count| count.parse().unwrap())
}

async fn a_load_keeps_githubs_limits(work: Work) {
    let load = Load::of(work, tasks_of_a_load()).await;

    load.all_done().await;

    let (exchanges, spent) = (load.github.exchanges(), load.begun.elapsed());
    assert_eq!(load.github.limits_exceeded(), Vec::<String>::new());
    println!(
        "{} tasks, {} requests of which {} changes, {:.1} s; at most {} at once",
        load.count(),
        exchanges.len(),
        exchanges.mutations().len(),
        spent.as_secs_f64(),
        load.github.most_at_once()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn tasks_of_two_worker_processes_keep_githubs_limits() {
    a_load_keeps_githubs_limits(Work::Open).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tasks_of_two_worker_processes_that_publish_keep_githubs_limits() {
    a_load_keeps_githubs_limits(Work::Publish).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_asks_while_github_is_limited_and_all_tasks_finish() {
    let load = Load::of(Work::Open, 12).await;
    for operation in ["issues/create", "issues/list-for-repo", "repos/get"] {
        load.github.fault(Fault::on(operation).always().too_many(Some(2)));
    }
    let is_limited = |github: &GitHub| !github.exchanges().those(|one| one.status == 429).is_empty();
    while !is_limited(&load.github) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    tokio::time::sleep(Duration::from_secs(3)).await;
    load.github.clear_faults();

    load.all_done().await;

    let asked = load.github.exchanges().those(|one| one.who.starts_with("installation"));
    let limited: Vec<u64> = asked.iter().filter(|one| one.status == 429).map(|one| one.at).collect();
    // Requests that were under way when the first was met are met as well.
    for at in &limited {
        let early = asked.iter().filter(|one| one.at > at + 700 && one.at < at + 2_000).count();
        assert_eq!(early, 0, "{early} requests while GitHub was limited");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_tasks_finish_where_three_of_ten_answers_are_errors() {
    let load = Load::of(Work::Open, 12).await;
    for nth in (1..2_000).filter(|nth| nth * 7 % 10 < 3) {
        let fault = Fault::on("*").nth(nth);
        load.github.fault(match nth % 3 {
            0 => fault.answer(500),
            1 => fault.html(502).after_apply(),
            _ => fault.answer(503),
        });
    }

    load.all_done().await;
}
