//! Our own dry run: a template by reference, failures as data, a diff against a repository.

use serde_json::{Value, json};
use stagecraft::db::Engine;
use stagecraft::task::ListTasks;
use tokio_util::sync::CancellationToken;

use crate::support::app::{TestApp, jane};
use crate::tasks::{PUBLISH, SKELETON};

/// A service that answers trials.
struct Trials {
    app: TestApp,
    client: reqwest::Client,
    base: String,
    stop: CancellationToken,
}

impl Trials {
    async fn new() -> Self {
        Self::on(Engine::Sqlite).await
    }

    async fn on(engine: Engine) -> Self {
        let app = TestApp::on(engine, &[]).await;
        app.template("service", PUBLISH, SKELETON).await;
        let (base, stop) = app.serve().await;
        // Needed by the client although it speaks plain HTTP here; another test may have done it already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { app, client, base, stop }
    }

    async fn post(&self, body: &Value) -> (u16, Value) {
        let url = format!("{}/api/stagecraft/v1/dry-run", self.base);
        let answer = self.client.post(url).json(body).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    /// What was found; the request itself is fine.
    async fn found(&self, body: &Value) -> Value {
        let (status, found) = self.post(body).await;
        assert_eq!(status, 200, "{found}");
        found
    }

    /// The error of a request that is not.
    async fn refused(&self, body: &Value) -> (u16, String) {
        let (status, body) = self.post(body).await;
        assert_eq!(body["request"], json!({ "method": "POST", "url": "/v1/dry-run" }), "{body}");
        (status, body["error"]["message"].as_str().unwrap().to_owned())
    }
}

impl Drop for Trials {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

fn posted(steps: Value) -> Value {
    json!({
        "apiVersion": "scaffolder.backstage.io/v1beta3",
        "kind": "Template",
        "metadata": { "name": "posted" },
        "spec": { "type": "service", "steps": steps },
    })
}

fn paths(files: &Value) -> Vec<&str> {
    files.as_array().unwrap().iter().map(|file| file["path"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_template_is_tried_out_by_its_reference() {
    let trials = Trials::new().await;

    let found = trials.found(&json!({ "templateRef": "service", "values": { "name": "demo" } })).await;

    assert_eq!(found["status"], "completed");
    assert_eq!(paths(&found["directoryContents"]), ["README.md", "catalog-info.yaml", "src/demo.txt"]);
    let steps: Vec<(&str, &str)> = found["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| (step["id"].as_str().unwrap(), step["end"].as_str().unwrap()))
        .collect();
    assert_eq!(steps, [("fetch", "ran"), ("publish", "leftOut"), ("register", "leftOut")]);
    assert_eq!(
        found["steps"][1]["calls"][0]["input"]["repoUrl"], "github.com?owner=acme&repo=demo",
        "inputs are told as they were rendered"
    );
    assert_eq!(found["log"][0]["body"]["message"], "Starting up task with 3 steps");
    assert_eq!(found["output"]["links"][0]["url"], "<example>");
    assert_eq!(found["treeId"].as_str().unwrap().len(), 40);
    assert_eq!(found.get("comparison"), None);
}

#[tokio::test]
async fn nothing_outside_changes_and_no_task_is_kept() {
    let trials = Trials::new().await;

    trials.found(&json!({ "templateRef": "service", "values": { "name": "demo" } })).await;

    assert!(trials.app.app.local_forge.repositories().await.unwrap().is_empty());
    assert!(trials.app.app.entities.list().await.unwrap().is_empty());
    assert_eq!(trials.app.app.tasks.list(&ListTasks::default(), &jane()).await.unwrap().total, 0);
}

async fn files_are_held_against_a_repository(engine: Engine) {
    let trials = Trials::on(engine).await;
    trials.app.run("service", json!({ "name": "demo" })).await;
    let skeleton = [
        ("skeleton/README.md", "# ${{ values.name }}\n\nNew words.\n"),
        ("skeleton/catalog-info.yaml", SKELETON[1].1),
        ("skeleton/logo.bin", "\u{0}binary"),
    ];
    std::fs::remove_dir_all(trials.app.templates().join("service/skeleton")).unwrap();
    trials.app.template("service", PUBLISH, &skeleton).await;

    for repository in ["github.com?owner=acme&repo=demo", "https://github.com/acme/demo"] {
        let wish = json!({ "templateRef": "service", "values": { "name": "demo" }, "compare": { "repository": repository } });
        let found = trials.found(&wish).await;

        let commit = trials.app.git("acme", "demo", &["rev-parse", "main"]);
        assert_eq!(
            found["comparison"],
            json!({
                "repository": repository,
                "commit": commit,
                "added": 1, "changed": 1, "removed": 1, "unchanged": 1,
                "files": [
                    {
                        "path": "README.md", "change": "changed", "content": "text",
                        "diff": "--- a/README.md\n+++ b/README.md\n@@ -1 +1,3 @@\n # demo\n+\n+New words.\n",
                    },
                    { "path": "logo.bin", "change": "added", "content": "binary" },
                    {
                        "path": "src/demo.txt", "change": "removed", "content": "text",
                        "diff": "--- a/src/demo.txt\n+++ /dev/null\n@@ -1 +0,0 @@\n-plain\n",
                    },
                ],
            }),
            "the lock file of the repository is no part of it"
        );
    }
}

#[tokio::test]
async fn files_are_held_against_a_repository_on_sqlite() {
    files_are_held_against_a_repository(Engine::Sqlite).await;
}

#[tokio::test]
async fn files_are_held_against_a_repository_on_postgres() {
    files_are_held_against_a_repository(Engine::Postgres).await;
}

#[tokio::test]
async fn a_folder_of_the_workspace_is_held_against_a_folder_of_the_repository() {
    let trials = Trials::new().await;
    trials.app.run("service", json!({ "name": "demo" })).await;
    let steps =
        json!([{ "action": "fetch:plain", "input": { "url": "./files", "targetPath": "made/here" } }]);
    let contents = json!([{ "path": "files/demo.txt", "base64Content": "cGxhaW4K" }]);

    let found = trials
        .found(&json!({
            "template": posted(steps),
            "directoryContents": contents,
            "compare": { "repository": "https://github.com/acme/demo/tree/main/src", "sourcePath": "./made/here" },
        }))
        .await;

    let comparison = &found["comparison"];
    assert_eq!((&comparison["unchanged"], &comparison["files"]), (&json!(1), &json!([])), "{found}");
}

#[tokio::test]
async fn a_failing_step_is_an_answer_with_the_log_and_the_place() {
    let trials = Trials::new().await;
    let spec = "steps:\n  - id: say\n    action: debug:log\n    input: { message: before }\n  - id: get\n    action: fetch:plain\n    input: { url: ./missing }\n  - id: after\n    action: debug:log\n    input: { message: never }\n";
    trials.app.template("broken-off", spec, &[]).await;

    let wish = json!({
        "templateRef": "template:default/broken-off",
        "compare": { "repository": "github.com?owner=acme&repo=demo" },
    });
    let missing = trials.refused(&wish).await;
    assert_eq!(missing.0, 404, "a repository that is not there is told before anything runs: {}", missing.1);
    let found = trials.found(&json!({ "templateRef": "template:default/broken-off" })).await;

    assert_eq!(found["status"], "failed");
    let error = &found["error"];
    assert_eq!(error["name"], "NotFoundError");
    assert!(error["message"].as_str().unwrap().starts_with("there is no folder at `./missing`"), "{error}");
    assert_eq!(error["at"], "spec.steps[1]");
    assert_eq!(error["place"]["line"], 11, "{error}");
    let ends: Vec<&str> =
        found["steps"].as_array().unwrap().iter().map(|step| step["end"].as_str().unwrap()).collect();
    assert_eq!(ends, ["ran", "failed", "skipped"]);
    let log: Vec<&str> = found["log"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["body"]["message"].as_str().unwrap())
        .collect();
    assert!(log.iter().any(|line| line.ends_with("before")), "{log:#?}");
    assert_eq!(found.get("comparison"), None);
}

#[tokio::test]
async fn what_keeps_a_template_from_running_is_an_answer() {
    let trials = Trials::new().await;
    trials.app.template("broken", "owner: me\n", &[]).await;
    let problems = async |body: Value| {
        let found = trials.found(&body).await;
        assert_eq!(found["status"], "refused", "{found}");
        let mut texts = Vec::new();
        for problem in found["problems"].as_array().unwrap() {
            texts.push(format!(
                "{}: {}",
                problem["at"].as_str().unwrap(),
                problem["message"].as_str().unwrap()
            ));
        }
        texts
    };

    assert_eq!(
        problems(json!({ "templateRef": "service", "values": { "name": "No Name" } })).await,
        ["values.name: does not match pattern \"^[a-z0-9-]+$\""]
    );
    let unknown = json!([{ "id": "a", "action": "debug:logg" }, { "id": "b", "action": "debug:log", "input": { "mesage": "x" } }]);
    let found = problems(json!({ "template": posted(unknown) })).await;
    assert!(
        found[0].starts_with(
            "spec.steps[0].action: step `a`: action `debug:logg` is not available; did you mean `debug:log`?"
        ),
        "{found:#?}"
    );
    assert!(found[1].starts_with("spec.steps[1].input.mesage: "), "{found:#?}");
    let broken = problems(json!({ "templateRef": "broken" })).await;
    assert!(broken.iter().any(|text| text.contains("spec.steps")), "{broken:#?}");
    let broken = problems(json!({ "template": posted(json!("none")) })).await;
    assert!(broken.iter().any(|text| text.contains("spec.steps")), "{broken:#?}");
}

#[tokio::test]
async fn a_failing_expression_fails_the_step_unless_its_text_is_wished() {
    let trials = Trials::new().await;
    let template =
        posted(json!([{ "id": "say", "action": "debug:log", "input": { "message": "${{ 1 | nope }}" } }]));

    let strict = trials.found(&json!({ "template": template })).await;
    let lenient = trials.found(&json!({ "template": template, "keepExpressionErrors": true })).await;

    assert_eq!(
        (&strict["status"], &strict["error"]["at"]),
        (&json!("failed"), &json!("spec.steps[0].input.message"))
    );
    assert_eq!(lenient["status"], "completed");
}

#[tokio::test]
async fn defaults_are_filled_in_unless_that_is_not_wished() {
    let trials = Trials::new().await;
    let spec = "parameters:\n  - required: [name]\n    properties: { name: { type: string, default: shop } }\nsteps:\n  - id: say\n    action: debug:log\n    input: { message: '${{ parameters.name }}' }\n";
    trials.app.template("defaults", spec, &[]).await;

    let filled = trials.found(&json!({ "templateRef": "defaults" })).await;
    let plain = trials.found(&json!({ "templateRef": "defaults", "fillDefaults": false })).await;

    assert_eq!(filled["steps"][0]["calls"][0]["input"]["message"], "shop");
    assert_eq!(plain["problems"][0]["message"], "requires property \"name\"");
}

#[tokio::test]
async fn secrets_are_used_and_not_told() {
    let trials = Trials::new().await;
    let steps = json!([
        { "id": "say", "action": "debug:log", "input": { "message": "with ${{ secrets.key }}" } },
        { "id": "render", "action": "fetch:template", "input": { "url": "./files", "values": { "key": "${{ secrets.key }}" } } },
    ]);
    let contents = json!([{ "path": "files/config", "base64Content": "a2V5PSR7eyB2YWx1ZXMua2V5IH19Cg==" }]);

    let found = trials
        .found(&json!({ "template": posted(steps), "directoryContents": contents, "secrets": { "key": "hunter2" } }))
        .await;

    assert_eq!(found["status"], "completed", "{found}");
    assert_eq!(found["steps"][0]["calls"][0]["input"]["message"], "***");
    assert_eq!(found["directoryContents"][0]["base64Content"], "Kioq");
    assert!(!found.to_string().contains("hunter2") && !found.to_string().contains("aHVudGVyM"));
}

#[tokio::test]
async fn a_wish_that_cannot_be_read_is_refused_with_what_to_write() {
    let trials = Trials::new().await;
    let template = posted(json!([{ "action": "debug:log" }]));
    let refusals = [
        (json!({}), 400, "request/body must have either `templateRef` or `template`"),
        (json!({ "templateRef": "a", "template": template }), 400, "either `templateRef` or `template`"),
        (json!({ "templateRef": 1 }), 400, "request/body/templateRef must be string"),
        (json!({ "templateRef": "user:default/jane" }), 400, "only 'Template' kind is supported"),
        (json!({ "templateRef": "servcie" }), 404, "not found; did you mean `template:default/service`?"),
        (json!({ "templateRef": "service", "directoryContents": [] }), 400, "goes with `template`"),
        (
            json!({ "templateRef": "service", "vlaues": {} }),
            400,
            "has no property `vlaues`; did you mean `values`?",
        ),
        (json!({ "templateRef": "service", "values": [] }), 400, "request/body/values must be object"),
        (
            json!({ "templateRef": "service", "compare": {} }),
            400,
            "request/body/compare must have required property 'repository'",
        ),
        (
            json!({ "templateRef": "service", "compare": { "repository": "demo" } }),
            400,
            "write it as `github.com?owner=acme&repo=shop`",
        ),
        (
            json!({ "templateRef": "service", "compare": { "repository": "gitlab.com?owner=a&repo=b" } }),
            400,
            "no forge serves `gitlab.com`",
        ),
        (json!({ "templateRef": "service", "compare": { "repository": "file:///etc" } }), 400, "file:///etc"),
        (json!({ "template": { "kind": "Component" } }), 400, "Input template is not a template"),
        (
            json!({ "template": template, "directoryContents": [{ "path": "../x", "base64Content": "" }] }),
            403,
            "outside its parent",
        ),
    ];

    for (body, status, part) in refusals {
        let (found, message) = trials.refused(&body).await;
        assert_eq!(found, status, "{body}: {message}");
        assert!(message.contains(part), "{body}: {message}");
    }
}

#[tokio::test]
async fn a_source_path_that_is_not_made_is_told() {
    let trials = Trials::new().await;
    trials.app.run("service", json!({ "name": "demo" })).await;

    let (status, message) = trials
        .refused(&json!({
            "templateRef": "service", "values": { "name": "demo" },
            "compare": { "repository": "https://github.com/acme/demo", "sourcePath": "backend" },
        }))
        .await;

    assert_eq!(
        (status, message.as_str()),
        (400, "the template makes no folder `backend`; check `sourcePath`")
    );
}
