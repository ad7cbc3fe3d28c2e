//! What the check finds and what it lets pass.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Checked, DEVIATIONS, Description, Variant};

fn github() -> &'static Description {
    Description::of(Variant::GitHub)
}

fn ask(method: &str, path: &str, body: &Value) -> Checked {
    github().request(method, path, &BTreeMap::new(), body)
}

fn with_query(path: &str, query: &[(&str, &str)]) -> Checked {
    let query = query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    github().request("GET", path, &query, &Value::Null)
}

#[test]
fn a_right_request_has_an_operation_and_no_violations() {
    let body = json!({ "name": "shop", "private": true, "visibility": "private", "custom_properties": { "tier": "1" } });

    let checked = ask("POST", "/orgs/acme/repos", &body);

    assert_eq!(checked, Checked { operation: Some("repos/create-in-org"), violations: vec![] });
}

#[test]
fn wrong_bodies_are_found() {
    let ruleset = |rule: Value| json!({ "name": "main", "enforcement": "active", "rules": [rule] });
    let wrong = [
        ("/orgs/acme/repos", json!({ "private": true })),
        ("/orgs/acme/repos", json!({ "name": 1 })),
        ("/orgs/acme/repos", json!({ "name": "shop", "visibility": "secret" })),
        ("/orgs/acme/repos", json!({ "name": "shop", "privat": true })),
        ("/orgs/acme/repos", Value::Null),
        ("/repos/acme/shop/rulesets", json!({ "name": "main", "enforcement": "on" })),
        ("/repos/acme/shop/rulesets", ruleset(json!({ "type": "no_such_rule" }))),
        (
            "/repos/acme/shop/rulesets",
            ruleset(
                json!({ "type": "required_status_checks", "parameters": { "required_status_checks": "build" } }),
            ),
        ),
        ("/repos/acme/shop/actions/variables", json!({ "name": "A" })),
    ];
    for (path, body) in wrong {
        let checked = ask("POST", path, &body);
        assert!(checked.operation.is_some() && !checked.violations.is_empty(), "{path} {body}");
    }
}

#[test]
fn a_key_that_no_schema_names_is_found_at_any_depth() {
    let parameters = json!({
        "strict_required_status_checks_policy": true,
        "required_status_checks": [{ "context": "build", "integration": 1 }],
    });
    let ruleset = json!({
        "name": "main",
        "enforcement": "active",
        "conditions": { "ref_name": { "include": ["~DEFAULT_BRANCH"], "exclude": [], "match": [] } },
        "rules": [
            { "type": "required_status_checks", "parameters": parameters },
            // A key of another kind of rule.
            { "type": "deletion", "parameters": { "strict_required_status_checks_policy": true } },
        ],
    });

    let checked = ask("POST", "/repos/acme/shop/rulesets", &ruleset);

    let expected = [
        "`/conditions/ref_name/match` is not named by the description",
        "`/rules/0/parameters/required_status_checks/0/integration` is not named by the description",
        "`/rules/1/parameters` is not named by the description",
    ];
    let expected: Vec<_> =
        expected.iter().map(|text| format!("request of `repos/create-repo-ruleset`: {text}")).collect();
    assert_eq!(checked.violations, expected);
}

#[test]
fn what_is_free_is_left_free() {
    let dispatch = json!({ "ref": "main", "inputs": { "anything": "1", "else": "2" } });
    let path = "/repos/acme/shop/actions/workflows/ci.yaml/dispatches";
    assert_eq!(ask("POST", path, &dispatch).violations, Vec::<String>::new());

    let event = json!({ "event_type": "deploy", "client_payload": { "deep": { "er": [1] } } });
    assert_eq!(ask("POST", "/repos/acme/shop/dispatches", &event).violations, Vec::<String>::new());
}

#[test]
fn required_keys_may_be_null_where_the_description_says_so() {
    let protection = json!({
        "required_status_checks": null,
        "enforce_admins": null,
        "required_pull_request_reviews": null,
        "restrictions": null,
    });
    let path = "/repos/acme/shop/branches/main/protection";
    assert_eq!(ask("PUT", path, &protection).violations, Vec::<String>::new());

    let checked = ask("PUT", path, &json!({ "enforce_admins": null }));
    assert_eq!(checked.violations.len(), 3, "{:?}", checked.violations);
}

#[test]
fn parameters_of_a_query_are_named_and_of_their_type() {
    assert_eq!(
        with_query("/orgs/acme/repos", &[("per_page", "100"), ("type", "all")]).violations,
        Vec::<String>::new()
    );
    for query in [("per_page", "many"), ("perpage", "100"), ("type", "secret")] {
        assert_eq!(with_query("/orgs/acme/repos", &[query]).violations.len(), 1, "{query:?}");
    }
    assert_eq!(with_query("/search/repositories", &[]).violations.len(), 1, "`q` is required");
    assert_eq!(ask("GET", "/repos/acme/shop/hooks/first", &Value::Null).violations.len(), 1);
}

#[test]
fn a_path_is_literal_before_it_is_a_parameter() {
    let of = |method: &str, path: &str| ask(method, path, &Value::Null).operation;

    assert_eq!(of("GET", "/repos/acme/shop/releases/latest"), Some("repos/get-latest-release"));
    assert_eq!(of("GET", "/repos/acme/shop/releases/1"), Some("repos/get-release"));
    assert_eq!(of("GET", "/repos/acme/shop/contents/a/b/c.txt"), Some("repos/get-content"));
    assert_eq!(
        of("GET", "/repos/acme/shop/branches/feat%2Fx/protection"),
        Some("repos/get-branch-protection")
    );
    assert_eq!(of("GET", "/repos/acme/shop/branches/feat/x/protection"), Some("repos/get-branch-protection"));
    assert_eq!(of("GET", "/repos/acme/shop/git/ref/heads/main"), Some("git/get-ref"));
    assert_eq!(of("GET", "/repos/acme/shop/contents"), Some("repos/get-content"));
    assert_eq!(of("GET", "/repos/acme/shop/contents/"), Some("repos/get-content"));
    assert_eq!(of("GET", "/"), Some("meta/root"));
    for path in [
        "/repos/acme/..",
        "/repos/acme/%2e%2e/x",
        "/nothing",
        "/repos//shop",
        "repos/acme/shop",
        "/repos/a/%zz",
    ] {
        assert_eq!(of("GET", path), None, "{path}");
    }
}

#[test]
fn an_answer_has_a_known_status_and_the_keys_that_are_required() {
    let public_key = "actions/get-repo-public-key";
    let faults = |status, body: Value| github().response(public_key, status, Some(&body)).len();

    assert_eq!(faults(200, json!({ "key_id": "1", "key": "aGVsbG8=" })), 0);
    assert_eq!(faults(200, json!({ "key_id": "1" })), 1);
    assert_eq!(faults(200, json!({ "key_id": "1", "key": "aGVsbG8=", "kye": 1 })), 1);
    assert_eq!(faults(201, json!({ "key_id": "1", "key": "aGVsbG8=" })), 1);
    assert_eq!(faults(404, json!({ "message": "Not Found", "documentation_url": "x", "status": "404" })), 0);
    assert_eq!(faults(404, json!({ "error": "Not Found" })), 2);
    assert_eq!(github().response(public_key, 200, None).len(), 1);
    assert_eq!(github().response("actions/no-such-operation", 200, None).len(), 1);
}

#[test]
fn the_newer_version_changes_what_it_changes() {
    let path = "/repos/acme/shop/actions/workflows/ci.yaml/dispatches";
    let body = json!({ "ref": "main", "return_run_details": true });
    let of =
        |variant| Description::of(variant).request("POST", path, &BTreeMap::new(), &body).violations.len();

    assert_eq!((of(Variant::GitHub), of(Variant::GitHub2026)), (0, 1));
    let dispatch = "actions/create-workflow-dispatch";
    assert_eq!(Description::of(Variant::GitHub).response(dispatch, 204, None).len(), 0);
    assert_eq!(Description::of(Variant::GitHub2026).response(dispatch, 204, None).len(), 1);
}

#[test]
fn enterprise_lacks_what_it_lacks() {
    let of = |variant| {
        Description::of(variant).request(
            "GET",
            "/repos/a/b/immutable-releases",
            &BTreeMap::new(),
            &Value::Null,
        )
    };

    assert!(of(Variant::GitHub).operation.is_some());
    assert!(of(Variant::Enterprise).operation.is_none());
}

#[test]
fn every_schema_of_every_description_can_be_used() {
    for variant in Variant::ALL {
        let description = Description::of(variant);
        for operation in &description.operations {
            let parts = operation.parts(description);
            let answers = parts.answers.values().flatten();
            let body = parts.body.iter().filter_map(|body| body.schema.as_ref());
            for schema in answers.chain(body).chain(parts.params.iter().map(|param| &param.schema)) {
                let faults = schema.faults(&description.registry, &Value::Null);
                assert!(
                    !faults.iter().any(|fault| fault.contains("cannot be used")),
                    "{}: {faults:?}",
                    operation.id
                );
            }
        }
        assert!(description.operations().count() > 900);
    }
}

#[test]
fn an_app_may_have_permissions_that_the_description_forgot() {
    let path = "/app/installations/1/access_tokens";
    let ask_for =
        |name: &str| ask("POST", path, &json!({ "permissions": { name: "write" } })).violations.len();

    assert_eq!((ask_for("actions_variables"), ask_for("secrets"), ask_for("secretz")), (0, 0, 1));
}

#[test]
fn few_answers_may_differ_and_each_has_a_reason() {
    assert!(DEVIATIONS.len() <= 10);
    for deviation in DEVIATIONS {
        assert!(!deviation.reason.is_empty() && !deviation.begins.is_empty() && !deviation.ends.is_empty());
        let known = deviation.operation == "*" || github().operations().any(|id| id == deviation.operation);
        assert!(known, "{}", deviation.operation);
    }
}
