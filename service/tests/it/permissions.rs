//! What users of a Backstage may do, over HTTP: every route for every kind of caller in [`routes`], what of a template
//! may be seen and run in [`templates`], which actions run in [`actions`], what agents are offered in [`agents`], what
//! becomes of a run while Backstage is away in [`away`], whose tasks are seen in [`tasks`], and what
//! Backstage's permission framework asks in [`framework`].

mod actions;
mod agents;
mod away;
mod framework;
mod routes;
mod tasks;
mod templates;

use reqwest::Method;
use serde_json::{Map, Value, json};
use stagecraft::backstage::{TokenForm, UserToken};
use stagecraft::db::Engine;
use stagecraft::ids::TaskId;
use stagecraft::secret::Secret;
use stagecraft::task::{Caller, NewTask};

use crate::support::app::TestApp;
use crate::support::backstage::BackstageDouble;
use crate::support::issuer::now;
use crate::support::policy::Policy;

/// A token of the settings that stands for a service.
const OWN_SERVICE: &str = "static-token-of-ci";
/// A token of the settings that stands for a user.
const OWN_USER: &str = "static-token-of-sam";

const SAY: &str = "
steps:
  - { id: say, name: Say, action: 'debug:log', input: { message: 'hello ${{ parameters.name }}' } }
";

/// A service with a template `say` that asks a double's permission backend, and a client of it.
struct Site {
    double: BackstageDouble,
    app: TestApp,
    url: String,
    client: reqwest::Client,
}

impl Site {
    async fn new() -> Self {
        Self::on(Engine::Sqlite, &[]).await
    }

    async fn on(engine: Engine, settings: &[(&str, &str)]) -> Self {
        let double = BackstageDouble::start().await;
        let tokens = json!([
            { "token": OWN_SERVICE, "subject": "external:ci" },
            { "token": OWN_USER, "subject": "user:default/sam" },
        ]);
        let (base_url, tokens) = (double.url.clone(), tokens.to_string());
        let mut all = vec![
            ("BACKSTAGE__BASE_URL", base_url.as_str()),
            ("BACKSTAGE__ACTION_PLUGINS", "[tickets]"),
            ("AUTH__TOKENS", &tokens),
        ];
        all.extend(settings);
        let app = TestApp::on(engine, &all).await;
        app.template("say", SAY, &[]).await;
        let (url, _stop) = app.serve().await;
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        // Backstage tells conditions to plugins that it knows.
        let keys = format!("{url}/api/stagecraft/.backstage/auth/v1/jwks.json");
        double.know(&client.get(keys).send().await.unwrap().json().await.unwrap());
        Self { double, app, url, client }
    }

    /// With this policy.
    async fn with(policy: Policy) -> Self {
        let site = Self::new().await;
        site.double.decide(policy);
        site
    }

    /// The token of a user of Backstage.
    fn token(&self, user: &str) -> String {
        self.double.users.user(&format!("user:default/{user}"))
    }

    /// The same user as the service knows him.
    fn caller(&self, user: &str) -> Caller {
        // Before the token is made, so that it is not good for longer than the token.
        let expires_at = now() + 3_600;
        Caller::user(UserToken {
            jwt: Secret::new(self.token(user)),
            form: TokenForm::Full,
            entity_ref: format!("user:default/{user}"),
            expires_at,
        })
    }

    /// Status and body of what is answered to this request with this token.
    async fn ask(
        &self,
        token: Option<&str>,
        method: &Method,
        path: &str,
        body: Option<&Value>,
    ) -> (u16, String) {
        let mut request = self.client.request(method.clone(), format!("{}{path}", self.url));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    async fn get(&self, user: &str, path: &str) -> (u16, Value) {
        let (status, text) = self.ask(Some(&self.token(user)), &Method::GET, path, None).await;
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    async fn post(&self, user: &str, path: &str, body: &Value) -> (u16, Value) {
        let (status, text) = self.ask(Some(&self.token(user)), &Method::POST, path, Some(body)).await;
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    /// A task of a user, created under a policy that lets everybody do everything.
    async fn task_of(&self, user: Option<&str>, template: &str, values: Value) -> TaskId {
        let caller = user.map_or_else(|| Caller::named("external:ci"), |user| self.caller(user));
        self.create(caller, template, values).await
    }

    async fn create(&self, caller: Caller, template: &str, values: Value) -> TaskId {
        let new = NewTask {
            template_ref: format!("template:default/{template}"),
            values,
            secrets: Map::new(),
            caller,
            fill_defaults: false,
            key: None,
        };
        self.app.app.tasks.create(new).await.unwrap()
    }
}
