//! Backstage's own code, in a process of Node.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

/// What brings the packages.
const INSTALL: &str = "catalog-gen/tests/oracle/install.sh";

/// The answers to these questions, in their order.
pub(super) fn ask(questions: impl Iterator<Item = Value>) -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle");
    for package in ["@backstage/catalog-model", "@backstage/plugin-scaffolder-common", "yaml"] {
        let installed = folder.join("node_modules").join(package).join("package.json").is_file();
        assert!(installed, "the package `{package}` is not installed; run `{INSTALL}`, or `make test`");
    }
    let process = Command::new("node")
        .arg("judge.cjs")
        .current_dir(&folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let mut process = process.unwrap_or_else(|error| {
        panic!("`node` cannot be started ({error}); install Node.js 20 or later, then run `{INSTALL}`")
    });
    let mut requests = process.stdin.take().unwrap();
    let answers = BufReader::new(process.stdout.take().unwrap());
    let lines: Vec<String> = questions.map(|question| format!("{question}\n")).collect();
    let answers = std::thread::scope(|scope| {
        // It answers while it is asked; both ends would wait for each other otherwise.
        scope.spawn(move || lines.iter().for_each(|line| requests.write_all(line.as_bytes()).unwrap()));
        answers.lines().map(|line| serde_json::from_str(&line.unwrap()).unwrap()).collect()
    });
    assert!(process.wait().unwrap().success(), "the oracle ended with an error");
    answers
}
