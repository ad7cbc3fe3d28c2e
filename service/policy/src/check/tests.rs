//! What a check says, and that it ends.

use std::time::{Duration, Instant};

use super::*;

fn set(files: &[(&str, &str)]) -> PolicySet {
    let files = files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    PolicySet::read(&files, json!({"known": {"team": "web"}})).unwrap()
}

fn repository(files: &[(&str, &str)]) -> Repository {
    let mut tree = FileTree::new();
    for (path, text) in files {
        tree.insert(TreePath::parse(path).unwrap(), TreeEntry::file(text.to_string())).unwrap();
    }
    Repository::new(tree)
}

fn told(report: &Report) -> Vec<String> {
    report
        .findings
        .iter()
        .map(|one| format!("{}:{} {} {}", one.file, one.line, one.policy, one.message))
        .collect()
}

const REPLICAS: &str = "\
package replicas

deny contains {\"msg\": sprintf(\"%s has one replica\", [input.metadata.name]), \"path\": [\"spec\", \"replicas\"]} if {
	input.kind == \"Deployment\"
	input.spec.replicas == 1
}
";

const DEPLOYMENT: &str =
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 1\n";

#[test]
fn each_document_is_asked_about_and_the_line_is_found() {
    let two = format!("# first\n{DEPLOYMENT}---\n{}", DEPLOYMENT.replace("web", "api"));

    let report =
        check(&set(&[("a.rego", REPLICAS)]), &repository(&[("k8s/a.yaml", &two)]), Limits::default());

    assert_eq!(
        told(&report),
        ["k8s/a.yaml:6 replicas web has one replica", "k8s/a.yaml:12 replicas api has one replica"]
    );
    assert_eq!((report.documents, report.policies), (2, 1));
}

#[test]
fn a_list_is_the_things_in_it() {
    let list = "apiVersion: v1\nkind: List\nitems:\n- apiVersion: apps/v1\n  kind: Deployment\n  metadata: {name: web}\n  spec:\n    replicas: 1\n";

    let report = check(&set(&[("a.rego", REPLICAS)]), &repository(&[("a.yaml", list)]), Limits::default());

    assert_eq!(told(&report), ["a.yaml:8 replicas web has one replica"]);
}

#[test]
fn a_policy_is_asked_about_the_kinds_it_is_for() {
    let text = "# METADATA\n# custom:\n#   id: any\n#   for: [dockerfile]\npackage a\n\nwarn contains \"seen\" if true\n";

    let report = check(
        &set(&[("a.rego", text)]),
        &repository(&[("Dockerfile", "FROM a\n"), ("a.yaml", DEPLOYMENT)]),
        Limits::default(),
    );

    assert_eq!(told(&report), ["Dockerfile:1 any seen"]);
    assert_eq!(report.findings[0].level, Level::Warning);
}

#[test]
fn rules_across_files_see_all_of_them() {
    let text = "\
# METADATA
# custom: {id: owners, for: [repository]}
package a

deny contains {\"msg\": \"no CODEOWNERS\", \"file\": \"catalog-info.yaml\"} if {
	some file in input
	file.kind == \"catalog\"
	file.contents.metadata.name == \"x\"
	every other in input { other.path != \"CODEOWNERS\" }
	some image in input
	image.path == \"a.png\"
}
";
    let catalog =
        ("catalog-info.yaml", "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: x}\n");
    let without = repository(&[catalog, ("a.png", "")]);
    let with = repository(&[catalog, ("a.png", ""), ("CODEOWNERS", "* @a\n")]);
    let set = set(&[("a.rego", text)]);

    assert_eq!(told(&check(&set, &without, Limits::default())), ["catalog-info.yaml:1 owners no CODEOWNERS"]);
    assert_eq!(told(&check(&set, &with, Limits::default())), [""; 0]);
}

#[test]
fn policies_of_conftest_see_the_file_and_the_data() {
    let text = "package main\n\ndeny contains msg if {\n\tmsg := sprintf(\"%s in %s of %s\", [data.conftest.file.name, data.conftest.file.dir, data.known.team])\n}\n";
    let files = repository(&[("k8s/a.yaml", DEPLOYMENT), ("Dockerfile", "FROM a\n")]);

    let report = check(&set(&[("x.rego", text)]), &files, Limits::default());

    assert_eq!(
        told(&report),
        ["Dockerfile:1 x Dockerfile in  of web", "k8s/a.yaml:1 x a.yaml in k8s of web"]
    );
}

#[test]
fn an_allowance_with_a_reason_is_kept_to() {
    let allowed = DEPLOYMENT.replace("replicas: 1", "replicas: 1 # policy:allow replicas a batch job");
    let without = DEPLOYMENT.replace("replicas: 1", "replicas: 1 # policy:allow replicas");
    let set = set(&[("a.rego", REPLICAS)]);

    let report = check(&set, &repository(&[("a.yaml", &allowed)]), Limits::default());
    assert_eq!((told(&report), report.allowed), (vec![], 1));

    let report = check(&set, &repository(&[("a.yaml", &without)]), Limits::default());
    assert_eq!(report.findings.len(), 2);
    assert_eq!(report.findings[0].policy, "allow-without-reason");
}

/// Goes over everything for each of everything, four times.
const LOOPING: &str = "\
package slow

deny contains \"never\" if {
	some a, b, c, d in numbers.range(1, 1000)
	a + b + c + d == 0
}
";

#[test]
fn a_policy_that_loops_is_stopped_and_named_with_its_file() {
    let looping = LOOPING.replace(
        "\tsome a, b, c, d in numbers.range(1, 1000)\n",
        "\tsome a in numbers.range(1, 1000)\n\tsome b in numbers.range(1, 1000)\n\tsome c in numbers.range(1, 1000)\n\tsome d in numbers.range(1, 1000)\n",
    );
    let set = set(&[("policies/slow.rego", &looping), ("policies/a.rego", REPLICAS)]);
    let limits = Limits { question: Duration::from_millis(300), ..Limits::default() };
    let began = Instant::now();

    let report = check(&set, &repository(&[("a.yaml", DEPLOYMENT), ("b.yaml", DEPLOYMENT)]), limits);

    assert!(began.elapsed() < Duration::from_secs(20));
    assert_eq!(
        told(&report),
        [
            "a.yaml:5 replicas web has one replica",
            "b.yaml:5 replicas web has one replica",
            "policies/slow.rego:1 policy-stopped `data.slow.deny` was stopped after 300 ms with `a.yaml`",
        ]
    );
    assert_eq!(report.findings[2].level, Level::Error);
}

#[test]
fn a_policy_that_takes_too_much_memory_is_stopped() {
    let doubling: String =
        (1..40).map(|at| format!("\ts{at} := concat(\"\", [s{0}, s{0}])\n", at - 1)).collect();
    let text = format!(
        "package big\n\ndeny contains \"never\" if {{\n\ts0 := \"0123456789\"\n{doubling}\tcount(s39) == 0\n}}\n"
    );
    let limits = Limits { memory: 64 * 1024 * 1024, question: Duration::from_secs(20), ..Limits::default() };

    let report = check(&set(&[("big.rego", &text)]), &repository(&[("a.yaml", DEPLOYMENT)]), limits);

    assert_eq!(
        told(&report),
        [
            "big.rego:1 policy-stopped `data.big.deny` was stopped with `a.yaml`, because it took more than 67108864 bytes of memory"
        ]
    );
}

#[test]
fn a_rule_that_gives_no_findings_but_something_else_is_told() {
    let report = check(
        &set(&[("a.rego", "package a\n\ndeny := \"no\"\n")]),
        &repository(&[("Dockerfile", "FROM a\n")]),
        Limits::default(),
    );

    assert_eq!(
        told(&report),
        ["a.rego:1 policy-broken `data.a.deny` gave a text in place of a set about `Dockerfile`"]
    );
}

#[test]
fn a_value_that_is_missing_behind_contains_is_told_with_what_to_do() {
    let ask = |text: &str| {
        check(&set(&[("a.rego", text)]), &repository(&[("Dockerfile", "FROM a\n")]), Limits::default())
    };

    let head =
        ask("package a\n\ndeny contains {\"msg\": one.d} if some one in [{\"e\": \"x\"}, {\"d\": \"y\"}]\n");
    assert!(head.findings[0].mend.contains("a name in the body"), "{:?}", head.findings);

    let body = ask(
        "package a\n\ndeny contains found if {\n\tsome one in [{\"e\": \"x\"}, {\"d\": \"y\"}]\n\tfound := one.d\n}\n",
    );
    assert_eq!(told(&body), ["Dockerfile:1 a y"]);
}

#[test]
fn a_function_that_is_not_there_is_told_when_it_is_called() {
    let report = check(
        &set(&[("a.rego", "package a\n\ndeny contains x if x := no.such(1)\n")]),
        &repository(&[("Dockerfile", "FROM a\n")]),
        Limits::default(),
    );

    assert_eq!(report.findings[0].policy, "policy-broken", "{:?}", told(&report));
}

#[test]
fn what_cannot_be_read_is_never_passed_over() {
    let huge = format!("{DEPLOYMENT}# {}\n", "x".repeat(MAX_FILE_BYTES));
    let files = [
        ("main.tf", "resource {\n"),
        ("k8s.yaml", "apiVersion: v1\nkind: [\n"),
        ("notes.yaml", "a: [\n"),
        ("huge.tf", huge.as_str()),
        ("huge.yaml", huge.as_str()),
    ];
    let mut repository = repository(&files);
    repository.name(TreePath::parse("far.tf").unwrap(), 1 << 40);
    repository.name(TreePath::parse("far.png").unwrap(), 1 << 40);

    let report = check(&set(&[("a.rego", REPLICAS)]), &repository, Limits::default());

    let said: Vec<(&str, &str, Level)> =
        report.findings.iter().map(|one| (one.file.as_str(), one.policy.as_str(), one.level)).collect();
    assert_eq!(
        said,
        [
            ("far.tf", "file-too-large", Level::Error),
            ("huge.tf", "file-too-large", Level::Error),
            ("huge.yaml", "file-too-large", Level::Warning),
            ("k8s.yaml", "file-unreadable", Level::Error),
            ("main.tf", "file-unreadable", Level::Error),
        ]
    );
}
