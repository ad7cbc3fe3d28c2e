//! The fixed cases: by kind, by name, and those that were found by generating.

use serde_json::{Value as Json, json};

/// The options of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Options {
    Plain,
    Trimmed,
    Cookiecutter,
}

impl Options {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Trimmed => "trimmed",
            Self::Cookiecutter => "cookiecutter",
        }
    }

    fn of(name: &str) -> Self {
        match name {
            "plain" => Self::Plain,
            "trimmed" => Self::Trimmed,
            "cookiecutter" => Self::Cookiecutter,
            other => panic!("`{other}` names no options"),
        }
    }

    pub(super) fn json(self) -> Json {
        match self {
            Self::Plain => json!({}),
            Self::Trimmed => json!({ "trimBlocks": true, "lstripBlocks": true }),
            Self::Cookiecutter => json!({ "cookiecutterCompat": true }),
        }
    }
}

/// A template with its options.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) options: Options,
    pub(super) template: String,
}

/// The data that all templates see.
pub(super) fn context() -> Json {
    serde_json::from_str(include_str!("../../corpus/context.json")).unwrap()
}

pub(super) fn all() -> Vec<Case> {
    let mut cases = lines(include_str!("../../corpus/general.txt"));
    cases.extend(lines(include_str!("../../corpus/found.txt")));
    cases.extend(names(include_str!("../../corpus/names.txt")));
    cases
}

/// Cases that have their options in common, so many at once.
pub(super) fn batches(cases: Vec<Case>, size: usize) -> Vec<Vec<Case>> {
    let mut batches: Vec<Vec<Case>> = Vec::new();
    for options in [Options::Plain, Options::Trimmed, Options::Cookiecutter] {
        let alike: Vec<Case> = cases.iter().filter(|case| case.options == options).cloned().collect();
        batches.extend(alike.chunks(size).map(<[Case]>::to_vec));
    }
    batches
}

/// Writes a template in one line, and reads it from one.
pub(super) fn unfold(line: &str) -> String {
    line.replace('⏎', "\n").replace('␍', "\r").replace('␉', "\t")
}

/// One template in each line, under the names of its options.
fn lines(text: &str) -> Vec<Case> {
    let mut options = Vec::new();
    let mut cases = Vec::new();
    for line in text.lines().skip_while(|line| !line.starts_with("== ")).filter(|line| !line.is_empty()) {
        if let Some(names) = line.strip_prefix("== ") {
            options = names.split(' ').map(Options::of).collect();
            continue;
        }
        cases.extend(options.iter().map(|options| Case { options: *options, template: unfold(line) }));
    }
    cases
}

/// The uses of every name.
fn names(text: &str) -> Vec<Case> {
    let mut options = Options::Plain;
    let mut cases = Vec::new();
    for line in text.lines() {
        if let Some(section) = line.strip_prefix("== ") {
            options =
                if section.starts_with("cookiecutter ") { Options::Cookiecutter } else { Options::Plain };
        } else if let Some((_class, uses)) = line.strip_prefix("  ").and_then(|uses| uses.split_once(' ')) {
            cases.extend(
                uses.split(" ‖ ").map(|text| Case { options, template: template(text.trim(), options) }),
            );
        }
    }
    cases
}

/// What holds no delimiter is an expression.
fn template(text: &str, options: Options) -> String {
    let whole = ["{%", "{{", "{#", "#}"].iter().any(|mark| text.contains(mark));
    match options {
        _ if whole => text.to_owned(),
        Options::Cookiecutter => format!("{{{{ {text} }}}}"),
        _ => format!("${{{{ {text} }}}}"),
    }
}
