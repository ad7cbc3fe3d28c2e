//! `stagecraft doctor` beside a GitHub: what it finds, and what it does on request.

use std::path::Path;

use github_double::{GitHub, Setup};
use serde_json::{Value, json};
use stagecraft::db::Engine;
use stagecraft::doctor::live::{self, Live, shape};
use stagecraft::doctor::{self, Finding, Verdict};
use stagecraft::forge::RepoSlug;

use crate::support::github::{GitHubSite, settings_of};

const WEBHOOK: &str = "\
parameters: { type: object }
steps:
  - id: hook
    action: github:webhook
    input: { repoUrl: github.com?owner=acme&repo=shop, webhookUrl: 'https://example.com' }
";

/// What is not well.
async fn faults(site: &GitHubSite) -> Vec<Finding> {
    // Nothing is delivered there; the address is all that is looked at.
    site.github.webhook(site.credentials.id, "http://127.0.0.1:9/webhooks/github");
    let app = &site.app.app;
    let (mut findings, uses) = doctor::templates(app.tasks.library());
    findings.extend(doctor::github(&app.github["github.com"], &uses).await);
    assert!(findings.iter().any(|finding| finding.verdict == Verdict::Well));
    findings.retain(|finding| finding.verdict != Verdict::Well);
    findings
}

fn texts(faults: &[Finding]) -> Vec<&str> {
    faults.iter().map(|finding| finding.found.as_str()).collect()
}

#[tokio::test]
async fn a_site_in_order_has_nothing_to_do() {
    for setup in [Setup::default(), Setup::server()] {
        let site = GitHubSite::on(Engine::Sqlite, setup, json!({})).await;
        // So that git has something to read.
        site.publish(json!({ "name": "shop" })).await;

        assert_eq!(faults(&site).await, []);
    }
}

#[tokio::test]
async fn a_permission_that_a_template_needs_is_missed_with_its_name() {
    let site = GitHubSite::new().await;
    site.github.change(|state| {
        state.installations[0].permissions.remove("repository_hooks");
    });
    assert_eq!(faults(&site).await, []);

    site.app.template("hook", WEBHOOK, &[]).await;

    let faults = faults(&site).await;
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(faults[0].found.contains("template:default/hook (`github:webhook`)"), "{faults:?}");
    assert!(faults[0].next.contains("accept"), "{faults:?}");
}

#[tokio::test]
async fn a_wrong_key_a_suspended_installation_and_none_at_all_are_told() {
    let site = GitHubSite::new().await;
    site.github.change(|state| state.installations[0].suspended = Some(state.now));
    let found = faults(&site).await;
    assert_eq!(texts(&found), ["the installation in `acme` is suspended"]);

    site.github.change(|state| state.installations.clear());
    let found = faults(&site).await;
    assert_eq!(texts(&found), ["the App `stagecraft` is installed nowhere"]);

    site.github.rotate_key(site.credentials.id);
    let found = faults(&site).await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].found.starts_with("GitHub does not accept the App"), "{found:?}");
    assert_eq!(found[0].verdict, Verdict::Wrong);
}

#[tokio::test]
async fn an_api_that_is_away_is_told_without_waiting() {
    let closed = GitHub::start(Setup::default());
    closed.organisation("acme");
    let app = closed.app("stagecraft");
    let settings = settings_of(&closed, &app, json!({}));
    drop(closed);
    let site = GitHubSite::with(json!({ "api_url": settings["api_url"] })).await;

    let found = faults(&site).await;

    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].found.contains("cannot be used"), "{found:?}");
}

/// The same run against a real organisation is compared with what this one records.
#[tokio::test]
async fn the_live_run_does_everything_once_and_leaves_nothing() {
    let site = GitHubSite::new().await;
    let github = &site.app.app.github["github.com"];
    let slug = RepoSlug { host: "github.com".into(), owner: "acme".into(), name: "live".into() };
    let recording = github.record();

    let findings = Live::new(github, slug.clone(), 1_700_000_000_000).run().await;

    let faults: Vec<&Finding> = findings.iter().filter(|one| one.verdict != Verdict::Well).collect();
    assert_eq!(faults, Vec::<&Finding>::new());
    assert!(site.github.repository("acme", "live").is_none());
    let shapes = live::shapes(&recording, &slug);
    is_current("src/doctor/live/double.json", &serde_json::to_value(&shapes).unwrap());
    assert_eq!(shape::differences(&live::expected(), &shapes), Vec::<String>::new());
}

#[tokio::test]
async fn the_live_run_touches_no_repository_that_is_there() {
    let site = GitHubSite::new().await;
    site.publish(json!({ "name": "shop" })).await;
    let before = site.github.exchanges().mutations().len();
    let slug = site.slug("acme", "shop");

    let findings = Live::new(&site.app.app.github["github.com"], slug, 0).run().await;

    assert!(findings[0].found.contains("exists already"), "{findings:?}");
    assert_eq!(site.github.exchanges().mutations().len(), before);
}

/// Compares a committed record with this one; `UPDATE_GENERATED=1` writes it.
fn is_current(path: &str, found: &Value) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let text = format!("{found:#}\n");
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        std::fs::write(&file, text).unwrap();
        return;
    }
    assert!(
        std::fs::read_to_string(&file).unwrap() == text,
        "`{path}` is not current: run this test with UPDATE_GENERATED=1"
    );
}
