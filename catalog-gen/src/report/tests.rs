use crate::{Entry, FileTree, TreePath, validate_files};

use super::*;

fn report() -> Report {
    let text = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: My Shop\n  tags: [Go]\nspec:\n  \
                type: service\n  lifecycle: production\n  owner: team-a\n  dependsOn: [db]\n---\nkind: Resource\n";
    let mut tree = FileTree::new();
    let path = TreePath::parse("a b/catalog-info.yaml").unwrap();
    tree.insert(path, Entry::file(text.as_bytes().to_vec())).unwrap();
    Report::new(validate_files(&tree))
}

#[test]
fn a_report_for_people_shows_the_line_and_the_mend() {
    insta::assert_snapshot!("text", report().text(false));
    assert!(report().text(true).contains("\u{1b}[1;31merror[format.name]"));
    assert_eq!(Report::default().text(true), "nothing to say\n");
}

#[test]
fn a_workflow_shows_findings_beside_the_lines() {
    insta::assert_snapshot!("annotations", report().annotations());
}

#[test]
fn programs_get_the_whole_of_a_finding() {
    let json = report().json();

    assert_eq!((json["version"].as_u64(), json["errors"].as_u64()), (Some(1), Some(5)));
    insta::assert_json_snapshot!("json", json["findings"][0]);
}

#[test]
fn code_scanning_gets_rules_and_results() {
    let sarif = report().sarif();
    let run = &sarif["runs"][0];

    assert_eq!(sarif["version"], "2.1.0");
    assert_eq!(run["tool"]["driver"]["rules"].as_array().unwrap().len(), rules().len());
    for result in run["results"].as_array().unwrap() {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
    }
    insta::assert_json_snapshot!("sarif", run["results"][0]);
}

#[test]
fn nothing_of_a_file_reaches_a_terminal_or_a_workflow_as_a_command() {
    let source = Source::new("a\u{1b}[31m\n::error::x", "x: \u{1b}[31m\n");
    let report = Report::new(vec![source.finding("yaml.syntax", 3..8, "a\n::error::b\u{1b}", "c\r\n")]);

    assert!(!report.text(false).contains('\u{1b}'));
    assert_eq!(report.annotations().lines().count(), 1);
}

#[test]
fn findings_of_several_repositories_keep_their_files_apart() {
    let mut report = Report::default();
    report.extend("acme/shop/", self::report().findings);
    report.extend("acme/cart/", self::report().findings);

    assert!(report.findings[0].file.starts_with("acme/cart/a b/"));
    assert_eq!(report.count(Level::Error), 10);
}
