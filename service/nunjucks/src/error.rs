//! What can go wrong with a template, and where.
//!
//! An [`Error`] says the kind of fault, the line and column (from 1, columns in UTF-16 code
//! units) and the line of source. It never holds a value of the context: messages quote the
//! template and nothing else, and a registered function's message is dropped when the function
//! was given a secret.

use crate::budget::Limit;
use std::fmt;

/// The longest piece of source that an error shows.
const SNIPPET_CHARS: usize = 120;

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The source is not a template.
    Syntax {
        /// What is wrong with it.
        message: String,
    },
    /// A tag of Nunjucks that this language does not have.
    UnsupportedTag {
        /// The tag.
        tag: String,
    },
    /// Something undefined was called.
    UndefinedCall {
        /// What was called, as written.
        name: String,
    },
    /// Something that is no function was called.
    NotCallable {
        /// What was called, as written.
        name: String,
        /// What it is instead.
        found: &'static str,
    },
    /// There is no such filter.
    UnknownFilter {
        /// The filter, as written.
        name: String,
        /// The known filter with the closest name.
        nearest: Option<String>,
    },
    /// There is no such test.
    UnknownTest {
        /// The test, as written.
        name: String,
        /// The known test with the closest name.
        nearest: Option<String>,
    },
    /// An operation was given something that it cannot work on.
    Type {
        /// What was wrong.
        message: String,
    },
    /// An allowance was used up.
    Budget {
        /// Which one.
        limit: Limit,
        /// How much was allowed.
        allowed: u64,
    },
    /// A registered filter or function failed.
    Function {
        /// The filter or function.
        name: String,
        /// What it said, unless it was given a secret.
        message: Option<String>,
    },
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax { message } | Self::Type { message } => f.write_str(message),
            Self::UnsupportedTag { tag } => {
                write!(f, "the tag `{tag}` is not available in templates; remove it")
            }
            Self::UndefinedCall { name } => write!(f, "`{name}` is undefined and cannot be called"),
            Self::NotCallable { name, found } => write!(f, "`{name}` is {found} and cannot be called"),
            Self::UnknownFilter { name, nearest } => {
                write!(f, "there is no filter `{name}`")?;
                suggest(f, nearest.as_deref())
            }
            Self::UnknownTest { name, nearest } => {
                write!(f, "there is no test `{name}`")?;
                suggest(f, nearest.as_deref())
            }
            Self::Budget { limit, allowed } => {
                write!(f, "the template uses more than {allowed} {}; make it simpler", limit.name())
            }
            Self::Function { name, message: Some(message) } => write!(f, "`{name}` failed: {message}"),
            Self::Function { name, message: None } => {
                write!(f, "`{name}` failed; the reason is not shown because it was given a secret")
            }
        }
    }
}

fn suggest(f: &mut fmt::Formatter<'_>, nearest: Option<&str>) -> fmt::Result {
    match nearest {
        Some(nearest) => write!(f, "; did you mean `{nearest}`?"),
        None => Ok(()),
    }
}

/// A fault at a place of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(Box<Inner>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Inner {
    kind: ErrorKind,
    line: usize,
    column: usize,
    snippet: String,
}

impl Error {
    pub(crate) fn locate(fault: Fault, source: &str) -> Self {
        let (kind, offset) = *fault.0;
        let offset = offset.unwrap_or(0).min(source.len());
        let before = source.get(..offset).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line_text = source.get(line_start..).unwrap_or_default().lines().next().unwrap_or_default();
        let snippet = line_text.trim().chars().take(SNIPPET_CHARS).map(visible).collect();
        Self(Box::new(Inner {
            kind,
            line: before.matches('\n').count() + 1,
            column: crate::utf16::len(before.get(line_start..).unwrap_or_default()) + 1,
            snippet,
        }))
    }

    /// What went wrong.
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// The line of the template, from 1.
    pub fn line(&self) -> usize {
        self.0.line
    }

    /// The column in that line, from 1, in UTF-16 code units.
    pub fn column(&self) -> usize {
        self.0.column
    }

    /// The line of source, shortened.
    pub fn snippet(&self) -> &str {
        &self.0.snippet
    }
}

/// Control characters would let a template write into a terminal or a log.
fn visible(char: char) -> char {
    if char.is_control() { ' ' } else { char }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { kind, line, column, snippet } = &*self.0;
        let message: String = kind.to_string().chars().map(visible).collect();
        write!(f, "line {line}, column {column}: {message}")?;
        if snippet.is_empty() { Ok(()) } else { write!(f, " (in `{snippet}`)") }
    }
}

impl std::error::Error for Error {}

/// A fault on its way up, which learns its place from the innermost node that knows it.
#[derive(Debug)]
pub(crate) struct Fault(Box<(ErrorKind, Option<usize>)>);

impl Fault {
    pub(crate) fn new(kind: ErrorKind) -> Self {
        Self(Box::new((kind, None)))
    }

    pub(crate) fn type_error(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Type { message: message.into() })
    }

    pub(crate) fn syntax(message: impl Into<String>, offset: usize) -> Self {
        Self::new(ErrorKind::Syntax { message: message.into() }).at(offset)
    }

    /// Says which filter, test or method a fault of types belongs to.
    pub(crate) fn named(mut self, name: &str) -> Self {
        if let ErrorKind::Type { message } = &mut self.0.0 {
            *message = format!("`{name}` failed: {message}");
        }
        self
    }

    /// Adds the place, unless a better one is known.
    pub(crate) fn at(mut self, offset: usize) -> Self {
        self.0.1.get_or_insert(offset);
        self
    }
}

pub(crate) type Res<T> = Result<T, Fault>;

/// The candidate whose spelling is closest to a name, if one is close enough.
pub(crate) fn nearest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<String> {
    let length = name.chars().count();
    if length == 0 || length > 64 {
        return None;
    }
    let most = match length {
        0..=4 => 1,
        5..=10 => 2,
        _ => 3,
    };
    candidates
        .filter(|candidate| candidate.len().abs_diff(name.len()) <= most)
        .map(|candidate| (distance(name, candidate), candidate))
        .filter(|(distance, _)| *distance <= most)
        .min()
        .map(|(_, candidate)| candidate.to_owned())
}

fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (count, from) in left.chars().enumerate() {
        let mut diagonal = count;
        let mut beside = count + 1;
        if let Some(first) = row.first_mut() {
            *first = beside;
        }
        for (cell, to) in row.iter_mut().skip(1).zip(&right) {
            let best = (diagonal + usize::from(from != *to)).min(*cell + 1).min(beside + 1);
            diagonal = *cell;
            *cell = best;
            beside = best;
        }
    }
    row.last().copied().unwrap_or(0)
}
