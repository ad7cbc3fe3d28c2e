//! Secrets, variables, environments, and what Actions may do.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use crypto_box::PublicKey;
use crypto_box::aead::OsRng;
use serde_json::{Value, json};

use crate::support::Acme;

/// What a client puts for a secret of a scope.
fn sealed(acme: &Acme, scope: &str, text: &str) -> Value {
    let key = acme.get(&format!("{scope}/public-key"));
    let public = PublicKey::from_slice(&STANDARD.decode(key["key"].as_str().unwrap()).unwrap()).unwrap();
    let sealed = STANDARD.encode(public.seal(&mut OsRng, text.as_bytes()).unwrap());
    json!({ "key_id": key["key_id"], "encrypted_value": sealed })
}

#[test]
fn secrets_are_opened_and_kept_and_never_shown() {
    let acme = Acme::new();
    acme.expect(200, "PUT", "/repos/acme/shop/environments/production", &json!({}));
    let scopes = [
        "/repos/acme/shop/actions/secrets",
        "/repos/acme/shop/dependabot/secrets",
        "/repos/acme/shop/environments/production/secrets",
    ];
    for (place, scope) in scopes.into_iter().enumerate() {
        let one = format!("{scope}/token");
        acme.expect(201, "PUT", &one, &sealed(&acme, scope, "first"));
        acme.done("PUT", &one, &sealed(&acme, scope, &format!("value {place}")));
        let listed = acme.get(scope);
        assert_eq!(
            (listed["total_count"].clone(), listed["secrets"][0]["name"].clone()),
            (json!(1), json!("TOKEN"))
        );
        assert!(!acme.get(&one).to_string().contains("value"));
    }

    let wiring = acme.shop().wiring;
    assert_eq!(wiring.secrets.value("TOKEN"), Some("value 0"));
    assert_eq!(wiring.dependabot.value("token"), Some("value 1"));
    assert_eq!(wiring.environment("production").unwrap().secrets.value("TOKEN"), Some("value 2"));
    acme.done("DELETE", "/repos/acme/shop/actions/secrets/TOKEN", &Value::Null);
    acme.refused(404, "GET", "/repos/acme/shop/actions/secrets/TOKEN", &Value::Null);
}

#[test]
fn a_box_for_another_scope_is_refused() {
    let acme = Acme::new();
    let other = sealed(&acme, "/repos/acme/shop/dependabot/secrets", "x");

    acme.refused(422, "PUT", "/repos/acme/shop/actions/secrets/A", &other);
    let own = sealed(&acme, "/repos/acme/shop/actions/secrets", "x");
    for name in ["GITHUB_A", "1A", "A-B"] {
        acme.refused(422, "PUT", &format!("/repos/acme/shop/actions/secrets/{name}"), &own);
    }
    acme.refused(404, "PUT", "/repos/acme/shop/environments/none/secrets/A", &own);
    assert!(acme.shop().wiring.secrets.names().is_empty());
}

#[test]
fn secrets_of_an_organisation_reach_selected_repositories() {
    let acme = Acme::new();
    let scope = "/orgs/acme/actions/secrets";
    let mut body = sealed(&acme, scope, "wide");
    body["visibility"] = json!("selected");
    acme.expect(201, "PUT", "/orgs/acme/actions/secrets/WIDE", &body);
    let place = format!("/orgs/acme/actions/secrets/WIDE/repositories/{}", acme.shop().id);

    assert_eq!(acme.get("/repos/acme/shop/actions/organization-secrets")["total_count"], 0);
    acme.done("PUT", &place, &Value::Null);
    assert_eq!(acme.get("/repos/acme/shop/actions/organization-secrets")["secrets"][0]["name"], "WIDE");
    assert_eq!(acme.get("/orgs/acme/actions/secrets/WIDE/repositories")["repositories"][0]["name"], "shop");
    body["visibility"] = json!("all");
    acme.done("PUT", "/orgs/acme/actions/secrets/WIDE", &body);
    acme.expect(409, "DELETE", &place, &Value::Null);
    assert_eq!(acme.get(scope)["secrets"][0]["visibility"], "all");
}

#[test]
fn a_variable_is_made_once_and_then_changed() {
    let acme = Acme::new();
    acme.expect(200, "PUT", "/repos/acme/shop/environments/Production", &json!({}));
    for scope in ["/repos/acme/shop/actions/variables", "/repos/acme/shop/environments/production/variables"]
    {
        let body = json!({ "name": "region", "value": "eu" });
        acme.made(scope, &body);
        assert!(acme.refused(409, "POST", scope, &body).contains("Already exists"));
        acme.done("PATCH", &format!("{scope}/REGION"), &json!({ "value": "us" }));
        assert_eq!(acme.get(&format!("{scope}/region"))["value"], "us");
        acme.done("PATCH", &format!("{scope}/REGION"), &json!({ "name": "zone" }));
        assert_eq!(acme.get(scope)["variables"][0]["name"], "ZONE");
        acme.refused(404, "PATCH", &format!("{scope}/REGION"), &json!({ "value": "x" }));
    }
    assert_eq!(acme.shop().wiring.variable("zone"), Some("us"));
    assert_eq!(acme.shop().wiring.environment("PRODUCTION").unwrap().variable("ZONE"), Some("us"));
    acme.done("DELETE", "/repos/acme/shop/actions/variables/ZONE", &Value::Null);
    acme.made("/orgs/acme/actions/variables", &json!({ "name": "A", "value": "1", "visibility": "private" }));
    assert_eq!(acme.get("/repos/acme/shop/actions/organization-variables")["variables"][0]["name"], "A");
    assert_eq!(acme.get("/orgs/acme/actions/variables/A")["visibility"], "private");
}

#[test]
fn variables_come_thirty_at_a_time_at_most() {
    let acme = Acme::new();
    let path = "/repos/acme/shop/actions/variables";
    for number in 0..31 {
        acme.made(path, &json!({ "name": format!("A{number}"), "value": "1" }));
    }
    assert_eq!(acme.get(&format!("{path}?per_page=100"))["variables"].as_array().unwrap().len(), 30);
    assert_eq!(acme.get(&format!("{path}?per_page=30&page=2"))["variables"].as_array().unwrap().len(), 1);
}

#[test]
fn an_environment_has_reviewers_and_policies() {
    let acme = Acme::new();
    let path = "/repos/acme/shop/environments/production";
    let team = acme.github.read(|state| state.account("acme").unwrap().teams["platform"].id);
    let jane = acme.github.user("jane");
    let body = json!({
        "wait_timer": 5,
        "prevent_self_review": true,
        "reviewers": [{ "type": "Team", "id": team }, { "type": "User", "id": jane }],
        "deployment_branch_policy": { "protected_branches": false, "custom_branch_policies": true },
    });
    let made = acme.expect(200, "PUT", path, &body);
    assert_eq!(made["protection_rules"].as_array().unwrap().len(), 3);
    let policies = format!("{path}/deployment-branch-policies");
    let policy = acme.expect(200, "POST", &policies, &json!({ "name": "release/*" }));
    acme.expect(303, "POST", &policies, &json!({ "name": "release/*" }));
    assert_eq!(acme.get(&policies)["total_count"], 1);
    let one = format!("{policies}/{}", policy["id"]);
    acme.expect(200, "PUT", &one, &json!({ "name": "main" }));
    assert_eq!(acme.get(&one)["name"], "main");
    acme.done("DELETE", &one, &Value::Null);

    let same =
        json!({ "deployment_branch_policy": { "protected_branches": true, "custom_branch_policies": true } });
    acme.refused(422, "PUT", path, &same);
    acme.refused(422, "PUT", path, &json!({ "reviewers": [{ "type": "User", "id": 1 }] }));
    let kept = acme.shop().wiring.environment("production").unwrap().clone();
    assert_eq!((kept.wait_timer, kept.reviewers.len(), kept.branch_policies.len()), (5, 2, 0));
    // Putting it anew without them takes the rules away, and custom policies with them.
    acme.expect(200, "PUT", path, &json!({}));
    acme.refused(404, "POST", &policies, &json!({ "name": "main" }));
    assert_eq!(acme.get("/repos/acme/shop/environments")["total_count"], 1);
    acme.done("DELETE", path, &Value::Null);
    acme.refused(404, "GET", path, &Value::Null);
}

#[test]
fn a_free_plan_has_no_reviewers_in_private_repositories() {
    let acme = Acme::new();
    acme.github.change(|state| state.accounts.get_mut("acme").unwrap().free = true);
    let jane = acme.github.user("jane");
    let body = json!({ "reviewers": [{ "type": "User", "id": jane }] });

    let why = acme.refused(422, "PUT", "/repos/acme/shop/environments/production", &body);

    assert!(why.contains("billing plan"), "{why}");
    acme.expect(200, "PUT", "/repos/acme/shop/environments/production", &json!({}));
}

#[test]
fn what_actions_may_do_is_set_and_told() {
    let acme = Acme::new();
    let base = "/repos/acme/shop/actions/permissions";
    acme.done(
        "PUT",
        base,
        &json!({ "enabled": true, "allowed_actions": "selected", "sha_pinning_required": true }),
    );
    acme.done("PUT", &format!("{base}/selected-actions"), &json!({ "github_owned_allowed": true }));
    acme.done("PUT", &format!("{base}/access"), &json!({ "access_level": "organization" }));
    let workflow =
        json!({ "default_workflow_permissions": "write", "can_approve_pull_request_reviews": true });
    acme.done("PUT", &format!("{base}/workflow"), &workflow);

    assert_eq!(acme.get(&format!("{base}/workflow")), workflow);
    assert_eq!(acme.get(&format!("{base}/access"))["access_level"], "organization");
    assert_eq!(acme.get(&format!("{base}/selected-actions"))["github_owned_allowed"], true);
    assert_eq!(acme.get(base)["allowed_actions"], "selected");
    acme.done("PUT", base, &json!({ "enabled": false }));
    assert_eq!(acme.get(base), json!({ "enabled": false }));
    acme.refused(409, "PUT", &format!("{base}/selected-actions"), &json!({ "verified_allowed": true }));
    assert!(!acme.shop().wiring.actions.enabled);
}

#[test]
fn the_subject_of_oidc_tokens_is_set_and_told() {
    let acme = Acme::new();
    let path = "/repos/acme/shop/actions/oidc/customization/sub";
    assert_eq!(acme.get(path), json!({ "use_default": true }));
    let subject = json!({ "use_default": false, "include_claim_keys": ["repo", "context"], "use_immutable_subject": true });
    acme.expect(201, "PUT", path, &subject);
    assert_eq!(acme.get(path), subject);
    acme.refused(422, "PUT", path, &json!({ "use_default": false, "include_claim_keys": ["re-po"] }));
    acme.expect(
        201,
        "PUT",
        "/orgs/acme/actions/oidc/customization/sub",
        &json!({ "include_claim_keys": ["repo"] }),
    );
    assert_eq!(acme.get("/orgs/acme/actions/oidc/customization/sub")["include_claim_keys"], json!(["repo"]));
    assert!(!acme.shop().wiring.oidc.unwrap().use_default);
}
