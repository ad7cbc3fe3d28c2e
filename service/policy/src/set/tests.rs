//! Reading policies: ids, tests, faults, digest.

use serde_json::json;

use super::*;

fn set(files: &[(&str, &str)]) -> Result<PolicySet, Faults> {
    let files = files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    PolicySet::read(&files, json!({}))
}

const DENY: &str = "deny contains \"no\" if input.a\n";

fn ids(set: &PolicySet) -> Vec<&str> {
    set.policies().map(|policy| policy.id.as_str()).collect()
}

#[test]
fn policies_that_give_themselves_no_id_are_named_by_package_rule_or_file() {
    let read = set(&[
        ("root.rego", &format!("package main\n\n{DENY}\nwarn_old_image contains \"x\" if input.b\n")),
        ("a/b.rego", &format!("package a.no_root\n\n{DENY}")),
        ("lib.rego", "package lib\n\nhelps(x) if x == 1\n"),
        (
            "root_test.rego",
            "package main\n\ntest_one if count(deny) == 0 with input as {}\n\ntest_two if true\n",
        ),
    ])
    .unwrap();

    assert_eq!(ids(&read), ["no-root", "old-image", "root"]);
    assert_eq!(
        read.tests.iter().map(|test| (test.name.as_str(), test.line)).collect::<Vec<_>>(),
        [("main.test_one", 3), ("main.test_two", 5)]
    );
    assert_eq!(
        read.entries.iter().map(|entry| entry.rule.as_str()).collect::<Vec<_>>(),
        ["data.a.no_root.deny", "data.main.deny", "data.main.warn_old_image"]
    );
}

#[test]
fn rego_that_is_not_understood_is_named_by_its_line() {
    let faults = set(&[("a.rego", "package a\n\ndeny contains msg if {\n  msg := \n}\n")]).unwrap_err();

    assert_eq!((faults.0[0].file.as_str(), faults.0[0].line), ("a.rego", 4), "{faults}");

    let faults = set(&[
        ("a.rego", "package a\n"),
        ("b.rego", "package b\n\ndeny contains 1 if count(missing) == 1\n"),
    ])
    .unwrap_err();
    assert_eq!((faults.0[0].file.as_str(), faults.0[0].line), ("b.rego", 3), "{faults}");
}

#[test]
fn what_would_reach_out_or_change_with_time_is_not_there() {
    for call in [
        "http.send({\"method\": \"get\", \"url\": \"http://x\"})",
        "time.now_ns()",
        "opa.runtime()",
        "rand.intn(\"a\", 3)",
    ] {
        let faults =
            set(&[("a.rego", &format!("package a\n\ndeny contains x if x := {call}\n"))]).unwrap_err();

        assert_eq!((faults.0[0].file.as_str(), faults.0[0].line), ("a.rego", 3), "{faults}");
    }
}

#[test]
fn two_policies_of_one_id_are_refused() {
    let one = format!("# METADATA\n# custom: {{id: x}}\npackage a\n\n{DENY}");
    let other = one.replace("package a", "package b");

    let faults = set(&[("a.rego", &one), ("b.rego", &other)]).unwrap_err();

    assert_eq!(
        faults.to_string(),
        "b.rego:5:1: the policy has the id `x`, which `a.rego` has, too; give one of them another `custom.id`"
    );
}

#[test]
fn the_digest_is_that_of_files_and_data() {
    let digest = |text: &str, data: Value| {
        let files = [("a.rego".to_owned(), text.to_owned())].into();
        PolicySet::read(&files, data).unwrap().digest().to_owned()
    };
    let text = format!("package a\n\n{DENY}");

    assert_eq!(digest(&text, json!({})), digest(&text, json!({})));
    assert_ne!(digest(&text, json!({})), digest(&text, json!({"x": 1})));
    assert_ne!(digest(&text, json!({})), digest(&format!("{text}\n"), json!({})));
    assert!(digest(&text, json!({})).starts_with("sha256:"));
}
