//! Classic protection of branches, and sets of rules.

use serde_json::{Value, json};

use crate::support::Acme;

const PATH: &str = "/repos/acme/shop/branches/main/protection";

fn nothing_required() -> Value {
    json!({
        "required_status_checks": null,
        "enforce_admins": null,
        "required_pull_request_reviews": null,
        "restrictions": null,
    })
}

#[test]
fn a_branch_must_be_there_to_be_protected() {
    let acme = Acme::new();

    assert_eq!(acme.refused(404, "PUT", PATH, &nothing_required()), "Branch not found");
    acme.commit("main", &[("a", "1")]);
    assert_eq!(acme.refused(404, "GET", PATH, &Value::Null), "Branch not protected");
    acme.expect(200, "PUT", PATH, &nothing_required());
    assert!(acme.shop().wiring.protection.contains_key("main"));
    acme.done("DELETE", PATH, &Value::Null);
    acme.refused(404, "GET", PATH, &Value::Null);
}

#[test]
fn a_protection_is_told_as_it_was_put() {
    let acme = Acme::new();
    acme.commit("main", &[("a", "1")]);
    let app = acme.github.app("stagecraft").slug;
    let body = json!({
        "required_status_checks": { "strict": true, "contexts": [], "checks": [{ "context": "build", "app_id": 7 }] },
        "enforce_admins": true,
        "required_pull_request_reviews": {
            "required_approving_review_count": 2,
            "require_code_owner_reviews": true,
            "dismissal_restrictions": { "users": ["jane"], "teams": ["platform"] },
            "bypass_pull_request_allowances": { "users": ["joe"], "apps": [app] },
        },
        "restrictions": { "users": ["jane"], "teams": ["platform"], "apps": [app] },
        "required_linear_history": true,
    });
    acme.expect(200, "PUT", PATH, &body);

    let told = acme.get(PATH);
    assert_eq!(told["required_status_checks"]["contexts"], json!(["build"]));
    assert_eq!(told["required_pull_request_reviews"]["required_approving_review_count"], 2);
    assert_eq!(told["restrictions"]["teams"][0]["slug"], "platform");
    assert_eq!(told["required_linear_history"]["enabled"], true);
    assert_eq!(acme.get(&format!("{PATH}/required_status_checks"))["strict"], true);
    assert_eq!(acme.get(&format!("{PATH}/enforce_admins"))["enabled"], true);
    assert_eq!(acme.get(&format!("{PATH}/required_signatures"))["enabled"], false);
    acme.expect(200, "POST", &format!("{PATH}/required_signatures"), &Value::Null);
    assert_eq!(acme.get(&format!("{PATH}/required_signatures"))["enabled"], true);
    assert_eq!(acme.shop().wiring.signed, ["main"]);
    acme.done("DELETE", &format!("{PATH}/required_signatures"), &Value::Null);
    assert!(acme.shop().wiring.signed.is_empty());
}

#[test]
fn unknown_teams_and_free_plans_are_refused() {
    let acme = Acme::new();
    acme.commit("main", &[("a", "1")]);
    let mut body = nothing_required();
    body["restrictions"] = json!({ "users": [], "teams": ["nobody"] });

    assert!(acme.refused(422, "PUT", PATH, &body).contains("Validation Failed"));
    acme.github.change(|state| state.accounts.get_mut("acme").unwrap().free = true);
    assert!(acme.refused(403, "PUT", PATH, &nothing_required()).starts_with("Upgrade to GitHub Pro"));
    let ruleset = json!({ "name": "main", "enforcement": "active" });
    assert!(
        acme.refused(403, "POST", "/repos/acme/shop/rulesets", &ruleset).starts_with("Upgrade to GitHub Pro")
    );
}

#[test]
fn rules_are_for_the_branches_that_their_conditions_name_there_or_not() {
    let acme = Acme::new();
    let body = json!({
        "name": "main",
        "target": "branch",
        "enforcement": "active",
        "bypass_actors": [{ "actor_id": 5, "actor_type": "RepositoryRole", "bypass_mode": "always" }],
        "conditions": { "ref_name": { "include": ["~DEFAULT_BRANCH"], "exclude": [] } },
        "rules": [
            { "type": "deletion" },
            {
                "type": "required_status_checks",
                "parameters": {
                    "strict_required_status_checks_policy": true,
                    "required_status_checks": [{ "context": "build" }],
                },
            },
        ],
    });
    let made = acme.made("/repos/acme/shop/rulesets", &body);
    let one = format!("/repos/acme/shop/rulesets/{}", made["id"]);

    assert_eq!(made["rules"][1]["parameters"]["do_not_enforce_on_create"], false);
    assert_eq!(acme.get("/repos/acme/shop/rules/branches/main").as_array().unwrap().len(), 2);
    assert_eq!(acme.get("/repos/acme/shop/rules/branches/other"), json!([]));
    assert_eq!(acme.refused(422, "POST", "/repos/acme/shop/rulesets", &body), "Validation Failed");
    acme.expect(200, "PUT", &one, &json!({ "enforcement": "disabled" }));
    assert_eq!(acme.get("/repos/acme/shop/rules/branches/main"), json!([]));
    assert_eq!(acme.get(&one)["rules"].as_array().unwrap().len(), 2);
    assert_eq!(acme.get("/repos/acme/shop/rulesets")[0]["enforcement"], "disabled");
    assert_eq!(acme.shop().wiring.ruleset("main").unwrap().rules.len(), 2);
    acme.done("DELETE", &one, &Value::Null);
    acme.refused(404, "GET", &one, &Value::Null);
}

#[test]
fn actors_that_are_not_there_may_not_bypass() {
    let acme = Acme::new();
    for actor in [
        json!({ "actor_id": 1, "actor_type": "Team" }),
        json!({ "actor_id": 1, "actor_type": "Integration" }),
    ] {
        let body = json!({ "name": "main", "enforcement": "active", "bypass_actors": [actor] });
        assert_eq!(acme.refused(422, "POST", "/repos/acme/shop/rulesets", &body), "Validation Failed");
    }
    assert!(acme.shop().wiring.rulesets.is_empty());
}
