//! `stagecraft new` without a terminal: nothing is asked, everything is told.

use super::program::Program;

const SPEC: &str = r#"
parameters:
  - required: [name, owner]
    properties:
      name: { type: string, pattern: '^[a-z-]+$', ui:help: Lower-case words joined by dashes. }
      owner: { type: string, title: Owner }
      port: { type: integer, minimum: 1024, default: 8080 }
  - required: [size]
    properties:
      size: { type: string, enum: [small, large] }
steps:
  - id: fetch
    name: Fetch
    action: fetch:plain
    input: { url: ./skeleton }
  - id: publish
    name: Publish
    action: publish:github
    input: { repoUrl: 'github.com?owner=acme&repo=${{ parameters.name }}' }
"#;

const GOOD: [&str; 6] = ["--set", "name=demo", "--set", "owner=group:default/x", "--set", "size=small"];

fn program() -> Program {
    let program = Program::new();
    program.template("service", SPEC);
    program.write("service/skeleton/README.md", "# Hello\n");
    program
}

#[test]
fn a_repository_is_made_and_its_place_is_told() {
    let program = program();

    let ran = program.run(&[&["new", "service/template.yaml"][..], &GOOD].concat());

    insta::assert_snapshot!(ran.steady(), @r"
    service
      ✓ Fetch  <time>
      ✓ Publish  <time>
      Repository: file://<folder>/stagecraft-data/forge/github.com/acme/demo.git
    exit code 0
    ");
}

#[test]
fn a_template_is_found_by_its_name_in_a_source() {
    let program = program();

    let ran = program.run(&[&["new", "service", "--templates", "."][..], &GOOD].concat());

    assert_eq!(ran.code, 0, "{}", ran.err);
}

#[test]
fn everything_that_is_wrong_with_the_values_is_listed_at_once() {
    let program = program();

    let bad = ["--set", "name=Demo", "--set", "port=80", "--set", "ownr=me"];
    let ran = program.run(&[&["new", "service/template.yaml"][..], &bad].concat());

    insta::assert_snapshot!(ran.steady(), @r#"
    service
    error: the values do not fit the template `service`:
      `ownr` is unknown; did you mean `owner`?
      `owner` is missing: Owner
      `name` does not match pattern "^[a-z-]+$" (Lower-case words joined by dashes.)
      `port` must be greater than or equal to 1024
      `size` is missing
    Give values with `--set name=value`, or as a file with `--values`.
    exit code 2
    "#);
    assert!(!program.path("stagecraft-data/forge").exists());
}

#[test]
fn without_a_terminal_nothing_is_asked() {
    let program = program();

    let ran = program.run(&["new", "service/template.yaml"]);

    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("`name` is missing") && ran.err.contains("`size` is missing"), "{}", ran.err);
}

#[test]
fn a_secret_reaches_the_task_and_no_output() {
    let program = Program::new();
    let spec = "steps:\n  - { id: say, action: 'debug:log', input: { message: 'key ${{ secrets.key }}' } }\n";
    program.template("service", spec);
    let arguments = ["new", "service/template.yaml", "--secret", "key=env:KEY", "--verbose"];

    let ran = program.run_with(&[("KEY", "hunter2")], &arguments);

    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("***") && !ran.out.contains("hunter2"), "{}", ran.out);
}

#[test]
fn a_secret_without_its_variable_is_a_fault_of_the_command_line() {
    let program = program();

    let ran = program.run(&["new", "service/template.yaml", "--secret", "key=env:NOT_SET"]);

    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("`NOT_SET`"), "{}", ran.err);
}

#[test]
fn without_any_source_the_golden_paths_of_the_program_are_there() {
    let program = Program::new();
    let values = [
        "--set",
        "name=order-api",
        "--set",
        "description=Takes orders",
        "--set",
        "owner=group:default/orders",
        "--set",
        "repoUrl=github.com?owner=example&repo=order-api",
    ];

    let made = program.run(&[&["new", "rust-service"][..], &values].concat());
    let unknown = program.run(&["new", "rust-servcie"]);
    let other = program.run(&["new", "rust-service", "--templates", "nowhere"]);

    assert_eq!(made.code, 0, "{}", made.err);
    assert!(made.out.contains("github.com/example/order-api"), "{}", made.out);
    assert!(unknown.err.contains("did you mean `rust-service`?"), "{}", unknown.err);
    assert!(other.err.contains("there is no template `rust-service`"), "{}", other.err);
}
