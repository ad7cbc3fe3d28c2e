//! Where one document of a YAML text ends and the next begins.
//!
//! It looks at the first characters of lines only: YAML forbids `---` and `...` at the start of a line inside
//! every kind of content. It reads no values. The invariant: the parts, put together, are the text.

use super::YamlError;
use super::value::Fault;

/// One document's share of the text, with its directives and comments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part<'t> {
    /// The share itself.
    pub(super) text: &'t str,
    /// The line of the whole text that it begins on, from 1.
    pub(super) line: usize,
}

/// The documents of a text, in order; comments alone are no document.
pub(super) fn documents(text: &str) -> Vec<Part<'_>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut parts = Vec::new();
    let (mut start, mut start_line) = (0, 1);
    let (mut offset, mut line) = (0, 1);
    // Has the current part anything in it yet that a `---` would end?
    let mut begun = false;
    for piece in text.split_inclusive('\n') {
        let end = offset + piece.len();
        if is_marker(piece, "---") {
            if begun {
                parts.push(Part { text: text.get(start..offset).unwrap_or_default(), line: start_line });
                (start, start_line) = (offset, line);
            }
            begun = true;
        } else if is_marker(piece, "...") {
            if begun {
                parts.push(Part { text: text.get(start..end).unwrap_or_default(), line: start_line });
            }
            (start, start_line) = (end, line + 1);
            begun = false;
        } else if !begun {
            begun = !is_prelude(piece);
        }
        (offset, line) = (end, line + 1);
    }
    let rest = text.get(start..).unwrap_or_default();
    if begun || rest.starts_with('%') {
        parts.push(Part { text: rest, line: start_line });
    }
    parts
}

fn is_marker(line: &str, marker: &str) -> bool {
    line.strip_prefix(marker).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']))
}

/// Blank lines, comments and directives may stand before a document's `---`.
fn is_prelude(line: &str) -> bool {
    let trimmed = line.trim_matches([' ', '\t', '\r', '\n']);
    trimmed.is_empty() || trimmed.starts_with('#') || line.starts_with('%')
}

impl Part<'_> {
    /// The first line with content, in the whole text.
    pub(super) fn content_line(&self) -> usize {
        let skipped = self.text.split_inclusive('\n').take_while(|line| {
            is_prelude(line) || is_marker(line, "---") && is_prelude(line.get(3..).unwrap_or_default())
        });
        self.line + skipped.count()
    }

    /// A fault of this part as an error of the whole text.
    pub(super) fn error(&self, fault: Fault) -> YamlError {
        YamlError {
            line: self.line + fault.line.saturating_sub(1),
            column: fault.column.max(1),
            message: fault.message,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<(&str, usize)> {
        documents(text).into_iter().map(|part| (part.text, part.line)).collect()
    }

    #[test]
    fn documents_begin_at_their_markers() {
        assert_eq!(texts("a: 1\n---\nb: 2\n"), [("a: 1\n", 1), ("---\nb: 2\n", 2)]);
        assert_eq!(texts("---\na: 1\n---\nb: 2"), [("---\na: 1\n", 1), ("---\nb: 2", 3)]);
        assert_eq!(texts("# c\n\n---\na: 1\n"), [("# c\n\n---\na: 1\n", 1)]);
    }

    #[test]
    fn directives_belong_to_the_document_after_them() {
        let text = "%YAML 1.2\n---\na: 1\n...\n%YAML 1.2\n---\nb: 2\n";
        assert_eq!(texts(text), [("%YAML 1.2\n---\na: 1\n...\n", 1), ("%YAML 1.2\n---\nb: 2\n", 5)]);
    }

    #[test]
    fn only_a_marker_alone_at_the_start_of_a_line_counts() {
        assert_eq!(documents("a: |\n  ---\n  x\n----: 1\n---b: 2\n").len(), 1);
        assert_eq!(documents("--- a\n--- |\n  b\n").len(), 2);
    }

    #[test]
    fn comments_alone_are_no_document() {
        assert_eq!(documents("# only\n\n# comments\n"), []);
        assert_eq!(documents(""), []);
    }

    #[test]
    fn the_content_line_is_the_first_that_says_something() {
        let lines = |text| documents(text).iter().map(Part::content_line).collect::<Vec<_>>();
        assert_eq!(lines("# c\n---\n# d\na: 1\n---\n\nb: 2\n"), [4, 7]);
        assert_eq!(lines("a: 1\n"), [1]);
        assert_eq!(lines("--- a\n"), [1]);
    }
}
