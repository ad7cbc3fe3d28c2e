//! `stagecraft demo`: what a new user sees first, and whether the commands it ends with work.

use super::program::{Program, Ran, binary};

#[test]
fn the_demo_goes_from_a_template_to_a_clone_of_the_repository() {
    let program = Program::new();

    let ran = program.run(&["demo"]);

    insta::assert_snapshot!("demo_output", ran.steady());
    let clone = program.path("stagecraft-demo/hello-stagecraft");
    assert!(clone.join("catalog-info.yaml").is_file() && clone.join(".git").is_dir());
}

#[test]
fn the_commands_that_the_demo_ends_with_work() {
    let program = Program::new();
    let demo = program.run(&["demo", "--data", "demo"]);
    let commands: Vec<Vec<&str>> = demo
        .out
        .lines()
        .filter_map(|line| line.trim().strip_prefix(binary()))
        .map(|arguments| arguments.split_whitespace().collect())
        .collect();
    let of = |name: &str| commands.iter().find(|command| command[0] == name).expect("it is printed").clone();
    let values = ["--values", "demo/values.yaml", "--set", "name=second"];
    let repository = ["--set", "repoUrl=github.com?owner=acme&repo=second"];

    let rendered = program.run(&of("render"));
    let made = program.run(&[&of("new")[..], &values, &repository].concat());

    assert_eq!((rendered.code, made.code), (0, 0), "{}{}", rendered.err, made.err);
    assert!(program.path("demo/rendered/Cargo.toml").is_file());
    assert!(program.path("demo/forge/github.com/acme/second.git").is_dir());
}

#[test]
fn the_demo_leaves_a_folder_alone_that_holds_something() {
    let program = Program::new();
    program.write("mine/notes.txt", "keep me");

    let ran = program.run(&["demo", "--data", "mine"]);

    insta::assert_snapshot!(ran.steady(), @r"
    error: the demo wants an empty data folder, and `mine` holds something: remove it, or name another with `--data`
    exit code 2
    ");
    assert_eq!(names(&program, "mine"), ["notes.txt"]);
}

#[test]
fn a_step_takes_the_time_that_lies_between_its_events() {
    let program = Program::new();
    program.template(
        "slow",
        "steps:\n  - { id: a, name: Wait, action: 'debug:wait', input: { milliseconds: 300 } }\n",
    );

    let ran = program.run(&["new", "slow/template.yaml"]);

    let took = wait_of(&ran);
    assert!(took >= 300, "{}", ran.out);
}

/// Milliseconds, or more than anybody waits where it says seconds.
fn wait_of(ran: &Ran) -> u64 {
    let line = ran.out.lines().find(|line| line.contains("✓ Wait")).expect("the step completed");
    let time = line.trim().trim_start_matches("✓ Wait").trim();
    time.strip_suffix(" ms").map_or(u64::MAX, |number| number.parse().unwrap())
}

fn names(program: &Program, folder: &str) -> Vec<String> {
    let entries = std::fs::read_dir(program.path(folder)).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}
