//! Findings, and the list that rules write them to.

use std::ops::Range;
use std::sync::Arc;

use super::rule::{Level, Rule};
use super::source::{Place, Source};

/// Something that a rule has to say about a place.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// The rule's level, unless the case is weaker or graver.
    pub level: Level,
    /// Where.
    pub place: Place,
    /// What is wrong there, in one line.
    pub message: String,
    /// What to do, in one line.
    pub mend: String,
    /// How to mend it without asking, where that is certain.
    pub fix: Option<Fix>,
}

/// A change that certainly mends a finding and changes nothing else.
#[derive(Clone, Debug)]
pub struct Fix {
    /// Edits of the finding's own file; they do not overlap.
    pub edits: Vec<Edit>,
}

/// A replacement of bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced.
    pub range: Range<usize>,
    /// With what.
    pub text: String,
}

impl Finding {
    /// A finding of a rule: what is wrong at a place, and what to do.
    pub(crate) fn new(
        rule: &'static Rule,
        place: Place,
        message: impl Into<String>,
        mend: impl Into<String>,
    ) -> Self {
        let (message, mend) = (one_line(&message.into()), one_line(&mend.into()));
        Self { rule, level: rule.level, place, message, mend, fix: None }
    }

    /// The same with another weight.
    pub(crate) fn weighing(mut self, level: Level) -> Self {
        self.level = level;
        self
    }

    /// The same with a certain mend: this text in place of those bytes of the same file.
    pub(crate) fn replacing(mut self, range: Range<usize>, text: impl Into<String>) -> Self {
        let edit = Edit { range, text: text.into() };
        self.fix.get_or_insert_with(|| Fix { edits: Vec::new() }).edits.push(edit);
        self
    }
}

/// What the rules have found so far.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    found: Vec<Finding>,
}

impl Findings {
    /// Adds a finding: what is wrong at a place, and what to do.
    pub(crate) fn add(
        &mut self,
        rule: &'static Rule,
        place: Place,
        message: impl Into<String>,
        mend: impl Into<String>,
    ) {
        self.push(Finding::new(rule, place, message, mend));
    }

    /// Adds a finding that was made before.
    pub(crate) fn push(&mut self, finding: Finding) {
        self.found.push(finding);
    }

    /// Everything found, in the order of files and lines, each finding once.
    pub(crate) fn into_sorted(self) -> Vec<Finding> {
        let mut found = self.found;
        let key = |finding: &Finding| {
            (
                finding.place.source.name.clone(),
                finding.place.range.start,
                finding.rule.id,
                finding.message.clone(),
            )
        };
        found.sort_by_cached_key(key);
        found.dedup_by(|a, b| {
            a.rule == b.rule && a.place.range == b.place.range && a.message == b.message && same(a, b)
        });
        found
    }

    /// Takes in what others have found.
    pub(crate) fn extend(&mut self, others: impl IntoIterator<Item = Finding>) {
        self.found.extend(others);
    }
}

fn same(a: &Finding, b: &Finding) -> bool {
    Arc::ptr_eq(&a.place.source, &b.place.source) || Source::same(&a.place.source, &b.place.source)
}

/// A message is one line that a terminal can show.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
