//! From the text of a case file to a [`Case`].
//!
//! It knows the keys of a case; which template they are about is not known here. Every fault is told with its
//! place.

use std::sync::Arc;

use catalog_gen::{EntityRef, Entry, File, Placed, TreePath};
use regex::RegexBuilder;
use serde_json::{Map, Value};

use super::case::{
    Case, Expect, ExpectedError, ExpectedFault, ExpectedFile, ExpectedStep, FileRule, Status, TextRule,
    Written,
};
use super::finding::Finding;
use super::keys::{Part, Reading};
use crate::task::{Mock, MockFailure, MockTask, Mocks};
use crate::words::did_you_mean;

/// Findings that are told of one file.
const MOST_TOLD: usize = 30;
/// Id and time that the run of every case has, so that nothing that is made of them ever changes.
const TASK_ID: &str = "00000000-0000-7000-8000-000000000000";
/// 2000-01-01T00:00:00Z.
const TASK_TIME_MS: i64 = 946_684_800_000;

/// Reads a case; `file` is for messages.
pub(super) fn case(name: &str, file: &str, text: &str) -> Result<Case, Vec<Finding>> {
    let mut documents = catalog_gen::parse_documents_placed(text).into_iter();
    let (value, placed) = match documents.next() {
        None => (Value::Object(Map::new()), Placed::whole(0..0)),
        Some(Err(error)) => {
            let mut finding = Finding::of_file(file, error.message);
            (finding.place.line, finding.place.column) = (Some(error.line), Some(error.column));
            return Err(vec![finding]);
        }
        Some(Ok((document, placed))) => (document.value, placed),
    };
    let value = Arc::new(value);
    let written = Written { file: file.to_owned(), text: text.into(), value: Arc::clone(&value), placed };
    let mut reading = Reading::default();
    if documents.next().is_some() {
        reading.fault("", "there are several documents in this file; a file holds one case, so split it");
    }
    let case = reading.case(name, &Part { value: &value, path: String::new() }, written.clone());
    if reading.faults.is_empty() {
        return Ok(case);
    }
    let more = reading.faults.len().saturating_sub(MOST_TOLD);
    let told = reading.faults.into_iter().take(MOST_TOLD);
    let mut findings: Vec<Finding> =
        told.map(|(path, message)| Finding::new(written.place(&path), message)).collect();
    if more > 0 {
        findings.push(Finding::of_file(file, format!("{more} more findings are not told")));
    }
    Err(findings)
}

impl Reading {
    fn case(&mut self, name: &str, part: &Part<'_>, written: Written) -> Case {
        let known = ["description", "template", "values", "secrets", "user", "mocks", "expect"];
        let fields = self.fields(part, "a case", &known);
        let text = |reading: &mut Self, key: &str| fields.get(key).and_then(|part| reading.text(&part));
        let secrets = fields.get("secrets");
        for (_, secret) in secrets.as_ref().map(|part| self.members(part, "`secrets`")).unwrap_or_default() {
            self.text(&secret);
        }
        Case {
            name: name.to_owned(),
            description: text(self, "description"),
            template: text(self, "template"),
            values: self.object(fields.get("values"), "`values`"),
            secrets: secrets.and_then(|part| part.value.as_object().cloned()).unwrap_or_default(),
            user: fields.get("user").and_then(|part| self.user(&part)),
            mocks: fields
                .get("mocks")
                .map_or_else(Mocks::default, |part| self.mocks(&part))
                .always_the_same(),
            expect: fields.get("expect").map_or_else(Expect::default, |part| self.expectations(&part)),
            written,
        }
    }

    fn user(&mut self, part: &Part<'_>) -> Option<String> {
        let text = self.text(part)?;
        match EntityRef::parse_with(&text, Some("User"), None) {
            Ok(user) if user.kind().eq_ignore_ascii_case("user") => Some(user.to_string()),
            _ => {
                let message =
                    format!("`{text}` names no user; write a reference such as `user:default/jane`");
                self.fault(&part.path, message);
                None
            }
        }
    }

    fn mocks(&mut self, part: &Part<'_>) -> Mocks {
        let fields = self.fields(part, "`mocks`", &["steps", "actions"]);
        let mut of = |key: &str| {
            let members = fields.get(key).map(|part| self.members(&part, &format!("`mocks.{key}`")));
            let members = members.unwrap_or_default().into_iter();
            members.map(|(name, part)| (name.to_owned(), self.answers(&part))).collect()
        };
        Mocks { steps: of("steps"), actions: of("actions"), task: None }
    }

    /// The answers under one name; those for one element of `each` come first.
    fn answers(&mut self, part: &Part<'_>) -> Vec<Mock> {
        let mut answers = Vec::new();
        for item in self.items(part) {
            let fields = self.fields(&item, "a mock", &["when", "each", "output", "files", "error"]);
            let each = fields.get("each").map(|part| self.members(&part, "`each`")).unwrap_or_default();
            let only_each =
                !each.is_empty() && ["output", "files", "error"].iter().all(|key| fields.get(key).is_none());
            for (key, part) in each {
                let fields =
                    self.fields(&part, "a mock of one element", &["when", "output", "files", "error"]);
                answers.push(Mock { iteration: Some(key.to_owned()), ..self.answer(&part, &fields) });
            }
            if !only_each {
                answers.push(self.answer(&item, &fields));
            }
        }
        if answers.is_empty() {
            answers.push(Mock::default());
        }
        answers
    }

    fn answer(&mut self, part: &Part<'_>, fields: &super::keys::Fields<'_>) -> Mock {
        let failure = fields.get("error").and_then(|part| self.failure(&part));
        if failure.is_some() && (fields.get("output").is_some() || fields.get("files").is_some()) {
            self.fault(
                &part.path,
                "a mock with an `error` gives neither `output` nor `files`; remove one of them",
            );
        }
        let files = fields.get("files").map(|part| self.members(&part, "`files`")).unwrap_or_default();
        Mock {
            iteration: None,
            when: fields.get("when").map(|part| part.value.clone()),
            output: self.object(fields.get("output"), "`output`"),
            files: files.into_iter().filter_map(|(path, part)| self.mock_file(path, &part)).collect(),
            failure,
        }
    }

    fn mock_file(&mut self, path: &str, part: &Part<'_>) -> Option<(TreePath, Entry)> {
        let parsed = TreePath::parse(path).map_err(|error| self.fault(&part.path, error.to_string())).ok()?;
        let entry = if part.value.is_string() {
            Entry::file(self.text(part)?)
        } else {
            let fields = self.fields(part, "a file of a mock", &["text", "executable", "symlink"]);
            let text = |reading: &mut Self, key: &str| fields.get(key).and_then(|part| reading.text(&part));
            match text(self, "symlink") {
                Some(target) => Entry::Symlink { target },
                None => {
                    let executable = fields.get("executable").and_then(|part| self.flag(&part));
                    let file = File::new(text(self, "text").unwrap_or_default());
                    Entry::File(File { executable: executable.unwrap_or(false), ..file })
                }
            }
        };
        Some((parsed, entry))
    }

    fn failure(&mut self, part: &Part<'_>) -> Option<MockFailure> {
        if part.value.is_string() {
            let message = self.text(part)?;
            return Some(MockFailure { name: "ServiceUnavailableError".to_owned(), message });
        }
        let fields = self.fields(part, "an error", &["name", "message"]);
        let name = fields.get("name").and_then(|part| self.word(&part, &MockFailure::NAMES));
        let message = fields.get("message").and_then(|part| self.text(&part)).unwrap_or_default();
        Some(MockFailure { name: name.unwrap_or_else(|| "InputError".to_owned()), message })
    }

    /// A text that has to be one of a few.
    fn word(&mut self, part: &Part<'_>, known: &[&str]) -> Option<String> {
        let text = self.text(part)?;
        if known.contains(&text.as_str()) {
            return Some(text);
        }
        let hint = did_you_mean(&text, known.iter().copied());
        let names: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
        self.fault(&part.path, format!("`{text}` is none of {}{hint}", names.join(", ")));
        None
    }

    fn expectations(&mut self, part: &Part<'_>) -> Expect {
        let known = ["invalid", "error", "steps", "files", "output", "log", "snapshot"];
        let fields = self.fields(part, "`expect`", &known);
        let steps = fields.get("steps").map(|part| self.members(&part, "`steps`")).unwrap_or_default();
        let files = fields.get("files").map(|part| self.members(&part, "`files`")).unwrap_or_default();
        let expect = Expect {
            invalid: fields
                .get("invalid")
                .map(|part| self.items(&part).iter().map(|item| self.expected_fault(item)).collect()),
            error: fields.get("error").map(|part| self.expected_error(&part)),
            steps: steps.into_iter().map(|(id, part)| (id.to_owned(), self.expected_step(&part))).collect(),
            files: files
                .into_iter()
                .map(|(path, part)| (path.to_owned(), self.expected_file(&part)))
                .collect(),
            output: fields.get("output").map(|part| part.value.clone()),
            log: fields.get("log").map(|part| self.text_rule(&part, "`log`", &[])),
            snapshot: fields.get("snapshot").and_then(|part| self.flag(&part)).unwrap_or(true),
        };
        let runs = expect.error.is_some() || !expect.steps.is_empty() || !expect.files.is_empty();
        if expect.invalid.is_some() && (runs || expect.output.is_some() || expect.log.is_some()) {
            self.fault(
                &part.path,
                "with `invalid` nothing is run, so nothing else can be expected; make two cases",
            );
        }
        expect
    }

    fn expected_fault(&mut self, part: &Part<'_>) -> ExpectedFault {
        if part.value.is_string() {
            let message = TextRule { contains: self.text(part).into_iter().collect(), ..TextRule::default() };
            return ExpectedFault { message, ..ExpectedFault::default() };
        }
        let fields = self.fields(part, "an expected fault", &["parameter", "rule", "message"]);
        let text = |reading: &mut Self, key: &str| fields.get(key).and_then(|part| reading.text(&part));
        ExpectedFault {
            parameter: text(self, "parameter"),
            rule: text(self, "rule"),
            message: fields
                .get("message")
                .map(|part| self.text_rule(&part, "`message`", &[]))
                .unwrap_or_default(),
        }
    }

    fn expected_error(&mut self, part: &Part<'_>) -> ExpectedError {
        if !part.value.is_object() {
            return ExpectedError {
                message: self.text_rule(part, "`error`", &[]),
                ..ExpectedError::default()
            };
        }
        let fields = self.fields(part, "an expected error", &["name", "step", "message"]);
        let text = |reading: &mut Self, key: &str| fields.get(key).and_then(|part| reading.text(&part));
        ExpectedError {
            name: text(self, "name"),
            step: text(self, "step"),
            message: fields
                .get("message")
                .map(|part| self.text_rule(&part, "`message`", &[]))
                .unwrap_or_default(),
        }
    }

    fn expected_step(&mut self, part: &Part<'_>) -> ExpectedStep {
        if part.value.is_string() {
            return ExpectedStep { status: self.status(part), ..ExpectedStep::default() };
        }
        let known = ["status", "calls", "input", "each", "output", "log"];
        let fields = self.fields(part, "an expected step", &known);
        let each = fields.get("each").map(|part| self.members(&part, "`each`")).unwrap_or_default();
        ExpectedStep {
            status: fields.get("status").and_then(|part| self.status(&part)),
            calls: fields.get("calls").and_then(|part| self.count(&part)),
            input: fields.get("input").map(|part| part.value.clone()),
            each: each.into_iter().map(|(key, part)| (key.to_owned(), part.value.clone())).collect(),
            output: fields.get("output").map(|part| part.value.clone()),
            log: fields.get("log").map(|part| self.text_rule(&part, "`log`", &[])),
        }
    }

    fn status(&mut self, part: &Part<'_>) -> Option<Status> {
        let word = self.word(part, &Status::ALL.map(|(word, _)| word))?;
        Status::ALL.iter().find(|(known, _)| *known == word).map(|(_, status)| *status)
    }

    fn expected_file(&mut self, part: &Part<'_>) -> ExpectedFile {
        if !part.value.is_object() {
            return match self.word(part, &["present", "absent"]).as_deref() {
                Some("absent") => ExpectedFile::Absent,
                _ => ExpectedFile::Present,
            };
        }
        let more = ["executable", "symlink", "json", "yaml"];
        let text = self.text_rule(part, "an expected file", &more);
        let known: Vec<&str> = more.into_iter().chain(TEXT_KEYS).collect();
        // Unknown keys have been told already.
        let fields = Reading::default().fields(part, "an expected file", &known);
        let mut parts = |key: &str| {
            let members = fields.get(key).map(|part| self.members(&part, &format!("`{key}`")));
            let members = members.unwrap_or_default().into_iter();
            members.map(|(path, part)| (path.to_owned(), part.value.clone())).collect()
        };
        ExpectedFile::Like(Box::new(FileRule {
            text,
            json: parts("json"),
            yaml: parts("yaml"),
            executable: fields.get("executable").and_then(|part| self.flag(&part)),
            symlink: fields.get("symlink").and_then(|part| self.text(&part)),
        }))
    }

    /// What a text has to be like; a text or a list of texts alone has to be contained.
    fn text_rule(&mut self, part: &Part<'_>, what: &str, more: &[&str]) -> TextRule {
        if !part.value.is_object() {
            return TextRule { contains: self.texts(Some(part.clone())), ..TextRule::default() };
        }
        let known: Vec<&str> = TEXT_KEYS.into_iter().chain(more.iter().copied()).collect();
        let fields = self.fields(part, what, &known);
        let mut matches = Vec::new();
        for item in fields.get("matches").map(|part| self.items(&part)).unwrap_or_default() {
            let Some(pattern) = self.text(&item) else { continue };
            match RegexBuilder::new(&pattern).multi_line(true).build() {
                Ok(pattern) => matches.push(pattern),
                Err(error) => {
                    // The last line says what is wrong; those before it draw where.
                    let why = error.to_string();
                    let why = why.lines().last().unwrap_or_default().trim_start_matches("error: ");
                    self.fault(&item.path, format!("`{pattern}` is not a regular expression: {why}"));
                }
            }
        }
        TextRule {
            contains: self.texts(fields.get("contains")),
            lacks: self.texts(fields.get("lacks")),
            matches,
            equals: fields.get("equals").and_then(|part| self.text(&part)),
        }
    }
}

/// Keys that say what a text has to be like.
const TEXT_KEYS: [&str; 4] = ["contains", "lacks", "matches", "equals"];

impl Mocks {
    /// The same with an id and a time that never change.
    fn always_the_same(self) -> Self {
        let task = TASK_ID.parse().ok().map(|id| MockTask { id, created_at_ms: TASK_TIME_MS });
        Self { task, ..self }
    }
}
