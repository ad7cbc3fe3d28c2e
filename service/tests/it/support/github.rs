//! [`GitHubSite`]: the service with a GitHub beside it, which serves `github.com`.
//!
//! ```ignore
//! let site = GitHubSite::new().await;                 // App installed on the organisation `acme`, may do everything
//! site.github.fault(Fault::on("repos/create-in-org").answer(502));
//! let task = site.publish(json!({ "name": "shop" })).await;
//! assert_eq!(site.app.status(task).await, TaskStatus::Completed);
//! assert!(site.github.repository("acme", "shop").is_some());
//! site.forge().find(&site.slug("acme", "shop")).await;  // the forge without a task around it
//! ```
//!
//! The service keeps no limits of its own here and is patient for [`PATIENCE_S`] seconds; both are settings that a test
//! may give to [`GitHubSite::on`]. When the site is dropped, the test fails if a request or an answer was not as
//! GitHub describes it.

use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::Arc;

use github_double::state::account::Role;
use github_double::{AppCredentials, GitHub, Setup};
use serde_json::{Value, json};
use stagecraft::db::Engine;
use stagecraft::forge::{Acting, Forge, Notices, RepoSlug};
use stagecraft::ids::TaskId;
use stagecraft::secret::Secret;
use tokio::sync::mpsc::UnboundedReceiver;

use super::app::TestApp;

mod imprint;

pub(crate) use imprint::imprint;

/// Seconds that the service tries an operation again.
pub(crate) const PATIENCE_S: u64 = 10;

/// A template that publishes one file to `acme/<name>`.
const PUBLISH: &str = r"
parameters: { type: object }
steps:
  - id: file
    action: fetch:template
    input: { url: ./skeleton, values: {} }
  - id: publish
    action: publish:github
    input:
      repoUrl: github.com?owner=acme&repo=${{ parameters.name }}
      description: Sells things
      protectDefaultBranch: false
output:
  remoteUrl: ${{ steps.publish.output.remoteUrl }}
  repoContentsUrl: ${{ steps.publish.output.repoContentsUrl }}
  commitHash: ${{ steps.publish.output.commitHash }}
  subject: ${{ steps.publish.output.ownerId }}/${{ steps.publish.output.repositoryId }}
";

/// A service and its GitHub.
pub(crate) struct GitHubSite {
    pub(crate) app: TestApp,
    pub(crate) github: GitHub,
    /// The App that the service is.
    pub(crate) credentials: AppCredentials,
    /// The App's installation on `acme`.
    pub(crate) installation: u64,
}

impl GitHubSite {
    /// As github.com, with the App installed on `acme` for everything.
    pub(crate) async fn new() -> Self {
        Self::on(Engine::Sqlite, Setup::default(), json!({})).await
    }

    /// The same with other settings of `forges.github.com`; `null` takes one away.
    pub(crate) async fn with(settings: Value) -> Self {
        Self::on(Engine::Sqlite, Setup::default(), settings).await
    }

    /// On an engine, beside a GitHub that is set up otherwise, with other settings.
    pub(crate) async fn on(engine: Engine, setup: Setup, settings: Value) -> Self {
        Self::beside(engine, setup, settings, &[]).await
    }

    /// The same with settings beside `forges`, written as [`TestApp::on`] takes them.
    pub(crate) async fn beside(engine: Engine, setup: Setup, settings: Value, more: &[(&str, &str)]) -> Self {
        let github = GitHub::start(setup);
        github.organisation("acme");
        let credentials = github.app("stagecraft");
        let installation = github.installation_for_all(credentials.id, "acme");
        let forges = json!({ "github.com": settings_of(&github, &credentials, settings) });
        let forges = forges.to_string();
        let app = TestApp::on(engine, &[&[("FORGES", forges.as_str())], more].concat()).await;
        let skeleton = [("skeleton/README.md", "# Shop\n")];
        app.template("publish", PUBLISH.trim_start(), &skeleton).await;
        Self { app, github, credentials, installation }
    }

    /// Runs a task that publishes one file to `acme/<name>`.
    pub(crate) async fn publish(&self, values: Value) -> TaskId {
        self.app.run("publish", values).await
    }

    /// The forge of `github.com`, without a task around it.
    pub(crate) fn forge(&self) -> Arc<dyn Forge> {
        self.forge_of("github.com")
    }

    /// The forge of a host.
    pub(crate) fn forge_of(&self, host: &str) -> Arc<dyn Forge> {
        Arc::new(self.app.app.github[host].clone())
    }

    /// The forge as a step with this token uses it, and what it tells while it waits.
    pub(crate) fn acting(&self, token: Option<&str>) -> (Arc<dyn Forge>, UnboundedReceiver<String>) {
        let (notices, told) = Notices::channel();
        (self.forge().acting(Acting { token: token.map(Secret::new), notices }), told)
    }

    /// A private repository of an organisation with these files in one commit, as somebody pushed it.
    pub(crate) async fn seed(&self, owner: &str, name: &str, branch: &str, files: &[(&str, &str)]) {
        seed(&self.github, owner, name, branch, files).await;
    }

    /// A repository of `github.com` by its name.
    pub(crate) fn slug(&self, owner: &str, name: &str) -> RepoSlug {
        RepoSlug { host: "github.com".to_owned(), owner: owner.to_owned(), name: name.to_owned() }
    }
}

/// Makes a private repository of an organisation with these files in one commit.
pub(crate) async fn seed(github: &GitHub, owner: &str, name: &str, branch: &str, files: &[(&str, &str)]) {
    github.member(owner, "founder", Role::Admin);
    let token = github.token("founder", &["repo"]);
    let client = reqwest::Client::builder().no_proxy().user_agent("seed").build().unwrap();
    let asked = client.post(format!("{}/orgs/{owner}/repos", github.api_url())).bearer_auth(&token);
    let made = asked.json(&json!({ "name": name, "private": true })).send().await.unwrap();
    assert_eq!(made.status(), 201, "{owner}/{name}");
    let folder = github.repository(owner, name).unwrap().folder;
    let head = format!("commit refs/heads/{branch}\ncommitter Founder <founder@acme.io> 1700000000 +0000\n");
    let mut stream = format!("{head}data 5\nfirst\n");
    for (path, text) in files {
        stream += &format!("M 100644 inline {path}\ndata {}\n{text}\n", text.len());
    }
    let mut git = Command::new("git");
    git.arg("--git-dir").arg(&folder).args(["fast-import", "--quiet"]).stdin(Stdio::piped());
    let mut git = git.spawn().unwrap();
    git.stdin.take().unwrap().write_all(stream.as_bytes()).unwrap();
    assert!(git.wait().unwrap().success(), "{owner}/{name}");
    std::fs::write(folder.join("HEAD"), format!("ref: refs/heads/{branch}\n")).unwrap();
    github.change(|state| {
        let found = state.repositories.values_mut().find(|one| one.owner == owner && one.name == name);
        found.unwrap().default_branch = branch.to_owned();
    });
}

/// `forges.<host>` for a service that is this App.
pub(crate) fn settings_of(github: &GitHub, app: &AppCredentials, changes: Value) -> Value {
    let mut settings = json!({
        "kind": "github",
        "app_id": app.id.to_string(),
        "private_key": app.private_key,
        "webhook_secret": app.webhook_secret,
        "api_url": github.api_url(),
        "git_url": github.git_url(),
        "retry_seconds": PATIENCE_S,
        "timeout_seconds": 5,
        "limits": { "content_per_minute": 0, "content_per_hour": 0, "points_per_minute": 0 },
    });
    for (name, value) in changes.as_object().into_iter().flatten() {
        if value.is_null() {
            settings.as_object_mut().unwrap().remove(name);
        } else {
            settings[name] = value.clone();
        }
    }
    settings
}
