//! What users of Backstage get over HTTP of templates that its catalog has, or keeps from them.

use serde_json::{Value, json};
use stagecraft::db::Engine;

use super::catalog::entity;
use crate::support::app::TestApp;
use crate::support::backstage::{BackstageDouble, SERVICE_TOKEN};

const PLAIN: &str = "
parameters: { title: About, properties: { name: { type: string } } }
steps: [{ id: log, name: Log, action: 'debug:log', input: { message: hi } }]
";

/// A service beside a double, and jane with a token that the double has signed.
struct Stage {
    double: BackstageDouble,
    app: TestApp,
    url: String,
    token: String,
}

impl Stage {
    async fn new() -> Self {
        let double = BackstageDouble::start().await;
        let app = TestApp::on(Engine::Sqlite, &double.variables(&[])).await;
        let (url, _stop) = app.serve().await;
        let token = double.users.user("user:default/jane");
        Self { double, app, url, token }
    }

    fn has_template(&self, name: &str) {
        let mut template = entity("Template", name);
        let mut spec: Value = serde_yaml::from_str(PLAIN).unwrap();
        spec["type"] = json!("service");
        template["apiVersion"] = json!("scaffolder.backstage.io/v1beta3");
        template["spec"] = spec;
        self.double.has_entity(template);
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> (u16, Value) {
        let answer = request.bearer_auth(&self.token).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    async fn form(&self, name: &str) -> (u16, Value) {
        let path = format!("/api/scaffolder/v2/templates/default/template/{name}/parameter-schema");
        self.send(client().get(format!("{}{path}", self.url))).await
    }

    async fn create(&self, name: &str) -> (u16, Value) {
        let body = json!({ "templateRef": format!("template:default/{name}"), "values": {} });
        self.send(client().post(format!("{}/api/scaffolder/v2/tasks", self.url)).json(&body)).await
    }
}

fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

fn error(answer: &(u16, Value)) -> (u16, &str, &str) {
    let text = |member: &str| answer.1["error"][member].as_str().unwrap_or_default();
    (answer.0, text("name"), text("message"))
}

#[tokio::test]
async fn a_user_fills_in_and_runs_a_template_that_only_the_catalog_has() {
    let stage = Stage::new().await;
    stage.has_template("theirs");

    let (status, form) = stage.form("theirs").await;
    assert_eq!((status, &form["steps"][0]["title"]), (200, &json!("About")), "{form}");
    let (status, created) = stage.create("theirs").await;
    assert_eq!(status, 201, "{created}");

    stage.app.drain().await;
    let id = created["id"].as_str().unwrap().parse().unwrap();
    assert_eq!(stage.app.task(id).await.created_by.as_deref(), Some("user:default/jane"));
    assert!(stage.app.messages(id).await.iter().any(|message| message == "hi"));
}

#[tokio::test]
async fn a_template_that_the_catalog_hides_is_answered_like_one_that_is_not_there() {
    let stage = Stage::new().await;
    stage.app.template("own", PLAIN, &[]).await;
    for name in ["own", "theirs"] {
        stage.has_template(name);
        stage.double.hide(&format!("template:default/{name}"));

        for answer in [stage.form(name).await, stage.create(name).await] {
            let message = format!("Template template:default/{name} not found");
            assert_eq!(error(&answer), (404, "NotFoundError", message.as_str()));
        }
    }
    assert_eq!(error(&stage.form("none").await).0, 404);
}

#[tokio::test]
async fn while_backstage_is_away_the_answer_is_to_try_again() {
    let stage = Stage::new().await;
    stage.app.template("own", PLAIN, &[]).await;
    // The keys by which jane is known are at hand from now on.
    assert_eq!(stage.form("own").await.0, 200);
    stage.double.go_down(true);

    for answer in [stage.form("own").await, stage.create("own").await] {
        assert_eq!(
            error(&answer),
            (
                503,
                "ServiceUnavailableError",
                "Backstage could not be asked whether you may do this; try again in a moment"
            )
        );
    }
}

#[tokio::test]
async fn a_token_that_backstage_does_not_take_is_answered_as_one_to_be_renewed() {
    let stage = Stage::new().await;
    stage.app.template("own", PLAIN, &[]).await;
    stage.double.expire(&stage.token);

    let answer = stage.create("own").await;

    let (status, name, message) = error(&answer);
    assert_eq!((status, name), (401, "AuthenticationError"));
    assert!(message.contains("`user:default/jane`") && message.contains("sign in again"), "{message}");
    assert!(!message.contains(&stage.token) && !message.contains(SERVICE_TOKEN), "{message}");
}
