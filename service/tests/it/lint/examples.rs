//! Every rule is shown by its examples: the bad one gives exactly its finding, the good one none.

use std::collections::BTreeSet;

use stagecraft::lint::{Example, Rule, report, rules};

use super::{lint_below, write};

/// Rules whose examples are too large, or no text, and are tested elsewhere by hand.
const BY_HAND: [&str; 3] = ["not-utf8", "template-too-large", "skeleton-too-large"];

fn findings(example: &Example) -> (Vec<&'static str>, String) {
    let disk = tempfile::tempdir().unwrap();
    write(disk.path(), &[("template.yaml", &example.whole())]);
    write(disk.path(), example.files);
    let report = lint_below(disk.path());
    assert_eq!(report.templates.max(report.findings.len().min(1)), 1, "{}", example.whole());
    (super::ids(&report), report::terminal(&report, false))
}

fn shown() -> impl Iterator<Item = &'static Rule> {
    rules().filter(|rule| !BY_HAND.contains(&rule.id))
}

#[test]
fn a_bad_example_gives_its_finding_and_no_other() {
    let mut wrong = Vec::new();
    for rule in shown() {
        let (found, text) = findings(&rule.bad);
        if found != [rule.id] {
            wrong.push(format!("## {}\n{text}", rule.id));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_good_example_gives_no_finding() {
    let mut wrong = Vec::new();
    for rule in shown() {
        let (found, text) = findings(&rule.good);
        if !found.is_empty() {
            wrong.push(format!("## {}\n{text}", rule.id));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn ids_are_kebab_case_and_each_stands_for_one_rule() {
    let mut seen = BTreeSet::new();
    for rule in rules() {
        let kebab = rule.id.split('-').all(|word| {
            !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        });
        assert!(kebab, "{}", rule.id);
        assert!(seen.insert(rule.id), "{} is there twice", rule.id);
        assert!(!rule.text.is_empty() && !rule.title.ends_with('.'), "{}", rule.id);
    }
    assert!(BY_HAND.iter().all(|id| seen.contains(id)));
}
