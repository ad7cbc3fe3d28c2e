//! Whole tasks whose steps call Backstage: what is offered, what is refused at creation, what the events show.

use serde_json::{Map, Value, json};
use stagecraft::config::ExpressionErrors;
use stagecraft::db::Engine;
use stagecraft::task::{Caller, CreateError, DryRunRequest, DryRunResult, NewTask, TaskStatus};

use super::catalog::jane;
use crate::support::app::TestApp;
use crate::support::backstage::{BackstageDouble, USER_TOKEN};

const PLUGINS: (&str, &str) = ("BACKSTAGE__ACTION_PLUGINS", "[tickets, catalog]");

const OPEN: &str = r#"
steps:
  - { id: open, name: Open, action: 'tickets:open', input: { title: 'New ${{ parameters.name }}' } }
output: { key: '${{ steps.open.output.key }}' }
"#;

const PLAIN: &str = "
steps:
  - { id: log, name: Log, action: 'debug:log', input: { message: hi } }
";

async fn app_with(double: &BackstageDouble, more: &[(&str, &str)]) -> TestApp {
    TestApp::on(Engine::Sqlite, &double.variables(more)).await
}

/// What the refusal of a task says.
async fn refusal(app: &TestApp, template: &str) -> String {
    match app.try_create(template, json!({ "name": "demo" }), json!({})).await {
        Err(error @ CreateError::Steps(_)) => error.to_string(),
        other => panic!("{other:?}"),
    }
}

/// The ids that `GET /v2/actions` lists.
async fn listed(app: &TestApp) -> Vec<String> {
    let registry = app.app.tasks.actions().all().await;
    registry.definitions().map(|definition| definition.id.to_string()).collect()
}

async fn dry_run(app: &TestApp, spec: &str) -> DryRunResult {
    let spec: Value = serde_yaml::from_str(spec).unwrap();
    let mut template = json!({
        "apiVersion": "scaffolder.backstage.io/v1beta3", "kind": "Template", "metadata": { "name": "x" },
        "spec": { "type": "service" }
    });
    template["spec"].as_object_mut().unwrap().extend(spec.as_object().unwrap().clone());
    let request = DryRunRequest {
        template,
        values: json!({ "name": "demo" }),
        secrets: serde_json::Map::new(),
        files: catalog_gen::FileTree::new(),
        template_file: "template.yaml".to_owned(),
        caller: Caller::named("user:default/jane"),
        expression_errors: ExpressionErrors::Keep,
        mocks: stagecraft::task::Mocks::default(),
    };
    app.app.tasks.dry_run(request).await.unwrap()
}

#[tokio::test]
async fn an_action_of_a_plugin_is_a_step_like_any_other() {
    let double = BackstageDouble::start().await;
    let app = app_with(&double, &[PLUGINS]).await;
    app.template("open", OPEN, &[]).await;

    let id = app.run("open", json!({ "name": "demo" })).await;

    assert_eq!(app.status(id).await, TaskStatus::Completed, "{:#?}", app.messages(id).await);
    assert_eq!(app.output(id).await, json!({ "key": "T-1" }));
    assert_eq!(double.tickets(), [json!({ "title": "New demo" })]);
    assert_eq!(double.lines(), ["POST /api/tickets/.backstage/actions/v1/actions/tickets%3Aopen/invoke"]);
    assert!(
        app.messages(id).await.contains(&"Calling `tickets:open` of Backstage's plugin `tickets`".to_owned())
    );
}

#[tokio::test]
async fn the_actions_of_plugins_are_listed_beside_our_own() {
    let double = BackstageDouble::start().await;
    let app = app_with(&double, &[PLUGINS]).await;
    let (base, stop) = app.serve().await;

    let url = format!("{base}/api/scaffolder/v2/actions");
    let asked = reqwest::Client::new().get(url).bearer_auth(double.users.user("user:default/jane"));
    let text = asked.send().await.unwrap().text().await.unwrap();
    stop.cancel();

    let actions: Vec<Value> = serde_json::from_str(&text).unwrap();
    let ids: Vec<&str> = actions.iter().map(|action| action["id"].as_str().unwrap()).collect();
    for id in ["tickets:count", "tickets:ensure", "tickets:open", "http:backstage:request", "catalog:fetch"] {
        assert_eq!(ids.iter().filter(|known| **known == id).count(), 1, "{id}");
    }
    assert!(ids.is_sorted());
    let open = actions.iter().find(|action| action["id"] == "tickets:open").unwrap();
    assert_eq!(open["description"], "What open does.");
    assert_eq!(open["schema"]["input"]["required"], json!(["title"]));
    let fetch = actions.iter().find(|action| action["id"] == "catalog:fetch").unwrap();
    assert_ne!(fetch["description"], "Not ours");
}

#[tokio::test]
async fn the_input_of_a_plugins_action_is_checked() {
    let double = BackstageDouble::start().await;
    let app = app_with(&double, &[PLUGINS]).await;
    app.template("key", &OPEN.replace("title:", "titel:"), &[]).await;
    app.template("type", &OPEN.replace("'New ${{ parameters.name }}'", "1"), &[]).await;
    app.template("name", &OPEN.replace("tickets:open", "tickets:opne"), &[]).await;

    let key = refusal(&app, "key").await;
    assert!(key.contains("has no input `titel`; did you mean `title`?"), "{key}");
    let name = refusal(&app, "name").await;
    assert!(name.contains("did you mean `tickets:open`?"), "{name}");
    let id = app.run("type", json!({ "name": "demo" })).await;
    assert_eq!(app.failure(id).await.0, "InputError");
    assert_eq!(double.tickets(), Vec::<Value>::new());
}

#[tokio::test]
async fn an_action_that_a_step_cannot_call_is_refused_at_creation() {
    let double = BackstageDouble::start().await;
    let app = app_with(&double, &[PLUGINS]).await;
    app.template("sealed", "steps: [{ id: s, name: S, action: 'tickets:sealed' }]", &[]).await;

    let refused = refusal(&app, "sealed").await;

    assert!(refused.contains("`tickets:sealed` asks for secrets"), "{refused}");
}

#[tokio::test]
async fn without_a_backstage_its_steps_are_refused_with_what_to_configure() {
    let app = TestApp::new().await;
    let request = "steps: [{ id: r, name: R, action: 'http:backstage:request', input: { method: GET, path: catalog/entities } }]";
    app.template("request", request, &[]).await;
    app.template("notify", "steps: [{ id: n, name: N, action: 'notification:send', input: { recipients: broadcast, title: T } }]", &[])
        .await;

    for template in ["request", "notify"] {
        let refused = refusal(&app, template).await;

        assert!(refused.contains("set `backstage.base_url` and `backstage.token`"), "{refused}");
    }
    // Whoever writes a template tries it without a Backstage.
    let tried = dry_run(&app, request).await;
    assert!(tried.failure.is_none(), "{:?}", tried.failure);
}

#[tokio::test]
async fn a_backstage_that_is_down_is_told_to_those_who_need_it_and_to_nobody_else() {
    let double = BackstageDouble::start().await;
    double.go_down(true);
    let app = app_with(&double, &[PLUGINS]).await;
    app.template("open", OPEN, &[]).await;
    app.template("plain", PLAIN, &[]).await;

    let id = app.run("plain", json!({})).await;
    assert_eq!(app.status(id).await, TaskStatus::Completed);
    assert_eq!(double.requests(), []);

    let refused = refusal(&app, "open").await;
    assert!(refused.contains("action `tickets:open` is not available"), "{refused}");
    assert!(
        refused.contains("Backstage answered the list of actions of `tickets` with status 503"),
        "{refused}"
    );
    assert!(listed(&app).await.contains(&"debug:log".to_owned()));
}

#[tokio::test]
async fn a_backstage_that_did_not_answer_is_left_alone_for_a_while() {
    let double = BackstageDouble::start().await;
    double.go_down(true);
    let app = app_with(&double, &[("BACKSTAGE__ACTION_PLUGINS", "[tickets]")]).await;
    app.template("open", OPEN, &[]).await;

    refusal(&app, "open").await;
    refusal(&app, "open").await;

    assert_eq!(double.requests().len(), 1);
}

#[tokio::test]
async fn a_list_is_kept_while_it_is_fresh_and_when_backstage_goes_away() {
    let double = BackstageDouble::start().await;
    let fresh = app_with(&double, &[PLUGINS]).await;
    let eager = app_with(&double, &[PLUGINS, ("BACKSTAGE__ACTION_LIST_SECONDS", "0")]).await;

    assert!(listed(&fresh).await.contains(&"tickets:open".to_owned()));
    assert_eq!(listed(&fresh).await, listed(&fresh).await);
    assert_eq!(double.requests().len(), 2);
    listed(&eager).await;
    assert_eq!(double.requests().len(), 4);

    double.go_down(true);
    assert!(listed(&eager).await.contains(&"tickets:open".to_owned()));
    assert_eq!(double.requests().len(), 6);
}

#[tokio::test]
async fn a_dry_run_calls_a_plugin_only_to_read_and_only_where_the_settings_let_it() {
    let double = BackstageDouble::start().await;
    let both = "
steps:
  - { id: count, name: Count, action: 'tickets:count' }
  - { id: open, name: Open, action: 'tickets:open', input: { title: a } }
output: { count: '${{ steps.count.output.count }}', key: '${{ steps.open.output.key }}' }
";
    for (reads, sent) in [("false", 0), ("true", 1)] {
        let app = app_with(&double, &[PLUGINS, ("BACKSTAGE__DRY_RUN_READS", reads)]).await;

        let result = dry_run(&app, both).await;

        assert!(result.failure.is_none(), "{:?}", result.failure);
        assert_eq!(double.lines().len(), sent, "{:?}", double.lines());
        assert_eq!(result.output["key"], "<example>");
        assert_eq!(double.tickets(), Vec::<Value>::new());
    }
}

#[tokio::test]
async fn a_secret_reaches_backstage_and_no_event() {
    let double = BackstageDouble::start().await;
    let app = app_with(&double, &[PLUGINS]).await;
    let spec = "
steps:
  - id: ask
    name: Ask
    action: http:backstage:request
    input: { method: POST, path: 'proxy/echo', headers: { x-key: '${{ secrets.KEY }}' }, body: 'key ${{ secrets.KEY }} ' }
  - id: show
    name: Show
    action: debug:log
    input: { message: '${{ steps.ask.output.body.message }}' }
  - id: fail
    name: Fail
    action: http:backstage:request
    input: { method: GET, path: 'catalog/${{ secrets.KEY }}' }
";
    app.template("secret", spec, &[]).await;

    let id = app.try_create("secret", json!({}), json!({ "KEY": "hunter2hunter2" })).await.unwrap();
    app.drain().await;

    assert!(double.requests()[0].body.contains("hunter2hunter2"));
    let events = format!("{:?}", app.events(id).await);
    assert!(!events.contains("hunter2") && events.contains("***"), "{events}");
    let (name, message) = app.failure(id).await;
    assert_eq!(name, "NotFoundError");
    assert!(message.contains("`GET ***`"), "{message}");
}

#[tokio::test]
async fn the_users_token_of_a_task_is_used_where_the_step_asks_for_it() {
    let double = BackstageDouble::start().await;
    let app = app_with(&double, &[]).await;
    let step = "steps: [{ id: r, name: R, action: 'http:backstage:request', input: { method: GET, path: catalog/entities, useBackstageToken: true } }]";
    app.template("me", step, &[]).await;

    let secrets = json!({ "backstageToken": USER_TOKEN });
    let id = app.try_create("me", json!({}), secrets).await.unwrap();
    app.drain().await;

    assert_eq!(app.status(id).await, TaskStatus::Completed, "{:#?}", app.messages(id).await);
    assert_eq!(double.requests()[0].authorization, Some(format!("Bearer {USER_TOKEN}")));
}

#[tokio::test]
async fn what_a_task_asks_of_plugins_it_asks_as_its_user() {
    let double = BackstageDouble::start().await;
    let app = app_with(&double, &[PLUGINS]).await;
    app.template(
        "asking",
        "
steps:
  - { id: open, name: Open, action: 'tickets:open', input: { title: New } }
  - { id: read, name: Read, action: 'http:backstage:request', input: { method: GET, path: catalog/entities } }
  - { id: own, name: Own, action: 'http:backstage:request', input: { method: GET, path: catalog/entities, useBackstageToken: true } }
",
        &[],
    )
    .await;
    let new = NewTask {
        template_ref: "template:default/asking".to_owned(),
        values: json!({}),
        secrets: Map::new(),
        caller: Caller::user(jane()),
        fill_defaults: false,
        key: None,
    };

    let id = app.app.tasks.create(new).await.unwrap();
    let before = double.requests().len();
    app.drain().await;

    assert_eq!(app.status(id).await, TaskStatus::Completed, "{:#?}", app.messages(id).await);
    let requests = double.requests().into_iter().skip(before);
    let invoked = requests.filter(|request| {
        !request.line.ends_with("/v1/actions") && !request.line.ends_with("/permission/authorize")
    });
    let senders: Vec<_> = invoked.map(|request| request.authorization.unwrap()).collect();
    assert_eq!(senders, vec![format!("Bearer {USER_TOKEN}"); 3]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_lists_and_shows_what_the_settings_backstage_has() {
    let double = BackstageDouble::start().await;
    let run = |arguments: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_stagecraft"));
        command.arg("actions").args(arguments).env_clear();
        for (name, value) in double.variables(&[PLUGINS]) {
            command.env(format!("STAGECRAFT_{name}"), value);
        }
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };

    let listed = run(&[]);
    assert!(listed.contains("tickets:open") && listed.contains("What open does."), "{listed}");
    assert!(run(&["tickets:open"]).contains("title (text, required)"));
}

#[test]
fn settings_that_lead_to_no_backstage_stop_the_start() {
    for (name, value, part) in [
        ("BASE_URL", "backstage.acme.io", "`backstage.base_url` is not an address"),
        ("ACTION_PLUGINS", "['a b']", "`backstage.action_plugins`: `a b` is not the id of a plugin"),
    ] {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_stagecraft"));
        command.arg("actions").env_clear().env("STAGECRAFT_BACKSTAGE__BASE_URL", "http://127.0.0.1:1");
        let output = command.env(format!("STAGECRAFT_BACKSTAGE__{name}"), value).output().unwrap();

        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(part), "{said}");
    }
}
