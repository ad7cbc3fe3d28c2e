//! One story over all areas, on each GitHub that the double can be.

use github_double::Setup;
use serde_json::{Value, json};

use crate::client::{Client, jwt};
use crate::support::Acme;

const SHOP: &str = "/repos/acme/shop";

/// Settings: what is put there and then read.
fn settings(acme: &Acme) {
    acme.made(&format!("{SHOP}/actions/variables"), &json!({ "name": "A", "value": "1" }));
    let jane = acme.github.user("jane");
    let reviewers = json!({ "wait_timer": 1, "reviewers": [{ "type": "User", "id": jane }] });
    acme.expect(200, "PUT", &format!("{SHOP}/environments/production"), &reviewers);
    acme.made(
        &format!("{SHOP}/hooks"),
        &json!({ "config": { "url": "https://ci.acme.test", "secret": "x" } }),
    );
    acme.made(
        &format!("{SHOP}/autolinks"),
        &json!({ "key_prefix": "A-", "url_template": "https://a.test/<num>" }),
    );
    acme.made(&format!("{SHOP}/pages"), &json!({ "build_type": "workflow" }));
    acme.done("PUT", "/orgs/acme/teams/platform/repos/acme/shop", &json!({ "permission": "push" }));
    acme.done("PUT", &format!("{SHOP}/collaborators/joe"), &json!({ "permission": "push" }));
    acme.ask("PUT", &format!("{SHOP}/collaborators/ann"), &json!({ "permission": "push" }));
    for part in [
        "actions/secrets/public-key",
        "actions/variables",
        "actions/permissions",
        "actions/permissions/workflow",
        "environments",
        "hooks",
        "autolinks",
        "pages",
        "teams",
        "collaborators",
        "invitations",
    ] {
        acme.get(&format!("{SHOP}/{part}"));
    }
    acme.get("/orgs/acme");
    acme.get("/orgs/acme/teams/platform");
    acme.get("/users/jane");
    acme.get("/user");
    acme.get("/meta");
    acme.ask("GET", "/rate_limit", &Value::Null);
    acme.get("/");
}

/// Branches, protection, an issue, a pull request that is merged, a dispatch.
fn work(acme: &Acme) {
    acme.commit("main", &[(".github/workflows/ci.yaml", "on: workflow_dispatch\n")]);
    acme.commit("feat", &[("b", "2")]);
    let protection = json!({
        "required_status_checks": null,
        "enforce_admins": true,
        "required_pull_request_reviews": { "required_approving_review_count": 0 },
        "restrictions": { "users": ["jane"], "teams": ["platform"] },
    });
    acme.expect(200, "PUT", &format!("{SHOP}/branches/main/protection"), &protection);
    let ruleset = json!({
        "name": "main",
        "enforcement": "active",
        "conditions": { "ref_name": { "include": ["~ALL"], "exclude": [] } },
        "rules": [{ "type": "non_fast_forward" }],
    });
    acme.made(&format!("{SHOP}/rulesets"), &ruleset);
    acme.made(
        &format!("{SHOP}/issues"),
        &json!({ "title": "Broken", "assignees": ["joe"], "labels": ["bug"] }),
    );
    acme.made(&format!("{SHOP}/pulls"), &json!({ "title": "Mend", "head": "feat", "base": "main" }));
    acme.made(&format!("{SHOP}/pulls/2/requested_reviewers"), &json!({ "team_reviewers": ["platform"] }));
    acme.expect(200, "PUT", &format!("{SHOP}/pulls/2/merge"), &json!({ "merge_method": "squash" }));
    acme.ask("POST", &format!("{SHOP}/actions/workflows/ci.yaml/dispatches"), &json!({ "ref": "main" }));
    for part in [
        "",
        "/branches",
        "/branches/main",
        "/branches/main/protection",
        "/rules/branches/main",
        "/issues?state=all",
        "/issues/2",
        "/pulls?state=all",
        "/pulls/2",
        "/actions/runs",
        "/actions/workflows",
        "/contents/b",
        "/labels",
    ] {
        acme.get(&format!("{SHOP}{part}"));
    }
    acme.get("/orgs/acme/repos");
    acme.get("/search/repositories?q=shop");
    assert_eq!(acme.shop().wiring.runs.len(), 1);
}

/// An App with every permission: what it is told of itself and its installation, and a token. The double itself holds
/// the answers against the description.
fn app(acme: &Acme) {
    let app = acme.github.app("stagecraft");
    let installation = acme.github.installation_for_all(app.id, "acme");
    let version = |client: Client| client.with("x-github-api-version", acme.version);
    let client = version(Client::new(&acme.github, Some(&jwt(&app))));
    for path in ["/app", "/app/installations", "/orgs/acme/installation", "/repos/acme/shop/installation"] {
        assert_eq!(client.get(path).status, 200, "{path}");
    }
    let minting = format!("/app/installations/{installation}/access_tokens");
    let minted = client.send("POST", &minting, &json!({ "permissions": { "actions_variables": "write" } }));
    assert_eq!(minted.status, 201);
    let token = minted.body["token"].as_str().unwrap();
    let client = version(Client::new(&acme.github, Some(token)));
    assert_eq!(client.get("/installation/repositories").body["total_count"], 1);
    let variables = client.get(&format!("{SHOP}/actions/variables"));
    assert_eq!(variables.body["total_count"], 1);
}

fn story(setup: Setup, version: &'static str) -> Acme {
    let acme = Acme::on(setup, version);
    settings(&acme);
    work(&acme);
    app(&acme);
    acme
}

#[test]
fn github_answers_as_it_is_described() {
    let acme = story(Setup::default(), "2022-11-28");

    assert_eq!(acme.get(SHOP)["has_downloads"], true);
}

#[test]
fn the_version_of_2026_answers_as_it_is_described() {
    let acme = story(Setup::default(), "2026-03-10");

    let gone = [
        acme.get(SHOP)["has_downloads"].clone(),
        acme.get(&format!("{SHOP}/pulls/2"))["merge_commit_sha"].clone(),
    ];
    assert_eq!(gone, [Value::Null, Value::Null]);
}

#[test]
fn an_enterprise_server_answers_as_it_is_described() {
    let acme = story(Setup::server(), "2022-11-28");

    // It has no such operation: asking for it is a fault of the one who asks, and it is not there.
    let client = Client::new(&acme.github, Some(&acme.token));
    assert_eq!(client.get("/repos/acme/shop/immutable-releases").status, 404);
    assert_eq!(acme.github.take_violations().len(), 1);
}
