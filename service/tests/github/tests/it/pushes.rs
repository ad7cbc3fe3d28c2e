//! Pushes by the git command line: taken, and refused in GitHub's words.

use std::path::Path;
use std::process::Command;

use github_double::{GitHub, Setup};
use serde_json::{Value, json};

use crate::client::Client;

/// Runs git with nothing of the environment; gives whether it went well and what it said.
fn git(folder: &Path, args: &[&str]) -> (bool, String) {
    let mut command = Command::new("git");
    command.current_dir(folder).args(args).env_clear().env("PATH", std::env::var_os("PATH").unwrap());
    command.envs([("GIT_CONFIG_NOSYSTEM", "1"), ("HOME", "/nonexistent"), ("GIT_TERMINAL_PROMPT", "0")]);
    for who in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{who}_NAME"), "Jane").env(format!("GIT_{who}_EMAIL"), "jane@acme.test");
    }
    let output = command.output().unwrap();
    (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// A double with `acme/shop`, and a clone with a commit.
struct Clone {
    github: GitHub,
    installation: u64,
    client: Client,
    folder: tempfile::TempDir,
    remote: String,
}

impl Clone {
    fn new(allowed: &[(&str, &str)]) -> Self {
        let github = GitHub::start(Setup::default());
        github.organisation("acme");
        let app = github.app("stagecraft");
        let installation = github.installation(app.id, "acme", allowed);
        let token = github.installation_token(installation);
        let remote = format!("http://x-access-token:{token}@{}/acme/shop.git", github.host());
        let client = Client::new(&github, Some(&token));
        let made = client.send("POST", "/orgs/acme/repos", &json!({ "name": "shop", "private": true }));
        assert_eq!(made.status, 201);
        let folder = tempfile::tempdir().unwrap();
        assert!(git(folder.path(), &["init", "-q", "-b", "main"]).0);
        let clone = Self { github, installation, client, folder, remote };
        clone.commit("README.md", "read me");
        clone
    }

    fn commit(&self, path: &str, text: &str) {
        let file = self.folder.path().join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
        assert!(git(self.folder.path(), &["add", "-A"]).0);
        assert!(git(self.folder.path(), &["commit", "-q", "-m", path]).0);
    }

    fn push(&self, options: &[&str]) -> (bool, String) {
        git(self.folder.path(), &[&["push", &self.remote], options].concat())
    }
}

const WRITES: [(&str, &str); 3] =
    [("contents", "write"), ("administration", "write"), ("repository_hooks", "write")];

#[test]
fn a_push_arrives_whole_and_another_token_is_refused() {
    let clone = Clone::new(&WRITES);
    let (ok, told) = clone.push(&["main"]);
    assert!(ok, "{told}");
    assert!(clone.github.head("acme", "shop", "main").is_some());
    assert!(clone.github.repository("acme", "shop").unwrap().pushed.is_some());
    let bad = format!("http://x-access-token:nonsense@{}/acme/shop.git", clone.github.host());
    let (ok, told) = git(clone.folder.path(), &["push", &bad, "main"]);
    assert!(!ok && (told.contains("Authentication failed") || told.contains("could not read")), "{told}");
    let other = format!("{}x", clone.remote.trim_end_matches(".git"));
    let (ok, told) = git(clone.folder.path(), &["push", &other, "main"]);
    assert!(!ok && told.contains("not found"), "{told}");
}

#[test]
fn the_first_branch_of_an_empty_repository_becomes_the_default_one() {
    let clone = Clone::new(&WRITES);
    assert!(clone.push(&["main:trunk"]).0);
    assert_eq!(clone.github.repository("acme", "shop").unwrap().default_branch, "trunk");
}

#[test]
fn a_workflow_needs_the_permission_for_workflows() {
    let clone = Clone::new(&WRITES);
    clone.commit(".github/workflows/ci.yml", "on: push");
    let (ok, told) = clone.push(&["main"]);
    let words = "refusing to allow a GitHub App to create or update workflow `.github/workflows/ci.yml` without `workflows` permission";
    assert!(!ok && told.contains(words), "{told}");
    assert!(clone.github.head("acme", "shop", "main").is_none());
    clone.github.change(|state| {
        let own = state.installations.iter_mut().find(|one| one.id == clone.installation).unwrap();
        own.permissions.insert("workflows".to_owned(), "write".to_owned());
    });
    let token = clone.github.installation_token(clone.installation);
    let remote = format!("http://x-access-token:{token}@{}/acme/shop.git", clone.github.host());
    let (ok, told) = git(clone.folder.path(), &["push", &remote, "main"]);
    assert!(ok, "{told}");
}

#[test]
fn a_protected_branch_and_a_ruled_one_refuse_in_githubs_words() {
    let clone = Clone::new(&WRITES);
    assert!(clone.push(&["main"]).0);
    let rules = json!({
        "name": "review", "enforcement": "active", "target": "branch",
        "conditions": { "ref_name": { "include": ["~DEFAULT_BRANCH"], "exclude": [] } },
        "rules": [
            { "type": "non_fast_forward" },
            { "type": "required_status_checks", "parameters": {
                "required_status_checks": [{ "context": "ci" }], "strict_required_status_checks_policy": false } },
        ],
    });
    assert_eq!(clone.client.send("POST", "/repos/acme/shop/rulesets", &rules).status, 201);
    clone.commit("more.txt", "more");
    let (ok, told) = clone.push(&["main"]);
    assert!(!ok && told.contains("GH013: Repository rule violations found for refs/heads/main."), "{told}");
    assert!(told.contains("Required status check \"ci\" is expected."), "{told}");
    assert!(told.contains("push declined due to repository rule violations"), "{told}");
    clone.github.change(|state| {
        state.repositories.values_mut().for_each(|one| one.wiring.rulesets.clear());
    });
    let protection = json!({
        "required_status_checks": null, "enforce_admins": true, "restrictions": null,
        "required_pull_request_reviews": { "required_approving_review_count": 1 },
    });
    assert_eq!(
        clone.client.send("PUT", "/repos/acme/shop/branches/main/protection", &protection).status,
        200
    );
    let (ok, told) = clone.push(&["main"]);
    assert!(!ok && told.contains("GH006: Protected branch update failed for refs/heads/main."), "{told}");
    assert!(told.contains("protected branch hook declined"), "{told}");
    assert!(clone.push(&["main:feature"]).0);
}

#[test]
fn a_secret_is_not_taken_where_pushes_are_protected() {
    let clone = Clone::new(&WRITES);
    let on =
        json!({ "security_and_analysis": { "secret_scanning_push_protection": { "status": "enabled" } } });
    assert_eq!(clone.client.send("PATCH", "/repos/acme/shop", &on).status, 200);
    clone.github.installation_token(clone.installation);
    clone.commit("config.env", &format!("A=1\nTOKEN=ghp_{}\n", "a1".repeat(18)));
    let (ok, told) = clone.push(&["main"]);
    assert!(
        !ok && told.contains("Push cannot contain secrets") && told.contains("path: config.env:2"),
        "{told}"
    );
    assert!(told.contains("GH013"), "{told}");
}

#[test]
fn a_renamed_repository_sends_git_where_it_is_now() {
    let clone = Clone::new(&WRITES);
    let renamed = clone.client.send("PATCH", "/repos/acme/shop", &json!({ "name": "store" }));
    assert_eq!(renamed.status, 200);
    let url = format!("{}/acme/shop.git/info/refs?service=git-upload-pack", clone.github.git_url());
    let token = clone.github.installation_token(clone.installation);
    let moved = Client::new(&clone.github, Some(&token)).send("GET", &url, &Value::Null);
    assert_eq!(moved.status, 301);
    assert!(moved.header("location").unwrap().contains("/acme/store.git/info/refs"));
    assert!(clone.push(&["main"]).0);
}
