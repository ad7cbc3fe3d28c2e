//! The preview of a template: what is shown after which change.

use catalog_gen::TreePath;
use serde_json::json;
use stagecraft::preview::{ChangeKind, FileDiff, Given, Level, LineKind, Shown};
use stagecraft::task::StepEnd;

use crate::support::preview::{Stage, TEMPLATE, text};

fn changes(shown: &Shown) -> Vec<(String, ChangeKind)> {
    let run = shown.run.as_ref().unwrap();
    run.changes.iter().map(|change| (change.path.as_str().to_owned(), change.kind)).collect()
}

fn findings(shown: &Shown) -> Vec<(Level, String)> {
    let line = |location: Option<String>, message: &str| match location {
        Some(location) => format!("{location}: {message}"),
        None => message.to_owned(),
    };
    shown.findings.iter().map(|found| (found.level, line(found.location(), &found.message))).collect()
}

#[tokio::test]
async fn a_case_fills_the_form_and_the_defaults_the_rest() {
    let stage = Stage::shown().await;

    let shown = stage.preview.now();

    assert_eq!(json!(shown.values), json!({"name": "orders", "port": 8080}));
    assert_eq!(text(&shown, "README.md").as_deref(), Some("# orders\n"));
    assert_eq!(text(&shown, "src/port.txt").as_deref(), Some("8080\n"));
    assert_eq!(findings(&shown), []);
    let names: Vec<&str> = shown.cases.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(names, ["big", "small"]);
}

#[tokio::test]
async fn values_that_are_missing_are_told_and_nothing_is_run() {
    let stage = Stage::new().await;

    let shown = stage.look().await;

    assert_eq!(findings(&shown), [(Level::Values, "`name` is missing".to_owned())]);
    assert!(shown.run.is_none() && !shown.current);
}

#[tokio::test]
async fn a_saved_file_changes_what_is_rendered_and_only_it_is_named() {
    let stage = Stage::shown().await;

    stage.write("skeleton/README.md", "# ${{ values.name }}\n\nNew.\n");
    let shown = stage.look().await;

    assert_eq!(changes(&shown), [("README.md".to_owned(), ChangeKind::Changed)]);
    let run = shown.run.as_ref().unwrap();
    let FileDiff::Lines(hunks) = run.diff(&TreePath::parse("README.md").unwrap()) else { panic!("no lines") };
    let added: Vec<&str> = hunks[0]
        .lines
        .iter()
        .filter(|line| line.kind == LineKind::Added)
        .map(|line| line.text.as_str())
        .collect();
    assert_eq!(added, ["", "New."]);
}

#[tokio::test]
async fn a_look_at_what_did_not_change_makes_no_new_state() {
    let stage = Stage::shown().await;
    let before = stage.preview.now().revision;

    let after = stage.look().await.revision;

    assert_eq!(before, after);
}

#[tokio::test]
async fn a_change_stays_to_be_seen_when_the_next_run_gives_the_same() {
    let stage = Stage::shown().await;
    stage.write("skeleton/new.txt", "x");
    stage.look().await;

    let shown = stage.fill(json!({"name": "orders", "port": 8080}), json!({})).await;

    assert_eq!(changes(&shown), [("new.txt".to_owned(), ChangeKind::Added)]);
    assert!(shown.run.as_ref().unwrap().unchanged);
}

#[tokio::test]
async fn a_failing_expression_of_the_skeleton_is_told_with_its_place_and_source() {
    let stage = Stage::shown().await;

    stage.write("skeleton/README.md", "# Title\n\n  ${{ values.name | nosuch }}\n");
    let shown = stage.look().await;

    let found = &shown.findings[0];
    assert_eq!(found.location().as_deref(), Some("skeleton/README.md:3:21"));
    assert!(found.message.contains("nosuch"), "{}", found.message);
    let excerpt = found.excerpt.as_ref().unwrap();
    assert_eq!((excerpt.first, excerpt.lines.len()), (1, 3));
    assert_eq!(shown.run.as_ref().unwrap().steps[0].end, Some(StepEnd::Failed));
}

#[tokio::test]
async fn files_that_a_failed_run_did_not_get_to_are_kept_and_not_called_removed() {
    let stage = Stage::shown().await;

    stage.write("skeleton/README.md", "${{ values.name | nosuch }}");
    let shown = stage.look().await;

    assert_eq!(changes(&shown), []);
    assert_eq!(shown.run.as_ref().unwrap().kept, 2);
    assert_eq!(text(&shown, "README.md").as_deref(), Some("# orders\n"));
}

#[tokio::test]
async fn a_failing_expression_of_a_step_is_told_with_its_place() {
    let stage = Stage::shown().await;

    stage
        .write("template.yaml", &TEMPLATE.replace("port: ${{ parameters.port }}", "port: ${{ 1 | nosuch }}"));
    let shown = stage.look().await;

    assert_eq!(shown.findings.len(), 1, "{:?}", shown.findings);
    assert_eq!(shown.findings[0].location().as_deref(), Some("template.yaml:22:11"));
}

#[tokio::test]
async fn an_action_that_is_not_there_is_told_with_its_place() {
    let stage = Stage::shown().await;

    stage.write("template.yaml", &TEMPLATE.replace("fetch:template", "fetch:templat"));
    let shown = stage.look().await;

    let (level, line) = &findings(&shown)[0];
    assert_eq!(*level, Level::Error);
    assert!(line.starts_with("template.yaml:17:7: ") && line.contains("fetch:template"), "{line}");
    assert!(!shown.current && shown.run.is_some());
}

#[tokio::test]
async fn a_template_that_cannot_be_read_is_told_and_its_mending_is_seen() {
    let stage = Stage::shown().await;

    stage.write("template.yaml", "kind: Template\nspec: [\n");
    let broken = stage.look().await;
    stage.write("template.yaml", TEMPLATE);
    let mended = stage.look().await;

    assert!(broken.template.is_none());
    assert!(findings(&broken)[0].1.starts_with("template.yaml:"), "{:?}", broken.findings);
    assert!(mended.template.is_some() && mended.current);
    assert_eq!(findings(&mended), []);
}

#[tokio::test]
async fn the_form_changes_the_run_and_a_case_changes_the_form() {
    let stage = Stage::shown().await;
    let before = stage.preview.now().form;

    let filled = stage.fill(json!({"name": "shipping", "port": 1}), json!({})).await;
    let chosen = stage.preview.choose(Some("big")).await;
    let shown = stage.preview.now();

    assert_eq!((filled.form, text(&filled, "README.md").as_deref()), (before, Some("# shipping\n")));
    assert!(chosen && shown.form > before);
    assert_eq!(json!(shown.values), json!({"name": "billing", "port": 9000}));
}

#[tokio::test]
async fn a_case_that_is_not_there_is_not_taken() {
    let stage = Stage::shown().await;

    assert!(!stage.preview.choose(Some("nosuch")).await);
    assert_eq!(stage.preview.now().case.as_deref(), Some("small"));
}

#[tokio::test]
async fn an_edited_case_is_followed_until_the_form_was_filled_in() {
    let stage = Stage::shown().await;

    stage.write("cases/small.yaml", "values: {name: parcels}\n");
    let followed = stage.look().await;
    stage.fill(json!({"name": "mine"}), json!({})).await;
    stage.write("cases/small.yaml", "values: {name: other}\n");
    let kept = stage.look().await;

    assert_eq!(followed.values["name"], "parcels");
    assert_eq!(kept.values["name"], "mine");
}

#[tokio::test]
async fn a_broken_case_is_a_warning_with_its_place() {
    let stage = Stage::shown().await;

    stage.write("cases/bad.yaml", "values: [a]\n");
    let shown = stage.look().await;

    let expected = "cases/bad.yaml:1:1: `values` of a case is a map of `name: value` lines".to_owned();
    assert_eq!(findings(&shown), [(Level::Warning, expected)]);
    assert!(shown.current);
}

#[tokio::test]
async fn values_of_the_command_line_win_over_those_of_the_case() {
    let over = json!({"port": 1}).as_object().cloned().unwrap();
    let stage = Stage::with(Given { case: Some("big".to_owned()), over, ..Given::default() }).await;

    let shown = stage.look().await;

    assert_eq!(json!(shown.values), json!({"name": "billing", "port": 1}));
}

#[tokio::test]
async fn steps_show_their_inputs_with_secrets_masked() {
    let stage = Stage::shown().await;

    let shown = stage.fill(json!({"name": "orders", "port": 1}), json!({"token": "hunter22"})).await;

    let run = shown.run.as_ref().unwrap();
    let ends: Vec<_> = run.steps.iter().map(|step| step.end).collect();
    assert_eq!(ends, [Some(StepEnd::Ran), Some(StepEnd::LeftOut)]);
    assert_eq!(run.steps[1].calls[0].input["description"], "***");
    let repeats = |line: &String| line.contains("dry-run mode with inputs");
    assert!(!run.steps.iter().flat_map(|step| &step.lines).any(repeats));
    assert!(!format!("{shown:?}").contains("hunter22"));
}

#[tokio::test]
async fn a_save_is_noticed_and_rendered() {
    let stage = Stage::shown().await;
    let stop = stage.watch().await;

    stage.write("skeleton/README.md", "noticed ${{ values.name }}");
    let shown = stage.wait_for(|shown| text(shown, "README.md").as_deref() == Some("noticed orders")).await;
    stop.cancel();

    assert!(shown.current);
}

#[tokio::test]
async fn a_file_in_a_new_folder_is_noticed() {
    let stage = Stage::shown().await;
    let stop = stage.watch().await;

    stage.write("skeleton/a/b/c.txt", "deep");
    let shown = stage.wait_for(|shown| text(shown, "a/b/c.txt").is_some()).await;
    stage.write("skeleton/a/b/c.txt", "deeper");
    let again = stage.wait_for(|shown| text(shown, "a/b/c.txt").as_deref() == Some("deeper")).await;
    stop.cancel();

    assert!(again.revision > shown.revision);
}

#[tokio::test]
async fn of_a_thousand_files_only_the_saved_one_is_read() {
    let stage = Stage::shown().await;
    for number in 0..1_000 {
        stage.write(&format!("skeleton/many/{number}.txt"), &format!("${{{{ values.name }}}} {number}\n"));
    }
    // The marks of files just written cannot be trusted yet, so they are read again until they can.
    while stage.preview.now().read > 0 || stage.preview.now().run.as_ref().unwrap().files.len() < 1_000 {
        stage.fill(json!({"name": "orders", "port": 8080}), json!({})).await;
    }

    stage.write("skeleton/many/7.txt", "changed\n");
    let shown = stage.look().await;

    assert_eq!(shown.read, 1);
    assert_eq!(changes(&shown), [("many/7.txt".to_owned(), ChangeKind::Changed)]);
}
