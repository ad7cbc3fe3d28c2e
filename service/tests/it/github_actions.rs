//! Actions of GitHub on the local forge: run again, planned, with secrets in the wrong places.

use nunjucks::{Text, Value as NValue};
use serde_json::{Value, json};
use stagecraft::action::ActionError;

use crate::support::bench::{Bench, slug};

const DEMO: &str = "github.com?owner=acme&repo=demo";
const WORKFLOW: (&str, &str) = (".github/workflows/deploy.yaml", "on: workflow_dispatch");

async fn bench() -> Bench {
    let bench = Bench::new().await;
    bench.repository("demo", &[("README.md", "read"), WORKFLOW]).await;
    bench
}

async fn beside(bench: &Bench) -> Value {
    Value::Object(bench.forge.settings(&slug("demo")).await.unwrap())
}

fn block() -> Value {
    json!({
        "repoUrl": DEMO,
        "variables": { "REGION": "eu" },
        "environments": { "production": { "branches": ["main"], "variables": { "STAGE": "production" } } },
        "workflows": { "defaultPermission": "read", "access": "organization" },
        "requiredChecks": ["ci"],
        "dispatch": { "workflow": "deploy.yaml" },
    })
}

#[tokio::test]
async fn wiring_twice_changes_nothing_and_starts_nothing() {
    let mut bench = bench().await;
    bench.step("github:actions:wire", block()).await.unwrap();
    let after_first = beside(&bench).await;
    assert_eq!(bench.outputs["changed"], true);
    bench.as_another_task();

    bench.step("github:actions:wire", block()).await.unwrap();

    assert_eq!((&bench.outputs["changed"], &bench.outputs["changes"]), (&json!(false), &json!([])));
    assert_eq!(beside(&bench).await, after_first);
    assert_eq!(after_first["book"]["runs"].as_array().unwrap().len(), 1);
    let log = bench.log();
    assert!(log.contains("The set of variables of `acme/demo` is as wanted already"), "{log}");
    assert!(log.contains("Nothing was changed, so `deploy.yaml` is not started"), "{log}");
}

#[tokio::test]
async fn wiring_goes_on_where_it_was_broken_off() {
    let mut bench = bench().await;
    bench.step("github:actions:wire", block()).await.unwrap();
    let after_first = beside(&bench).await;
    bench.forget();

    bench.step("github:actions:wire", block()).await.unwrap();

    assert_eq!(beside(&bench).await, after_first);
}

#[tokio::test]
async fn a_plan_for_a_repository_that_is_not_there_is_all_new() {
    let mut bench = Bench::new().await;
    bench.run.dry_run = true;

    bench.step("github:actions:wire", block()).await.unwrap();

    let what: Vec<&str> = bench.outputs["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["what"].as_str().unwrap())
        .collect();
    assert_eq!(
        what,
        [
            "default permission of workflows",
            "access to the workflows",
            "variable `REGION`",
            "environment `production`",
            "variable `STAGE` of the environment `production`",
            "ruleset `stagecraft: required checks`",
        ]
    );
    let log = bench.log();
    assert!(log.contains("Would start `deploy.yaml`"), "{log}");
}

#[tokio::test]
async fn a_secret_in_a_variable_is_in_no_line_and_no_output() {
    let canary = NValue::from(Text::secret("canary-4711"));
    let input = |canary: NValue| {
        NValue::object([("repoUrl", NValue::from(DEMO)), ("variables", NValue::object([("REGION", canary)]))])
    };
    for dry_run in [true, false] {
        let mut bench = bench().await;
        bench.run.dry_run = dry_run;

        bench.marked_step("github:actions:wire", input(canary.clone())).await.unwrap();

        let outputs = Value::Object(bench.outputs.clone()).to_string();
        assert!(!outputs.contains("canary-4711"), "{outputs}");
        let log = bench.log();
        assert!(!log.contains("canary-4711"), "{log}");
        assert!(log.contains("the set of variables"), "{log}");
    }
}

#[tokio::test]
async fn what_a_step_has_made_is_found_again() {
    let mut bench = bench().await;
    let issue = json!({ "repoUrl": DEMO, "title": "Next steps" });
    let pull = json!({ "repoUrl": DEMO, "branchName": "add", "title": "Add", "description": "" });
    let run = json!({ "repoUrl": DEMO, "workflowId": "deploy.yaml", "branchOrTagName": "main" });
    bench = bench.with_files(&[("a", "1")]);
    for _ in 0..2 {
        bench.forget();
        bench.step("github:issues:create", issue.clone()).await.unwrap();
        bench.step("publish:github:pull-request", pull.clone()).await.unwrap();
        bench.step("github:actions:dispatch", run.clone()).await.unwrap();
    }

    let book = beside(&bench).await["book"].clone();

    for what in ["issues", "pullRequests", "runs"] {
        assert_eq!(book[what].as_array().unwrap().len(), 1, "{what}");
    }
}

#[tokio::test]
async fn a_second_pull_request_of_a_branch_is_refused_or_added_to() {
    let mut bench = bench().await.with_files(&[("a", "1")]);
    let mut pull = json!({ "repoUrl": DEMO, "branchName": "add", "title": "Add", "description": "" });
    bench.step("publish:github:pull-request", pull.clone()).await.unwrap();
    bench.as_another_task();
    bench = bench.with_files(&[("b", "2")]);

    let refused = bench.step("publish:github:pull-request", pull.clone()).await.unwrap_err();
    pull["update"] = true.into();
    bench.step("publish:github:pull-request", pull).await.unwrap();

    assert!(matches!(refused, ActionError::Conflict(_)), "{refused}");
    assert_eq!(bench.outputs["pullRequestNumber"], 1);
    bench.step("github:pull-request:merge", json!({ "repoUrl": DEMO, "number": 1 })).await.unwrap();
    let names: Vec<String> = bench.pushed("demo").await.iter().map(|(path, _)| path.to_string()).collect();
    assert_eq!(names, [".github/workflows/deploy.yaml", "README.md", "a", "b"]);
}

#[tokio::test]
async fn owners_of_code_that_are_none_fail_the_step() {
    let mut bench = Bench::new().await;
    bench.repository("demo", &[("CODEOWNERS", "* platform\n")]).await;

    let error = bench.step("github:codeowners:check", json!({ "repoUrl": DEMO })).await.unwrap_err();

    assert!(error.to_string().contains("line 1: `platform` is no owner"), "{error}");
}

#[tokio::test]
async fn a_workflow_that_is_not_there_is_not_started() {
    let mut bench = bench().await;
    let input = json!({ "repoUrl": DEMO, "workflowId": "nope.yaml", "branchOrTagName": "main" });

    let error = bench.step("github:actions:dispatch", input).await.unwrap_err();

    assert!(matches!(error, ActionError::NotFound(_)), "{error}");
}
