//! What the program says of itself, and the commands that only print.

use std::process::Stdio;

use super::program::Program;

fn help(arguments: &[&str]) -> String {
    let ran = Program::new().run(arguments);
    assert_eq!(ran.code, 0, "{}", ran.err);
    ran.out
}

#[test]
fn who_stops_reading_is_told_nothing() {
    let program = Program::new();
    let mut command = program.command(std::path::Path::new(super::program::binary()));
    let mut running = command
        .args(["actions", "--markdown"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(running.stdout.take());

    let ended = running.wait_with_output().unwrap();

    assert_eq!((ended.status.code(), String::from_utf8(ended.stderr).unwrap()), (Some(141), String::new()));
}

#[test]
fn help_names_every_command_and_the_exit_codes() {
    insta::assert_snapshot!("stagecraft", help(&["--help"]));
}

#[test]
fn every_command_explains_its_options() {
    for command in [
        "actions",
        "demo",
        "serve",
        "worker",
        "new",
        "render",
        "dev",
        "test",
        "migrate",
        "openapi",
        "settings",
        "completions",
    ] {
        insta::assert_snapshot!(command, help(&[command, "--help"]));
    }
}

#[test]
fn a_slip_in_a_command_is_answered_with_the_nearest_and_code_2() {
    let ran = Program::new().run(&["rendr"]);

    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("'render'"), "{}", ran.err);
}

#[test]
fn the_printed_description_of_the_api_is_the_committed_one() {
    assert_eq!(help(&["openapi"]), include_str!("../../../openapi.json"));
}

#[test]
fn actions_are_listed_shown_and_printed_for_programs() {
    let list = help(&["actions"]);
    let one = help(&["actions", "fs:delete"]);
    let json: serde_json::Value = serde_json::from_str(&help(&["actions", "fs:delete", "--json"])).unwrap();

    assert!(list.lines().any(|line| line.starts_with("publish:github ")), "{list}");
    insta::assert_snapshot!("action_fs_delete", one);
    assert_eq!((&json["id"], &json["kind"]), (&"fs:delete".into(), &"workspace".into()));
    assert_eq!(json["schema"]["input"]["required"], serde_json::json!(["files"]));
}

#[test]
fn an_action_that_is_not_there_is_answered_with_what_to_do_and_code_2() {
    let ran = Program::new().run(&["actions", "publish:gitlab"]);

    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("`publish:gitlab`") && ran.err.contains("GitLab"), "{}", ran.err);
}

#[test]
fn the_printed_settings_are_the_defaults_and_can_be_given_back() {
    let program = Program::new();
    let settings = program.run(&["settings"]).out;
    program.write("site.yaml", &settings);

    let ran = program.run(&["migrate", "--config", "site.yaml"]);

    assert_eq!(settings, include_str!("../../../config.default.yaml"));
    assert_eq!(ran.code, 0, "{}", ran.err);
}

#[test]
fn a_mistyped_setting_is_told_with_its_line_and_code_2() {
    let program = Program::new();
    program.write("site.yaml", "server:\n  listn: 127.0.0.1:1\n");

    let ran = program.run(&["migrate", "--config", "site.yaml"]);

    insta::assert_snapshot!(ran.steady(), @r"
    error: site.yaml:2: `server.listn` is not a setting; did you mean `listen`?
    exit code 2
    ");
}

#[test]
fn the_completions_are_a_script_that_bash_can_load() {
    let program = Program::new();
    program.write("completions.sh", &help(&["completions", "bash"]));

    let script = ". ./completions.sh && complete -p stagecraft";
    let bash =
        program.command("bash".as_ref()).args(["-c", script]).stderr(Stdio::inherit()).output().unwrap();

    assert!(bash.status.success());
    assert!(String::from_utf8_lossy(&bash.stdout).contains("_stagecraft"));
}
