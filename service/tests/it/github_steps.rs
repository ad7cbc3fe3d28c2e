//! Steps of GitHub's actions as whole tasks, on each kind of GitHub there is.
//!
//! Every example of every action runs on all of them; templates of our own have the shapes of those that are found in
//! public, and what must come of them is looked up in GitHub.

mod examples;
mod shapes;

use github_double::state::account::Role;
use github_double::{Limits, Setup};
use serde_json::{Map, Value, json};
use stagecraft::db::Engine;
use stagecraft::ids::TaskId;
use stagecraft::task::TaskStatus;

use crate::support::github::GitHubSite;

/// The kinds of GitHub: what it is started as, and the settings of a service beside it.
fn kinds() -> [(&'static str, Setup, Value); 3] {
    let cloud = || Setup::default().limits(Limits::none());
    [
        ("github.com", cloud(), json!({})),
        ("a GitHub Enterprise Server", Setup::server(), json!({})),
        ("the API of 2026-03-10", cloud(), json!({ "api_version": "2026-03-10" })),
    ]
}

/// A service beside a GitHub of one kind, with teams, users and properties.
async fn site_of(setup: Setup, settings: Value) -> GitHubSite {
    let site = GitHubSite::on(Engine::Sqlite, setup, settings).await;
    for team in ["platform", "platform-team", "security"] {
        site.github.team("acme", team);
    }
    for user in ["jane", "joe", "jd42", "renovate"] {
        site.github.member("acme", user, Role::Member);
    }
    site.github.change(|state| {
        let acme = state.accounts.get_mut("acme").unwrap();
        for (name, kind) in [("tier", "string"), ("team", "string"), ("regions", "multi_select")] {
            let mut definition = json!({ "property_name": name, "value_type": kind, "required": false });
            if kind == "multi_select" {
                definition["allowed_values"] = json!(["eu", "us"]);
            }
            acme.properties.insert(name.to_owned(), map(definition));
        }
    });
    site
}

fn map(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

/// Makes `acme/<name>` with these files on a branch, as somebody did long ago.
async fn seed(site: &GitHubSite, name: &str, branch: &str, files: &[(&str, &str)]) {
    site.seed("acme", name, branch, files).await;
    site.github.advance(std::time::Duration::from_secs(600));
}

/// Makes a template with these steps and runs it.
async fn run(site: &GitHubSite, steps: Value, files: &[(&str, &str)], given: (Value, Value)) -> TaskId {
    let spec = format!("parameters: {{ type: object }}\nsteps: {steps}\n");
    site.app.template("case", &spec, files).await;
    let id = site.app.try_create("case", given.0, given.1).await.unwrap();
    site.app.drain().await;
    id
}

/// The same; it has to be completed.
async fn completed(site: &GitHubSite, steps: Value, files: &[(&str, &str)], given: (Value, Value)) -> TaskId {
    let id = run(site, steps, files, given).await;
    assert_eq!(site.app.status(id).await, TaskStatus::Completed, "{:#?}", site.app.messages(id).await);
    id
}
