//! Dispatches, runs, CODEOWNERS, search.

use serde_json::{Value, json};

use crate::support::Acme;

const WORKFLOW: &str = "name: Deploy\non:\n  workflow_dispatch:\n    inputs:\n      where: { required: true }\n  \
                        repository_dispatch:\n    types: [go]\njobs: {}\n";
const DISPATCHES: &str = "/repos/acme/shop/actions/workflows/deploy.yaml/dispatches";

#[test]
fn a_workflow_starts_when_its_file_is_on_the_default_branch() {
    let acme = Acme::new();
    let body = json!({ "ref": "main", "inputs": { "where": "here" } });
    acme.refused(404, "POST", DISPATCHES, &body);
    acme.commit("main", &[(".github/workflows/deploy.yaml", WORKFLOW)]);

    acme.done("POST", DISPATCHES, &body);
    let told = acme.expect(
        200,
        "POST",
        DISPATCHES,
        &json!({ "ref": "main", "inputs": { "where": "there" }, "return_run_details": true }),
    );
    assert!(
        acme.refused(422, "POST", DISPATCHES, &json!({ "ref": "main" })).contains("Required input 'where'")
    );
    let unknown = json!({ "ref": "main", "inputs": { "where": "a", "what": "b" } });
    assert!(acme.refused(422, "POST", DISPATCHES, &unknown).contains("Unexpected inputs"));
    let elsewhere = json!({ "ref": "gone", "inputs": { "where": "a" } });
    assert!(acme.refused(422, "POST", DISPATCHES, &elsewhere).contains("No ref found for: gone"));

    let runs = acme.shop().wiring.runs;
    assert_eq!((runs.len(), runs[1].inputs["where"].clone()), (2, json!("there")));
    let run = acme.get(&format!("/repos/acme/shop/actions/runs/{}", told["workflow_run_id"]));
    assert_eq!((run["event"].clone(), run["run_number"].clone()), (json!("workflow_dispatch"), json!(2)));
    assert_eq!(acme.get("/repos/acme/shop/actions/runs?branch=main")["total_count"], 2);
    assert_eq!(acme.get("/repos/acme/shop/actions/runs?branch=other")["total_count"], 0);
    assert_eq!(acme.get("/repos/acme/shop/actions/workflows/deploy.yaml/runs")["total_count"], 2);
    let listed = acme.get("/repos/acme/shop/actions/workflows");
    let id = listed["workflows"][0]["id"].clone();
    assert_eq!(acme.get(&format!("/repos/acme/shop/actions/workflows/{id}"))["name"], "Deploy");
}

#[test]
fn the_newer_version_always_tells_the_run() {
    let mut acme = Acme::new();
    acme.commit("main", &[(".github/workflows/deploy.yaml", WORKFLOW)]);
    acme.version = "2026-03-10";

    let told = acme.expect(200, "POST", DISPATCHES, &json!({ "ref": "main", "inputs": { "where": "here" } }));

    assert!(told["workflow_run_id"].is_u64());
}

#[test]
fn a_repository_dispatch_starts_what_listens() {
    let acme = Acme::new();
    acme.commit("main", &[(".github/workflows/deploy.yaml", WORKFLOW)]);
    let path = "/repos/acme/shop/dispatches";
    acme.done("POST", path, &json!({ "event_type": "go", "client_payload": { "a": 1 } }));
    acme.done("POST", path, &json!({ "event_type": "stop" }));

    let wiring = acme.shop().wiring;
    assert_eq!((wiring.dispatches.len(), wiring.runs.len()), (2, 1));
    assert_eq!(wiring.dispatches[0], ("go".to_owned(), json!({ "a": 1 })));
}

#[test]
fn owners_that_are_not_there_are_told() {
    let acme = Acme::new();
    let path = "/repos/acme/shop/codeowners/errors";
    acme.commit("main", &[("README.md", "hello")]);
    acme.refused(404, "GET", path, &Value::Null);
    acme.done("PUT", "/orgs/acme/teams/platform/repos/acme/shop", &json!({ "permission": "push" }));
    let text = "# owners\n* @acme/platform @jane\n/docs @nobody docs@acme.test\n!x @jane\n/a plain\n";
    acme.commit("main", &[(".github/CODEOWNERS", text)]);

    let told = acme.get(path);

    let all = told["errors"].as_array().unwrap();
    let lines: Vec<_> =
        all.iter().map(|one| (one["line"].as_u64().unwrap(), one["kind"].as_str().unwrap())).collect();
    assert_eq!(lines, [(3, "Unknown owner"), (4, "Invalid pattern"), (5, "Invalid owner")]);
}

#[test]
fn search_finds_what_one_may_see() {
    let mut acme = Acme::new();
    acme.made("/repos/acme/shop/issues", &json!({ "title": "Broken till" }));
    assert_eq!(acme.get("/search/repositories?q=shop+org:acme")["total_count"], 1);
    assert_eq!(acme.get("/search/repositories?q=shop+is:public")["total_count"], 0);
    assert_eq!(acme.get("/search/issues?q=till+repo:acme/shop+is:issue")["items"][0]["title"], "Broken till");
    acme.token = acme.token_of("ann");
    assert_eq!(acme.get("/search/repositories?q=shop")["total_count"], 0);
    acme.refused(422, "GET", "/search/repositories?q=+", &Value::Null);
}
