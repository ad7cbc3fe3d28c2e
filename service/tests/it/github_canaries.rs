//! Secrets that are looked for after work: they are nowhere but where they belong.
//!
//! A service of processes, with its log at its finest, does everything that has to do with secrets beside a GitHub, well
//! and badly. Then all that it leaves is searched for each secret, in the forms in which one could hide there.

mod search;

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use github_double::state::account::Role;
use github_double::{Fault, Limits, Setup};
use serde_json::{Value, json};
use stagecraft::db::Engine;
use stagecraft::ids::TaskId;
use stagecraft::task::TaskStatus;

use crate::support::app::TestApp;
use crate::support::github::GitHubSite;
use search::{Canary, Places};

/// Secrets of the task, by what they are for.
const GIVEN: [&str; 6] = ["registry", "hook", "deploy", "key", "note", "path"];
/// The static token of the settings.
const STATIC: &str = "ghp_CanaryOfTheSettings00000000000000001";
const SEAL: &str = "c0ffee5ea1ed00112233445566778899aabbccddeeff0011223344556677c0de";

const WORKFLOW: &str = "on: { workflow_dispatch: {} }\njobs: {}\n";

/// Everything that takes a secret, in one template; `${{ secrets.mine }}` is the user's own token.
#[expect(clippy::too_many_lines, reason = "a list of steps, one after the other")]
fn steps() -> Value {
    let repo = "github.com?owner=acme&repo=${{ parameters.name }}";
    let step = |id: &str, action: &str, input: Value| json!({ "id": id, "action": action, "input": input });
    json!([
        step(
            "fetch",
            "fetch:template",
            json!({ "url": "./skeleton", "values": {
            "name": "${{ parameters.name }}", "note": "${{ secrets.note }}",
        } })
        ),
        step(
            "say",
            "debug:log",
            json!({ "message": "the note is ${{ secrets.note }}", "listWorkspace": "with-contents" })
        ),
        step(
            "publish",
            "publish:github",
            json!({
                "repoUrl": repo,
                "protectDefaultBranch": false,
                "repoVariables": { "NAME": "${{ parameters.name }}" },
                "secrets": { "REGISTRY": "${{ secrets.registry }}" },
            })
        ),
        step(
            "hook",
            "github:webhook",
            json!({
                "repoUrl": repo, "webhookUrl": "https://ci.acme.io/hook", "webhookSecret": "${{ secrets.hook }}",
            })
        ),
        step(
            "environment",
            "github:environment:create",
            json!({
                "repoUrl": repo, "name": "production", "secrets": { "DEPLOY": "${{ secrets.deploy }}" },
            })
        ),
        step(
            "key",
            "github:deployKey:create",
            json!({
                "repoUrl": repo, "deployKeyName": "Push", "privateKey": "${{ secrets.key }}",
                "publicKey": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA push",
            })
        ),
        step(
            "dependabot",
            "github:dependabot:secrets",
            json!({
                "repoUrl": repo, "secrets": { "REGISTRY": "${{ secrets.registry }}" },
            })
        ),
        step(
            "wire",
            "github:actions:wire",
            json!({
                "repoUrl": repo, "secrets": { "WIRED": "${{ secrets.registry }}" },
            })
        ),
        step(
            "issue",
            "github:issues:create",
            json!({
                "repoUrl": repo, "title": "By jane", "token": "${{ secrets.mine }}",
            })
        ),
        step(
            "change",
            "publish:github:pull-request",
            json!({
                "repoUrl": repo, "branchName": "more", "title": "More", "description": "",
                "targetPath": "more", "token": "${{ secrets.mine }}",
            })
        ),
        json!({ "id": "rename", "action": "fs:rename", "if": "${{ parameters.fails }}", "input": {
            "files": [{ "from": "${{ secrets.path }}", "to": "x" }],
        } }),
    ])
}

/// A service of two parts: what takes requests is in this process, what works is a process of its own.
struct Stage {
    site: GitHubSite,
    worker: Child,
    canaries: Vec<Canary>,
    token: String,
}

impl Drop for Stage {
    fn drop(&mut self) {
        drop(self.worker.kill());
        drop(self.worker.wait());
    }
}

impl Stage {
    async fn new() -> Self {
        let settings = json!({ "token": STATIC, "retry_seconds": 1 });
        let setup = Setup::default().limits(Limits::none());
        let mut site = GitHubSite::on(Engine::Sqlite, setup, settings).await;
        site.github.member("acme", "jane", Role::Admin);
        let token = site.github.token("jane", &["repo"]);
        site.app.settings.push(("STAGECRAFT_SECRETS__KEY".to_owned(), SEAL.to_owned()));
        site.app = site.app.reopened().await;
        let spec = format!("parameters: {{ type: object }}\nsteps: {}\n", steps());
        let files = [
            ("skeleton/README.md", "# ${{ values.name }}\n"),
            ("skeleton/.github/workflows/a.yaml", WORKFLOW),
        ];
        site.app.template("secretive", &spec, &files).await;
        let worker = start_worker(&site.app);
        let mut canaries: Vec<Canary> =
            GIVEN.iter().map(|name| Canary::new(name, &secret_of(name))).collect();
        canaries.push(Canary::new("user token", &token));
        canaries.push(Canary::new("token of the settings", STATIC));
        canaries.push(Canary::new("sealing key", SEAL));
        canaries.push(Canary::new("webhook secret of the App", &site.credentials.webhook_secret));
        let key: Vec<&str> =
            site.credentials.private_key.lines().filter(|line| !line.starts_with('-')).collect();
        for line in [key[1], key[key.len() / 2], key[key.len() - 2]] {
            canaries.push(Canary::new("private key of the App", line));
        }
        Self { site, worker, canaries, token }
    }

    /// Runs a task to its end, well or not.
    async fn run(&self, values: Value) -> TaskId {
        let mut secrets = json!({ "mine": self.token });
        for name in GIVEN {
            secrets[name] = json!(secret_of(name));
        }
        let id = self.site.app.try_create("secretive", values, secrets).await.unwrap();
        let deadline = Instant::now() + Duration::from_secs(60);
        while !self.site.app.status(id).await.is_terminal() {
            assert!(Instant::now() < deadline, "{:#?}", self.site.app.messages(id).await);
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
        id
    }

    /// Ends the worker and gives what it logged.
    fn log(&mut self) -> String {
        let told = Command::new("kill").arg(self.worker.id().to_string()).status().unwrap();
        assert!(told.success() && self.worker.wait().unwrap().success());
        let mut log = String::new();
        let mut file = std::fs::File::open(self.site.app.folder.path().join("worker.log")).unwrap();
        file.read_to_string(&mut log).unwrap();
        log
    }
}

fn secret_of(name: &str) -> String {
    format!("canary/{name}+{}=", "7f3e9c".repeat(4))
}

fn start_worker(app: &TestApp) -> Child {
    let log = std::fs::File::create(app.folder.path().join("worker.log")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_stagecraft"));
    command.arg("worker").stdout(Stdio::null()).stderr(log);
    command.env_clear().envs(app.settings.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    command.env("STAGECRAFT_LOG__FILTER", "trace").env("STAGECRAFT_LOG__FORMAT", "json");
    command.spawn().unwrap()
}

/// What the API answers of a task, by every way.
async fn answers(site: &GitHubSite, id: TaskId, places: &mut Places) {
    let (url, stop) = site.app.serve().await;
    let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(10)).build().unwrap();
    let base = format!("{url}/api/scaffolder");
    for path in [
        format!("{base}/v2/tasks/{id}"),
        format!("{base}/v2/tasks/{id}/events"),
        format!("{base}/v2/tasks/{id}/eventstream"),
        format!("{base}/v2/tasks"),
        format!("{url}/metrics"),
    ] {
        let answer = client.get(&path).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        places.add(&path, answer.bytes().await.unwrap().to_vec());
    }
    stop.cancel();
}

#[tokio::test]
async fn no_secret_is_left_anywhere_after_tasks_that_go_well_and_badly() {
    let mut stage = Stage::new().await;
    let good = stage.run(json!({ "name": "shop" })).await;
    let failed = stage.run(json!({ "name": "broken", "fails": true })).await;
    let mut tasks = vec![good, failed];
    for (number, fault) in faults().into_iter().enumerate() {
        stage.site.github.fault(fault);
        tasks.push(stage.run(json!({ "name": format!("shop-{number}") })).await);
        stage.site.github.clear_faults();
    }
    let minted = stage.site.github.read(|state| state.tokens.keys().cloned().collect::<Vec<String>>());
    stage.canaries.extend(minted.iter().map(|token| Canary::new("token of GitHub", token)));

    let mut places = Places::default();
    let log = stage.log();
    assert!(log.contains("\"TRACE\"") && log.len() > 20_000, "the log is not at its finest: {}", log.len());
    places.add("log", log.into_bytes());
    for id in &tasks {
        answers(&stage.site, *id, &mut places).await;
        places.add("events", format!("{:?}", stage.site.app.events(*id).await).into_bytes());
    }
    places.folder(&stage.site.app.data());
    places.objects(&stage.site.app.data().join("objects.git"));
    stage.site.github.read(|state| {
        for one in state.repositories.values() {
            places.objects(&one.folder);
            places.add(&one.full_name(), format!("{:?} {:?}", one.settings, one.tracker).into_bytes());
        }
    });
    places.add("debug", format!("{:?}", stage.site.app.app.github).into_bytes());

    assert_eq!(
        stage.site.app.status(good).await,
        TaskStatus::Completed,
        "{:#?}",
        stage.site.app.messages(good).await
    );
    assert_eq!(stage.site.app.status(failed).await, TaskStatus::Failed);
    assert!(minted.iter().any(|token| token.starts_with("ghs_")) && places.len() > 30, "{}", places.len());
    assert_eq!(places.found(&stage.canaries), [""; 0]);
    assert_eq!(secrets_of(&stage.site, "shop"), secret_of("registry"), "they came where they belong");
}

fn secrets_of(site: &GitHubSite, name: &str) -> String {
    let shop = site.github.repository("acme", name).unwrap();
    shop.wiring.secrets.value("REGISTRY").unwrap_or_default().to_owned()
}

/// What makes GitHub's words part of messages, each in another place.
fn faults() -> Vec<Fault> {
    let echo = json!({ "message": "Validation Failed", "errors": [{ "message": "it is not taken" }] });
    vec![
        Fault::on("repos/create-in-org").answer(401).always(),
        Fault::on("actions/create-or-update-repo-secret").body(422, echo.clone()).always(),
        Fault::on("repos/create-webhook").body(422, echo).always(),
        Fault::on("git/receive-pack").answer(403).always(),
        Fault::on("git/info-refs").html(502).always(),
        Fault::on("issues/create").answer(403).always(),
    ]
}
