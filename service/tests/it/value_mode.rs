//! The legacy value mode: chosen by the service or by the template, the same in tasks, dry runs and on the
//! command line.

use serde_json::{Value, json};
use stagecraft::db::Engine;
use stagecraft::template::Template;

use crate::bad_input::Api;
use crate::cli::program::Program;
use crate::support::app::{TestApp, write};

/// A statement that writes a number: text now, a number before.
const STATEMENT: &str = "{% if true %}5{% endif %}";

fn entity(name: &str, mode: Option<&str>) -> Value {
    let annotations = mode.map_or_else(|| json!({}), |mode| json!({ "stagecraft.dev/value-mode": mode }));
    json!({
        "apiVersion": "scaffolder.backstage.io/v1beta3",
        "kind": "Template",
        "metadata": { "name": name, "annotations": annotations },
        "spec": {
            "type": "service",
            "steps": [{ "id": "say", "action": "debug:log", "input": { "message": "${{ 'a'.padStart(3) }}" } }],
            "output": { "value": STATEMENT },
        },
    })
}

/// The output of a task of a service with these settings.
async fn task_output(settings: &[(&str, &str)], mode: Option<&str>) -> Value {
    let app = TestApp::on(Engine::Sqlite, settings).await;
    write(&app.templates().join("modes/template.yaml"), &entity("modes", mode).to_string());
    app.app.tasks.library().refresh().await;
    let id = app.run("modes", json!({})).await;
    app.output(id).await["value"].clone()
}

#[tokio::test]
async fn the_service_chooses_the_mode_of_its_tasks() {
    assert_eq!(task_output(&[], None).await, json!("5"));
    assert_eq!(task_output(&[("TEMPLATES__VALUE_MODE", "legacy")], None).await, json!(5));
}

#[tokio::test]
async fn a_template_chooses_over_the_service() {
    assert_eq!(task_output(&[], Some("legacy")).await, json!(5));
    assert_eq!(task_output(&[("TEMPLATES__VALUE_MODE", "legacy")], Some("current")).await, json!("5"));
}

#[tokio::test]
async fn a_dry_run_has_the_mode_of_its_template() {
    let api = Api::new().await;
    for (mode, expected) in [(None, json!("5")), (Some("legacy"), json!(5))] {
        let body = json!({ "template": entity("dry", mode), "values": {}, "directoryContents": [] });
        let (status, answer) = api.post("/v2/dry-run", &body).await;
        assert_eq!((status, &answer["output"]["value"]), (200, &expected), "{answer}");
    }
}

#[test]
fn render_has_the_mode_of_its_template_and_of_the_settings() {
    let program = Program::new();
    program.write("plain/template.yaml", &entity("plain", None).to_string());
    program.write("modes/template.yaml", &entity("modes", Some("legacy")).to_string());
    program.write("legacy.yaml", "templates: { value_mode: legacy }\n");
    let output = |arguments: &[&str]| {
        let ran = program.run(&[arguments, &["--json", "--keep-expression-errors"]].concat());
        let document: Value =
            serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{}{}", ran.out, ran.err));
        document["output"]["value"].clone()
    };

    assert_eq!(output(&["render", "plain"]), json!("5"));
    assert_eq!(output(&["render", "modes"]), json!(5));
    assert_eq!(output(&["--config", "legacy.yaml", "render", "plain"]), json!(5));
}

#[test]
fn a_mode_that_is_not_known_is_a_fault_of_the_template() {
    let faults = Template::from_entity(entity("modes", Some("json")), "template.yaml", None).unwrap_err();
    let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert!(told[0].contains("is `current` or `legacy`, not \"json\""), "{told:?}");
}
