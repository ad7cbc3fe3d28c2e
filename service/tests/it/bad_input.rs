//! Bad input at each door where it can come in: a clear error as early as possible, and nothing is lost.
//!
//! The doors are the compatible HTTP API ([`Api`]) and the command line
//! ([`Program`](crate::cli::program::Program)). What stood before stands afterwards: [`Kept`].

mod asked;
mod database;
mod large;
mod limits;
mod names;
mod written;

use serde_json::{Value, json};
use stagecraft::task::ListTasks;
use tokio_util::sync::CancellationToken;

use crate::support::app::{TestApp, jane};

/// A service with a template `service`, a task that made a repository from it, and its HTTP API.
pub(crate) struct Api {
    pub(crate) app: TestApp,
    client: reqwest::Client,
    base: String,
    stop: CancellationToken,
}

/// What must not be lost.
#[derive(Debug, PartialEq)]
pub(crate) struct Kept {
    tasks: i64,
    repositories: Vec<(String, String)>,
    entities: Vec<String>,
}

pub(crate) const SERVICE: &str = r#"
parameters:
  - required: [name, owner]
    properties:
      name: { type: string, pattern: '^[a-z-]+$' }
      owner: { type: string, minLength: 2 }
      port: { type: integer, minimum: 1024 }
steps:
  - id: fetch
    action: fetch:template
    input: { url: ./skeleton, values: { name: '${{ parameters.name }}' } }
  - id: publish
    action: publish:github
    input: { repoUrl: 'github.com?owner=acme&repo=${{ parameters.name }}' }
  - id: register
    action: catalog:register
    input:
      repoContentsUrl: ${{ steps.publish.output.repoContentsUrl }}
      catalogInfoPath: /catalog-info.yaml
"#;

impl Api {
    pub(crate) async fn new() -> Self {
        Self::with(&[]).await
    }

    /// With settings, see [`TestApp::on`].
    pub(crate) async fn with(settings: &[(&str, &str)]) -> Self {
        let app = TestApp::on(stagecraft::db::Engine::Sqlite, settings).await;
        app.template("service", SERVICE, crate::tasks::SKELETON).await;
        app.run("service", json!({ "name": "first", "owner": "me" })).await;
        let (base, stop) = app.serve().await;
        // Needed by the client although it speaks plain HTTP here; another test may have done it already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let api = Self { app, client, base, stop };
        let kept = api.kept().await;
        assert_eq!((kept.tasks, kept.repositories.len(), kept.entities.len()), (1, 1, 1), "{kept:?}");
        api
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let url = format!("{}/api/scaffolder{path}", self.base);
        let answer = self.client.post(url).json(body).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    /// The same with a body that is sent as it is.
    pub(crate) async fn post_text(&self, path: &str, body: String) -> (u16, Value) {
        let url = format!("{}/api/scaffolder{path}", self.base);
        let request = self.client.post(url).header("content-type", "application/json").body(body);
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    /// Asks for a task.
    pub(crate) async fn create(&self, template: &str, values: Value) -> (u16, Value) {
        self.post(
            "/v2/tasks",
            &json!({ "templateRef": format!("template:default/{template}"), "values": values }),
        )
        .await
    }

    /// Asks for a dry run of a template with these steps.
    pub(crate) async fn dry_run(&self, steps: Value) -> (u16, Value) {
        let template = json!({
            "apiVersion": "scaffolder.backstage.io/v1beta3",
            "kind": "Template",
            "metadata": { "name": "dry" },
            "spec": { "type": "service", "steps": steps },
        });
        self.post("/v2/dry-run", &json!({ "template": template, "values": {}, "directoryContents": [] }))
            .await
    }

    /// What stands now.
    pub(crate) async fn kept(&self) -> Kept {
        let tasks = self.app.app.tasks.list(&ListTasks::default(), &jane()).await.unwrap().total;
        let mut repositories = Vec::new();
        for repository in self.app.app.local_forge.repositories().await.unwrap() {
            let slug = repository.slug;
            repositories
                .push((slug.to_string(), self.app.git(&slug.owner, &slug.name, &["rev-parse", "main"])));
        }
        let entities = self.app.app.entities.list().await.unwrap();
        Kept { tasks, repositories, entities: entities.into_iter().map(|entity| entity.entity_ref).collect() }
    }
}

impl Drop for Api {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Name and message of an answer in Backstage's shape.
pub(crate) fn error_of((status, body): &(u16, Value)) -> (u16, &str, &str) {
    assert_eq!(body["response"]["statusCode"], *status, "{body}");
    assert!(body["request"]["method"].is_string(), "{body}");
    let text = |key: &str| body["error"][key].as_str().unwrap_or_default();
    (*status, text("name"), text("message"))
}
