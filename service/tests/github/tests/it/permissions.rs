//! What an App may do with exactly the permissions that it has.

use github_double::Setup;
use serde_json::{Value, json};

use crate::support::Acme;

/// `jane` has set up a branch and a pull request; then an App with these permissions asks.
fn app(permissions: &[(&str, &str)]) -> Acme {
    let mut acme = Acme::on(Setup::default(), "2022-11-28");
    acme.commit("main", &[(".github/workflows/ci.yaml", "on: workflow_dispatch\n")]);
    acme.commit("feat", &[("b", "2")]);
    let app = acme.github.app("stagecraft");
    let installation = acme.github.installation(app.id, "acme", permissions);
    acme.token = acme.github.installation_token(installation);
    acme
}

/// Each change of a setting, and the permission without which an App may not make it.
const CHANGES: [(&str, &str, &str, &str); 20] = [
    ("actions_variables", "POST", "actions/variables", r#"{"name":"A","value":"1"}"#),
    ("administration", "PUT", "environments/production", "{}"),
    ("administration", "PUT", "actions/permissions", r#"{"enabled":true}"#),
    ("administration", "PUT", "actions/permissions/workflow", r#"{"default_workflow_permissions":"write"}"#),
    ("actions", "PUT", "actions/oidc/customization/sub", r#"{"use_default":true}"#),
    (
        "administration",
        "PUT",
        "branches/main/protection",
        r#"{"required_status_checks":null,"enforce_admins":null,"required_pull_request_reviews":null,"restrictions":null}"#,
    ),
    ("administration", "POST", "rulesets", r#"{"name":"main","enforcement":"active"}"#),
    ("repository_hooks", "POST", "hooks", r#"{"config":{"url":"https://ci.acme.test"}}"#),
    ("administration", "POST", "autolinks", r#"{"key_prefix":"A-","url_template":"https://a.test/<num>"}"#),
    ("administration", "PUT", "vulnerability-alerts", "null"),
    ("administration", "PUT", "immutable-releases", "null"),
    ("administration", "PUT", "collaborators/joe", r#"{"permission":"push"}"#),
    ("pages", "POST", "pages", r#"{"build_type":"workflow"}"#),
    ("issues", "POST", "issues", r#"{"title":"Broken"}"#),
    ("issues", "POST", "labels", r#"{"name":"new"}"#),
    ("pull_requests", "POST", "pulls", r#"{"title":"Mend","head":"feat","base":"main"}"#),
    ("contents", "PUT", "contents/c", r#"{"message":"Add c","content":"aA=="}"#),
    ("contents", "POST", "dispatches", r#"{"event_type":"go"}"#),
    ("actions", "POST", "actions/workflows/ci.yaml/dispatches", r#"{"ref":"main"}"#),
    ("secrets", "PUT", "actions/secrets/A", r#"{"key_id":"1","encrypted_value":"aA=="}"#),
];

#[test]
fn a_change_needs_its_permission() {
    for (permission, method, path, body) in CHANGES {
        let body: Value = serde_json::from_str(body).unwrap();
        let path = format!("/repos/acme/shop/{path}");

        let without = app(&[("metadata", "read")]);
        let why = without.refused(403, method, &path, &body);
        assert_eq!(why, "Resource not accessible by integration", "{path}");
        let read = app(&[("metadata", "read"), (permission, "read")]);
        read.refused(403, method, &path, &body);
        let (status, _) = app(&[("metadata", "read"), (permission, "write")]).ask(method, &path, &body);
        // The secret is for no key of the scope: it is refused, but not for want of a permission.
        let expected = if permission == "secrets" { 422..423 } else { 200..300 };
        assert!(expected.contains(&status), "{permission} {path}: {status}");
    }
}

#[test]
fn what_an_app_makes_is_its_bots() {
    let acme =
        app(&[("metadata", "read"), ("issues", "write"), ("pull_requests", "write"), ("actions", "write")]);

    let issue = acme.made("/repos/acme/shop/issues", &json!({ "title": "Broken" }));
    assert_eq!(
        (issue["user"]["login"].clone(), issue["user"]["type"].clone()),
        (json!("stagecraft[bot]"), json!("Bot"))
    );
    let pull =
        acme.made("/repos/acme/shop/pulls", &json!({ "title": "Mend", "head": "feat", "base": "main" }));
    assert_eq!(pull["user"]["login"], "stagecraft[bot]");
    let dispatch = json!({ "ref": "main", "return_run_details": true });
    let run = acme.expect(200, "POST", "/repos/acme/shop/actions/workflows/ci.yaml/dispatches", &dispatch);
    let run = acme.get(&format!("/repos/acme/shop/actions/runs/{}", run["workflow_run_id"]));
    assert_eq!(run["actor"]["type"], "Bot");
}
