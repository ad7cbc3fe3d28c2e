//! `stagecraft score`: files of the disk and of commits.

use std::path::Path;

use super::program::Program;

const SCORE: &str = include_str!("../../../score/tests/example/score.yaml");
const PLATFORM: &str = include_str!("../../../score/tests/example/platform.yaml");
const IMAGE: &str =
    "ghcr.io/acme/orders@sha256:9b2f6c7d8e9f0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293";
const OUTPUTS: &str =
    r#"{ "db_address": { "sensitive": false, "type": "string", "value": "db.example.com" } }"#;

fn example() -> Program {
    let program = Program::new();
    program.write("score.yaml", SCORE);
    program.write("platform.yaml", PLATFORM);
    program.write("outputs.json", OUTPUTS);
    program
}

fn git(program: &Program, arguments: &[&str]) {
    let mut command = program.command(Path::new("git"));
    command.args(["-c", "user.name=t", "-c", "user.email=t@example.com"]).args(arguments);
    assert!(command.output().unwrap().status.success(), "git {arguments:?}");
}

#[test]
fn a_workload_is_rendered_in_two_rounds_around_terraform() {
    let program = example();
    let first = ["score", "render", "--env", "prod", "--image", IMAGE, "--out", "deploy"];

    let ran = program.run(&first);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.err.contains("the manifests need `db.address`"), "{ran:?}");
    assert!(program.path("deploy/terraform/main.tf.json").exists());
    assert!(!program.path("deploy/kubernetes").exists());
    assert_eq!(program.run(&first).code, 2, "the folder holds something");

    let second: Vec<&str> = first.iter().copied().chain(["--force", "--outputs", "outputs.json"]).collect();
    let ran = program.run(&second);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{ran:?}");
    assert!(program.read("deploy/kubernetes/deployment-orders.yaml").contains("@db.example.com:5432/orders"));

    program.write("outputs.json", "{}");
    let ran = program.run(&second);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("`--outputs` has no `db.address`"), "{ran:?}");
}

#[test]
fn environments_and_commits_are_compared() {
    let program = example();
    git(&program, &["init", "-q", "-b", "main"]);
    git(&program, &["add", "."]);
    git(&program, &["commit", "-q", "-m", "one"]);
    program.write("score.yaml", &SCORE.replace("cpu: 100m", "cpu: 250m"));

    let since = program.run(&["score", "diff", "--env", "dev", "--image", IMAGE, "--since", "main"]);
    assert_eq!(since.code, 0, "{since:?}");
    assert!(since.out.contains("-            cpu: 100m\n+            cpu: 250m"), "{}", since.out);
    assert!(since.out.ends_with("0 added, 1 changed, 0 removed, 8 the same\n"), "{}", since.out);

    let with = ["score", "diff", "--env", "prod", "--with", "dev", "--image", IMAGE, "--exit-code"];
    let with = program.run(&with);
    assert_eq!(with.code, 1);
    assert!(with.out.contains("poddisruptionbudget-orders.yaml"), "{}", with.out);

    let none = program.run(&["score", "diff", "--env", "prod", "--image", IMAGE, "--since", "nowhere"]);
    assert_eq!(none.code, 1);
    assert!(none.err.contains("`--since nowhere`"), "{none:?}");
}

#[test]
fn what_came_from_which_rule_is_told_and_drawn() {
    let program = example();
    let arguments = ["score", "render", "--env", "prod", "--image", IMAGE, "--preview"];
    let explained = program.run(&[arguments.as_slice(), &["--explain"]].concat());
    assert!(explained.out.contains("db (postgres): rule postgres-rds\n"), "{}", explained.out);
    let drawn = program.run(&[arguments.as_slice(), &["--graph"]].concat());
    assert!(drawn.out.starts_with("flowchart LR\n"), "{}", drawn.out);
}

#[test]
fn a_file_that_is_wrong_or_missing_is_named() {
    let program = example();
    program.write("score.yaml", &SCORE.replace("type: postgres", "type: oracle"));
    let ran = program.run(&["score", "render", "--env", "prod", "--image", IMAGE]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.err.starts_with("error: score.yaml:41:3: `resources.db`: the platform has no rule"),
        "{ran:?}"
    );

    let ran = program.run(&["score", "render", "--env", "prod", "--score", "none.yaml"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("`none.yaml` cannot be read"), "{ran:?}");
}
