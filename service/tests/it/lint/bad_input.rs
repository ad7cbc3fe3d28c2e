//! Input that is large, deep, broken or made to hurt: a clear finding, soon.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use stagecraft::lint::{Report, report};

use super::{ids, lint_below, write};

/// Generous for a build without optimisation on a busy machine; what hangs takes for ever.
const SOON: Duration = Duration::from_secs(60);

const HEAD: &str = "\
apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata:
  name: example
  title: Example
spec:
  owner: group:default/platform
  type: service
";

fn linted(text: &str) -> Report {
    let disk = tempfile::tempdir().unwrap();
    write(disk.path(), &[("template.yaml", text)]);
    let begun = Instant::now();
    let found = lint_below(disk.path());
    let shown = report::terminal(&found, false);
    assert!(begun.elapsed() < SOON, "took {:?}", begun.elapsed());
    assert!(shown.lines().all(|line| line.chars().count() < 1_000), "a line is longer than a screen");
    found
}

#[test]
fn a_template_of_10_megabytes_is_told() {
    let found = linted(&format!("{HEAD}  description: {}\n", "x".repeat(10 * 1024 * 1024)));

    assert_eq!(ids(&found), ["template-too-large"]);
}

#[test]
fn ten_thousand_steps_are_linted() {
    let mut text = format!("{HEAD}  steps:\n");
    for index in 0..10_000 {
        write!(text, "    - id: step{index}\n      name: Log\n      action: debug:log\n      input:\n        message: ${{{{ steps.step{}.output.x }}}}\n", index + 1).unwrap();
    }

    let found = linted(&text);

    assert_eq!(found.findings.len(), 10_000);
    assert!(ids(&found)[..9_999].iter().all(|id| *id == "later-step"));
    assert_eq!(ids(&found)[9_999], "unknown-step");
}

#[test]
fn ten_thousand_wrong_names_among_as_many_right_ones_are_linted() {
    let mut text = format!("{HEAD}  parameters:\n    properties:\n");
    for index in 0..10_000 {
        writeln!(text, "      name{index}: {{type: string, title: Name}}").unwrap();
    }
    text.push_str("  steps:\n");
    for index in 0..10_000 {
        writeln!(text, "    - {{id: s{index}, name: Log, action: 'debug:log', input: {{message: '${{{{ parameters.nmae{index} }}}}'}}}}").unwrap();
    }

    assert_eq!(linted(&text).findings.len(), 20_000);
}

#[test]
fn nesting_of_2000_levels_is_told() {
    let brackets = linted(&format!("{HEAD}  steps: {}{}\n", "[".repeat(2_000), "]".repeat(2_000)));
    let mut indented = format!("{HEAD}  output:\n");
    for level in 0..2_000 {
        writeln!(indented, "{}a:", " ".repeat(4 + level)).unwrap();
    }
    let expression = linted(&format!(
        "{HEAD}  steps:\n    - id: log\n      name: Log\n      action: debug:log\n      input:\n        message: ${{{{ {}1{} }}}}\n",
        "(".repeat(2_000),
        ")".repeat(2_000)
    ));

    assert_eq!(ids(&brackets), ["yaml-invalid"]);
    assert_eq!(ids(&linted(&indented)), ["yaml-invalid"]);
    assert_eq!(ids(&expression), ["expression-invalid"]);
}

#[test]
fn a_file_that_is_not_utf8_is_told_at_its_byte() {
    let disk = tempfile::tempdir().unwrap();
    let mut bytes = HEAD.as_bytes().to_vec();
    bytes.extend(b"  lifecycle: caf\xe9\n");
    std::fs::write(disk.path().join("template.yaml"), bytes).unwrap();

    let found = lint_below(disk.path());

    assert_eq!(ids(&found), ["not-utf8"]);
    assert_eq!((found.findings[0].place.start().line, found.findings[0].place.start().column), (9, 17));
}

#[test]
fn files_of_a_skeleton_that_are_not_utf8_hurt_nobody() {
    let disk = tempfile::tempdir().unwrap();
    let steps = "  steps:\n    - {id: f, name: F, action: 'fetch:template', input: {url: ./skeleton}}\n";
    write(disk.path(), &[("template.yaml", &format!("{HEAD}{steps}"))]);
    std::fs::create_dir(disk.path().join("skeleton")).unwrap();
    std::fs::write(disk.path().join("skeleton/latin.txt"), b"caf\xe9 ${{ values.x }}").unwrap();
    std::fs::write(disk.path().join("skeleton/image.png"), [0_u8, 159, 146, 150]).unwrap();

    assert_eq!(lint_below(disk.path()).templates, 1);
}

#[test]
fn a_skeleton_of_very_many_files_is_told() {
    let disk = tempfile::tempdir().unwrap();
    let steps = "  steps:\n    - {id: f, name: F, action: 'fetch:template', input: {url: ./skeleton}}\n";
    write(disk.path(), &[("template.yaml", &format!("{HEAD}{steps}"))]);
    for folder in 0..11 {
        let folder = disk.path().join(format!("skeleton/{folder}"));
        std::fs::create_dir_all(&folder).unwrap();
        for file in 0..1_000 {
            std::fs::write(folder.join(file.to_string()), "").unwrap();
        }
    }
    let begun = Instant::now();

    let found = lint_below(disk.path());

    assert_eq!(ids(&found), ["skeleton-too-large"]);
    assert!(begun.elapsed() < SOON, "took {:?}", begun.elapsed());
}

#[test]
fn references_in_a_circle_are_told() {
    let text = format!(
        "{HEAD}  parameters:\n    $ref: '#/definitions/a'\n    definitions:\n      a: {{allOf: [{{$ref: '#/definitions/b'}}]}}\n      b: {{$ref: '#/definitions/a'}}\n  steps: []\n"
    );

    let found = linted(&text);

    assert!(ids(&found).contains(&"ref-cycle"), "{:?}", ids(&found));
}

#[test]
fn a_pattern_that_explodes_is_told_and_does_not_explode_here() {
    let text = format!(
        "{HEAD}  parameters:\n    properties:\n      name:\n        type: string\n        title: Name\n        pattern: '^(a+)+$'\n        default: {}b\n  steps:\n    - {{id: l, name: L, action: 'debug:log', input: {{message: '${{{{ parameters.name }}}}'}}}}\n",
        "a".repeat(5_000)
    );

    assert_eq!(ids(&linted(&text)), ["pattern-explodes", "default-invalid"]);
}

#[test]
fn an_alias_that_multiplies_itself_is_told() {
    let mut text = format!("{HEAD}  steps: []\n  a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let below = level - 1;
        writeln!(text, "  a{level}: &a{level} [{}]", vec![format!("*a{below}"); 10].join(", ")).unwrap();
    }

    assert_eq!(ids(&linted(&text)), ["yaml-invalid"]);
}

#[test]
fn a_link_that_leads_out_of_a_skeleton_is_not_followed() {
    let disk = tempfile::tempdir().unwrap();
    let steps = "  steps:\n    - {id: f, name: F, action: 'fetch:template', input: {url: ./skeleton}}\n";
    write(disk.path(), &[("t/template.yaml", &format!("{HEAD}{steps}")), ("secret", "${{ broken")]);
    std::fs::create_dir(disk.path().join("t/skeleton")).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink("../../secret", disk.path().join("t/skeleton/link")).unwrap();

    assert_eq!(ids(&lint_below(&disk.path().join("t"))), Vec::<&str>::new());
}

#[test]
fn references_that_branch_again_and_again_are_walked_once() {
    let mut text = format!("{HEAD}  parameters:\n    $ref: '#/definitions/a0'\n    definitions:\n");
    for level in 0..25 {
        let below = format!("{{$ref: '#/definitions/a{}'}}", level + 1);
        writeln!(text, "      a{level}: {{anyOf: [{below}, {below}]}}").unwrap();
    }
    text.push_str("      a25: {properties: {x: {type: string, title: X}}}\n  steps:\n");
    text.push_str("    - {id: l, name: L, action: 'debug:log', input: {message: '${{ parameters.x }}${{ parameters.y }}'}}\n");

    assert_eq!(ids(&linted(&text)), ["undefined-parameter"]);
}

#[test]
fn a_long_chain_of_references_is_no_burden() {
    let mut text = format!(
        "{HEAD}  parameters:\n    properties: {{x: {{$ref: '#/definitions/d0'}}}}\n    definitions:\n"
    );
    for index in 0..500 {
        writeln!(text, "      d{index}: {{$ref: '#/definitions/d{}'}}", index + 1).unwrap();
    }
    text.push_str("  steps: [{id: l, name: L, action: 'debug:log'}]\n");

    assert_eq!(ids(&linted(&text)), ["ref-unresolved"]);
}
