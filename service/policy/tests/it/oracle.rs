//! The starter set asked with a second engine: regopy, which is rego-cpp behind Python.
//!
//! Both get the same modules and the same inputs, and must say the same.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use policy::{Limits, check, input};
use serde_json::{Value, json};

use crate::starter::{examples, modules, repository, starter};

/// What the second engine says to each question, in their order.
fn asked(question: &Value) -> Vec<BTreeSet<String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle");
    let python = folder.join(".venv/bin/python");
    assert!(
        python.is_file(),
        "run `{}` first: the second engine is not there",
        folder.join("install.sh").display()
    );
    let mut child = Command::new(python)
        .arg(folder.join("ask.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(question.to_string().as_bytes()).unwrap();
    let out = child.wait_with_output().unwrap();
    assert!(out.status.success());
    serde_json::from_slice(&out.stdout).unwrap()
}

#[test]
fn a_second_engine_says_the_same() {
    let set = starter();
    let mut questions = Vec::new();
    let mut ours = Vec::new();
    for policy in set.policies() {
        let package = format!("data.stagecraft.{}", policy.id.replace('-', "_"));
        for (folder, _) in examples(&policy.id) {
            let repository = repository(&folder);
            let report = check(&set, &repository, Limits::default());
            let all = input(&repository);
            let mut inputs: Vec<Value> = all
                .as_array()
                .unwrap()
                .iter()
                .filter(|file| policy.kinds.iter().any(|kind| file["kind"] == kind.word()))
                .map(|file| file["contents"].clone())
                .collect();
            if policy.repository {
                inputs.push(all);
            }
            questions.push(json!({ "package": package, "inputs": inputs }));
            let said: BTreeSet<String> = report
                .findings
                .into_iter()
                .filter(|one| one.policy == policy.id)
                .map(|one| one.message)
                .collect();
            ours.push((folder, said));
        }
    }

    let answers = asked(&json!({ "modules": modules(), "questions": questions }));

    assert_eq!(answers.len(), ours.len());
    let mut compared = 0;
    for ((folder, ours), theirs) in ours.into_iter().zip(answers) {
        compared += theirs.len();
        assert_eq!(ours, theirs, "{}", folder.display());
    }
    assert!(compared > 30, "only {compared} findings were compared");
}
