//! What a case expects, and what is told where it does not hold.

use super::Bench;

const NONE: [&str; 0] = [];

#[test]
fn expectations_that_hold_are_no_findings() {
    let found = Bench::new().expecting(
        "\
steps:
  system: skipped
  fetch: { status: ran, calls: 1, input: { values: { name: demo } } }
  publish: { calls: 2, each: { 0: { repoUrl: github.com?owner=acme&repo=a }, 1: { repoUrl: github.com?owner=acme&repo=b } } }
  announce: { status: skipped, log: if condition was false }
files:
  README.md: { contains: ['# demo', by], lacks: '{{', matches: '^by $' }
  deploy.yaml: { yaml: { '[0].name': demo, '[1].ports[0]': { port: 80 } } }
  '**/*.hbs': absent
  '*.yaml': present
output: { links: [{ title: First }] }
log: [Starting up task with 4 steps]",
    );

    assert_eq!(found, NONE);
}

#[test]
fn steps_that_end_otherwise_are_told_with_the_reason() {
    let found = Bench::new().expecting(
        "\
steps:
  system: ran
  fetch:
    input: { values: { name: other, port: 1 } }
  publish:
    calls: 1
    each: { 0: { repoUrl: x }, 7: {} }
  announce: failed",
    );

    assert_eq!(
        found,
        [
            "5:5: step `system` was skipped; expected `ran` (Skipping step system because its if condition was false)",
            "7:7: step `fetch`: `input.values.name` is \"demo\"; expected \"other\"",
            "7:7: step `fetch`: `input.values.port` is not there; expected 1",
            "9:7: step `publish` made 2 calls; expected 1",
            "10:15: step `publish`: `[0] input.repoUrl` is \"github.com?owner=acme&repo=a\"; expected \"x\"",
            "10:34: step `publish` made no call for `7`",
            "11:5: step `announce` was skipped; expected `failed` (Skipping step announce because its if condition was false)",
        ]
    );
}

#[test]
fn files_that_are_otherwise_are_told() {
    let found = Bench::new().expecting(
        "\
files:
  READMEE.md: present
  '*.md': absent
  README.md:
    contains: nothing of this
    lacks: demo
    matches: '^x'
    executable: true
  deploy.yaml:
    yaml:
      '[0].nme': 1
      '[1].ports[0].port': 81
    json:
      name: demo
output: { links: [] }
log: { lacks: Starting }",
    );

    assert_eq!(
        found,
        [
            "5:5: `READMEE.md` is not there; did you mean `README.md`?",
            "6:5: `README.md` is there; it has to be absent",
            "8:7: `README.md` does not contain `nothing of this`",
            "9:7: `README.md` contains `demo`, in line 1",
            "10:7: `README.md` does not match `^x`",
            "11:7: `README.md` is not executable; expected `executable: true`",
            "14:9: `deploy.yaml` has nothing at `[0].nme`; expected 1",
            "15:9: `deploy.yaml`: `[1].ports[0].port` is 80; expected 81",
            "17:9: `deploy.yaml` cannot be read: expected ident at line 1 column 2",
            "18:3: `output.links` is [{\"title\":\"First\",\"url\":\"<\"}]; expected []",
            "19:10: the log contains `Starting`, in line 1",
        ]
    );
}

#[test]
fn a_text_that_has_to_be_equal_is_shown_as_a_diff() {
    let bench = Bench::new();
    bench.case("case", "values: { name: demo }\nexpect:\n  snapshot: false\n  files:\n    README.md:\n      equals: |\n        # demo\n        by me\n");

    let judged = bench.judged(&[]);

    assert_eq!(judged.findings("case"), ["6:7: `README.md` is not the text that is expected"]);
    assert_eq!(
        judged.case("case")["findings"][0]["diff"],
        "--- expected\n+++ README.md\n@@ -1,2 +1,2 @@\n # demo\n-by me\n+by \n"
    );
}

#[test]
fn values_that_do_not_fit_are_expected_one_by_one() {
    let bench = Bench::new();
    let values = "values: { name: DEMO, announce: maybe }\n";

    let both = bench.findings(&format!(
        "{values}expect:\n  invalid:\n    - {{ parameter: name, rule: pattern, message: Lower-case }}\n    - announce\n"
    ));
    let one = bench.findings(&format!("{values}expect: {{ invalid: [{{ parameter: announce }}] }}\n"));
    let another = bench.findings("values: { name: demo }\nexpect:\n  invalid:\n    - parameter: name\n");
    let none = bench.findings("values: { announce: true }\n");

    assert_eq!(both, NONE);
    assert_eq!(one.len(), 1, "{one:?}");
    assert!(
        one[0].starts_with("2:11: the values have one more fault: `name` does not match pattern"),
        "{one:?}"
    );
    assert_eq!(another, ["4:7: no fault of the values is like this"]);
    assert_eq!(none, ["1:1: the values do not fit the template: `name` is missing"]);
}

#[test]
fn an_error_that_does_not_come_or_is_another_is_told() {
    let bench = Bench::new();
    let mocks = "values: { name: demo, parts: [a] }\nmocks: { steps: { publish: { error: away } } }\n";

    let well = bench.findings("values: { name: demo }\nexpect: { error: away }\n");
    let other = bench.findings(&format!(
        "{mocks}expect:\n  error:\n    name: InputError\n    step: fetch\n    message: gone\n"
    ));

    assert_eq!(well, ["2:11: the run has to fail, but ended well"]);
    assert_eq!(
        other,
        [
            "5:5: the run failed with `ServiceUnavailableError` and not with `InputError`: away",
            "6:5: step `publish` failed and not `fetch`: away",
            "7:5: the error does not contain `gone`; it says: away",
        ]
    );
}

#[test]
fn a_failing_expression_fails_the_case_unless_it_is_to_be_kept() {
    let bench = Bench::new();
    bench.program.template("service", &super::SPEC.replace("made ${{", "${{ nothing() }} ${{"));
    bench.case("case", "values: { name: demo, announce: true }\nexpect: { snapshot: false }\n");

    let failed = bench.judged(&[]);
    let kept = bench.judged(&["--keep-expression-errors"]);

    assert_eq!((failed.ran.code, kept.ran.code), (1, 0), "{:?}", kept.findings("case"));
    assert!(failed.findings("case")[0].contains("step `announce` failed"), "{:?}", failed.findings("case"));
}
