//! Pull requests, issues, runs and events on GitHub: made once, whatever becomes of an answer.

use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use catalog_gen::{Entry, File, TreePath};
use github_double::state::account::Role;
use github_double::{Fault, GitHub as Double, Lag, Setup};
use serde_json::{Map, Value, json};
use stagecraft::config::{GitHubForge, GitHubLimits};
use stagecraft::db::Db;
use stagecraft::forge::github::GitHub;
use stagecraft::forge::{
    Acting, Collaboration, Dispatch, Forge, ForgeError, MergeHow, NewIssue, NewPullRequest, NewRepository,
    Notices, Origin, RepoSlug, Visibility,
};
use stagecraft::git::{Author, ObjectStore};
use stagecraft::ids::TaskId;
use stagecraft::secret::{Sealer, Secret};
use tempfile::TempDir;

use crate::support::bench::{slug, tree};

/// A GitHub with the organisation `acme`, and the service's way to it as an App.
struct Site {
    github: Double,
    forge: GitHub,
    _folder: TempDir,
}

impl Site {
    async fn new() -> Self {
        let github = Double::start(Setup::default());
        github.organisation("acme");
        let app = github.app("stagecraft");
        github.installation_for_all(app.id, "acme");
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open_sqlite(&folder.path().join("db")).await.unwrap();
        db.migrate().await.unwrap();
        let sealer = Sealer::from_key_file(&folder.path().join("key")).unwrap();
        let store = ObjectStore::open_or_init(&folder.path().join("store.git")).unwrap();
        let limits = GitHubLimits {
            content_per_minute: 0,
            content_per_hour: 0,
            points_per_minute: 0,
            ..GitHubLimits::default()
        };
        let settings = GitHubForge {
            app_id: app.id.to_string(),
            private_key: Secret::new(app.private_key),
            api_url: github.api_url(),
            git_url: github.git_url(),
            retry_seconds: 10,
            limits,
            ..GitHubForge::default()
        };
        let forge = GitHub::new("github.com", &settings, db, sealer, store).unwrap();
        Self { github, forge, _folder: folder }
    }

    /// The forge as a step with this token uses it.
    fn acting(&self, token: &str) -> Arc<dyn Forge> {
        self.forge.acting(Acting { token: Some(Secret::new(token)), notices: Notices::default() })
    }
}

/// A repository `acme/shop` with these files on `main`.
async fn shop(site: &Site, files: &[(&str, &str)]) -> RepoSlug {
    let slug = slug("shop");
    let new = NewRepository {
        description: None,
        homepage: None,
        visibility: Visibility::Private,
        default_branch: "main".to_owned(),
        settings: Map::new(),
        created_by: TaskId::generate(),
    };
    site.forge.create(&slug, &new).await.unwrap();
    let folder = site.github.repository("acme", "shop").unwrap().folder;
    let mut stream =
        "commit refs/heads/main\ncommitter Jane <jane@acme.test> 1700000000 +0000\ndata 5\nfirst\n"
            .to_owned();
    for (path, text) in files {
        stream += &format!("M 100644 inline {path}\ndata {}\n{text}\n", text.len());
    }
    let mut git = Command::new("git")
        .arg("--git-dir")
        .arg(folder)
        .args(["fast-import", "--quiet"])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    git.stdin.take().unwrap().write_all(stream.as_bytes()).unwrap();
    assert!(git.wait().unwrap().success());
    slug
}

/// What git says about the repository, without spaces around it.
fn git(site: &Site, arguments: &[&str]) -> String {
    let folder = site.github.repository("acme", "shop").unwrap().folder;
    let output = Command::new("git").arg("--git-dir").arg(folder).args(arguments).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn origin(step: &str) -> Origin {
    Origin { task: TaskId::generate(), step: step.to_owned(), since_ms: 1_600_000_000_000 }
}

fn pull(files: &[(&str, &str)]) -> NewPullRequest {
    NewPullRequest {
        origin: origin("pull"),
        branch: "feat/queue".to_owned(),
        target: None,
        files: tree(files),
        delete: Vec::new(),
        message: "add the queue".to_owned(),
        author: Some(Author { name: "Jane".to_owned(), email: "jane@acme.test".to_owned() }),
        title: "Add the queue".to_owned(),
        description: "It is needed.".to_owned(),
        draft: false,
        update: false,
        only_ours: false,
        force_fork: false,
        when_empty: true,
        reviewers: Vec::new(),
        team_reviewers: Vec::new(),
        assignees: Vec::new(),
    }
}

#[tokio::test]
async fn a_pull_request_has_what_was_wanted_and_is_opened_once() {
    let site = Site::new().await;
    let slug = shop(&site, &[("README.md", "read"), ("old/a", "1"), ("old/b", "2")]).await;
    let mut wanted = pull(&[("README.md", "read more"), ("docs/a.md", "a")]);
    wanted.delete = vec![TreePath::parse("old").unwrap(), TreePath::parse("gone").unwrap()];
    let run = File { bytes: b"#!/bin/sh\n"[..].into(), executable: true, sensitive: false };
    wanted.files.insert(TreePath::parse("run").unwrap(), Entry::File(run)).unwrap();
    let link = Entry::Symlink { target: "docs/a.md".to_owned() };
    wanted.files.insert(TreePath::parse("link").unwrap(), link).unwrap();
    wanted.files.insert(TreePath::parse("raw").unwrap(), Entry::file(vec![0xff, 0x00])).unwrap();
    let forge = &site.forge;

    let opened = forge.open_pull_request(&slug, &wanted).await.unwrap().unwrap();
    let again = forge.open_pull_request(&slug, &wanted).await.unwrap().unwrap();

    assert_eq!(opened, again);
    assert_eq!((opened.number, opened.target.as_str()), (1, "main"));
    let kept = site.github.repository("acme", "shop").unwrap().tracker.issue(1).unwrap().clone();
    assert_eq!(kept.title, "Add the queue");
    let body = kept.body.unwrap();
    assert!(body.starts_with("It is needed.\n\n<!-- stagecraft task="), "{body}");
    let listed = git(&site, &["ls-tree", "-r", "--format=%(objectmode) %(path)", "feat/queue"]);
    let lines: Vec<&str> = listed.lines().collect();
    assert_eq!(lines, ["100644 README.md", "100644 docs/a.md", "120000 link", "100644 raw", "100755 run"]);
    assert_eq!(git(&site, &["log", "--format=%an %s", "feat/queue"]), "Jane add the queue\nJane first");
    assert_eq!(site.github.exchanges().of("pulls/create").applied().iter().count(), 1);
}

#[tokio::test]
async fn a_lost_answer_makes_no_second_of_anything() {
    for operation in ["git/create-tree", "git/create-commit", "git/create-ref", "pulls/create"] {
        let site = Site::new().await;
        let slug = shop(&site, &[("README.md", "read")]).await;
        site.github.fault(Fault::on(operation).nth(1).drop_after());

        let opened = site.forge.open_pull_request(&slug, &pull(&[("a", "1")])).await.unwrap().unwrap();

        assert_eq!(opened.number, 1, "{operation}");
        let repository = site.github.repository("acme", "shop").unwrap();
        assert!(repository.tracker.issue(2).is_none(), "{operation}");
        assert_eq!(git(&site, &["rev-list", "--count", "feat/queue"]), "2", "{operation}");
    }
}

#[tokio::test]
async fn a_branch_of_somebody_else_is_left_alone_unless_it_is_to_be_added_to() {
    let site = Site::new().await;
    let slug = shop(&site, &[("README.md", "read")]).await;
    let forge = &site.forge;
    forge.open_pull_request(&slug, &pull(&[("a", "1")])).await.unwrap();
    let second = pull(&[("b", "2")]);

    let refused = forge.open_pull_request(&slug, &second).await.unwrap_err();
    let added =
        forge.open_pull_request(&slug, &NewPullRequest { update: true, ..second }).await.unwrap().unwrap();

    assert!(
        matches!(&refused, ForgeError::Conflict(message) if message.contains("update: true")),
        "{refused}"
    );
    assert_eq!(added.number, 1);
    assert_eq!(git(&site, &["rev-list", "--count", "feat/queue"]), "3");
    assert_eq!(git(&site, &["ls-tree", "-r", "--name-only", "feat/queue"]), "README.md\na\nb");
}

#[tokio::test]
async fn nothing_is_opened_where_nothing_differs_and_none_is_wanted_then() {
    let site = Site::new().await;
    let slug = shop(&site, &[("README.md", "read")]).await;
    let same = NewPullRequest { when_empty: false, ..pull(&[("README.md", "read")]) };

    assert_eq!(site.forge.open_pull_request(&slug, &same).await.unwrap(), None);
    assert_eq!(site.github.branches("acme", "shop"), ["main"]);
}

#[tokio::test]
async fn who_cannot_be_asked_is_a_warning_with_a_name() {
    let site = Site::new().await;
    let slug = shop(&site, &[("README.md", "read")]).await;
    site.github.user("nobody");
    let mut wanted = pull(&[("a", "1")]);
    wanted.reviewers = vec!["nobody".to_owned()];
    wanted.assignees = vec!["nobody".to_owned()];

    let opened = site.forge.open_pull_request(&slug, &wanted).await.unwrap().unwrap();

    let text = opened.warnings.join("\n");
    assert!(text.contains("`nobody` was not asked for a review"), "{text}");
    assert!(text.contains("`nobody`") && text.contains("assignee"), "{text}");
}

#[tokio::test]
async fn a_pull_request_is_merged_once() {
    let site = Site::new().await;
    let slug = shop(&site, &[("README.md", "read")]).await;
    let forge = &site.forge;
    let opened = forge.open_pull_request(&slug, &pull(&[("a", "1")])).await.unwrap().unwrap();
    site.github.fault(Fault::on("pulls/merge").nth(1).drop_after());
    let how = MergeHow { method: "squash".to_owned(), title: None, message: None };

    let merged = forge.merge_pull_request(&slug, opened.number, &how).await.unwrap();
    let again = forge.merge_pull_request(&slug, opened.number, &how).await.unwrap();

    assert_eq!(merged, again);
    assert_eq!(git(&site, &["rev-parse", "main"]), merged.0);
    assert_eq!(git(&site, &["rev-list", "--count", "main"]), "2");
}

#[tokio::test]
async fn an_issue_is_made_once_for_each_step() {
    let site = Site::new().await;
    let slug = shop(&site, &[("README.md", "read")]).await;
    site.github.fault(Fault::on("issues/create").nth(1).drop_after());
    let forge = &site.forge;
    let issue = |step: &str| NewIssue {
        origin: Origin { since_ms: 0, ..origin(step) },
        title: "Next steps".to_owned(),
        body: Some("Read.".to_owned()),
        assignees: Vec::new(),
        milestone: None,
        labels: vec!["review".to_owned()],
    };
    let first = issue("a");

    let made = forge.open_issue(&slug, &first).await.unwrap();
    let again = forge.open_issue(&slug, &first).await.unwrap();
    let other = forge.open_issue(&slug, &issue("b")).await.unwrap();

    assert_eq!((made.number, again.number, other.number), (1, 1, 2));
    let kept = site.github.repository("acme", "shop").unwrap().tracker.issue(1).unwrap().clone();
    assert_eq!(kept.labels, ["review"]);
}

const WORKFLOW: &str = "name: Deploy\non:\n  workflow_dispatch:\n    inputs:\n      stage: {}\n  repository_dispatch:\n    \
                        types: [go]\njobs: {}\n";

#[tokio::test]
async fn a_workflow_is_started_once() {
    let site = Site::new().await;
    let slug = shop(&site, &[(".github/workflows/deploy.yaml", WORKFLOW)]).await;
    site.github.fault(Fault::on("actions/create-workflow-dispatch").nth(1).drop_after());
    let forge = &site.forge;
    let wanted = Dispatch {
        origin: origin("dispatch"),
        workflow: "deploy.yaml".to_owned(),
        reference: None,
        inputs: Map::from_iter([("stage".to_owned(), Value::from("test"))]),
        before: None,
    };
    let before = forge.runs(&slug, &wanted).await.unwrap();

    let started = forge.dispatch(&slug, &wanted).await.unwrap().unwrap();
    let resumed =
        forge.dispatch(&slug, &Dispatch { before: Some(before), ..wanted.clone() }).await.unwrap().unwrap();
    let second = forge.dispatch(&slug, &wanted).await.unwrap().unwrap();

    assert_eq!(started.id, resumed.id);
    assert_ne!(started.id, second.id);
    assert!(started.html_url.contains("/actions/runs/"), "{}", started.html_url);
    let runs = site.github.repository("acme", "shop").unwrap().wiring.runs;
    assert_eq!((runs.len(), runs[0].inputs["stage"].clone()), (2, json!("test")));
}

#[tokio::test]
async fn an_event_whose_answer_is_lost_is_not_sent_again() {
    let site = Site::new().await;
    let slug = shop(&site, &[(".github/workflows/deploy.yaml", WORKFLOW)]).await;
    let forge = &site.forge;
    let payload = Map::from_iter([("name".to_owned(), Value::from("demo"))]);
    forge.send_event(&slug, "go", &payload).await.unwrap();
    site.github.fault(Fault::on("repos/create-dispatch-event").drop_after());

    let lost = forge.send_event(&slug, "go", &payload).await.unwrap_err();

    assert!(matches!(&lost, ForgeError::Unavailable(message) if message.contains("not known")), "{lost}");
    let sent = site.github.repository("acme", "shop").unwrap().wiring.dispatches;
    assert_eq!(sent.len(), 2);
    assert_eq!(sent[0], ("go".to_owned(), json!({ "name": "demo" })));
}

#[tokio::test]
async fn faults_of_code_owners_have_their_lines() {
    let site = Site::new().await;
    let slug = shop(&site, &[(".github/CODEOWNERS", "* @jane\n!x @jane")]).await;
    site.github.user("jane");

    let faults = site.forge.code_owner_errors(&slug, None).await.unwrap();

    assert!(
        faults.iter().any(|fault| fault.starts_with("`.github/CODEOWNERS` line 2: Invalid pattern")),
        "{faults:?}"
    );
}

/// Jane, who may read `acme/shop` and not push to it.
fn jane(site: &Site) -> Arc<dyn Forge> {
    site.github.user("jane");
    site.github.change(|state| {
        let shop = state.repositories.values_mut().find(|one| one.name == "shop").unwrap();
        shop.collaborators.insert("jane".to_owned(), "pull".to_owned());
    });
    site.acting(&site.github.token("jane", &["repo"]))
}

#[tokio::test]
async fn who_may_not_push_proposes_from_a_fork_that_is_made_once() {
    let site = Site::new().await;
    let slug = shop(&site, &[("README.md", "read")]).await;
    let forge = jane(&site);
    site.github.fault(Fault::on("repos/create-fork").drop_after());
    let wanted = pull(&[("a", "1")]);

    let opened = forge.open_pull_request(&slug, &wanted).await.unwrap().unwrap();
    let again = forge.open_pull_request(&slug, &wanted).await.unwrap().unwrap();

    assert_eq!((opened.number, again.number), (1, 1));
    assert_eq!(site.github.repositories(), ["acme/shop", "jane/shop"]);
    assert_eq!(site.github.branches("acme", "shop"), ["main"]);
    assert_eq!(site.github.branches("jane", "shop"), ["feat/queue", "main"]);
    let kept = site.github.repository("acme", "shop").unwrap().tracker.issue(1).unwrap().clone();
    assert_eq!(kept.pull.unwrap().fork.unwrap().owner, "jane");
    let how = MergeHow { method: "squash".to_owned(), title: None, message: None };
    site.forge.merge_pull_request(&slug, 1, &how).await.unwrap();
    assert_eq!(git(&site, &["ls-tree", "-r", "--name-only", "main"]), "README.md\na");
}

#[tokio::test]
async fn a_fork_that_is_not_filled_yet_is_waited_for() {
    let site = Site::new().await;
    let slug = shop(&site, &[("README.md", "read")]).await;
    let forge = jane(&site);
    site.github.lag(Lag::after_generate(Duration::from_millis(700)));

    let opened = forge.open_pull_request(&slug, &pull(&[("a", "1")])).await.unwrap().unwrap();

    assert_eq!(opened.number, 1);
    assert!(site.github.exchanges().iter().any(|one| one.status == 409));
}

#[tokio::test]
async fn a_fork_is_made_for_who_asks_for_one_and_added_to() {
    let site = Site::new().await;
    let slug = shop(&site, &[("README.md", "read")]).await;
    site.github.member("acme", "joe", Role::Admin);
    let forge = site.acting(&site.github.token("joe", &["repo"]));
    let first = NewPullRequest { force_fork: true, ..pull(&[("a", "1")]) };
    let second = NewPullRequest { force_fork: true, update: true, ..pull(&[("b", "2")]) };

    forge.open_pull_request(&slug, &first).await.unwrap().unwrap();
    let added = forge.open_pull_request(&slug, &second).await.unwrap().unwrap();

    assert_eq!(added.number, 1);
    assert_eq!(site.github.repositories(), ["acme/shop", "joe/shop"]);
    let folder = site.github.repository("joe", "shop").unwrap().folder;
    let output =
        Command::new("git").arg("--git-dir").arg(folder).args(["rev-list", "--count", "feat/queue"]).output();
    assert_eq!(String::from_utf8(output.unwrap().stdout).unwrap().trim(), "3");
}

#[tokio::test]
async fn an_app_is_told_that_it_has_no_forks() {
    let site = Site::new().await;
    let slug = shop(&site, &[("README.md", "read")]).await;
    let wanted = NewPullRequest { force_fork: true, ..pull(&[("a", "1")]) };

    let refused = site.forge.open_pull_request(&slug, &wanted).await.unwrap_err();

    assert!(
        matches!(&refused, ForgeError::NotAllowed(message) if message.contains("user's own `token`")),
        "{refused:?}"
    );
    assert_eq!(site.github.repositories(), ["acme/shop"]);
}
