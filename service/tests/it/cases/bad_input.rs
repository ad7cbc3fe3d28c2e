//! Case files and snapshots that nobody should have written: a clear finding, soon.

use std::os::unix::ffi::OsStrExt;
use std::time::{Duration, Instant};

use super::Bench;

#[test]
fn unknown_keys_are_told_with_their_place_and_what_may_be_meant() {
    let found = Bench::new().findings(
        "\
value:
  name: demo
mocks:
  step: {}
  steps:
    publish:
      outputs: {}
expect:
  stps: {}
  files:
    a.txt: gone
    b.txt:
      contain: x
      matches: '('
      json: []
  steps:
    fetch: { calls: -1, status: run }
user: group:default/x
secrets:
  A: 1
",
    );

    assert_eq!(
        found,
        [
            "1:1: a case has no key `value`; did you mean `values`?",
            "20:3: this has to be text, not a number; put it in quotes",
            "18:1: `group:default/x` names no user; write a reference such as `user:default/jane`",
            "4:3: `mocks` has no key `step`; did you mean `steps`?",
            "7:7: a mock has no key `outputs`; did you mean `output`?",
            "9:3: `expect` has no key `stps`; did you mean `steps`?",
            "17:25: `run` is none of `ran`, `skipped`, `failed`; did you mean `ran`?",
            "17:14: this is a number from 0 on, not a number",
            "11:5: `gone` is none of `present`, `absent`",
            "13:7: an expected file has no key `contain`; did you mean `contains`?",
            "14:7: `(` is not a regular expression: unclosed group",
            "15:7: `json` is a map of `name: value` lines, not a list",
        ]
    );
}

#[test]
fn a_file_that_is_no_case_is_told() {
    let bench = Bench::new();

    for (text, found) in [
        ("- a\n", "1:1: a case is a map of `name: value` lines, not a list"),
        ("values: [\n", "2:1: "),
        ("values: { name: demo }\n---\nvalues: {}\n", "1:1: there are several documents in this file"),
        ("values: &a\n  name: *a\n", "1:"),
        ("expect: { invalid: [x], log: y }\n", "1:1: with `invalid` nothing is run"),
        (
            "mocks: { steps: { publish: { error: x, output: {} } } }\n",
            "1:19: a mock with an `error` gives neither",
        ),
    ] {
        let told = bench.findings(text);
        assert_eq!(told.len(), 1, "{text}: {told:?}");
        assert!(told[0].starts_with(found), "{text}: {told:?}");
    }
}

#[test]
fn an_empty_case_is_one_without_values() {
    assert_eq!(Bench::new().findings(""), ["1:1: the values do not fit the template: `name` is missing"]);
}

#[test]
fn bytes_that_are_no_text_are_told_with_their_line() {
    let bench = Bench::new();
    bench.case("case", "");
    std::fs::write(bench.program.path("service/cases/case.yaml"), b"values:\n  name: d\xffmo\n").unwrap();

    assert_eq!(bench.judged(&[]).findings("case"), ["line 2 is not UTF-8 text; save the file as UTF-8"]);
}

#[test]
fn a_large_case_file_is_not_read() {
    let bench = Bench::new();
    bench.case("case", &format!("values:\n  name: {}\n", "x".repeat(10 * 1024 * 1024)));
    let began = Instant::now();

    let found = bench.judged(&[]).findings("case");

    assert_eq!(
        found,
        [
            "the file has 10485777 bytes, more than the 1048576 that are read; a case only holds values and expectations"
        ]
    );
    assert!(began.elapsed() < Duration::from_secs(2));
}

#[test]
fn anchors_that_multiply_are_bounded() {
    let bench = Bench::new();
    let mut text = "values:\n  a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..20 {
        let before = format!("*a{}, ", level - 1).repeat(9);
        text.push_str(&format!("  a{level}: &a{level} [{}]\n", before.trim_end_matches(", ")));
    }
    let began = Instant::now();

    let found = bench.findings(&text);

    assert_eq!(found.len(), 1, "{found:?}");
    assert!(began.elapsed() < Duration::from_secs(2));
}

#[test]
fn a_case_file_that_is_no_file_is_not_opened() {
    let bench = Bench::new();
    bench.case("good", "values: { name: demo }\nexpect: { snapshot: false }\n");
    let pipe = bench.program.path("service/cases/pipe.yaml");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    std::fs::create_dir(bench.program.path("service/cases/folder.yaml")).unwrap();

    let judged = bench.judged(&[]);

    for name in ["pipe", "folder"] {
        assert_eq!(judged.findings(name), ["this is no file; a case is a YAML file"]);
    }
    assert_eq!(judged.case("good")["passed"], true);
}

#[test]
fn names_that_are_no_text_and_names_given_twice_are_told() {
    let bench = Bench::new();
    bench.case("case", "values: { name: demo }\nexpect: { snapshot: false }\n");
    bench.program.write("service/cases/case.yml", "values: { name: demo }\n");

    let twice = bench.test(&[]);
    let name = std::ffi::OsStr::from_bytes(b"d\xffmo.yaml");
    std::fs::write(bench.program.path("service/cases").join(name), "").unwrap();
    let unnamed = bench.test(&[]);

    assert!(twice.out.contains("there are two files of a case `case`; rename one of them"), "{}", twice.out);
    assert_eq!(unnamed.code, 1);
    assert!(unnamed.out.contains("has a name that is not UTF-8; rename it"), "{}", unnamed.out);
}

#[test]
fn a_pipe_in_a_snapshot_is_told_and_not_opened() {
    let bench = Bench::new();
    bench.case("first", "values: { name: demo }\n");
    bench.test(&["--update"]);
    let file = bench.program.path("service/cases/snapshots/first/README.md");
    std::fs::remove_file(&file).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(&file).status().unwrap().success());

    let found = bench.judged(&[]).findings("first");

    assert_eq!(
        found,
        [
            "service/cases/snapshots/first/README.md: this is neither a file nor a folder nor a link; remove it"
        ]
    );
    assert_eq!(bench.test(&["--update"]).code, 0);
}

#[test]
fn a_snapshot_with_far_too_many_entries_is_not_compared() {
    let bench = Bench::new();
    bench.case("first", "values: { name: demo }\n");
    bench.test(&["--update"]);
    let folder = bench.program.path("service/cases/snapshots/first");
    for number in 0..1_010 {
        std::fs::write(folder.join(number.to_string()), "").unwrap();
    }

    let found = bench.judged(&[]).findings("first");
    let update = bench.judged(&["--update"]);

    assert_eq!(
        found,
        [
            "service/cases/snapshots/first: the snapshot has over 1000 entries more than are rendered; write it anew with `--update`"
        ]
    );
    assert_eq!(update.case("first")["snapshot"]["removed"], 1_010);
    assert!(bench.judged(&[]).findings("first").is_empty());
}
