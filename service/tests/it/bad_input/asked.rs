//! What callers ask for: templates, values, actions, inputs, repositories, bodies.

use serde_json::{Value, json};
use stagecraft::task::TaskStatus;

use super::{Api, SERVICE, error_of};
use crate::cli::program::Program;

#[tokio::test]
async fn an_unknown_template_is_answered_with_the_nearest_one() {
    let api = Api::new().await;
    let before = api.kept().await;

    let answer = api.create("servcie", json!({})).await;

    // Not found is what Backstage answers here, so its clients know it.
    let wanted = "Template template:default/servcie not found; did you mean `template:default/service`?";
    assert_eq!(error_of(&answer), (404, "NotFoundError", wanted));
    assert_eq!(api.kept().await, before);
}

#[test]
fn an_unknown_template_is_told_in_the_terminal_with_what_there_is() {
    let program = Program::new();
    program.template("service", SERVICE);
    program.template("other", "steps: []");

    let ran = program.run(&["new", "servcie", "--templates", "."]);

    insta::assert_snapshot!(ran.steady(), @r"
    error: there is no template `servcie`; did you mean `service`?
    Templates: other, service
    exit code 2
    ");
}

#[test]
fn a_source_that_cannot_be_read_is_told_where_a_template_is_missed() {
    let ran = Program::new().run(&["new", "service", "--templates", "nowhere"]);

    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("Not read: ") && ran.err.contains("`nowhere`"), "{}", ran.err);
}

#[tokio::test]
async fn values_that_break_the_schema_are_answered_with_every_violation() {
    let api = Api::new().await;
    let before = api.kept().await;

    let (status, body) = api.create("service", json!({ "name": "Not Good", "port": 80 })).await;

    let violations: Vec<&str> =
        body["errors"].as_array().unwrap().iter().map(|error| error["stack"].as_str().unwrap()).collect();
    assert_eq!(status, 400);
    assert_eq!(
        violations,
        [
            "instance requires property \"owner\"",
            "instance.name does not match pattern \"^[a-z-]+$\"",
            "instance.port must be greater than or equal to 1024",
        ]
    );
    assert_eq!(api.kept().await, before);
}

#[test]
fn values_that_break_the_schema_are_listed_in_the_terminal() {
    let program = Program::new();
    program.template("service", SERVICE);
    program.write("values.yaml", "name: Not Good\nport: 80\nownr: me\n");

    for command in ["render", "new"] {
        let ran = program.run(&[command, "service/template.yaml", "--values", "values.yaml"]);

        assert_eq!(ran.code, 2, "{command}");
        for part in ["`ownr` is unknown; did you mean `owner`?", "`owner` is missing", "`name` ", "`port` "] {
            assert!(ran.err.contains(part), "{command}, {part}: {}", ran.err);
        }
    }
}

#[tokio::test]
async fn an_unknown_action_is_refused_before_anything_is_stored() {
    let api = Api::new().await;
    let spec = "steps:\n  - { id: one, action: 'debug:log' }\n  - { id: two, action: 'publish:gihub' }\n";
    api.app.template("slip", spec, &[]).await;
    let before = api.kept().await;

    let answer = api.create("slip", json!({})).await;

    let wanted = "step `two`: action `publish:gihub` is not available; did you mean `publish:github`?";
    assert_eq!(error_of(&answer), (400, "InputError", wanted));
    assert_eq!(api.kept().await, before);
}

#[tokio::test]
async fn an_unknown_input_is_refused_before_anything_is_stored() {
    let api = Api::new().await;
    let steps = json!([{ "id": "get", "action": "fetch:plain", "input": { "ulr": "./x" } }]);
    api.app.template("slip", &format!("steps: {steps}"), &[]).await;
    let before = api.kept().await;

    let (task, dry_run) = (api.create("slip", json!({})).await, api.dry_run(steps).await);

    let wanted = "step `get`: action `fetch:plain` has no input `ulr`; did you mean `url`?";
    assert_eq!(error_of(&task), (400, "InputError", wanted));
    assert_eq!(error_of(&dry_run), (400, "InputError", wanted));
    assert_eq!(api.kept().await, before);
}

#[tokio::test]
async fn an_unknown_input_of_a_step_that_may_not_run_is_left_to_its_run() {
    let api = Api::new().await;
    let step = "{ id: get, action: 'fetch:plain', if: '${{ parameters.on }}', input: { ulr: ./x } }";
    api.app.template("maybe", &format!("steps: [{step}]"), &[]).await;

    let (off, on) = (
        api.app.run("maybe", json!({ "on": false })).await,
        api.app.run("maybe", json!({ "on": true })).await,
    );

    assert_eq!(api.app.status(off).await, TaskStatus::Completed);
    let (name, message) = api.app.failure(on).await;
    assert_eq!(name, "InputError");
    assert!(message.contains("did you mean `url` instead of `ulr`?"), "{message}");
}

#[test]
fn unknown_actions_and_inputs_are_told_in_the_terminal_with_their_lines() {
    let program = Program::new();
    let spec = "
steps:
  - id: one
    action: debug:lgo
  - id: two
    action: fetch:plain
    input:
      ulr: ./x
";
    program.template("slip", spec);

    for command in ["render", "new"] {
        let ran = program.run(&[command, "slip/template.yaml"]);

        assert_eq!(ran.code, 1, "{command}");
        assert!(
            ran.err.ends_with(
                "slip/template.yaml:9:7: step `one`: action `debug:lgo` is not available; did you mean `debug:log`?\n\
                 slip/template.yaml:13:9: step `two`: action `fetch:plain` has no input `ulr`; did you mean `url`?\n"
            ),
            "{command}: {}",
            ran.err
        );
    }
    assert!(!program.path("stagecraft-data/forge").exists());
}

#[tokio::test]
async fn a_repository_name_that_exists_fails_the_task_and_leaves_the_repository_as_it_is() {
    let api = Api::new().await;
    let before = api.kept().await;

    let id = api.app.run("service", json!({ "name": "first", "owner": "me" })).await;

    let (name, message) = api.app.failure(id).await;
    assert_eq!(name, "ConflictError");
    assert!(message.contains("acme/first") && message.contains("choose another name"), "{message}");
    let after = api.kept().await;
    assert_eq!((after.repositories, after.entities), (before.repositories, before.entities));
}

#[test]
fn a_repository_name_that_exists_is_told_in_the_terminal_with_the_step() {
    let program = Program::new();
    program.template("service", SERVICE);
    for (name, text) in crate::tasks::SKELETON {
        program.write(&format!("service/{name}"), text);
    }
    let command = ["new", "service/template.yaml", "--set", "name=x", "--set", "owner=me"];
    let first = program.run(&command);

    let second = program.run(&command);

    assert_eq!((first.code, second.code), (0, 1), "{}", first.err);
    let place = "error: service/template.yaml:17:7: step `publish` (publish:github) failed: ";
    assert!(second.err.starts_with(place) && second.err.contains("acme/x already exists"), "{}", second.err);
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused() {
    let api = Api::new().await;
    let before = api.kept().await;

    let large: Value = "x".repeat(11_000_000).into();
    let answer = api.create("service", json!({ "name": "a", "owner": large })).await;

    assert_eq!(error_of(&answer), (400, "InputError", "request entity too large"));
    assert_eq!(api.kept().await, before);
}
