//! Small pieces of JavaScript that others need to agree with templates: how a number reads, and what replacing
//! text does.
//!
//! They do what the engine does for the same words in a template, on plain text. The invariant: replacing never
//! gives more than the bytes it was allowed.

use crate::number;
use crate::regex::{JsRegex, Match, expand};

/// A number as `String(number)` writes it.
pub fn number_text(number: f64) -> String {
    number::to_string(number)
}

/// A number as `number.toExponential()` writes it.
pub fn exponential_text(number: f64) -> String {
    number::to_exponential(number, None).unwrap_or_else(|| number::to_string(number))
}

/// What is to be replaced.
#[derive(Debug)]
pub enum Find<'a> {
    /// This text. An empty one is never found.
    Text(&'a str),
    /// Whatever a regular expression matches.
    Pattern(Pattern),
}

/// A regular expression of JavaScript, on an engine that needs linear time.
#[derive(Debug)]
pub struct Pattern(JsRegex);

impl Pattern {
    /// Compiles `/source/g`, or says why that is impossible.
    pub fn new(source: &str) -> Result<Self, String> {
        JsRegex::new(source, "g").map(Self)
    }
}

/// The text with every match replaced; `$&`, `$1` and their kin are filled in. Nothing when the result would
/// have more than `most` bytes.
pub fn replace_all(text: &str, find: &Find<'_>, with: &str, most: usize) -> Option<String> {
    let mut out = String::new();
    match find {
        Find::Pattern(pattern) => {
            pattern.0.replace_within(text, with, most, &mut out)?;
        }
        Find::Text("") => out.push_str(text),
        Find::Text(needle) => {
            let mut copied = 0;
            for (start, _) in text.match_indices(needle) {
                out.push_str(text.get(copied..start)?);
                expand(with, &Match::plain(text, start, needle.len()), &mut out);
                copied = start + needle.len();
                if out.len() > most {
                    return None;
                }
            }
            out.push_str(text.get(copied..)?);
        }
    }
    (out.len() <= most).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replaced(text: &str, find: &str, with: &str) -> Option<String> {
        replace_all(text, &Find::Text(find), with, 100)
    }

    #[test]
    fn every_occurrence_is_replaced_and_references_are_filled_in() {
        assert_eq!(replaced("a-b-c", "-", "+").unwrap(), "a+b+c");
        assert_eq!(replaced("ab", "b", "[$&$$]").unwrap(), "a[b$]");
        let pattern = Find::Pattern(Pattern::new(r"(\w)(\d)").unwrap());
        assert_eq!(replace_all("a1 b2", &pattern, "$2$1", 100).unwrap(), "1a 2b");
    }

    #[test]
    fn more_than_allowed_is_nothing() {
        assert_eq!(replaced(&"a".repeat(30), "a", "$`"), None);
        let pattern = Find::Pattern(Pattern::new("a").unwrap());
        assert_eq!(replace_all(&"a".repeat(30), &pattern, "$'", 100), None);
    }

    #[test]
    fn numbers_read_as_in_the_language() {
        assert_eq!(number_text(1e21), "1e+21");
        assert_eq!(exponential_text(1500.0), "1.5e+3");
    }
}
