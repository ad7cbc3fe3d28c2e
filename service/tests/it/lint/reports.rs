//! The forms of the report.

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;
use stagecraft::lint::{Report, report};

use super::{lint_below, write};

const TEMPLATE: &str = "\
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
      inputs:
        message: |
          First line
            ${{ paramters.name }}
";

/// A report whose files have names that are the same everywhere.
fn example() -> (tempfile::TempDir, Report) {
    let disk = tempfile::tempdir().unwrap();
    write(
        disk.path(),
        &[("template.yaml", &TEMPLATE.replace("inputs", "input")), ("b/template.yaml", TEMPLATE)],
    );
    let report = lint_below(disk.path());
    (disk, report)
}

fn steady(disk: &tempfile::TempDir, text: &str) -> String {
    text.replace(&disk.path().display().to_string(), "…")
}

#[test]
fn people_see_the_line_and_what_to_do() {
    let (disk, found) = example();

    insta::assert_snapshot!("terminal", steady(&disk, &report::terminal(&found, false)));
}

#[test]
fn colours_are_only_for_terminals() {
    let (_disk, found) = example();

    assert!(!report::terminal(&found, false).contains('\u{1b}'));
    assert!(report::terminal(&found, true).contains("\u{1b}[1;31merror[unknown-name]\u{1b}[0m"));
}

#[test]
fn programs_get_json() {
    let (disk, found) = example();

    insta::assert_snapshot!("json", steady(&disk, &format!("{:#}", report::json(&found))));
}

#[test]
fn workflows_get_annotations() {
    let (disk, found) = example();

    insta::assert_snapshot!("github", steady(&disk, &report::github(&found)));
}

/// The schema of SARIF 2.1.0, as it lies in a package that is fetched and never built.
pub(crate) fn sarif_schema() -> Value {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let manifest = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let told = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--locked", "--manifest-path"])
        .arg(manifest)
        .output()
        .unwrap();
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    let told: Value = serde_json::from_slice(&told.stdout).unwrap();
    let package =
        told["packages"].as_array().unwrap().iter().find(|package| package["name"] == "serde-sarif").unwrap();
    let schema =
        PathBuf::from(package["manifest_path"].as_str().unwrap()).parent().unwrap().join("src/schema.json");
    let mut schema: Value = serde_json::from_str(&std::fs::read_to_string(schema).unwrap()).unwrap();
    // The pattern for languages is no regular expression by the rules of JSON Schema; we write no language.
    for part in ["run", "toolComponent"] {
        let language = &mut schema["definitions"][part]["properties"]["language"];
        language.as_object_mut().unwrap().remove("pattern").unwrap();
    }
    schema
}

#[test]
fn sarif_is_valid_by_its_schema() {
    let (_disk, found) = example();
    let validator = jsonschema::validator_for(&sarif_schema()).unwrap();
    let sarif = report::sarif(&found);

    let faults: Vec<String> =
        validator.iter_errors(&sarif).map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
    assert_eq!(faults, Vec::<String>::new());

    let broken = {
        let mut broken = sarif.clone();
        broken["runs"][0]["results"][0]["level"] = "grave".into();
        broken
    };
    assert!(!validator.is_valid(&broken));
}

#[test]
fn sarif_holds_findings_rules_and_mends() {
    let (_disk, found) = example();
    let sarif = report::sarif(&found);
    let results = sarif["runs"][0]["results"].as_array().unwrap();

    let slip = results.iter().find(|result| result["ruleId"] == "unknown-key").unwrap();
    assert_eq!(slip["locations"][0]["physicalLocation"]["region"]["startLine"], 13);
    assert_eq!(slip["fixes"][0]["artifactChanges"][0]["replacements"][0]["insertedContent"]["text"], "input");
    let rule = sarif.pointer(&format!("/runs/0/tool/driver/rules/{}", slip["ruleIndex"])).unwrap();
    assert_eq!(rule["id"], "unknown-key");
    assert!(rule["helpUri"].as_str().unwrap().ends_with("docs/lint.md#unknown-key"));
}
