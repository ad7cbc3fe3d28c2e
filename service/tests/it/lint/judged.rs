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

/// Lints a template that fetches `./skeleton` with one value, `name`; `steps` are put behind the step.
fn fetched(steps: &str, files: &[(&str, &str)]) -> stagecraft::lint::Report {
    let disk = tempfile::tempdir().unwrap();
    let spec = format!(
        "steps:\n  - id: fetch\n    name: Fetch\n    action: fetch:template\n    input: {{url: ./skeleton, values: {{name: '${{{{ user.ref }}}}'}}}}\n{steps}"
    );
    let example = stagecraft::lint::Example { template: &spec.leak()[..], files: &[] };
    write(disk.path(), &[("template.yaml", &example.whole())]);
    write(disk.path(), files);
    lint_below(disk.path())
}

fn levels(report: &stagecraft::lint::Report) -> Vec<(&'static str, &'static str)> {
    report.findings.iter().map(|one| (one.rule.id, one.level.word())).collect()
}

#[test]
fn values_that_a_file_asks_for_may_be_left_out() {
    let file =
        |text: &str| ids(&fetched("", &[("skeleton/a.yaml", &format!("# ${{{{ values.name }}}}\n{text}"))]));

    assert_eq!(file("{% if values.x %}\nx: ${{ values.x }}\n{% endif %}\n"), Vec::<&str>::new());
    assert_eq!(file("x: ${{ values.x if values.x else 'y' }}\n"), Vec::<&str>::new());
    // The step does not take this branch.
    let branch = "{% if values.kind == 'a' %}\nx: ${{ values.x }}\n{% endif %}\n";
    assert_eq!(file(branch), Vec::<&str>::new());
    assert_eq!(file(&format!("{branch}y: ${{{{ values.y }}}}\n")), ["undefined-value"]);
    let given = "{% if values.name == 'a' %}\nx: ${{ values.x }}\n{% endif %}\n";
    assert_eq!(file(given), ["undefined-value"]);
}

#[test]
fn the_same_thing_in_one_file_is_told_once() {
    let text = "${{ values.name | yaml }}\n${{ values.name | yaml }}\n${{ values.x }} ${{ values.x }} ${{ values.y }}\n";
    let found = fetched("", &[("skeleton/a.txt", text), ("skeleton/b.txt", "${{ values.x }}\n")]);

    let said: Vec<_> = found.findings.iter().map(|one| one.message.as_str()).collect();
    assert_eq!(
        said,
        [
            "the file asks for the filter `yaml`, which there is not (2 times)",
            "the file reads `values.x`, which the step does not give (2 times)",
            "the file reads `values.y`, which the step does not give",
            "the file reads `values.x`, which the step does not give",
        ]
    );
}

#[test]
fn a_file_that_templates_share_is_told_in_the_step_that_gives_too_little() {
    let disk = tempfile::tempdir().unwrap();
    let template = |values: &str| {
        let spec = format!(
            "steps:\n  - id: fetch\n    name: Fetch\n    action: fetch:template\n    input:\n      url: ../shared\n      values: {{{values}}}\n"
        );
        stagecraft::lint::Example { template: &spec.leak()[..], files: &[] }.whole()
    };
    write(
        disk.path(),
        &[
            ("one/template.yaml", &template("a: 1, b: 2")),
            ("two/template.yaml", &template("a: 1")),
            ("shared/x.txt", "${{ values.a }} ${{ values.b }}\n"),
        ],
    );
    std::fs::create_dir(disk.path().join(".git")).unwrap();
    let found = lint_below(disk.path());

    assert_eq!(ids(&found), ["undefined-value"], "{:?}", found.findings);
    let finding = &found.findings[0];
    assert!(finding.place.source.name.ends_with("two/template.yaml"), "{}", finding.place.source.name);
    assert_eq!(finding.place.text(), "../shared");
    assert_eq!(finding.message, "`x.txt` reads `values.b`, which this step does not give");
}

#[test]
fn what_is_rendered_away_in_comments_and_pages_weighs_less() {
    let workflow = |text: &str| {
        levels(&fetched(
            "",
            &[("skeleton/.github/workflows/a.yml", &format!("name: ${{{{ values.name }}}}\n{text}"))],
        ))
    };

    assert_eq!(workflow("env: ${{ secrets.A }}\n"), [("swallowed-expression", "error")]);
    assert_eq!(workflow("# env: ${{ secrets.A }}\n"), [("swallowed-expression", "warning")]);
    assert_eq!(workflow("# x: ${{ values.x }}\n"), [("undefined-value", "note")]);
    let page =
        fetched("", &[("skeleton/a.md", "# ${{ values.name }} ${{ values.x }}\n`${{ github.sha }}`\n")]);
    assert_eq!(levels(&page), [("undefined-value", "warning"), ("swallowed-expression", "warning")]);
}

#[test]
fn the_word_undefined_is_nothing_and_no_name() {
    assert_eq!(
        told(&format!("{LOG}${{{{ user.ref if user.ref else undefined }}}}'}}}}\n")),
        Vec::<&str>::new()
    );
    let skeleton = [("skeleton/a.txt", "${{ values.name or undefined }}\n")];
    assert_eq!(ids(&fetched("", &skeleton)), Vec::<&str>::new());
}

#[test]
fn boxes_that_must_be_ticked_and_choices_of_one_are_no_unused_parameters() {
    let form = |property: &str| {
        log(
            &format!(
                "parameters:\n  required: [read]\n  properties:\n    read: {{title: Read, {property}}}\n"
            ),
            "x",
        )
    };

    assert_eq!(form("type: boolean"), Vec::<&str>::new());
    assert_eq!(form("type: string, enum: [agreed]"), Vec::<&str>::new());
    assert_eq!(form("type: string, enum: [a, b]"), ["unused-parameter"]);
    let optional = "parameters:\n  properties:\n    read: {title: Read, type: boolean}\n";
    assert_eq!(log(optional, "x"), ["unused-parameter"]);
}

#[test]
fn of_a_template_in_the_older_language_only_that_is_told() {
    let disk = tempfile::tempdir().unwrap();
    let example = stagecraft::lint::Example::of(
        "parameters: {properties: {a: {type: string, title: A}}}\nsteps:\n  - {id: fetch, name: Fetch, action: 'fetch:template', input: {url: ./skeleton, values: {a: '{{ parameters.a }}'}}}\n  - {id: x, name: X, action: 'acme:do', inptu: {}}\n",
    );
    let old = example.whole().replace("scaffolder.backstage.io/v1beta3", "backstage.io/v1beta2");
    write(disk.path(), &[("template.yaml", &old), ("skeleton/a.txt", "${{ secrets.a }} {{ a }}\n")]);

    assert_eq!(ids(&lint_below(disk.path())), ["api-version"]);
}

#[test]
fn a_repository_that_registers_another_file_needs_no_catalog_info() {
    let publish = |path: &str| {
        let steps = format!(
            "  - {{id: publish, name: P, action: 'publish:github', input: {{repoUrl: 'github.com?owner=a&repo=b'}}}}\n  - {{id: register, name: R, action: 'catalog:register', input: {{repoContentsUrl: 'https://github.com/a/b', catalogInfoPath: {path}}}}}\n"
        );
        ids(&fetched(&steps, &[("skeleton/all.yaml", "kind: ${{ values.name }}\n")]))
    };

    assert_eq!(publish("/all.yaml"), Vec::<&str>::new());
    assert_eq!(publish("/catalog-info.yaml"), ["skeleton-without-catalog-info"]);
}

#[test]
fn parameters_of_one_path_and_of_one_script_are_told_together() {
    let spec = "\
parameters:
  properties:
    owner: {type: string, title: Owner}
    repo: {type: string, title: Repository}
steps:
  - {id: a, name: A, action: 'fetch:plain', input: {url: 'https://github.com/${{ parameters.owner }}/${{ parameters.repo }}'}}
  - {id: b, name: B, action: 'fetch:plain', input: {url: 'https://github.com/${{ parameters.repo }}'}}
";
    assert_eq!(told(spec), ["unvalidated-path"]);

    let disk = tempfile::tempdir().unwrap();
    let example = stagecraft::lint::Example::of(
        "parameters:\n  properties:\n    a: {type: string, title: A}\n    b: {type: string, title: B}\nsteps:\n  - {id: f, name: F, action: 'fetch:template', input: {url: ./skeleton, values: {a: '${{ parameters.a }}', b: '${{ parameters.b }}'}}}\n",
    );
    let workflow = "jobs:\n  x:\n    steps:\n      - run: one ${{ values.a }} ${{ values.b }} ${{ values.a }}\n      - run: two ${{ values.b }}\n";
    write(
        disk.path(),
        &[("template.yaml", &example.whole()), ("skeleton/.github/workflows/a.yml", workflow)],
    );
    let found = lint_below(disk.path());

    let said: Vec<_> = found.findings.iter().map(|one| one.message.as_str()).collect();
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said[0].contains("`a`, `b` becomes"), "{said:?}");
}

#[test]
fn an_action_that_is_not_there_is_told_once_and_a_far_slip_is_no_error() {
    let disk = tempfile::tempdir().unwrap();
    let example = stagecraft::lint::Example::of(
        "steps:\n  - {id: a, name: A, action: 'acme:do'}\n  - {id: b, name: B, action: 'acme:do'}\n  - {id: c, name: C, action: 'fs:read'}\n  - {id: d, name: D, action: 'debug:lgo'}\n",
    );
    write(disk.path(), &[("template.yaml", &example.whole())]);
    let found = lint_below(disk.path());

    assert_eq!(
        levels(&found),
        [("unknown-action", "warning"), ("unknown-action", "warning"), ("unknown-action", "error")]
    );
    let said: Vec<_> = found.findings.iter().map(|one| one.message.as_str()).collect();
    assert_eq!(said[0], "Stagecraft has no action `acme:do`, which 2 steps name");
    assert!(found.findings[1].mend.starts_with("did you mean `fs:readdir`?"), "{}", found.findings[1].mend);
}

#[test]
fn only_actions_of_others_are_warned_of_when_they_are_not_pinned() {
    let workflow = |action: &str| {
        let text =
            format!("name: ${{{{ values.name }}}}\njobs:\n  x:\n    steps:\n      - uses: {action}@v4\n");
        levels(&fetched("", &[("skeleton/.github/workflows/a.yml", &text)]))
    };

    assert_eq!(workflow("docker/login-action"), [("unpinned-action", "warning")]);
    assert_eq!(workflow("actions/checkout"), [("unpinned-action", "note")]);
}

#[test]
fn a_folder_is_told_once_for_all_files_in_it() {
    let files =
        [("skeleton/${{values.x}}/a/one.txt", "${{ values.name }}"), ("skeleton/${{values.x}}/two.txt", "")];
    let found = fetched("", &files);

    assert_eq!(ids(&found), ["undefined-value"]);
    assert!(found.findings[0].message.starts_with("the name `${{values.x}}` reads"), "{:?}", found.findings);
}

#[test]
fn a_long_list_of_inputs_is_left_to_the_command_that_lists_them() {
    let mend = |action: &str| {
        let disk = tempfile::tempdir().unwrap();
        let spec = format!(
            "steps:\n  - {{id: a, name: A, action: '{action}', input: {{url: 'https://example.com/x', repoUrl: 'github.com?owner=a&repo=b', zzz: 1}}}}\n"
        );
        let example = stagecraft::lint::Example { template: &spec.leak()[..], files: &[] };
        write(disk.path(), &[("template.yaml", &example.whole())]);
        let report = lint_below(disk.path());
        let of_input = report.findings.iter().find(|one| one.place.text() == "zzz").unwrap();
        of_input.mend.clone()
    };

    assert_eq!(mend("fetch:plain"), "remove it; there are `url`, `targetPath`, `token`");
    assert_eq!(
        mend("publish:github"),
        "remove it; `stagecraft actions publish:github` tells which there are"
    );
}
