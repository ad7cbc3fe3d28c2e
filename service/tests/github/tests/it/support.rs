//! An organisation with a repository, and commits in it.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use github_double::description::{Description, Variant};
use github_double::state::account::Role;
use github_double::state::repository::Repository;
use github_double::{GitHub, Setup};
use serde_json::{Value, json};

use crate::client::Client;

/// A GitHub with the organisation `acme`, its team `platform`, the owner `jane`, the member `joe`, the stranger `ann`,
/// and the private repository `acme/shop`; and `jane`, who asks.
pub(crate) struct Acme {
    pub(crate) github: GitHub,
    pub(crate) token: String,
    pub(crate) version: &'static str,
}

impl Acme {
    pub(crate) fn new() -> Self {
        Self::on(Setup::default(), "2022-11-28")
    }

    /// On another GitHub, or with another version of its API.
    pub(crate) fn on(setup: Setup, version: &'static str) -> Self {
        let github = GitHub::start(setup);
        github.organisation("acme");
        github.member("acme", "jane", Role::Admin);
        github.member("acme", "joe", Role::Member);
        github.user("ann");
        github.team("acme", "platform");
        let token = github.token("jane", &["repo", "admin:org", "delete_repo", "workflow"]);
        let acme = Self { github, token, version };
        acme.made("/orgs/acme/repos", &json!({ "name": "shop", "private": true }));
        acme
    }

    /// As another user.
    pub(crate) fn token_of(&self, login: &str) -> String {
        self.github.token(login, &["repo", "read:org"])
    }

    /// The repository `acme/shop`.
    pub(crate) fn shop(&self) -> Repository {
        self.github.repository("acme", "shop").unwrap()
    }

    /// A commit on a branch of `acme/shop`, on top of what it has; gives its id.
    pub(crate) fn commit(&self, branch: &str, files: &[(&str, &str)]) -> String {
        let repository = self.shop();
        commit(&repository.folder, branch, &repository.default_branch, files);
        self.github.head("acme", "shop", branch).unwrap()
    }

    pub(crate) fn get(&self, path: &str) -> Value {
        self.expect(200, "GET", path, &Value::Null)
    }

    pub(crate) fn made(&self, path: &str, body: &Value) -> Value {
        self.expect(201, "POST", path, body)
    }

    /// A PUT, PATCH or DELETE that answers nothing.
    pub(crate) fn done(&self, method: &str, path: &str, body: &Value) {
        self.expect(204, method, path, body);
    }

    pub(crate) fn expect(&self, status: u16, method: &str, path: &str, body: &Value) -> Value {
        let (answered, value) = self.ask(method, path, body);
        assert_eq!(answered, status, "{method} {path}: {value}");
        value
    }

    /// The message of a refusal.
    pub(crate) fn refused(&self, status: u16, method: &str, path: &str, body: &Value) -> String {
        let answer = self.expect(status, method, path, body);
        let errors = answer["errors"].as_array().cloned().unwrap_or_default();
        let told =
            errors.iter().map(|one| one["message"].as_str().or(one["code"].as_str()).unwrap_or_default());
        let told: Vec<&str> = told.collect();
        format!("{} {}", answer["message"].as_str().unwrap(), told.join(" ")).trim().to_owned()
    }

    /// Asks, and holds both ways against the description.
    pub(crate) fn ask(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let (status, answer) = self.send(method, path, body);
        let variant = match self.version {
            _ if self.github.api_url().ends_with("/api/v3") => Variant::Enterprise,
            "2026-03-10" => Variant::GitHub2026,
            _ => Variant::GitHub,
        };
        let description = Description::of(variant);
        let (plain, query) = path.split_once('?').unwrap_or((path, ""));
        let query: BTreeMap<String, String> = query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (name.to_owned(), value.replace('+', " ")))
            .collect();
        let checked = description.request(method, plain, &query, body);
        assert_eq!(checked.violations, Vec::<String>::new());
        let found = description.response(checked.operation.unwrap(), status, answer.as_ref());
        assert_eq!(found, Vec::<String>::new(), "{method} {path} {status}");
        (status, answer.unwrap_or_default())
    }

    fn send(&self, method: &str, path: &str, body: &Value) -> (u16, Option<Value>) {
        let client = Client::new(&self.github, Some(&self.token)).with("x-github-api-version", self.version);
        let answer = client.send(method, path, body);
        (answer.status, Some(answer.body).filter(|body| !body.is_null()))
    }
}

/// A commit on a branch, which begins at the default branch if it is new.
fn commit(folder: &Path, branch: &str, default: &str, files: &[(&str, &str)]) {
    let exists = |branch: &str| folder.join("refs/heads").join(branch).exists();
    let from = [branch, default].into_iter().find(|name| exists(name));
    let mut stream =
        format!("commit refs/heads/{branch}\ncommitter Jane <jane@acme.test> 1700000000 +0000\n");
    let message = format!("change {branch}");
    stream += &format!("data {}\n{message}\n", message.len());
    if let Some(from) = from {
        stream += &format!("from refs/heads/{from}^0\n");
    }
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
}
