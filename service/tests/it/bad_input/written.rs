//! What authors write: YAML that cannot be read, and expressions that fail.

use serde_json::json;
use stagecraft::task::TaskStatus;

use super::Api;
use crate::cli::program::Program;
use crate::support::app::write;

/// A head for a spec of its own.
fn head(name: &str) -> String {
    format!(
        "apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata: {{ name: {name} }}\nspec:\n  type: service\n"
    )
}

fn with_a_cycle() -> String {
    head("cycle") + "  steps:\n    - id: a\n      action: debug:log\n      input: &in\n        message: *in\n"
}

fn with_a_bomb() -> String {
    let mut text = head("bomb") + "  a: &a [x, x, x, x, x, x, x, x, x, x]\n";
    for (last, next) in "abcdefgh".chars().zip("bcdefghi".chars()) {
        let aliases = vec![format!("*{last}"); 10].join(", ");
        text.push_str(&format!("  {next}: &{next} [{aliases}]\n"));
    }
    text + "  steps: []\n"
}

fn of_eleven_megabytes() -> String {
    format!("{}  steps: []\n  x: {}\n", head("large"), "x".repeat(11_000_000))
}

#[tokio::test]
async fn a_template_that_cannot_be_read_is_listed_with_its_place_and_harms_no_other() {
    let api = Api::new().await;
    for (name, text) in [("cycle", with_a_cycle()), ("bomb", with_a_bomb()), ("large", of_eleven_megabytes())]
    {
        write(&api.app.templates().join(name).join("template.yaml"), &text);
    }

    api.app.app.tasks.library().refresh().await;

    let listed = api.app.app.tasks.library().list();
    let fault = |name: &str| {
        let place = format!("{name}/template.yaml");
        let broken = listed.iter().find(|listed| listed.place.ends_with(&place)).expect("it is listed");
        broken.errors[0].to_string()
    };
    assert!(fault("cycle").contains("template.yaml:9:14: ") && fault("cycle").contains("contains itself"));
    assert!(fault("bomb").contains("too large when its aliases are followed"), "{}", fault("bomb"));
    assert!(fault("large").contains("11000"), "{}", fault("large"));
    let (status, _) = api.create("service", json!({ "name": "second", "owner": "me" })).await;
    assert_eq!(status, 201);
}

#[test]
fn a_template_that_cannot_be_read_is_told_in_the_terminal_with_its_place() {
    let program = Program::new();
    program.write("cycle.yaml", &with_a_cycle());
    program.write("bomb.yaml", &with_a_bomb());
    program.write("large.yaml", &of_eleven_megabytes());
    program.write("text.yaml", &(head("text") + "  steps: [\n"));

    for command in ["render", "new"] {
        for (file, wanted) in [
            ("cycle.yaml", "error: cycle.yaml:9:14: "),
            ("bomb.yaml", "error: bomb.yaml:1:1: "),
            ("large.yaml", "error: large.yaml: "),
            ("text.yaml", "error: text.yaml:7:1: "),
        ] {
            let ran = program.run(&[command, file]);
            assert_eq!(ran.code, 1, "{command} {file}: {}", ran.err);
            assert!(ran.err.starts_with(wanted), "{command} {file}: {}", ran.err);
        }
    }
}

const FAILING: &str = "
steps:
  - id: one
    action: debug:log
    input:
      message: before
  - id: two
    action: debug:log
    input:
      message: ${{ parameters.name | nofilter }}
";

#[tokio::test]
async fn on_the_compatible_api_a_failing_expression_stays_as_it_is_with_a_warning() {
    let api = Api::new().await;
    api.app.template("failing", FAILING, &[]).await;

    let id = api.app.run("failing", json!({ "name": "x" })).await;

    let messages = api.app.messages(id).await;
    assert_eq!(api.app.status(id).await, TaskStatus::Completed);
    assert!(messages.iter().any(|line| line == "${{ parameters.name | nofilter }}"), "{messages:#?}");
    let warning = messages.iter().find(|line| line.contains("warn")).expect("there is a warning");
    assert!(warning.contains("`input.message`") && warning.contains("`nofilter`"), "{warning}");
}

#[tokio::test]
async fn a_setting_makes_a_failing_expression_fail_the_step() {
    let api = Api::with(&[("TASKS__EXPRESSION_ERRORS", "fail")]).await;
    api.app.template("failing", FAILING, &[]).await;

    let id = api.app.run("failing", json!({ "name": "x" })).await;

    let (name, message) = api.app.failure(id).await;
    assert_eq!(name, "InputError");
    assert!(message.contains("`input.message`") && message.contains("`nofilter`"), "{message}");
}

#[test]
fn on_the_command_line_a_failing_expression_is_an_error_with_its_place() {
    let program = Program::new();
    program.template("failing", FAILING);

    for command in ["render", "new"] {
        let ran = program.run(&[command, "failing/template.yaml"]);

        assert_eq!(ran.code, 1, "{command}");
        let place = "error: failing/template.yaml:15:9: step `two` (debug:log) failed: ";
        assert!(ran.err.starts_with(place) && ran.err.contains("`nofilter`"), "{command}: {}", ran.err);
    }
}

#[test]
fn the_command_line_keeps_a_failing_expression_where_that_is_wished() {
    let program = Program::new();
    program.template("failing", FAILING);

    for command in ["render", "new"] {
        let ran = program.run(&[command, "failing/template.yaml", "--keep-expression-errors"]);

        assert_eq!(ran.code, 0, "{command}: {}", ran.err);
        assert!(ran.out.contains("warn: ") && ran.out.contains("`nofilter`"), "{command}: {}", ran.out);
    }
}
