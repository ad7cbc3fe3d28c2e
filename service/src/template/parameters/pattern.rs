//! Regular expressions of schemas, compiled once and kept.
//!
//! A pattern runs in linear time where it can. One with look-around or back-references has to backtrack, and
//! does so under a fixed limit; a text that exceeds it does not match. The invariant: no pattern and no text
//! hold a check up, and a pattern that cannot be read matches nothing.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jsonschema::{Draft, PatternOptions, Validator};
use serde_json::{Value, json};

/// How often a pattern with look-around may change its mind.
const BACKTRACK_LIMIT: usize = 100_000;

/// The patterns met so far.
#[derive(Debug, Default)]
pub(crate) struct Patterns {
    compiled: Mutex<HashMap<String, Option<Arc<Validator>>>>,
}

impl Patterns {
    /// Does the text hold a place that matches the pattern? `value` is a text.
    pub(super) fn matches(&self, pattern: &str, value: &Value) -> bool {
        self.get(pattern).is_some_and(|validator| validator.is_valid(value))
    }

    /// Can the pattern be read?
    pub(crate) fn is_readable(&self, pattern: &str) -> bool {
        self.get(pattern).is_some()
    }

    fn get(&self, pattern: &str) -> Option<Arc<Validator>> {
        let mut compiled = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = compiled.get(pattern) {
            return known.clone();
        }
        let fresh = compile(pattern).map(Arc::new);
        compiled.insert(pattern.to_owned(), fresh.clone());
        fresh
    }
}

fn compile(pattern: &str) -> Option<Validator> {
    let schema = json!({ "pattern": pattern });
    let linear =
        jsonschema::options().with_draft(Draft::Draft7).with_pattern_options(PatternOptions::regex());
    if let Ok(validator) = linear.build(&schema) {
        return Some(validator);
    }
    let limited = PatternOptions::fancy_regex().backtrack_limit(BACKTRACK_LIMIT);
    jsonschema::options().with_draft(Draft::Draft7).with_pattern_options(limited).build(&schema).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, text: &str) -> bool {
        Patterns::default().matches(pattern, &json!(text))
    }

    #[test]
    fn patterns_are_read_as_in_javascript() {
        assert!(matches(r"^\/[a-z]+\/$", "/abc/"));
        assert!(!matches(r"^\d+$", "\u{0664}"));
        assert!(matches("b", "abc"));
        assert!(matches(r"^[\w-]+$", "a-b_c"));
    }

    #[test]
    fn look_around_and_back_references_work() {
        assert!(matches("^(?!internal-).+$", "public-x"));
        assert!(!matches("^(?!internal-).+$", "internal-x"));
        assert!(matches(r"^(a|b)\1$", "bb"));
    }

    #[test]
    fn a_pattern_that_would_backtrack_for_ever_does_not_match() {
        let text = format!("{}!", "a".repeat(5_000));

        assert!(!matches(r"^(a|aa)+(?=b)$", &text));
    }

    #[test]
    fn a_pattern_that_cannot_be_read_matches_nothing() {
        let patterns = Patterns::default();

        assert!(!patterns.is_readable("(a"));
        assert!(!patterns.matches("(a", &json!("a")));
    }
}
