//! Work without end: it is broken off within a second or two, and the rest goes on.

use std::time::{Duration, Instant};

use serde_json::json;
use stagecraft::task::TaskStatus;

use super::Api;
use crate::cli::program::Program;

const PATIENCE: Duration = Duration::from_secs(20);

/// Ten thousand million rounds, of one loop and of two.
const LOOPS: [&str; 2] = [
    "{% for i in range(10000000000) %}x{% endfor %}",
    "{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}",
];

fn skeleton(action: &str) -> String {
    format!(
        "steps:\n  - id: fetch\n    action: {action}\n    input: {{ url: ./skeleton, values: {{ list: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] }} }}\n"
    )
}

/// A file that goes ten thousand million times round in Handlebars.
fn handlebars() -> String {
    format!("one\n{}x{}", "{{#each @root.list}}".repeat(10), "{{/each}}".repeat(10))
}

#[tokio::test]
async fn a_loop_without_end_in_a_step_is_broken_off() {
    for text in LOOPS {
        let api = Api::with(&[("TASKS__EXPRESSION_ERRORS", "fail")]).await;
        let step = json!([{ "id": "say", "action": "debug:log", "input": { "message": text } }]);
        api.app.template("loop", &format!("steps: {step}"), &[]).await;
        let started = Instant::now();

        let id = api.app.run("loop", json!({})).await;

        let (name, message) = api.app.failure(id).await;
        assert_eq!(name, "InputError");
        assert!(
            message.contains("`input.message`") && message.contains("the template uses more than"),
            "{message}"
        );
        assert!(started.elapsed() < PATIENCE);
    }
}

#[tokio::test]
async fn a_loop_without_end_in_a_step_is_left_as_text_on_the_compatible_api() {
    let api = Api::new().await;
    let step = json!([{ "id": "say", "action": "debug:log", "input": { "message": LOOPS[0] } }]);
    api.app.template("loop", &format!("steps: {step}"), &[]).await;

    let id = api.app.run("loop", json!({})).await;

    assert_eq!(api.app.status(id).await, TaskStatus::Completed);
    assert!(api.app.messages(id).await.iter().any(|line| line.contains("the template uses more than")));
}

#[tokio::test]
async fn a_loop_without_end_in_a_file_is_broken_off_with_its_place() {
    let files = [
        ("fetch:template", "loop.txt", format!("one\n{}", LOOPS[0])),
        ("fetch:template", "loops.txt", format!("one\n{}", LOOPS[1])),
        ("fetch:handlebars", "loop.txt.hbs", handlebars()),
    ];
    let api = Api::new().await;
    for (number, (action, name, text)) in files.iter().enumerate() {
        let (template, file) = (format!("loop-{number}"), format!("skeleton/{name}"));
        api.app.template(&template, &skeleton(action), &[(&file, text)]).await;
        let started = Instant::now();

        let id = api.app.run(&template, json!({})).await;

        let (error, message) = api.app.failure(id).await;
        assert_eq!(error, "InputError");
        assert!(message.starts_with(&format!("{file}:2:")), "{message}");
        assert!(started.elapsed() < PATIENCE, "{name}");
    }
}

#[test]
fn a_loop_without_end_in_a_file_is_told_in_the_terminal_with_both_places() {
    let program = Program::new();
    program.template("loop", &skeleton("fetch:template"));
    program.write("loop/skeleton/a.txt", &format!("one\n{}", LOOPS[1]));

    for command in ["render", "new"] {
        let ran = program.run(&[command, "loop/template.yaml"]);

        assert_eq!(ran.code, 1, "{command}");
        let places = "error: loop/template.yaml:8:7: step `fetch` (fetch:template) failed: skeleton/a.txt:2:";
        assert!(ran.err.starts_with(places), "{command}: {}", ran.err);
    }
}

#[tokio::test]
async fn a_file_that_grows_without_end_is_broken_off() {
    let grows = format!("{{% for i in range(99999) %}}{}{{% endfor %}}", "x".repeat(1_000));
    let api = Api::new().await;
    api.app.template("grow", &skeleton("fetch:template"), &[("skeleton/a.txt", &grows)]).await;

    let id = api.app.run("grow", json!({})).await;

    let (name, message) = api.app.failure(id).await;
    assert_eq!(name, "InputError");
    assert!(
        message.starts_with("skeleton/a.txt:1:") && message.contains("the template uses more than"),
        "{message}"
    );
}

#[tokio::test]
async fn a_workspace_over_its_budget_fails_the_step_and_nothing_is_published() {
    let settings = [("TASKS__MAX_WORKSPACE_BYTES", "1000")];
    let api = Api::with(&settings).await;
    let before = api.kept().await;
    let spec = skeleton("fetch:template")
        + "  - { id: publish, action: 'publish:github', input: { repoUrl: 'github.com?owner=acme&repo=big' } }\n";
    let text = "x".repeat(600);
    api.app.template("big", &spec, &[("skeleton/a", &text), ("skeleton/b", &text)]).await;

    let id = api.app.run("big", json!({})).await;

    let (name, message) = api.app.failure(id).await;
    assert_eq!(name, "InputError");
    assert!(message.contains("1000"), "{message}");
    assert_eq!(api.kept().await.repositories, before.repositories);
}
