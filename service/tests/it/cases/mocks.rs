//! Answers in place of reads and effects.

use super::Bench;

const NONE: [&str; 0] = [];

#[test]
fn a_mock_of_a_read_answers_by_its_input() {
    let case = "\
values: { name: demo, system: payments }
mocks:
  actions:
    catalog:fetch:
      - when: { entityRef: system:orders }
        output: { entity: { spec: { owner: others } } }
      - when: { entityRef: system:payments }
        output: { entity: { spec: { owner: team-pay } } }
expect:
  snapshot: false
  steps: { system: ran }
  files: { README.md: { equals: \"# demo\\nby team-pay\\n\" } }
";

    assert_eq!(Bench::new().findings(case), NONE);
}

#[test]
fn a_step_that_asks_outside_and_has_no_mock_fails_with_the_way_out() {
    let found = Bench::new().findings("values: { name: demo, system: payments }\n");

    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].starts_with(
            "service/template.yaml:15:7: step `system` failed: entity `system:default/payments`"
        ),
        "{found:?}"
    );
    assert!(found[0].ends_with("give the answer under `mocks.steps.system`"), "{found:?}");
}

#[test]
fn elements_of_each_have_answers_of_their_own() {
    let case = "\
values: { name: demo, parts: [a, b] }
mocks:
  steps:
    publish:
      each:
        1: { output: { remoteUrl: second } }
      output: { remoteUrl: other }
expect:
  snapshot: false
  steps:
    publish: { calls: 2, output: { remoteUrl: [other, second] } }
  output: { links: [{ url: other }] }
";

    assert_eq!(Bench::new().findings(case), NONE);
}

#[test]
fn a_mocked_failure_fails_the_step_and_skips_what_comes_after() {
    let case = "\
values: { name: demo, parts: [a], announce: true }
mocks:
  steps:
    publish: { error: { name: ConflictError, message: the name is taken } }
expect:
  error: { name: ConflictError, step: publish, message: name is taken }
  steps: { fetch: ran, publish: failed, announce: skipped }
";

    assert_eq!(Bench::new().findings(case), NONE);
}

#[test]
fn a_failure_that_is_not_expected_is_told_where_the_step_stands() {
    let case = "\
values: { name: demo, parts: [a] }
mocks: { actions: { 'publish:github': { error: away } } }
";

    let found = Bench::new().findings(case);

    assert_eq!(found, ["service/template.yaml:24:7: step `publish` failed: away"]);
}

#[test]
fn a_mock_leaves_files_in_the_workspace() {
    let case = "\
values: { name: demo }
mocks:
  steps:
    fetch:
      files:
        bin/run: { text: \"#!/bin/sh\\n\", executable: true }
        link: { symlink: bin/run }
        plain.txt: plain
expect:
  snapshot: false
  files:
    bin/run: { executable: true, matches: '^#!' }
    link: { symlink: bin/run }
    plain.txt: { equals: plain }
    README.md: absent
";

    assert_eq!(Bench::new().findings(case), NONE);
}

#[test]
fn an_action_of_ones_own_backstage_can_be_mocked() {
    let bench = Bench::new();
    let spec = super::SPEC.replace("publish:github", "acme:part:create");
    bench.program.template("service", &spec);

    let without = bench.findings("values: { name: demo }\n");
    let with = bench.findings(
        "values: { name: demo, parts: [a] }\nmocks: { actions: { 'acme:part:create': { output: { remoteUrl: x } } } }\nexpect: { snapshot: false, output: { links: [{ url: x }] } }\n",
    );

    assert_eq!(without.len(), 1, "{without:?}");
    assert!(
        without[0].starts_with("service/template.yaml:25:7: step `publish`: action `acme:part:create`"),
        "{without:?}"
    );
    assert!(without[0].ends_with("mock it under `mocks.actions`"), "{without:?}");
    assert_eq!(with, NONE);
}

#[test]
fn what_the_template_does_not_have_cannot_be_mocked() {
    let case = "\
values: { name: demo, sytem: x }
mocks:
  steps:
    publsh: { output: {} }
    publish:
      output:
        remoteURL: x
    fetch:
      each:
        x: { output: {} }
  actions:
    catalog:fetsh: {}
expect:
  steps:
    announc: ran
";

    assert_eq!(
        Bench::new().findings(case),
        [
            "1:23: `sytem` is unknown; did you mean `system`?",
            "4:5: the template has no step `publsh`; did you mean `publish`?",
            "7:9: the action `publish:github` has no output `remoteURL`; did you mean `remoteUrl`?",
            "9:7: step `fetch` has no `each`, so it has no element `x`",
            "12:5: no step of the template uses the action `catalog:fetsh`; did you mean `catalog:fetch`?",
            "15:5: the template has no step `announc`; did you mean `announce`?",
        ]
    );
}

#[test]
fn secrets_and_user_reach_the_steps_and_secrets_stay_hidden() {
    let bench = Bench::new();
    let spec = super::SPEC.replace("url: ./skeleton", "url: ./skeleton\n      token: '${{ secrets.TOKEN }}'");
    bench.program.template("service", &spec.replace("made ${{ parameters.name }}", "made"));
    let case = "\
values: { name: demo, announce: true }
user: user:default/jane
secrets: { TOKEN: hunter2 }
expect:
  snapshot: false
  steps:
    fetch: { input: { token: '***' } }
    announce: { log: made as user:default/jane }
  log: { lacks: hunter2 }
";

    assert_eq!(bench.findings(case), NONE);
}
