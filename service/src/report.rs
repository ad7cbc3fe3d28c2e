//! What there is to say of lines of files, in the forms that other programs take.
//!
//! Templates are linted and repositories are held against policies; code scanning and workflows take both alike.
//! Each form is a function from remarks to text. The invariant: nothing that a file says can become a command in a
//! workflow's log.

mod github;
mod sarif;

pub(crate) use github::github;
pub(crate) use sarif::sarif;

/// Something to say of a place.
pub(crate) struct Remark<'r> {
    /// The id of the rule.
    pub rule: &'r str,
    /// `error`, `warning` or `note`.
    pub level: &'static str,
    /// The file, as the command line names it.
    pub file: &'r str,
    /// Where it begins.
    pub start: Spot,
    /// Where it ends, where that is known.
    pub end: Option<Spot>,
    /// What is wrong, in one line.
    pub message: &'r str,
    /// What to do, in one line.
    pub mend: &'r str,
    /// Where the rule is explained.
    pub url: String,
    /// How to mend it without asking.
    pub replacements: Vec<Replacement<'r>>,
}

/// A line, and a column where it is known; both from 1.
#[derive(Clone, Copy)]
pub(crate) struct Spot {
    pub line: usize,
    pub column: Option<usize>,
}

/// A text in place of another.
pub(crate) struct Replacement<'r> {
    pub start: Spot,
    pub end: Spot,
    pub text: &'r str,
}

/// A rule, as it is explained.
pub(crate) struct Explained<'r> {
    pub id: &'r str,
    /// In one line, without a full stop.
    pub title: &'r str,
    /// A short paragraph.
    pub text: &'r str,
    /// The same with everything else there is to say, in Markdown.
    pub markdown: String,
    pub url: String,
    /// `error`, `warning` or `note`.
    pub level: &'static str,
    /// What it is about.
    pub tag: &'r str,
}
