//! The command: paths, formats, exit codes.

use crate::cli::program::Program;

const GOOD: &str = "\
apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata:
  name: example
  title: Example
spec:
  owner: group:default/platform
  type: service
  steps:
    - id: log
      name: Log
      action: debug:log
";

fn warned() -> String {
    GOOD.replace("action: debug:log", "action: debug:log\n      x-team: web")
}

fn failing() -> String {
    GOOD.replace("debug:log", "debug:lgo")
}

#[test]
fn a_good_template_ends_with_0_and_says_so() {
    let program = Program::new();
    program.write("template.yaml", GOOD);

    let ran = program.run(&["lint", "."]);

    assert_eq!((ran.code, ran.out.as_str()), (0, "1 template: nothing to say\n"), "{}", ran.err);
}

#[test]
fn an_error_ends_with_1_and_a_warning_only_if_it_is_denied() {
    let program = Program::new();
    program.write("warned.yaml", &warned());
    program.write("failing.yaml", &failing());

    let codes = [
        program.run(&["lint", "warned.yaml"]).code,
        program.run(&["lint", "--deny", "warnings", "warned.yaml"]).code,
        program.run(&["lint", "--deny", "warnings", "--allow", "unknown-key", "warned.yaml"]).code,
        program.run(&["lint", "failing.yaml"]).code,
        program.run(&["lint", "--rule", "unknown-key", "failing.yaml"]).code,
    ];

    assert_eq!(codes, [0, 1, 0, 1, 0]);
}

#[test]
fn what_cannot_be_linted_ends_with_2() {
    let program = Program::new();
    program.write("other.yaml", "kind: Component\n");

    for (arguments, said) in [
        (["lint", "nope"], "`nope` cannot be read"),
        (["lint", "other.yaml"], "there is no template in `other.yaml`"),
        (["lint", "--explain=unknwon-key"], "did you mean `unknown-key`?"),
    ] {
        let ran = program.run(&arguments);
        assert_eq!(ran.code, 2, "{arguments:?}");
        assert!(ran.err.contains(said), "{}", ran.err);
    }
}

#[test]
fn a_location_leads_to_its_templates() {
    let program = Program::new();
    program.write("all.yaml", "kind: Location\nspec:\n  targets:\n    - ./*/template.yaml\n    - ./b.yaml\n");
    program.write("a/template.yaml", GOOD);
    program.write("b.yaml", &warned());
    program.write("c.yaml", &failing());

    let ran = program.run(&["lint", "all.yaml"]);

    assert_eq!(ran.code, 0, "{}", ran.out);
    assert!(ran.out.ends_with("2 templates: 1 warning\n"), "{}", ran.out);
    assert!(ran.out.contains("--> b.yaml:13:7"), "{}", ran.out);
}

#[test]
fn formats_for_programs_are_what_they_say() {
    let program = Program::new();
    program.write("template.yaml", &failing());

    let json = program.run(&["lint", "--format", "json", "."]).out;
    let sarif = program.run(&["lint", "--format", "sarif", "."]).out;
    let github = program.run(&["lint", "--format", "github", "."]).out;

    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["findings"][0]["file"], "template.yaml");
    let sarif: serde_json::Value = serde_json::from_str(&sarif).unwrap();
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "unknown-action");
    assert!(github.starts_with("::error file=template.yaml,line=12,col=15,"), "{github}");
}

#[test]
fn fix_mends_and_tells_what_is_left() {
    let program = Program::new();
    program.write("template.yaml", &warned().replace("action:", "acton:"));

    let ran = program.run(&["lint", "--fix", "."]);

    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(ran.err.contains("mended 1 finding in 1 file"), "{}", ran.err);
    assert!(ran.out.ends_with("1 template: 1 warning\n"), "{}", ran.out);
}

#[test]
fn rules_are_listed_and_explained() {
    let program = Program::new();

    assert!(program.run(&["lint", "--list"]).out.contains("unknown-action "));
    assert!(program.run(&["lint", "--explain", "unknown-action"]).out.starts_with("### unknown-action\n"));
}
