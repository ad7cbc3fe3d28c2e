//! Findings about catalog files, and reports of them for people and for programs.
//!
//! What is wrong where, and how to mend it; each form of a report is a function from findings to text, printing is
//! left to the caller. It finds nothing itself. The invariant: nothing that a file says can write a control character
//! into a terminal, or a command into a workflow's log.

mod annotations;
mod json;
mod place;
mod rules;
mod sarif;
mod text;

use std::fmt;

use serde::Serialize;

pub use rules::{Rule, rules};

pub(crate) use place::{Source, locate};
pub(crate) use rules::rule;

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Worth knowing.
    Note,
    /// Likely wrong, or wrong in some catalogs.
    Warning,
    /// Backstage would refuse it, or take something else than is meant.
    Error,
}

impl Level {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A line and a column, both from 1; the column in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

/// Something to say about a place in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// The rule's level, unless the case is weaker or graver.
    pub level: Level,
    /// The file, by its path in what was looked at.
    pub file: String,
    /// Where it begins.
    pub start: Position,
    /// Where it ends: the column after its last character.
    pub end: Position,
    /// The line it begins on, shortened.
    pub line: String,
    /// The entity it is about, as `kind:namespace/name`, where there is one.
    pub entity: Option<String>,
    /// The field: `metadata.name`, `spec.dependsOn[0]`; empty for the whole.
    pub field: String,
    /// What is wrong there, in one line.
    pub message: String,
    /// What to do, in one line.
    pub mend: String,
    /// What comes of it beyond the place itself, in one line.
    pub note: Option<String>,
}

impl Finding {
    /// The same with another weight.
    #[must_use]
    pub fn weighing(mut self, level: Level) -> Self {
        self.level = level;
        self
    }

    /// The same, told what comes of it.
    #[must_use]
    pub(crate) fn noting(mut self, note: impl Into<String>) -> Self {
        self.note = Some(one_line(&note.into()));
        self
    }

    /// The same about an entity and one of its fields.
    #[must_use]
    pub(crate) fn about(mut self, entity: Option<String>, field: impl Into<String>) -> Self {
        self.entity = entity;
        self.field = field.into();
        self
    }
}

/// What a look at catalog files came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Everything, in the order of files and lines.
    pub findings: Vec<Finding>,
}

impl Report {
    /// A report of these findings.
    pub fn new(mut findings: Vec<Finding>) -> Self {
        sort(&mut findings);
        Self { findings }
    }

    /// Takes in the findings of another place, whose files are named below it; `place` is empty, or such as
    /// `acme/shop`.
    pub fn extend(&mut self, place: &str, findings: impl IntoIterator<Item = Finding>) {
        let slash = if place.is_empty() || place.ends_with('/') { "" } else { "/" };
        let named = |finding: Finding| Finding { file: format!("{place}{slash}{}", finding.file), ..finding };
        self.findings.extend(findings.into_iter().map(named));
        sort(&mut self.findings);
    }

    /// The same without the findings of some rules.
    #[must_use]
    pub fn without(mut self, rules: &[&'static Rule]) -> Self {
        self.findings.retain(|finding| !rules.contains(&finding.rule));
        self
    }

    /// How many findings have this weight.
    pub fn count(&self, level: Level) -> usize {
        self.findings.iter().filter(|finding| finding.level == level).count()
    }

    /// For people, as compilers write it; colours only for a terminal.
    pub fn text(&self, colours: bool) -> String {
        text::text(self, colours)
    }

    /// For programs.
    pub fn json(&self) -> serde_json::Value {
        json::json(self)
    }

    /// SARIF 2.1.0, for code scanning. Name the files by their path in the repository.
    pub fn sarif(&self) -> serde_json::Value {
        sarif::sarif(self)
    }

    /// Commands to a workflow of GitHub Actions, which shows them beside the lines.
    pub fn annotations(&self) -> String {
        annotations::annotations(self)
    }
}

/// In the order of files and lines, each once.
pub(crate) fn sort(findings: &mut Vec<Finding>) {
    findings.sort_by(|a, b| key(a).cmp(&key(b)));
    findings.dedup();
}

fn key(finding: &Finding) -> (&str, Position, &'static str, &str) {
    (&finding.file, finding.start, finding.rule.id, &finding.message)
}

/// A message is one line that a terminal can show.
pub(crate) fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c })
        .collect()
}

#[cfg(test)]
mod tests;
