//! [`World`]: a service and its GitHub, in which one flow is run again and again, each time on a repository of its own.

use std::collections::BTreeMap;
use std::fs;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use github_double::state::account::Role;
use github_double::{Exchanges, GitHub, Limits, Setup};
use serde_json::{Map, Value, json};
use sqlx::AnyPool;
use stagecraft::db::Engine;
use stagecraft::forge::{NewRepository, Visibility};
use stagecraft::ids::TaskId;
use stagecraft::queue::Queue;
use stagecraft::task::{JOB_KIND, TaskStatus};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::flows::Flow;
use crate::support::app::{TestApp, git, jane};
use crate::support::github::{GitHubSite, imprint};

/// Files of the repositories that are there before, but for the one that is no text.
const FILES: [(&str, &str); 4] = [
    ("README.md", "# Read\n"),
    ("docs/old.md", "old\n"),
    ("CODEOWNERS", "* @acme/platform\n"),
    (
        ".github/workflows/deploy.yaml",
        "name: Deploy\non:\n  workflow_dispatch:\n    inputs:\n      stage: {}\n  repository_dispatch:\n    types: [go]\njobs: {}\n",
    ),
];

/// What is published.
const SKELETON: [(&str, &str); 2] =
    [("skeleton/README.md", "# Shop\n"), ("skeleton/docs/index.md", "Start here\n")];

/// Tasks that run at once.
const AT_ONCE: &str = "16";

/// What a flow comes to where nothing goes wrong.
pub(super) struct Reference {
    /// Its requests that change anything: the operation, and which of its requests to it.
    pub(super) calls: Vec<(String, u64)>,
    /// The repository at the end.
    pub(super) imprint: Vec<String>,
    /// How often what makes something was done, by operation.
    pub(super) made: BTreeMap<String, usize>,
}

/// A service and its GitHub.
pub(super) struct World {
    pub(super) site: GitHubSite,
    owner: &'static str,
    there: bool,
    named: bool,
    user: String,
    number: AtomicU32,
    working: Option<DropGuard>,
}

impl World {
    /// For a flow, with these settings of the forge; tasks are worked on, many at once.
    pub(super) async fn of(flow: &Flow, settings: Value) -> Self {
        let mut world = Self::idle(flow, settings).await;
        world.working = Some(world.site.app.work().drop_guard());
        world
    }

    /// The same without anybody who works.
    pub(super) async fn idle(flow: &Flow, settings: Value) -> Self {
        Self::beside(flow, settings, &[]).await
    }

    /// The same with settings of the service beside those of the forge.
    pub(super) async fn beside(flow: &Flow, settings: Value, more: &[(&str, &str)]) -> Self {
        let mut all = json!({
            "commits": if flow.by_api { "api" } else { "git" },
            "limits": {
                "content_per_minute": 0, "content_per_hour": 0, "points_per_minute": 0, "concurrent": 0, "minute_seconds": 1,
            },
        });
        all.as_object_mut().unwrap().extend(settings.as_object().cloned().unwrap());
        let setup = Setup::default().limits(Limits::none());
        let own = [("WORKER__CONCURRENCY", AT_ONCE), ("TASKS__WRITE_LOCK_FILE", "false")];
        let site = GitHubSite::beside(Engine::Sqlite, setup, all, &[own.as_slice(), more].concat()).await;
        people(&site.github);
        for name in ["there", "template"] {
            seed(&site, name).await;
        }
        let raw = site.app.templates().join("flow/skeleton/raw.bin");
        fs::create_dir_all(raw.parent().unwrap()).unwrap();
        fs::write(raw, [0xff, 0x00, 0xfe]).unwrap();
        let repo_url = format!("'github.com?owner={}&repo=${{{{ parameters.name }}}}'", flow.owner);
        let steps = flow.steps.replace("REPO", &repo_url);
        let steps: String = steps.lines().map(|line| format!("  {line}\n")).collect();
        site.app
            .template("flow", &format!("parameters: {{ type: object }}\nsteps:\n{steps}"), &SKELETON)
            .await;
        without_pauses(&site.app).await;
        let user = site.github.token("jane", &["repo", "admin:org"]);
        Self {
            site,
            owner: flow.owner,
            there: flow.there,
            named: flow.named,
            user,
            number: AtomicU32::default(),
            working: None,
        }
    }

    pub(super) fn github(&self) -> &GitHub {
        &self.site.github
    }

    /// A name that no run has had, with its repository where the flow needs one.
    pub(super) fn fresh(&self) -> String {
        let name = format!("run-{:04}", self.number.fetch_add(1, Ordering::Relaxed));
        if self.there {
            self.github().copy("acme", "there", &name);
        }
        name
    }

    /// Creates a task for the repository of this name.
    pub(super) async fn post(&self, name: &str) -> TaskId {
        // What a key is, GitHub does not look at; it serves once in all of GitHub.
        let (part, kind) = (name.replace('-', "A"), "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI");
        let (key, other) = (format!("{kind}{part:A<43} ci"), format!("{kind}{part:B<43} ci"));
        let values = json!({ "name": name, "key": key, "otherKey": other });
        let created = self.site.app.try_create("flow", values, self.secrets());
        created.await.unwrap()
    }

    /// Runs a task for the repository of this name to its end.
    pub(super) async fn run(&self, name: &str) -> TaskId {
        let id = self.post(name).await;
        self.ended(id).await;
        id
    }

    /// Retries a task that failed, to its end.
    pub(super) async fn retry(&self, id: TaskId) {
        let secrets = self.secrets().as_object().cloned().unwrap();
        self.site.app.app.tasks.retry(id, secrets, &jane()).await.unwrap();
        self.ended(id).await;
    }

    /// Waits until a task has ended; works itself where nobody else does.
    pub(super) async fn ended(&self, id: TaskId) {
        if self.working.is_none() {
            while !self.site.app.status(id).await.is_terminal() {
                self.site.app.drain().await;
            }
        }
        let mut watch = self.site.app.app.tasks.watch(id, &jane()).await.unwrap();
        while !self.site.app.status(id).await.is_terminal() {
            watch.changed().await;
        }
    }

    fn secrets(&self) -> Value {
        json!({ "user": self.user })
    }

    /// What the flow comes to where nothing goes wrong.
    pub(super) async fn reference(&self) -> Reference {
        let name = self.fresh();
        let id = self.run(&name).await;
        let app = &self.site.app;
        while app.status(id).await == TaskStatus::Failed
            && app.failure(id).await.0 == "ServiceUnavailableError"
        {
            self.retry(id).await;
        }
        assert_eq!(app.status(id).await, TaskStatus::Completed, "{:#?}", app.messages(id).await);
        let exchanges = self.github().exchanges_about(&name);
        let mut counts = BTreeMap::<String, u64>::new();
        let mut calls = Vec::new();
        for one in exchanges.mutations().iter() {
            let count = counts.entry(one.operation.clone()).or_default();
            *count += 1;
            calls.push((one.operation.clone(), *count));
        }
        assert!(!calls.is_empty());
        Reference { calls, imprint: self.imprint(&name), made: made(&exchanges) }
    }

    /// The repository of this name as it is, without what tells it from those of other runs.
    pub(super) fn imprint(&self, name: &str) -> Vec<String> {
        let Some(found) = self.github().repository(self.owner, name) else {
            return vec!["nothing".to_owned()];
        };
        let short = name.replace('-', "A");
        let lines = imprint(&found);
        let lines = lines.iter().map(|line| line.replace(name, "NAME").replace(&short, "KEY"));
        if self.named { lines.map(|line| without_trees(&line)).collect() } else { lines.collect() }
    }

    /// Waits until a fault has struck the repository of this name; whatever was to be done before it, was.
    pub(super) async fn struck(&self, name: &str) {
        while self.github().exchanges_about(name).iter().all(|one| one.fault.is_none()) {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// Runs a waiting task by a worker whose lease is short, and who is no more as soon as this comes about.
    pub(super) async fn dies(&self, when: impl Future<Output = ()>) {
        let hasty = Queue::new(self.site.app.app.db.clone(), Duration::from_millis(1));
        let lease = hasty.claim(JOB_KIND, "dying").await.unwrap().expect("a job is waiting");
        tokio::select! {
            ended = self.site.app.app.tasks.run_claimed(lease, CancellationToken::new()) => panic!("nobody died: {ended:?}"),
            () = when => {}
        }
    }

    /// Whether a task has come to what is wanted, and to nothing else; why not.
    pub(super) async fn wrong(&self, reference: &Reference, (id, name): (TaskId, &str)) -> Option<String> {
        let app = &self.site.app;
        let status = app.status(id).await;
        let told = || async { app.messages(id).await.join("\n  ") };
        if status != TaskStatus::Completed {
            return Some(format!("{status:?}: {}", told().await));
        }
        let (is, exchanges) = (self.imprint(name), self.github().exchanges_about(name));
        if is != reference.imprint {
            let more: Vec<_> = is.iter().filter(|line| !reference.imprint.contains(line)).collect();
            let less: Vec<_> = reference.imprint.iter().filter(|line| !is.contains(line)).collect();
            let told = told().await;
            return Some(format!(
                "is {more:#?} instead of {less:#?} after {:?}\n  {told}",
                exchanges.operations()
            ));
        }
        let made = made(&exchanges);
        (made != reference.made).then(|| format!("made {made:?} instead of {:?}", reference.made))
    }

    /// Repositories that no run wanted.
    pub(super) fn orphans(&self) -> Vec<String> {
        let is_wanted = |full: &String| {
            // Forks are jane's.
            let name = full.strip_prefix("acme/").or_else(|| full.strip_prefix("jane/")).unwrap_or_default();
            let number = name.strip_prefix("run-").and_then(|number| number.parse::<u32>().ok());
            ["there", "template"].contains(&name)
                || number.is_some_and(|number| number < self.number.load(Ordering::Relaxed))
        };
        self.github().repositories().into_iter().filter(|full| !is_wanted(full)).collect()
    }
}

/// Requests of the method that makes something which make nothing more when they are repeated.
const SAME_AGAIN: [&str; 7] = [
    "repos/create-fork",
    "git/create-blob",
    "git/create-tree",
    "git/create-commit",
    "issues/add-assignees",
    "issues/add-labels",
    "pulls/request-reviewers",
];

/// A line without what names the files of a commit.
fn without_trees(line: &str) -> String {
    let is_tree = |word: &&str| word.len() == 40 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    line.split(' ').filter(|word| !is_tree(word)).collect::<Vec<_>>().join(" ")
}

/// How often what makes something was done.
fn made(exchanges: &Exchanges) -> BTreeMap<String, usize> {
    let mut made = BTreeMap::new();
    for one in exchanges.mutations().applied().iter() {
        if one.method == "POST" && !SAME_AGAIN.contains(&one.operation.as_str()) {
            *made.entry(one.operation.clone()).or_default() += 1;
        }
    }
    made
}

fn people(github: &GitHub) {
    for team in ["platform", "security"] {
        github.team("acme", team);
    }
    github.member("acme", "jane", Role::Admin);
    github.member("acme", "joe", Role::Member);
    github.user("guest");
    github.change(|state| {
        let tier = json!({ "property_name": "tier", "value_type": "string" }).as_object().cloned().unwrap();
        state.accounts.get_mut("acme").unwrap().properties.insert("tier".to_owned(), tier);
    });
}

/// A repository with files, as if people had made it.
async fn seed(site: &GitHubSite, name: &str) {
    let new = NewRepository {
        description: None,
        homepage: None,
        visibility: Visibility::Private,
        default_branch: "main".to_owned(),
        settings: Map::new(),
        created_by: TaskId::generate(),
    };
    site.forge().create(&site.slug("acme", name), &new).await.unwrap();
    let (id, folder) = site.github.repository("acme", name).map(|one| (one.id, one.folder)).unwrap();
    let work = tempfile::tempdir().unwrap();
    for (path, text) in FILES {
        crate::support::app::write(&work.path().join(path), text);
    }
    let place = folder.display().to_string();
    git(work.path(), &["init", "-q", "-b", "main"]);
    git(work.path(), &["add", "."]);
    git(work.path(), &["commit", "-q", "-m", "first"]);
    git(work.path(), &["push", "-q", &place, "main"]);
    site.github.change(|state| {
        let found = state.repositories.get_mut(&id).unwrap();
        found.settings["description"] = Value::Null;
        found.settings["is_template"] = json!(name == "template");
        found.collaborators.insert("joe".to_owned(), "push".to_owned());
        if name == "there" {
            found.teams.insert("security".to_owned(), "push".to_owned());
        }
    });
}

/// The governor makes everybody wait where one request met a limit. It has tests of its own; here each task is to have
/// its own troubles.
async fn without_pauses(app: &TestApp) {
    let pool =
        AnyPool::connect(&format!("sqlite://{}", app.data().join("stagecraft.db").display())).await.unwrap();
    let trigger =
        "create trigger unpaused after update of paused_until on github_accounts when new.paused_until > 0
                   begin update github_accounts set paused_until = 0 where account = new.account; end";
    sqlx::query(trigger).execute(&pool).await.unwrap();
    pool.close().await;
}
