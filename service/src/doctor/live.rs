//! A smoke test against a real organisation, for whoever asks for it.
//!
//! It makes a private repository, does with it what templates do, twice where twice has to change nothing, and
//! deletes it. Some thirty requests. What GitHub answered is compared, by its shape, with what the GitHub of the
//! tests answers to the same requests ([`shape`]). The invariant: it touches one repository, which it has made
//! itself, and says how to remove that if it could not.

pub mod shape;

use std::collections::BTreeMap;

use catalog_gen::{Entry, FileTree, TreePath};
use serde_json::{Map, json};

use shape::Shapes;

use super::Finding;
use crate::forge::github::Recording;
use crate::forge::{
    Autolink, BranchPolicy, EnvironmentSetting, Forge, ForgeError, NewIssue, NewPullRequest, NewRepository,
    Origin, RepoSlug, Ruleset, Setting, Visibility, WorkflowPermissions,
};
use crate::git::{Author, NewCommit};
use crate::ids::TaskId;
use crate::secret::Secret;

const WORKFLOW: &str = "\
name: Check
on: workflow_dispatch
permissions: {}
jobs:
  check:
    runs-on: ubuntu-latest
    steps:
      - run: 'true'
";

/// The shapes of what the GitHub of the tests answers to this very run.
pub fn expected() -> Shapes {
    serde_json::from_str(include_str!("live/double.json")).unwrap_or_default()
}

/// The shapes of what was answered.
pub fn shapes(recording: &Recording, slug: &RepoSlug) -> Shapes {
    let mut shapes = Shapes::new();
    for exchange in recording.exchanges() {
        let request = shape::request(&exchange.method, &exchange.path, &slug.owner, &slug.name);
        shape::add(&mut shapes, &request, exchange.status, &exchange.body);
    }
    shapes
}

/// The test of one owner.
pub struct Live<'a> {
    forge: &'a dyn Forge,
    slug: RepoSlug,
    task: TaskId,
    now_ms: i64,
    findings: Vec<Finding>,
}

impl<'a> Live<'a> {
    /// For a repository of this name, which must not be there.
    pub fn new(forge: &'a dyn Forge, slug: RepoSlug, now_ms: i64) -> Self {
        Self { forge, slug, task: TaskId::generate(), now_ms, findings: Vec::new() }
    }

    /// Does it all and cleans up.
    pub async fn run(mut self) -> Vec<Finding> {
        let (forge, slug) = (self.forge, self.slug.clone());
        match forge.find(&slug).await {
            Ok(None) => {}
            Ok(Some(_)) => {
                let found = format!("`{slug}` exists already; nothing was done");
                self.findings.push(Finding::wrong(&slug.host, found, "run the command again"));
                return self.findings;
            }
            Err(error) => {
                self.told("finding a repository", Err::<(), _>(error));
                return self.findings;
            }
        }
        let made = forge.create(&slug, &self.new_repository()).await;
        if self.told("creating a private repository", made).is_some() {
            self.fill().await;
            self.set_up().await;
            self.collaborate().await;
        }
        self.clean_up().await;
        self.findings
    }

    async fn fill(&mut self) {
        let commit = match self.commit() {
            Ok(commit) => commit,
            Err(error) => {
                self.told("making a commit", Err::<(), _>(error));
                return;
            }
        };
        let (forge, slug) = (self.forge, self.slug.clone());
        let pushed = forge.push(&slug, commit.clone()).await;
        if self.told("pushing a commit with a workflow", pushed).is_none() {
            return;
        }
        let again = forge.push(&slug, commit).await;
        self.told("pushing the same commit again", again);
        let read = forge.read(&slug, None).await;
        self.told("reading the files back", read);
    }

    /// Each setting twice: the second time has to change nothing.
    async fn set_up(&mut self) {
        for (what, setting, twice) in settings() {
            let (forge, slug) = (self.forge, self.slug.clone());
            let first = forge.apply(&slug, &setting).await;
            if self.told(what, first).is_none() || !twice {
                continue;
            }
            match forge.apply(&slug, &setting).await {
                Ok(changes) if changes.is_empty() => {}
                Ok(changes) => {
                    let changes: Vec<&str> = changes.iter().map(|change| change.what.as_str()).collect();
                    self.findings.push(Finding::wrong(
                        &slug.host,
                        format!("{what}: the second time changed {}", changes.join(", ")),
                        "report it with the record of this run: GitHub gives back something else than it was given",
                    ));
                }
                Err(error) => {
                    self.told(what, Err::<(), _>(error));
                }
            }
        }
    }

    async fn collaborate(&mut self) {
        let (forge, slug) = (self.forge, self.slug.clone());
        let origin = Origin { task: self.task, step: "live".to_owned(), since_ms: self.now_ms };
        let issue = NewIssue {
            origin: origin.clone(),
            title: "Stagecraft was here".to_owned(),
            body: Some("Made by `stagecraft doctor --live`.".to_owned()),
            assignees: Vec::new(),
            milestone: None,
            labels: Vec::new(),
        };
        let first = forge.open_issue(&slug, &issue).await;
        let second = forge.open_issue(&slug, &issue).await;
        match (self.told("opening an issue", first), second) {
            (Some(first), Ok(second)) if first != second => self.findings.push(Finding::wrong(
                &slug.host,
                format!("the same issue was opened twice: {} and {}", first.url, second.url),
                "report it with the record of this run",
            )),
            (_, second) => {
                self.told("finding the issue again", second);
            }
        }
        let wanted = match files(&[("docs/live.md", "A change.\n")]) {
            Ok(files) => self.pull_request(origin, files),
            Err(error) => {
                self.told("making a change", Err::<(), _>(error));
                return;
            }
        };
        let opened = forge.open_pull_request(&slug, &wanted).await;
        self.told("opening a pull request", opened);
    }

    async fn clean_up(&mut self) {
        let (forge, slug) = (self.forge, self.slug.clone());
        let found = forge.find(&slug).await;
        if matches!(found, Ok(None)) {
            return;
        }
        if let Err(error) = forge.delete(&slug).await {
            self.findings.push(Finding::wrong(
                &slug.host,
                format!("the repository `{slug}` could not be deleted: {error}"),
                format!("delete it by hand: https://{slug}/settings"),
            ));
        } else {
            self.findings.push(Finding::well(&slug.host, format!("`{slug}` is deleted again")));
        }
    }

    /// Notes what came of one thing, and gives its result.
    fn told<T>(&mut self, what: &str, result: Result<T, ForgeError>) -> Option<T> {
        match result {
            Ok(value) => {
                self.findings.push(Finding::well(&self.slug.host, what));
                Some(value)
            }
            Err(error) => {
                let next = match &error {
                    ForgeError::NotAllowed(_) => {
                        "grant the App what GitHub asks for, or leave it, if no template needs it"
                    }
                    ForgeError::Unavailable(_) => "try again later",
                    _ => "report it with the record of this run",
                };
                self.findings.push(Finding::wrong(&self.slug.host, format!("{what}: {error}"), next));
                None
            }
        }
    }

    fn new_repository(&self) -> NewRepository {
        NewRepository {
            description: Some("Made by stagecraft doctor --live; it deletes it again".to_owned()),
            homepage: None,
            visibility: Visibility::Private,
            default_branch: "main".to_owned(),
            settings: Map::new(),
            created_by: self.task,
        }
    }

    fn commit(&self) -> Result<NewCommit, ForgeError> {
        Ok(NewCommit {
            tree: files(&[("README.md", "# Live\n"), (".github/workflows/check.yaml", WORKFLOW)])?,
            branch: "main".to_owned(),
            message: "initial commit".to_owned(),
            author: author(),
            time_ms: self.now_ms,
        })
    }

    fn pull_request(&self, origin: Origin, files: FileTree) -> NewPullRequest {
        NewPullRequest {
            origin,
            branch: "stagecraft/live".to_owned(),
            target: None,
            files,
            delete: Vec::new(),
            message: "Add a page".to_owned(),
            author: Some(author()),
            title: "Add a page".to_owned(),
            description: "Made by `stagecraft doctor --live`.".to_owned(),
            draft: false,
            update: false,
            only_ours: false,
            force_fork: false,
            when_empty: false,
            reviewers: Vec::new(),
            team_reviewers: Vec::new(),
            assignees: Vec::new(),
        }
    }
}

fn author() -> Author {
    Author { name: "Stagecraft".to_owned(), email: "stagecraft@users.noreply.github.com".to_owned() }
}

fn files(texts: &[(&str, &str)]) -> Result<FileTree, ForgeError> {
    let unusable = |error: catalog_gen::TreeError| ForgeError::Invalid(error.to_string());
    let mut tree = FileTree::new();
    for (path, text) in texts {
        let path = TreePath::parse(path).map_err(|error| ForgeError::Invalid(error.to_string()))?;
        tree.insert(path, Entry::file((*text).to_owned())).map_err(unusable)?;
    }
    Ok(tree)
}

/// What is set, and whether the second time has to change nothing.
fn settings() -> Vec<(&'static str, Setting, bool)> {
    let one = |name: &str, value: &str| BTreeMap::from([(name.to_owned(), value.to_owned())]);
    let secret = || BTreeMap::from([("LIVE_SECRET".to_owned(), Secret::new("not a secret"))]);
    let environment = EnvironmentSetting {
        name: "live".to_owned(),
        branches: Some(BranchPolicy::All),
        variables: one("LIVE", "yes"),
        secrets: secret(),
        ..EnvironmentSetting::default()
    };
    let workflows = WorkflowPermissions {
        default_permission: Some("read".to_owned()),
        can_approve_pull_requests: Some(false),
        ..WorkflowPermissions::default()
    };
    let link = Autolink {
        key_prefix: "LIVE-".to_owned(),
        url_template: "https://example.com/<num>".to_owned(),
        is_alphanumeric: false,
    };
    let ruleset = Ruleset {
        name: "live".to_owned(),
        target: "branch".to_owned(),
        enforcement: "disabled".to_owned(),
        conditions: json!({ "ref_name": { "include": ["~DEFAULT_BRANCH"], "exclude": [] } }),
        rules: vec![json!({ "type": "deletion" })],
        bypass_actors: Vec::new(),
    };
    vec![
        ("setting topics", Setting::Topics(vec!["stagecraft".to_owned()]), true),
        ("setting a variable", Setting::Variables(one("LIVE", "yes")), true),
        ("setting a secret", Setting::Secrets(secret()), true),
        ("setting up an environment", Setting::Environment(environment), true),
        ("setting what workflows may do", Setting::WorkflowPermissions(workflows), true),
        ("setting an autolink", Setting::Autolink(link), true),
        ("setting a ruleset", Setting::Ruleset(ruleset), true),
        ("setting the description", Setting::Description(Some("Nearly gone".to_owned())), true),
    ]
}
