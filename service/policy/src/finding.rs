//! What a check has to say.

use std::fmt;

use serde::Serialize;

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Somebody should look: `warn`.
    Warning,
    /// It must not stay: `deny`.
    Error,
}

impl Level {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
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

/// What a policy has to say about a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The policy's id, or one of [`OWN_RULES`].
    pub policy: String,
    /// How much it weighs.
    pub level: Level,
    /// The file; for a policy that was stopped, the policy's.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub mend: String,
}

/// What this crate says by itself: the id, and what it means.
pub const OWN_RULES: [(&str, &str); 7] = [
    ("file-unreadable", "A file that policies are about cannot be read"),
    ("file-too-large", "A file that policies are about is larger than what is read"),
    ("policy-stopped", "A policy took more time or memory than it may"),
    ("policy-broken", "A policy broke, or gave something that is no finding"),
    ("allow-without-reason", "An allowance without a reason"),
    ("allow-unused", "An allowance that nothing needs"),
    ("allow-unknown-policy", "An allowance for a policy that is not there"),
];

/// Everything a check has to say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The findings, by file and line.
    pub findings: Vec<Finding>,
    /// How many policies were asked.
    pub policies: usize,
    /// How many documents they were asked about.
    pub documents: usize,
    /// How many findings somebody allowed with a reason.
    pub allowed: usize,
    /// The digest of the policies.
    pub digest: String,
}

impl Report {
    /// How many findings have this weight.
    pub fn count(&self, level: Level) -> usize {
        self.findings.iter().filter(|finding| finding.level == level).count()
    }
}

/// Lines that a terminal and a log can show: one line, without control characters.
pub(crate) fn one_line(text: &str) -> String {
    text.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
