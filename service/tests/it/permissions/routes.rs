//! Every route for every kind of caller, as a table. A route that is not in it fails the test: say there who may use it.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use reqwest::Method;
use serde_json::{Value, json};

use super::{OWN_SERVICE, OWN_USER, Site};
use crate::support::policy::{Policy, plain, rule, when};

/// What stands in the task and the template that some callers must not see.
const HIDDEN: &str = "hidden-from-some";

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Role {
    /// A user who may do everything; the task is his.
    Owner,
    /// Another one who may do everything.
    Admin,
    /// One who may do nothing.
    Denied,
    /// One who may do everything, with tasks of his own alone.
    OwnOnly,
    /// One who may do everything but create tasks.
    Reader,
    /// A service with a token of the settings.
    Service,
    /// A plugin of Backstage.
    Plugin,
    /// A user with a token of the settings.
    Static,
    /// The owner, while the permission backend is away.
    Away,
    /// The owner, while it answers what nobody understands.
    Garbled,
    /// Somebody without a token.
    Nobody,
}

use Role::{Admin, Away, Denied, Garbled, Nobody, OwnOnly, Owner, Plugin, Reader, Service, Static};

const ROLES: [Role; 11] =
    [Owner, Admin, Denied, OwnOnly, Reader, Service, Plugin, Static, Away, Garbled, Nobody];

/// A row: the route, a request to it, and what it answers to those who may use it.
struct Row {
    route: &'static str,
    path: String,
    body: Option<Value>,
    fine: u16,
    rule: Rule,
}

/// Who may use a route.
#[derive(Clone, Copy)]
enum Rule {
    /// Everybody.
    Open,
    /// Whoever is known.
    Known,
    /// Whoever may do it by the policy: those who may do nothing, those with own tasks alone, those who create none.
    Policy { denied: bool, own_only: bool, reader: bool },
    /// The same, but for those who may do nothing it is not there.
    Unseen { reader: bool },
    /// No user of Backstage.
    NoUser,
    /// No user at all.
    ServicesOnly,
}

/// Nothing is kept from those who see their own tasks alone, nor from those who create none.
const ANYBODY: Rule = Rule::Policy { denied: false, own_only: true, reader: true };
/// The same, and those who may do nothing are answered too, with nothing.
const FILTERED: Rule = Rule::Policy { denied: true, own_only: true, reader: true };
const ITS_READERS: Rule = Rule::Policy { denied: false, own_only: false, reader: true };
const CREATORS: Rule = Rule::Policy { denied: false, own_only: true, reader: false };
const ITS_CREATORS: Rule = Rule::Policy { denied: false, own_only: false, reader: false };

impl Rule {
    fn expected(self, role: Role, fine: u16) -> u16 {
        let may = |may: bool| if may { fine } else { 403 };
        match (self, role) {
            (Self::Open, _) => fine,
            (_, Nobody) => 401,
            (Self::Known, _) => fine,
            (Self::NoUser, Service | Plugin | Static) => fine,
            (Self::ServicesOnly, Service | Plugin) => fine,
            (Self::NoUser | Self::ServicesOnly, _) => 403,
            (Self::Policy { .. } | Self::Unseen { .. }, Away | Garbled) => 503,
            (Self::Unseen { .. }, Denied) => 404,
            (Self::Unseen { reader }, Reader) => may(reader),
            (Self::Unseen { .. }, _) => fine,
            (Self::Policy { denied, .. }, Denied) => may(denied),
            (Self::Policy { own_only, .. }, OwnOnly) => may(own_only),
            (Self::Policy { reader, .. }, Reader) => may(reader),
            (Self::Policy { .. }, _) => fine,
        }
    }
}

fn policy() -> Policy {
    Policy::new(|user, permission| match user {
        "user:default/denied" => plain(false),
        "user:default/own-only"
            if permission == "scaffolder.task.read" || permission == "scaffolder.task.cancel" =>
        {
            when("scaffolder-task", rule("scaffolder-task", "IS_TASK_OWNER", json!({ "createdBy": [user] })))
        }
        "user:default/reader" => plain(permission != "scaffolder.task.create"),
        _ => plain(true),
    })
}

fn row(route: &'static str, path: &'static str, body: Option<Value>, fine: u16, rule: Rule) -> Row {
    Row { route, path: path.to_owned(), body, fine, rule }
}

fn get(route: &'static str, rule: Rule) -> Row {
    row(route, &route[4..], None, 200, rule)
}

/// `{task}` is a task of the owner that has ended.
fn rows() -> Vec<Row> {
    [of_tasks(), of_templates(), of_agents(), of_the_framework(), our_own(), open()]
        .into_iter()
        .flatten()
        .collect()
}

fn of_tasks() -> Vec<Row> {
    let values = json!({ "name": "x" });
    vec![
        get("get /api/scaffolder/v2/tasks", ANYBODY),
        row(
            "post /api/scaffolder/v2/tasks",
            "/api/scaffolder/v2/tasks",
            Some(json!({ "templateRef": "template:default/say", "values": values })),
            201,
            CREATORS,
        ),
        row(
            "get /api/scaffolder/v2/tasks/{taskId}",
            "/api/scaffolder/v2/tasks/{task}",
            None,
            200,
            ITS_READERS,
        ),
        row(
            "post /api/scaffolder/v2/tasks/{taskId}/cancel",
            "/api/scaffolder/v2/tasks/{task}/cancel",
            None,
            200,
            ITS_READERS,
        ),
        row(
            "post /api/scaffolder/v2/tasks/{taskId}/retry",
            "/api/scaffolder/v2/tasks/{task}/retry",
            None,
            201,
            ITS_CREATORS,
        ),
        row(
            "get /api/scaffolder/v2/tasks/{taskId}/events",
            "/api/scaffolder/v2/tasks/{task}/events",
            None,
            200,
            ITS_READERS,
        ),
        row(
            "get /api/scaffolder/v2/tasks/{taskId}/eventstream",
            "/api/scaffolder/v2/tasks/{task}/eventstream",
            None,
            200,
            ITS_READERS,
        ),
    ]
}

fn of_templates() -> Vec<Row> {
    let template = json!({
        "apiVersion": "scaffolder.backstage.io/v1beta3", "kind": "Template", "metadata": { "name": "posted" },
        "spec": { "type": "service", "steps": [{ "id": "say", "action": "debug:log", "input": { "message": "hi" } }] },
    });
    vec![
        row(
            "get /api/scaffolder/v2/templates/{namespace}/{kind}/{name}/parameter-schema",
            "/api/scaffolder/v2/templates/default/template/say/parameter-schema",
            None,
            200,
            ANYBODY,
        ),
        get("get /api/scaffolder/v2/actions", Rule::Known),
        row(
            "post /api/scaffolder/v2/dry-run",
            "/api/scaffolder/v2/dry-run",
            Some(json!({ "template": template, "values": {}, "directoryContents": [] })),
            200,
            CREATORS,
        ),
        row(
            "post /api/scaffolder/v2/autocomplete/{provider}/{resource}",
            "/api/scaffolder/v2/autocomplete/github/repositories",
            Some(json!({ "token": "x", "context": {} })),
            400,
            Rule::Known,
        ),
        get("get /api/scaffolder/v2/templating-extensions", Rule::Known),
        get("get /api/scaffolder/openapi.json", Rule::Known),
    ]
}

fn of_agents() -> Vec<Row> {
    let template = "apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata: { name: posted }\nspec:\n  type: service\n  steps: [{ id: say, action: 'debug:log', input: { message: hi } }]\n";
    let execute = json!({ "templateRef": "template:default/say", "values": { "name": "x" } });
    let actions = [
        ("list-scaffolder-tasks", json!({}), ANYBODY),
        ("list-scaffolder-actions", json!({}), Rule::Known),
        ("dry-run-template", json!({ "templateYaml": template }), Rule::Unseen { reader: false }),
        ("execute-template", execute, CREATORS),
        ("get-scaffolder-task-logs", json!({ "taskId": "{task}" }), ITS_READERS),
    ];
    let mut rows = vec![get("get /api/scaffolder/.backstage/actions/v1/actions", FILTERED)];
    for (name, input, rule) in actions {
        let forms = [
            ("post /api/scaffolder/.backstage/actions/v1/actions/{actionId}/invoke", input.clone()),
            (
                "post /api/scaffolder/.backstage/actions/v2/actions/{actionId}/invoke",
                json!({ "input": input }),
            ),
        ];
        for (route, body) in forms {
            let path = route[5..].replace("{actionId}", &format!("scaffolder:{name}"));
            rows.push(Row { route, path, body: Some(body), fine: 200, rule });
        }
    }
    rows
}

fn of_the_framework() -> Vec<Row> {
    let conditions = rule("scaffolder-task", "IS_TASK_OWNER", json!({ "createdBy": ["user:default/owner"] }));
    let judged = json!({ "items": [{
        "id": "1", "resourceRef": "x", "resourceType": "scaffolder-task", "conditions": conditions,
    }] });
    vec![
        get("get /api/scaffolder/.well-known/backstage/permissions/metadata", Rule::Known),
        row(
            "post /api/scaffolder/.well-known/backstage/permissions/apply-conditions",
            "/api/scaffolder/.well-known/backstage/permissions/apply-conditions",
            Some(judged.clone()),
            200,
            Rule::ServicesOnly,
        ),
        get("get /api/stagecraft/.well-known/backstage/permissions/metadata", Rule::Known),
        row(
            "post /api/stagecraft/.well-known/backstage/permissions/apply-conditions",
            "/api/stagecraft/.well-known/backstage/permissions/apply-conditions",
            Some(judged),
            200,
            Rule::ServicesOnly,
        ),
    ]
}

fn our_own() -> Vec<Row> {
    let values = json!({ "name": "x" });
    vec![
        get("get /api/stagecraft/v1/templates", FILTERED),
        row(
            "post /api/stagecraft/v1/dry-run",
            "/api/stagecraft/v1/dry-run",
            Some(json!({ "templateRef": "template:default/say", "values": values })),
            200,
            CREATORS,
        ),
        get("get /api/stagecraft/v1/entities", Rule::NoUser),
        get("get /api/stagecraft/v1/catalog/changes", Rule::ServicesOnly),
        get("get /api/stagecraft/v1/repositories", ANYBODY),
        // Nothing is named, which is told to those alone who may bring something in.
        row(
            "post /api/stagecraft/v1/repositories/onboard",
            "/api/stagecraft/v1/repositories/onboard",
            Some(json!({})),
            400,
            ANYBODY,
        ),
        // What is asked for cannot be read, which is told to those alone who may ask.
        row(
            "post /api/stagecraft/v1/analyze-location",
            "/api/stagecraft/v1/analyze-location",
            Some(json!({ "location": { "type": "file", "target": "x" } })),
            400,
            Rule::ServicesOnly,
        ),
    ]
}

fn open() -> Vec<Row> {
    vec![
        get("get /api/stagecraft/.backstage/auth/v1/jwks.json", Rule::Open),
        get("get /api/scaffolder/.backstage/auth/v1/jwks.json", Rule::Open),
        get("get /.backstage/health/v1/liveness", Rule::Open),
        get("get /.backstage/health/v1/readiness", Rule::Open),
        get("get /healthz", Rule::Open),
        get("get /readyz", Rule::Open),
        get("get /metrics", Rule::Open),
        get("get /api/stagecraft/v1/deliveries", Rule::ServicesOnly),
        row(
            "get /api/stagecraft/v1/deliveries/{deliveryId}",
            "/api/stagecraft/v1/deliveries/none",
            None,
            404,
            Rule::ServicesOnly,
        ),
        row(
            "post /api/stagecraft/v1/deliveries/{deliveryId}/replay",
            "/api/stagecraft/v1/deliveries/none/replay",
            None,
            404,
            Rule::ServicesOnly,
        ),
        row(
            "post /api/stagecraft/v1/events",
            "/api/stagecraft/v1/events",
            Some(json!({ "event": { "topic": "github.push", "payload": {} } })),
            400,
            Rule::ServicesOnly,
        ),
        // Its signature is its credential, and this site expects none.
        row("post /webhooks/github", "/webhooks/github", Some(json!({})), 404, Rule::Open),
        get("get /openapi.json", Rule::Open),
    ]
}

/// The body of a row for this task.
fn of_task(body: &Value, task: &str) -> Value {
    serde_json::from_str(&body.to_string().replace("{task}", task)).unwrap()
}

fn token(site: &Site, role: Role) -> Option<String> {
    match role {
        Owner | Away | Garbled => Some(site.token("owner")),
        Admin => Some(site.token("admin")),
        Denied => Some(site.token("denied")),
        OwnOnly => Some(site.token("own-only")),
        Reader => Some(site.token("reader")),
        Service => Some(OWN_SERVICE.to_owned()),
        Plugin => Some(site.double.scaffolder.plugin("scaffolder")),
        Static => Some(OWN_USER.to_owned()),
        Nobody => None,
    }
}

#[test]
fn every_route_is_in_the_table() {
    let described = stagecraft::http::openapi();
    let paths = described["paths"].as_object().unwrap();
    let routes: BTreeSet<String> = paths
        .iter()
        .flat_map(|(path, item)| {
            item.as_object().unwrap().keys().map(move |method| format!("{method} {path}"))
        })
        .collect();

    let table: BTreeSet<String> = rows().iter().map(|row| row.route.to_owned()).collect();

    assert_eq!(table, routes, "say in `rows` who may use the route");
}

#[tokio::test]
async fn every_route_serves_those_who_may_use_it_and_nobody_else() {
    let site = Site::new().await;
    let mut faults = Vec::new();

    for row in rows() {
        for role in ROLES {
            site.double.decide(Policy::allow());
            let task = site.task_of(Some("owner"), "say", json!({ "name": HIDDEN })).await;
            site.app.drain().await;
            site.double.decide(match role {
                Away => Policy::Says(StatusCode::SERVICE_UNAVAILABLE, String::new()),
                Garbled => Policy::Says(StatusCode::OK, r#"{"items":[]}"#.to_owned()),
                _ => policy(),
            });
            let method: Method = row.route.split(' ').next().unwrap().to_uppercase().parse().unwrap();
            let path = row.path.replace("{task}", &task.to_string());

            let sent = row.body.as_ref().map(|body| of_task(body, &task.to_string()));

            let (status, body) = site.ask(token(&site, role).as_deref(), &method, &path, sent.as_ref()).await;

            let expected = row.rule.expected(role, row.fine);
            if status != expected {
                faults.push(format!("{} as {role:?}: {status} instead of {expected}: {body}", row.path));
            }
            let refused = [401, 403, 503].contains(&expected);
            if body.contains(HIDDEN) && (refused || matches!(role, Denied | OwnOnly)) {
                faults.push(format!("{} as {role:?} tells what is hidden: {body}", row.path));
            }
        }
    }

    assert!(faults.is_empty(), "{faults:#?}");
}

#[tokio::test]
async fn nobody_tells_a_task_of_another_from_one_that_is_not_there_by_more_than_backstage_does() {
    let site = Site::with(policy()).await;
    let unknown = stagecraft::ids::TaskId::generate();

    for (method, below) in
        [("GET", ""), ("POST", "/cancel"), ("POST", "/retry"), ("GET", "/events"), ("GET", "/eventstream")]
    {
        let path = format!("/api/scaffolder/v2/tasks/{unknown}{below}");
        let (status, body) =
            site.ask(Some(&site.token("denied")), &method.parse().unwrap(), &path, None).await;
        assert_eq!(status, 404, "{path}: {body}");
    }
}

#[tokio::test]
async fn a_request_costs_one_question_and_services_cost_none() {
    let site = Site::new().await;
    let create = json!({ "templateRef": "template:default/say", "values": { "name": "x" } });

    assert_eq!(site.post("jane", "/api/scaffolder/v2/tasks", &create).await.0, 201);
    let trial = site.post("jane", "/api/stagecraft/v1/dry-run", &create).await;
    assert_eq!(trial.0, 200, "{}", trial.1);

    let asked = |names: &[&str]| {
        ("user:default/jane".to_owned(), names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
    };
    let parts =
        ["stagecraft.template.run", "scaffolder.template.parameter.read", "scaffolder.template.step.read"];
    assert_eq!(
        site.double.questions(),
        [
            asked(&[&["scaffolder.task.create"], &parts[..]].concat()),
            asked(
                &[
                    &["scaffolder.task.create", "scaffolder.template.dry-run", "scaffolder.action.execute"],
                    &parts[..]
                ]
                .concat()
            ),
        ]
    );
    for token in [OWN_SERVICE, OWN_USER] {
        let (status, body) =
            site.ask(Some(token), &Method::POST, "/api/scaffolder/v2/tasks", Some(&create)).await;
        assert_eq!(status, 201, "{body}");
    }
    assert_eq!(site.double.questions().len(), 2);
}

#[tokio::test]
async fn without_permissions_nobody_is_asked_and_everybody_may() {
    let site = Site::on(stagecraft::db::Engine::Sqlite, &[("BACKSTAGE__PERMISSIONS", "false")]).await;
    site.double.decide(Policy::new(|_, _| plain(false)));
    let task = site.task_of(Some("owner"), "say", json!({ "name": "x" })).await;
    site.app.drain().await;

    let (status, body) = site.get("denied", &format!("/api/scaffolder/v2/tasks/{task}")).await;

    assert_eq!((status, &body["status"]), (200, &json!("completed")), "{body}");
    assert_eq!(site.get("denied", "/api/stagecraft/v1/entities").await.0, 200);
    assert_eq!(site.double.questions(), []);
}

#[tokio::test]
async fn a_refusal_tells_the_permission_and_nothing_of_the_policy() {
    let site = Site::with(policy()).await;
    let task = site.task_of(Some("owner"), "say", json!({ "name": "x" })).await;

    let (status, body) = site.get("own-only", &format!("/api/scaffolder/v2/tasks/{task}")).await;

    assert_eq!(status, 403);
    assert_eq!(
        body["error"],
        json!({ "name": "NotAllowedError", "message": "You may not do this: the permission `scaffolder.task.read` is not granted" })
    );
}

#[tokio::test]
async fn no_decision_tells_nothing_of_backstage() {
    let site = Site::with(Policy::Says(StatusCode::INTERNAL_SERVER_ERROR, "hunter2".to_owned())).await;

    let (status, body) = site.get("jane", "/api/scaffolder/v2/tasks").await;

    assert_eq!(status, 503, "{body}");
    assert_eq!(
        body["error"]["message"],
        "Backstage could not be asked whether you may do this; try again in a moment"
    );
    assert!(!body.to_string().contains("hunter2") && !body.to_string().contains(&site.double.url), "{body}");
}
