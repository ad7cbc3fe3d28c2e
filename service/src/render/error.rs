//! What can go wrong while a tree is rendered, and in which file of the skeleton.
//!
//! It holds no value of the scope: messages quote the template and paths, and a path that stems from a secret
//! never gets this far. The invariant: the text of an error is one line that a terminal can show.

use std::fmt;

/// A position in a text of the skeleton, both counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

/// A file or name that could not be rendered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenderError {
    /// The skeleton's file, as it is named there.
    pub file: String,
    /// Where in the file; nothing when the whole file or its name is meant.
    pub place: Option<Place>,
    /// What is wrong and what to do.
    pub message: String,
}

impl RenderError {
    /// An error about a file as a whole, or about its name.
    pub(super) fn about(file: impl Into<String>, message: impl Into<String>) -> Self {
        Self { file: file.into(), place: None, message: one_line(&message.into()) }
    }

    /// An error at a position of a file's text.
    pub(super) fn at(file: impl Into<String>, place: Place, message: impl Into<String>) -> Self {
        Self { place: Some(place), ..Self::about(file, message) }
    }

    /// The same error, met while the file's own name was rendered: the position is one of the name.
    pub(super) fn in_name(mut self) -> Self {
        let column = self.place.take().map(|place| format!(" (column {} of the name)", place.column));
        self.message =
            format!("the file's name cannot be rendered: {}{}", self.message, column.unwrap_or_default());
        self
    }
}

impl fmt::Display for RenderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&one_line(&self.file))?;
        if let Some(Place { line, column }) = self.place {
            write!(f, ":{line}:{column}")?;
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for RenderError {}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_reads_like_one_of_a_compiler() {
        let place = Place { line: 3, column: 7 };
        assert_eq!(RenderError::at("src/a.rs", place, "it broke").to_string(), "src/a.rs:3:7: it broke");
        assert_eq!(RenderError::about("src/a.rs", "it\nbroke").to_string(), "src/a.rs: it broke");
    }

    #[test]
    fn an_error_of_a_name_says_so() {
        let error = RenderError::at("${{ x", Place { line: 1, column: 5 }, "no end").in_name();
        assert_eq!(
            error.to_string(),
            "${{ x: the file's name cannot be rendered: no end (column 5 of the name)"
        );
    }
}
