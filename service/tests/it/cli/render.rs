//! `stagecraft render`: files on disk from a template on disk.

use serde_json::{Value, json};

use super::program::Program;

const SPEC: &str = r#"
parameters:
  - required: [name]
    properties:
      name: { type: string, pattern: '^[a-z-]+$', description: What it is called. }
      port: { type: integer, default: 8080 }
steps:
  - id: fetch
    name: Fetch
    action: fetch:template
    input: { url: ./skeleton, values: { name: '${{ parameters.name }}', port: '${{ parameters.port }}' } }
  - id: publish
    name: Publish
    action: publish:github
    input: { repoUrl: 'github.com?owner=acme&repo=${{ parameters.name }}' }
output:
  links: [{ title: Repository, url: '${{ steps.publish.output.remoteUrl }}' }]
"#;

fn program() -> Program {
    let program = Program::new();
    program.template("service", SPEC);
    program.write("service/skeleton/${{ values.name }}.txt", "${{ values.name }}:${{ values.port }}\n");
    program.write("service/cases/one.yaml", "description: One.\nvalues: { name: from-case, port: 1 }\n");
    program
}

#[test]
fn values_become_files_and_effects_are_left_out() {
    let program = program();
    program.write("values.yaml", "name: demo\n");

    let ran = program.run(&["render", "service/template.yaml", "--values", "values.yaml", "--out", "out"]);

    insta::assert_snapshot!(ran.steady(), @r"
      ✓ Fetch
      – Publish  (skipped: publish:github does not support dry-run)
    1 file, <size>, written to out
    exit code 0
    ");
    assert_eq!(program.read("out/demo.txt"), "demo:8080\n");
    assert!(!program.path("stagecraft-data").exists());
}

#[test]
fn set_wins_over_a_case_and_a_folder_stands_for_its_template() {
    let program = program();

    let case = ["--case", "service/cases/one.yaml", "--set", "port=2"];
    let ran = program.run(&[&["render", "service", "--out", "out"][..], &case].concat());

    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(program.read("out/from-case.txt"), "from-case:2\n");
}

#[test]
fn without_a_folder_nothing_is_written() {
    let program = program();

    let ran = program.run(&["render", "service", "--set", "name=demo"]);

    insta::assert_snapshot!(ran.steady(), @r"
      ✓ Fetch
      – Publish  (skipped: publish:github does not support dry-run)
    1 file, <size>; nothing was written, name a folder with `--out`
    exit code 0
    ");
}

#[test]
fn json_holds_log_files_output_and_tree() {
    let program = program();

    let ran = program.run(&["render", "service", "--set", "name=demo", "--json"]);

    let document: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(
        document["files"],
        json!([{ "path": "demo.txt", "executable": false, "base64Content": "ZGVtbzo4MDgwCg==" }])
    );
    assert_eq!(document["output"]["links"][0]["title"], "Repository");
    assert!(document["log"].as_array().unwrap().iter().any(|line| line["body"]["stepId"] == "fetch"));
    assert_eq!(document["treeId"].as_str().map(str::len), Some(40));
    assert_eq!(document["error"], Value::Null);
}

#[test]
fn a_folder_that_holds_something_is_written_over_only_by_force() {
    let program = program();
    program.write("out/demo.txt", "mine");
    program.write("out/other.txt", "mine too");
    let arguments = ["render", "service", "--set", "name=demo", "--out", "out"];

    let refused = program.run(&arguments);
    let untouched = program.read("out/demo.txt");
    let forced = program.run(&[&arguments[..], &["--force"]].concat());

    assert_eq!((refused.code, untouched.as_str(), forced.code), (2, "mine", 0), "{}", refused.err);
    assert_eq!([program.read("out/demo.txt"), program.read("out/other.txt")], ["demo:8080\n", "mine too"]);
}

#[test]
fn a_failing_step_writes_nothing_and_gives_code_1() {
    let program = program();
    program.write("service/skeleton/bad.txt", "one\n${{ values.name | nofilter }}\n");

    let ran = program.run(&["render", "service", "--set", "name=demo", "--out", "out"]);

    insta::assert_snapshot!(ran.steady(), @r"
      ✗ Fetch
      – Publish  (skipped: a previous step failed)
    error: service/template.yaml:13:7: step `fetch` (fetch:template) failed: skeleton/bad.txt:2:19: there is no filter `nofilter` (in `${{ values.name | nofilter }}`)
    exit code 1
    ");
    assert!(!program.path("out").exists());
}

#[test]
fn values_that_cannot_be_read_are_told_with_file_line_and_column() {
    let program = program();
    program.write("values.yaml", "name: demo\nport: [1,\n");

    let ran = program.run(&["render", "service", "--values", "values.yaml"]);

    assert_eq!(ran.code, 2);
    assert!(ran.err.starts_with("error: values.yaml:3:1: "), "{}", ran.err);
}

#[test]
fn a_template_that_is_not_there_is_a_fault_of_the_command_line() {
    let ran = Program::new().run(&["render", "nowhere.yaml"]);

    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("`nowhere.yaml`"), "{}", ran.err);
}

#[test]
fn a_diff_tells_what_a_folder_would_get() {
    let program = program();
    program.write("service/skeleton/new.md", "new\n");
    program.write("service/skeleton/same.md", "same\n");
    program.write("there/demo.txt", "demo:1\n\u{1b}[2J\n");
    program.write("there/same.md", "same\n");
    program.write("there/mine.rs", "fn main() {}\n");
    program.write("there/.gitignore", "/target\n");
    program.write("there/target/built", "x");
    program.write("there/.git/HEAD", "ref: refs/heads/main\n");
    program.write("there/.stagecraft/service.lock.json", "{}");

    let ran = program.run(&["render", "service", "--set", "name=demo", "--diff", "there"]);

    insta::assert_snapshot!(ran.steady(), @r"
      ✓ Fetch
      – Publish  (skipped: publish:github does not support dry-run)
    3 files, <size>; nothing was written, name a folder with `--out`
    Only there: .gitignore
    --- a/demo.txt
    +++ b/demo.txt
    @@ -1,2 +1 @@
    -demo:1
    -\u{1b}[2J
    +demo:8080
    Only there: mine.rs
    --- /dev/null
    +++ b/new.md
    @@ -0,0 +1 @@
    +new
    1 added, 1 changed, 2 only there, 1 the same
    exit code 0
    ");
}

#[test]
fn a_diff_is_made_before_the_same_folder_is_written_to() {
    let program = program();
    program.write("there/demo.txt", "old\n");

    let there = ["--diff", "there", "--out", "there", "--force", "--json"];
    let ran = program.run(&[&["render", "service", "--set", "name=demo"][..], &there].concat());

    let printed: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(
        printed["diff"],
        json!({
            "added": 0, "changed": 1, "removed": 0, "unchanged": 0,
            "files": [{
                "path": "demo.txt", "change": "changed", "content": "text",
                "diff": "--- a/demo.txt\n+++ b/demo.txt\n@@ -1 +1 @@\n-old\n+demo:8080\n",
            }],
        })
    );
    assert_eq!(program.read("there/demo.txt"), "demo:8080\n");
}

#[test]
fn a_diff_is_made_against_a_repository() {
    let program = program();
    let made = program.run(&["new", "service/template.yaml", "--set", "name=demo", "--no-input"]);
    assert_eq!(made.code, 0, "{}", made.err);

    for repository in ["github.com?owner=acme&repo=demo", "https://github.com/acme/demo"] {
        let set = ["--set", "name=demo", "--set", "port=1", "--diff", repository];
        let ran = program.run(&[&["render", "service"][..], &set].concat());

        assert_eq!(ran.code, 0, "{}", ran.err);
        assert!(ran.out.contains("-demo:8080\n+demo:1\n"), "{}", ran.out);
        assert!(ran.out.ends_with("0 added, 1 changed, 0 only there, 0 the same\n"), "{}", ran.out);
    }
}

#[test]
fn what_cannot_be_compared_with_is_told() {
    let program = program();

    for (at, code, part) in [
        ("nowhere", 2, "`--diff nowhere` cannot be read"),
        ("github.com?owner=acme&repo=none", 1, "acme/none"),
        ("https://github.com/acme/none/issues", 1, "https://github.com/acme/none/issues"),
    ] {
        let ran = program.run(&["render", "service", "--set", "name=demo", "--diff", at]);

        assert_eq!(ran.code, code, "{at}: {}", ran.err);
        assert!(ran.err.contains(part), "{at}: {}", ran.err);
    }
}
