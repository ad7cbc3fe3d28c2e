//! Templates as people write them: what must be told, and what must not.

use super::{ids, lint_below, write};

/// What is told about a spec.
fn told(spec: &str) -> Vec<&'static str> {
    let disk = tempfile::tempdir().unwrap();
    let example = stagecraft::lint::Example { template: "", files: &[] };
    let mut whole = example.whole();
    let steps = whole.find("  steps:\n").unwrap();
    whole.truncate(steps);
    for line in spec.lines() {
        whole.push_str(&format!("  {line}\n"));
    }
    write(disk.path(), &[("template.yaml", &whole)]);
    ids(&lint_below(disk.path()))
}

const LOG: &str = "steps:\n  - {id: log, name: Log, action: 'debug:log', input: {message: '";

fn log(parameters: &str, message: &str) -> Vec<&'static str> {
    told(&format!("{parameters}{LOG}{message}'}}}}\n"))
}

#[test]
fn parameters_may_come_from_branches_and_definitions() {
    let form = "\
parameters:
  - title: One
    properties:
      kind: {type: string, title: Kind, enum: [a, b]}
    dependencies:
      kind:
        oneOf:
          - properties:
              kind: {const: a}
              fromA: {type: string, title: A}
          - properties:
              kind: {const: b}
              fromB: {type: object, title: B, properties: {deep: {type: string, title: Deep}}}
            required: [fromB]
  - title: Two
    allOf:
      - if: {properties: {kind: {const: a}}}
        then:
          properties: {fromThen: {type: string, title: Then}}
          required: [fromThen]
    properties:
      shared: {$ref: '#/definitions/shared'}
    definitions:
      shared: {type: object, title: Shared, properties: {owner: {type: string, title: Owner}}}
";
    let all = "${{ parameters.fromA }} ${{ parameters.fromB.deep }} ${{ parameters.fromThen }} ${{ parameters.shared.owner }}";

    assert_eq!(log(form, all), Vec::<&str>::new());
    assert_eq!(log(form, &all.replace("deep", "deeep")), ["undefined-parameter"]);
}

#[test]
fn fields_of_ones_own_may_give_and_show_what_they_like() {
    let form = "\
parameters:
  properties:
    notice: {type: 'null', description: Read this}
    wizard: {title: Wizard, type: object, ui:field: MyWizard, properties: {a: {type: string}}}
    shown: {title: Shown, type: string, ui:field: MyBanner}
    repoUrl:
      title: Where
      type: string
      ui:field: RepoUrlPicker
      ui:options: {allowedHosts: [github.com], requestUserCredentials: {secretsKey: TOKEN}}
  EXPERIMENTAL_thing: true
  backstage:permissions: {tags: [x]}
";

    assert_eq!(
        log(form, "${{ parameters.wizard.b }} ${{ parameters.repoUrl | parseRepoUrl | pick(\"owner\") }}"),
        Vec::<&str>::new()
    );
}

#[test]
fn form_decorators_may_add_parameters() {
    assert_eq!(log("formDecorators: [{id: mine}]\n", "${{ parameters.added }}"), Vec::<&str>::new());
}

#[test]
fn a_parameter_that_decides_about_others_is_used() {
    let form = "\
parameters:
  properties:
    hasDb: {type: boolean, title: Database}
  dependencies:
    hasDb:
      oneOf:
        - properties: {hasDb: {const: false}}
        - properties: {hasDb: {const: true}, db: {type: string, title: Name}}
";

    assert_eq!(log(form, "${{ parameters.db }}"), Vec::<&str>::new());
}

#[test]
fn all_parameters_at_once_are_a_use_of_each() {
    let form = "parameters: {properties: {a: {type: string, title: A}}}\n";

    assert_eq!(log(form, "${{ parameters | dump }}"), Vec::<&str>::new());
    assert_eq!(log(form, "${{ parameters[user.ref] }}"), Vec::<&str>::new());
    assert_eq!(log(form, "x"), ["unused-parameter"]);
}

#[test]
fn each_is_seen_in_its_step_alone() {
    let with = "steps:\n  - {id: a, name: A, action: 'debug:log', each: [1], if: '${{ each.value and secrets.x }}', input: {message: '${{ each.value }}'}}\n";
    let without =
        "steps:\n  - {id: a, name: A, action: 'debug:log', input: {message: '${{ each.value }}'}}\n";

    assert_eq!(told(with), Vec::<&str>::new());
    assert_eq!(told(without), ["unknown-name"]);
}

#[test]
fn conditions_that_cannot_be_false_are_told() {
    let step = |condition: &str| {
        told(&format!("steps:\n  - id: a\n    name: A\n    action: debug:log\n    if: {condition}\n"))
    };

    for fine in [
        "true",
        "false",
        "${{ user.ref == 'x' }}",
        "${{ always() }}",
        "\"${{ failure() }}\"",
        ">-\n      ${{ user.ref }}",
        "'{% if user.ref %}x{% endif %}'",
    ] {
        assert_eq!(step(fine), Vec::<&str>::new(), "{fine}");
    }
    for always in [
        "'false'",
        "'yes'",
        "${{ user.ref }} == 'x'",
        "\" ${{ user.ref }}\"",
        "|\n      ${{ user.ref }}",
        "${{ true }}",
        "'{{ parameters.x }}'",
    ] {
        assert_eq!(step(always), ["if-always-true"], "{always}");
    }
    assert_eq!(step("''"), ["if-always-false"]);
    assert_eq!(step("${{ false }}"), ["if-always-false"]);
}

#[test]
fn computed_inputs_fit_every_schema() {
    let spec = "\
steps:
  - id: a
    name: A
    action: fetch:template
    input:
      url: https://example.com/x
      replace: ${{ user.ref == 'x' }}
      values: ${{ context }}
      copyWithoutTemplating: ${{ context.x }}
";

    assert_eq!(told(spec), Vec::<&str>::new());
}

#[test]
fn pages_that_lie_in_other_files_declare_their_parameters() {
    let disk = tempfile::tempdir().unwrap();
    let example = stagecraft::lint::Example::of(
        "parameters:\n  - $yaml: ./page.yaml\nsteps:\n  - {id: a, name: A, action: 'debug:log', input: {message: '${{ parameters.x }}${{ parameters.y }}'}}\n",
    );
    write(disk.path(), &[("template.yaml", &example.whole())]);
    write(disk.path(), &[("page.yaml", "properties: {x: {type: string, title: X}}\n")]);

    let found = lint_below(disk.path());

    assert_eq!(ids(&found), ["undefined-parameter"]);
    assert_eq!(found.findings[0].place.text(), "y");
}

#[test]
fn actions_of_others_are_warnings_that_say_what_to_do() {
    let disk = tempfile::tempdir().unwrap();
    let example = stagecraft::lint::Example::of(
        "steps:\n  - {id: a, name: A, action: 'publish:gitlab', input: {x: 1}}\n  - {id: b, name: B, action: 'acme:do'}\n",
    );
    write(disk.path(), &[("template.yaml", &example.whole())]);
    let found = lint_below(disk.path());

    let said: Vec<_> = found.findings.iter().map(|one| (one.level.word(), one.mend.as_str())).collect();
    assert_eq!(said.len(), 2);
    assert!(said[0].1.contains("publish:github"), "{said:?}");
    assert!(said.iter().all(|(level, _)| *level == "warning"), "{said:?}");
}

#[test]
fn places_are_those_of_the_expression_inside_of_a_text() {
    let disk = tempfile::tempdir().unwrap();
    let example = stagecraft::lint::Example::of(
        "steps:\n  - id: a\n    name: A\n    action: debug:log\n    input:\n      message: |\n        one\n          two ${{ user.ref | uper }}\n  - id: b\n    name: B\n    action: debug:log\n    input:\n      message: \"\\u00e4\\t${{ user.ref | lwer }}\"\n",
    );
    write(disk.path(), &[("template.yaml", &example.whole())]);
    let found = lint_below(disk.path());

    let places: Vec<_> = found
        .findings
        .iter()
        .map(|one| (one.place.text(), one.place.start().line, one.place.start().column))
        .collect();
    assert_eq!(places, [("uper", 16, 32), ("lwer", 21, 42)]);
}
