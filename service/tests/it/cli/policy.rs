//! `stagecraft policy`: the starter set over files of the disk, reports, tests of policies.

use serde_json::Value;

use super::program::Program;

const WORKFLOW: &str = "\
on: push
jobs:
  build:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v5
";

const REPLICAS: &str = "\
package acme.replicas

warn contains {\"msg\": \"one replica\", \"path\": [\"spec\", \"replicas\"]} if input.spec.replicas < data.least
";

const TESTED: &str = "\
package acme.replicas_test

import data.acme.replicas

test_one if count(replicas.warn) == 1 with input as {\"spec\": {\"replicas\": 1}}

test_wrong if count(replicas.warn) == 1 with input as {\"spec\": {\"replicas\": 5}}
";

const DEPLOYMENT: &str =
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 1\n";

fn repository() -> Program {
    let program = Program::new();
    program.write(".github/workflows/ci.yml", WORKFLOW);
    program.write(".gitignore", "/out/\n");
    program.write("out/Dockerfile", "FROM a:latest\n");
    program
}

#[test]
fn the_starter_set_is_asked_about_a_folder() {
    let program = repository();

    let ran = program.run(&["policy", "check"]);

    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.out.contains("error[actions-pinned]: `actions/checkout@v5` is not pinned"), "{ran:?}");
    assert!(ran.out.contains("--> .github/workflows/ci.yml:6\n"), "{ran:?}");
    assert!(ran.out.ends_with("10 policies asked about 1 document: 1 error\n"), "{ran:?}");
    assert_eq!(ran.err, "error: 1 finding is not allowed\n");

    program.write(
        ".github/workflows/ci.yml",
        &WORKFLOW.replace("@v5", "@v5 # policy:allow actions-pinned a trial"),
    );
    let ran = program.run(&["policy", "check"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{ran:?}");
    assert!(ran.out.ends_with("document: 1 allowed\n"), "{ran:?}");
}

#[test]
fn findings_are_named_as_the_command_line_names_their_files() {
    let program = Program::new();
    program.write("service/.github/workflows/ci.yml", WORKFLOW);

    let ran = program.run(&["policy", "check", "service", "--format", "github"]);

    let line = "::error file=service/.github/workflows/ci.yml,line=6,title=actions-pinned::`actions/checkout@v5` is not";
    assert!(ran.out.starts_with(line), "{ran:?}");
    for file in ["service/.github/workflows/ci.yml", "./service/.github/workflows/ci.yml"] {
        let ran = program.run(&["policy", "check", file, "--format", "github"]);
        assert!(ran.out.starts_with(line), "{ran:?}");
    }
}

#[test]
fn reports_are_json_and_sarif() {
    let program = repository();

    let told: Value =
        serde_json::from_str(&program.run(&["policy", "check", "--format", "json"]).out).unwrap();
    assert_eq!(told["findings"][0]["policy"], "actions-pinned");
    assert_eq!(told["findings"][0]["line"], 6);
    assert!(told["digest"].as_str().unwrap().starts_with("sha256:"));

    let told: Value =
        serde_json::from_str(&program.run(&["policy", "check", "--format", "sarif"]).out).unwrap();
    let validator = jsonschema::validator_for(&crate::lint::reports::sarif_schema()).unwrap();
    let faults: Vec<String> = validator.iter_errors(&told).map(|fault| fault.to_string()).collect();
    assert_eq!(faults, [""; 0]);
    let result = &told["runs"][0]["results"][0];
    assert_eq!(result["locations"][0]["physicalLocation"]["region"]["startLine"], 6);
    let rule = &told["runs"][0]["tool"]["driver"]["rules"]
        [usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
    assert_eq!(rule["id"], "actions-pinned");
}

#[test]
fn own_policies_see_their_data_and_warnings_can_be_denied() {
    let program = Program::new();
    program.write("rules/replicas.rego", REPLICAS);
    program.write("rules/data.yaml", "least: 2\n");
    program.write("web.yaml", DEPLOYMENT);

    let ran = program.run(&["policy", "check", "web.yaml", "--policies", "rules"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("warning[replicas]: one replica\n  --> web.yaml:5\n"), "{ran:?}");

    let ran = program.run(&["policy", "check", "web.yaml", "--policies", "rules", "--deny", "warnings"]);
    assert_eq!(ran.code, 1, "{ran:?}");
}

#[test]
fn tests_of_policies_are_run() {
    let program = Program::new();
    program.write("rules/replicas.rego", REPLICAS);
    program.write("rules/data.json", "{\"least\": 2}");
    program.write("rules/replicas_test.rego", TESTED);

    let ran = program.run(&["policy", "test", "rules"]);

    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(
        ran.out.contains("failed: acme.replicas_test.test_wrong\n  --> rules/replicas_test.rego:7\n"),
        "{ran:?}"
    );
    assert!(ran.out.ends_with("2 tests: 1 held, 1 failed\n"), "{ran:?}");
    let ran = program.run(&["policy", "test"]);
    assert_eq!(ran.code, 0, "{ran:?}");
}

#[test]
fn policies_that_cannot_be_used_are_named() {
    let program = Program::new();
    program.write("broken/a.rego", "package a\n\ndeny contains msg if {\n  msg := \n}\n");
    program.write("none/a.txt", "");
    program.write("library/a.rego", "package a\n\nhelps(x) if x == 1\n");

    let broken = program.run(&["policy", "check", "--policies", "broken"]);
    assert_eq!(broken.code, 1, "{broken:?}");
    assert!(broken.err.starts_with("error: broken/a.rego:4:"), "{broken:?}");
    for (arguments, part) in [
        (["policy", "check", "--policies", "none"], "there is no `.rego` file in `none`"),
        (["policy", "check", "--policies", "library"], "there is no policy"),
        (["policy", "check", "--policies", "absent"], "`absent` cannot be read"),
    ] {
        let ran = program.run(&arguments);
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.err.contains(part), "{ran:?}");
    }
}

#[test]
fn what_policies_see_is_shown() {
    let program = Program::new();
    program.write("main.tf", "resource \"a\" \"b\" {\n  c = var.d\n}\n");

    let told: Value = serde_json::from_str(&program.run(&["policy", "input"]).out).unwrap();

    assert_eq!(told[0]["path"], "main.tf");
    assert_eq!(told[0]["contents"]["resource"]["a"]["b"]["c"], "${var.d}");
}
