//! The original engines, in one process of Node that lives as long as the test.

use super::compare::is_endless;
use super::corpus::Case;
use serde_json::{Value as Json, json};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// What brings the engines.
const INSTALL: &str = "service/nunjucks/tests/originals/install.sh";

/// An original.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Engine {
    /// The newest engine of the current language.
    Current,
    /// The one that a Backstage of today installs.
    Backstage,
    /// The former engine, and the former scaffolder's rule for values.
    Legacy,
}

impl Engine {
    pub(super) const ALL: [Self; 3] = [Self::Current, Self::Backstage, Self::Legacy];

    pub(super) fn package(self) -> &'static str {
        match self {
            Self::Current => "nunjitsu 0.7.0",
            Self::Backstage => "nunjitsu 0.6.2",
            Self::Legacy => "nunjucks 3.2.4",
        }
    }

    pub(super) fn dialect_name(self) -> &'static str {
        if self == Self::Legacy { "legacy" } else { "current" }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Backstage => "backstage",
            Self::Legacy => "legacy",
        }
    }
}

/// The running process.
pub(super) struct Original {
    context: Json,
    process: Child,
    requests: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Original {
    pub(super) fn start(context: &Json) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/originals");
        for package in ["nunjitsu", "nunjitsu-backstage", "nunjucks"] {
            let installed = folder.join("node_modules").join(package).join("package.json").is_file();
            assert!(installed, "the package `{package}` is not installed; run `{INSTALL}`, or `make test`");
        }
        let process = Command::new("node")
            .args(["--max-old-space-size=2048", "--stack-size=2000", "answer.mjs"])
            .current_dir(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let mut process = process.unwrap_or_else(|error| {
            panic!("`node` cannot be started ({error}); install Node.js 20 or later, then run `{INSTALL}`")
        });
        let requests = process.stdin.take();
        let answers = BufReader::new(process.stdout.take().unwrap());
        let mut original = Self { context: context.clone(), process, requests, answers };
        original.send(&json!({ "context": context }));
        original
    }

    fn send(&mut self, request: &Json) {
        writeln!(self.requests.as_mut().unwrap(), "{request}").unwrap();
    }

    /// The answers to templates that have their options in common.
    pub(super) fn ask(&mut self, engine: Engine, cases: &[Case]) -> Vec<Json> {
        let Some(first) = cases.first() else { return Vec::new() };
        let templates: Vec<&str> = cases.iter().map(|case| case.template.as_str()).collect();
        let options = first.options.json();
        let suspects: Vec<usize> = (0..cases.len())
            .filter(|index| cases.get(*index).is_some_and(|case| is_endless(engine, case)))
            .collect();
        self.send(&json!({
            "engine": engine.word(), "options": options, "templates": templates, "suspects": suspects,
        }));
        let mut line = String::new();
        let read = self.answers.read_line(&mut line).unwrap();
        if read == 0 { self.ask_apart(engine, cases) } else { serde_json::from_str(&line).unwrap() }
    }

    /// One of these brought the process down, by growing something without end: it is found by halves, and
    /// stands as endless.
    fn ask_apart(&mut self, engine: Engine, cases: &[Case]) -> Vec<Json> {
        let fresh = Self::start(&self.context);
        *self = fresh;
        if cases.len() == 1 {
            return vec![json!({ "endless": true })];
        }
        let (one, other) = cases.split_at(cases.len() / 2);
        [self.ask(engine, one), self.ask(engine, other)].concat()
    }
}

impl Drop for Original {
    fn drop(&mut self) {
        // The end of its input ends it.
        self.requests = None;
        let _status = self.process.wait();
    }
}
